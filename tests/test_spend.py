"""What was spent and what is left: periods, rows, sums, budgets and their pace."""

from datetime import date, timedelta
from typing import Any

import pytest

from litectl.errors import IncompleteError, UsageError
from litectl.keys.key import VirtualKey
from litectl.keys.owner import Means, Team, User
from litectl.output.spend import budget_line, total_line
from litectl.spend.budgets import Budget, budgets_of, paced
from litectl.spend.period import Period, day_of, parse_period, start_of
from litectl.spend.usage import (
    DAY,
    KEY,
    MODEL,
    PROVIDER,
    Usage,
    days_of,
    rows_of,
    spend_by_day,
    total_of,
)
from recorded_keys import body, day, metrics

TODAY = date(2026, 11, 21)
ACTIVITIES = ("activity, user", "activity, user, aggregated")
NOON = start_of(TODAY) + 43_200.0
A_DAY = 86_400.0


def a_budget(spend: float | None = 1.0, most: float | None = 8.0, reset_at: float | None = None) -> Budget:
    """Return the budget of a key."""
    return Budget("key", "t", "ci", spend, most, reset_at)


# Periods


@pytest.mark.parametrize(
    ("since", "until", "begin", "end"),
    [
        (None, None, "2026-10-23", "2026-11-21"),
        ("1d", None, "2026-11-21", "2026-11-21"),
        ("7d", None, "2026-11-15", "2026-11-21"),
        ("2w", "2026-11-14", "2026-11-01", "2026-11-14"),
        ("2026-11-01", None, "2026-11-01", "2026-11-21"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("2026-12-01", "2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_is_days_or_dates(since: str | None, until: str | None, begin: str, end: str) -> None:
    """Both days belong to it; `7d` are seven days, of which the last is the last one."""
    assert parse_period(since, until, TODAY) == Period(date.fromisoformat(begin), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        *[(text, None) for text in ("", "0d", "7", "d", "-7d", "7m", "2026-13-01", "20261101", "2026-W01-1")],
        *[(None, text) for text in ("", "7d", "tomorrow", "2026-02-30", "\u0662026-11-01")],
        *[
            ("2026-11-22", None),
            ("2026-11-02", "2026-11-01"),
            ("99999d", "0002-01-01"),
            ("99999w", "0999-01-01"),
        ],
    ],
)
def test_what_is_no_period_is_refused(since: str | None, until: str | None) -> None:
    """Also one that ends before it begins, or begins before there were years."""
    with pytest.raises(UsageError) as caught:
        parse_period(since, until, TODAY)

    assert caught.value.hint


def test_days_are_those_of_utc() -> None:
    """A moment before midnight is of the day before."""
    assert day_of(start_of(TODAY)) == TODAY
    assert day_of(start_of(TODAY) - 1) == TODAY - timedelta(days=1)


# Rows


@pytest.mark.parametrize("label", ACTIVITIES)
def test_a_recorded_activity_is_read(label: str) -> None:
    """By model, key, day and provider, the dearest first; both routes tell the same."""
    days = days_of(body(label))

    models = {row.name: row.usage for row in rows_of(days, MODEL)}
    keys = rows_of(days, KEY)
    assert models["gpt-5.2"] == Usage(8.925e-05, 3, 0, 3, 6, 0, 0)
    assert models["openai/err-500"][:3] == (0.0, 2, 2)
    assert [row.alias for row in keys].count("rec-user") == 1
    assert {row.exists for row in keys} == {True, False}
    assert [row.name for row in rows_of(days, PROVIDER)] == ["openai"]
    assert [row.name for row in rows_of(days, DAY)] == ["2026-11-21"]


@pytest.mark.parametrize("label", ACTIVITIES)
@pytest.mark.parametrize("by", [MODEL, KEY, DAY, PROVIDER])
def test_rows_add_up_to_the_total(label: str, by: str) -> None:
    """Whatever is counted by, nothing is lost and nothing counted twice."""
    days = days_of(body(label))
    rows = [Usage(*row.usage) for row in rows_of(days, by)]

    total = total_of(days)
    assert total.requests == sum(row.requests or 0 for row in rows) == 7
    assert total.spend == pytest.approx(sum(row.spend or 0 for row in rows), rel=1e-12)


def test_pieces_of_a_day_are_one_row() -> None:
    """Pages cut days apart; models of all pieces are added without the noise of floats."""
    pieces = [
        day("2026-11-02", 0.1, model_groups={"m": metrics(0.1, api_requests=1)}),
        day("2026-11-02", 0.2, model_groups={"m": metrics(0.2, api_requests=2)}),
        day("2026-11-01", 0.7, model_groups={"n": metrics(0.7, api_requests=9)}),
    ]

    assert [(row.name, row.usage.spend) for row in rows_of(pieces, DAY)] == [
        ("2026-11-01", 0.7),
        ("2026-11-02", 0.3),
    ]
    assert [(row.name, row.usage.spend, row.usage.requests) for row in rows_of(pieces, MODEL)] == [
        ("n", 0.7, 9),
        ("m", 0.3, 3),
    ]


def test_what_is_not_told_is_unknown() -> None:
    """A count that one piece does not have is null, never 0; older proxies have models but no groups."""
    days = [
        day("2026-11-01", models={"m": metrics(0.1, api_requests=1)}),
        day("2026-11-02", models={"m": metrics(api_requests=2)}),
    ]

    (row,) = rows_of(days, MODEL)

    assert row.usage == Usage(None, 3)


def test_nothing_costs_nothing() -> None:
    """A period without requests is known to cost 0."""
    assert total_of([]) == Usage(0.0, 0, 0, 0, 0, 0, 0)
    assert rows_of([], MODEL) == []


def test_requests_without_a_key_are_a_row_without_a_name() -> None:
    """The proxy files them under an empty one."""
    (row,) = rows_of([day("2026-11-01", api_keys={"": metrics(0.0)})], KEY)

    assert row.name is None


@pytest.mark.parametrize("document", [None, [], {}, {"results": {}}, "x"])
def test_what_is_no_activity_is_an_error(document: Any) -> None:
    """An answer without a list of days is none."""
    with pytest.raises(IncompleteError):
        days_of(document)


@pytest.mark.parametrize(
    "strange",
    [
        {"results": [None, 1, {"date": 5, "metrics": [], "breakdown": 3}]},
        {
            "results": [
                {"date": "x", "metrics": {"spend": "1", "api_requests": -1}, "breakdown": {"models": []}}
            ]
        },
        {"results": [{"breakdown": {"models": {"m": None}, "api_keys": {"k": {"metadata": 1}}}}]},
    ],
)
def test_strange_days_are_survived(strange: object) -> None:
    """What has another type than it should is unknown."""
    days = days_of(strange)

    for by in (MODEL, KEY, DAY, PROVIDER):
        assert all(row.usage.spend is None for row in rows_of(days, by))
    assert total_of(days).spend is None
    assert spend_by_day(days) == {}


# Budgets


def test_budgets_are_those_of_key_user_team_and_member() -> None:
    """A share of a team is one only where it has a limit."""
    key = VirtualKey("t", alias="ci", spend=1.0, max_budget=4.0)
    user = User("u", means=Means(2.0))
    teams = [Team("x", "blue", Means(3.0, 9.0)), Team("y", member=Means(1.0, 2.0))]

    budgets = budgets_of(key, user, teams)

    assert [(each.scope, each.name, each.left, each.used_percent) for each in budgets] == [
        ("key", "ci", 3.0, 25.0),
        ("user", "u", None, None),
        ("team", "blue", 6.0, 33.3333333333),
        ("team", "y", None, None),
        ("team_member", "y", 1.0, 50.0),
    ]


def test_a_budget_lasts_as_long_as_its_pace() -> None:
    """Two days and a half with 2.50 dollars are a dollar a day; 7 dollars last a week."""
    spent = {start_of(TODAY) - 2 * A_DAY: 1.5, start_of(TODAY): 1.0}

    budget = paced(a_budget(), spent, NOON)

    assert (budget.daily_spend, budget.used_up_at) == (1.0, NOON + 7 * A_DAY)


@pytest.mark.parametrize(
    ("budget", "has_pace"),
    [
        (a_budget(reset_at=NOON + 6 * A_DAY), True),
        (a_budget(most=None), True),
        (a_budget(spend=None), True),
        (a_budget(spend=9.0), True),
        (a_budget(most=1e300), True),
    ],
)
def test_what_lasts_is_not_used_up(budget: Budget, has_pace: bool) -> None:
    """It begins anew before, has no limit, is used up already, or lasts longer than there are dates."""
    spent = {start_of(TODAY) - 2 * A_DAY: 1.5, start_of(TODAY): 1.0}

    found = paced(budget, spent, NOON)

    assert found.used_up_at is None
    assert (found.daily_spend is not None) is has_pace


@pytest.mark.parametrize("spent", [{}, {start_of(TODAY): 5.0}, {start_of(TODAY): 5.0, 0.0: 0.0}])
def test_one_day_is_no_pace(spent: dict[float, float]) -> None:
    """A single busy afternoon says nothing of the next days."""
    assert paced(a_budget(), spent, NOON) == a_budget()


def test_the_spend_of_a_key_is_found_among_all() -> None:
    """A day in which it spent nothing is none of its days."""
    days = [day("2026-11-01", 3.0, api_keys={"t": metrics(1.0)}), day("2026-11-02", 2.0, api_keys={})]

    assert spend_by_day(days, "t") == {"2026-11-01": 1.0}
    assert spend_by_day(days) == {"2026-11-01": 3.0, "2026-11-02": 2.0}


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (a_budget(), None),
        (a_budget(spend=8.0), "the budget of the key ci is used up: requests fail"),
        (a_budget(spend=8.0, reset_at=A_DAY), "requests fail until 1970-01-02T00:00:00Z"),
        (
            a_budget()._replace(daily_spend=0.5, used_up_at=A_DAY),
            "is used up on 1970-01-02 if it goes on with $0.50 a day",
        ),
    ],
)
def test_people_are_told_of_a_budget_that_ends(budget: Budget, words: str | None) -> None:
    """When it ends or has ended, and until when."""
    line = budget_line(budget)

    assert (line is None) is (words is None)
    assert (words or "") in (line or "")


def test_the_total_of_unknown_spend_is_no_figure() -> None:
    """It is said in words; what is not known besides is left out."""
    assert total_line(Usage(None, 1000)) == "total: unknown spend, 1,000 requests"
    assert total_line(Usage(1.5, 2, 1, 30, 4)) == (
        "total: $1.50, 2 requests, 1 failed, 30 input tokens, 4 output tokens"
    )
