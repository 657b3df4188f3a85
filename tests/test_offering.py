"""Tools as a model is offered them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.mcp.offering import by_wire_name, definitions, named, references
from litectl.mcp.tools import Outcome, Tool, ToolList

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


def tool(name: str, server: str = "math", server_name: str = "") -> Tool:
    """Return a tool of *server*."""
    return Tool(name, server, f"id-of-{server}", server_name)


ADD, ECHO, OTHER_ADD = tool("add"), tool("echo", "words"), tool("add", "sums", server_name="sums_of_all")
TOOLS = [ADD, ECHO, OTHER_ADD]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("add", [ADD, OTHER_ADD]),
        ("math", [ADD]),
        ("math/add", [ADD]),
        ("sums_of_all", [OTHER_ADD]),
        ("id-of-words", [ECHO]),
        ("*", TOOLS),
        ("*/e*", [ECHO]),
        ("?dd", [ADD, OTHER_ADD]),
        ("ADD", []),
        ("", []),
        ("mat", []),
    ],
)
def test_a_pattern_names_a_tool_its_server_or_both(pattern: str, found: list[Tool]) -> None:
    """A pattern is compared with the tool's name, its server's names and `server/tool`, as a shell would."""
    assert named(ToolList(0.0, TOOLS), [pattern]) == found


@pytest.mark.parametrize("name", ["tracker/create", "tracker/*", "tracker/c*", "track*/create"])
@pytest.mark.parametrize("status", ["ok", "unreachable"])
def test_no_server_takes_the_place_of_another_one(name: str, status: str) -> None:
    """A tool may be called like a path on another server; that path, and its patterns, do not name it."""
    listed = ToolList(0.0, [tool("tracker/create", "evil")], [Outcome("tracker", status)])

    assert named(listed, [name]) == []
    assert listed.find("tracker/create") == []
    assert listed.find("evil/tracker/create") == listed.tools


def test_a_tool_with_a_slash_is_named_as_it_is() -> None:
    """Where no server is called so, what is before the slash belongs to the tool."""
    listed = ToolList(0.0, [tool("user/get")])

    assert named(listed, ["user/get"]) == listed.find("user/get") == listed.tools


def test_an_empty_name_names_nothing() -> None:
    """Also not a tool whose server has no name of its own."""
    assert named(ToolList(0.0, [tool("add", "")]), [""]) == []


def test_a_tool_keeps_its_name_where_it_is_the_only_one() -> None:
    """Models know tools by the names that the servers gave them."""
    assert by_wire_name([ADD, ECHO]) == {"add": ADD, "echo": ECHO}


def test_the_same_name_on_two_servers_gets_the_server_before_it() -> None:
    """Two servers cannot take each other's calls."""
    assert by_wire_name(TOOLS) == {"math-add": ADD, "sums-add": OTHER_ADD, "echo": ECHO}


def test_a_name_that_providers_refuse_is_made_one_they_take() -> None:
    """Blanks, dots and slashes become underscores."""
    odd = tool("a.b c/d", "m n")

    assert by_wire_name([odd]) == {"m_n-a_b_c_d": odd}


def test_names_that_would_become_the_same_get_a_hash() -> None:
    """Nothing that was told apart by the proxy is mixed up by us."""
    one, two = tool("a.b"), tool("a/b")

    names = by_wire_name([one, two])

    assert sorted(found.name for found in names.values()) == ["a.b", "a/b"]
    assert all(re.fullmatch(r"math-a_b-[0-9a-f]{8}", name) for name in names)


def identity(found: Tool) -> tuple[str, str]:
    """Return what tells a tool from all others."""
    return found.server_id, found.name


@given(st.lists(st.builds(tool, st.text(max_size=80), st.text(max_size=80)), max_size=8, unique_by=identity))
def test_every_tool_has_a_name_of_its_own_that_providers_take(tools: list[Tool]) -> None:
    """Whatever the servers call their tools, each is there once, under at most 64 plain characters."""
    names = by_wire_name(tools)

    assert sorted(map(id, names.values())) == sorted(map(id, tools))
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)


def test_a_definition_has_the_schema_of_the_tool() -> None:
    """The model sees name, description and schema; a tool without one takes nothing."""
    first, second = definitions({"add": ADD._replace(schema=SCHEMA, description="Adds"), "echo": ECHO})

    assert first == {
        "type": "function",
        "function": {"name": "add", "description": "Adds", "parameters": SCHEMA},
    }
    assert second["function"] == {
        "name": "echo",
        "description": "",
        "parameters": {"type": "object", "properties": {}},
    }


def test_the_proxy_is_told_of_servers_and_of_their_tools_that_are_chosen() -> None:
    """`--engine proxy` never lets a tool run that was not named."""
    found = references([ADD, OTHER_ADD])

    assert found == [
        {
            "type": "mcp",
            "server_label": "litellm",
            "server_url": "litellm_proxy/mcp/math",
            "require_approval": "never",
            "allowed_tools": ["add"],
        },
        {
            "type": "mcp",
            "server_label": "litellm",
            "server_url": "litellm_proxy/mcp/sums",
            "require_approval": "never",
            "allowed_tools": ["add"],
        },
    ]
