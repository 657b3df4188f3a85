"""Asks the proxy for all budgets that limit a credential, and how fast they are used."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from litectl.errors import LitectlError, NotAllowedError, NotFoundError
from litectl.keys.api import fetch_key, fetch_team, fetch_user
from litectl.spend.activity import fetch_activity
from litectl.spend.budgets import KEY, PACE_DAYS, USER, Budget, budgets_of, paced
from litectl.spend.period import Period, day_of, start_of
from litectl.spend.usage import Days, spend_by_day
from litectl.wire.deadline import Deadline

if TYPE_CHECKING:
    from litectl.keys.key import VirtualKey
    from litectl.keys.owner import Team, User
    from litectl.wire.proxy import Proxy

SECONDS = 60.0
# Whose the calls of a master key are; no budget of the teams that it made limits it.
_MASTER_USER = "default_user_id"


def fetch_budgets(proxy: "Proxy", *, team_id: str | None, now: float, seconds: float) -> list[Budget]:
    """
    Return the budgets of the calling key, its user and its teams, within *seconds* for all requests.

    *team_id* is the team of a login. Raises `NotAllowedError` when the proxy tells of none.
    """
    left = Deadline(seconds).left
    key = _calling_key(proxy, left())
    of_nobody = key is not None and key.user_id is None
    user = None if of_nobody else fetch_user(proxy, seconds=left())
    budgets = budgets_of(key, user, _teams(proxy, key, user, team_id, left()))
    if not budgets:
        raise NotAllowedError(
            "the proxy tells this credential nothing of what it spends",
            hint="see who it is with `litectl whoami`, or ask the operator of the proxy",
        )
    return _with_pace(proxy, budgets, now, left())


def _calling_key(proxy: "Proxy", seconds: float) -> "VirtualKey | None":
    """Return the calling key; None for a login and a master key, which are in no table of keys."""
    try:
        return fetch_key(proxy, seconds=seconds)
    except NotFoundError:
        return None


def _teams(
    proxy: "Proxy", key: "VirtualKey | None", user: "User | None", team_id: str | None, seconds: float
) -> "list[Team]":
    """Return the team of the *key* or of the login; of a login without one all teams of the *user*."""
    wanted = (key.team_id if key else None) or team_id
    known = list(user.teams) if user and user.id != _MASTER_USER else []
    if wanted is None:
        return [] if key else known
    if mine := [team for team in known if team.id == wanted]:
        return mine
    team = fetch_team(proxy, wanted, user.id if user else None, seconds=seconds)
    return [team] if team else []


def _with_pace(proxy: "Proxy", budgets: list[Budget], now: float, seconds: float) -> list[Budget]:
    """
    Return *budgets*, those of the key and of the user with their pace where the proxy tells it.

    That of a team is nobody's to know but an admin's: a member is told of their own keys only.
    """
    user = next((budget.id for budget in budgets if budget.scope == USER), None)
    if user is None or not any(budget.max_budget for budget in budgets):
        return budgets
    today = day_of(now)
    period = Period(today - timedelta(days=PACE_DAYS - 1), today)
    try:
        days = fetch_activity(
            proxy, period, user_id=user, team_id=None, needs_keys=True, seconds=seconds
        ).days
    except LitectlError:
        return budgets  # it is told without its pace
    return [_paced(budget, days, now) for budget in budgets]


def _paced(budget: Budget, days: Days, now: float) -> Budget:
    if budget.scope not in (KEY, USER):
        return budget
    spent = spend_by_day(days, budget.id if budget.scope == KEY else None)
    return paced(budget, {_start(day): dollars for day, dollars in spent.items()}, now)


def _start(day: str) -> float:
    """Return when the *day* of an answer begins, the end of time for what is none."""
    try:
        return start_of(date.fromisoformat(day))
    except ValueError:
        return float("inf")
