"""The answer to any request on stdout: its status line and headers, and its body as it is."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence

from litectl.errors import OutputError
from litectl.terminal.terminal import Terminal


def print_head(
    terminal: Terminal, version: str, status: int, reason: str, headers: Sequence[tuple[str, str]]
) -> None:
    """Print a status line, the headers and an empty line."""
    lines = [f"{version} {status} {reason}".rstrip(), *(f"{name}: {value}" for name, value in headers)]
    text = "".join(f"{line}\n" for line in lines) + "\n"
    if terminal.stdout_is_terminal:
        terminal.write(text)
    else:
        terminal.write_bytes(text.encode("latin-1", "replace"))


def printed(terminal: Terminal, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """
    Print each of the *pieces* of a body, then give it.

    In a pipe they are written byte for byte. A terminal is given text only, and a line that is ended; raises
    `OutputError` for what is none.
    """
    if not terminal.stdout_is_terminal:
        for piece in pieces:
            terminal.write_bytes(piece)
            yield piece
        return
    decoder, last = getincrementaldecoder("utf-8")("replace"), "\n"
    for piece in pieces:
        if b"\0" in piece:
            raise OutputError("the body is not text, which a terminal cannot show", hint="add `> FILE`")
        text = decoder.decode(piece)
        terminal.write(text)
        last = text[-1:] or last
        yield piece
    text = decoder.decode(b"", final=True)
    if text or last != "\n":
        terminal.write(f"{text}\n")
