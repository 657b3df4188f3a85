"""
`/v1/responses`: the wire protocol of OpenAI's newer models; the proxy bridges it to all others.

Its events have types: pieces of text, of reasoning and of the arguments of a call, and one of three
ends, which carries the usage. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping

from litectl.errors import UsageError
from litectl.exchange.events import Event, ThoughtPiece, ToolPiece, Usage
from litectl.exchange.fields import joined, required_object, thoughts_in
from litectl.exchange.pricing import known_price
from litectl.exchange.protocols import PATHS, RESPONSES
from litectl.exchange.question import SYSTEM, Question, parts_of, text_in
from litectl.exchange.tools import json_text
from litectl.failures.classification import error_in_answer
from litectl.text.jsontext import count_of, decode, object_of, objects_of, text_of

PATH = PATHS[RESPONSES]
_DONE = "[DONE]"
_TEXT = ("response.output_text.delta", "response.refusal.delta")
_REASONING = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")
_WHOLE_ENDS = ("response.completed", "response.incomplete")
_ENDS = (*_WHOLE_ENDS, "response.failed")
_FAILED = ("failed", "cancelled")
_CUTS = {"max_output_tokens": "length", "content_filter": "content_filter"}


# What chat calls otherwise; what is not here is sent as it is called.
_RENAMED = {"max_tokens": "max_output_tokens", "max_completion_tokens": "max_output_tokens"}


def body(question: Question) -> dict[str, object]:
    """
    Return the JSON of the request.

    Raises `UsageError` for audio.
    """
    instructions = [text_in(message) for message in question.messages if message.get("role") in SYSTEM]
    said = [message for message in question.messages if message.get("role") not in SYSTEM]
    request: dict[str, object] = {
        "model": question.model,
        "input": [item for message in said for item in _items(message)],
        "stream": question.stream,
    }
    if instructions:
        request["instructions"] = "\n\n".join(instructions)
    for name, value in question.parameters.items():
        request = joined(request, _parameter(name, value))
    return request


def _parameter(name: str, value: object) -> dict[str, object]:
    """Return the parameter that chat calls *name*, as this protocol has it."""
    if name == "reasoning_effort":
        return {"reasoning": {"effort": value}}
    if name == "response_format":
        wanted = object_of(value)
        schema = object_of(wanted.get("json_schema"))
        return {"text": {"format": {"type": wanted.get("type"), **schema}}}
    if name == "tools":
        return {"tools": [_tool(tool) for tool in objects_of(value)]}
    if name == "tool_choice" and (function := object_of(object_of(value).get("function"))):
        return {"tool_choice": {"type": "function", "name": function.get("name")}}
    return {_RENAMED.get(name, name): value}


def _tool(tool: Mapping[str, object]) -> dict[str, object]:
    """Return the definition *tool*; one that is no function is the provider's own, and stays as it is."""
    function = object_of(tool.get("function"))
    if not function:
        return dict(tool)
    # What chat takes for granted has to be said here, where a schema is strict unless told otherwise.
    assumed = {"parameters": {"type": "object", "properties": {}}, "strict": False}
    return {"type": "function", **assumed, **function}


def _items(message: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Give the items of *message*: itself, the calls it makes, or the result of one."""
    if message.get("role") == "tool":
        parts = parts_of(message)
        is_text = all(part.get("type") == "text" for part in parts)
        yield {
            "type": "function_call_output",
            "call_id": message.get("tool_call_id"),
            "output": text_in(message) if is_text else [_part(part, "input_text") for part in parts],
        }
        return
    if thinking := objects_of(message.get("thinking_blocks")):
        yield {"type": "reasoning", "summary": [], "encrypted_content": json_text(thinking)}
    if content := _content(message):
        yield {"role": message.get("role"), "content": content}
    for call in objects_of(message.get("tool_calls")):
        function = object_of(call.get("function"))
        yield {
            "type": "function_call",
            "call_id": call.get("id"),
            "name": function.get("name"),
            "arguments": function.get("arguments"),
        }


def _content(message: Mapping[str, object]) -> list[dict[str, object]]:
    text_type = "output_text" if message.get("role") == "assistant" else "input_text"
    return [_part(part, text_type) for part in parts_of(message)]


def _part(part: Mapping[str, object], text_type: str) -> dict[str, object]:
    kind = part.get("type")
    if kind == "image_url":
        return {"type": "input_image", "image_url": object_of(part.get("image_url")).get("url")}
    if kind == "file":
        return {"type": "input_file", **object_of(part.get("file"))}
    if kind == "input_audio":
        # The protocol has no such part, and the proxy's bridge to other models drops it without a word.
        raise UsageError("the wire protocol responses cannot carry audio", hint="ask with `--protocol chat`")
    return {"type": text_type, "text": part.get("text")} if kind == "text" else dict(part)


def events(data: Iterable[str]) -> Iterator[Event]:
    """
    Give the events of an answer whose server-sent events carry *data*.

    One that is not streamed is a single piece of data. Raises the error of its class for an
    answer that failed, and `IncompleteError` for data that is no JSON object.
    """
    told: set[int] = set()  # the places of the calls whose arguments came in pieces
    has_text = has_calls = False
    for text in data:
        if text.strip() == _DONE:
            return
        if not text:
            continue
        document = required_object(text)
        if document.get("type") in _WHOLE_ENDS:
            yield from _unheard(object_of(document.get("response")), text=not has_text, calls=not has_calls)
        for event in _heard(document, told):
            has_text, has_calls = has_text or bool(event.text), has_calls or bool(event.tools)
            yield event


def _heard(event: Mapping[str, object], told: set[int]) -> Iterator[Event]:
    """Give what *event* says; a call that ends is given whole unless *told*, by its place, in pieces."""
    if event.get("type") == "response.function_call_arguments.delta":
        told.add(_place(event))
    if event.get("type") != "response.output_item.done":
        yield from _read(event)
    elif (place := _place(event)) not in told:
        yield from _call(place, object_of(event.get("item")))


def _unheard(response: Mapping[str, object], *, text: bool, calls: bool) -> Iterator[Event]:
    """
    Give the *text* and the *calls* of a whole *response*, which some proxies say at its end alone.

    So do all of them with signed thinking.
    """
    for event in _said(response):
        if (text and event.text) or (calls and event.tools) or event.thinking:
            yield event


def _read(event: Mapping[str, object]) -> Iterator[Event]:
    """Give what *event* says; most of them say nothing that others do not."""
    kind = event.get("type")
    if kind in _TEXT:
        yield Event(text_of(event.get("delta")) or "")
    elif kind in _REASONING:
        yield Event(reasoning=text_of(event.get("delta")) or "")
    elif kind == "response.function_call_arguments.delta":
        yield Event(tools=[ToolPiece(_place(event), arguments=text_of(event.get("delta")) or "")])
    elif kind == "response.output_item.added":
        yield from _begun(event)
    elif kind in _ENDS:
        # Of a streamed answer the proxy names the model by its own name here, and by the provider's inside.
        response = object_of(event.get("response"))
        status = text_of(response.get("status")) or str(kind).removeprefix("response.")
        yield _end({**response, "status": status, **_named(event)})
    elif kind == "error":
        raise error_in_answer({"error": event})
    elif event.get("object") == "response":
        yield from _whole(event)


def _named(event: Mapping[str, object]) -> dict[str, object]:
    return {"model": model} if (model := text_of(event.get("model"))) else {}


def _begun(event: Mapping[str, object]) -> Iterator[Event]:
    """Give the beginning of a call; of every other item the pieces follow."""
    item = object_of(event.get("item"))
    if item.get("type") == "function_call":
        yield Event(tools=[ToolPiece(_place(event), text_of(item.get("call_id")), text_of(item.get("name")))])


def _whole(response: Mapping[str, object]) -> Iterator[Event]:
    """Give the events of a *response* that was not streamed."""
    yield from _said(response)
    yield _end(response)


def _said(response: Mapping[str, object]) -> Iterator[Event]:
    """Give what the items of a whole *response* say."""
    for place, item in enumerate(objects_of(response.get("output"))):
        kind = item.get("type")
        if kind == "message":
            for part in objects_of(item.get("content")):
                yield Event(text_of(part.get("text")) or text_of(part.get("refusal")) or "")
        elif kind == "reasoning":
            # The proxy's bridge to other models has the thoughts where a message has its text.
            for part in objects_of(item.get("summary")) or objects_of(item.get("content")):
                yield Event(reasoning=text_of(part.get("text")) or "")
            if thinking := _thinking(item.get("encrypted_content")):
                yield Event(thinking=thinking)
        else:
            yield from _call(place, item)


def _thinking(encrypted: object) -> list[ThoughtPiece]:
    """
    Return the thinking in what is *encrypted*: the proxy's bridge to other models has their blocks there.

    What OpenAI encrypts is no JSON, and need not go back: it asks for the reasoning of a call only where
    the call has the id of its item.
    """
    try:
        return thoughts_in(decode(text_of(encrypted) or ""))
    except ValueError:
        return []


def _call(place: int, item: Mapping[str, object]) -> Iterator[Event]:
    """Give the whole call that *item* is; nothing for any other."""
    if item.get("type") == "function_call":
        identifier, name = text_of(item.get("call_id")), text_of(item.get("name"))
        yield Event(tools=[ToolPiece(place, identifier, name, text_of(item.get("arguments")) or "")])


def _end(response: Mapping[str, object]) -> Event:
    """Return the last event; raises the error of an answer that failed."""
    status = response.get("status")
    if status in _FAILED:
        raise error_in_answer({"error": response.get("error") or {"message": f"the answer {status}"}})
    usage = response.get("usage")
    return Event(
        finish_reason=_finish_reason(response),
        usage=_usage(usage) if isinstance(usage, dict) else None,
        cost=known_price(object_of(usage).get("cost")),
        model=text_of(response.get("model")),
        response_id=text_of(response.get("id")),
        done=True,
    )


def _finish_reason(response: Mapping[str, object]) -> str:
    if response.get("status") == "incomplete":
        reason = text_of(object_of(response.get("incomplete_details")).get("reason")) or "incomplete"
        return _CUTS.get(reason, reason)
    calls = any(item.get("type") == "function_call" for item in objects_of(response.get("output")))
    return "tool_calls" if calls else "stop"


def _place(event: Mapping[str, object]) -> int:
    return count_of(event.get("output_index")) or 0


def _usage(usage: Mapping[str, object]) -> Usage:
    return Usage(
        input_tokens=count_of(usage.get("input_tokens")),
        output_tokens=count_of(usage.get("output_tokens")),
        total_tokens=count_of(usage.get("total_tokens")),
        cached_tokens=count_of(object_of(usage.get("input_tokens_details")).get("cached_tokens")),
        reasoning_tokens=count_of(object_of(usage.get("output_tokens_details")).get("reasoning_tokens")),
    )
