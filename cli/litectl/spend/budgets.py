"""Which budgets limit a credential, what is left of them, and how long that lasts. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from litectl.exchange.pricing import rounded
from litectl.keys.key import VirtualKey, left_of
from litectl.keys.owner import Means, Team, User
from litectl.text.jsontext import LATEST

KEY, USER, TEAM, MEMBER = "key", "user", "team", "team_member"
DAY = 86_400.0  # seconds
PACE_DAYS = 7
_LEAST_DAYS = 2  # with spend; one busy afternoon is no pace


class Budget(NamedTuple):
    """
    A budget of a *scope*, `key`, `user`, `team` or `team_member`; None for what is not known.

    *id* is the hash of the key, or the id of the user or team, *name* what people call it.
    *daily_spend* is what the last days cost, *used_up_at* when the budget is used up if it goes on
    so, None when it lasts until it begins anew.
    Dollars are US, times are seconds since 1970.
    """

    scope: str
    id: str
    name: str
    spend: float | None
    max_budget: float | None
    reset_at: float | None
    daily_spend: float | None = None
    used_up_at: float | None = None

    @property
    def left(self) -> float | None:
        """What may still be spent, below 0 when more was; None without a budget."""
        return left_of(self.max_budget, self.spend)

    @property
    def used_percent(self) -> float | None:
        """How much of the budget is used; None without one, and for one of nothing."""
        if self.max_budget and self.spend is not None:
            return rounded(self.spend / self.max_budget * 100)
        return None

    @property
    def is_used_up(self) -> bool:
        """Whether requests fail for that."""
        return self.left is not None and self.left <= 0


def budgets_of(key: VirtualKey | None, user: User | None, teams: list[Team]) -> list[Budget]:
    """Return the budgets of the calling *key*, its *user* and its *teams*."""
    return [*_of_key(key), *_of_user(user), *(budget for team in teams for budget in _of_team(team))]


def paced(budget: Budget, spent: Mapping[float, float], now: float) -> Budget:
    """
    Return *budget* with its pace, by what was *spent* on each day that began at a time of the last week.

    The pace is that from the first of these days with spend until *now*; of a single one none is told.
    """
    busy = [day for day, dollars in spent.items() if dollars > 0 and day <= now]
    if len(busy) < _LEAST_DAYS:
        return budget
    days = (now - min(busy)) / DAY
    daily = sum(spent[day] for day in busy) / days
    return budget._replace(daily_spend=rounded(daily), used_up_at=_used_up_at(budget, daily, now))


def _used_up_at(budget: Budget, daily: float, now: float) -> float | None:
    if budget.left is None or budget.left <= 0:
        return None
    end = now + budget.left / daily * DAY
    return end if end < min(budget.reset_at or LATEST, LATEST) else None


def _of_key(key: VirtualKey | None) -> Iterator[Budget]:
    if key is not None:
        yield Budget(KEY, key.token, key.shown, key.spend, key.max_budget, key.budget_reset_at)


def _of_user(user: User | None) -> Iterator[Budget]:
    if user is not None:
        yield _budget(USER, user.id, user.email, user.means)


def _of_team(team: Team) -> Iterator[Budget]:
    yield _budget(TEAM, team.id, team.alias, team.means)
    if team.member.max_budget is not None:
        yield _budget(MEMBER, team.id, team.alias, team.member)


def _budget(scope: str, identifier: str, name: str | None, means: Means) -> Budget:
    return Budget(scope, identifier, name or identifier, means.spend, means.max_budget, means.reset_at)
