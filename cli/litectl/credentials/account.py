"""What the proxy tells about the caller: whose key it is, and how much of its budget is used."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from litectl.credentials.tokens import time_of
from litectl.errors import LitectlError, NetworkError
from litectl.failures.wording import readable
from litectl.text.jsontext import NOTHING, number, object_of
from litectl.wire.proxy import Proxy

_MODELS_LIMIT = 10_000


class Account(NamedTuple):
    """
    Who the caller is; None for what the proxy does not tell.

    *spend* and *max_budget* are the key's, *user_spend* and *user_max_budget* its
    user's, in US dollars. *expires_at* and *budget_reset_at* are the key's, in seconds since 1970.
    *models* are the names the key is restricted to; an empty list is no restriction.
    """

    key_alias: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    user_role: str | None = None
    team_id: str | None = None
    team_alias: str | None = None
    spend: float | None = None
    max_budget: float | None = None
    budget_reset_at: float | None = None
    user_spend: float | None = None
    user_max_budget: float | None = None
    expires_at: float | None = None
    models: list[str] | None = None


def fetch_account(
    proxy: Proxy,
    *,
    team_id: str | None = None,
    seconds: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
) -> Account:
    """
    Return what *proxy*, asked with the credential in question, tells about it, within *seconds* in all.

    *team_id* is the team that the credential is known to be of from its login; the proxy tells its name.
    Never raises for a proxy that refuses, fails or is away. A login token is in no
    table of keys, so `/key/info` answers 404 to it; a key of no user has no `/user/info`; a proxy
    without a database has neither.
    """
    deadline = clock() + seconds
    try:
        key = object_of(_document(proxy, "/key/info", seconds).get("info"))
        remaining = deadline - clock()
        answer = _document(proxy, "/user/info", remaining) if remaining > 0 else NOTHING
    except NetworkError:
        # Whoever is away for the first question is so for the second.
        return Account(team_id=team_id)
    return _account(key, answer, team_id)


def _document(proxy: Proxy, path: str, seconds: float) -> Mapping[str, object]:
    try:
        document = proxy.get_json(path, seconds=seconds).document
    except NetworkError:
        raise
    except LitectlError:
        # Refused for this kind of credential; the other route may know it.
        return NOTHING
    return object_of(document)


def _account(key: Mapping[str, object], answer: Mapping[str, object], known_team: str | None) -> Account:
    """Return the account of the *key* of `/key/info` and the whole *answer* of `/user/info`."""
    user, budget = object_of(answer.get("user_info")), object_of(key.get("litellm_budget_table"))
    team_id = _text(key.get("team_id")) or known_team
    max_budget = number(key.get("max_budget"))
    return Account(
        key_alias=_text(key.get("key_alias")),
        user_id=_text(key.get("user_id")) or _text(answer.get("user_id")),
        user_email=_text(user.get("user_email")),
        user_role=_text(user.get("user_role")),
        team_id=team_id,
        team_alias=_text(key.get("team_alias")) or _team_alias(answer.get("teams"), team_id),
        spend=number(key.get("spend")),
        # A key that is made of a shared budget has the limit there only.
        max_budget=number(budget.get("max_budget")) if max_budget is None else max_budget,
        budget_reset_at=time_of(key.get("budget_reset_at")),
        user_spend=number(user.get("spend")),
        user_max_budget=number(user.get("max_budget")),
        expires_at=time_of(key.get("expires")),
        models=_texts(key.get("models")),
    )


def _text(value: object) -> str | None:
    """Return *value* as one bounded line; None when it is none, or `None`, as the proxy writes a null."""
    line = readable(value) if isinstance(value, str) else ""
    return None if line in ("", "None") else line


def _texts(value: object) -> list[str] | None:
    if not isinstance(value, list):
        return None
    return [line for entry in value[:_MODELS_LIMIT] if (line := _text(entry))]


def _team_alias(teams: object, team_id: str | None) -> str | None:
    for team in teams if isinstance(teams, list) and team_id else ():
        if isinstance(team, dict) and team.get("team_id") == team_id:
            return _text(team.get("team_alias"))
    return None
