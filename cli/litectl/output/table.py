"""The table for people, drawn by rich."""

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from litectl.output.columns import Column
from litectl.terminal.controls import scrub

if TYPE_CHECKING:
    from litectl.output.columns import Listing

_GAP = 2  # spaces between two columns


def draw(listing: "Listing", *, width: int, colour: bool) -> tuple[str, list[str]]:
    """
    Return *listing* as a table of at most *width* characters, and the columns left out for it.

    What is unknown is a dash. Nothing is cut short: a column is shown whole or
    not at all, only the first one is folded when even it does not fit.
    """
    texts = {column.name: _texts(column, listing.rows) for column in listing.shown}
    shown = _fitting(listing.shown, texts, width)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for column in shown:
        table.add_column(
            Text(column.heading.upper()), justify="right" if column.is_number else "left", overflow="fold"
        )
    for row in zip(*(texts[column.name] for column in shown), strict=True):
        table.add_row(*map(Text, row))
    left_out = [column.name for column in listing.shown if column not in shown]
    return _printed(table, width=width, colour=colour), left_out


def _texts(column: Column, rows: Sequence[object]) -> list[str]:
    values = [column.read(row) for row in rows]
    form = column.for_people or column.as_text
    return [scrub(column.as_text(None) if value is None else form(value)) or "-" for value in values]


def _fitting(columns: Sequence[Column], texts: dict[str, list[str]], width: int) -> list[Column]:
    """
    Return the columns there is room for: those that give way go first, then the last ones.

    What is narrow stays where a wide one before it, such as a long URL, is what there is no room for.
    """
    room = {
        column.name: max(map(cell_len, [column.heading, *texts[column.name]])) + _GAP for column in columns
    }
    # The first column can be folded, so that one long name does not push everything else out.
    room[columns[0].name] = min(room[columns[0].name], max(width * 6 // 10, _GAP + 1))
    shown = list(columns)
    while len(shown) > 1 and sum(room[column.name] for column in shown) - _GAP > width:
        shown.remove(next((column for column in shown[1:] if column.gives_way), shown[-1]))
    left = width + _GAP - sum(room[column.name] for column in shown)
    for column in columns:
        if column not in shown and not column.gives_way and room[column.name] <= left:
            shown.append(column)
            left -= room[column.name]
    return [column for column in columns if column in shown]


def _printed(table: Table, *, width: int, colour: bool) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines_of(table, width=width, colour=colour))


def lines_of(part: RenderableType, *, width: int, colour: bool, cuts: bool = False) -> list[str]:
    """Return *part* as lines of at most *width* characters; it *cuts* what is longer, or folds it."""
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(part, no_wrap=cuts or None, overflow="ellipsis" if cuts else None)
    return buffer.getvalue().splitlines()
