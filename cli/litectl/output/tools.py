"""The columns of MCP servers and tools; their names are the fields of their JSON."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from litectl.mcp.signature import Names, names_in
from litectl.output.columns import Column, cell
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.mcp.tools import Tool

SERVER_COLUMNS = "name,id,status,tools,auth,transport"
SERVER_TABLE = "name,status,tools,auth,id"
TOOL_COLUMNS = "name,server,description,arguments,problem"
TOOL_TABLE = "name,server,description,arguments"

_GAP = 2  # spaces between two columns
_ARGUMENTS_WIDTH = 30  # cells
_LEAST_DESCRIPTION = 20
_PROBLEM = "yes"


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
    }
    if any(tool.problem for tool in tools):
        texts["Problem"] = [_PROBLEM]
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
