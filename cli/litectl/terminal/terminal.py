"""
What a run reads from and writes to: streams, their width and colour, prompts.

stdout is data, stderr is for people. Text that came from outside is scrubbed
of control characters wherever a terminal would act on them, and every secret
that was made known with `mask` is replaced in all messages.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from litectl.environment import CI, FORCE_COLOR, NO_COLOR, TERM, Environment
from litectl.errors import OutputError, ReaderGone, Stopped, UsageError

if TYPE_CHECKING:
    from litectl.terminal.ticker import Panel, Ticker

# C0 controls but tab and newline, DEL, and C1: what a terminal acts on instead of showing; then the
# separators of lines, and the marks that turn the direction of text around.
_CONTROLS = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
del _CONTROLS[ord("\n")], _CONTROLS[ord("\t")]
_LABEL_COLOURS = {"error": "31", "first failure": "31", "warning": "33", "hint": "36", "note": "2"}
_SHORTEST_SECRET = 4  # characters; masking fewer would tear words apart
_STDIN_CHUNK = 65536  # bytes
_FIRST_SECOND = 1.0  # nobody waits for less


def scrub(text: str) -> str:
    """Return *text* without the control characters that could drive a terminal."""
    return text.translate(_CONTROLS)


def masked(secret: str) -> str:
    """Return *secret* in a form that may be shown: its last four characters at most."""
    return f"sk-...{secret[-4:]}" if len(secret) >= 12 else "***"


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
        self._secrets: dict[str, str] = {}
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

    def has_colour(self, *, stderr: bool = False) -> bool:
        """Tell whether stdout (or stderr) may carry colour, by NO_COLOR, FORCE_COLOR and TERM."""
        if self._environment.get(NO_COLOR) or self._environment.get(TERM) == "dumb":
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
        """Make *secret* unprintable, also as JSON, URLs and Python write it: its masked form is shown."""
        if len(secret) < _SHORTEST_SECRET:
            return
        from urllib.parse import quote

        in_json = secret.replace("\\", "\\\\").replace('"', '\\"')
        in_urls = {quote(secret, safe=safe, errors="replace") for safe in ("/", "")}
        forms = {secret, in_json, repr(secret)[1:-1], *in_urls}
        self._secrets |= dict.fromkeys(forms, masked(secret))

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

        Gives what ends it early.
        """
        if self.can_draw:
            with self._ticking(text, delay=_FIRST_SECOND) as ticker:
                yield ticker.end
        else:
            yield lambda: None

    @property
    def can_draw(self) -> bool:
        """Whether something may move on stderr: a terminal that can, and nobody forbade it."""
        return not self.quiet and self.stderr_is_terminal and self._environment.get(TERM) != "dumb"

    @contextmanager
    def _ticking(self, text: str, *, limit: float | None = None, delay: float = 0.0) -> "Iterator[Ticker]":
        from litectl.terminal.ticker import Ticker

        shown = scrub(self._without_secrets(text))
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
        self._stderr_bytes(self._encode(f"{self._masked(line)}\n"))

    def aside(self, text: str) -> None:
        """Print a piece of text beside the answer on stderr, dim where there is colour."""
        if self.quiet or not text:
            return
        shown = self._encode(self._without_secrets(text))
        dim, plain = (b"\x1b[2m", b"\x1b[0m") if self.has_colour(stderr=True) else (b"", b"")
        self._end_line()
        self._stderr_bytes(dim + shown + plain)
        self._is_mid_aside = not text.endswith("\n")

    def end_aside(self) -> None:
        """End the line of what was said beside the answer."""
        if self._is_mid_aside:
            self._is_mid_aside = False
            self._stderr_bytes(b"\n")

    # Questions

    def ask(self, question: str, *, flag: str) -> str:
        """Return the answer to *question*; *flag* is named when nobody can be asked."""
        self._require_prompt(question, flag)
        self._stderr_bytes(self._encode(f"{question}: "))
        return self._answer(question, flag)

    def _answer(self, question: str, flag: str) -> str:
        stdin = self._stdin
        try:
            line = stdin.readline() if stdin is not None else b""
        except Stopped:
            # What is said of it begins a line of its own.
            self._stderr_bytes(b"\n")
            raise
        if not line:
            raise UsageError(f"no answer to: {question}", hint=f"give it with `{flag}`")
        return line.decode("utf-8", "replace").strip()

    def ask_hidden(self, question: str, *, flag: str) -> str:
        """Return a secret typed without echo; *flag* is named when nobody can be asked."""
        self._require_prompt(question, flag)
        from litectl.terminal.hidden import read_hidden

        try:
            return read_hidden(self._encode(f"{question} (not shown): ")).decode().strip()
        except (OSError, EOFError, UnicodeDecodeError):
            raise UsageError(f"no usable answer to: {question}", hint=f"give it with `{flag}`") from None

    def confirm(self, question: str, *, flag: str, default: bool = False) -> bool:
        """
        Return whether *question* was answered with yes, *default* for nothing; *flag* says yes.

        What was typed before it was asked is no answer.
        """
        if not self.can_prompt:
            raise UsageError(f"nobody can be asked here: {question}", hint=f"say `{flag}`")
        self._forget_typed()
        shown = self._without_secrets(question)
        self._stderr_bytes(self._encode(f"{shown} [{'Y/n' if default else 'y/N'}]: "))
        answer = self._answer(question, flag).lower()
        return answer in ("y", "yes") if answer else default

    def _forget_typed(self) -> None:
        import termios

        with suppress(OSError, ValueError, termios.error):  # it is no device, only said to be one
            if self._stdin is not None:
                termios.tcflush(self._stdin.fileno(), termios.TCIFLUSH)

    def choose(self, question: str, answers: Sequence[str], *, flag: str) -> int:
        """Return the index in *answers* of the one chosen by number or name, asking until it is one."""
        self._require_prompt(question, flag)
        for number, answer in enumerate(answers, 1):
            self._stderr_line(f"  {number}  {answer}")
        while True:
            self._stderr_bytes(self._encode(f"{question} [1]: "))
            typed = self._answer(question, flag) or "1"
            if typed.isdecimal() and 1 <= int(typed) <= len(answers):
                return int(typed) - 1
            if typed in answers:
                return answers.index(typed)
            self._stderr_line(f"type a number from 1 to {len(answers)}")

    def _require_prompt(self, question: str, flag: str) -> None:
        if not self.can_prompt:
            raise UsageError(
                f"cannot ask for the {question.lower()}: not on a terminal", hint=f"give it with `{flag}`"
            )

    # stdin

    def read_stdin(
        self,
        limit: int,
        *,
        silence: float | None = None,
        on_silence: Callable[[], None] | None = None,
    ) -> bytes:
        """
        Return all of stdin, at most *limit* bytes.

        A pipe that says nothing calls *on_silence* once after one second, and
        after *silence* seconds without a byte (None: for ever) raises
        `TimeoutError`. Raises `UsageError` over the limit.
        """
        if self._stdin is None:
            return b""
        received = bytearray()
        while self._stdin_speaks(silence, on_silence if not received else None):
            chunk = self._read_chunk()
            if not chunk:
                break
            received += chunk
            if len(received) > limit:
                raise UsageError(f"more than {limit:,} bytes came on stdin", hint="send a shorter text")
        return bytes(received)

    def _read_chunk(self) -> bytes:
        assert self._stdin is not None
        try:
            return os.read(self._stdin.fileno(), _STDIN_CHUNK)
        except OSError as error:
            raise UsageError(
                f"cannot read stdin: {error.strerror}", hint="use `--no-stdin` to leave it alone"
            ) from error

    def _stdin_speaks(self, silence: float | None, on_silence: Callable[[], None] | None) -> bool:
        """Wait until stdin can be read; raise `TimeoutError` after *silence* seconds."""
        assert self._stdin is not None
        import select

        started = time.monotonic()
        patience = 1.0 if silence is None else min(1.0, silence)
        while not select.select([self._stdin], [], [], patience)[0]:
            if on_silence is not None:
                on_silence()
                on_silence = None
            if silence is None:
                patience = 3600.0
                continue
            patience = started + silence - time.monotonic()
            if patience <= 0:
                raise TimeoutError
        return True

    # stderr

    def _message(self, label: str, text: str) -> None:
        if self.has_colour(stderr=True):
            self._stderr_line(f" {text}", f"\x1b[{_LABEL_COLOURS[label]}m{label}:\x1b[0m")
        else:
            self._stderr_line(f"{label}: {text}")

    def _stderr_line(self, text: str, drawn: str = "") -> None:
        """Print a line on stderr: *drawn* as it is, then *text* scrubbed and masked."""
        self._begin_line()
        self._stderr_bytes(drawn.encode() + self._encode(f"{self._without_secrets(text)}\n"))

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

    def without_secrets(self, value: object) -> object:
        """Return *value* with every secret masked when it is text, and as it is otherwise."""
        return self._without_secrets(value) if isinstance(value, str) else value

    def _without_secrets(self, text: str) -> str:
        text = self._masked(text)
        if self.is_read_by_github:
            from litectl.reports.github import defused

            return defused(text)
        return text

    def _masked(self, text: str) -> str:
        # Controls go first, for one inside a secret would hide it; the longest secret goes first,
        # for it may contain a shorter one.
        text = scrub(text)
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, self._secrets[secret])
        return text

    def _encode(self, text: str) -> bytes:
        return scrub(text).encode(sys.getfilesystemencoding(), "replace")

    def _stderr_bytes(self, data: bytes) -> None:
        if self._stderr is None:
            return
        try:
            self._stderr.write(data)
            self._stderr.flush()
        except OSError:
            # Nobody can be told that telling failed; the exit code still says it.
            self._stderr = None
