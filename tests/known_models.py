"""Models as a proxy lists them, and the program that has read that list."""

from typing import Any

from fake_proxy import CHAT, FakeProxy, Request, model_info
from program import Litectl

USUAL = ("temperature", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "response_format")


def listed(name: str, backend: str, **info: object) -> dict[str, object]:
    """Return the entry of *name* behind which is *backend*, such as `anthropic/claude-haiku-4-5`."""
    provider = backend.partition("/")[0]
    entry = model_info(name, litellm_provider=provider, **info)
    return {**entry, "litellm_params": {"model": backend}}


def openai(name: str = "gpt", **info: object) -> dict[str, object]:
    """Return a model of OpenAI's that declares the usual parameters, and its effort."""
    declared = [*USUAL, "reasoning_effort", "prompt_cache_key"]
    return listed(name, "openai/gpt-4.1", **{"supported_openai_params": declared, **info})


def claude(name: str = "claude", **info: object) -> dict[str, object]:
    """Return a Claude that thinks, and declares no levels of it."""
    declared = ["temperature", "max_tokens", "tools", "thinking", "reasoning_effort"]
    known = {"supported_openai_params": declared, "supports_reasoning": True, **info}
    return listed(name, "anthropic/claude-haiku-4-5", **known)


def databricks(name: str = "dbrx", **info: object) -> dict[str, object]:
    """Return a model that Databricks serves, which admits few tokens of answer."""
    return listed(name, "databricks/databricks-meta-llama", **info)


def know(litectl: Litectl, fake: FakeProxy, *entries: dict[str, object]) -> None:
    """Let the program fetch the list of these *entries*, and forget that it did."""
    fake.on_models(*entries)
    result = litectl("models", "refresh")
    assert result.code == 0, result.err
    fake.requests.clear()


def sent(fake: FakeProxy) -> Any:
    """Return the body of the only request."""
    assert len(fake.requests) == 1, [(each.method, each.path) for each in fake.requests]
    return fake.requests[0].json


def questions(fake: FakeProxy, path: str = CHAT) -> list[Request]:
    """Return the requests of *path*."""
    return [request for request in fake.requests if request.path == path]
