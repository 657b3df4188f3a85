"""
A smoke report as JUnit XML, in the form that the schema of Jenkins' xUnit plugin has. Pure.

What reads it shows this: GitLab the name and the class of a case, the text of a failure, an error
or a reason to skip, nothing of suites and properties, and of two cases with the same class and name only
the first; Jenkins the class as package and class by its last dot, and the history of a case by class
and name; reporters for GitHub Actions the suite, and its cases by class unless that has its name. So
suite and class are named alike, for the proxy, without a dot that would part them in the wrong place; a
case has the whole name of its check; and texts stand in elements, not in attributes alone. A `type` is
the class of an error: GitLab reads `integer`, `yaml` and the like as the type of the text.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING

from litectl.errors import ExitCode, NetworkError
from litectl.reports.words import one_line, summary
from litectl.smoke.check import FAILED, SKIPPED, WARNING, Measures, Result
from litectl.smoke.measuring import median, p5, p95
from litectl.smoke.report import Report

if TYPE_CHECKING:
    from junitparser import TestCase

_NOT_NAMES = re.compile(r"[^0-9A-Za-z-]+")
_LONGEST_TIME = 1e9  # seconds; larger numbers are written in a form that the schema does not have
# Why a check could not be run, on this side of the proxy.
_OWN_REASONS = (
    ExitCode.USAGE,
    ExitCode.CONFIG,
    ExitCode.INTERNAL,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)


def junit(report: Report, results: Sequence[Result]) -> bytes:
    """
    Return *report*, whose *results* have no secret, as a JUnit file.

    A check that failed is a failure, and an error when it could not be run. A run that did not
    come to its end has one case more, an error, so that nobody takes it for a success.
    """
    from junitparser import JUnitXml, TestSuite

    name = _suite_name(report.root)
    suite = TestSuite(name)
    for key, value in _properties(report):
        suite.add_property(key, one_line(value))
    cases = [_case(result, name) for result in results]
    if not report.is_complete:
        cases.append(_broken_off(report, name))
    suite.add_testcases(cases)
    suite.time = _time(report.seconds)  # many checks run at the same time
    suite.timestamp = _timestamp(report.started_at)
    document = JUnitXml("litectl smoke")
    document.add_testsuite(suite)
    document.tests, document.failures, document.errors = suite.tests, suite.failures, suite.errors
    document.time = suite.time
    file = BytesIO()
    document.write(file)
    return file.getvalue()


def _suite_name(root: str) -> str:
    return f"litectl.smoke.{_NOT_NAMES.sub('_', root.partition('://')[2]).strip('_')}"


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "base_url", report.root
    yield "complete", str(report.is_complete).lower()
    yield "summary", summary(report)
    yield "requests", str(report.requests)
    if report.cost is not None:
        yield "cost", f"{report.cost:.10g}"


def _case(result: Result, class_name: str) -> "TestCase":
    from junitparser import Error, Failure, Skipped, TestCase

    case = TestCase(one_line(str(result.check)), class_name, _time(result.seconds or 0.0))
    detail = one_line(result.detail)
    error = result.error
    if result.verdict == SKIPPED:
        skipped = Skipped(detail)
        skipped.text = detail
        case.result = skipped
    elif result.verdict == FAILED:
        element = (Error if _could_not_run(result) else Failure)(detail, type(error).__name__)
        element.text = "\n".join(_failure_lines(result))
        case.result = element
    lines = [] if result.verdict in (SKIPPED, FAILED) else _said_lines(result)
    if lines := [*lines, *_measure_lines(result.measures)]:
        case.system_out = "\n".join(lines)
    return case


def _could_not_run(result: Result) -> bool:
    """Tell whether a check that failed says nothing about the proxy, since nothing was asked."""
    error = result.error
    if error is None or result.check.is_gate:
        return False
    return error.exit_code in _OWN_REASONS or (isinstance(error, NetworkError) and not error.was_sent)


def _failure_lines(result: Result) -> Iterator[str]:
    yield one_line(result.detail)
    if result.hint:
        yield f"hint: {one_line(result.hint)}"
    if result.error is not None:
        yield f"error: {result.error.code}, exit code {int(result.error.exit_code)}"
    yield from _call_line(result)


def _said_lines(result: Result) -> list[str]:
    lines = [f"warning: {one_line(result.detail)}" if result.verdict == WARNING else one_line(result.detail)]
    if result.hint:
        lines.append(f"hint: {one_line(result.hint)}")
    return [*lines, *_call_line(result)]


def _call_line(result: Result) -> Iterator[str]:
    if result.call_id:
        yield f"call id: {one_line(result.call_id)}"


def _measure_lines(measures: Measures) -> Iterator[str]:
    """Give what was measured; cases have no properties in the schema."""
    counts = {
        "requests": measures.requests or None,
        "input tokens": measures.input_tokens,
        "output tokens": measures.output_tokens,
    }
    yield from (f"{name}: {count}" for name, count in counts.items() if count is not None)
    if measures.cost is not None:
        yield f"cost: {measures.cost:.10g} USD{' (estimated)' if measures.is_estimate else ''}"
    figures = (
        ("first token", measures.first_token, "s", "p95", p95),
        ("total", measures.total, "s", "p95", p95),
        ("rate", measures.rate, "tokens/s", "p5", p5),
    )
    for name, values, unit, slow, slow_end in figures:
        if values:
            yield f"{name}: median {median(values):.3f} {unit}, {slow} {slow_end(values):.3f} {unit}"


def _broken_off(report: Report, class_name: str) -> "TestCase":
    from junitparser import Error, TestCase

    case = TestCase("the run came to its end", class_name, 0.0)
    left = len(report.pending)
    text = f"the run ended, or is still going on, with {left} of {report.planned} checks not run"
    error = Error(text, "IncompleteRun")
    error.text = text
    case.result = error
    return case


def _time(seconds: float) -> float:
    return round(min(max(seconds, 0.0), _LONGEST_TIME), 3) if isfinite(seconds) else 0.0


def _timestamp(seconds: float) -> str:
    from datetime import UTC, datetime

    # The schema knows no zone; readers take it for UTC.
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
