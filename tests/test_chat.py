"""The chat protocol: what is sent, and what is read from the events of an answer."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import (
    AuthError,
    BudgetError,
    ContextError,
    IncompleteError,
    LitectlError,
    ProxyError,
    RateLimitError,
    UpstreamError,
)
from litectl.exchange.events import Event, Usage
from litectl.exchange.protocols.chat import PATH, body, events
from litectl.exchange.question import Question, opening

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt-5.2"}
USAGE = {
    "completion_tokens": 5,
    "prompt_tokens": 3,
    "total_tokens": 8,
    "completion_tokens_details": {"reasoning_tokens": 2},
    "prompt_tokens_details": {"cached_tokens": 1},
    "cost": 0.00007525,
}
# As a proxy sends it: no `finish_reason` until there is one, and usage beside an empty choice.
RECORDED = [
    HEAD | {"choices": [{"index": 0, "delta": {"role": "assistant", "reasoning_content": "let me "}}]},
    HEAD | {"choices": [{"index": 0, "delta": {"reasoning_content": "see"}}]},
    HEAD | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello"}}]},
    HEAD | {"choices": [{"index": 0, "delta": {"content": ", wörld ☃\n"}}]},
    HEAD | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    HEAD | {"choices": [{"index": 0, "delta": {}}], "usage": USAGE},
    "[DONE]",
]
HUGE = 10**400  # valid JSON, and no float


def read(*data: object) -> list[Event]:
    """Return the events of an answer that carries *data*: text as it is, everything else as JSON."""
    return list(events(item if isinstance(item, str) else json.dumps(item) for item in data))


def failure_of(*data: object) -> LitectlError:
    """Return the error that reading *data* ends in."""
    with pytest.raises(LitectlError) as caught:
        read(*data)
    return caught.value


def said_by(event: Event) -> dict[str, object]:
    """Return everything that *event* says, by name."""
    return {name: getattr(event, name) for name in Event.__slots__}


def delta(**fields: object) -> dict[str, object]:
    """Return a chunk whose delta has *fields*."""
    return {"choices": [{"index": 0, "delta": fields}]}


# The request


def test_a_question_becomes_a_streamed_request() -> None:
    """Every request is streamed, and asks for the usage, which carries the cost."""
    assert PATH == "/v1/chat/completions"
    assert body(Question("gpt-5.2", opening("hi"))) == {
        "model": "gpt-5.2",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"temperature": 1.5}, {"temperature": 1.5}),
        ({"max_tokens": 1}, {"max_tokens": 1}),
        ({"temperature": 0.2, "max_tokens": 5}, {"temperature": 0.2, "max_tokens": 5}),
    ],
)
def test_options_are_sent_only_when_given(options: dict[str, Any], sent: dict[str, object]) -> None:
    """A temperature of 0 is a given one; what was not given is left to the model."""
    bare = body(Question("m", opening("hi")))

    assert bare | sent == body(Question("m", opening("hi"), options))


@pytest.mark.parametrize("system", ["be brief", ""])
def test_the_system_text_comes_before_the_prompt(system: str) -> None:
    """An instruction is the first message, also an empty one."""
    assert [
        {"role": "system", "content": system},
        {"role": "user", "content": "hi"},
    ] == body(Question("m", opening("hi", system)))["messages"]


# The answer


def test_a_recorded_answer_is_read_whole() -> None:
    """Text, reasoning, end, usage, cost, model and id are found where a proxy puts them."""
    found = read(*RECORDED)

    assert "".join(event.text for event in found) == "Hello, wörld ☃\n"
    assert "".join(event.reasoning for event in found) == "let me see"
    assert [event.finish_reason for event in found] == [None] * 4 + ["stop", None, None]
    assert Usage(3, 5, 8, cached_tokens=1, reasoning_tokens=2) == found[5].usage
    assert found[5].cost == 0.00007525
    assert {("gpt-5.2", "chatcmpl-1")} == {(event.model, event.response_id) for event in found[:-1]}
    assert [event.done for event in found] == [False] * 6 + [True]


def test_events_are_given_as_they_arrive() -> None:
    """A piece of text is handed on before the next one is asked for."""

    def arriving() -> Iterator[str]:
        yield json.dumps(delta(content="first"))
        pytest.fail("the second event was asked for too early")

    assert next(events(arriving())).text == "first"


def test_nothing_is_read_after_the_end() -> None:
    """What follows `[DONE]` is not the answer's."""
    assert [event.text for event in read(delta(content="a"), "[DONE]", "junk", delta(content="b"))] == [
        "a",
        "",
    ]


def test_an_answer_without_an_end_has_no_end() -> None:
    """The end is never made up."""
    assert [event.done for event in read(delta(content="a"))] == [False]


def test_an_event_without_data_says_nothing() -> None:
    """Keep-alive events are passed over."""
    assert [event.text for event in read("", delta(content="a"), "")] == ["a"]


@pytest.mark.parametrize("place", ["delta", "message"])
@pytest.mark.parametrize(
    "said",
    [
        {"content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "No"}]},
        {"content": None, "refusal": "No"},
        {"content": None, "provider_specific_fields": {"refusal": "No"}},
    ],
    ids=json.dumps,
)
def test_the_text_may_stand_elsewhere(place: str, said: dict[str, object]) -> None:
    """Some backends send parts, and a model that refuses says so in a field of its own."""
    (event,) = read({"choices": [{place: said}]})

    assert event.text == "No"


@pytest.mark.parametrize(
    "chunk",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": "text"},
        {"choices": [None]},
        {"choices": ["text"]},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": "text"}]},
        {"choices": [{"delta": {"content": None}}]},
        {"choices": [{"delta": {"content": 5}}]},
        {"choices": [{"delta": {"content": [{"text": "a"}]}}]},
        {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": ""}}]}}]},
        {"choices": [{"finish_reason": 5}]},
        {"choices": [{"finish_reason": ""}]},
        {"usage": None},
        {"usage": 5},
        {"model": 5, "id": None},
        {"error": None},
    ],
    ids=json.dumps,
)
def test_a_chunk_without_news_is_an_empty_event(chunk: dict[str, object]) -> None:
    """Missing, null and strange fields say nothing, and break nothing."""
    (event,) = read(chunk)

    assert said_by(Event()) == said_by(event)


@pytest.mark.parametrize(
    "data",
    ["null", "5", '"text"', "[]", "{", "DONE", "[done]", "<html>", '{"a":1} junk', "[" * 100_000],
    ids=lambda data: data[:12],
)
def test_an_event_that_is_no_json_object_breaks_the_answer_off(data: str) -> None:
    """A stream that carries something else cannot be trusted to be whole."""
    assert type(failure_of(delta(content="a"), data)) is IncompleteError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "no", "type": None, "param": None, "code": "500"}, UpstreamError),
        ({"message": "no", "type": "internal_server_error", "code": "503"}, UpstreamError),
        ({"message": "Rate limit exceeded", "type": "throttling_error", "code": "429"}, RateLimitError),
        ({"message": "Rate limit exceeded", "code": 429}, RateLimitError),
        ({"message": "Budget has been exceeded!", "type": "budget_exceeded", "code": "422"}, BudgetError),
        ({"message": "prompt is too long", "type": "invalid_request_error", "code": "400"}, ContextError),
        ({"message": "no", "type": "auth_error", "code": "401"}, AuthError),
        ({"message": "no", "type": "invalid_request_error", "code": "400"}, ProxyError),
        # Without a usable code the failure is the server's.
        ({"message": "no"}, UpstreamError),
        ({"message": "no", "code": None}, UpstreamError),
        ({"message": "no", "code": "None"}, UpstreamError),
        ({"message": "no", "code": "overloaded"}, UpstreamError),
        ({"message": "no", "code": "-1"}, UpstreamError),
        ({"message": "no", "code": "²"}, UpstreamError),
        ({"message": "no", "code": "5" * 5000}, UpstreamError),
        ({"message": "no", "code": True}, UpstreamError),
        ({"code": []}, UpstreamError),
        ("no", UpstreamError),
        (["no"], UpstreamError),
        (True, UpstreamError),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_error_in_an_event_keeps_its_class(error: object, expected: type[LitectlError]) -> None:
    """After HTTP 200 the code inside the event takes the place of the status."""
    assert expected is type(failure_of({"error": error}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], []),
        ([], ["[DONE]"]),
        ([delta(content="Hello")], []),
        ([delta(content="Hello")], ["[DONE]"]),
        ([*RECORDED[:-1]], ["[DONE]"]),
    ],
    ids=["first", "first, then the end", "in the middle", "before the end", "after the finish"],
)
def test_an_error_in_any_event_is_a_failure_whatever_follows(
    before: list[object], after: list[object]
) -> None:
    """A finish reason before it and a `[DONE]` after it do not make the answer whole."""
    error = {
        "error": {"message": "Error processing stream start", "type": "internal_server_error", "code": "500"}
    }

    assert "Error processing stream start" in failure_of(*before, error, *after).message


def test_an_error_beside_choices_is_a_failure() -> None:
    """The error counts more than a piece of text in the same event."""
    assert type(failure_of({**delta(content="Hello"), "error": {"message": "no"}})) is UpstreamError


# Usage and cost


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (0.00007525, 0.00007525),
        (1, 1.0),
        (0, None),
        (0.0, None),
        (-0.1, None),
        (None, None),
        ("0.01", None),
        (True, None),
        ([0.01], None),
        (float("nan"), None),
        (float("inf"), None),
        (HUGE, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_cost_that_nobody_knows_is_none(cost: object, expected: float | None) -> None:
    """A proxy reports 0 for a model without a price, so 0 is unknown and never free."""
    (event,) = read({"usage": {"cost": cost}})

    assert expected == event.cost


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({}, Usage()),
        ({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}, Usage(3, 5, 8)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(0, 0)),
        ({"prompt_tokens": None, "completion_tokens": "5", "total_tokens": -1}, Usage()),
        ({"prompt_tokens": True, "completion_tokens": 5.5, "total_tokens": []}, Usage()),
        ({"prompt_tokens_details": {"cached_tokens": 0}}, Usage(cached_tokens=0)),
        ({"completion_tokens_details": {"reasoning_tokens": 7}}, Usage(reasoning_tokens=7)),
        ({"prompt_tokens_details": None, "completion_tokens_details": [7]}, Usage()),
        ({"prompt_tokens_details": {}, "completion_tokens_details": {"reasoning_tokens": None}}, Usage()),
    ],
    ids=str,
)
def test_tokens_that_nobody_counted_are_none(usage: dict[str, object], expected: Usage) -> None:
    """A count of 0 is a count; a missing or strange one is unknown."""
    (event,) = read({"usage": usage})

    assert expected == event.usage


def test_the_public_form_of_usage_names_what_is_unknown() -> None:
    """Every field is there, null where nobody knows."""
    assert Usage(3).as_json() == {
        "input_tokens": 3,
        "output_tokens": None,
        "total_tokens": None,
        "cached_tokens": None,
        "reasoning_tokens": None,
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
chunks = st.fixed_dictionaries(
    {},
    optional={
        "choices": json_values
        | st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "delta": json_values | st.dictionaries(st.sampled_from(["content"]), json_values),
                    "finish_reason": json_values,
                },
            ),
            max_size=2,
        ),
        "usage": json_values
        | st.dictionaries(
            st.sampled_from(["cost", "prompt_tokens", "completion_tokens", "prompt_tokens_details"]),
            json_values,
        ),
        "error": json_values | st.fixed_dictionaries({"code": json_values}),
        "model": json_values,
        "id": json_values,
    },
)


@given(st.lists(json_values | chunks, max_size=4))
def test_any_json_in_the_events_is_read_or_refused(data: list[object]) -> None:
    """No event makes reading fail in another way, and what is read has the promised types."""
    found: list[Event] = []
    with suppress(LitectlError):
        found.extend(events(json.dumps(item) for item in data))

    for event in found:
        assert isinstance(event.text, str)
        assert isinstance(event.reasoning, str)
        assert event.cost is None or event.cost > 0


@pytest.mark.parametrize("error", [{}, "", False])
def test_an_error_that_says_nothing_is_an_error(error: object) -> None:
    """An `error` key is a failure whatever it holds, but null."""
    with pytest.raises(UpstreamError):
        list(events([json.dumps({"error": error})]))
    assert [event.done for event in events(['{"error": null}', "[DONE]"])] == [False, True]


@pytest.mark.parametrize("said", [{"refusal": "No."}, {"provider_specific_fields": {"refusal": "No."}}])
@pytest.mark.parametrize("key", ["delta", "message"])
def test_a_refusal_of_the_model_is_its_answer(key: str, said: dict[str, object]) -> None:
    """OpenAI's models refuse in words that are no content."""
    [event] = read({"choices": [{"index": 0, key: {"content": None, **said}}]})

    assert event.text == "No."
