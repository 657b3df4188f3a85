"""
`/v1/messages`: Anthropic's wire protocol; the proxy bridges it to all other models.

An answer is a message of content blocks, each begun, continued and stopped by events. The tokens of
the prompt come at the beginning, the others at the end. Pure.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from litectl.exchange.events import Event, ToolPiece, Usage
from litectl.exchange.fields import cost_of, count_of, object_of, objects_of, required_object, text_of

PATH = "/v1/messages"
_FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def events(data: Iterable[str]) -> Iterator[Event]:
    """
    Give the events of an answer whose server-sent events carry *data*.

    One that is not streamed is a single piece of data. Raises the error of its class for an
    `error` event, and `IncompleteError` for data that is no JSON object.
    """
    counted: Mapping[str, object] = {}
    for text in data:
        if not text:
            continue
        event = required_object(text)
        kind = event.get("type")
        if kind == "content_block_delta":
            yield _piece(event)
        elif kind == "content_block_start":
            yield _begun(_place(event), object_of(event.get("content_block")))
        elif kind == "message_start":
            message = object_of(event.get("message"))
            counted = object_of(message.get("usage"))
            yield Event(model=text_of(message.get("model")), response_id=text_of(message.get("id")))
        elif kind == "message_delta":
            counted = {**counted, **object_of(event.get("usage"))}
            yield _end(object_of(event.get("delta")).get("stop_reason"), counted)
        elif kind == "message_stop":
            yield Event(done=True)
        elif kind == "message":
            yield from _whole(event)


def _piece(event: Mapping[str, object]) -> Event:
    delta = object_of(event.get("delta"))
    arguments = text_of(delta.get("partial_json"))
    return Event(
        text_of(delta.get("text")) or "",
        text_of(delta.get("thinking")) or "",
        tools=[ToolPiece(_place(event), arguments=arguments)] if arguments else (),
    )


def _begun(place: int, block: Mapping[str, object]) -> Event:
    """Return what the beginning of a *block* says; the text of one that is whole already, too."""
    if block.get("type") != "tool_use":
        return Event(text_of(block.get("text")) or "", text_of(block.get("thinking")) or "")
    return Event(tools=[ToolPiece(place, text_of(block.get("id")), text_of(block.get("name")))])


def _whole(message: Mapping[str, object]) -> Iterator[Event]:
    """Give the events of a *message* that was not streamed."""
    yield Event(model=text_of(message.get("model")), response_id=text_of(message.get("id")))
    for place, block in enumerate(objects_of(message.get("content"))):
        yield _begun(place, block)
        if block.get("type") == "tool_use":
            arguments = json.dumps(block.get("input", {}), ensure_ascii=False)
            yield Event(tools=[ToolPiece(place, arguments=arguments)])
    yield _end(message.get("stop_reason"), object_of(message.get("usage")))
    yield Event(done=True)


def _end(stop_reason: object, counted: Mapping[str, object]) -> Event:
    reason = text_of(stop_reason)
    return Event(
        finish_reason=_FINISH_REASONS.get(reason, reason) if reason else None,
        usage=_usage(counted),
        cost=cost_of(counted.get("cost")),
    )


def _place(event: Mapping[str, object]) -> int:
    return count_of(event.get("index")) or 0


def _usage(counted: Mapping[str, object]) -> Usage:
    """Return the tokens; Anthropic's input does not count what was read from or written to its cache."""
    read, written = (count_of(counted.get(f"cache_{kind}_input_tokens")) for kind in ("read", "creation"))
    fresh, output = count_of(counted.get("input_tokens")), count_of(counted.get("output_tokens"))
    whole = None if fresh is None else fresh + (read or 0) + (written or 0)
    total = None if whole is None or output is None else whole + output
    return Usage(input_tokens=whole, output_tokens=output, total_tokens=total, cached_tokens=read)
