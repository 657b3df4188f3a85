"""A smoke report in the Test Anything Protocol, version 13."""

import json
import re

from hypothesis import given

from litectl.errors import RateLimitError
from litectl.reports import tap
from litectl.reports.words import one_line
from litectl.smoke.check import FAILED, SKIPPED, Check, failed, passed, skipped
from litectl.smoke.report import Report
from smoke_reports import HOSTILE_REPORTS, report_of

# A directive begins at the first `#` between white space; `\\` and `\#` are what they escape.
_POINT = re.compile(r"(not ok|ok) (\d+) - ((?:[^\\#]|\\[\\#])*?)(?: # SKIP ((?:[^\\#]|\\[\\#])*))?")


def document(report: Report) -> str:
    """Return the whole of *report*."""
    points = [tap.point(number, result) for number, result in enumerate(report.results, 1)]
    return tap.HEADING + "".join(points) + tap.ending(report, len(points))


def unescaped(text: str) -> str:
    """Return *text* as a reader of the protocol has it."""
    return re.sub(r"\\([\\#])", r"\1", text)


@given(HOSTILE_REPORTS)
def test_no_text_breaks_the_form(report: Report) -> None:
    """There are as many test lines as checks, each says what it is, and every other line has its place."""
    version, *lines = document(report).split("\n")
    points, blocks, is_in_block = [], [], False
    for line in lines:
        if line in ("  ---", "  ..."):
            is_in_block = line == "  ---"
        elif is_in_block:
            blocks.append(line)
        elif found := _POINT.fullmatch(line):
            points.append(found)
        else:
            assert re.fullmatch(r"1\.\.\d+( # nothing was checked)?|Bail out! the run ended with .*|", line)

    assert version == "TAP version 13"
    assert len(points) == report.planned
    for number, (point, result) in enumerate(zip(points, report.results, strict=True), 1):
        assert point[2] == str(number)
        assert (point[1] == "not ok") == (result.verdict == FAILED)
        assert (point[4] is not None) == (result.verdict == SKIPPED)
        assert unescaped(point[3]) == one_line(str(result.check))
    for line in blocks:
        name, _, value = line.strip().partition(": ")
        assert name in ("message", "severity", "hint", "code", "exit_code", "call_id", "duration_ms")
        assert not value.startswith('"') or isinstance(json.loads(value), str)


def test_a_whole_report() -> None:
    """The plan comes at the end, since results are printed as they come."""
    report = report_of(
        passed(Check("reachable"), "HTTP 200", 0.1),
        failed(
            Check("answers", "a#b"), RateLimitError("too many", hint="wait", details={"call_id": "c-7"}), 1.0
        ),
        skipped(Check("streams", "a#b"), "not run: `answers` failed"),
    )

    assert document(report) == (
        "TAP version 13\n"
        "ok 1 - reachable\n"
        "  ---\n"
        '  message: "HTTP 200"\n'
        "  duration_ms: 100\n"
        "  ...\n"
        "not ok 2 - answers a\\#b\n"
        "  ---\n"
        '  message: "too many"\n'
        "  severity: fail\n"
        '  hint: "wait"\n'
        '  code: "rate_limited"\n'
        "  exit_code: 8\n"
        '  call_id: "c-7"\n'
        "  duration_ms: 1000\n"
        "  ...\n"
        "ok 3 - streams a\\#b # SKIP not run: `answers` failed\n"
        "1..3\n"
    )


def test_a_run_that_was_broken_off_bails_out() -> None:
    """No reader takes it for a success, though what was checked passed."""
    report = report_of(passed(Check("reachable"), "", 0.1), planned=[Check("tls")], complete=False)

    assert document(report).endswith("1..2\nBail out! the run ended with 1 of 2 checks not run\n")
