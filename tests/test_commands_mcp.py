"""`litectl mcp servers`, `tools` and `show`: what people and scripts see of the tools."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.mcp.listing import PATH, SERVERS_PATH
from program import Litectl
from test_mcp_entries import ANSWER, JSON, entry, recorded

PLAIN = {"NO_COLOR": "1"}
DEAD = "rig_down (unreachable), rig_secret (internal, HTTP 500)"
HEADER = "rig_secret: Authorization: Bearer $TOKEN"
STRICT_HINTS = {
    "servers": f"`rig_secret` may want a credential of yours: `--server-header '{HEADER}'`",
    "tools": "see with `litectl mcp servers` whether one wants a credential of yours",
}
SCHEMA = {
    "type": "object",
    "properties": {
        "unit": {"enum": ["C", "F"], "default": "C", "description": "What to\nmeasure in"},
        "places": {
            "type": "array",
            "items": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    },
    "required": ["places"],
}


@pytest.fixture
def real(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that answers what a real one did."""
    fake.on("GET", PATH, json_answer(recorded("tools")["body"]))
    fake.on("GET", SERVERS_PATH, json_answer(recorded("servers-user")["body"]))
    return fake


def on_tools(fake: FakeProxy, *entries: object, **more: object) -> None:
    """Let *fake* list these *entries*."""
    fake.on("GET", PATH, json_answer({"tools": list(entries), "error": None, **more}))


# mcp servers


def test_servers_are_listed_with_how_they_are(litectl: Litectl, real: FakeProxy) -> None:
    """One line each in a pipe; who is dead is said on stderr, with what may help, and is no failure."""
    code, out, err = litectl("mcp", "servers", "--columns", "name,status,tools,auth,transport")

    assert (code, out.splitlines()) == (
        0,
        [
            "rig_down\tunreachable\t\tnone\thttp",
            "rig_http\tok\t8\tnone\thttp",
            "rig_secret\tinternal\t\tbearer_token\thttp",
            "rig_secret_ok\tok\t2\tbearer_token\thttp",
            "stdio_tools\tok\t8\tnone\tstdio",
        ],
    )
    assert err.splitlines() == [
        f"warning: 2 servers did not list any tools: {DEAD}",
        f"note: `rig_secret` may want a credential of yours: `--server-header '{HEADER}'`",
    ]


def test_servers_are_asked_every_time(litectl: Litectl, real: FakeProxy) -> None:
    """Whether they answer is only known now."""
    litectl("mcp", "servers")
    litectl("mcp", "servers")

    assert [request.path for request in real.requests] == [PATH, SERVERS_PATH] * 2


@pytest.mark.parametrize("command", ["servers", "tools"])
def test_strict_fails_after_the_list(litectl: Litectl, real: FakeProxy, command: str) -> None:
    """A script gets what there is, and hears that it is not all."""
    relaxed = litectl("mcp", command, "--json", "--quiet")
    code, out, err = litectl("mcp", command, "--json", "--strict", "--quiet")

    document = json.loads(out)
    assert (relaxed.code, relaxed.err, code) == (0, "", 7)
    assert document[command] == relaxed.json[command]
    assert json.loads(err.splitlines()[-1]) == {
        "code": "partial",
        "message": f"2 servers did not list any tools: {DEAD}",
        "hint": f"{STRICT_HINTS[command]}; tell the operator of the proxy, or leave `--strict` out",
        "exit_code": 7,
    }


def test_the_json_of_servers(litectl: Litectl, real: FakeProxy) -> None:
    """What nobody knows is null."""
    document = litectl("mcp", "servers", "--json").json

    assert list(document) == ["schema_version", "fetched_at", "servers"]
    assert document["servers"][2] == {
        "name": "rig_secret",
        "id": "5068069e887da78f0fb8b619586278ad",
        "status": "internal",
        "tools": None,
        "auth": "bearer_token",
        "transport": "http",
        "http_status": 500,
        "description": "Needs a caller-supplied bearer token (no auth_value in config)",
    } | {"id": document["servers"][2]["id"]}


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"detail": "no"}, 401),
        json_answer({"detail": "no"}, 403),
        json_answer({"detail": "Not Found"}, 404),
        json_answer({"detail": "no database"}, 500),
        json_answer({"detail": "slow down"}, 429),
        json_answer({"nothing": 1}),
        Answer(302, headers=(("location", "https://elsewhere.example.com/"),)),
        Answer(pieces=[b"<html>"]),
    ],
)
def test_servers_that_are_not_described_are_listed(litectl: Litectl, real: FakeProxy, answer: Answer) -> None:
    """Where a key may not see more than its tools, that is what there is."""
    real.on("GET", SERVERS_PATH, answer)

    code, out, err = litectl("mcp", "servers", "--verbose", "--columns", "name,status,auth")

    assert (code, out.splitlines()[:2]) == (0, ["rig_down\tunreachable\t", "rig_http\tok\t"])
    assert "the servers are not described: " in err


def test_servers_on_a_terminal(litectl: Litectl, real: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with headings, and a dash for what is unknown; ids stand at its end, where there is room."""
    code, out, _ = litectl("mcp", "servers", terminal=True, variables=PLAIN)
    monkeypatch.setenv("COLUMNS", "60")
    narrow = litectl("mcp", "servers", terminal=True, variables=PLAIN)

    heading, first, *_ = out.splitlines()
    assert (code, heading.split()) == (0, ["NAME", "STATUS", "TOOLS", "AUTH", "ID"])
    assert first.split()[1:4] == ["unreachable", "-", "none"]
    assert len(first.split()[4]) == 32
    assert narrow.out.splitlines()[0].split() == ["NAME", "STATUS", "TOOLS", "AUTH"]
    assert "no room for id" in narrow.err
    assert len(litectl("mcp", "servers").out.splitlines()[1].split("\t")) == 6


def test_servers_offline_without_a_list(litectl: Litectl, real: FakeProxy) -> None:
    """Where nothing is known, that is said, and nobody is asked."""
    code, out, err = litectl("mcp", "servers", "--offline")

    assert (code, out) == (3, "")
    assert "hint: " in err
    assert real.requests == []


# mcp tools


def test_tools_are_listed(litectl: Litectl, real: FakeProxy) -> None:
    """One line each in a pipe, with the arguments that are required first."""
    code, out, err = litectl("mcp", "tools")

    assert (code, len(out.splitlines())) == (0, 18)
    assert out.splitlines()[:3] == [
        "add\trig_http\tAdd two integers\ta,b\t",
        "big\trig_http\tLarge text result\tkib\t",
        "echo\trig_http\tEcho text back\ttext,repeat\t",
    ]
    assert err == f"warning: 2 servers did not list any tools: {DEAD}\n"


def test_tools_on_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """A description is cut to its line, what may be left out stands in brackets, many are counted."""
    many = {
        "type": "object",
        "properties": {f"argument_{n}": {} for n in range(9)},
        "required": ["argument_3"],
    }
    on_tools(fake, entry("a", description="One\n\ttwo " + "three " * 50), entry("b", inputSchema=many))

    out = litectl("mcp", "tools", terminal=True, variables=PLAIN).out

    heading, first, second = out.splitlines()
    assert heading.split() == ["NAME", "SERVER", "DESCRIPTION", "ARGUMENTS"]
    assert (first.split()[:5], first.split()[-1]) == (["a", "math", "One", "two", "three"], "[a]")
    assert "…" in first
    assert second.split()[3:] == ["argument_3", "[argument_0]", "+7"]
    assert max(map(len, out.splitlines())) <= 100


def test_a_tool_with_a_problem_is_marked_on_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """Only then is there a column for it, and the description leaves it room."""
    danger = {"type": "object", "properties": {"a": {"pattern": "x"}}}
    on_tools(fake, entry("a", description="words " * 50, inputSchema=danger), entry("b"))

    out = litectl("mcp", "tools", terminal=True, variables=PLAIN).out
    sound = litectl("mcp", "tools", "--search", "b", terminal=True, variables=PLAIN).out

    assert [line.split()[-1] for line in out.splitlines()] == ["PROBLEM", "yes", "-"]
    assert max(map(len, out.splitlines())) <= 100
    assert sound.splitlines()[0].split() == ["NAME", "SERVER", "DESCRIPTION", "ARGUMENTS"]


def test_a_search_that_finds_nothing_says_so(litectl: Litectl, real: FakeProxy) -> None:
    """To a person, with the words that were looked for; there are tools."""
    searched = litectl("mcp", "tools", "--search", "zz\nz", terminal=True, variables=PLAIN)
    of_server = litectl("mcp", "tools", "--server", "rig_down", terminal=True, variables=PLAIN)

    assert searched.err.splitlines()[0] == "note: no tools match `zz z`"
    assert of_server.err.splitlines()[0] == "note: no tools"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], ""),
        (["--json"], ""),
        (["--verbose"], f"warning: 2 servers did not list any tools: {DEAD}\n"),
        (["--server", "rig_down"], "warning: a server did not list any tools: rig_down (unreachable)\n"),
        (["--server", "rig_http"], ""),
    ],
)
def test_dead_servers_are_told_of_once(
    litectl: Litectl, real: FakeProxy, arguments: list[str], told: str
) -> None:
    """When the list was fetched; who uses it again hears of them only by asking."""
    assert DEAD in litectl("mcp", "tools").err

    code, _, err = litectl("mcp", "tools", *arguments)

    assert (code, "".join(line for line in err.splitlines(keepends=True) if "list any" in line)) == (0, told)
    assert litectl("mcp", "tools", "--strict").code == 7


def test_the_json_of_tools(litectl: Litectl, fake: FakeProxy) -> None:
    """With what was left out, and why a tool cannot be checked."""
    danger = {"type": "object", "properties": {"a": {"pattern": "x"}}, "required": ["a"]}
    on_tools(fake, entry(), entry(), None, entry("b", inputSchema=danger, description=None))

    code, out, err = litectl("mcp", "tools", "--json")

    document = json.loads(out)
    assert (code, err) == (0, "note: left out of the list: 1 duplicate, 1 invalid-tool\n")
    assert list(document) == ["schema_version", "fetched_at", "left_out", "tools"]
    assert document["left_out"] == {"invalid-tool": 1, "duplicate": 1}
    assert document["tools"] == [
        {
            "name": "add",
            "server": "math",
            "server_id": "id-math",
            "description": "Adds",
            "arguments": ["a"],
            "required": [],
            "problem": None,
        },
        {
            "name": "b",
            "server": "math",
            "server_id": "id-math",
            "description": None,
            "arguments": ["a"],
            "required": ["a"],
            "problem": "its schema has a pattern, which could take for ever to match",
        },
    ]


@pytest.mark.parametrize(
    ("arguments", "names", "failed"),
    [
        (["--server", "rig_secret_ok"], ["add", "echo"], ""),
        (["--server", "rig_stdio", "--search", "ECHO text"], ["echo"], ""),
        (["--server", "rig_down"], [], "warning: a server did not list any tools: rig_down (unreachable)\n"),
        (["--server", "rig_http", "--search", "zzz", "--strict"], [], ""),
    ],
)
def test_tools_are_chosen(
    litectl: Litectl, real: FakeProxy, arguments: list[str], names: list[str], failed: str
) -> None:
    """By server and words; of another server that failed nothing is said."""
    code, out, err = litectl("mcp", "tools", "--columns", "name", *arguments)

    assert (code, out.splitlines(), err) == (0, names, failed)


def test_an_unknown_server_is_not_found(litectl: Litectl, real: FakeProxy) -> None:
    """With what is near it."""
    result = litectl("mcp", "tools", "--server", "rig_htp", "--json")

    assert (result.code, result.out) == (6, "")
    assert (result.error["message"], result.error["hint"]) == (
        "unknown server: `rig_htp`",
        "did you mean `rig_http`?",
    )


@pytest.mark.parametrize(
    "command", [("mcp", "show", "rig_secret/add"), ("mcp", "call", "add", "--server", "rig_secret")]
)
def test_a_server_that_wants_a_credential_says_so(
    litectl: Litectl, real: FakeProxy, command: tuple[str, ...]
) -> None:
    """A listing that failed with 500 says nothing; what the proxy says of the server does."""
    result = litectl(*command, "--json")

    assert result.code == 4
    assert result.error["reason"] == "server_credential"
    assert result.error["hint"] == STRICT_HINTS["servers"]


def test_a_server_that_is_dead_wants_nothing(litectl: Litectl, real: FakeProxy) -> None:
    """It stays exit 6, and costs no further request."""
    assert litectl("mcp", "show", "rig_down/add").code == 6
    assert [request.path for request in real.requests] == [PATH]


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("rig-http", "did you mean `rig_http`?"),
        ("zzz", "see them with `litectl mcp servers`"),
        ("rig_http", None),
        ("RIG_HTTP", None),
        ("rig_down", None),
    ],
)
@pytest.mark.parametrize("command", ["tools", "servers"])
def test_a_header_for_a_server_that_is_not_there_is_told(
    litectl: Litectl, real: FakeProxy, command: str, server: str, said: str | None
) -> None:
    """It would reach nobody; once, and with what is near."""
    result = litectl("mcp", command, "--server-header", f"{server}: Authorization: Bearer x")

    warning = f"warning: no MCP server is called `{server}`, so it gets no header: {said}\n"
    assert result.code == 0
    assert ("so it gets no header" in result.err) == bool(said)
    assert result.err.count(warning) == bool(said)


def test_an_unknown_column_costs_no_request(litectl: Litectl, real: FakeProxy) -> None:
    """It is said before anybody is asked."""
    for command in ("servers", "tools"):
        assert litectl("mcp", command, "--columns", "nope").code == 2
    assert real.requests == []


# Failures


@pytest.mark.parametrize("command", [("servers",), ("tools",), ("show", "add")])
@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (
            json_answer({"tools": [], "error": "access_denied", "message": "no"}),
            4,
            "this key is not allowed to use any MCP server",
        ),
        (
            json_answer({"tools": [], "error": "unexpected_error", "message": "boom"}),
            12,
            "the proxy cannot list its tools: boom",
        ),
        (json_answer({"data": []}), 11, "the answer of the proxy has no list of tools"),
        (
            json_answer({"tools": [None] * 10_001}),
            1,
            "the proxy lists 10,001 tools, and more than 10,000 are not read",
        ),
        (json_answer({"tools": ["x" * (5 * 2**20)]}), 1, None),
        (Answer(pieces=[b'{"tools": ' + b"[" * 100_000]), 1, None),
        (Answer(pieces=[b"<html><title>Sign in</title>"]), 1, None),
        (Answer(pieces=[b'{"tools": [']), 1, None),
        (Answer(), 11, None),
        (json_answer({"detail": "Unauthorized"}, 401), 4, None),
        (json_answer({"detail": "no"}, 403), 4, None),
        (json_answer({"detail": "Not Found"}, 404), 1, None),
        (json_answer({"detail": {"error": "unreachable", "message": "m"}}, 502), 12, None),
    ],
)
def test_a_list_that_cannot_be_had_is_an_error(
    litectl: Litectl,
    fake: FakeProxy,
    command: tuple[str, ...],
    answer: Answer,
    code: int,
    message: str | None,
) -> None:
    """Of its class and in a sentence, never an empty list."""
    fake.on("GET", PATH, answer)

    result = litectl("mcp", *command, "--json")

    assert (result.code, result.out) == (code, "")
    assert message in (None, result.error["message"])
    assert result.error["hint"]


def test_a_list_of_which_every_server_failed_is_empty(litectl: Litectl, fake: FakeProxy) -> None:
    """And who failed is said; only `--strict` makes it an error."""
    outcomes = {"a": {"status": "timeout"}}
    on_tools(fake, error="partial_failure", message="no", server_outcomes=outcomes)

    assert litectl("mcp", "tools") == (0, "", "warning: a server did not list any tools: a (timeout)\n")
    assert litectl("mcp", "tools", "--strict").code == 7
    assert litectl("mcp", "show", "a/x").code == 6


# mcp show


def test_the_arguments_of_a_tool_in_a_pipe(litectl: Litectl, fake: FakeProxy) -> None:
    """One line each, those that are required first, and the fields inside them."""
    on_tools(fake, entry("weather", inputSchema=SCHEMA))

    code, out, err = litectl("mcp", "show", "weather")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "places\tobject[]\ttrue\t\t",
        "places[].city\tstring\ttrue\t\t",
        'unit\t"C" or "F"\tfalse\t"C"\tWhat to measure in',
    ]


def test_a_tool_on_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """What it is, what it does, and a table whose long texts are folded and not cut."""
    text = "words " * 40
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "long": {"description": text}}}  # type: ignore[dict-item]
    on_tools(fake, entry("weather", inputSchema=schema, description=f"Says\n\n{text}"))

    out = litectl("mcp", "show", "math/weather", terminal=True, variables=PLAIN).out

    lines = out.splitlines()
    assert lines[:5] == ["tool     weather", "server   math", "", "Says", ""]
    place = lines.index("NAME           TYPE        REQUIRED  DEFAULT  DESCRIPTION")
    assert lines[place + 1].split() == ["places", "object[]", "yes", "-", "-"]
    assert lines[place + 3].split() == ["unit", '"C"', "or", '"F"', "-", '"C"', "What", "to", "measure", "in"]
    assert out.count("words") == 80
    assert max(map(len, lines)) <= 100


def test_a_tool_without_arguments(litectl: Litectl, real: FakeProxy) -> None:
    """Which is said to a person, and is nothing in a pipe."""
    chosen = ("mcp", "show", "multi", "--server", "rig_http")

    assert litectl(*chosen) == (0, "", "")
    assert litectl(*chosen, terminal=True).out.endswith("\nit takes no arguments\n")


def test_the_json_of_a_tool(litectl: Litectl, fake: FakeProxy) -> None:
    """The schema is as the server gives it."""
    on_tools(fake, entry("weather", inputSchema=SCHEMA))

    assert litectl("mcp", "show", "weather", "--json").json == {
        "schema_version": 1,
        "name": "weather",
        "server": "math",
        "server_id": "id-math",
        "description": "Adds",
        "problem": None,
        "schema": SCHEMA,
    }


def test_a_problem_is_told(litectl: Litectl, fake: FakeProxy) -> None:
    """To people on the page, to a pipe on stderr."""
    on_tools(fake, entry("a", inputSchema={"type": "object", "properties": {"x": {"$ref": "#"}}}))

    assert litectl("mcp", "show", "a").err == (
        "note: the arguments cannot be checked: its schema refers to itself\n"
    )
    assert "problem  its schema refers to itself\n" in litectl("mcp", "show", "a", terminal=True).out
    assert litectl("mcp", "show", "a", "--json").json["problem"] == "its schema refers to itself"


def test_a_name_on_several_servers_is_asked_back(litectl: Litectl, real: FakeProxy) -> None:
    """Unless the server is said, either way."""
    code, out, err = litectl("mcp", "show", "add")

    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == (
        "hint: say which one: `rig_http/add`, `rig_secret_ok/add`, `stdio_tools/add`"
    )
    assert (
        litectl("mcp", "show", "rig_http/add").out
        == litectl("mcp", "show", "add", "--server", "rig_http").out
    )


def test_a_tool_that_is_not_there(litectl: Litectl, real: FakeProxy) -> None:
    """With what is near it."""
    assert litectl("mcp", "show", "whetherr", "--server", "rig_http").err.splitlines() == [
        "error: unknown tool on `rig_http`: `whetherr`",
        "hint: did you mean `weather`?",
    ]


# Anything at all

CONTROLS = [*(chr(code) for code in range(32) if chr(code) != "\n"), "\x7f", "\x9b", "\u2028", "\u202e"]
HOSTILE = st.text(
    st.sampled_from(["a", " ", "[", "\x1b", "\n", "\t", "\x9b", "\u202e", "\x00", "字", "\ud800"]), max_size=9
)
HOSTILE_SCHEMA = st.dictionaries(
    st.sampled_from(["type", "properties", "required", "items", "enum", "description", "default"]),
    st.dictionaries(HOSTILE, st.dictionaries(st.sampled_from(["type", "description", "default"]), HOSTILE))
    | HOSTILE
    | st.lists(HOSTILE, max_size=3),
)
HOSTILE_ENTRY = st.builds(
    entry, HOSTILE, HOSTILE, description=HOSTILE, inputSchema=HOSTILE_SCHEMA | st.just({"type": "object"})
)


@given(
    st.fixed_dictionaries(
        {"tools": st.lists(HOSTILE_ENTRY, max_size=4)},
        optional={"server_outcomes": st.dictionaries(HOSTILE, st.dictionaries(st.just("status"), HOSTILE))},
    )
    | ANSWER
    | JSON
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_nothing_that_a_server_says_drives_a_terminal(
    litectl: Litectl, fake: FakeProxy, isolated: Path, answer: Any
) -> None:
    """Whatever it is, and no command ends as a bug."""
    body = json.dumps(answer).encode()
    fake.on("GET", PATH, Answer(pieces=[body]))
    fake.on("GET", SERVERS_PATH, Answer(pieces=[body]))
    entries = answer.get("tools") if isinstance(answer, dict) else None
    names = [each["name"] for each in entries or [] if isinstance(each, dict) and "name" in each]
    name = next((name for name in names if isinstance(name, str) and name and not name.startswith("-")), "x")

    for command in (["servers"], ["tools"], ["show", name.replace("\x00", "").replace("\ud800", "") or "x"]):
        variables = {**PLAIN, "XDG_CACHE_HOME": "/nonexistent"}
        code, out, err = litectl("mcp", *command, terminal=True, variables=variables)

        assert code in (0, 1, 2, 4, 6, 11, 12)
        assert not [control for control in CONTROLS if control in out + err]
