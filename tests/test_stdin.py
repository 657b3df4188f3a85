"""What is piped in: read to its end, up to a limit, and never waited for in silence."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from litectl.environment import Environment
from litectl.errors import UsageError
from litectl.terminal.terminal import Terminal
from program import Stream

LIMIT = 2**20


def reading(stdin: Any) -> Terminal:
    """Return a terminal that reads *stdin*."""
    return Terminal(Environment({}), stdin=stdin, stdout=None, stderr=None)


class Pipe:
    """A pipe: the end that is read, and what is written into the other one."""

    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        self.reader: BinaryIO = os.fdopen(reader, "rb", buffering=0)

    def write(self, content: bytes) -> None:
        """Let *content* arrive."""
        os.write(self._writer, content)

    def end(self) -> None:
        """Let the pipe end."""
        if self._writer >= 0:
            os.close(self._writer)
            self._writer = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Give a pipe that says nothing by itself."""
    made = Pipe()
    yield made
    made.end()
    made.reader.close()


def test_stdin_is_read_to_its_end(pipe: Pipe) -> None:
    """All bytes arrive as they are, and a pipe that speaks is not called silent."""
    silences: list[str] = []
    pipe.write(b"one\r\n\x00\xff")
    pipe.end()

    content = reading(pipe.reader).read_stdin(
        LIMIT, silence=5.0, on_silence=lambda: silences.append("silent")
    )

    assert content == b"one\r\n\x00\xff"
    assert silences == []


def test_an_empty_stdin_is_empty(pipe: Pipe) -> None:
    """A pipe that ends at once, and no stdin at all, are no text."""
    pipe.end()

    assert reading(pipe.reader).read_stdin(LIMIT, silence=5.0) == b""
    assert reading(None).read_stdin(LIMIT) == b""


def test_a_silent_pipe_is_told_and_given_up(pipe: Pipe) -> None:
    """Whoever left a pipe open gets a note and then an end, instead of a program that hangs."""
    silences: list[str] = []

    with pytest.raises(TimeoutError):
        reading(pipe.reader).read_stdin(LIMIT, silence=0.2, on_silence=lambda: silences.append("silent"))

    assert silences == ["silent"]


def test_a_pipe_that_falls_silent_is_given_up(pipe: Pipe) -> None:
    """Half a text is not taken for the whole; that it is slow is no news any more."""
    silences: list[str] = []
    pipe.write(b"half")

    with pytest.raises(TimeoutError):
        reading(pipe.reader).read_stdin(LIMIT, silence=0.2, on_silence=lambda: silences.append("silent"))

    assert silences == []


@pytest.mark.parametrize("silence", [None, 60.0])
def test_a_slow_pipe_is_waited_for(pipe: Pipe, silence: float | None) -> None:
    """After the note the text may still come."""

    def speak() -> None:
        pipe.write(b"late")
        pipe.end()

    assert reading(pipe.reader).read_stdin(LIMIT, silence=silence, on_silence=speak) == b"late"


@pytest.mark.parametrize("size", [0, 65536, 65537, LIMIT])
def test_stdin_up_to_the_limit_is_read(tmp_path: Path, size: int) -> None:
    """The limit itself is still allowed, and a file is read as a pipe is."""
    (tmp_path / "text").write_bytes(b"x" * size)

    with (tmp_path / "text").open("rb") as stdin:
        assert size == len(reading(stdin).read_stdin(LIMIT, silence=5.0))


def test_stdin_over_the_limit_is_refused(tmp_path: Path) -> None:
    """A text is never cut in silence."""
    (tmp_path / "text").write_bytes(b"x" * (LIMIT + 1))

    with (
        (tmp_path / "text").open("rb") as stdin,
        pytest.raises(UsageError, match="more than 1,048,576 bytes came on stdin"),
    ):
        reading(stdin).read_stdin(LIMIT, silence=5.0)


def test_a_stdin_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    """A directory as stdin is named, with the option that leaves it alone."""

    class Directory(Stream):
        def fileno(self) -> int:
            return descriptor

    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(UsageError, match="cannot read stdin") as caught:
            reading(Directory()).read_stdin(LIMIT, silence=5.0)
    finally:
        os.close(descriptor)

    assert "--no-stdin" in (caught.value.hint or "")
