"""
The wire protocols of the proxy, one module each: chat, responses and messages.

Each has the same two functions: `body`, the JSON of a request, and `events`,
the events of its answer.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Protocol as Interface

from litectl.exchange.events import Event
from litectl.exchange.question import Question

CHAT = "chat"
RESPONSES = "responses"
MESSAGES = "messages"
PATHS = {CHAT: "/v1/chat/completions", RESPONSES: "/v1/responses", MESSAGES: "/v1/messages"}
NAMES = tuple(PATHS)


class Protocol(Interface):
    """What the module of a wire protocol has."""

    PATH: str

    def body(self, question: Question) -> dict[str, object]:
        """Return the JSON of the request."""

    def events(self, data: Iterable[str]) -> Iterator[Event]:
        """Give the events of an answer."""


def protocol(name: str) -> Protocol:
    """Return the module of the wire protocol *name*, one of `NAMES`."""
    module: Protocol = import_module(f"litectl.exchange.protocols.{name}")
    return module
