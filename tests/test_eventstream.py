"""Server-sent events by the rules of the standard, however the stream is cut into pieces."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.wire.eventstream import data_in

BOM = b"\xef\xbb\xbf"
SNOW = "☃".encode()


def by_the_book(stream: bytes) -> list[str]:
    """Return the data of the events of the whole *stream*, as the standard says it, word by word."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    found, data = [], ""
    for line in re.split("\r\n|\n|\r", text)[:-1]:
        if line == "":
            if data != "":
                found.append(data.removesuffix("\n"))
            data = ""
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            if field == "data":
                data += value.removeprefix(" ") + "\n"
    return found


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b"data: a\n\n", ["a"]),
        (b"data:a\n\n", ["a"]),
        (b"data:  a \n\n", [" a "]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b"data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
        (b"data: a\ndata: b\ndata\ndata:\n\n", ["a\nb\n\n"]),
        (b"data\n\n", [""]),
        (b"data:\n\n\n\n", [""]),
        (BOM + b"data: a\n\n" + BOM + b"data: b\n\n", ["a"]),
        (b": a comment\ndata: a\n: ping\n\n: ping\n\n", ["a"]),
        (b"event: error\nid: 5\nretry: 10\ndata: a\n\n", ["a"]),
        (b"event: nothing\n\nid: 6\n\n", []),
        (b"database: a\nDATA: b\n data: c\n\n", []),
        (b"data: a\n\ndata: b", ["a"]),
        (b"data: a\n\ndata: b\n", ["a"]),
        (b"data: " + SNOW + b"\x85\xe2\x80\xa8\x0b\x0c\x1c\n\n", ["☃\ufffd\u2028\x0b\x0c\x1c"]),
        (b"data: \xff\xe2\x98\n\n", ["\ufffd\ufffd"]),
        (b"data: a\x00b\n\n", ["a\x00b"]),
    ],
    ids=repr,
)
def test_the_rules_of_the_standard(stream: bytes, expected: list[str]) -> None:
    """Ends of lines, fields, comments, marks and broken text: the reader and the book say the same."""
    assert list(data_in([stream])) == by_the_book(stream) == expected


FRAGMENTS = [
    b"data",
    b"data:",
    b"data: ",
    b":",
    b" ",
    b"x",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"id: 1",
    b"event:",
]
STREAMS = st.lists(st.sampled_from([*FRAGMENTS, BOM, SNOW, SNOW[:1], SNOW[1:], b"\xff", b"\x00"])).map(
    b"".join
)


@given(STREAMS, st.lists(st.integers(min_value=0, max_value=60)))
def test_no_cut_changes_the_events(stream: bytes, cuts: list[int]) -> None:
    """Any stream, in any pieces, has the events of the straightforward reading of the whole."""
    ends = sorted({min(cut, len(stream)) for cut in cuts} | {len(stream)})
    pieces = [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    assert list(data_in(pieces)) == by_the_book(stream)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_an_event_is_given_as_soon_as_it_is_whole(end: str) -> None:
    """Nothing behind its end is waited for; a CR is an end though an LF may follow."""
    sent: list[str] = []

    def arriving() -> Iterator[bytes]:
        for letter in ("a", "b", "c"):
            sent.append(letter)
            yield f"data: {letter}{end}{end}".encode()

    assert [(data, sent[-1]) for data in data_in(arriving())] == [(letter, letter) for letter in "abc"]


def test_a_long_line_in_many_pieces_is_put_together_once() -> None:
    """A megabyte that comes byte by byte takes a moment, not minutes."""
    line = b"data: " + b"x" * 1_000_000 + b"\n\n"

    (data,) = data_in(line[place : place + 1] for place in range(len(line)))

    assert len(data) == 1_000_000
