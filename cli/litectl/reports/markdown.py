"""A smoke report in Markdown, for the summary of a job or a comment. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from litectl.reports.words import one_line, summary, various_first, without_consequences
from litectl.smoke.check import FAILED, PASSED, SKIPPED, WARNING, Result
from litectl.smoke.report import Report

MOST_BYTES = 1_000_000  # GitHub takes 1 MiB
_LONGEST_CELL = 300  # characters
_COLUMNS = ("Check", "Subject", "Seconds", "Detail")
_HEADING = f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}\n"
_TITLES = {FAILED: "Failed", WARNING: "Warnings", SKIPPED: "Skipped", PASSED: "Passed"}
_FOLDED = (SKIPPED, PASSED)  # behind a click
_ROOM_FOR_ENDINGS = 2_000  # bytes
# Everything that may mean something to Markdown, to HTML or to what looks for links and names.
_PUNCTUATION = re.compile(r"[^0-9A-Za-z ,;/=\u0080-\U0010ffff-]")


def markdown(report: Report, results: Sequence[Result], most: int = MOST_BYTES) -> str:
    """
    Return *report*, whose *results* have no secret, in at most *most* bytes, failures first.

    Text that came from outside stands in code with everything escaped, so that it is
    only text: no link, no mention of a person, no HTML.
    """
    parts = [f"## litectl smoke: {_outcome(report)}\n\n{_code(report.root)}: {summary(report)}\n"]
    if not report.is_complete:
        left = len(report.pending)
        parts.append(f"\n**The run is not complete: {left} of {report.planned} checks were not run.**\n")
    room = most - _ROOM_FOR_ENDINGS - _size(*parts)
    for verdict in _TITLES:
        section = _section(verdict, [each for each in results if each.verdict == verdict], room)
        room -= _size(section)
        parts.append(section)
    return "".join(parts)


def _outcome(report: Report) -> str:
    counts = report.counts
    if counts[FAILED]:
        return f"{counts[FAILED]} of {report.planned} checks failed"
    if not report.is_complete:
        return "not complete"
    return "passed" if counts[PASSED] + counts[WARNING] else "nothing passed"


def _section(verdict: str, results: Sequence[Result], room: int) -> str:
    """Return the table of *results*, as many rows of it as there is *room* for, in bytes."""
    if not results:
        return ""
    title = f"{_TITLES[verdict]}: {len(results)}"
    ordered = without_consequences(results) if verdict in _FOLDED else various_first(results)
    rows = list(_fitting(map(_row, ordered), room))
    left_out = len(ordered) - len(rows)
    rest = f"\n{left_out} more are not shown here.\n" if left_out else ""
    table = f"{_HEADING}{''.join(rows)}{rest}" if rows else rest
    if verdict in _FOLDED:
        return f"\n<details><summary>{title}</summary>\n\n{table}\n</details>\n"
    return f"\n### {title}\n\n{table}"


def _fitting(rows: Iterable[str], room: int) -> Iterator[str]:
    for row in rows:
        room -= _size(row)
        if room < 0:
            return
        yield row


def _row(result: Result) -> str:
    hint = (
        f"<br>What to do: {_code(result.hint)}" if result.hint and result.verdict in (FAILED, WARNING) else ""
    )
    cells = (
        _code(result.check.name),
        _code(result.check.subject or ""),
        "" if result.seconds is None else f"{result.seconds:.2f}",
        _code(result.detail) + hint,
    )
    return f"| {' | '.join(cells)} |\n"


def _code(text: str) -> str:
    """Return *text* as code: names in it notify nobody, and numbers lead nowhere."""
    line = one_line(text, _LONGEST_CELL)
    escaped = _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", line)
    return f"<code>{escaped}</code>" if line else ""


def _size(*texts: str) -> int:
    return sum(len(text.encode(errors="replace")) for text in texts)
