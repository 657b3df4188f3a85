"""
Everything that a smoke run prints and writes: results as they come, reports, and the sum of it.

The edge that joins the options of `smoke`, the terminal and files to `litectl.reports`.
"""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from litectl.environment import GITHUB_STEP_SUMMARY
from litectl.errors import ConfigError, LitectlError, UsageError
from litectl.smoke.check import PASSED, SKIPPED, Check, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litectl.output.columns import Column
    from litectl.run.runtime import Runtime
    from litectl.smoke.report import Report

_LEAST_PAUSE = 0.5  # seconds between two writings of a file
_SHARE = 20  # a pause is so many times as long as the writing
_LEAST_SUMMARY = 10_000  # bytes
_DEVICES = (Path("/dev"), Path("/dev/fd"))  # which may lead to a file that somebody else writes
_STREAMED = ("tsv", "jsonl")
_JSON_FORMATS = ("json", "jsonl")


class ReportWishes(NamedTuple):
    """The options that say what is reported beside the format: files to write, *summary* one of Markdown."""

    junit: str | None = None
    tap: bool = False
    github: bool = False
    summary: str | None = None


class Reporting:
    """What a smoke run prints to the terminal of *runtime* and writes, as its options and *wishes* say."""

    def __init__(self, runtime: "Runtime", wishes: ReportWishes) -> None:
        self._terminal, self._wishes = runtime.terminal, wishes
        self._format = runtime.options.format
        self._step_summary, self._summary = _summaries(
            runtime.environment.get(GITHUB_STEP_SUMMARY), wishes.summary, is_wanted=wishes.github
        )
        self._mode = _file_mode()
        self._reported: set[Check] = set()
        self._streamed = 0
        self._notable: list[Result] = []
        self._junit: _GrowingFile | None = None
        self._display = ExitStack()
        self._started = time.monotonic()
        if wishes.github:
            self._terminal.is_read_by_github = True

    # Before

    def require_writable(self) -> None:
        """
        Check the wishes before anything is sent.

        Raises `UsageError` for options that do not go together or name no file, `ConfigError`
        for a file that cannot be written.
        """
        if self._wishes.tap and self._format is not None:
            raise UsageError(
                f"stdout cannot be TAP and {self._format}", hint="leave one of `--tap` and `--format` out"
            )
        files = {"--junit": self._wishes.junit, "--summary": self._summary}
        paths = [_require_file(option, path) for option, path in files.items() if path is not None]
        if len(set(paths)) < len(paths):
            raise UsageError("`--junit` and `--summary` name the same file", hint="name two files")

    # While it runs

    @contextmanager
    def running(self, report: "Report") -> Iterator[None]:
        """Show and write how far *report* is while the body runs; raises `ConfigError` for its file."""
        with ExitStack() as stack:
            if self._wishes.junit is not None:
                path = Path(self._wishes.junit)
                file = _GrowingFile(lambda: self._write(path, self._junit_content(report)))
                self._junit = stack.enter_context(file)
            if self._wishes.tap:
                from litectl.reports import tap

                self._terminal.write(tap.HEADING)
            self._display = stack.enter_context(ExitStack())
            self._draw(report)
            yield

    @contextmanager
    def paused(self, report: "Report") -> Iterator[None]:
        """Let nothing move on the terminal while the body runs, which shows something of its own."""
        self._display.close()
        yield
        self._draw(report)

    def on_result(self, report: "Report", result: Result) -> None:  # noqa: ARG002  # its twins have it
        """Report *result*, as the report counts it, at once; by one thread only."""
        if result.verdict not in (PASSED, SKIPPED):
            self._notable.append(self._shown(result))
        self._reported.add(result.check)
        if self._streams:
            self._stream(result)
        if self._junit is not None:
            self._junit.touch()

    # At the end

    def finish(self, report: "Report") -> None:
        """
        Report the whole of *report*, also one that was broken off.

        Everything is tried; the first that failed is raised, `ConfigError` for a file.
        """
        failures: list[LitectlError] = []
        for step in (self._finish_files, self._finish_github, self._finish_output, self._tell):
            try:
                step(report)
            except LitectlError as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _finish_files(self, report: "Report") -> None:
        errors = []
        contents: dict[str | None, Callable[[Report], bytes]] = {
            self._wishes.junit: self._junit_content,
            self._summary: lambda report: self._markdown(report).encode(errors="replace"),
        }
        for path, content in contents.items():
            try:
                if path is not None:
                    self._write(Path(path), content(report))
            except ConfigError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _finish_output(self, report: "Report") -> None:
        from litectl.output.listing import is_for_people, print_listing
        from litectl.output.smoke import listing, table

        results = self._results(report)
        if self._streams:
            # Those that came to no end, or were never begun.
            for result in report.results:
                if result.check not in self._reported:
                    self._stream(result)
            if self._wishes.tap:
                from litectl.reports import tap

                self._terminal.write(tap.ending(report, report.planned))
        elif is_for_people(self._terminal, self._format):
            print_listing(self._terminal, table(results, self._terminal.width), self._format)
        else:
            print_listing(self._terminal, listing(report, results), self._format)

    def _finish_github(self, report: "Report") -> None:
        if self._wishes.github:
            from litectl.reports.github import annotations

            for line in annotations(report, self._results(report)):
                self._terminal.workflow_command(line)
        if self._step_summary is not None:
            self._add_to_step_summary(Path(self._step_summary), report)

    def _tell(self, report: "Report") -> None:
        from litectl.output.listing import is_for_people
        from litectl.output.smoke import hint_lines, measured_lines, notable_lines
        from litectl.reports.words import summary

        gate = report.broken_gate if report.is_complete else None
        results = self._results(report)
        # The error of the run tells of the gate, and annotations have every hint.
        notable = [
            self._shown(result._replace(hint=None) if self._wishes.github else result)
            for result in report.results
            if result is not gate
        ]
        lines: Iterable[str] = ()
        if not self._streams and is_for_people(self._terminal, self._format):
            lines = [*measured_lines(results, self._terminal.width), *notable_lines(notable)]
        elif self._format not in _JSON_FORMATS:
            lines = hint_lines(notable)
        for line in lines:
            self._terminal.say(line)
        self._terminal.say(summary(report))

    # Its parts

    @property
    def _streams(self) -> bool:
        """Whether stdout takes each result as it comes."""
        if self._wishes.tap or self._format in _STREAMED:
            return True
        return self._format is None and not self._terminal.stdout_is_terminal

    def _stream(self, result: Result) -> None:
        self._streamed += 1
        shown = self._shown(result)
        if self._wishes.tap:
            from litectl.reports import tap

            self._terminal.write(tap.point(self._streamed, shown))
        else:
            from litectl.output.columns import Listing
            from litectl.output.listing import print_listing

            listing = Listing("checks", self._columns, self._shown_columns, [shown])
            print_listing(self._terminal, listing, self._format or "tsv")

    @cached_property
    def _columns(self) -> "Sequence[Column]":
        from litectl.output.smoke import smoke_columns

        return smoke_columns()

    @cached_property
    def _shown_columns(self) -> "Sequence[Column]":
        from litectl.output.columns import choose_columns
        from litectl.output.smoke import SHOWN

        return choose_columns(SHOWN, self._columns)

    def _draw(self, report: "Report") -> None:
        if not self._streams and self._terminal.can_draw:
            self._display.enter_context(self._live(report))

    @contextmanager
    def _live(self, report: "Report") -> Iterator[None]:
        from litectl.output.live import frame

        colour = self._terminal.has_colour(stderr=True)

        def draw(size: os.terminal_size) -> list[str]:
            seconds = time.monotonic() - self._started
            return frame(report, self._notable[:], seconds, size, hide=self._hide, colour=colour)

        with self._terminal.live(draw):
            yield

    def _results(self, report: "Report") -> list[Result]:
        return [self._shown(result) for result in report.results]

    def _shown(self, result: Result) -> Result:
        """Return *result* as it may be shown: without a secret, and where GitHub reads, without a command."""
        name, subject, is_gate = result.check
        check = Check(self._hide(name), None if subject is None else self._hide(subject), is_gate)
        hint = None if result.hint is None else self._hide_keys(result.hint)
        call_id = None if result.call_id is None else self._hide_keys(result.call_id)
        detail = self._hide_keys(result.detail)
        return result._replace(check=check, detail=detail, hint=hint, call_id=call_id)

    def _hide(self, text: str) -> str:
        return self._terminal.without_secrets(text)

    def _hide_keys(self, text: str) -> str:
        """Return *text* without a secret, and without what looks like a key of somebody else."""
        from litectl.text.keys import without_keys

        return without_keys(self._hide(text))

    def _junit_content(self, report: "Report") -> bytes:
        from litectl.reports.junit import junit

        return junit(report, self._results(report))

    def _markdown(self, report: "Report", taken: int = 0) -> str:
        from litectl.reports.markdown import MOST_BYTES, markdown

        return markdown(report, self._results(report), MOST_BYTES - taken)

    def _write(self, path: Path, content: bytes) -> None:
        from litectl.storage.files import replace_file

        mode = self._mode
        with suppress(OSError):  # there is none yet
            mode = stat.S_IMODE(path.stat().st_mode)
        replace_file(path, content, mode=mode)

    def _add_to_step_summary(self, path: Path, report: "Report") -> None:
        """Add to the summary of the step; it is no reason to fail that this is not possible."""
        from litectl.reports.markdown import MOST_BYTES

        try:
            taken = path.stat().st_size if path.exists() else 0
            if taken > MOST_BYTES - _LEAST_SUMMARY or (path.exists() and not path.is_file()):
                self._terminal.warn(f"the summary of the job has no room left: `{path}`")
                return
            text = self._markdown(report, taken)
            with path.open("ab") as file:
                file.write(f"\n{text}".encode(errors="replace"))
        except OSError as error:
            self._terminal.warn(f"cannot add to the summary of the job `{path}`: {error.strerror}")


class _GrowingFile:
    """
    Has *write* write a file at once, and again after each `touch`, by a thread of its own.

    The thread rests most of the time, so a run with many results is not held up; whenever the
    process is killed, the file is whole and seldom older than half a second. Writing at once raises
    `ConfigError`; later failures are left to whoever writes it at the end.
    """

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._touched, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._touched.set()
        self._thread.join()

    def touch(self) -> None:
        """Say that there is something new to write."""
        self._touched.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            self._touched.wait()
            self._touched.clear()
            started = time.monotonic()
            with suppress(ConfigError):
                self._write()
            pause = max(_LEAST_PAUSE, _SHARE * (time.monotonic() - started))


def _summaries(step: str | None, named: str | None, *, is_wanted: bool) -> tuple[str | None, str | None]:
    """
    Return the file of the job to add a summary to, and the one to write.

    That of the job, also when it is the one that is *named*, belongs to others, too.
    """
    if step is not None and named is not None and Path(step) == Path(named):
        return step, None
    return step if is_wanted else None, named


def _require_file(option: str, name: str) -> Path:
    """Return the file *name* of *option*, which can be written; raises `UsageError` and `ConfigError`."""
    from litectl.storage.files import create_file

    if name in ("", "-"):
        raise UsageError(f"`{option}` takes the name of a file", hint=f"for example `{option} report.xml`")
    try:
        path = Path(name).resolve()
        if Path(name).parent in _DEVICES or (path.exists() and not path.is_file()):
            raise UsageError(f"`{name}` of `{option}` is no regular file", hint="name another one")
        probe = path.with_name(f".{os.getpid()}.{os.urandom(4).hex()}")
        create_file(probe, b"", mode=0o600)
        probe.unlink()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no name of a file"
        raise ConfigError(
            f"cannot write `{name}` of `{option}`: {reason}",
            hint="create its directory, or check the permissions",
        ) from error
    return path


def _file_mode() -> int:
    """Return the permissions that a new file has here: others than litectl read reports."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
