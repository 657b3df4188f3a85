"""
One way from rows to text: a list of rows and its columns in any of the four formats.

A table for people on a terminal, tab-separated text without a heading in a
pipe, one JSON document, or one JSON object per line.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.terminal import Terminal

Row = Mapping[str, object]


class Column(NamedTuple):
    """A column: its public name, which is the JSON field, its heading, and how people see a value."""

    name: str
    heading: str
    for_people: Callable[[object], str] | None = None
    is_number: bool = False


class Listing(NamedTuple):
    """
    What a list command prints.

    *noun* names the array in the JSON document and *about* holds the other
    fields of that document. *columns* are all there are, *shown* the names of
    those in table and text.
    """

    noun: str
    columns: Sequence[Column]
    shown: Sequence[str]
    rows: Sequence[Row]
    about: Row = MappingProxyType({})


def choose_columns(text: str | None, columns: Sequence[Column], default: Sequence[str]) -> Sequence[str]:
    """Return the names in the comma-separated *text*; raises `UsageError` with the known names."""
    if text is None:
        return default
    known = [column.name for column in columns]
    chosen = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        what = f"unknown column: {unknown[0]}" if unknown else "no column was named"
        raise UsageError(what, hint=f"the columns are {', '.join(known)}")
    return chosen


def print_listing(terminal: Terminal, listing: Listing, output_format: str | None) -> None:
    """Print *listing* in *output_format*; without one, as a table or tab-separated text."""
    chosen = output_format or ("table" if terminal.stdout_is_terminal else "tsv")
    if chosen == "json":
        document = {"schema_version": 1, **listing.about, listing.noun: list(listing.rows)}
        terminal.write_line(json.dumps(document, ensure_ascii=False, indent=2))
    elif not listing.rows:
        if terminal.stdout_is_terminal:
            terminal.note(f"no {listing.noun}")
    elif chosen == "jsonl":
        terminal.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in listing.rows))
    elif chosen == "tsv":
        terminal.write(_tab_separated(listing))
    else:
        from litectl.output.table import draw

        terminal.write_drawn(draw(listing, width=terminal.width, colour=terminal.has_colour()))


def print_record(terminal: Terminal, record: Row, output_format: str | None) -> None:
    """Print one object: `name: value` lines on a terminal, tab-separated in a pipe, or JSON."""
    if output_format in ("json", "jsonl"):
        indent = 2 if output_format == "json" else None
        terminal.write_line(json.dumps({"schema_version": 1, **record}, ensure_ascii=False, indent=indent))
        return
    separator = "\t"
    width = 0
    if output_format == "table" or (output_format is None and terminal.stdout_is_terminal):
        separator, width = "  ", max(len(name) for name in record)
    lines = (f"{name.ljust(width)}{separator}{cell(value)}\n" for name, value in record.items())
    terminal.write("".join(lines))


def cell(value: object) -> str:
    """Return *value* as text without tabs and newlines; None is empty, flags are their true names."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split()) if "\t" in value or "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".10g")
    if isinstance(value, Mapping):
        return ",".join(name for name, flag in value.items() if flag is True)
    if isinstance(value, Iterable):
        return ",".join(cell(item) for item in value)
    return str(value)


def _tab_separated(listing: Listing) -> str:
    names = listing.shown
    lines = ("\t".join([cell(row.get(name)) for name in names]) for row in listing.rows)
    return "\n".join(lines) + "\n"
