"""Answers of a model: streamed, whole, and very long."""

import json
from collections.abc import Callable, Sequence

from proxy.framing import head, json_pieces
from proxy.server import Request

CHAT = "/v1/chat/completions"
TEXTS = ("Three", " rivers", ": Elbe", ", Loire", ", Tagus")
ANSWER = "".join(TEXTS)

_REPEATED = 100  # times all the texts in one piece of a long answer
_ID, _CREATED = "chatcmpl-ebc52fa2-185b-49a8-9fd7-0db86552f051", 1767225600
_USAGE = {"completion_tokens": 5, "prompt_tokens": 8, "total_tokens": 13, "cost": 0.00007525}


def streamed() -> list[bytes]:
    """Return the pieces of a streamed answer: the head, the role, each text, the usage, the end."""
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text} for text in TEXTS]
    events = [_event([{"index": 0, "delta": delta}]) for delta in deltas]
    events += [
        _event([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
        _event([{"index": 0, "delta": {}}], usage=_USAGE),
        b"data: [DONE]\n\n",
    ]
    begin = head("text/event-stream; charset=utf-8", "Transfer-Encoding: chunked")
    return [begin, *(b"%x\r\n%s\r\n" % (len(event), event) for event in events), b"0\r\n\r\n"]


def long_streamed(count: int) -> list[bytes]:
    """Return the pieces of a streamed answer of *count* texts; many events are one piece, and chunks each."""
    begin, role, *texts, finish, usage, done, end = streamed()
    block = b"".join(texts) * _REPEATED
    return [begin, role, *[block] * (count // (len(texts) * _REPEATED)), finish, usage, done, end]


def whole(text: str) -> list[bytes]:
    """Return the pieces of an answer that is not streamed and says *text*."""
    message = {"role": "assistant", "content": text}
    return json_pieces(
        {
            "id": _ID,
            "object": "chat.completion",
            "created": _CREATED,
            "model": "bench",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _USAGE,
        }
    )


def as_wished() -> Callable[[Request], Sequence[bytes]]:
    """Return what answers a request as it wishes: streamed, or whole."""
    answers = {True: streamed(), False: whole(ANSWER)}
    return lambda request: answers[bool(json.loads(request.body).get("stream"))]


def _event(choices: list[dict[str, object]], **more: object) -> bytes:
    chunk = {
        "id": _ID,
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": "bench",
        "choices": choices,
        **more,
    }
    return b"data: %s\n\n" % json.dumps(chunk, separators=(",", ":")).encode()
