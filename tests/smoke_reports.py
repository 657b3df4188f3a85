"""Reports of smoke runs, made up; and text that would like to break the form of each of them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from litectl.errors import UpstreamError
from litectl.smoke.check import VERDICTS, Check, Measures, Result
from litectl.smoke.report import Report

ROOT = "https://proxy.example:4000/team-a"
STARTED = 1_795_000_000.0  # 2026-11-18T11:06:40Z
BACKEND_FAILED = UpstreamError("the backend failed")

_TOKENS = [
    "]]>", "<!--", "<script>", "&amp;", "::error::x", "\n::error title=a::b", "##[add-mask]x", "##[", "]",
    "|", "\\|", "\\", "`", "``", "@octocat", "#1", "# SKIP", "[a](http://b)", "www.a.example", "\n", "\r",
    "\r\n", "\t", "\x00", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\ufffe", "\uffff", "\ud800", "\U0001f600",
    "%0A", "%", ",", ":", "not ok 1", "1..9", "Bail out!", "  ---", "  ...", '"', "'", "a" * 3000,
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(_TOKENS) | st.text(max_size=5), max_size=8).map("".join)
_NUMBERS = st.floats() | st.none()
_MEASURES = st.builds(
    Measures,
    st.integers(0, 10**30),
    st.none() | st.integers(),
    st.none() | st.integers(),
    _NUMBERS,
    st.booleans(),
    st.lists(st.floats(), max_size=3),
    st.lists(st.floats(), max_size=3),
    st.lists(st.floats(), max_size=3),
)
_RESULTS = st.builds(
    Result,
    st.builds(Check, HOSTILE, st.none() | HOSTILE, st.booleans()),
    st.sampled_from(VERDICTS),
    HOSTILE,
    _NUMBERS,
    st.none() | HOSTILE,
    st.none() | st.just(BACKEND_FAILED),
    _MEASURES,
    st.none() | HOSTILE,
)


def report_of(*results: Result, planned: Sequence[Check] = (), complete: bool = True) -> Report:
    """Return a report that had *planned* those checks, too, and has these *results*."""
    report = Report(ROOT, STARTED)
    report.plan([*(result.check for result in results), *planned])
    for result in results:
        report.add(result)
    report.seconds, report.is_complete = 3.21, complete
    return report


HOSTILE_REPORTS = st.builds(
    lambda results, left, complete: report_of(*results, planned=left, complete=complete),
    st.lists(_RESULTS, max_size=6, unique_by=lambda result: result.check),
    st.lists(st.builds(Check, HOSTILE), max_size=3),
    st.booleans(),
)
