"""
A smoke report in the Test Anything Protocol, version 13, one check after the other. Pure.

Not 14, which Perl's `prove` still refuses; nothing of it would be used.
"""

import json
from collections.abc import Iterator

from litectl.reports.words import one_line
from litectl.smoke.check import FAILED, SKIPPED, WARNING, Result
from litectl.smoke.report import Report

HEADING = "TAP version 13\n"
_SEVERITIES = {FAILED: "fail", WARNING: "warning"}


def point(number: int, result: Result) -> str:
    """
    Return the lines of the check with this *number*, counted from 1.

    One with a warning is ok; what it warns of, as why it failed, is in the YAML block.
    """
    status = "not ok" if result.verdict == FAILED else "ok"
    line = f"{status} {number} - {_escaped(str(result.check))}"
    if result.verdict == SKIPPED:
        return f"{line} # SKIP {_escaped(result.detail)}\n"
    block = "".join(f"  {name}: {value}\n" for name, value in _diagnostics(result))
    return f"{line}\n  ---\n{block}  ...\n"


def ending(report: Report, points: int) -> str:
    """Return the plan, which comes after all *points*, and that the run was broken off when it was."""
    plan = f"1..{points}" if points else "1..0 # nothing was checked"
    if report.is_complete:
        return f"{plan}\n"
    left = len(report.pending)
    return f"{plan}\nBail out! the run ended with {left} of {report.planned} checks not run\n"


def _diagnostics(result: Result) -> Iterator[tuple[str, str]]:
    """Give names and values; what YAML 1.2 reads between double quotes is what JSON writes there."""
    yield "message", _quoted(result.detail)
    if result.verdict in _SEVERITIES:
        yield "severity", _SEVERITIES[result.verdict]
    if result.hint:
        yield "hint", _quoted(result.hint)
    if result.error is not None:
        yield "code", _quoted(result.error.code)
        yield "exit_code", str(int(result.error.exit_code))
    if result.call_id:
        yield "call_id", _quoted(result.call_id)
    if result.seconds is not None:
        yield "duration_ms", f"{result.seconds * 1000:.0f}"


def _escaped(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("#", "\\#")


def _quoted(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)
