"""Whose keys they are: users and teams with their budgets, as the proxy tells them. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from litectl.credentials.tokens import time_of
from litectl.text.jsontext import number, object_of, objects_of, text_of


class Means(NamedTuple):
    """What was *spent* in US dollars, of which budget, and when it begins anew, in seconds since 1970."""

    spend: float | None = None
    max_budget: float | None = None
    reset_at: float | None = None


class Team(NamedTuple):
    """A team; *member* is the share that one user has of its budget."""

    id: str
    alias: str | None = None
    means: Means = Means()
    member: Means = Means()


class User(NamedTuple):
    """A user, and the *teams* of that user."""

    id: str
    email: str | None = None
    role: str | None = None
    means: Means = Means()
    teams: tuple[Team, ...] = ()


def user_of(document: object) -> User | None:
    """Return the user that the answer *document* of `/user/info` describes, None when it has none."""
    answer = object_of(document)
    user = object_of(answer.get("user_info"))
    name = text_of(user.get("user_id")) or text_of(answer.get("user_id"))
    if name is None or not user:
        return None
    teams = [team for each in objects_of(answer.get("teams")) if (team := team_of(each, name))]
    return User(
        name, text_of(user.get("user_email")), text_of(user.get("user_role")), _means(user), tuple(teams)
    )


def described_team(document: object, user_id: str | None) -> Team | None:
    """Return the team that the answer *document* of `/team/info` describes to the user *user_id*."""
    answer = object_of(document)
    fields = {"team_memberships": answer.get("team_memberships"), **object_of(answer.get("team_info"))}
    return team_of(fields, user_id)


def team_of(fields: Mapping[str, object], user_id: str | None) -> Team | None:
    """Return the team of one entry, None without an id; the share of *user_id* is among its memberships."""
    name = text_of(fields.get("team_id"))
    if name is None:
        return None
    memberships = objects_of(fields.get("team_memberships"))
    mine = (each for each in memberships if user_id is not None and each.get("user_id") == user_id)
    return Team(name, text_of(fields.get("team_alias")), _means(fields), _means(next(mine, {})))


def _means(fields: Mapping[str, object]) -> Means:
    """Return the means of an entry; the limit of a shared budget is in that only."""
    budget = object_of(fields.get("litellm_budget_table"))
    own = number(fields.get("max_budget"))
    return Means(
        number(fields.get("spend")),
        number(budget.get("max_budget")) if own is None else own,
        time_of(fields.get("budget_reset_at")) or time_of(budget.get("budget_reset_at")),
    )
