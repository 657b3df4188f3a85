"""The results of a smoke run in each format, for people, and while it runs."""

import json
import os
import re
from typing import Any

import pytest

from litectl.errors import RateLimitError, UpstreamError
from litectl.output.listing import print_listing
from litectl.output.live import frame
from litectl.output.smoke import hint_lines, listing, measured_lines, notable_lines, table
from litectl.reports.words import one_line, seconds_text, summary
from litectl.smoke.check import Check, Measures, Result, failed, passed, skipped, warned
from litectl.smoke.report import Report
from program import Screen
from smoke_reports import report_of

REACHABLE = passed(Check("reachable"), "HTTP 200", 0.1234)
ANSWERS = passed(
    Check("answers", "gpt-5.2"), "pong", 1.5, Measures(2, 10, 20, 0.0006, False, (0.3, 0.5), (1.0,), (30.0,))
)
LIMITED = failed(
    Check("answers", "claude"),
    RateLimitError("too many\trequests", hint="wait", details={"call_id": "c-7"}),
    2.0,
)
NOT_RUN = skipped(Check("streams", "claude"), "not run: `answers` failed")
REPORT = report_of(REACHABLE, ANSWERS, LIMITED, NOT_RUN)


def printed(output_format: str, report: Report = REPORT) -> str:
    """Return what *report* is on stdout."""
    screen = Screen()
    print_listing(screen.terminal, listing(report, report.results), output_format)
    return screen.out


def drawn(*results: Result, width: int = 100) -> list[str]:
    """Return the table of *results* in so many columns, without its heading."""
    screen = Screen()
    print_listing(screen.terminal, table(results, width), "table")
    assert screen.err == ""
    return screen.out.splitlines()[1:]


# For machines


def test_a_line_of_text_has_five_columns() -> None:
    """They are verdict, name, subject, seconds and detail; unknown is empty."""
    assert printed("tsv").splitlines() == [
        "passed\treachable\t\t0.123\tHTTP 200",
        "passed\tanswers\tgpt-5.2\t1.5\tpong",
        "failed\tanswers\tclaude\t2\ttoo many requests",
        "skipped\tstreams\tclaude\t\tnot run: `answers` failed",
    ]


def test_the_document_has_the_run_and_every_check() -> None:
    """The fields are a contract; what nobody knows is null."""
    document = json.loads(printed("json"))
    checks = document.pop("checks")

    assert document == {
        "schema_version": 1,
        "base_url": "https://proxy.example:4000/team-a",
        "started_at": "2026-11-18T11:06:40Z",
        "seconds": 3.21,
        "complete": True,
        "requests": 2,
        "cost": 0.0006,
        "counts": {"passed": 2, "warning": 0, "failed": 1, "skipped": 1},
    }
    unknown = dict.fromkeys(("input_tokens", "output_tokens", "cost", "first_token", "total", "rate"))
    assert checks[0] == unknown | {
        "name": "reachable",
        "subject": None,
        "verdict": "passed",
        "seconds": 0.123,
        "detail": "HTTP 200",
        "hint": None,
        "code": None,
        "exit_code": None,
        "call_id": None,
        "requests": 0,
        "is_estimate": False,
    }
    assert checks[1]["first_token"] == {"median": 0.4, "p95": 0.5}
    assert checks[1]["rate"] == {"median": 30.0, "p5": 30.0}
    assert checks[1]["total"] == {"median": 1.0, "p95": 1.0}
    assert (checks[1]["input_tokens"], checks[1]["output_tokens"], checks[1]["cost"]) == (10, 20, 0.0006)
    assert (checks[2]["code"], checks[2]["exit_code"], checks[2]["hint"]) == ("rate_limited", 8, "wait")
    assert checks[2]["call_id"] == "c-7"


def test_json_lines_have_the_same_checks() -> None:
    """There is one object per check."""
    assert [json.loads(line) for line in printed("jsonl").splitlines()] == json.loads(printed("json"))[
        "checks"
    ]


def test_numbers_that_json_lacks_are_null() -> None:
    """A cost of a broken proxy does not break the document."""
    nan, infinity = float("nan"), float("inf")
    measures = Measures(1, None, None, infinity, False, (nan,), (infinity,))
    report = report_of(passed(Check("answers", "m"), "", nan, measures))
    text = printed("json", report)

    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["cost"] is None


# For people


def test_a_table_has_a_row_for_each_check() -> None:
    """It is read without colour: the verdict is a word."""
    assert drawn(REACHABLE, LIMITED, NOT_RUN) == [
        "passed   reachable  -           0.12  HTTP 200",
        "failed   answers    claude      2.00  too many requests",
        "skipped  streams    claude         -  not run: `answers` failed",
    ]


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_a_table_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """A long detail is cut short, and left out where it would say nothing; each check stays one line."""
    monkeypatch.setenv("COLUMNS", str(width))
    long = failed(Check("answers", "provider/some-model"), UpstreamError("word " * 100), 12.0)
    rows = drawn(long, REACHABLE, width=width)

    assert len(rows) == 2
    assert all(len(row) <= width for row in rows)
    assert rows[0].startswith("failed   answers")
    assert ("word" in rows[0]) == (width >= 80)


def test_what_a_failure_kept_from_running_shares_a_row() -> None:
    """It says no more than the failure, which may be one of many models."""
    others = [
        skipped(Check(name, "claude"), "not run: `answers claude` failed") for name in ("usage", "tools")
    ]

    assert drawn(LIMITED, others[0], others[1], skipped(Check("vision", "b"), "it cannot")) == [
        "failed   answers  claude          2.00  too many requests",
        "skipped  not run  (2 of them)        -  what they need failed",
        "skipped  vision   b                  -  it cannot",
    ]
    assert drawn(LIMITED, others[0])[1].endswith("not run: `answers claude` failed")


def test_what_was_measured_is_told_in_full() -> None:
    """A table that is too narrow for it has it in lines below; one request is no measurement."""
    detail = "5 runs, median/p95 0.158/0.196 s, first text 0.114/0.137 s, 51 tokens/s"
    measured = passed(Check("streams", "m"), detail, 1.0, Measures(5, total=(0.158, 0.196)))

    assert list(measured_lines([ANSWERS, measured], 80)) == [f"streams m: {detail}"]
    assert list(measured_lines([measured], 50)) == [f"streams m: {detail}"]
    assert list(measured_lines([ANSWERS, measured], 120)) == []
    many = [measured._replace(check=Check("streams", f"m{n}")) for n in range(50)]
    assert list(measured_lines(many, 80))[10:] == ["40 more were measured; `--format tsv` prints each"]


def test_many_checks_that_passed_share_a_row() -> None:
    """Thousands of models do not hide the one that failed."""
    many = [passed(Check("answers", f"m{number}"), "pong", number / 100) for number in range(1000)]
    rows = drawn(REACHABLE, *many, LIMITED)

    assert rows == [
        "passed   reachable  -                  0.12  HTTP 200",
        "passed   answers    (1000 of them)     9.99  the slowest is shown",
        "failed   answers    claude             2.00  too many requests",
    ]


def test_failures_are_told_in_full_and_each_hint_once() -> None:
    """What the table cuts short is on stderr; a hundred equal hints are one."""
    failures = [
        failed(Check("answers", f"m{n}"), RateLimitError(f"limit {n}", hint="wait"), 1) for n in range(30)
    ]
    warning = warned(Check("streams", "m"), UpstreamError("odd", hint="look"), 1.0)

    lines = list(notable_lines([warning, *failures]))
    assert lines[:3] == ["failed: answers m0: limit 0", "  hint: wait", "failed: answers m1: limit 1"]
    assert lines[11:] == [
        "failed: 20 more; `--format tsv` prints each",
        "warning: streams m: odd",
        "  hint: look",
    ]
    assert list(hint_lines([*failures, warning, NOT_RUN])) == [
        "hint for answers m0 and 29 more: wait",
        "hint for streams m: look",
    ]


def measured(name: str, requests: int, cost: float | None, *, is_estimate: bool = False) -> Result:
    """Return a check that passed with so many requests."""
    return passed(Check("answers", name), "", 1.0, Measures(requests, cost=cost, is_estimate=is_estimate))


@pytest.mark.parametrize(
    ("results", "complete", "expected"),
    [
        ([REACHABLE], True, "1 passed in 3.21 s"),
        ([REACHABLE, LIMITED, NOT_RUN], True, "1 passed, 1 failed, 1 skipped in 3.21 s"),
        ([], False, "nothing was checked in 3.21 s, not complete"),
        ([measured("a", 1, 0.5)], True, "1 passed in 3.21 s, 1 request, $0.50"),
        ([measured("a", 3, None)], True, "1 passed in 3.21 s, 3 requests, cost unknown"),
        (
            [measured("a", 3, 0.25, is_estimate=True), measured("b", 1, 0.5)],
            True,
            "2 passed in 3.21 s, 4 requests, $0.75 (partly estimated)",
        ),
        (
            [measured("a", 3, 0.25, is_estimate=True), measured("b", 2, None)],
            False,
            "2 passed in 3.21 s, 5 requests, $0.25 (estimated, 2 of unknown cost), not complete",
        ),
        ([measured("a", 1, float("inf"))], True, "1 passed in 3.21 s, 1 request, cost unknown"),
    ],
)
def test_one_line_says_how_it_went(results: list[Result], complete: bool, expected: str) -> None:
    """A cost that is a guess, or not all of it, says so."""
    assert summary(report_of(*results, complete=complete)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.314, "0.31 s"), (12.04, "12.0 s"), (245.0, "4:05 min"), (3601.0, "60:01 min")],
)
def test_seconds_are_told_as_people_do(seconds: float, expected: str) -> None:
    """Hundredths matter below ten seconds only."""
    assert seconds_text(seconds) == expected


def test_a_text_is_one_line_however_long() -> None:
    """What is not printable is a space, and what is too long is cut."""
    assert one_line(" a\r\n\x00b\u2028c\ud800 ") == "a b c"
    assert one_line("x" * 50_000_000, 10) == "xxxxxxxxx…"
    assert one_line(f"a{' ' * 1000}b", 10) == "a…"


# While it runs


def lines_of(columns: int, lines: int, *, colour: bool = False, hide: Any = str) -> list[str]:
    """Return what is shown of a run that has ended two checks of twenty, on a terminal of that size."""
    waiting = [Check("answers", f"provider/model-{number}") for number in range(18)]
    report = report_of(REACHABLE, LIMITED, planned=waiting, complete=False)
    size = os.terminal_size((columns, lines))
    return frame(report, [LIMITED], 7.5, size, hide=hide, colour=colour)


@pytest.mark.parametrize("columns", [1, 20, 40, 60, 120, 500])
@pytest.mark.parametrize("lines", [1, 4, 5, 8, 24])
def test_the_live_table_fits_the_terminal(columns: int, lines: int) -> None:
    """It is narrower and lower than the screen, or it could not be taken away again."""
    shown = lines_of(columns, lines)

    assert all(len(line) < max(columns, 21) for line in shown)
    assert len(shown) <= max(lines - 2, 2)


def test_the_live_table_tells_how_far_it_is() -> None:
    """Checks, failures, seconds; then what failed, and what is waited for."""
    heading, _, first, *others = lines_of(80, 24)

    assert heading == "2 of 20 checks, 1 failed, 7.50 s"
    assert first.split() == ["failed", "answers", "claude", "too", "many", "requests"]
    assert [line.split() for line in others] == [
        ["waiting", "answers", f"provider/model-{number}"] for number in range(5)
    ]


def test_the_live_table_is_plain_without_colour_and_hides_secrets() -> None:
    """No escape sequence without colour; a name with a secret is masked."""
    plain, coloured = "".join(lines_of(80, 24)), "".join(lines_of(80, 24, colour=True))

    assert "\x1b" not in plain
    assert "\x1b[31mfailed" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split("failed")[0] == plain.split("failed")[0]
    assert "model-3" not in "".join(lines_of(80, 24, hide=lambda text: text.replace("model-3", "***")))


def test_an_empty_run_can_be_drawn() -> None:
    """Nothing is planned yet when the display begins."""
    report = Report("http://localhost", 0.0)

    lines = frame(report, [], 0.0, os.terminal_size((80, 24)), hide=str, colour=False)
    assert lines == ["0 of 0 checks, 0.00 s"]


def test_a_run_without_a_check_says_so() -> None:
    """There is no table, and no error either."""
    screen = Screen(terminals="stdout")
    print_listing(screen.terminal, table([], 80), None)

    assert (screen.out, screen.err) == ("", "note: nothing was checked\n")
