"""What a proxy gives back to who asks: JSON, any answer at all, one as it came, or events. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from litectl.errors import LitectlError


class Answer(NamedTuple):
    """A decoded JSON answer and its headers, names in lower case."""

    document: object
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """Any answer at all: its HTTP status, its JSON or None when it is none, its headers in lower case."""

    status: int
    document: object
    headers: Mapping[str, str] = MappingProxyType({})

    def field(self, name: str) -> object:
        """Return the field *name* of the JSON object, None when there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


class RawAnswer(NamedTuple):
    """
    A running answer as it came: its status line, its headers in their order, and the body in *pieces*.

    *error* is what its status stands for, None for a success. A body that came compressed is unpacked.
    """

    version: str
    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    pieces: Iterator[bytes]
    error: LitectlError | None

    def header(self, name: str) -> str:
        """Return the first header *name*, which is in lower case, or nothing."""
        return next((value for found, value in self.headers if found.lower() == name), "")


class EventStream(NamedTuple):
    """
    A running answer: its headers, names in lower case, and the data of its server-sent events.

    An answer in one piece, which is a JSON object, is a single piece of data.
    """

    headers: Mapping[str, str]
    data: Iterator[str]
