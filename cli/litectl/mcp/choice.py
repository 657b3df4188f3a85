"""Which tool is meant: by its name, with or without the server it is on. Pure."""

from collections.abc import Callable, Iterable
from shlex import quote

from litectl.errors import LitectlError, NotFoundError, UsageError
from litectl.failures.wording import readable
from litectl.mcp.servers import Server, unlisted
from litectl.mcp.tools import OK, Outcome, Tool, ToolList
from litectl.text.nearness import did_you_mean, near
from litectl.text.wordsearch import matching

_MOST_NAMED = 5
_LIST_HINT = "see the tools with `litectl mcp tools`"


def choose(
    tools: ToolList,
    name: str,
    server: str | None = None,
    servers: Callable[[], Iterable[Server]] = tuple,
) -> Tool:
    """
    Return the tool *name*, on *server* where one is named; `server/tool` is a name, too.

    Raises `NotFoundError` for a tool or server that is not there, with names that look like it, the error
    of `servers.unlisted` for a server that failed, and `UsageError` for a tool that several servers have.
    """
    found = tools.find(name, server)
    if not found:
        raise _missing(tools, name, server, servers)
    if len(found) > 1:
        paths = [_quoted(path) for path in _paths(found)]
        more = [f"{len(paths) - _MOST_NAMED} more"] if len(paths) > _MOST_NAMED else []
        raise UsageError(
            f"{len(found)} servers have a tool called {_quoted(name)}",
            hint=f"say which one: {', '.join([*paths[:_MOST_NAMED], *more])}",
        )
    return found[0]


def choose_server(tools: ToolList, server: str) -> list[Tool]:
    """
    Return the tools on *server*, named by alias, name or id; none when it did not list any.

    Raises `NotFoundError` for one of which the proxy tells nothing.
    """
    found = [tool for tool in tools.tools if server in tool.server_names]
    if found or outcome_of(tools, server):
        return found
    names = {tool.server for tool in tools.tools} | {outcome.server for outcome in tools.outcomes}
    raise NotFoundError(
        f"unknown server: {_quoted(server)}",
        hint=did_you_mean(near(server, names)) or "see the servers with `litectl mcp servers`",
    )


def outcome_of(tools: ToolList, server: str) -> Outcome | None:
    """Return how the listing of *server* ended, by alias, name or id; None where nothing is told."""
    if not server:
        return None
    called = {server} | {tool.server for tool in tools.tools if server in tool.server_names}
    return next((outcome for outcome in tools.outcomes if outcome.server in called), None)


def with_words(tools: Iterable[Tool], search: str | None) -> list[Tool]:
    """Return the *tools* that have every word of *search* in their path or description."""
    return matching(tools, search, lambda tool: f"{tool.path} {tool.description}")


def _paths(found: Iterable[Tool]) -> list[str]:
    """Return a name of each tool that is its own: with the id where two servers are called the same."""
    found = list(found)
    paths = [tool.path for tool in found]
    return [
        path if paths.count(path) == 1 else f"{tool.server_id}/{tool.name}"
        for path, tool in zip(paths, found, strict=True)
    ]


def _missing(
    tools: ToolList, name: str, server: str | None, servers: Callable[[], Iterable[Server]]
) -> LitectlError:
    """Return the error of a tool that is not there; raises that of a server that is not there either."""
    is_given = server is not None
    first, _, rest = name.partition("/")
    if server is None and rest and (outcome_of(tools, first) or not near(name, _names(tools))):
        server, name = first, rest
    known = tools.tools if server is None else choose_server(tools, server)
    outcome = None if server is None else outcome_of(tools, server)
    if server is not None and outcome is not None and outcome.status != OK:
        return unlisted(outcome, servers)
    where = "" if server is None else f" on {_quoted(server)}"
    typed = _typed(tools, near(name, {tool.name for tool in known}), known, is_given=is_given)
    if server is None and outcome_of(tools, name):
        listing = f"litectl mcp tools --server {quote(readable(name))}"
        hint: str | None = f"it is a server: see its tools with `{listing}`"
    else:
        # Other programs write `server.tool` or `server__tool`.
        hint = did_you_mean(typed or near(name, _paths(known) if server is None else ()))
    return NotFoundError(f"unknown tool{where}: {_quoted(name)}", hint=hint or _LIST_HINT)


def _names(tools: ToolList) -> set[str]:
    return {tool.name for tool in tools.tools}


def _typed(tools: ToolList, names: Iterable[str], known: Iterable[Tool], *, is_given: bool) -> list[str]:
    """Return how the tools called *names* among *known* have to be typed; *is_given* is the server."""
    typed = []
    for name in names:
        is_alone = is_given or len(tools.find(name)) == 1
        typed += [name] if is_alone else _paths(tool for tool in known if tool.name == name)
    return typed[:3]


def _quoted(name: str) -> str:
    """Return *name* on one line, as much of it as a message takes."""
    return f"`{readable(name)}`"
