"""`litectl mcp` against real MCP servers behind a real proxy."""

import base64
from pathlib import Path

import pytest

from live.mcp_tools import BLOB, PNG, WAV
from live.tooling import LIMITED_TO, LOCAL_TOOLS, OUTCOMES, TOKEN, TOOLS
from program import Litectl, Result

pytestmark = pytest.mark.live

SHOWN = ("--server-header", f"guarded: Authorization: Bearer {TOKEN}")
AS_HEADER = ("--header", f"x-mcp-guarded-authorization: Bearer {TOKEN}")
ON_ALPHA = ("--server", "alpha")


def call(program: Litectl, *arguments: str) -> Result:
    """Call a tool, with nothing on stdin."""
    return program("mcp", "call", *arguments, "--no-stdin")


def called(program: Litectl, tool: str) -> int:
    """Return how often *tool* was called on the first server."""
    result = call(program, "count", f"tool={tool}", *ON_ALPHA)
    assert result.code == 0, result.err
    return int(result.out)


# What there is


def test_the_servers_are_listed_with_what_is_wrong(tooling: Litectl) -> None:
    """Every server of the proxy has a line, with its status and the number of its tools."""
    result = tooling("mcp", "servers", "--json")

    assert result.code == 0
    servers = {server["name"]: server for server in result.json["servers"]}
    assert {name: server["status"] for name, server in servers.items()} == OUTCOMES | {"guarded": "internal"}
    assert {name: server["tools"] for name, server in servers.items() if server["status"] == "ok"} == {
        **dict.fromkeys(("alpha", "beta"), len(TOOLS)),
        "limited": len(LIMITED_TO),
        "local": len(LOCAL_TOOLS),
    }
    assert servers["guarded"]["auth"] == "bearer_token"


def test_strict_fails_for_a_dead_server(tooling: Litectl) -> None:
    """With `--strict` a server that did not list its tools is exit 7, and is named."""
    result = tooling("mcp", "servers", "--strict")

    assert result.code == 7
    assert "dead (unreachable)" in result.err


def test_all_tools_are_listed_whatever_server_fails(tooling: Litectl) -> None:
    """The tools of the servers that answered are there, each with its server."""
    result = tooling("mcp", "tools", "--json")

    assert result.code == 0
    listed = sorted((tool["server"], tool["name"]) for tool in result.json["tools"])
    known = {"alpha": TOOLS, "beta": TOOLS, "limited": LIMITED_TO, "local": LOCAL_TOOLS}
    assert listed == [(server, tool) for server, tools in known.items() for tool in tools]
    assert "dead" in result.err


@pytest.mark.parametrize("server", ["local", "local_tools"])
def test_the_tools_of_one_server_are_listed_by_alias_and_name(tooling: Litectl, server: str) -> None:
    """`--server` takes the alias of a server, and its name."""
    tools = tooling("mcp", "tools", "--server", server, "--json").json["tools"]

    assert sorted(tool["name"] for tool in tools) == LOCAL_TOOLS


def test_tools_are_searched(tooling: Litectl) -> None:
    """`--search` looks into names and descriptions."""
    tools = tooling("mcp", "tools", "--search", "weather", "--json").json["tools"]

    assert {tool["name"] for tool in tools} == {"weather"}


def test_a_tool_is_shown_with_its_arguments(tooling: Litectl) -> None:
    """The schema of a tool is as its server gave it."""
    shown = tooling("mcp", "show", "alpha/add", "--json").json

    assert (shown["name"], shown["server"], shown["description"]) == ("add", "alpha", "Add two integers")
    assert "integer" in str(shown)


# Calls


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("add", "a=2", "b=3", *ON_ALPHA), "5"),
        (("alpha/add", "--args", '{"a": 2, "b": 3}'), "5"),
        (("beta/echo", "text=Grüße 👋", "repeat=2"), "Grüße 👋 Grüße 👋"),
        (("local/add", "a=2", "b=3"), "5"),
        (("limited/add", "a=2", "b=3"), "5"),
        (("alpha/multi",), "first\nsecond"),
    ],
)
def test_the_result_of_a_tool_is_printed(tooling: Litectl, arguments: tuple[str, ...], printed: str) -> None:
    """Arguments get the types of the schema, and the text of the result goes to stdout."""
    result = call(tooling, *arguments)

    assert result.code == 0, result.err
    assert result.out.startswith(printed)


def test_arguments_reach_the_tool_with_their_types(tooling: Litectl) -> None:
    """Each argument arrives as the schema wants it, whether typed as a word or as JSON."""
    typed = ("text=7", "size=large", 'tags:=["a", "b"]', "exact=true", "ratio=0.5")

    result = call(tooling, "alpha/reflect", *typed, "--structured")

    assert result.code == 0, result.err
    sent = {"text": "7", "size": "large", "tags": ["a", "b"], "exact": True, "ratio": 0.5}
    assert result.json == sent


def test_arguments_may_be_piped_in(tooling: Litectl) -> None:
    """A JSON object on stdin has the arguments."""
    result = tooling("mcp", "call", "alpha/add", stdin=b'{"a": 40, "b": 2}')

    assert (result.code, result.out.strip()) == (0, "42")


def test_the_structured_result_is_printed_alone(tooling: Litectl) -> None:
    """With `--structured` a tool that has an object for a result gives that as JSON."""
    result = call(tooling, "alpha/weather", "city=Oslo", "--structured")

    assert result.json == {"city": "Oslo", "degrees": 21.5, "tags": ["dry", "sunny"]}


def test_json_is_the_result_as_it_came(tooling: Litectl) -> None:
    """With `--json` the blocks, the structured result and whether it is an error are printed."""
    result = call(tooling, "alpha/add", "a=2", "b=3", "--json").json

    assert result["content"][0]["text"] == "5"
    assert result["structuredContent"] == {"result": 5}
    assert result["isError"] is False


@pytest.mark.parametrize(
    ("tool", "content"),
    [("image", PNG), ("audio", WAV), ("resource", BLOB)],
    ids=["image", "audio", "resource"],
)
def test_files_of_a_result_are_saved(tooling: Litectl, tmp_path: Path, tool: str, content: bytes) -> None:
    """`--output-dir` gets the bytes of a picture, a sound or a file, and stdout none of them."""
    result = call(tooling, f"alpha/{tool}", "--output-dir", str(tmp_path))

    assert result.code == 0, result.err
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [content]
    assert base64.b64encode(content).decode() not in result.out


def test_much_text_arrives_whole(tooling: Litectl) -> None:
    """A result of nearly a megabyte, which is the most that the proxy takes, is printed to its end."""
    result = call(tooling, "alpha/big", "kib=1000")

    assert result.code == 0, result.err
    assert (len(result.out.strip()), set(result.out.strip())) == (1000 * 2**10, {"x"})


# Calls that fail


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("alpha/nonsuch",), 6, "nonsuch"),
        (("add", "a=2", "b=3", "--server", "nowhere"), 6, "nowhere"),
        (("dead/add", "a=2", "b=3"), 6, "dead"),
        (("limited/weather", "city=Oslo"), 6, "weather"),
        (("add", "a=2", "b=3"), 2, "alpha/add"),
        (("alpha/add", "a=2"), 2, "b"),
        (("alpha/add", "a=two", "b=3"), 2, "a"),
        (("alpha/fail", "reason=out of paper"), 1, "out of paper"),
        (("alpha/add", "a:=1.5", "b:=[]", "--no-check"), 1, "validation error"),
    ],
)
def test_a_call_that_fails_has_its_exit_code(
    tooling: Litectl, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """Unknown is exit 6, ambiguous and wrong arguments are exit 2, a tool that fails is exit 1."""
    result = call(tooling, *arguments)

    assert result.code == code, result.err
    assert said in result.err
    assert "Traceback" not in result.err


def test_wrong_arguments_are_not_sent(tooling: Litectl) -> None:
    """What the schema refuses never reaches the tool."""
    before = called(tooling, "add")

    assert call(tooling, "alpha/add", "a=2").code == 2
    assert called(tooling, "add") == before


@pytest.mark.parametrize(("check", "said"), [((), "`guarded`"), (("--no-check",), "wants a credential")])
def test_a_missing_credential_is_told_with_what_to_do(
    tooling: Litectl, check: tuple[str, ...], said: str
) -> None:
    """Exit 4 with the line that gives it, whether the list of tools was looked at or not."""
    # The proxy knows which tools need a credential once somebody has listed them with one.
    assert tooling("mcp", "tools", *AS_HEADER).code == 0

    result = call(tooling, "add", "a=2", "b=3", "--server", "guarded", *check)

    assert result.code == 4, result.err
    assert said in result.err
    assert "`--server-header 'guarded: Authorization: Bearer $TOKEN'`" in result.err


def test_a_credential_for_one_server_is_sent(tooling: Litectl) -> None:
    """With `--server-header` the tools of that server are listed and called; the token is never shown."""
    listed = tooling("mcp", "tools", "--server", "guarded", "--json", *AS_HEADER)
    result = call(tooling, "guarded/add", "a=2", "b=3", *SHOWN)

    assert sorted(tool["name"] for tool in listed.json["tools"]) == TOOLS
    assert (result.code, result.out.strip()) == (0, "5")
    assert TOKEN not in listed.err + result.err


def test_a_wrong_credential_is_a_failure(tooling: Litectl) -> None:
    """A server that refuses the credential is exit 4, and the credential is not repeated."""
    # To a proxy that has never listed it, a tool of a server that refuses is an unknown one.
    assert tooling("mcp", "tools", *AS_HEADER).code == 0
    header = ("--server-header", "guarded: Authorization: Bearer wrong-and-never-shown")

    result = call(tooling, "add", "a=2", "b=3", "--server", "guarded", "--no-check", *header)

    assert result.code == 4
    assert "401" in result.err
    assert "never-shown" not in result.err


def test_a_call_that_takes_too_long_is_unknown_and_made_once(tooling: Litectl) -> None:
    """After a time-out nobody knows whether the tool ran: exit 5 says so, and nothing is sent again."""
    assert tooling("mcp", "tools", "--quiet").code == 0
    before = called(tooling, "slow")

    result = call(tooling, "alpha/slow", "seconds=3", "--timeout", "1")

    assert result.code == 5, result.err
    assert "unknown" in result.err
    assert called(tooling, "slow") == before + 1


def test_tools_of_one_name_are_called_on_their_servers(tooling: Litectl) -> None:
    """The server that is named is the one that is called."""
    kept = {
        server: call(tooling, f"{server}/log", f"entry=typed for {server}") for server in ("alpha", "beta")
    }

    assert "typed for alpha" in kept["alpha"].out
    assert "typed for beta" in kept["beta"].out
    assert "typed for alpha" not in kept["beta"].out
