"""Answers of each wire protocol, as a fake proxy gives them."""

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, chat_answer, chunk, sse

RESPONSES, MESSAGES = "/v1/responses", "/v1/messages"


def responses_answer(text: str = "ok") -> Answer:
    """Return a streamed answer of `/v1/responses`."""
    end = {"type": "response.completed", "response": {"status": "completed", "output": []}}
    delta = {"type": "response.output_text.delta", "delta": text}
    return Answer(pieces=sse(delta, end), content_type=EVENT_TYPE)


def messages_answer(text: str = "ok") -> Answer:
    """Return a streamed answer of `/v1/messages`."""
    events: list[object] = [
        {"type": "message_start", "message": {"id": "msg_1", "usage": {"input_tokens": 1}}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    return Answer(pieces=sse(*events), content_type=EVENT_TYPE)


def answer_all(fake: FakeProxy) -> None:
    """Let *fake* answer `ok` by every protocol."""
    fake.on_chat(chat_answer("ok"))
    fake.on("POST", RESPONSES, responses_answer())
    fake.on("POST", MESSAGES, messages_answer())


def delta(**said: object) -> dict[str, object]:
    """Return a chat chunk that says this: `reasoning_content`, `tool_calls`, or `content`."""
    return {**chunk(), "choices": [{"index": 0, "delta": said}]}


def tool_piece(index: int = 0, **said: object) -> dict[str, object]:
    """Return a chat chunk with a piece of a call: its *said* `id`, `name` and `arguments`."""
    function = {name: said[name] for name in ("name", "arguments") if name in said}
    identifier = {"id": said["id"]} if "id" in said else {}
    return delta(tool_calls=[{"index": index, **identifier, "type": "function", "function": function}])


def stream(*chunks: object, finish: str = "stop") -> Answer:
    """Return a whole streamed chat answer of these *chunks*."""
    return Answer(pieces=sse(*chunks, chunk(finish=finish), "[DONE]"), content_type=EVENT_TYPE)


def plain(message: dict[str, object], *, finish: str = "stop", **more: object) -> dict[str, object]:
    """Return a chat answer that is not streamed, with *more* fields beside its *message*."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"id": "chatcmpl-1", "model": "gpt-5.2", "choices": [choice], **more}
