"""The live table of a smoke run, drawn by rich: how far it is, what failed, and what is waited for."""

import os
from collections.abc import Callable, Sequence

from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from litectl.exchange.pricing import dollars_text
from litectl.output.smoke import finite
from litectl.output.table import lines_of
from litectl.reports.words import one_line, seconds_text
from litectl.smoke.check import FAILED, WARNING, Result
from litectl.smoke.report import Report
from litectl.text.counting import counted

_MOST_ROWS = 5  # of what failed, and as many of what is waited for
_STYLES = {FAILED: "red", WARNING: "yellow", "waiting": "dim"}
_HEADROOM = 4  # lines: the first two, and two for the prompt
_LEAST_WIDTH = 20
_WIDEST_BAR = 60
_LONGEST_WORD = 200  # characters


def frame(
    report: Report,
    notable: Sequence[Result],
    seconds: float,
    size: os.terminal_size,
    *,
    hide: Callable[[str], str],
    colour: bool,
) -> list[str]:
    """
    Return the lines that show *report* after *seconds* on a terminal of this *size*.

    *notable* are the results that did not pass, without a secret; *hide* takes one out of a name.
    """
    width = max(size.columns - 1, _LEAST_WIDTH)
    room = max(size.lines - _HEADROOM, 0)
    shown = list(notable[-_MOST_ROWS:])[-room:] if room else []
    pending = report.pending
    waiting = [hide(str(check)) for check in pending[: min(_MOST_ROWS, room - len(shown))]]
    bar = ProgressBar(total=max(report.planned, 1), completed=report.ended, width=min(width, _WIDEST_BAR))
    parts = (_heading(report, notable, seconds), bar, _table(shown, waiting))
    return [line for part in parts for line in lines_of(part, width=width, colour=colour, cuts=True)]


def _heading(report: Report, notable: Sequence[Result], seconds: float) -> Text:
    failures = sum(result.verdict == FAILED for result in notable)
    parts = [f"{report.ended} of {report.planned} checks", seconds_text(seconds)]
    if failures:
        parts.insert(1, f"{failures} failed")
    if report.requests:
        parts.append(counted(report.requests, "request"))
    cost = finite(report.cost)
    if cost is not None:
        parts.append(dollars_text(cost))
    return Text(", ".join(parts))


def _table(notable: Sequence[Result], waiting: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False, expand=True)
    for ratio in (None, None, 1):
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=ratio)
    rows = [(result.verdict, str(result.check), result.detail) for result in notable]
    for state, *words in [*rows, *(("waiting", check, "") for check in waiting)]:
        texts = (Text(one_line(word, _LONGEST_WORD)) for word in (state, *words))
        table.add_row(*texts, style=_STYLES.get(state, ""))
    return table
