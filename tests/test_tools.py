"""Tools: definitions of any form, and calls put together from their pieces."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import IncompleteError, UsageError
from litectl.exchange.events import ToolPiece
from litectl.exchange.tools import Calls, ToolCall, call_ids, stub_tools, tools_of

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
ADD = {"type": "function", "function": {"name": "add", "description": "Add", "parameters": SCHEMA}}
NAMES = st.sampled_from(["type", "function", "name", "tools", "parameters", "input_schema"]) | st.text()
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.text() | st.just("function"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
)
MCP_OF_THE_PROXY = {"type": "mcp", "server_label": "litellm", "server_url": "litellm_proxy/mcp/tools"}


def tools(document: object) -> list[dict[str, Any]]:
    """Return the definitions in *document*."""
    return tools_of(json.dumps(document), "`tools.json`")


def calls_of(*pieces: ToolPiece, taken: tuple[str, ...] = ()) -> list[ToolCall]:
    """Return the calls that *pieces* make."""
    calls = Calls(taken)
    for piece in pieces:
        calls.add([piece])
    return calls.finished()


@pytest.mark.parametrize(
    "entry",
    [
        ADD,
        {"type": "function", "name": "add", "description": "Add", "parameters": SCHEMA},
        {"name": "add", "description": "Add", "input_schema": SCHEMA},
        {"type": "custom", "name": "add", "description": "Add", "input_schema": SCHEMA},
        {"name": "add", "description": "Add", "inputSchema": SCHEMA, "title": "Addition", "annotations": {}},
        {
            "type": "function",
            "function": {"name": "add", "description": "Add", "parameters": SCHEMA, "strict": None},
        },
    ],
)
def test_a_definition_may_have_any_of_the_known_forms(entry: dict[str, Any]) -> None:
    """Those of chat, of responses, of Anthropic and of MCP, alone, in a list, or as `tools`."""
    assert tools([entry]) == [ADD]
    assert tools(entry) == [ADD]
    assert tools({"tools": [entry], "nextCursor": None}) == [ADD]


def test_a_definition_needs_no_more_than_a_name() -> None:
    """What is null is left out."""
    entry = {"type": "function", "name": "now", "description": None, "parameters": None, "strict": True}

    assert tools([entry]) == [{"type": "function", "function": {"name": "now", "strict": True}}]


def test_the_mark_for_the_cache_stays() -> None:
    """Anthropic's definitions carry it beside the schema."""
    mark = {"cache_control": {"type": "ephemeral"}}

    (tool,) = tools([{"name": "add", "input_schema": SCHEMA, **mark}])

    assert tool["cache_control"] == mark["cache_control"]


def test_tools_of_other_types_stay_as_they_are() -> None:
    """The proxy or the provider knows them; they need no name, and none of theirs is ours."""
    search = {"type": "web_search_20250305", "name": "None", "max_uses": 3}

    assert tools([MCP_OF_THE_PROXY, search, MCP_OF_THE_PROXY, ADD]) == [
        MCP_OF_THE_PROXY,
        search,
        MCP_OF_THE_PROXY,
        ADD,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`tools.json` is not JSON (line 1)"),
        ("[\n1,\n}", "`tools.json` is not JSON (line 3)"),
        ("[" * 100_000, "`tools.json` is not JSON"),
        ("9" * 5000, "`tools.json` is not JSON"),
        ("[" * 150 + "]" * 150, "nested too deeply"),
        ('{"type": "web_search", "x": NaN}', "a number that JSON does not know"),
        ("null", "`tools.json` is not a list of tools"),
        ('{"tools": {}}', "`tools.json` is not a list of tools"),
        ("[]", "`tools.json` defines no tool"),
        ("{}", "tool 1 of 1 has neither a `type` nor an input schema"),
        ("[3]", "tool 1 of 1 is not a JSON object"),
        (json.dumps([ADD, {"type": 1}]), "tool 2 of 2 has neither"),
        ('{"type": "function"}', "tool 1 of 1 has no name"),
        ('{"type": "function", "function": 1}', "a `function` that is not a JSON object"),
        ('{"inputSchema": {}}', "tool 1 of 1 has no name"),
        ('{"type": "function", "name": "a.b"}', 'a name that no model could call: "a.b"'),
        ('{"type": "function", "name": "add\\n"}', 'a name that no model could call: "add\\n"'),
        ('{"type": "function", "name": ""}', "a name that no model could call"),
        ('{"type": "function", "name": 5}', "a name that no model could call: 5"),
        (json.dumps({"type": "function", "name": "a" * 65}), "no model could call"),
        ('{"type": "function", "name": "f", "description": 1}', "`f`: `description` is not text"),
        ('{"type": "function", "name": "f", "parameters": []}', "`f`: `parameters` is not a JSON object"),
        ('{"type": "function", "name": "f", "strict": 1}', "`f`: `strict` is not true or false"),
        ('{"name": "f", "input_schema": "x"}', "`f`: `parameters` is not a JSON object"),
        (json.dumps([ADD, ADD]), "tool 2 of 2 has the name of another one, `add`"),
    ],
)
def test_a_wrong_definition_is_named(text: str, message: str) -> None:
    """The error says which one it is and what it lacks."""
    with pytest.raises(UsageError) as caught:
        tools_of(text, "`tools.json`")

    assert message in caught.value.message


@given(ANY_JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    """No value makes the reader fail otherwise, and what it gives has a type."""
    try:
        found = tools(document)
    except UsageError:
        return
    assert all(isinstance(tool["type"], str) for tool in found)


def test_a_call_is_put_together_from_its_pieces() -> None:
    """By place, whatever the order; arguments are read as they are whole."""
    found = calls_of(
        ToolPiece(2, "call_b", "sub"),
        ToolPiece(1, "call_a", "add", ""),
        ToolPiece(1, arguments='{"a": '),
        ToolPiece(2, arguments="{}"),
        ToolPiece(1, "call_a", "add", '"é"}'),
    )

    assert found == [ToolCall("call_a", "add", {"a": "é"}), ToolCall("call_b", "sub", {})]
    assert found[0].as_json() == {"id": "call_a", "name": "add", "arguments": {"a": "é"}}


@pytest.mark.parametrize("arguments", ["", " \n"])
def test_no_arguments_are_an_empty_object(arguments: str) -> None:
    """Some backends say nothing where a tool takes nothing."""
    assert calls_of(ToolPiece(0, "c", "now", arguments)) == [ToolCall("c", "now", {})]


def test_calls_at_the_same_place_are_told_apart_by_their_ids() -> None:
    """A backend that counts wrong still begins each call with its name and its id."""
    found = calls_of(
        ToolPiece(0, "x", "add", '{"a":'), ToolPiece(0, arguments="1}"), ToolPiece(0, "y", "add", '{"a":2}')
    )

    assert [(call.id, call.arguments) for call in found] == [("x", {"a": 1}), ("y", {"a": 2})]


def test_every_call_has_an_id_of_its_own() -> None:
    """One that is missing, comes twice, or belongs to a call before is made up, the same each time."""
    calls = Calls(["call_1", "call_3"])
    calls.add([ToolPiece(0, None, "a"), ToolPiece(1, "call_1", "b"), ToolPiece(2, "x", "c")])
    calls.add([ToolPiece(3, "x", "d"), ToolPiece(4, "call_2", "e")])

    found = [call.id for call in calls.finished()]

    assert found == ["call_4", "call_5", "x", "call_6", "call_2"]
    assert found == [call.id for call in calls.finished()]


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        (ToolPiece(0, "c", None, "{}"), "call 1 of the answer names no tool"),
        (
            ToolPiece(0, "c", "add", '{"a": 1'),
            "the arguments of call 1 of the answer, of `add`, are not a JSON object",
        ),
        (ToolPiece(0, "c", "add", "[1]"), "are not a JSON object"),
        (ToolPiece(0, "c", "add", "null"), "are not a JSON object"),
        (ToolPiece(0, "c", "add", '{"a": NaN}'), "are not a JSON object"),
        (ToolPiece(0, "c", "add", '{"a":' * 200 + "1" + "}" * 200), "are not a JSON object"),
        (ToolPiece(0, "c", "add", '{"a":' * 100_000), "are not a JSON object"),
    ],
)
def test_a_call_that_is_not_whole_is_an_incomplete_answer(piece: ToolPiece, message: str) -> None:
    """Without a name or with torn arguments it can be neither run nor sent again."""
    with pytest.raises(IncompleteError) as caught:
        calls_of(piece)

    assert message in caught.value.message


def test_a_call_that_is_broken_may_be_kept() -> None:
    """Whoever tells the model what its calls gave tells it of that; a call without a name stays an error."""
    calls = Calls()
    calls.add([ToolPiece(0, "c", "add", '{"a": 1'), ToolPiece(1, "d", "add", "{}")])

    assert calls.finished(keeps_broken=True) == [ToolCall("c", "add", {}, True), ToolCall("d", "add", {})]
    calls.add([ToolPiece(2, "e", None, "{}")])
    with pytest.raises(IncompleteError, match="names no tool"):
        calls.finished(keeps_broken=True)


def test_calls_that_the_provider_answered_itself_are_not_the_user_s() -> None:
    """Chat has a search of Claude's among the calls, told apart by its id alone."""
    search = ToolPiece(0, "srvtoolu_01", "web_search", "")

    assert calls_of(search, ToolPiece(0, arguments='{"query": "x"}')) == []
    assert calls_of(search, ToolPiece(1, "toolu_1", "add", "{}")) == [ToolCall("toolu_1", "add", {})]


def test_an_answer_without_calls_has_none() -> None:
    """No piece, no call."""
    assert calls_of() == []


def test_a_history_of_calls_has_stubs_of_its_tools() -> None:
    """Each name once, in the order of the calls."""
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [{"id": str(n), "function": {"name": n}} for n in "bab"]},
        {"role": "assistant", "content": "done", "tool_calls": None},
    ]
    empty = {"type": "object", "properties": {}}

    assert stub_tools(messages) == [
        {"type": "function", "function": {"name": "b", "parameters": empty}},
        {"type": "function", "function": {"name": "a", "parameters": empty}},
    ]
    assert stub_tools(messages[:1]) == []
    assert call_ids(messages) == ["b", "a", "b"]
