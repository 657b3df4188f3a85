"""Findings of models that somebody named: what the proxy does not have is seen."""

import time

import pytest

from litectl.doctor.allowance import examine_allowed, examine_default_model
from litectl.doctor.finding import OK, WARNING

LISTED = ["gpt-5.2", "openai/o3", "openai/o4"]


@pytest.mark.parametrize(
    ("allowed", "listed", "status", "detail"),
    [
        (None, LISTED, OK, "the proxy does not tell; `discovery` says what it lists"),
        ([], LISTED, OK, "all: the key is not restricted"),
        (["gpt-5.2"], ["gpt-5.2"], OK, "1: gpt-5.2"),
        (["gpt-5.2", "openai/*"], LISTED, OK, "2: gpt-5.2, openai/*"),
        (["*"], LISTED, OK, "1: *"),
        (["gone"], [], WARNING, "not there: gone; 1: gone"),
        (["gone", "gpt-5.2", "openai/*"], LISTED, WARNING, "not there: gone; 3: gone, gpt-5.2, openai/*"),
        (["azure/*", "gpt-5.2"], ["gpt-5.2"], WARNING, "not there: azure/*; 2: azure/*, gpt-5.2"),
        (["gone"], None, OK, "1: gone"),
        # A group of models, by which the others are there.
        (["beta", "gpt-5.2"], LISTED, OK, "2: beta, gpt-5.2"),
        (["all-team-models"], LISTED, OK, "1: all-team-models"),
        (["no-default-models"], [], OK, "1: no-default-models"),
        ([f"m{number}" for number in range(7)], None, OK, "7: m0, m1, m2, m3, m4 and 2 more"),
        (
            [f"m{number}" for number in range(7)],
            ["m0"],
            WARNING,
            "not there: m1, m2, m3, m4, m5 and 1 more; 7: m0, m1, m2, m3, m4 and 2 more",
        ),
    ],
)
def test_what_a_key_names_and_nobody_has_is_a_warning(
    allowed: list[str] | None, listed: list[str] | None, status: str, detail: str
) -> None:
    """Unless the name may be that of a group of models, or nothing tells what is there."""
    finding = examine_allowed(allowed, listed)

    assert (finding.status, finding.detail) == (status, detail)
    assert (finding.remedy is not None) == (status == WARNING)


def test_many_patterns_and_many_names_take_no_time() -> None:
    """Whoever answers as the proxy may send ten thousand of each."""
    started = time.perf_counter()

    finding = examine_allowed([f"*{number}*a" for number in range(10_000)], [f"b{n}" for n in range(10_000)])

    assert finding.status == OK
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("model", "listed", "status", "detail", "remedy"),
    [
        (None, LISTED, OK, "none: each command names one with `-m`", None),
        ("gpt-5.2", LISTED, OK, "gpt-5.2, from LITECTL_MODEL", None),
        ("openai/o9", [*LISTED, "openai/*"], OK, "openai/o9, from LITECTL_MODEL", None),
        ("gone", None, OK, "gone, from LITECTL_MODEL", None),
        ("gpt-5.3", LISTED, WARNING, "gpt-5.3, from LITECTL_MODEL, is not listed", "did you mean `gpt-5.2`?"),
        ("x", LISTED, WARNING, "x, from LITECTL_MODEL, is not listed", "choose one of `litectl models list`"),
        ("x", [], WARNING, "x, from LITECTL_MODEL, is not listed", "choose one of `litectl models list`"),
    ],
)
def test_a_default_model_that_is_not_listed_is_a_warning(
    model: str | None, listed: list[str] | None, status: str, detail: str, remedy: str | None
) -> None:
    """It may be there all the same, behind a wildcard; but most likely it is a typing error."""
    finding = examine_default_model(model, "LITECTL_MODEL", listed)

    assert (finding.status, finding.detail, finding.remedy) == (status, detail, remedy)
