"""
`/v1/chat/completions`: the wire protocol every model behind the proxy speaks.

Streamed on the wire unless that is switched off: the proxy stops the upstream when a stream is
dropped, but runs a dropped plain call to its end and bills it. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping

from litectl.exchange.events import Event, ToolPiece, Usage
from litectl.exchange.fields import required_object, thoughts_in
from litectl.exchange.pricing import known_price
from litectl.exchange.protocols import CHAT, PATHS
from litectl.exchange.question import Question
from litectl.text.jsontext import count_of, object_of, objects_of, text_of

PATH = PATHS[CHAT]
DONE = "[DONE]"


def body(question: Question) -> dict[str, object]:
    """Return the JSON of the request; usage is asked for because it carries the cost."""
    streamed: dict[str, object] = {"stream": True, "stream_options": {"include_usage": True}}
    return {
        "model": question.model,
        "messages": list(question.messages),
        **(streamed if question.stream else {"stream": False}),
        **question.parameters,
    }


def events(data: Iterable[str]) -> Iterator[Event]:
    """
    Give the events of an answer whose server-sent events carry *data*.

    One that is not streamed is a single piece of data. Raises the error of its class for an
    `error` key in any event, whatever follows it, and `IncompleteError` for data
    that is no JSON object.
    """
    for text in data:
        if text.strip() == DONE:
            yield Event(done=True)
            return
        if not text:
            continue
        yield _event(required_object(text))


def _event(chunk: Mapping[str, object]) -> Event:
    event = Event(model=text_of(chunk.get("model")), response_id=text_of(chunk.get("id")))
    choices = chunk.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        choice = choices[0]
        event.finish_reason = text_of(choice.get("finish_reason"))
        # A piece of a stream, or the whole message of an answer that is not streamed.
        said = choice.get("delta") or choice.get("message")
        if isinstance(said, dict):
            content = said.get("content")
            event.text = content if isinstance(content, str) and content else _other_text(said)
            if reasoning := said.get("reasoning_content"):
                event.reasoning = text_of(reasoning) or ""
            if blocks := said.get("thinking_blocks"):
                event.thinking = thoughts_in(blocks)
            if calls := said.get("tool_calls"):
                pieces = (_tool_piece(call, place) for place, call in enumerate(objects_of(calls)))
                event.tools = tuple(piece for piece in pieces if piece.id or piece.name or piece.arguments)
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        event.usage, event.cost = _usage(usage), known_price(usage.get("cost"))
    return event


def _other_text(said: Mapping[str, object]) -> str:
    """Return the text where the content has none: of its parts, as some backends send it, or a refusal."""
    if parts := objects_of(said.get("content")):
        return "".join(text_of(part.get("text")) or "" for part in parts if part.get("type") == "text")
    elsewhere = object_of(said.get("provider_specific_fields"))
    return text_of(said.get("refusal")) or text_of(elsewhere.get("refusal")) or ""


def _tool_piece(call: Mapping[str, object], place: int) -> ToolPiece:
    """Return the piece of *call*; a whole message has no index, so its *place* counts."""
    function = object_of(call.get("function"))
    index = count_of(call.get("index"))
    return ToolPiece(
        place if index is None else index,
        text_of(call.get("id")),
        text_of(function.get("name")),
        text_of(function.get("arguments")) or "",
    )


def _usage(usage: Mapping[str, object]) -> Usage:
    return Usage(
        input_tokens=count_of(usage.get("prompt_tokens")),
        output_tokens=count_of(usage.get("completion_tokens")),
        total_tokens=count_of(usage.get("total_tokens")),
        cached_tokens=count_of(object_of(usage.get("prompt_tokens_details")).get("cached_tokens")),
        reasoning_tokens=count_of(object_of(usage.get("completion_tokens_details")).get("reasoning_tokens")),
    )
