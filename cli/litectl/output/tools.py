"""The columns of MCP servers, tools and arguments, and the page of one tool; names are fields of JSON."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from litectl.errors import PartialError
from litectl.mcp.servers import failures
from litectl.mcp.signature import Argument, Names, names_in
from litectl.output.columns import Column, cell, one_line
from litectl.terminal import Terminal, scrub

if TYPE_CHECKING:
    from litectl.mcp.tools import Outcome, Tool

SERVER_COLUMNS = "name,id,status,tools,auth,transport"
TOOL_COLUMNS = "name,server,description,arguments,problem"
ARGUMENT_COLUMNS = "name,type,required,default,description"

_GAP = 2  # spaces between two columns
_ARGUMENTS_WIDTH = 30  # cells
_LEAST_DESCRIPTION = 20
_LEAST_CELL = 8
_SHARES = (35, 30, 8, 20, 100)  # of the width, in per cent: the most that a column of arguments gets
_PROBLEM = "yes"
_MOST_HINTS = 3  # in one line


def server_columns() -> list[Column]:
    """Return every column of a `Row` of servers."""
    return [
        Column("name", "Name", lambda row: row.server.name),
        Column("id", "Id", lambda row: row.server.id or None, gives_way=True),
        Column("status", "Status", lambda row: row.outcome and row.outcome.status),
        Column("tools", "Tools", lambda row: row.outcome and row.outcome.tools, is_number=True),
        Column("auth", "Auth", lambda row: row.server.auth or None),
        Column("transport", "Transport", lambda row: row.server.transport or None),
        Column("http_status", "HTTP", lambda row: row.outcome and row.outcome.http_status, is_number=True),
        Column("description", "Description", lambda row: row.server.description or None, for_people=one_line),
    ]


def tool_columns(tools: "Sequence[Tool]" = (), width: int = 0) -> list[Column]:
    """Return every column of a `Tool`; a description has what the *tools* leave of *width* cells."""
    known = {id(tool): names_in(tool.schema) for tool in tools}
    room = _room(tools, known.values(), width)
    return [
        Column("name", "Name", lambda tool: tool.name),
        Column("server", "Server", lambda tool: tool.server),
        Column("server_id", "Server id", lambda tool: tool.server_id),
        Column(
            "description",
            "Description",
            lambda tool: tool.description or None,
            for_people=lambda text: shortened(one_line(text), room),
            gives_way=True,
        ),
        Column(
            "arguments",
            "Arguments",
            lambda tool: known[id(tool)],
            as_json=lambda names: [*names.required, *names.optional],
            as_text=lambda names: cell([*names.required, *names.optional]),
            for_people=_usage,
        ),
        Column(
            "required",
            "Required",
            lambda tool: known[id(tool)].required,
            as_json=list,
        ),
        Column("problem", "Problem", lambda tool: tool.problem or None, for_people=lambda _: _PROBLEM),
    ]


def argument_columns() -> list[Column]:
    """Return every column of an `Argument`."""
    return [
        Column("name", "Name", lambda argument: argument.name),
        Column("type", "Type", lambda argument: argument.type),
        Column(
            "required",
            "Required",
            lambda argument: argument.is_required,
            for_people=lambda flag: "yes" if flag else "",
        ),
        Column("default", "Default", lambda argument: argument.default),
        Column("description", "Description", lambda argument: argument.description),
    ]


def tool_record(tool: "Tool") -> dict[str, object]:
    """Return all of *tool*, its schema whole."""
    return {
        "name": tool.name,
        "server": tool.server,
        "server_id": tool.server_id,
        "description": tool.description or None,
        "problem": tool.problem or None,
        "schema": dict(tool.schema),
    }


def tool_page(tool: "Tool", arguments: "Sequence[Argument]", width: int) -> str:
    """Return *tool* for people, *width* cells wide: what it is, then a line or more for each argument."""
    about = {"tool": tool.name, "server": tool.server, "problem": tool.problem}
    lines = [f"{name.ljust(9)}{one_line(text)}" for name, text in about.items() if text]
    for paragraph in scrub(tool.description).strip().splitlines():
        lines += wrap(paragraph, max(width, _LEAST_DESCRIPTION)) or [""]
    if tool.description:
        lines.insert(len(about) - (not tool.problem), "")
    return "".join(f"{line}\n" for line in [*lines, "", *_table(arguments, width)])


def tell_failures(
    terminal: Terminal, failed: "Sequence[Outcome]", hints: "Sequence[str]" = (), *, strict: bool
) -> None:
    """Warn of the servers that *failed*, with *hints*; where it is *strict*, raise `PartialError`."""
    problem = failures(failed)
    if problem is None:
        return
    if strict:
        otherwise = "tell the operator of the proxy, or leave `--strict` out"
        raise PartialError(problem, hint="; ".join([*hints[:_MOST_HINTS], otherwise]))
    terminal.warn(problem)
    for hint in hints:
        terminal.note(hint)


def shortened(text: str, room: int) -> str:
    """Return the beginning of *text* that takes at most *room* cells of a terminal."""
    if cells(text) <= room:
        return text
    kept, taken = [], 1
    for character in text:
        taken += cells(character)
        if taken > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def cells(text: str) -> int:
    """Return how many cells of a terminal *text* takes at most."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(c) in "WFA") for c in text)


def _room(tools: "Sequence[Tool]", names: "Iterable[Names]", width: int) -> int:
    """Return how many cells the other columns of the default table leave for a description."""
    texts = {
        "Name": [tool.name for tool in tools],
        "Server": [tool.server for tool in tools],
        "Arguments": [_usage(each) for each in names],
        "Problem": [_PROBLEM],
    }
    taken = sum(max(map(cells, [heading, *column])) + _GAP for heading, column in texts.items())
    return max(width - taken, _LEAST_DESCRIPTION)


def _usage(names: Names) -> str:
    """Return the *names* on one line, those that may be left out in brackets; the rest as a number."""
    words = [one_line(name) for name in names.required] + [f"[{one_line(name)}]" for name in names.optional]
    shown: list[str] = []
    for word in words:
        if cells(" ".join([*shown, word])) > _ARGUMENTS_WIDTH:
            break
        shown.append(word)
    return " ".join([*shown, f"+{len(words) - len(shown)}"] if len(shown) < len(words) else shown)


def _table(arguments: "Sequence[Argument]", width: int) -> list[str]:
    """Return the lines of a table of *arguments*, folded so that nothing of it is lost."""
    if not arguments:
        return ["it takes no arguments"]
    columns = argument_columns()
    rows = [[column.heading.upper() for column in columns]]
    rows += [[_shown(column, argument) for column in columns] for argument in arguments]
    widest = [max(cells(row[place]) for row in rows) for place in range(len(columns))]
    sizes = [
        min(size, max(width * share // 100, _LEAST_CELL)) for size, share in zip(widest, _SHARES, strict=True)
    ]
    sizes[-1] = max(width - sum(sizes[:-1]) - _GAP * (len(sizes) - 1), _LEAST_DESCRIPTION)
    return [line for row in rows for line in _folded(row, sizes)]


def _shown(column: Column, argument: Argument) -> str:
    form = column.for_people or column.as_text
    return one_line(form(column.read(argument))) or "-"


def _folded(row: "Sequence[str]", sizes: "Sequence[int]") -> list[str]:
    """Return the lines of a *row* whose columns have *sizes*."""
    parts = [wrap(text, size, break_on_hyphens=False) for text, size in zip(row, sizes, strict=True)]
    lines = []
    for texts in zip_longest(*parts, fillvalue=""):
        padded = (text + " " * (size + _GAP - cells(text)) for text, size in zip(texts, sizes, strict=True))
        lines.append("".join(padded).rstrip())
    return lines
