"""
Thinking: the signed blocks of a Claude, which it wants back before the calls that it made after them.

They are kept in the words of chat completions. Nobody else is sent any, since the proxy hands the field
on to models that refuse what they do not know. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence

from litectl.catalog.families import is_claude
from litectl.exchange.backend import Backend
from litectl.exchange.events import ThoughtPiece
from litectl.exchange.question import Message
from litectl.exchange.reasoning import NONE
from litectl.text.jsontext import object_of

_FIELD = "thinking_blocks"
_OFF = (None, NONE)


class Thoughts:
    """The blocks of an answer, put together from their pieces; one without its signature is none."""

    def __init__(self) -> None:
        self.blocks: list[Mapping[str, object]] = []
        self._texts: list[str] = []

    def add(self, pieces: Iterable[ThoughtPiece]) -> None:
        """Take in the next *pieces*."""
        for piece in pieces:
            self._texts.append(piece.text)
            if piece.signature:
                text = "".join(self._texts)
                self.blocks.append({"type": "thinking", "thinking": text, "signature": piece.signature})
            if piece.data:
                self.blocks.append({"type": "redacted_thinking", "data": piece.data})
            if piece.signature or piece.data:
                self._texts.clear()


def asks_to_think(parameters: Mapping[str, object]) -> bool:
    """Tell whether *parameters* ask a Claude to think."""
    kind = object_of(parameters.get("thinking")).get("type")
    return parameters.get("reasoning_effort") not in _OFF or kind not in (None, "disabled")


def sendable(messages: Sequence[Message], backend: Backend, *, thinks: bool) -> Sequence[Message]:
    """
    Return *messages*, with their blocks only for a *backend* that may be a Claude and *thinks*.

    One that does not think refuses them just as one that does insists on them.
    """
    if thinks and (not backend.deployments or is_claude(backend.deployments)):
        return messages
    return [
        {name: value for name, value in message.items() if name != _FIELD} if _FIELD in message else message
        for message in messages
    ]
