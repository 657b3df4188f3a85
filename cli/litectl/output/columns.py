"""Columns: how a value is read from a row, and its forms in JSON, in text and for people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from litectl.errors import UsageError


def cell(value: object) -> str:
    """Return *value* as text without tabs and newlines; None is empty, lists are comma-separated."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split()) if "\t" in value or "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".10g")
    if isinstance(value, Iterable):
        return ",".join(cell(item) for item in value)
    return str(value)


def same(value: Any) -> Any:
    """Return *value* as it is."""
    return value


class Column(NamedTuple):
    """
    A column of a list, and a field of its JSON.

    *read* takes the value, which is hashable, out of a row; *as_json* and
    *as_text* give its two forms, and *for_people* the one of the table, where
    it differs from the text. A column that *gives_way* is the first to be
    left out when the terminal is narrow.
    """

    name: str
    heading: str
    read: Callable[[Any], Any]
    as_json: Callable[[Any], object] = same
    as_text: Callable[[Any], str] = cell
    for_people: Callable[[Any], str] | None = None
    is_number: bool = False
    gives_way: bool = False

    def texts(self, rows: Iterable[Any]) -> list[str]:
        """Return the text of every row; equal values are written once."""
        values = list(map(self.read, rows))
        if len({*map(type, values)} - {type(None)}) > 1:
            # True equals 1, and is written otherwise.
            return list(map(self.as_text, values))
        written = {value: self.as_text(value) for value in set(values)}
        return [written[value] for value in values]


class Listing(NamedTuple):
    """
    What a list command prints.

    *noun* names the array in the JSON document and *about* holds the other
    fields of that document. JSON has all *columns*; table and text those in *shown*. A person
    who sees no rows is told *if_empty*, or that there are none.
    """

    noun: str
    columns: Sequence[Column]
    shown: Sequence[Column]
    rows: Sequence[Any]
    about: Mapping[str, object] = MappingProxyType({})
    if_empty: str = ""

    def objects(self) -> Iterable[dict[str, object]]:
        """Give the JSON object of each row."""
        return (
            {column.name: column.as_json(column.read(row)) for column in self.columns} for row in self.rows
        )


def choose_columns(text: str, columns: Sequence[Column]) -> list[Column]:
    """Return the columns named in the comma-separated *text*; raises `UsageError` with the known names."""
    by_name = {column.name: column for column in columns}
    chosen = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in by_name]
    if unknown or not chosen:
        what = f"unknown column: {unknown[0]}" if unknown else "no column was named"
        raise UsageError(what, hint=f"the columns are {', '.join(by_name)}")
    return [by_name[name] for name in chosen]
