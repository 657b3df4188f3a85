"""Answers in JSON that come as a call, which is how LiteLLM asks Claude on Databricks for them. Pure."""

from collections.abc import Iterable, Iterator

from litectl.exchange.events import Event

_NAME = "json_tool_call"
_CALLS = "tool_calls"


def as_text(events: Iterable[Event]) -> Iterator[Event]:
    """Give *events* with the arguments of that call as what they are: the text of the answer."""
    place: int | None = None
    has_others = False
    for event in events:
        for piece in event.tools:
            if piece.name == _NAME:
                place = piece.place
            if piece.place == place:
                event.text += piece.arguments
        event.tools = [piece for piece in event.tools if piece.place != place]
        has_others = has_others or bool(event.tools)
        if event.finish_reason == _CALLS and place is not None and not has_others:
            event.finish_reason = "stop"
        yield event
