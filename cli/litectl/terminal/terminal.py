"""
What a run reads from and writes to: its streams, their width and colour.

stdout is data, stderr is for people. Text that came from outside is scrubbed
of control characters wherever a terminal would act on them, and every secret
that was made known with `mask` is replaced in all messages.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from litectl.environment import CI, FORCE_COLOR, NO_COLOR, TERM, Environment
from litectl.errors import OutputError, ReaderGone
from litectl.terminal.controls import scrub
from litectl.terminal.secrets import Secrets

if TYPE_CHECKING:
    from litectl.terminal.questions import Questions
    from litectl.terminal.ticker import Panel, Ticker

_LABEL_COLOURS = {"error": "31", "first failure": "31", "warning": "33", "hint": "36", "note": "2"}
_FIRST_SECOND = 1.0  # nobody waits for less


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Write all of *data* to *stream*, which may take less at a time, or nothing for a while."""
    view = memoryview(data)
    while view:
        # The types of the library do not say that a raw stream may write nothing at all.
        written: int | None = stream.write(view)
        if written is None:  # it does not block, and is full
            import select

            select.select([], [stream], [])
        view = view[written or 0 :]
    stream.flush()


def _encoded(text: str) -> bytes:
    return text.encode(sys.getfilesystemencoding(), "replace")


class Terminal:
    """The three streams of one run and everything that depends on what they are."""

    def __init__(
        self,
        environment: Environment,
        *,
        stdin: BinaryIO | None,
        stdout: BinaryIO | None,
        stderr: BinaryIO | None,
    ) -> None:
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._environment = environment
        self._secrets = Secrets()
        self._is_mid_line = False
        self._is_mid_aside = False
        self._ticker: Ticker | Panel | None = None
        self.is_read_by_github = False  # whether a runner of GitHub Actions obeys commands in what is printed
        self.quiet = False
        self.verbose = False
        self.no_input = False

    @classmethod
    def of_process(cls, environment: Environment) -> "Terminal":
        """Return the terminal of this process; a stream the caller closed is None."""
        stdin, stdout, stderr = (
            getattr(stream, "buffer", None) for stream in (sys.stdin, sys.stdout, sys.stderr)
        )
        # Everything is flushed at once, so the buffer would only get in the way; with
        # PYTHONUNBUFFERED there is none.
        return cls(environment, stdin=stdin, stdout=getattr(stdout, "raw", stdout), stderr=stderr)

    # What the streams are

    @property
    def stdin_is_terminal(self) -> bool:
        """Whether a person could type on stdin."""
        return self._stdin is not None and self._stdin.isatty()

    @property
    def stdin_is_pipe(self) -> bool:
        """Whether stdin is what another program prints."""
        try:
            return self._stdin is not None and stat.S_ISFIFO(os.fstat(self._stdin.fileno()).st_mode)
        except (OSError, ValueError):  # no file of the system
            return False

    @property
    def stdout_is_terminal(self) -> bool:
        """Whether a person looks at stdout."""
        return self._stdout is not None and self._stdout.isatty()

    @property
    def stderr_is_terminal(self) -> bool:
        """Whether a person looks at stderr."""
        return self._stderr is not None and self._stderr.isatty()

    @property
    def can_prompt(self) -> bool:
        """Whether a question may be asked: two terminals, and nobody forbade it."""
        forbidden = self.no_input or self._environment.flag(CI)
        return self.stdin_is_terminal and self.stderr_is_terminal and not forbidden

    @property
    def width(self) -> int:
        """The number of columns of the terminal, 80 when unknown."""
        from shutil import get_terminal_size

        return get_terminal_size().columns

    @property
    def is_dumb(self) -> bool:
        """Whether the terminal says that it can do nothing but print."""
        return self._environment.get(TERM) == "dumb"

    def has_colour(self, *, stderr: bool = False) -> bool:
        """Tell whether stdout (or stderr) may carry colour, by NO_COLOR, FORCE_COLOR and TERM."""
        if self._environment.get(NO_COLOR) or self.is_dumb:
            return False
        if self._environment.flag(FORCE_COLOR):
            return True
        return self.stderr_is_terminal if stderr else self.stdout_is_terminal

    # Data

    def write(self, text: str) -> None:
        """Write *text* to stdout and flush; scrubbed on a terminal, UTF-8 as it is in a pipe."""
        self.write_drawn(scrub(text) if self.stdout_is_terminal else text)

    def write_drawn(self, text: str) -> None:
        """Write *text* that litectl drew itself, colours and all, to stdout and flush."""
        encoding = sys.getfilesystemencoding() if self.stdout_is_terminal else "utf-8"
        self._deliver(text.encode(encoding, "replace"))

    def write_line(self, text: str) -> None:
        """Write *text* and one newline to stdout."""
        self.write(f"{text}\n")

    def write_bytes(self, data: bytes) -> None:
        """Write *data*, whatever it is, to a stdout that is no terminal and flush."""
        assert not self.stdout_is_terminal  # which would act on it
        self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        if self._stdout is None:
            raise OutputError("stdout is closed", hint="run it with an open stdout")
        if data:
            self._is_mid_line = not data.endswith(b"\n")
        try:
            _write_all(self._stdout, data)
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise OutputError(f"cannot write to stdout: {error.strerror}") from error

    # Messages for people

    def mask(self, secret: str) -> None:
        """Make *secret* unprintable: its masked form is shown instead."""
        self._secrets.add(secret)

    def note(self, text: str) -> None:
        """Say something on stderr that is good to know; silent with `--quiet`."""
        if not self.quiet:
            self._message("note", text)

    def warn(self, text: str) -> None:
        """Say something on stderr that should be mended; silent with `--quiet`."""
        if not self.quiet:
            self._message("warning", text)

    def say(self, text: str) -> None:
        """Print a plain line on stderr; silent with `--quiet`."""
        if not self.quiet:
            self._stderr_line(text)

    def trace(self, text: str) -> None:
        """Print a line on stderr with `--verbose` only."""
        if self.verbose:
            self._stderr_line(text)

    def error(self, message: str, hint: str | None, *, label: str = "error") -> None:
        """Print what happened and what to run, also with `--quiet`; *label* says what it is."""
        self._message(label, message)
        if hint:
            self._message("hint", hint)

    def raw_error(self, text: str) -> None:
        """Print *text*, already formatted for stderr, masked and scrubbed."""
        self._stderr_line(text)

    @contextmanager
    def progress(self, text: str, *, limit: float | None = None) -> Iterator[None]:
        """
        Show *text* while the body runs, with the seconds so far or those left of *limit*.

        One plain line in a pipe.
        """
        if self.can_draw:
            with self._ticking(text, limit=limit):
                yield
        else:
            self.say(text)
            yield

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[], None]]:
        """
        Show *text* and the seconds while the body runs, from the first second on and on a terminal only.

        Gives what ends it early. Inside of another wait, which is shown already, it shows nothing,
        and neither where a line of data has begun, which it would take away.
        """
        is_mid_line = self._is_mid_line and self._streams_are_one()
        if self.can_draw and self._ticker is None and not is_mid_line:
            with self._ticking(text, delay=_FIRST_SECOND) as ticker:
                yield ticker.end
        else:
            yield lambda: None

    @property
    def can_draw(self) -> bool:
        """Whether something may move on stderr: a terminal that can, and nobody forbade it."""
        return not self.quiet and self.stderr_is_terminal and not self.is_dumb

    @contextmanager
    def _ticking(self, text: str, *, limit: float | None = None, delay: float = 0.0) -> "Iterator[Ticker]":
        from litectl.terminal.ticker import Ticker

        shown = self.without_secrets(text)
        with Ticker(shown, self._stderr_bytes, self.width, limit=limit, delay=delay) as ticker:
            self._ticker = ticker
            try:
                yield ticker
            finally:
                self._ticker = None

    @contextmanager
    def live(self, frame: Callable[[os.terminal_size], Sequence[str]]) -> Iterator[None]:
        """
        Show the lines that *frame* draws for the size of the terminal while the body runs, always anew.

        Only where `can_draw`. Their text is scrubbed and masked already; messages go above them.
        """
        from litectl.terminal.ticker import Panel

        with Panel(lambda: frame(self._stderr_size), self._stderr_bytes) as panel:
            self._ticker = panel
            try:
                yield
            finally:
                self._ticker = None

    @property
    def _stderr_size(self) -> os.terminal_size:
        """The size of the terminal that stderr is, which stdout may not be."""
        from shutil import get_terminal_size

        try:
            size = os.get_terminal_size(self._stderr.fileno() if self._stderr is not None else -1)
        except (OSError, ValueError):
            return get_terminal_size()
        return size if size.columns and size.lines else get_terminal_size()

    def workflow_command(self, line: str) -> None:
        """Print *line*, a command for the runner of GitHub Actions, on stderr, also with `--quiet`."""
        self._begin_line()
        self._stderr_bytes(_encoded(f"{self._secrets.hide(line)}\n"))

    def aside(self, text: str) -> None:
        """Print a piece of text beside the answer on stderr, dim where there is colour."""
        if self.quiet or not text:
            return
        dim, plain = (b"\x1b[2m", b"\x1b[0m") if self.has_colour(stderr=True) else (b"", b"")
        self._end_line()
        self._stderr_bytes(dim + self._shown(text) + plain)
        self._is_mid_aside = not text.endswith("\n")

    def end_aside(self) -> None:
        """End the line of what was said beside the answer."""
        if self._is_mid_aside:
            self._is_mid_aside = False
            self._stderr_bytes(b"\n")

    # Answers

    @property
    def questions(self) -> "Questions":
        """What asks the person at this terminal."""
        from litectl.terminal.questions import Questions

        return Questions(self._stdin, self._shown, self._stderr_bytes, can_ask=self.can_prompt)

    def read_stdin(
        self, limit: int, *, silence: float | None = None, on_silence: Callable[[], None] | None = None
    ) -> bytes:
        """Return all of stdin, as `litectl.terminal.stdin.read_all` does; nothing when it is closed."""
        from litectl.terminal.stdin import read_all

        return read_all(self._stdin, limit, silence=silence, on_silence=on_silence) if self._stdin else b""

    # stderr

    def _message(self, label: str, text: str) -> None:
        if self.has_colour(stderr=True):
            self._stderr_line(f" {text}", f"\x1b[{_LABEL_COLOURS[label]}m{label}:\x1b[0m")
        else:
            self._stderr_line(f"{label}: {text}")

    def _stderr_line(self, text: str, drawn: str = "") -> None:
        """Print a line on stderr: *drawn* as it is, then *text* scrubbed and masked."""
        self._begin_line()
        self._stderr_bytes(drawn.encode() + self._shown(text) + b"\n")

    def _begin_line(self) -> None:
        if self._ticker is not None:
            self._ticker.clear()
        self.end_aside()
        self._end_line()

    def _end_line(self) -> None:
        """End the line that stdout has begun, where both are read as one."""
        if self._is_mid_line and self._streams_are_one():
            self._is_mid_line = False
            self._stderr_bytes(b"\n")

    def _streams_are_one(self) -> bool:
        """Tell whether both go to a terminal, or to the same file, as with `2>&1`."""
        if self._stdout is None or self._stderr is None:
            return False
        if self.stdout_is_terminal or self.stderr_is_terminal:
            return self.stdout_is_terminal and self.stderr_is_terminal
        try:
            return os.path.sameopenfile(self._stdout.fileno(), self._stderr.fileno())
        except (OSError, ValueError):  # no files of the system
            return False

    def without_secrets(self, text: str) -> str:
        """Return *text* with every secret masked, and where GitHub reads it without a command."""
        text = self._secrets.hide(text)
        if self.is_read_by_github:
            from litectl.reports.github import defused

            return defused(text)
        return text

    def _shown(self, text: str) -> bytes:
        return _encoded(self.without_secrets(text))

    def _stderr_bytes(self, data: bytes) -> None:
        if self._stderr is None:
            return
        try:
            self._stderr.write(data)
            self._stderr.flush()
        except OSError:
            # Nobody can be told that telling failed; the exit code still says it.
            self._stderr = None
