"""
One way from rows to text: a list of rows and its columns in any of the formats.

A table for people on a terminal, tab-separated text without a heading in a
pipe, CSV with one, one JSON document, or one JSON object per line.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from litectl.output.columns import Listing, cell
from litectl.terminal.terminal import Terminal


def is_for_people(terminal: Terminal, output_format: str | None) -> bool:
    """Tell whether *output_format* is a table; without one, whether *terminal* shows it to somebody."""
    return output_format == "table" or (output_format is None and terminal.stdout_is_terminal)


def print_listing(terminal: Terminal, listing: Listing, output_format: str | None) -> None:
    """Print *listing* in *output_format*; without one, as a table or tab-separated text."""
    if output_format == "json":
        document = {"schema_version": 1, **listing.about, listing.noun: list(listing.objects())}
        terminal.write_line(json.dumps(document, ensure_ascii=False, indent=2))
    elif output_format == "csv":
        terminal.write(_comma_separated(listing))
    elif not listing.rows:
        if terminal.stdout_is_terminal:
            terminal.note(listing.if_empty or f"no {listing.noun}")
    elif output_format == "jsonl":
        terminal.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in listing.objects()))
    elif not is_for_people(terminal, output_format):
        terminal.write(_tab_separated(listing))
    else:
        from litectl.output.table import draw

        drawn, left_out = draw(listing, width=terminal.width, colour=terminal.has_colour())
        terminal.write_drawn(drawn)
        if left_out:
            terminal.note(f"no room for {', '.join(left_out)}; choose with `--columns`")


def print_record(terminal: Terminal, record: Mapping[str, object], output_format: str | None) -> None:
    """Print one object: `name  value` lines on a terminal, tab-separated in a pipe, CSV, or JSON."""
    if output_format in ("json", "jsonl"):
        indent = 2 if output_format == "json" else None
        terminal.write_line(json.dumps({"schema_version": 1, **record}, ensure_ascii=False, indent=indent))
        return
    if output_format == "csv":
        terminal.write(_csv([("name", "value"), *((name, cell(value)) for name, value in record.items())]))
        return
    separator, width, unknown = "\t", 0, ""
    if is_for_people(terminal, output_format):
        separator, width, unknown = "  ", max(len(name) for name in record), "-"
    lines = (f"{name.ljust(width)}{separator}{cell(value) or unknown}\n" for name, value in record.items())
    terminal.write("".join(lines))


def _comma_separated(listing: Listing) -> str:
    """Return the shown columns as RFC 4180 has them, with a heading also where there are no rows."""
    columns = (column.texts(listing.rows) for column in listing.shown)
    return _csv([[column.name for column in listing.shown], *zip(*columns, strict=True)])


def _csv(rows: Iterable[Sequence[str]]) -> str:
    import csv
    from io import StringIO

    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _tab_separated(listing: Listing) -> str:
    columns = (column.texts(listing.rows) for column in listing.shown)
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
