"""The list of tools as it is read from the answer of a proxy."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import (
    IncompleteError,
    LitectlError,
    NotAllowedError,
    ProxyError,
    UpstreamError,
)
from litectl.failures.classification import error_from_answer
from litectl.mcp.entries import tools_in
from litectl.mcp.servers import Row, Server, counted, credential_hint, failures, rows_of, servers_in
from litectl.mcp.tools import Outcome, Tool, ToolList

ANSWERS = Path(__file__).parent / "recordings" / "answers"
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
NOW = 1_800_000_000.0


def recorded(name: str) -> Any:
    """Return status and body of what a real proxy answered."""
    return json.loads((ANSWERS / f"mcp-{name}.json").read_text())


def entry(name: object = "add", server: object = "math", **more: object) -> dict[str, object]:
    """Return an entry of the list, as a proxy has it."""
    info = {"server_name": server, "server_id": f"id-{server}", "alias": None}
    return {"name": name, "description": "Adds", "inputSchema": SCHEMA, "mcp_info": info, **more}


def read(*entries: object, **more: object) -> ToolList:
    """Return what is read from these *entries*."""
    return tools_in({"tools": list(entries), "error": None, **more}, NOW)


# What real proxies answered


def test_a_real_list_is_read_whole() -> None:
    """Every tool once by server and name, and how it went for the servers that are dead."""
    body = recorded("tools")["body"]

    found = tools_in(body, NOW)

    assert (found.fetched_at, found.received, found.left_out, len(found.tools)) == (NOW, 18, {}, 18)
    assert [tool.path for tool in found.tools] == sorted(
        f"{entry['mcp_info']['alias'] or entry['mcp_info']['server_name']}/{entry['name']}"
        for entry in body["tools"]
    )
    assert {tool.problem for tool in found.tools} == {""}
    assert found.outcomes == [
        Outcome("rig_down", "unreachable"),
        Outcome("rig_http", "ok", 8),
        Outcome("rig_secret", "internal", None, 500),
        Outcome("rig_secret_ok", "ok", 2),
        Outcome("stdio_tools", "ok", 8),
    ]
    (echo,) = found.find("echo", "rig_stdio")
    assert (echo.server, echo.server_name, echo.description) == ("stdio_tools", "rig_stdio", "Echo text back")
    assert list(echo.schema) == ["properties", "required", "type", "title"]


def test_a_wrong_credential_for_a_server_is_told() -> None:
    """Which is another failure than none at all."""
    found = tools_in(recorded("tools-wrong-secret")["body"], NOW)

    assert found.failed == [
        Outcome("rig_down", "unreachable"),
        Outcome("rig_secret", "auth_required", None, 401),
    ]


@pytest.mark.parametrize(
    ("server", "error"),
    [("rig-down", UpstreamError), ("rig-secret", UpstreamError), ("nope", NotAllowedError)],
)
def test_the_list_of_one_dead_server_is_an_error(server: str, error: type[LitectlError]) -> None:
    """Asked for one server, a proxy answers with a truthful status."""
    answer = recorded(f"tools-of-{server}")

    found = error_from_answer(answer["status"], {}, json.dumps(answer["body"]).encode(), has_credential=True)

    assert type(found) is error
    assert answer["body"]["detail"]["message"] in found.message


def test_real_servers_are_described() -> None:
    """Under the name that tools have, with transport and credential."""
    found = servers_in(recorded("servers-user")["body"])

    assert [(each.name, each.server_name, each.transport, each.auth) for each in found] == [
        ("rig_down", "rig_down", "http", "none"),
        ("rig_http", "rig_http", "http", "none"),
        ("rig_secret", "rig_secret", "http", "bearer_token"),
        ("rig_secret_ok", "rig_secret_ok", "http", "bearer_token"),
        ("stdio_tools", "rig_stdio", "stdio", "none"),
    ]


# Shapes


def test_a_bare_array_is_a_list_too() -> None:
    """As other versions give it."""
    assert [tool.path for tool in tools_in([entry()], NOW).tools] == ["math/add"]


@pytest.mark.parametrize(
    ("fields", "server"),
    [
        ({"mcp_info": {"alias": "a", "server_name": "n", "server_id": "i"}}, ("a", "i", "n")),
        ({"mcp_info": {"alias": " ", "server_name": "n", "server_id": "i"}}, ("n", "i", "n")),
        ({"mcp_info": {"server_name": "n"}}, ("n", "n", "n")),
        ({"mcp_info": {"alias": "a"}}, ("a", "a", "")),
        ({"mcp_info": {"server_id": "i"}}, ("i", "i", "")),
        ({"mcp_info": None, "server_name": "n", "server_id": "i"}, ("n", "i", "n")),
        ({"mcp_info": [], "server_id": "i"}, ("i", "i", "")),
        ({"mcp_info": {"server_name": 5, "server_id": "i"}, "server_name": "n"}, ("n", "i", "n")),
    ],
)
def test_a_server_is_called_by_its_alias_else_its_name_else_its_id(
    fields: dict[str, object], server: tuple[str, str, str]
) -> None:
    """Wherever the entry says so."""
    (tool,) = tools_in([{"name": "add", **fields}], NOW).tools

    assert (tool.server, tool.server_id, tool.server_name) == server


@pytest.mark.parametrize(
    ("fields", "schema"),
    [
        ({"inputSchema": SCHEMA, "input_schema": {}}, SCHEMA),
        ({"inputSchema": None, "input_schema": SCHEMA}, SCHEMA),
        ({"inputSchema": None}, {}),
    ],
)
def test_a_schema_has_two_names(fields: dict[str, object], schema: dict[str, object]) -> None:
    """That of the protocol comes first."""
    assert read(entry(**fields)).tools[0].schema == schema


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({}, "Adds"),
        ({"description": " ", "title": "Sum"}, "Sum"),
        ({"description": None}, ""),
        ({"description": ["x"]}, ""),
        ({"description": "ä" * 3000}, "ä" * 2046 + "…"),
    ],
)
def test_a_description_is_a_text_of_a_few_lines(fields: dict[str, object], description: str) -> None:
    """At most 4 KiB of it, and nothing for what is no text."""
    assert read(entry(**fields)).tools[0].description == description


def test_a_name_that_is_too_long_is_a_problem() -> None:
    """The tool can be called all the same."""
    tools = read(entry("n" * 128), entry("n" * 129)).tools

    assert [tool.problem for tool in tools] == ["", "its name has more than 128 characters"]


# Accounting


@pytest.mark.parametrize(("name", "server"), [("a\nb", "x"), ("a", "x\u202e"), ("\x1b[2J", "x")])
def test_a_name_that_cannot_be_printed_is_a_problem(name: str, server: str) -> None:
    """Where a person is asked about a call it could say something of its own."""
    assert [tool.problem for tool in read(entry(name, server)).tools] == [
        "its name has characters that cannot be printed"
    ]


def test_every_entry_is_accounted_for() -> None:
    """What is left out is counted by the reason, and the order of the wire does not matter."""
    bad: list[object] = [None, 5, [], {}, {"name": ""}, {"name": 5}, entry(" "), entry("n" * 1025)]

    found = read(*bad, {"name": "lost"}, entry("b"), entry("a"), entry("a"), entry("a", "another"))

    assert [tool.path for tool in found.tools] == ["another/a", "math/a", "math/b"]
    assert found.left_out == {"invalid-tool": 8, "no-server": 1, "duplicate": 1}
    assert found.received == 13
    assert counted(found.left_out) == "left out of the list: 1 duplicate, 8 invalid-tool, 1 no-server"
    assert counted({}) is None


def test_a_name_may_be_on_two_servers_that_are_called_the_same() -> None:
    """Their ids tell them apart."""
    same = [entry(mcp_info={"alias": "x", "server_id": identifier}) for identifier in ("1", "2")]

    assert [tool.server_id for tool in read(*same).tools] == ["1", "2"]


def test_no_more_than_512_tools_are_kept() -> None:
    """The same ones whatever the order on the wire; the others are counted."""
    entries = [entry(f"tool-{number:04}") for number in range(600)]

    found = read(*reversed(entries), entry("tool-0000"))

    assert [tool.name for tool in found.tools] == [f"tool-{number:04}" for number in range(512)]
    assert (found.received, found.left_out) == (601, {"tool-cap": 88, "duplicate": 1})
    assert found.outcomes == [Outcome("math", "ok", 600)]


def test_a_list_that_is_too_long_is_refused() -> None:
    """As a whole, and it is said."""
    assert read(*[None] * 10_000).received == 10_000
    with pytest.raises(ProxyError, match="lists 10,001 tools, and more than 10,000 are not read"):
        read(*[None] * 10_001)


# Outcomes


@pytest.mark.parametrize(
    ("told", "outcomes"),
    [
        (None, [Outcome("math", "ok", 1)]),
        ([], [Outcome("math", "ok", 1)]),
        ({}, [Outcome("math", "ok", 1)]),
        ({"math": {"status": "ok", "tool_count": 3}}, [Outcome("math", "ok", 3)]),
        ({"id-math": {"status": "ok"}}, [Outcome("math", "ok", 1)]),
        ({"math": "fine"}, [Outcome("math", "ok", 1)]),
        ({"math": {"status": 5, "tool_count": True, "http_status": 1000}}, [Outcome("math", "ok", 1)]),
        ({"math": {"status": "ok", "tool_count": -1}}, [Outcome("math", "ok", 1)]),
        (
            {"z": {"status": "timeout", "http_status": 504}, " ": {}, "b": None},
            [Outcome("b", "unknown"), Outcome("math", "ok", 1), Outcome("z", "timeout", None, 504)],
        ),
        (
            {"x": {"status": "un\nreach\x1b[31mable"}},
            [Outcome("math", "ok", 1), Outcome("x", "un reach [31mable")],
        ),
    ],
)
def test_outcomes_are_read_as_far_as_they_are_told(told: object, outcomes: list[Outcome]) -> None:
    """A server with tools answered, whatever is told of it."""
    assert read(entry(), server_outcomes=told).outcomes == outcomes


def test_failures_are_named_in_one_sentence() -> None:
    """Each with its reason, and no more of them than a line takes."""
    assert failures([]) is None
    assert failures([Outcome("a\nb", "timeout")]) == "a server did not list any tools: a b (timeout)"
    many = [Outcome(f"s{number}", "internal", None, 500) for number in range(22)]
    assert (failures(many) or "").startswith(
        "22 servers did not list any tools: s0 (internal, HTTP 500), s1 ("
    )
    assert (failures(many) or "").endswith("s19 (internal, HTTP 500), 2 more")


# Failures with the status of a success

DENIED = (
    "An unexpected error occurred: "
    "{'error': 'access_denied', 'message': 'The key is not allowed to access any MCP servers.'}"
)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ({"error": "access_denied"}, NotAllowedError, "this key is not allowed to use any MCP server"),
        (
            {"error": "unexpected_error", "message": DENIED},
            NotAllowedError,
            "this key is not allowed to use any MCP server",
        ),
        (
            {
                "error": "unexpected_error",
                "message": "{'error': 'ip_filtering'}",
            },
            NotAllowedError,
            "the proxy offers no MCP server to this machine: {'error': 'ip_filtering'}",
        ),
        (
            {"error": "unexpected_error", "message": "An unexpected error occurred: no\x1b[2J luck\n"},
            UpstreamError,
            "the proxy cannot list its tools: no [2J luck",
        ),
        ({"error": "server_error"}, UpstreamError, "the proxy cannot list its tools: server_error"),
        ({"error": {"message": "boom"}}, UpstreamError, "the proxy cannot list its tools: boom"),
        ({"error": [[]]}, UpstreamError, "the proxy cannot list its tools: it does not say why"),
        (
            {"error": "x", "message": "m" * 9000},
            UpstreamError,
            f"the proxy cannot list its tools: {'m' * 499}…",
        ),
        (
            {"error": "partial_failure", "message": "Failed to get tools from servers: a: timeout"},
            UpstreamError,
            "the proxy cannot list its tools: Failed to get tools from servers: a: timeout",
        ),
    ],
)
def test_an_error_in_a_success_is_an_error(
    answer: dict[str, object], error: type[LitectlError], message: str
) -> None:
    """In the proxy's own words, as far as there are any."""
    with pytest.raises(error) as caught:
        tools_in({"tools": [], **answer}, NOW)

    assert (type(caught.value), caught.value.message) == (error, message)
    assert caught.value.hint


def test_a_list_of_which_every_server_failed_is_empty() -> None:
    """Who failed is told by the outcomes, and that is no error."""
    outcomes = {"a": {"status": "timeout"}, "b": {"status": "unreachable"}}

    found = tools_in(
        {"tools": [], "error": "partial_failure", "message": "no", "server_outcomes": outcomes}, NOW
    )

    assert found == ToolList(NOW, [], [Outcome("a", "timeout"), Outcome("b", "unreachable")], 0, {})


@pytest.mark.parametrize("answer", [None, 5, "tools", True, {}, {"tools": None}, {"tools": {}}, {"data": []}])
def test_anything_else_is_no_list(answer: object) -> None:
    """And not an empty one either."""
    with pytest.raises(IncompleteError, match="has no list of tools"):
        tools_in(answer, NOW)


# Servers


@pytest.mark.parametrize("answer", [None, 5, {}, {"servers": {}}])
def test_what_is_no_list_of_servers_is_said(answer: object) -> None:
    """It is not taken for an empty one."""
    with pytest.raises(IncompleteError):
        servers_in(answer)


def test_servers_are_read_as_far_as_they_are_readable() -> None:
    """One without any name is none, and what is no word is left out."""
    entries: list[object] = [
        None,
        {},
        {"server_id": "i", "auth_type": ["x"], "transport": "a b", "description": 5},
        {"alias": "a", "server_name": "n", "mcp_info": {"description": "D"}, "auth_type": None},
    ]

    assert servers_in({"servers": entries}) == [Server("a", "", "n", "", "none", "D"), Server("i", "i")]


def test_servers_and_outcomes_are_joined() -> None:
    """By any of the names, and those of which only one of both is told are there, too."""
    servers = [Server("alias", "1", "own"), Server("silent", "2")]
    tools = ToolList(NOW, [Tool("t", "extra", "9")], [Outcome("extra", "ok", 1), Outcome("own", "timeout")])

    assert rows_of(servers, tools) == [
        Row(Server("alias", "1", "own"), Outcome("own", "timeout")),
        Row(Server("extra", "9"), Outcome("extra", "ok", 1)),
        Row(Server("silent", "2")),
    ]


@pytest.mark.parametrize(
    ("auth", "outcome", "header"),
    [
        ("bearer_token", Outcome("s", "internal", None, 500), "s: Authorization: Bearer $TOKEN"),
        ("api_key", Outcome("s", "auth_required", None, 401), "s: X-Api-Key: $KEY"),
        ("", Outcome("s", "auth_required", None, 401), "s: Authorization: Bearer $TOKEN"),
        ("bearer_token", Outcome("s", "ok", 1), None),
        ("bearer_token", Outcome("s", "unreachable"), None),
        ("none", Outcome("s", "internal", None, 500), None),
        ("bearer_token", None, None),
    ],
)
def test_a_server_that_may_want_a_credential_of_the_caller_is_told_apart(
    auth: str, outcome: Outcome | None, header: str | None
) -> None:
    """With the header that takes it."""
    hint = credential_hint(Row(Server("s", "1", auth=auth), outcome))

    assert (hint is None) == (header is None)
    assert header is None or f"`--server-header '{header}'`" in (hint or "")


def test_a_server_whose_name_is_no_header_gets_no_hint() -> None:
    """Nobody shall paste what a stranger wrote."""
    row = Row(Server("s'; rm -rf ~ '", "1", auth="bearer_token"), Outcome("s", "internal", None, 500))

    assert credential_hint(row) is None


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["name", "mcp_info", "server_name", "server_id", "alias", "inputSchema", "description", "title"]
)
ENTRY = (
    JSON
    | st.dictionaries(FIELDS, JSON, max_size=6)
    | st.builds(entry, st.text(max_size=3), st.text(max_size=3))
)
ANSWER = st.fixed_dictionaries(
    {"tools": st.lists(ENTRY, max_size=8)},
    optional={
        "error": JSON,
        "message": JSON,
        "server_outcomes": JSON | st.dictionaries(st.text(), JSON, max_size=4),
    },
)


@given(ANSWER | JSON)
def test_any_answer_is_a_list_that_adds_up_or_an_error(answer: object) -> None:
    """Nothing that a server says gets past the accounting."""
    try:
        found = tools_in(answer, NOW)
    except LitectlError:
        return

    raw = answer["tools"] if isinstance(answer, dict) else answer
    assert isinstance(raw, list)
    assert found.received == len(raw) == len(found.tools) + sum(found.left_out.values())
    assert all(count > 0 for count in found.left_out.values())
    assert {tool.server for tool in found.tools} <= {outcome.server for outcome in found.outcomes}
    assert len({(tool.server_id, tool.name) for tool in found.tools}) == len(found.tools)


@given(JSON | st.lists(JSON | st.dictionaries(FIELDS, JSON)))
def test_any_description_of_servers_is_a_list_or_an_error(answer: object) -> None:
    """Each with a name, in order."""
    try:
        found = servers_in(answer)
    except LitectlError:
        return

    assert all(server.name.strip() for server in found)
    assert [row.server for row in rows_of(found, ToolList(NOW, []))] == found
