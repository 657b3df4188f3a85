"""Vectors on the streams: line by line as they come, one document, or a table that shows that it worked."""

import json
from collections.abc import Mapping, Sequence
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

from litectl.output.columns import Column, Listing
from litectl.terminal.terminal import Terminal
from litectl.text.counting import counted
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.exchange.pricing import Cost

_AT_ONCE = ("jsonl", "tsv", "csv")
_TEXT_WIDTH = 24  # columns of the terminal that a text has
_FEW = 3  # numbers of a vector that a table shows


class Row(NamedTuple):
    """
    The *embedding* of one text, which is the one of *number* of all, counted from 0.

    *file* is where it comes from, None for an argument or stdin; *text* is None for a whole file.
    """

    number: int
    file: str | None
    text: str | None
    embedding: Sequence[float]


class Took(NamedTuple):
    """What all vectors took; what nobody knows is None."""

    model: str
    input_tokens: int | None
    cost: "Cost"
    requests: int
    seconds: float


class Printer:
    """Where the vectors go while they come, in *output_format*: without one a table, or lines of JSON."""

    def __init__(self, terminal: Terminal, output_format: str | None) -> None:
        self._terminal = terminal
        self._format = output_format or ("table" if terminal.stdout_is_terminal else "jsonl")
        self._has_begun = False
        self._lines: list[str] = []
        self._seen: list[_Seen] = []

    @property
    def prints_at_once(self) -> bool:
        """Whether what it takes is printed at once, and not at the end."""
        return self._format in _AT_ONCE

    def take(self, rows: Sequence[Row]) -> None:
        """Take the next *rows*."""
        if self._format == "table":
            self._seen += map(_seen, rows)
        elif self._format == "json":
            self._lines += map(_json, rows)
        else:
            form = {"jsonl": _json, "tsv": _tab_separated, "csv": _comma_separated}[self._format]
            heading = "" if self._has_begun or self._format != "csv" else "index,embedding\n"
            self._terminal.write(heading + "".join(f"{form(row)}\n" for row in rows))
        self._has_begun = True

    def finish(self, took: Took, dimensions: int) -> None:
        """Print what waited for the end."""
        if self._format == "json":
            about = {
                "schema_version": 1,
                "model": took.model,
                "dimensions": dimensions,
                "usage": {"input_tokens": took.input_tokens},
                "cost": took.cost.dollars,
                "cost_source": took.cost.source,
            }
            self._terminal.write(_document(about, self._lines))
        elif self._format == "table":
            from litectl.output.table import draw

            listing = Listing("embeddings", _COLUMNS, _COLUMNS, self._seen)
            drawn, _ = draw(listing, width=self._terminal.width, colour=self._terminal.has_colour())
            self._terminal.write_drawn(drawn)


def usage_line(took: Took) -> str:
    """Return what *took* says: tokens, US dollars, requests, seconds, and who answered."""
    from litectl.output.money import cost_text

    tokens = "unknown" if took.input_tokens is None else took.input_tokens
    requests = counted(took.requests, "request")
    return f"usage: {tokens} tokens in, {cost_text(took.cost)}, {requests}, {took.seconds:g} s, {took.model}"


def _json(row: Row) -> str:
    record = {"index": row.number, "file": row.file, "text": row.text, "embedding": row.embedding}
    return json.dumps(record, ensure_ascii=False)


def _tab_separated(row: Row) -> str:
    return f"{row.number}\t{_numbers(row.embedding)}"


def _comma_separated(row: Row) -> str:
    return f'{row.number},"{_numbers(row.embedding)}"'


def _numbers(vector: Sequence[float]) -> str:
    return ",".join(map(repr, vector))


def _document(about: Mapping[str, object], lines: Sequence[str]) -> str:
    """Return a JSON document with *about* and the embeddings, of which each has one line."""
    head = json.dumps(about, ensure_ascii=False, indent=2).removesuffix("\n}")
    entries = ",\n    ".join(lines)
    return f'{head},\n  "embeddings": [\n    {entries}\n  ]\n}}\n'


class _Seen(NamedTuple):
    """What a table shows of a row."""

    number: int
    text: str
    dimensions: int
    norm: float
    numbers: str


def _seen(row: Row) -> _Seen:
    vector = row.embedding
    text = one_line((row.file if row.text is None else row.text[: 4 * _TEXT_WIDTH]) or "")
    few = " ".join(f"{number:.3f}" for number in vector[:_FEW])
    numbers = f"{few} …" if len(vector) > _FEW else few
    return _Seen(row.number, _beginning(text), len(vector), hypot(*vector), numbers)


def _beginning(text: str) -> str:
    """Return as much of *text* as a column has room for."""
    from unicodedata import east_asian_width

    room = _TEXT_WIDTH
    for place, character in enumerate(text):
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{text[: place - 1].rstrip()}…"
    return text


_COLUMNS = [
    Column("index", "Index", lambda row: row.number, is_number=True),
    Column("text", "Text", lambda row: row.text),
    Column("dimensions", "Dimensions", lambda row: row.dimensions, is_number=True),
    Column("norm", "Norm", lambda row: row.norm, as_text=lambda norm: f"{norm:.4g}", is_number=True),
    Column("numbers", "Numbers", lambda row: row.numbers),
]
