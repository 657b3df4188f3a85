"""
The dialects that providers of models speak, and what was asked in any of them.

`CHAT` and `RESPONSES` are OpenAI's, `MESSAGES` is Anthropic's; `BRICKS` is chat as Databricks speaks it,
where the thoughts of a model are a part of the content.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count, dropwhile
from typing import Any, NamedTuple

from fake_proxy import sse

# Each answer is billed for so many tokens; those that were cached are a part of the input.
INPUT, OUTPUT, CACHED = 20, 10, 4
_ASKS_JSON = "one JSON object"
PERSON = '{"name": "Ada", "age": 36}'
SIGNATURE = "c2lnbmVk+/=="
_REDACTED = {"type": "redacted_thinking", "data": "c2VjcmV0+/=="}


class Call(NamedTuple):
    """A call of a tool; *arguments* are JSON."""

    id: str
    name: str
    arguments: str

    @property
    def function(self) -> dict[str, str]:
        """What is called, and with what."""
        return {"name": self.name, "arguments": self.arguments}


class Said(NamedTuple):
    """
    What a model thinks, says in pieces of text, and calls after that; *is_cut* at its limit.

    With *is_redacted* it also thinks what nobody may read.
    """

    texts: Sequence[str] = ()
    reasoning: str = ""
    calls: Sequence[Call] = ()
    is_cut: bool = False
    is_redacted: bool = False


class Streamed(NamedTuple):
    """A streamed answer: what comes before the pieces of text, one item for each piece, what comes after."""

    head: list[bytes]
    texts: list[bytes]
    tail: list[bytes]


class Dialect(NamedTuple):
    """How an answer is said at once, how in a stream, and how a stream says that it failed."""

    plain: Callable[[Said, str], object]
    stream: Callable[[Said, str], Streamed]
    failure: bytes


class Asked(NamedTuple):
    """
    What a request asks.

    Its last *text*, whether that is what calls resulted in, the *tools* that may be called, the one that is
    *forced*, whether the answer has to be JSON, the text of its last *question*, and how many *turns* it has.
    """

    text: str
    is_result: bool
    tools: Sequence[str]
    forced: str | None
    wants_json: bool
    question: str
    turns: int


def asked(body: Mapping[str, Any]) -> Asked:
    """Return what the *body* of a request asks, whatever its dialect."""
    said = body.get("messages") or body.get("input") or ""
    turns: list[Any] = [{"content": said}] if isinstance(said, str) else said
    before = list(dropwhile(lambda turn: not _is_question(turn), reversed(turns)))
    # LiteLLM tells Databricks of calls that were made at once as if they were made in turn.
    results = [turn for turn in turns[len(before) :] if _is_result(turn)] if _is_result(turns[-1]) else []
    choice = body.get("tool_choice")
    names = [_name(tool) for tool in body.get("tools") or ()]
    wishes = (body.get("response_format"), body.get("output_format"), body.get("text"))
    wants_json = any(wishes) or "format" in (body.get("output_config") or {}) or _ASKS_JSON in str(body)
    forced = _name(choice) if isinstance(choice, dict) else None
    return Asked(
        _said_in(results or turns[-1:]),
        bool(results),
        names,
        forced or None,
        bool(wants_json),
        _said_in(before[:1]),
        len(turns),
    )


def _is_question(turn: Mapping[str, Any]) -> bool:
    return (
        turn.get("role", "user") == "user" and turn.get("type") in (None, "message") and not _is_result(turn)
    )


def _is_result(turn: Mapping[str, Any]) -> bool:
    """Tell whether *turn* says what a call resulted in."""
    blocks = [block for block in turn.get("content") or "" if isinstance(block, dict)]
    return (
        turn.get("role") == "tool"
        or turn.get("type") == "function_call_output"
        or any(block.get("type") == "tool_result" for block in blocks)
    )


def _said_in(turns: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(
        text for turn in turns for text in _texts(turn.get("content") or turn.get("output") or "")
    )


def _name(tool: Mapping[str, Any]) -> str:
    return str(tool.get("name") or tool.get("function", {}).get("name") or "")


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            yield from _texts(part.get("text") or part.get("content") or "")


# Chat completions


def _thought(said: Said) -> dict[str, object]:
    return {"content": None, "reasoning_content": said.reasoning}


def _bricks_thought(said: Said) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": said.reasoning, "signature": "s"}]
    return {"content": [{"type": "reasoning", "summary": summary}]}


def _chat_message(said: Said) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant"}
    if said.reasoning:
        message |= _thought(said)
    if said.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": call.function} for call in said.calls
        ]
    return {**message, "content": "".join(said.texts) or None}


def _bricks_message(said: Said) -> dict[str, object]:
    message = _chat_message(said._replace(reasoning=""))
    if not said.reasoning:
        return message
    text = {"type": "text", "text": message["content"]}
    return {**message, "content": [_bricks_thought(said)["content"][0], text]}


def _chat_finish(said: Said) -> str:
    return "tool_calls" if said.calls else "length" if said.is_cut else "stop"


def _chat_head(model: str) -> dict[str, object]:
    return {"id": "chatcmpl-upstream", "created": 1, "model": model}


_CHAT_USAGE = {
    "prompt_tokens": INPUT,
    "completion_tokens": OUTPUT,
    "total_tokens": INPUT + OUTPUT,
    "prompt_tokens_details": {"cached_tokens": CACHED},
}


_Form = Callable[[Said], dict[str, Any]]


def _chat_plain(message: _Form, said: Said, model: str) -> object:
    choice = {"index": 0, "message": message(said), "finish_reason": _chat_finish(said)}
    return {**_chat_head(model), "object": "chat.completion", "choices": [choice], "usage": _CHAT_USAGE}


def _chat_stream(thought: _Form, said: Said, model: str) -> Streamed:
    def chunk(delta: Mapping[str, object], finish: str | None = None, **more: object) -> object:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**_chat_head(model), "object": "chat.completion.chunk", "choices": [choice], **more}

    head = [chunk({"role": "assistant", "content": ""})]
    if said.reasoning:
        head.append(chunk(thought(said)))
    texts = [chunk({"content": text}) for text in said.texts]
    calls = [
        chunk({"content": None, "tool_calls": [{"index": place, **piece}]})
        for place, call in enumerate(said.calls)
        for piece in _pieces(call)
    ]
    usage = {**_chat_head(model), "object": "chat.completion.chunk", "choices": [], "usage": _CHAT_USAGE}
    end = chunk({"content": ""}, _chat_finish(said))
    return Streamed(sse(*head), sse(*texts), sse(*calls, end, usage, "[DONE]"))


def _pieces(call: Call) -> Iterator[dict[str, object]]:
    """Give the pieces in which *call* arrives: only the first has its id and its name."""
    yield {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    half = len(call.arguments) // 2
    for piece in (call.arguments[:half], call.arguments[half:]):
        yield {"function": {"arguments": piece}}


# Responses


def _output(said: Said) -> list[dict[str, Any]]:
    """Return the items of the answer: thoughts, text, calls."""
    items: list[dict[str, Any]] = []
    if said.reasoning:
        summary = [{"type": "summary_text", "text": said.reasoning}]
        items.append({"type": "reasoning", "id": "rs_1", "summary": summary})
    if said.texts:
        part = {"type": "output_text", "text": "".join(said.texts), "annotations": []}
        items.append({"type": "message", "id": "msg_1", "role": "assistant", "content": [part]})
    items += [
        {"type": "function_call", "id": f"fc_{call.id}", "call_id": call.id, **call.function}
        for call in said.calls
    ]
    return [{**item, "status": "completed"} for item in items]


def _response(model: str, status: str, output: Sequence[object] = (), **more: object) -> dict[str, object]:
    head = {"id": "resp_upstream", "object": "response", "created_at": 1, "model": model}
    known = {"tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "error": None}
    return {**head, **known, "status": status, "output": list(output), **more}


def _response_whole(said: Said, model: str) -> dict[str, object]:
    usage = {
        "input_tokens": INPUT,
        "input_tokens_details": {"cached_tokens": CACHED},
        "output_tokens": OUTPUT,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": INPUT + OUTPUT,
    }
    details = {"reason": "max_output_tokens"} if said.is_cut else None
    status = "incomplete" if said.is_cut else "completed"
    return _response(model, status, _output(said), usage=usage, incomplete_details=details)


def _response_stream(said: Said, model: str) -> Streamed:
    numbers = count()

    def event(kind: str, **fields: object) -> dict[str, object]:
        return {"type": f"response.{kind}", "sequence_number": next(numbers), **fields}

    head = [event("created", response=_response(model, "in_progress"))]
    texts: list[Mapping[str, object]] = []
    tail: list[Mapping[str, object]] = []
    for place, item in enumerate(_output(said)):
        where = {"item_id": item["id"], "output_index": place}
        begun = {**item, "status": "in_progress"}
        done = event("output_item.done", output_index=place, item=item)
        if item["type"] == "reasoning":
            head.append(event("output_item.added", output_index=place, item={**begun, "summary": []}))
            head.append(event("reasoning_summary_text.delta", **where, summary_index=0, delta=said.reasoning))
            head.append(done)
        elif item["type"] == "message":
            head.append(event("output_item.added", output_index=place, item={**begun, "content": []}))
            part = {"type": "output_text", "text": "", "annotations": []}
            head.append(event("content_part.added", **where, content_index=0, part=part))
            texts = [event("output_text.delta", **where, content_index=0, delta=text) for text in said.texts]
            tail.append(done)
        else:
            tail.append(event("output_item.added", output_index=place, item={**begun, "arguments": ""}))
            tail.append(event("function_call_arguments.delta", **where, delta=item["arguments"]))
            tail.append(event("function_call_arguments.done", **where, arguments=item["arguments"]))
            tail.append(done)
    whole = _response_whole(said, model)
    tail.append(event(str(whole["status"]), response=whole))
    return Streamed(_named(head), _named(texts), _named(tail))


def _named(events: Sequence[Any]) -> list[bytes]:
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]


# Messages


def _stop(said: Said) -> str:
    return "tool_use" if said.calls else "max_tokens" if said.is_cut else "end_turn"


_MESSAGE_USAGE = {
    "input_tokens": INPUT - CACHED,
    "cache_read_input_tokens": CACHED,
    "cache_creation_input_tokens": 0,
    "output_tokens": OUTPUT,
}


def _message(model: str, content: Sequence[object], stop: str | None, **usage: object) -> dict[str, object]:
    head = {"id": "msg_upstream", "type": "message", "role": "assistant", "model": model}
    told = {"stop_reason": stop, "stop_sequence": None, "usage": {**_MESSAGE_USAGE, **usage}}
    return {**head, "content": list(content), **told}


def thoughts(said: Said) -> list[dict[str, Any]]:
    """Return the blocks of what is thought, as Anthropic says them and wants them back."""
    blocks = [{"type": "thinking", "thinking": said.reasoning, "signature": SIGNATURE}]
    return [*(blocks if said.reasoning else ()), *([_REDACTED] if said.is_redacted else ())]


def _blocks(said: Said) -> list[dict[str, Any]]:
    """Return the blocks of the answer: thoughts, text, calls."""
    blocks = thoughts(said)
    if said.texts:
        blocks.append({"type": "text", "text": "".join(said.texts)})
    for call in said.calls:
        arguments = json.loads(call.arguments)
        blocks.append({"type": "tool_use", "id": call.id, "name": call.name, "input": arguments})
    return blocks


def _message_plain(said: Said, model: str) -> object:
    return _message(model, _blocks(said), _stop(said))


def _message_stream(said: Said, model: str) -> Streamed:
    def event(kind: str, place: int, **fields: object) -> Mapping[str, object]:
        return {"type": f"content_block_{kind}", "index": place, **fields}

    def delta(place: int, kind: str, **fields: object) -> Mapping[str, object]:
        return event("delta", place, delta={"type": kind, **fields})

    message = _message(model, [], None, output_tokens=1)
    head: list[Mapping[str, object]] = [{"type": "message_start", "message": message}, {"type": "ping"}]
    texts: list[Mapping[str, object]] = []
    tail: list[Mapping[str, object]] = []
    for place, block in enumerate(_blocks(said)):
        stop = event("stop", place)
        if block["type"] == "thinking":
            head.append(event("start", place, content_block={**block, "thinking": "", "signature": ""}))
            half = len(said.reasoning) // 2
            pieces = (said.reasoning[:half], said.reasoning[half:])
            head += [delta(place, "thinking_delta", thinking=piece) for piece in pieces]
            head.append(delta(place, "signature_delta", signature=SIGNATURE))
            head.append(stop)
        elif block["type"] == "redacted_thinking":
            head += [event("start", place, content_block=block), stop]
        elif block["type"] == "text":
            head.append(event("start", place, content_block={**block, "text": ""}))
            texts = [delta(place, "text_delta", text=text) for text in said.texts]
            tail.append(stop)
        else:
            tail.append(event("start", place, content_block={**block, "input": {}}))
            tail.append(delta(place, "input_json_delta", partial_json=json.dumps(block["input"])))
            tail.append(stop)
    end = {"stop_reason": _stop(said), "stop_sequence": None}
    tail.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": OUTPUT}})
    tail.append({"type": "message_stop"})
    return Streamed(_named(head), _named(texts), _named(tail))


_EXPLODED = "the upstream exploded"
_FAILURE = sse({"error": {"message": _EXPLODED, "type": "server_error", "code": 500}})[0]
_ERROR = {"type": "error", "code": "server_error", "message": _EXPLODED, "param": None, "sequence_number": 9}
_OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

CHAT = Dialect(partial(_chat_plain, _chat_message), partial(_chat_stream, _thought), _FAILURE)
BRICKS = Dialect(partial(_chat_plain, _bricks_message), partial(_chat_stream, _bricks_thought), _FAILURE)
RESPONSES = Dialect(_response_whole, _response_stream, _named([_ERROR])[0])
MESSAGES = Dialect(_message_plain, _message_stream, _named([_OVERLOADED])[0])
