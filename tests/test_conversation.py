"""Conversations: read, checked, continued and written again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import UsageError
from litectl.exchange.conversation import (
    answered,
    continued,
    conversation_of,
    conversation_text,
    open_calls,
    with_results,
)
from litectl.exchange.question import Message
from litectl.exchange.tools import ToolCall

ORIGIN = "`talk.json`"
SYSTEM: dict[str, Any] = {"role": "system", "content": "Be brief"}
USER: dict[str, Any] = {"role": "user", "content": "What is 2+3?"}
SAID: dict[str, Any] = {"role": "assistant", "content": "5"}


def calling(*identifiers: str, arguments: str = "{}") -> dict[str, Any]:
    """Return a message of the assistant with calls of these ids."""
    calls = [
        {"id": each, "type": "function", "function": {"name": "add", "arguments": arguments}}
        for each in identifiers
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def result(identifier: str, content: str = "5") -> dict[str, Any]:
    """Return the message that answers the call *identifier*."""
    return {"role": "tool", "tool_call_id": identifier, "content": content}


def read(document: object) -> list[Message]:
    """Return the conversation in *document*."""
    return conversation_of(json.dumps(document), ORIGIN)


def error_of(document: object) -> UsageError:
    """Return why *document* is refused."""
    with pytest.raises(UsageError) as caught:
        read(document)
    return caught.value


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [USER],
        [SYSTEM, USER, SAID, USER],
        [{"role": "developer", "content": "Be brief"}, USER, USER],
        [{"role": "user", "name": "bob", "content": [{"type": "text", "text": "x"}, {"type": "odd"}]}],
        [USER, {**SAID, "refusal": None, "tool_calls": None, "reasoning_content": "hm"}],
        [USER, calling("a", "b", arguments='{"a": [1]}'), result("b"), result("a"), SAID],
        [USER, calling("a"), result("a"), calling("a"), result("a")],
        [USER, {**calling("a"), "content": ""}],
        [USER, {**calling("a"), "content": []}],
        [USER, {**calling("a"), "content": "Let me see"}, result("a", "")],
        [USER, {key: value for key, value in calling("a").items() if key != "content"}],
        [USER, calling("a", arguments="")],
    ],
)
def test_a_conversation_is_read_as_it_is(messages: list[dict[str, Any]]) -> None:
    """As a list, or as the `messages` of an object, with every field it has."""
    assert read(messages) == messages
    assert read({"model": "m", "messages": messages}) == messages


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([USER, 3], "message 2 of 2 is not a JSON object"),
        ([{"content": "x"}], "message 1 of 1 has no role"),
        ([{"role": "function", "content": "x"}], 'message 1 of 1 has an unknown role: "function"'),
        ([{"role": ["user"], "content": "x"}], 'an unknown role: ["user"]'),
        ([{"role": "x" * 99, "content": "x"}], f'an unknown role: "{"x" * 38}…'),
        ([{"role": "user"}], "message 1 of 1 has no content"),
        ([{"role": "user", "content": None}], "message 1 of 1 has no content"),
        ([USER, {"role": "assistant", "content": None, "tool_calls": []}], "message 2 of 2 has no content"),
        ([{"role": "user", "content": []}], "has no content"),
        ([{"role": "user", "content": {}}], "`content` is neither a text nor a list of parts"),
        ([{"role": "user", "content": 0}], "`content` is neither"),
        ([{"role": "user", "content": ["x"]}], "part 1 of its content has no `type`"),
        ([{"role": "user", "content": [{"type": "odd"}, {}]}], "part 2 of its content has no `type`"),
        ([{"role": "user", "content": [{"type": "text"}]}], "part 1 of its content has no `text`"),
        ([{**calling("a"), "role": "user"}], "`tool_calls` are a list in a message of the assistant"),
        ([{**SAID, "tool_calls": {}}], "`tool_calls` are a list"),
        ([{**SAID, "tool_calls": [1]}], "call 1 has no `id`"),
        ([{**SAID, "tool_calls": [{"id": "a"}]}], "call 1 has no `function` with a name"),
        ([{**SAID, "tool_calls": [{"id": "a", "function": {"name": 3}}]}], "call 1 has no `function`"),
        ([{**SAID, "tool_calls": [{"id": "a", "function": {"name": "f"}}]}], "`arguments` of call 1"),
        ([calling("")], "call 1 has no `id`"),
        ([calling("a", arguments="{")], "the `arguments` of call 1 are not the text of a JSON object"),
        ([calling("a", arguments="[]")], "`arguments` of call 1"),
        ([calling("a", arguments='{"a": Infinity}')], "`arguments` of call 1"),
        ([calling("a", "b", "a")], "message 1 of 1 has two calls with the same `id`"),
        ([USER, {"role": "tool", "content": "5"}], "message 2 of 2 has no `tool_call_id`"),
        ([USER, result("a")], 'message 2 of 2 answers "a", and no such call is open'),
        ([calling("a"), result("b")], 'answers "b", and no such call is open'),
        ([calling("a", "b"), result("a"), result("a")], 'message 3 of 3 answers "a", and no such'),
        ([calling("a"), result("a"), USER, result("a")], "message 4 of 4 answers"),
        ([calling("a", "b"), result("a"), USER], 'message 3 of 3 stands where a result should: "b"'),
        ([calling("a"), SAID], "message 2 of 2 stands where a result should"),
    ],
)
def test_what_no_model_could_be_sent_is_refused(messages: list[Any], message: str) -> None:
    """The error names the file, the message and what is wrong with it."""
    error = error_of(messages)

    assert message in error.message
    assert error.message.startswith(f"{ORIGIN}: message ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`talk.json` is not JSON (line 1)"),
        ('{"role": "user"}\n{"role": "user"}', "`talk.json` is not JSON (line 2)"),
        ("{}", "`talk.json` is not a list of messages"),
        ('"hi"', "`talk.json` is not a list of messages"),
        ('{"messages": null}', "`talk.json` is not a list of messages"),
        ('[{"role": "user", "content": "x", "weight": NaN}]', "a number that JSON does not know"),
        ('[{"role": "user", "content": "x", "weight": 1e999}]', "a number that JSON does not know"),
        ("[" * 100_000, "is not JSON"),
        ("[" * 500 + "]" * 500, "nested too deeply"),
    ],
)
def test_what_is_no_list_of_messages_is_refused(text: str, message: str) -> None:
    """Whatever the file holds."""
    with pytest.raises(UsageError) as caught:
        conversation_of(text, ORIGIN)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("messages", "waiting"),
    [
        ([], []),
        ([USER, SAID], []),
        ([calling("a", "b")], ["a", "b"]),
        ([calling("a", "b"), result("a")], ["b"]),
        ([calling("a"), result("a")], []),
        ([calling("a"), result("a"), SAID], []),
    ],
)
def test_calls_are_open_until_they_have_results(messages: list[dict[str, Any]], waiting: list[str]) -> None:
    """Those at the end of the conversation, in the order of the calls."""
    assert open_calls(messages) == waiting


@pytest.mark.parametrize(
    "document",
    [
        [{"id": "b", "content": {"sum": 5}}, {"id": "a", "content": "five"}],
        [{"role": "tool", "tool_call_id": "b", "content": {"sum": 5}}, {"id": "a", "content": "five"}],
        {"b": {"sum": 5}, "a": "five"},
    ],
)
def test_results_answer_the_open_calls(document: object) -> None:
    """In the order of the calls; what is no text is sent as JSON."""
    messages = [USER, calling("a", "b")]

    found = with_results(messages, json.dumps(document), "`results.json`")

    assert found == [*messages, result("a", "five"), result("b", '{"sum":5}')]
    assert len(messages) == 2


def test_one_result_needs_no_list() -> None:
    """One object with id and content is what it looks like; null is a content."""
    messages = [calling("a", "b"), result("a")]

    found = with_results(messages, '{"id": "b", "content": null}', "stdin")

    assert found == [*messages, result("b", "null")]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, 'has no result for "a", "b"'),
        ([], 'has no result for "a", "b"'),
        ({"a": "1"}, 'has no result for "b"'),
        ({"a": "1", "b": "2", "c": "3"}, 'a result for "c", and no such call is open'),
        ([{"id": "a", "content": "1"}, {"id": "a", "content": "2"}], 'two results for "a"'),
        ([{"content": "1"}], "result 1 has no `id`"),
        ([{"id": "a", "content": "1"}, {"id": 7, "content": "1"}], "result 2 has no `id`"),
        ([{"id": "a"}], "is not a list of results"),
        (["1", "2"], "is not a list of results"),
        ("1", "is not a list of results"),
        (None, "is not a list of results"),
    ],
)
def test_results_that_do_not_match_the_calls_are_refused(document: object, message: str) -> None:
    """Each open call gets one result, and nothing else does."""
    with pytest.raises(UsageError) as caught:
        with_results([USER, calling("a", "b")], json.dumps(document), "`results.json`")

    assert message in caught.value.message
    assert "`results.json`" in caught.value.message


def test_results_need_calls() -> None:
    """Without a conversation, or after the answer, nothing waits for them."""
    for messages in ([], [USER, SAID], [calling("a"), result("a")]):
        with pytest.raises(UsageError, match="no call waits"):
            with_results(messages, "{}", "stdin")


def test_a_conversation_goes_on_with_what_the_user_says() -> None:
    """The message stands at the end, text or parts; the instruction in front when there was none."""
    parts = [{"type": "text", "text": "And now?"}]

    assert continued([], prompt="Hi") == [{"role": "user", "content": "Hi"}]
    assert continued([USER, SAID], prompt=parts) == [USER, SAID, {"role": "user", "content": parts}]
    assert continued([USER, SAID], prompt="x", system="Be brief")[0] == SYSTEM


@pytest.mark.parametrize("last", [[USER], [USER, calling("a"), result("a")], [USER, SYSTEM]])
def test_a_message_that_waits_for_an_answer_needs_no_prompt(last: list[dict[str, Any]]) -> None:
    """The user's own, and the results of calls."""
    assert continued(last, prompt=None) == last


@pytest.mark.parametrize("messages", [[], [SYSTEM], [USER, SAID]])
def test_there_has_to_be_something_to_answer(messages: list[dict[str, Any]]) -> None:
    """The error says how to say something."""
    with pytest.raises(UsageError, match="nothing to answer") as caught:
        continued(messages, prompt=None)

    assert "-p" in str(caught.value.hint)


@pytest.mark.parametrize("prompt", [None, "Well?"])
def test_open_calls_want_their_results_first(prompt: str | None) -> None:
    """The error names them, and the option that gives the results."""
    with pytest.raises(UsageError, match='results of its calls: "b"') as caught:
        continued([USER, calling("a", "b"), result("a")], prompt=prompt)

    assert "--tool-results" in str(caught.value.hint)


@pytest.mark.parametrize(
    "present", [SYSTEM, {"role": "developer", "content": [{"type": "text", "text": "Be brief"}]}]
)
def test_the_same_system_prompt_again_changes_nothing(present: dict[str, Any]) -> None:
    """A script may give it each time."""
    assert continued([present, USER], prompt=None, system="Be brief") == [present, USER]


def test_another_system_prompt_is_refused() -> None:
    """Which of the two would count is no guess to make."""
    with pytest.raises(UsageError, match="another system prompt"):
        continued([SYSTEM, USER], prompt=None, system="Be long")


def test_the_answer_is_added_in_the_words_of_chat() -> None:
    """Its text, its calls with their arguments as text, or both."""
    call = ToolCall("a", "add", {"a": 2, "b": "é"})

    assert answered([USER], "5") == [USER, SAID]
    assert answered([USER], "", [call]) == [USER, calling("a", arguments='{"a":2,"b":"é"}')]
    assert answered([USER], "Let me see", [call])[-1]["content"] == "Let me see"
    assert answered([USER], "")[-1] == {"role": "assistant", "content": ""}


def test_thinking_is_kept_with_the_calls_after_it_and_with_nothing_else() -> None:
    """An answer without calls goes back without."""
    call = ToolCall("a", "add", {})
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "s"}]

    assert answered([], "", [call], blocks)[-1]["thinking_blocks"] == blocks
    assert "thinking_blocks" not in answered([], "", [call])[-1]
    assert answered([USER], "5", (), blocks) == [USER, SAID]


def test_what_is_written_is_indented_json() -> None:
    """With the characters themselves, and a newline at the end."""
    text = conversation_text([{"role": "user", "content": "wörld ☃"}])

    assert text == '[\n  {\n    "role": "user",\n    "content": "wörld ☃"\n  }\n]\n'
    assert conversation_text([]) == "[]\n"


def test_half_a_character_can_be_written() -> None:
    """A lone surrogate, which has no UTF-8, stays as its escape."""
    messages = [{"role": "user", "content": "a\ud83d", "\udc00": 1}]

    text = conversation_text(messages)

    assert b'"a\\ud83d"' in text.encode()
    assert conversation_of(text, ORIGIN) == messages


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
CALLS = st.builds(
    ToolCall, st.text(min_size=1), st.text(min_size=1), st.dictionaries(st.text(), VALUES, max_size=3)
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Make a conversation as `ask` makes one, turn by turn."""
    messages: list[Message] = []
    for _ in range(draw(st.integers(0, 4))):
        messages = continued(messages, prompt=draw(st.text()))
        calls = draw(st.lists(CALLS, max_size=3, unique_by=lambda call: call.id))
        thinking = draw(st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=2))
        messages = answered(messages, draw(st.text()), calls, thinking)
        if calls:
            results = json.dumps([{"id": call.id, "content": draw(VALUES)} for call in calls])
            messages = with_results(messages, results, "results")
    return messages


@given(conversations())
def test_what_is_written_is_read_again(messages: list[Message]) -> None:
    """Every conversation that can be made is the same after a round through a file."""
    assert conversation_of(conversation_text(messages).encode().decode(), ORIGIN) == messages


@given(VALUES)
def test_any_json_is_read_or_refused(document: object) -> None:
    """No value makes the reader fail otherwise, alone or as a message."""
    for wrapped in (document, [document], [{"role": "user", "content": document}]):
        try:
            found = read(wrapped)
        except UsageError:
            continue
        assert found == wrapped


@pytest.mark.parametrize(
    "entry",
    [
        1,
        {"role": "user"},
        {"role": "user", "content": 1},
        {"role": "user", "content": [{}]},
        {"role": "user", "content": [{"type": "text"}]},
        {"role": "nobody", "content": "Hi"},
        {"role": "user", "content": "Hi", "tool_calls": []},
        {"role": "assistant", "tool_calls": [{}]},
        {"role": "assistant", "tool_calls": [{"id": "a"}]},
        {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "["}}]},
        {"role": "tool", "content": "5"},
        {"role": "tool", "content": "5", "tool_call_id": "a"},
    ],
)
def test_every_refusal_of_a_message_has_a_hint(entry: object) -> None:
    """Whoever wrote the file by hand sees how such a message looks."""
    with pytest.raises(UsageError) as caught:
        conversation_of(json.dumps([entry]), "`f`")

    assert caught.value.hint is not None
