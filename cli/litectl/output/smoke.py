"""The columns of smoke results, their names the fields of their JSON; and what is told of them at the end."""

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import Any

from litectl.output.columns import Column, Listing, choose_columns
from litectl.output.times import timestamp
from litectl.output.tools import cells, shortened
from litectl.reports.words import one_line, without_consequences
from litectl.smoke.check import FAILED, PASSED, WARNING, Check, Result
from litectl.smoke.measuring import median, p5, p95
from litectl.smoke.report import Report

SHOWN = "verdict,name,subject,seconds,detail"

_GAP = 2  # spaces between two columns
_LEAST_DETAIL = 16  # cells
_LEAST_SUBJECT = 12
_MOST_ROWS = 40  # of a table in which every check has its own
_MOST_LINES = 10  # of failures, and of hints


def smoke_columns(subject_room: int = 0, detail_room: int = 0) -> list[Column]:
    """Return every column of a `Result`; in a table a subject and a detail have so many cells, 0 for any."""
    return [
        Column("name", "Check", lambda result: result.check.name),
        Column("subject", "Subject", lambda result: result.check.subject, for_people=_cut_to(subject_room)),
        Column("verdict", "Verdict", lambda result: result.verdict),
        Column(
            "seconds",
            "Seconds",
            lambda result: _rounded(result.seconds),
            for_people=lambda seconds: f"{seconds:.2f}",
            is_number=True,
        ),
        Column(
            "detail",
            "Detail",
            lambda result: result.detail,
            for_people=_cut_to(detail_room),
            gives_way=True,
        ),
        Column("hint", "Hint", lambda result: result.hint),
        Column("code", "Code", lambda result: result.error and result.error.code),
        Column("exit_code", "Exit code", lambda result: result.error and int(result.error.exit_code)),
        Column("call_id", "Call ID", lambda result: result.call_id),
        Column("requests", "Requests", lambda result: result.measures.requests),
        Column("input_tokens", "Input tokens", lambda result: result.measures.input_tokens),
        Column("output_tokens", "Output tokens", lambda result: result.measures.output_tokens),
        Column("cost", "Cost", lambda result: finite(result.measures.cost)),
        Column("is_estimate", "Estimate", lambda result: result.measures.is_estimate),
        Column("first_token", "First token", lambda result: tuple(result.measures.first_token), _figures),
        Column("total", "Total", lambda result: tuple(result.measures.total), _figures),
        Column("rate", "Tokens/s", lambda result: tuple(result.measures.rate), _rates),
    ]


def listing(report: Report, results: Sequence[Result]) -> Listing:
    """Return what is printed of *report*, whose *results* have no secret, for machines."""
    columns = smoke_columns()
    about = {
        "base_url": report.root,
        "started_at": timestamp(report.started_at),
        "seconds": _rounded(report.seconds),
        "complete": report.is_complete,
        "requests": report.requests,
        "cost": finite(report.cost),
        "counts": report.counts,
    }
    return Listing("checks", columns, choose_columns(SHOWN, columns), results, about)


def table(results: Sequence[Result], width: int) -> Listing:
    """
    Return what is printed of *results*, which have no secret, for people, in a table of *width* cells.

    Where there are many checks, those of one name that passed share a row.
    """
    rows = _rows(results)
    shown, room, left = _layout(rows, width)
    columns = smoke_columns(room, left)
    shown_columns = choose_columns(",".join(shown), columns)
    return Listing("checks", columns, shown_columns, rows, if_empty="nothing was checked")


def measured_lines(results: Sequence[Result], width: int) -> Iterator[str]:
    """Give what several requests measured, where the table of *results* in *width* cells cuts it short."""
    shown, _, room = _layout(_rows(results), width)
    found = [
        f"{one_line(str(result.check))}: {one_line(result.detail)}"
        for result in results
        if result.verdict == PASSED
        and len(result.measures.total) > 1
        and ("detail" not in shown or cells(one_line(result.detail)) > room)
    ]
    yield from found[:_MOST_LINES]
    if len(found) > _MOST_LINES:
        yield f"{len(found) - _MOST_LINES} more were measured; `--format tsv` prints each"


def _rows(results: Sequence[Result]) -> list[Result]:
    rows = without_consequences(results)
    return list(_folded(rows)) if len(rows) > _MOST_ROWS else rows


def _layout(rows: Sequence[Result], width: int) -> tuple[list[str], int, int]:
    """Return the columns that fit into *width* cells, and the room of the subject and of the detail."""
    words = [(row.verdict, row.check.name, one_line(row.check.subject or "")) for row in rows]
    verdict, name, subject = (
        max(map(cells, column)) for column in zip(("VERDICT", "CHECK", "SUBJECT"), *words, strict=True)
    )
    seconds = max([len("SECONDS"), *(len(f"{row.seconds or 0:.2f}") for row in rows)])
    room = width - verdict - name - 2 * _GAP
    shown = [each for each in SHOWN.split(",") if each != "detail"]
    if room < min(subject, _LEAST_SUBJECT) + _GAP + seconds:
        shown.remove("seconds")
    else:
        room -= seconds + _GAP
    left = room - subject - _GAP
    if left >= _LEAST_DETAIL:
        shown.append("detail")
    return shown, max(room, 1), left


def notable_lines(results: Sequence[Result]) -> Iterator[str]:
    """
    Give what a table cuts short of those of *results* that failed, then of those with a warning.

    Of each kind the first ones, with what to do under the first that has the same hint.
    """
    told: set[str] = set()
    for verdict in (FAILED, WARNING):
        found = [result for result in results if result.verdict == verdict]
        for result in found[:_MOST_LINES]:
            yield f"{verdict}: {one_line(str(result.check))}: {one_line(result.detail)}"
            hint = one_line(result.hint or "")
            if hint and hint not in told:
                told.add(hint)
                yield f"  hint: {hint}"
        if len(found) > _MOST_LINES:
            yield f"{verdict}: {len(found) - _MOST_LINES} more; `--format tsv` prints each"


def hint_lines(results: Sequence[Result]) -> Iterator[str]:
    """Give what to do about those of *results* that did not pass, each hint once."""
    checks: dict[str, list[Check]] = {}
    for result in results:
        if result.hint and result.verdict in (FAILED, WARNING):
            checks.setdefault(one_line(result.hint), []).append(result.check)
    for hint, (first, *others) in list(checks.items())[:_MOST_LINES]:
        more = f" and {len(others)} more" if others else ""
        yield f"hint for {one_line(str(first))}{more}: {hint}"


def finite(value: float | None) -> float | None:
    """Return *value*, None when it is no number that JSON has."""
    return value if value is not None and isfinite(value) else None


def _folded(results: Sequence[Result]) -> Iterator[Result]:
    """Give *results* with one row for those of a name that passed, where the first of them stood."""
    passed: dict[str, list[Result]] = {}
    for result in results:
        if result.verdict == PASSED and result.check.subject is not None:
            passed.setdefault(result.check.name, []).append(result)
    for result in results:
        group = passed.get(result.check.name, [])
        if len(group) < 2 or result.verdict != PASSED or result.check.subject is None:
            yield result
        elif result is group[0]:
            longest = max(each.seconds or 0.0 for each in group)
            yield Result(
                Check(result.check.name, f"({len(group)} of them)"), PASSED, "the slowest is shown", longest
            )


def _cut_to(room: int) -> Callable[[str], str]:
    return lambda text: shortened(one_line(text), room) if room else one_line(text)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None or not isfinite(seconds) else round(seconds, 3)


def _figures(values: Any) -> dict[str, float | None] | None:
    """Return the two figures of *values* in JSON, None when nothing was measured."""
    if not values:
        return None
    return {"median": _rounded(median(values)), "p95": _rounded(p95(values))}


def _rates(values: Any) -> dict[str, float | None] | None:
    """Return the two figures of rates in JSON; their slow end is the low one."""
    if not values:
        return None
    return {"median": _rounded(median(values)), "p5": _rounded(p5(values))}
