"""
Server-sent events: the bytes of a stream become the data of its events. Pure.

By the rules of the HTML standard (9.2.6, "Interpreting an event stream"). Names, ids and times of
events are passed over: no protocol of the proxy says anything there that the data does not.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator


def data_in(pieces: Iterable[bytes]) -> Iterator[str]:
    """
    Give the data of each event as soon as the *pieces* have its end, wherever they cut the stream.

    An event that the stream does not end is not given. What is no UTF-8 becomes U+FFFD.
    """
    data: list[bytes] = []
    for line in _lines(pieces):
        if line[:6] == b"data: ":
            data.append(line[6:])
        elif line[:5] == b"data:":
            data.append(line[5:])
        elif line == b"data":
            data.append(b"")
        elif not line and data:
            yield b"\n".join(data).decode("utf-8", "replace")
            data.clear()


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines, ended by LF, CR or CRLF, without a byte order mark before the first one."""
    mark = BOM_UTF8
    begun: list[bytes] = []  # joined once, however many pieces a line comes in
    after_return = False  # a CR ends its line at once, and an LF behind it is no other end
    for piece in filter(None, pieces):
        text = piece[1:] if after_return and piece[:1] == b"\n" else piece
        after_return = piece[-1:] == b"\r"
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = text.split(b"\n")
        begun.append(lines[0])
        if len(lines) > 1:
            lines[0] = b"".join(begun).removeprefix(mark)
            mark, begun = b"", [lines.pop()]
            yield from lines
