"""Which wire protocol a model is asked by."""

import pytest

from backends import UNKNOWN, backend, deployment
from litectl.exchange.backend import Backend
from litectl.exchange.choice import protocol_for

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"


def declaring(*paths: str, mode: str = "chat") -> Backend:
    """Return a model whose one deployment declares these endpoints."""
    return backend(deployment("x", "x/y", mode=mode, endpoints=list(paths)))


@pytest.mark.parametrize(
    ("model", "protocol"),
    [
        (UNKNOWN, "chat"),
        (backend(deployment("openai", "openai/gpt-5.2", mode="chat")), "chat"),
        (declaring(CHAT, RESPONSES, MESSAGES), "chat"),
        (declaring(RESPONSES, "/v1/batch"), "responses"),
        (declaring(MESSAGES), "messages"),
        (declaring("/v1/batch"), "chat"),
        (declaring(CHAT, RESPONSES, mode="responses"), "responses"),
        (declaring(CHAT, mode="responses"), "chat"),
        (backend(deployment("openai", "openai/o3-pro", mode="responses")), "responses"),
    ],
)
def test_declared_endpoints_and_mode_decide(model: Backend, protocol: str) -> None:
    """Chat is asked unless every deployment declares that it is served otherwise."""
    assert protocol_for(model) == protocol


def test_deployments_that_disagree_are_asked_by_chat() -> None:
    """What only one of two deployments wants is no reason to leave chat."""
    rows = [deployment("x", "x/y", mode="chat", endpoints=[RESPONSES]), deployment("x", "x/z", mode="chat")]

    assert protocol_for(backend(*rows)) == "chat"
