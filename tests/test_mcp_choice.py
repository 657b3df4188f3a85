"""Which tool is meant, and what is said when it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import LitectlError, NotFoundError, UsageError
from litectl.mcp.choice import choose, choose_server, with_words
from litectl.mcp.tools import Outcome, Tool, ToolList

TOOLS = [
    Tool("add", "math", "1", "math_server", "Adds numbers"),
    Tool("echo", "math", "1", "math_server"),
    Tool("add", "text", "2", "text_server", "Adds a line"),
    Tool("only/here", "text", "2", "text_server"),
    Tool("list_issues", "tracker", "3"),
]
OUTCOMES = [Outcome(name, "ok", 2) for name in ("math", "text", "tracker", "empty")]
LISTED = ToolList(
    0.0, TOOLS, [*OUTCOMES, Outcome("down", "unreachable"), Outcome("sick", "internal", None, 500)]
)


@pytest.mark.parametrize(
    ("name", "server", "place"),
    [
        ("echo", None, 1),
        ("add", "math", 0),
        ("add", "text_server", 2),
        ("add", "2", 2),
        ("math/add", None, 0),
        ("text_server/add", None, 2),
        ("only/here", None, 3),
        ("text/only/here", None, 3),
    ],
)
def test_a_tool_is_found(name: str, server: str | None, place: int) -> None:
    """By its name, or with its server by alias, name or id."""
    assert choose(LISTED, name, server) == TOOLS[place]


def test_no_tool_takes_the_place_of_one_on_another_server() -> None:
    """A server may call its tools what it likes, also as another one's with the server before it."""
    listed = ToolList(0.0, [*TOOLS, Tool("math/add", "evil", "9")])

    assert choose(listed, "math/add").server == "math"
    assert choose(listed, "evil/math/add").server == "evil"


@pytest.mark.parametrize("server", ["team/files", "files", "4"])
@pytest.mark.parametrize("place", [0, 1])
def test_the_name_of_a_server_may_have_a_slash(server: str, place: int) -> None:
    """What is in front of the tool's own name is the server, whatever the two are called."""
    tools = [Tool("read", "team/files", "4", "files"), Tool("a/b", "team/files", "4", "files")]

    assert choose(ToolList(0.0, tools), f"{server}/{tools[place].name}") == tools[place]


MISSING: list[tuple[str, str | None, str, str]] = [
    ("ech", None, "unknown tool: `ech`", "did you mean `echo`?"),
    ("issues", None, "unknown tool: `issues`", "did you mean `list_issues`?"),
    ("Add", None, "unknown tool: `Add`", "did you mean `math/add` or `text/add`?"),
    ("zzz", None, "unknown tool: `zzz`", "see the tools with `litectl mcp tools`"),
    ("math.add", None, "unknown tool: `math.add`", "did you mean `math/add`?"),
    ("math__echo", None, "unknown tool: `math__echo`", "did you mean `math/echo`?"),
    (
        *("tracker", None, "unknown tool: `tracker`"),
        "it is a server: see its tools with `litectl mcp tools --server tracker`",
    ),
    ("ad", "math", "unknown tool on `math`: `ad`", "did you mean `add`?"),
    ("math/ad", None, "unknown tool on `math`: `ad`", "did you mean `math/add`?"),
    ("echo", "text", "unknown tool on `text`: `echo`", "see the tools with `litectl mcp tools`"),
    ("echo", "empty", "unknown tool on `empty`: `echo`", "see the tools with `litectl mcp tools`"),
    ("nowhere/add", None, "unknown server: `nowhere`", "see the servers with `litectl mcp servers`"),
    ("maths/add", None, "unknown server: `maths`", "did you mean `math`?"),
    ("only/her", None, "unknown tool: `only/her`", "did you mean `only/here`?"),
    ("echo", "maths", "unknown server: `maths`", "did you mean `math`?"),
    ("echo", "zzz", "unknown server: `zzz`", "see the servers with `litectl mcp servers`"),
    (
        *("echo", "down", "the server `down` did not list its tools (unreachable)"),
        "see the servers with `litectl mcp servers`",
    ),
    (
        *("sick/echo", None, "the server `sick` did not list its tools (internal, HTTP 500)"),
        "see the servers with `litectl mcp servers`",
    ),
    ("\x1b[2J\n", None, "unknown tool: `[2J`", "see the tools with `litectl mcp tools`"),
    ("", None, "unknown tool: ``", "see the tools with `litectl mcp tools`"),
]


@pytest.mark.parametrize(("name", "server", "message", "hint"), MISSING)
def test_a_tool_that_is_not_there_is_not_found(
    name: str, server: str | None, message: str, hint: str
) -> None:
    """And what is near it is named as it has to be typed; a server that failed may have it."""
    with pytest.raises(NotFoundError) as caught:
        choose(LISTED, name, server)

    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_name_on_several_servers_is_asked_back() -> None:
    """With what to say for each of them."""
    with pytest.raises(UsageError) as caught:
        choose(LISTED, "add")

    assert caught.value.message == "2 servers have a tool called `add`"
    assert caught.value.hint == "say which one: `math/add`, `text/add`"


def test_servers_that_are_called_the_same_are_told_apart_by_their_ids() -> None:
    """What the hint says can be typed."""
    same = ToolList(0.0, [Tool("add", "x", str(number)) for number in range(7)])

    with pytest.raises(UsageError) as caught:
        choose(same, "add", "x")

    assert caught.value.hint == "say which one: `0/add`, `1/add`, `2/add`, `3/add`, `4/add`, 2 more"
    assert choose(same, "3/add").server_id == "3"


def test_a_server_without_tools_is_none_that_is_unknown() -> None:
    """It may have failed, or have nothing to offer."""
    assert choose_server(LISTED, "down") == []
    assert choose_server(LISTED, "empty") == []
    assert choose_server(LISTED, "math_server") == TOOLS[:2]
    assert choose_server(LISTED, "3") == TOOLS[4:]


@pytest.mark.parametrize(
    ("search", "count"), [(None, 5), ("", 5), ("ADD", 2), ("adds LINE", 1), ("math", 2), ("zzz", 0)]
)
def test_words_are_searched_in_names_and_descriptions(search: str | None, count: int) -> None:
    """All of them, whatever their case."""
    assert len(with_words(TOOLS, search)) == count


@given(st.lists(st.text(max_size=4), max_size=6), st.text(max_size=6), st.none() | st.text(max_size=4))
def test_any_name_is_a_tool_or_an_error(names: list[str], wanted: str, server: str | None) -> None:
    """With a message that a terminal takes."""
    listed = ToolList(0.0, [Tool(name, f"s{name}", name) for name in names])
    try:
        said = choose(listed, wanted, server).name
    except LitectlError as error:
        said = f"{error.message} {error.hint}"
    assert said in names or said.isprintable()
