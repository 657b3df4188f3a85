"""A smoke report for GitHub Actions: annotations, a summary in Markdown, and nothing else that is obeyed."""

import re

import pytest
from hypothesis import example, given

from litectl.errors import AuthError, LitectlError, RateLimitError, UpstreamError
from litectl.reports.github import annotations, defused
from litectl.reports.markdown import markdown
from litectl.reports.words import one_line
from litectl.smoke.check import FAILED, WARNING, Check, Result, failed, passed, skipped, warned
from litectl.smoke.report import Report
from smoke_reports import HOSTILE, HOSTILE_REPORTS, report_of

_LINE_ENDS = re.compile("\r\n|\r|\n")
_ANNOTATION = re.compile(r"::(error|warning) title=([^:,\r\n]*)::([^\r\n]*)")


def obeyed(line: str) -> bool:
    """Tell whether a runner would look for the name of a command in *line*."""
    trimmed = line.lstrip()
    return (trimmed.startswith("::") and "::" in trimmed[2:]) or bool(re.search(r"##\[.*\]", line))


@given(HOSTILE)
@example("a\r::error::x")
def test_no_text_is_a_command(text: str) -> None:
    """What the runner would obey has a space in it."""
    assert not any(obeyed(line) for line in _LINE_ENDS.split(defused(text)))


@given(HOSTILE_REPORTS)
def test_no_text_breaks_an_annotation(report: Report) -> None:
    """Each is one line with a kind, a title and a text, at most ten of a kind."""
    found = [_ANNOTATION.fullmatch(line) for line in annotations(report, report.results)]
    kinds = [each[1] for each in found if each]

    assert len(kinds) == len(found)
    assert kinds.count("error") == report.counts[FAILED] + (not report.is_complete)
    assert kinds.count("warning") == report.counts[WARNING]
    assert not any("##[" in each[0] for each in found if each)


def test_an_annotation_has_the_check_the_reason_and_the_hint() -> None:
    """Characters with a meaning are escaped as GitHub's own toolkit does."""
    error = RateLimitError("100% of: 5, used", hint="wait")
    report = report_of(
        failed(Check("answers", "a:b,c"), error, 1.0),
        warned(Check("streams", "b"), LitectlError("a fallback answered"), 1.0),
        passed(Check("reachable"), "", 1.0),
    )

    assert annotations(report, report.results) == [
        "::error title=smoke%3A answers a%3Ab%2Cc::100%25 of: 5, used%0Ahint: wait",
        "::warning title=smoke%3A streams b::a fallback answered",
    ]


def test_the_most_telling_ten_are_shown() -> None:
    """A gate comes first, then one of each kind of error; the last says how many are left out."""
    limited = [failed(Check("answers", f"m{number}"), RateLimitError("slow"), 1.0) for number in range(20)]
    other = failed(Check("answers", "other"), UpstreamError("broken"), 1.0)
    gate = failed(Check("credential", None, is_gate=True), AuthError("no"), 1.0)
    report = report_of(*limited, other, gate)
    lines = annotations(report, report.results)

    assert len(lines) == 10
    titles = [line.split("::")[1].removeprefix("error title=smoke%3A ") for line in lines]
    assert titles[:4] == ["credential", "answers m0", "answers other", "answers m1"]
    assert (
        lines[-1] == "::error title=smoke%3A more::13 more checks failed; the report of the run has them all"
    )


def test_a_run_that_was_broken_off_is_an_error() -> None:
    """It is annotated though everything that was checked passed."""
    report = report_of(passed(Check("reachable"), "", 1.0), planned=[Check("tls")], complete=False)

    assert annotations(report, report.results) == [
        "::error title=smoke%3A not complete::the run ended with 1 of 2 checks not run"
    ]


# Markdown


def texts_of(result: Result) -> list[str | None]:
    """Return the texts of *result* that a summary shows."""
    hint = result.hint if result.verdict in (FAILED, WARNING) else None
    return [result.check.name, result.check.subject, result.detail, hint]


@given(HOSTILE_REPORTS)
def test_no_text_breaks_the_summary(report: Report) -> None:
    """Every row has its columns, and what came from outside is nothing but text in code."""
    text = markdown(report, report.results)
    rows = [line for line in text.split("\n") if line.startswith("|")]

    assert all(row.count("|") == 5 for row in rows)
    assert len([row for row in rows if "<code>" in row]) == sum(
        bool(one_line("".join(text for text in texts_of(each) if text), 9)) for each in report.results
    )
    for code in re.findall("<code>(.*?)</code>", text):
        assert not set("|`@#[]<>*_\\!~(){}:.\"'") & set(re.sub(r"&#\d+;", "", code))


def test_the_summary_tells_failures_first() -> None:
    """Failures and warnings are open, what was skipped or passed is folded."""
    report = report_of(
        passed(Check("reachable"), "HTTP 200", 0.1),
        skipped(Check("streams", "b"), "not run"),
        warned(Check("answers", "c"), LitectlError("a fallback answered"), 1.0),
        failed(Check("answers", "b"), RateLimitError("too many", hint="wait"), 1.0),
    )
    text = markdown(report, report.results)

    assert text.startswith("## litectl smoke: 1 of 4 checks failed\n")
    assert "| <code>b</code> | 1.00 | <code>too many</code><br>What to do: <code>wait</code> |" in text
    places = [text.index(title) for title in ("### Failed: 1", "### Warnings: 1", "Skipped: 1", "Passed: 1")]
    assert places == sorted(places)
    assert text.count("<details>") == text.count("</details>") == 2


def test_the_summary_says_that_it_is_partial() -> None:
    """What was not run is named in bold."""
    report = report_of(passed(Check("reachable"), "", 1.0), planned=[Check("tls")], complete=False)
    text = markdown(report, report.results)

    assert text.startswith("## litectl smoke: not complete\n")
    assert "**The run is not complete: 1 of 2 checks were not run.**" in text


@pytest.mark.parametrize("most", [10_000, 100_000])
def test_the_summary_is_bounded(most: int) -> None:
    """Failures have the room; how many are left out is said, and every table is closed."""
    results = [failed(Check("answers", f"m{number}"), UpstreamError("|" * 999), 1.0) for number in range(300)]
    results += [passed(Check("answers", f"n{number}"), "pong", 1.0) for number in range(900)]
    report = report_of(*results)
    text = markdown(report, report.results, most)

    assert len(text.encode()) <= most
    left_out = sum(int(number) for number in re.findall(r"(\d+) more are not shown here", text))
    assert text.count("| <code>answers</code>") == 1200 - left_out
    assert left_out > 900
    assert text.count("<details>") == text.count("</details>") == 1
