"""The proxies of the bench: what each of them answers to which path."""

from functools import cache

from proxy import chat, models, tools
from proxy.framing import json_pieces
from proxy.server import Answer

_READY = json_pieces({"status": "healthy", "db": "Not connected", "litellm_version": "1.106.2"})


@cache
def large() -> dict[str, Answer]:
    """Return the answers of a proxy with many models and deployments and some tools: 43 MB of model info."""
    listed = json_pieces(models.model_list(models.MODELS))
    return {
        chat.CHAT: chat.as_wished(),
        "/model/info": json_pieces(models.model_info(models.DEPLOYMENTS)),
        "/v1/models": listed,
        "/models": listed,
        "/health/readiness": _READY,
        tools.TOOL_LIST: tools.rest_list(),
        tools.TOOL_CALL: tools.rest_call(),
        tools.ENDPOINT: tools.endpoint,
    }


def talkative(count: int) -> dict[str, Answer]:
    """Return the answers of a proxy whose model answers with *count* texts."""
    return {chat.CHAT: chat.long_streamed(count)}


def healthy(count: int) -> dict[str, Answer]:
    """Return the answers of a proxy of *count* models without tools, whose answers are one piece."""
    return {
        chat.CHAT: chat.whole("Hello"),
        "/model/info": json_pieces(models.model_info(count)),
        "/v1/models": json_pieces(models.model_list(1)),
        "/health/liveliness": json_pieces("I'm alive!"),
        "/health/readiness": _READY,
        tools.TOOL_LIST: tools.no_tools(),
        "/public/model_hub/info": json_pieces({"litellm_version": "1.106.2"}),
    }
