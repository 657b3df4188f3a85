"""The table for people, drawn by rich."""

from io import StringIO
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from litectl.output.columns import Column
from litectl.terminal import scrub

if TYPE_CHECKING:
    from litectl.output.columns import Listing


def draw(listing: "Listing", *, width: int, colour: bool) -> str:
    """Return *listing* as a table of at most *width* columns of text; unknown is a dash."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in listing.shown:
        table.add_column(
            Text(column.heading), justify="right" if column.is_number else "left", overflow="fold"
        )
    for row in listing.rows:
        table.add_row(*(Text(_shown(row, column)) for column in listing.shown))
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
    console.print(table)
    return buffer.getvalue()


def _shown(row: object, column: Column) -> str:
    value = column.read(row)
    form = column.for_people if column.for_people and value is not None else column.as_text
    return scrub(form(value)) or "-"
