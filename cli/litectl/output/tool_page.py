"""One tool and its arguments: a page for people, lines for a pipe, or one JSON object."""

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from litectl.mcp.signature import MOST_ROWS, Argument, arguments_in
from litectl.mcp.tools import Tool
from litectl.output.columns import Column, Listing
from litectl.output.listing import is_for_people, print_listing, print_record
from litectl.output.tools import cells
from litectl.terminal.controls import scrub
from litectl.terminal.terminal import Terminal
from litectl.text.lines import one_line

_GAP = 2  # spaces between two columns
_LEAST_DESCRIPTION = 20  # cells
_LEAST_CELL = 8
_SHARES = (35, 30, 8, 20, 100)  # of the width, in per cent: the most that a column of arguments gets


def print_tool_page(terminal: Terminal, tool: Tool, output_format: str | None) -> None:
    """Print *tool* in *output_format*; without one, as a page or its arguments as tab-separated lines."""
    if output_format in ("json", "jsonl"):
        print_record(terminal, _record(tool), output_format)
        return
    arguments = arguments_in(tool.schema)
    if is_for_people(terminal, output_format):
        terminal.write(_page(tool, arguments, terminal.width))
    else:
        columns = _columns()
        print_listing(terminal, Listing("arguments", columns, columns, arguments), output_format)
        if tool.problem:
            terminal.note(f"the arguments cannot be checked: {tool.problem}")
    if len(arguments) == MOST_ROWS:
        terminal.note(f"only the first {MOST_ROWS:,} rows; the schema is whole in `--json`")


def _columns() -> list[Column]:
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


def _record(tool: Tool) -> dict[str, object]:
    """Return all of *tool*, its schema whole."""
    return {
        "name": tool.name,
        "server": tool.server,
        "server_id": tool.server_id,
        "description": tool.description or None,
        "problem": tool.problem or None,
        "schema": dict(tool.schema),
    }


def _page(tool: Tool, arguments: Sequence[Argument], width: int) -> str:
    """Return *tool* for people, *width* cells wide: what it is, then a line or more for each argument."""
    about = {"tool": tool.name, "server": tool.server, "problem": tool.problem}
    lines = [f"{name.ljust(9)}{one_line(text)}" for name, text in about.items() if text]
    for paragraph in scrub(tool.description).strip().splitlines():
        lines += wrap(paragraph, max(width, _LEAST_DESCRIPTION)) or [""]
    if tool.description:
        lines.insert(len(about) - (not tool.problem), "")
    return "".join(f"{line}\n" for line in [*lines, "", *_table(arguments, width)])


def _table(arguments: Sequence[Argument], width: int) -> list[str]:
    """Return the lines of a table of *arguments*, folded so that nothing of it is lost."""
    if not arguments:
        return ["it takes no arguments"]
    columns = _columns()
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


def _folded(row: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Return the lines of a *row* whose columns have *sizes*."""
    parts = [wrap(text, size, break_on_hyphens=False) for text, size in zip(row, sizes, strict=True)]
    lines = []
    for texts in zip_longest(*parts, fillvalue=""):
        padded = (text + " " * (size + _GAP - cells(text)) for text, size in zip(texts, sizes, strict=True))
        lines.append("".join(padded).rstrip())
    return lines
