"""A smoke report as JUnit XML: by the schema, and so that CI shows what is meant."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given

from litectl.errors import (
    AuthError,
    ConfigError,
    LitectlError,
    NetworkError,
    RateLimitError,
    TimedOutError,
    UnreachableError,
)
from litectl.reports.junit import junit
from litectl.smoke.check import Check, Measures, Result, failed, passed, skipped, warned
from litectl.smoke.report import Report
from smoke_reports import HOSTILE_REPORTS, report_of

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))
MODEL = Check("answers", "gpt-5.2")


def parsed(report: Report) -> ET.Element:
    """Return the document of *report*, which the schema accepts."""
    text = junit(report, report.results)
    SCHEMA.validate(text.decode())
    return ET.fromstring(text)  # noqa: S314  # it is our own


def case_of(result: Result) -> ET.Element:
    """Return the case of *result*."""
    return next(parsed(report_of(result)).iter("testcase"))


def outcomes(document: ET.Element) -> Iterator[str]:
    """Give what stands in each case, "" for one that passed."""
    for case in document.iter("testcase"):
        found = [part.tag for part in case if part.tag != "system-out"]
        assert len(found) < 2
        yield "".join(found)


@given(HOSTILE_REPORTS)
def test_no_text_breaks_the_form(report: Report) -> None:
    """Whatever proxies say, the file is XML, the schema accepts it, and its counts add up."""
    document = parsed(report)
    suite = document[0]
    found = list(outcomes(document))

    assert len(found) == report.planned + (not report.is_complete)
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(name) == str(found.count(tag))
    for name in ("tests", "failures", "errors"):
        assert document.get(name) == suite.get(name)
    assert suite.get("tests") == str(len(found))


@pytest.mark.parametrize(
    ("error", "is_gate", "expected"),
    [
        (RateLimitError("r"), False, "failure"),
        (AuthError("a"), False, "failure"),
        (AuthError("a"), True, "failure"),
        (TimedOutError("t"), False, "failure"),
        (NetworkError("n"), False, "failure"),
        (UnreachableError("u"), False, "error"),
        (UnreachableError("u"), True, "failure"),
        (ConfigError("c"), False, "error"),
    ],
)
def test_what_could_not_be_asked_is_an_error_and_not_a_failure(
    error: LitectlError, is_gate: bool, expected: str
) -> None:
    """A failure is what the check found; that nothing could be asked says nothing about the model."""
    case = case_of(failed(MODEL._replace(is_gate=is_gate), error, 1.0))

    assert [part.tag for part in case] == [expected]


def test_each_verdict_has_its_form() -> None:
    """A warning passes and says so; what was not run is skipped, with the reason."""
    report = report_of(
        passed(Check("reachable"), "HTTP 200", 0.1),
        warned(MODEL, LitectlError("a fallback answered", hint="see `models show`"), 0.2),
        skipped(Check("streams", "gpt-5.2"), "not run: `answers` failed"),
    )
    document = parsed(report)
    _, warning, skip = document.iter("testcase")

    assert list(outcomes(document)) == ["", "", "skipped"]
    assert warning.findtext("system-out") == "warning: a fallback answered\nhint: see `models show`"
    assert skip[0].get("message") == skip[0].text == "not run: `answers` failed"


def test_a_failure_says_what_to_do_in_its_text() -> None:
    """GitLab shows the text of the element, not its attributes."""
    error = RateLimitError("too many requests", hint="wait", details={"call_id": "c-7"})
    failure = case_of(failed(MODEL, error, 1.0))[0]

    assert failure.text == "too many requests\nhint: wait\nerror: rate_limited, exit code 8\ncall id: c-7"
    assert failure.attrib == {"message": "too many requests", "type": "RateLimitError"}


def test_a_case_is_named_for_its_check_and_the_class_for_the_proxy() -> None:
    """No dot of a host or a model parts a name where Jenkins splits it; suite and class are one name."""
    document = parsed(report_of(passed(MODEL, "", 1.25)))
    case = next(document.iter("testcase"))

    assert case.get("name") == "answers gpt-5.2"
    assert case.get("classname") == document[0].get("name") == "litectl.smoke.proxy_example_4000_team-a"
    assert case.get("time") == "1.25"


def test_what_was_measured_is_told() -> None:
    """The case has its figures, the suite the sums and when it began, in UTC."""
    measures = Measures(3, 10, 20, 0.0006, True, (0.3,), (1.0, 2.0, 9.0), (30.0,))
    document = parsed(report_of(passed(MODEL, "pong", 1.0, measures)))
    properties = {each.get("name"): each.get("value") for each in document.iter("property")}

    assert next(document.iter("system-out")).text == (
        "pong\nrequests: 3\ninput tokens: 10\noutput tokens: 20\ncost: 0.0006 USD (estimated)\n"
        "first token: median 0.300 s, p95 0.300 s\ntotal: median 2.000 s, p95 9.000 s\n"
        "rate: median 30.000 tokens/s, p5 30.000 tokens/s"
    )
    assert properties == {
        "base_url": "https://proxy.example:4000/team-a",
        "complete": "true",
        "summary": "1 passed in 3.21 s, 3 requests, $0.00060 (estimated)",
        "requests": "3",
        "cost": "0.0006",
    }
    assert document[0].get("timestamp") == "2026-11-18T11:06:40"
    assert document[0].get("time") == "3.21"


def test_a_partial_report_is_no_success() -> None:
    """A run that was broken off is one error more, and what it did not come to is skipped."""
    report = report_of(passed(Check("reachable"), "", 0.1), planned=[MODEL], complete=False)
    document = parsed(report)
    properties = {each.get("name"): each.get("value") for each in document.iter("property")}

    assert list(outcomes(document)) == ["", "skipped", "error"]
    assert document.get("errors") == "1"
    assert properties["complete"] == "false"
    assert next(document.iter("error")).text == (
        "the run ended, or is still going on, with 1 of 2 checks not run"
    )
