"""The events of an answer: one type for every wire protocol."""

from collections.abc import Sequence
from typing import NamedTuple


class Usage(NamedTuple):
    """Tokens of one exchange as the proxy counted them; None is unknown, never 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None

    def as_json(self) -> dict[str, int | None]:
        """Return the public JSON form."""
        return self._asdict()

    def plus(self, other: "Usage") -> "Usage":
        """Return the tokens of both exchanges; what one of them does not tell is unknown."""
        pairs = zip(self, other, strict=True)
        return Usage._make(None if one is None or two is None else one + two for one, two in pairs)


class ToolPiece(NamedTuple):
    """
    A piece of a tool call: *place* tells calls of one answer apart.

    *id* and *name* come with the first piece; *arguments* is JSON text to append.
    """

    place: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


class ThoughtPiece(NamedTuple):
    """
    A piece of a block of thinking: *text* to append, and the *signature* that ends the block.

    *data* is a whole block, which only its provider can read.
    """

    text: str = ""
    signature: str | None = None
    data: str | None = None


class Event:
    """
    One thing an answer said; what it did not say is empty or None.

    *text*, *reasoning*, *tools* and *thinking* are pieces to append; *thinking* has the reasoning once
    more, as it is signed. *cost* is US dollars, *done* marks the protocol's own end of the answer.
    *finish_reason* is chat's word for it, whatever the protocol: stop, length, tool_calls, content_filter.
    """

    __slots__ = (
        "cost",
        "done",
        "finish_reason",
        "model",
        "reasoning",
        "response_id",
        "text",
        "thinking",
        "tools",
        "usage",
    )

    def __init__(
        self,
        text: str = "",
        reasoning: str = "",
        finish_reason: str | None = None,
        usage: Usage | None = None,
        cost: float | None = None,
        model: str | None = None,
        response_id: str | None = None,
        tools: Sequence[ToolPiece] = (),
        thinking: Sequence[ThoughtPiece] = (),
        *,
        done: bool = False,
    ) -> None:
        self.text = text
        self.reasoning = reasoning
        self.finish_reason = finish_reason
        self.usage = usage
        self.cost = cost
        self.model = model
        self.response_id = response_id
        self.tools = tools
        self.thinking = thinking
        self.done = done
