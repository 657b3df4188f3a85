"""
`/v1/messages`: Anthropic's wire protocol; the proxy bridges it to all other models.

An answer is a message of content blocks, each begun, continued and stopped by events. The tokens of
the prompt come at the beginning, the others at the end. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from litectl.errors import UsageError
from litectl.exchange.events import Event, ThoughtPiece, ToolPiece, Usage
from litectl.exchange.fields import joined, required_object, schema_in, thoughts_in
from litectl.exchange.limits import FOR_MESSAGES
from litectl.exchange.pricing import known_price
from litectl.exchange.protocols import MESSAGES, PATHS
from litectl.exchange.question import SYSTEM, Question, parts_of, text_in
from litectl.exchange.tools import arguments_of, json_text
from litectl.text.jsontext import count_of, object_of, objects_of, text_of

PATH = PATHS[MESSAGES]
_FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}

_BLOCK_EVENTS = ("content_block_start", "content_block_delta", "content_block_stop")
_DATA_URL = re.compile(r"data:([^;,]+);base64,(.*)", re.DOTALL)
_CHOICES = {"auto": "auto", "required": "any", "none": "none"}


def body(question: Question) -> dict[str, object]:
    """Return the JSON of the request; raises `UsageError` for audio."""
    system = [
        part for message in question.messages if message.get("role") in SYSTEM for part in parts_of(message)
    ]
    said = [message for message in question.messages if message.get("role") not in SYSTEM]
    request: dict[str, object] = {
        "model": question.model,
        "messages": _turns(said),
        "max_tokens": FOR_MESSAGES,
        "stream": question.stream,
    }
    if system:
        request["system"] = [_block(part) for part in system]
    for name, value in question.parameters.items():
        request = joined(request, _parameter(name, value))
    return request


def _parameter(name: str, value: object) -> dict[str, object]:
    """Return the parameter that chat calls *name*, as this protocol has it."""
    if name == "max_completion_tokens":
        return {"max_tokens": value}
    if name == "response_format":
        wanted = {"type": "json_schema", "schema": schema_in(value)}
        return {"output_config": {"format": wanted}}
    if name == "stop":
        return {"stop_sequences": [value] if isinstance(value, str) else value}
    if name == "tools":
        return {"tools": [_tool(tool) for tool in objects_of(value)]}
    if name == "tool_choice" and isinstance(value, str):
        return {"tool_choice": {"type": _CHOICES.get(value, value)}}
    if name == "tool_choice" and (function := object_of(object_of(value).get("function"))):
        return {"tool_choice": {"type": "tool", "name": function.get("name")}}
    return {name: value}


def _tool(tool: Mapping[str, object]) -> dict[str, object]:
    """Return the definition *tool*; one that is no function is the provider's own, and stays as it is."""
    function = object_of(tool.get("function"))
    if not function:
        return dict(tool)
    known = {name: function[name] for name in ("name", "description", "strict") if name in function}
    marks = {name: value for name, value in tool.items() if name == "cache_control"}
    # OpenAI, to which the proxy may bridge, refuses an object without properties.
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    return {**known, "input_schema": schema, **marks}


def _turns(messages: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return the turns of the conversation; results of calls are the user's, several of them one turn."""
    turns: list[dict[str, object]] = []
    for message in messages:
        role = "assistant" if message.get("role") == "assistant" else "user"
        blocks = _result(message) if message.get("role") == "tool" else _blocks(message)
        last = turns[-1] if turns else {}
        content = last.get("content")
        if last.get("role") == role == "user" and isinstance(content, list):
            content += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _result(message: Mapping[str, object]) -> list[dict[str, object]]:
    parts = parts_of(message)
    is_text = all(part.get("type") == "text" for part in parts)
    content = text_in(message) if is_text else [_block(part) for part in parts]
    return [{"type": "tool_result", "tool_use_id": message.get("tool_call_id"), "content": content}]


def _blocks(message: Mapping[str, object]) -> list[dict[str, object]]:
    thinking = map(dict, objects_of(message.get("thinking_blocks")))
    blocks = [*thinking, *map(_block, parts_of(message))]
    for call in objects_of(message.get("tool_calls")):
        function = object_of(call.get("function"))
        blocks.append(
            {
                "type": "tool_use",
                "id": call.get("id"),
                "name": function.get("name"),
                "input": arguments_of(text_of(function.get("arguments")) or "") or {},
            }
        )
    return blocks


def _block(part: Mapping[str, object]) -> dict[str, object]:
    """Return the block of one *part*; marks such as `cache_control` stay on it."""
    kind = part.get("type")
    marks = {name: value for name, value in part.items() if name == "cache_control"}
    if kind == "image_url":
        url = text_of(object_of(part.get("image_url")).get("url")) or ""
        return {"type": "image", "source": _source(url), **marks}
    if kind == "file":
        data = text_of(object_of(part.get("file")).get("file_data")) or ""
        return {"type": "document", "source": _source(data), **marks}
    if kind == "input_audio":
        raise UsageError("the wire protocol messages cannot carry audio", hint="ask with `--protocol chat`")
    return dict(part)


def _source(url: str) -> dict[str, object]:
    if match := _DATA_URL.fullmatch(url):
        return {"type": "base64", "media_type": match[1], "data": match[2]}
    return {"type": "url", "url": url}


def events(data: Iterable[str]) -> Iterator[Event]:
    """
    Give the events of an answer whose server-sent events carry *data*.

    One that is not streamed is a single piece of data. Raises the error of its class for an
    `error` event, and `IncompleteError` for data that is no JSON object.
    """
    counted: Mapping[str, object] = {}
    begun: dict[int, str | None] = {}
    for text in data:
        if not text:
            continue
        event = required_object(text)
        kind = event.get("type")
        if kind in _BLOCK_EVENTS:
            yield _of_block(event, begun)
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


def _of_block(event: Mapping[str, object], begun: dict[int, str | None]) -> Event:
    """
    Return what *event* says of a block.

    *begun* has, by the place of each open block, the arguments that a call had at its beginning; None
    for what is no call of the user's: a provider's own tool gets arguments too.
    """
    place, kind = _place(event), event.get("type")
    if kind == "content_block_start":
        block = object_of(event.get("content_block"))
        begun[place] = _arguments(block)
        return _begun(place, block)
    if kind == "content_block_stop":
        return _ended(place, begun.pop(place, None))
    said = _piece(event)
    if said.tools:
        if begun.get(place, "") is None:
            said.tools = ()
        else:
            begun[place] = ""
    return said


def _piece(event: Mapping[str, object]) -> Event:
    delta = object_of(event.get("delta"))
    if text := text_of(delta.get("text")):
        return Event(text)
    arguments = text_of(delta.get("partial_json"))
    thought, signature = text_of(delta.get("thinking")) or "", text_of(delta.get("signature"))
    return Event(
        reasoning=thought,
        tools=[ToolPiece(_place(event), arguments=arguments)] if arguments else (),
        thinking=[ThoughtPiece(thought, signature)] if thought or signature else (),
    )


def _begun(place: int, block: Mapping[str, object]) -> Event:
    """Return what the beginning of a *block* says; the text of one that is whole already, too."""
    if block.get("type") != "tool_use":
        text, thought = (text_of(block.get(name)) or "" for name in ("text", "thinking"))
        return Event(text, thought, thinking=thoughts_in([block]))
    return Event(tools=[ToolPiece(place, text_of(block.get("id")), text_of(block.get("name")))])


def _arguments(block: Mapping[str, object]) -> str | None:
    """Return the arguments that a *block* has, None when it is no call; mostly they come in pieces."""
    if block.get("type") != "tool_use":
        return None
    given = object_of(block.get("input"))
    return json_text(given) if given else ""


def _ended(place: int, arguments: str | None) -> Event:
    """Return what the end of a block says: the *arguments* of a call of which no piece came."""
    return Event(tools=[ToolPiece(place, arguments=arguments)] if arguments else ())


def _whole(message: Mapping[str, object]) -> Iterator[Event]:
    """Give the events of a *message* that was not streamed."""
    yield Event(model=text_of(message.get("model")), response_id=text_of(message.get("id")))
    for place, block in enumerate(objects_of(message.get("content"))):
        yield _begun(place, block)
        yield _ended(place, _arguments(block))
    yield _end(message.get("stop_reason"), object_of(message.get("usage")))
    yield Event(done=True)


def _end(stop_reason: object, counted: Mapping[str, object]) -> Event:
    reason = text_of(stop_reason)
    return Event(
        finish_reason=_FINISH_REASONS.get(reason, reason) if reason else None,
        usage=_usage(counted),
        cost=known_price(counted.get("cost")),
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
