"""The three wire protocols, read from what a real proxy answered, whole and cut anywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from litectl.errors import LitectlError, UpstreamError
from litectl.exchange.events import Usage
from litectl.exchange.protocols import chat, messages, responses

ANSWERS = Path(__file__).parent / "recordings" / "answers"
PROTOCOLS: dict[str, ModuleType] = {"chat": chat, "responses": responses, "messages": messages}
ALL = [path.stem for path in sorted(ANSWERS.glob("*.txt"))]


class Said(NamedTuple):
    """Everything that an answer said, put together."""

    text: str = ""
    reasoning: str = ""
    tools: tuple[tuple[str | None, str | None, str], ...] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    cost: float | None = None
    model: str | None = None
    is_done: bool = False
    error: str | None = None


def data_of(name: str) -> list[str]:
    """Return the data of the events of the recorded answer *name*; of one that is not streamed, its body."""
    text = (ANSWERS / f"{name}.txt").read_text()
    if name.endswith("-plain"):
        return [text]
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def said_in(name: str, data: list[str]) -> Said:
    """Return what *data* of the protocol of *name* says."""
    protocol = PROTOCOLS[name.partition("-")[0]]
    said = Said()
    calls: dict[int, tuple[str | None, str | None, str]] = {}
    try:
        for event in protocol.events(iter(data)):
            for piece in event.tools:
                known = calls.get(piece.place, (None, None, ""))
                calls[piece.place] = (
                    piece.id or known[0],
                    piece.name or known[1],
                    known[2] + piece.arguments,
                )
            said = Said(
                said.text + event.text,
                said.reasoning + event.reasoning,
                tuple(calls.values()),
                event.finish_reason or said.finish_reason,
                event.usage or said.usage,
                event.cost or said.cost,
                event.model or said.model,
                said.is_done or event.done,
            )
    except LitectlError as error:
        return said._replace(error=type(error).__name__)
    return said


def answer(name: str) -> Said:
    """Return what the recorded answer *name* says."""
    return said_in(name, data_of(name))


@pytest.mark.parametrize("form", ["stream", "plain"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_is_the_same_in_every_protocol(protocol: str, form: str) -> None:
    """Text, end, model and tokens, streamed or not."""
    said = answer(f"{protocol}-gpt-5.2-{form}")

    assert (said.text, said.finish_reason, said.model) == ("echo: hi there", "stop", "gpt-5.2")
    assert said.usage is not None
    assert (said.usage.input_tokens, said.usage.output_tokens, said.usage.total_tokens) == (2, 3, 5)
    assert said.error is None


@pytest.mark.parametrize("form", ["stream", "plain"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_tool_call_is_the_same_in_every_protocol(protocol: str, form: str) -> None:
    """Its id, its name and its arguments as one JSON text."""
    said = answer(f"{protocol}-tool-{form}")

    ((identifier, name, arguments),) = said.tools
    assert identifier is not None
    assert identifier.startswith("call_")
    assert (name, json.loads(arguments)) == ("add", {"a": 2, "b": 3})
    assert (said.finish_reason, said.text) == ("tool_calls", "")


CALL = {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a":2}'}
BLOCK = {"type": "tool_use", "id": "call_1", "name": "add", "input": {"a": 2}}


@pytest.mark.parametrize(
    ("name", "events"),
    [
        (
            "responses",
            [
                {"type": "response.output_item.added", "item": {**CALL, "arguments": ""}},
                {"type": "response.output_item.done", "item": CALL},
            ],
        ),
        ("responses", [{"type": "response.output_item.done", "item": CALL}]),
        (
            "messages",
            [
                {"type": "content_block_start", "index": 0, "content_block": BLOCK},
                {"type": "content_block_stop", "index": 0},
            ],
        ),
        (
            "messages",
            [
                {"type": "content_block_start", "index": 0, "content_block": BLOCK},
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "input_json_delta", "partial_json": '{"a":2}'},
                },
                {"type": "content_block_stop", "index": 0},
            ],
        ),
    ],
)
def test_a_call_that_does_not_come_in_pieces_keeps_its_arguments(
    name: str, events: list[dict[str, object]]
) -> None:
    """Some backends give all of it at the beginning or the end; it is not taken twice."""
    said = said_in(name, [json.dumps(event) for event in events])

    assert said.tools == (("call_1", "add", '{"a":2}'),)


def test_a_call_that_the_provider_answers_itself_is_none() -> None:
    """Such as a search of the web: its arguments come like those of a call to the user's tools."""
    block = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    piece = {"type": "input_json_delta", "partial_json": '{"query": "x"}'}
    events = [
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": piece},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "ok"}},
    ]
    whole = {
        "type": "message",
        "content": [{**block, "input": {"query": "x"}}, {"type": "text", "text": "ok"}],
    }

    for data in ([json.dumps(event) for event in events], [json.dumps(whole)]):
        said = said_in("messages", data)
        assert (said.text, said.tools) == ("ok", ())


@pytest.mark.parametrize("form", ["stream", "plain"])
def test_reasoning_is_told_from_the_answer(form: str) -> None:
    """It is text of its own."""
    said = answer(f"chat-reasoning-{form}")

    assert (said.reasoning, said.text) == ("let me think", "echo: hi there")
    assert said.usage is not None
    assert said.usage.reasoning_tokens == 7


@pytest.mark.parametrize(
    "thought",
    [
        {"summary": [{"type": "summary_text", "text": "let me think"}]},
        {"content": [{"type": "output_text", "text": "let me think"}]},
        {"summary": [], "content": [{"type": "reasoning_text", "text": "let me think"}]},
    ],
    ids=["summary", "bridge", "whole"],
)
def test_the_thoughts_of_a_response_are_read_wherever_they_are(thought: dict[str, object]) -> None:
    """OpenAI sums them up, and what the proxy makes of another model's answer has them as content."""
    response = {"object": "response", "status": "completed", "output": [{"type": "reasoning", **thought}]}

    said = said_in("responses", [json.dumps(response)])

    assert (said.reasoning, said.text) == ("let me think", "")


def test_the_model_of_a_streamed_response_has_the_proxy_s_name() -> None:
    """As that of every other answer has; a proxy that does not tell it leaves the provider's."""
    whole = {"status": "completed", "model": "gpt-5.2-2025-12-11"}
    end = {"type": "response.completed", "response": whole}

    models = [said_in("responses", [json.dumps({**end, **more})]).model for more in ({"model": "best"}, {})]

    assert models == ["best", "gpt-5.2-2025-12-11"]


def test_a_streamed_cost_is_the_proxy_s_own() -> None:
    """Chat and responses carry it in the usage, and nothing is made of its absence."""
    assert answer("chat-gpt-5.2-stream").cost == pytest.approx(4.55e-05)
    assert answer("responses-gpt-5.2-stream").cost == pytest.approx(4.55e-05)
    assert answer("messages-gpt-5.2-stream").cost is None


@pytest.mark.parametrize("model", ["midstream-err", "anth-midstream-err", "midstream-drop"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_in_the_stream_is_a_failure(protocol: str, model: str) -> None:
    """Whatever the protocol calls it, and whatever follows; the text before it stays."""
    said = answer(f"{protocol}-{model}-stream")

    assert said.error == UpstreamError.__name__
    assert said.text.startswith("echo: ")


def test_a_response_that_failed_is_a_failure() -> None:
    """An end of its own kind, of which the other protocols know nothing."""
    said = answer("responses-midstream-failed-stream")

    assert (said.error, said.text) == (UpstreamError.__name__, "echo: hi ")


@pytest.mark.parametrize(
    ("end", "error", "reason"), [("failed", "UpstreamError", None), ("incomplete", None, "length")]
)
def test_the_end_of_a_response_is_what_its_event_says(
    end: str, error: str | None, reason: str | None
) -> None:
    """Also where the response in it has no status of its own."""
    response = {"incomplete_details": {"reason": "max_output_tokens"}}
    said = said_in("responses", [json.dumps({"type": f"response.{end}", "response": response})])

    assert (said.error, said.finish_reason) == (error, reason)


def test_the_cut_of_a_limit_has_one_name() -> None:
    """`length`, also where the protocol calls it otherwise."""
    cut = {
        "responses": '{"type":"response.incomplete","response":{"status":"incomplete",'
        '"incomplete_details":{"reason":"max_output_tokens"}}}',
        "messages": '{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{}}',
    }

    assert answer("chat-length-stream").finish_reason == "length"
    assert [said_in(f"{name}-", [data]).finish_reason for name, data in cut.items()] == ["length"] * 2


def test_anthropic_s_input_counts_its_cache() -> None:
    """Its own count leaves out what was read from the cache and written to it."""
    start = {"input_tokens": 2, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 5}
    data = [
        json.dumps({"type": "message_start", "message": {"usage": start}}),
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}',
    ]

    usage = said_in("messages-", data).usage

    assert usage == Usage(input_tokens=17, output_tokens=3, total_tokens=20, cached_tokens=10)


def prefixes(data: list[str]) -> Iterator[list[str]]:
    """Give every beginning of *data*."""
    return (data[:length] for length in range(len(data)))


@pytest.mark.parametrize("name", [name for name in ALL if name.endswith("-stream")])
def test_a_stream_that_ends_early_is_not_done(name: str) -> None:
    """No beginning of an answer looks like a whole one."""
    data = data_of(name)
    whole = said_in(name, data)

    for beginning in prefixes(data):
        said = said_in(name, beginning)
        assert whole.text.startswith(said.text)
        # `[DONE]` adds nothing to an end that the protocol has told already.
        assert not (said.is_done and said.finish_reason) or said == whole


def test_every_recording_is_read() -> None:
    """None of them ends in anything but an answer or its error."""
    assert len(ALL) > 40
    for name in ALL:
        said = answer(name)
        assert said.error or said.finish_reason, name


def test_what_a_response_says_at_its_end_alone_is_heard() -> None:
    """Older proxies have no pieces of the calls of other backends; what came in pieces comes once."""
    call = {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a":2}'}
    message = {"type": "message", "content": [{"type": "output_text", "text": "I add"}]}
    piece = {"type": "response.output_text.delta", "delta": "I add"}
    end = {"type": "response.completed", "response": {"status": "completed", "output": [message, call]}}

    for data in ([end], [piece, end]):
        said = said_in("responses", [json.dumps(each) for each in data])
        assert (said.text, said.tools) == ("I add", (("call_1", "add", '{"a":2}'),))

    begun = {"type": "response.output_item.added", "output_index": 1, "item": {**call, "arguments": ""}}
    rest = {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": '{"a":2}'}
    said = said_in("responses", [json.dumps(each) for each in (piece, begun, rest, end)])
    assert (said.text, said.tools) == ("I add", (("call_1", "add", '{"a":2}'),))


@pytest.mark.parametrize("deltas", [(), ('{"a"', ": 2}")])
def test_a_call_may_begin_with_all_its_arguments(deltas: tuple[str, ...]) -> None:
    """Then no pieces of them follow; where some do, they are all that counts."""
    block = {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 2}}
    events: list[dict[str, object]] = [{"type": "content_block_start", "index": 1, "content_block": block}]
    events += [
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": text},
        }
        for text in deltas
    ]
    events.append({"type": "content_block_stop", "index": 1})

    ((identifier, name, arguments),) = said_in("messages", [json.dumps(each) for each in events]).tools

    assert (identifier, name, json.loads(arguments)) == ("toolu_1", "add", {"a": 2})
