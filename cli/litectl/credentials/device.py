"""
The login with a code: typed in a browser on any machine, while this end asks until it is done.

The flow of the proxy's own routes below `/sso/cli`: start, show the page and the code, poll
with a secret, choose a team when the user has several. A login is used up by its key.
"""

import math
import re
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, urlencode

from litectl.credentials.dialogue import Dialogue, Team
from litectl.credentials.paste import PAGE
from litectl.credentials.patience import AGAIN, REQUEST_SECONDS, WAITING, Patience, seconds_to_wait
from litectl.credentials.stored import LOGIN, StoredCredential, identifier
from litectl.credentials.teams import choose_team, is_named, shown, teams_of
from litectl.credentials.tokens import is_bearer
from litectl.errors import AuthError, LoginUnavailableError, RateLimitError, UpstreamError
from litectl.text.jsontext import number
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy

_START = "/sso/cli/start"
_POLL = "/sso/cli/poll"
_SECRET_HEADER = "x-litellm-cli-poll-secret"  # noqa: S105  # the name of the header
_LOGIN_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_CODE_LIMIT = 32  # characters that a person can be asked to type


class _Session(NamedTuple):
    """A login that has begun: *secret* fetches its key; *is_prefilled*: the page may know the code."""

    login_id: str
    secret: str
    user_code: str
    seconds: float
    is_prefilled: bool

    def __repr__(self) -> str:
        """Leave the secret out, so that it is not printed by accident."""
        return f"_Session(login_id={self.login_id!r})"


def log_in(
    proxy: Proxy,
    dialogue: Dialogue,
    *,
    team: str | None,
    now: Callable[[], float],
    lifetime_hours: float = 24.0,
    limit: float = math.inf,
    poll_seconds: float = 2.0,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> StoredCredential:
    """
    Return the login token that the person gets by typing the code of *dialogue*'s page.

    *team* is the id or the name of the team that the token shall be of, None to
    let the person choose among several. The person is waited for as long as the
    login lives, and for *limit* seconds at most. *now* gives seconds since 1970;
    a token of which the proxy does not say when it ends (1.106 does not) ends after
    *lifetime_hours*. There is no refresh token.

    Raises `LoginUnavailableError` when the proxy has no such login, `RateLimitError`
    after too many attempts, `UsageError` for a *team* that the user is not in, `NetworkError`
    and `UpstreamError` when the proxy was away in the end, and `AuthError` for every other end.
    """
    session = _start(proxy)
    patience = Patience.starting(min(session.seconds, limit), clock, sleep)
    dialogue.show_page(_page(proxy.root, session), session.user_code)
    with dialogue.waiting(WAITING, patience.seconds):
        answer = _poll(proxy, session, patience, poll_seconds)
    chosen: Team | None = None
    if answer.field("requires_team_selection") is True:
        chosen = choose_team(teams_of(answer), team, dialogue)
        with dialogue.waiting("getting the key", max(patience.remaining, REQUEST_SECONDS)):
            answer = _poll(proxy, session, patience, poll_seconds, chosen)
    return _credential(proxy.root, answer, chosen, team, now(), lifetime_hours)


def require_started(reply: Reply, root: str) -> None:
    """Raise unless *reply*, to the first request of a login at *root*, says that the login has begun."""
    if reply.status in (404, 405):
        raise LoginUnavailableError(f"{root} does not offer a login with a code")
    if reply.status == 429:
        raise RateLimitError(f"too many login attempts at {root}", hint="wait a minute and try again")
    if reply.status >= 500:
        raise UpstreamError(f"the proxy did not begin the login (HTTP {reply.status})")
    if not 200 <= reply.status < 300:
        raise AuthError(f"the proxy refused to begin the login (HTTP {reply.status})")


def not_understood(path: str) -> AuthError:
    """Return the error for an answer of *path* that is not what a LiteLLM proxy says."""
    return AuthError(
        f"the answer of {path} is not one of a LiteLLM proxy's logins",
        hint="check that the URL is the root of a LiteLLM proxy; `litectl login --help` has other ways",
    )


def is_code(value: object) -> bool:
    """Tell whether *value* can be shown to a person as the code to type: short printable ASCII."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _CODE_LIMIT
        and value.isascii()
        and value.isprintable()
        and value.strip() == value
    )


def _start(proxy: Proxy) -> _Session:
    reply = proxy.reply("POST", _START, seconds=REQUEST_SECONDS)
    require_started(reply, proxy.root)
    login_id, secret, code = (reply.field(name) for name in ("login_id", "poll_secret", "user_code"))
    if not (isinstance(login_id, str) and isinstance(secret, str) and isinstance(code, str)):
        raise not_understood(_START)
    if not (_LOGIN_ID.fullmatch(login_id) and is_bearer(secret) and is_code(code)):
        raise not_understood(_START)
    is_prefilled = reply.field("verification_uri_complete") is not None
    return _Session(login_id, secret, code, seconds_to_wait(reply.field("expires_in")), is_prefilled)


def _page(root: str, session: _Session) -> str:
    """Return the page to open, made of our own *root*: what the proxy takes for its address may be wrong."""
    query = {"source": "litellm-cli", "key": session.login_id}
    if session.is_prefilled:
        query["user_code"] = session.user_code
    return f"{root}{PAGE}?{urlencode(query)}"


def _poll(
    proxy: Proxy, session: _Session, patience: Patience, poll_seconds: float, team: Team | None = None
) -> Reply:
    """Return the answer that ends the waiting; *team* is the one that the person chose."""
    path = f"{_POLL}/{session.login_id}" + (f"?team_id={quote(team.id, safe='')}" if team else "")

    def ask() -> Reply:
        return proxy.reply("GET", path, headers={_SECRET_HEADER: session.secret}, seconds=REQUEST_SECONDS)

    for reply in patience.replies(ask, lambda: poll_seconds, at_once=team is not None):
        _require_accepted(reply, team)
        if reply.field("status") == "ready":
            return reply
        if reply.field("status") != "pending":
            raise not_understood(_POLL)
    raise AssertionError  # the replies end with an error


def _require_accepted(reply: Reply, team: Team | None) -> None:
    if reply.status == 400:
        raise AuthError(
            "the login has expired, or was used already",
            hint=f"{AGAIN}; if that happens at once, the proxy's replicas share no cache: tell its operator",
        )
    if reply.status == 403 and team is not None:
        raise AuthError(f"the proxy gives you no key of team `{team.name}`", hint="choose another team")
    if reply.status == 403:
        raise AuthError("the proxy does not accept the secret of the login (HTTP 403)", hint=AGAIN)
    if not 200 <= reply.status < 300:
        raise AuthError(f"the proxy ended the login (HTTP {reply.status})", hint=AGAIN)


def _credential(
    root: str, answer: Reply, chosen: Team | None, wanted: str | None, now: float, lifetime_hours: float
) -> StoredCredential:
    key = answer.field("key")
    if not isinstance(key, str) or not is_bearer(key):
        raise not_understood(_POLL)
    team_id = identifier(answer.field("team_id"))
    if chosen is not None and team_id is None and answer.field("team_id") is None:
        team_id = chosen.id  # asked for by its id; the answer need not repeat it
    _require_team(answer, team_id, chosen.id if chosen else wanted)
    lifetime = number(answer.field("expires_in")) or lifetime_hours * 3600
    return StoredCredential(
        LOGIN,
        root,
        key,
        expires_at=now + lifetime,
        user_id=identifier(answer.field("user_id")),
        team_id=team_id,
    )


def _require_team(answer: Reply, team_id: str | None, wanted: str | None) -> None:
    """Raise unless the key is of the team *wanted*: to a user of one team the proxy gives its key unasked."""
    if wanted in (None, team_id):
        return
    names = [team.name for team in teams_of(answer) if team.id == team_id]
    if any(is_named(name, wanted or "") for name in names):
        return
    given = f"team `{(names or [team_id])[0]}`" if team_id else "no team"
    raise AuthError(
        f"the proxy gave a key of {given}, not of `{shown(wanted or '')}`",
        hint="log in without `--team`, or ask the operator of the proxy to add you to that team",
    )
