"""Bars beside the rows of a table, for people: each as long as its number is large."""

import locale
from collections.abc import Callable, Sequence
from typing import Any

from litectl.output.columns import Column
from litectl.output.tools import cells
from litectl.terminal.terminal import Terminal

_BLOCK, _ASCII_BLOCK = "█", "#"
_WIDEST, _NARROW, _NARROWEST = 24, 8, 4  # cells of a bar
_GAP = 2  # cells between two columns


def with_bars(
    columns: Sequence[Column],
    rows: Sequence[Any],
    read: Callable[[Any], float | None],
    terminal: Terminal,
    *,
    most: float | None = None,
) -> list[Column]:
    """
    Return *columns* and one with a bar for each row, where *terminal* has room for it.

    A bar is as long as what *read* takes from the row, *most* or the largest of all being the longest.
    A narrow one may cost the columns that give way their room.
    """
    room = _room(columns, rows, terminal.width)
    largest = most or max((read(row) or 0 for row in rows), default=0)
    if room < _NARROWEST or largest <= 0:
        return list(columns)
    block = _ASCII_BLOCK if terminal.is_dumb or not _can_draw() else _BLOCK
    return [*columns, Column("bar", "", lambda row: bar(read(row) or 0, largest, room, block))]


def _room(columns: Sequence[Column], rows: Sequence[Any], width: int) -> int:
    """Return how many cells of *width* a bar may have beside *columns*."""
    widths = [max(_cells(column, row) for row in (None, *rows)) + _GAP for column in columns]
    widths[0] = min(widths[0], max(width * 6 // 10, 1))  # it is folded where it is longer
    room = width - sum(widths)
    if room >= _NARROWEST:
        return min(room, _WIDEST)
    pairs = zip(columns, widths, strict=True)
    return min(width - sum(cells for column, cells in pairs if not column.gives_way), _NARROW)


def bar(value: float, largest: float, room: int, block: str) -> str:
    """Return a bar for *value*: *room* cells for the *largest*, one at least for anything above 0."""
    if value <= 0:
        return " "
    return block * max(1, min(room, round(value / largest * room)))


def _cells(column: Column, row: object) -> int:
    """Return how wide the text of *row* is in *column*; without a row, its heading."""
    if row is None:
        return cells(column.heading)
    value = column.read(row)
    form = column.for_people or column.as_text
    return cells("-" if value is None else form(value))


def _can_draw() -> bool:
    try:
        _BLOCK.encode(locale.getencoding())
    except (UnicodeEncodeError, LookupError):
        return False
    return True
