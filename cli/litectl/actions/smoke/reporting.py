"""
Everything that a smoke run prints: results as they come, reports, and the sum of it.

The edge that joins the options of `smoke`, the terminal and files to `litectl.reports`.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.smoke.report_files import ReportFiles, paths_of
from litectl.environment import GITHUB_STEP_SUMMARY
from litectl.errors import LitectlError, UsageError
from litectl.smoke.check import PASSED, SKIPPED, Check, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litectl.output.columns import Column
    from litectl.run.runtime import Runtime
    from litectl.smoke.report import Report

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
        paths = paths_of(
            wishes.junit,
            wishes.summary,
            runtime.environment.get(GITHUB_STEP_SUMMARY),
            is_added=wishes.github,
        )
        self._files = ReportFiles(paths, self._results, self._terminal.warn)
        self._reported: set[Check] = set()
        self._streamed = 0
        self._notable: list[Result] = []
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
        self._files.require_writable()

    # While it runs

    @contextmanager
    def running(self, report: "Report") -> Iterator[None]:
        """Show and write how far *report* is while the body runs; raises `ConfigError` for its file."""
        with ExitStack() as stack:
            stack.enter_context(self._files.growing(report))
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

    def on_result(self, result: Result) -> None:
        """Report *result*, as the report counts it, at once; by one thread only."""
        if result.verdict not in (PASSED, SKIPPED):
            self._notable.append(self._shown(result))
        self._reported.add(result.check)
        if self._streams:
            self._stream(result)
        self._files.touch()

    # At the end

    def finish(self, report: "Report") -> None:
        """
        Report the whole of *report*, also one that was broken off.

        Everything is tried; the first that failed is raised, `ConfigError` for a file.
        """
        failures: list[LitectlError] = []
        for step in (self._files.finish, self._finish_github, self._finish_output, self._tell):
            try:
                step(report)
            except LitectlError as error:
                failures.append(error)
        if failures:
            raise failures[0]

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
        self._files.add_to_job(report)

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
