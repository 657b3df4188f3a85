"""Findings of what is sent: is it accepted, when does it end, and what is left of its budget."""

from collections.abc import Callable, Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from litectl.credentials.account import Account, fetch_account
from litectl.credentials.chain import NONE, Credential
from litectl.credentials.check import check_credential
from litectl.credentials.offer import fetch_offer
from litectl.credentials.stored import GCLOUD, HELPER
from litectl.credentials.tokens import jwt_expiry
from litectl.doctor.credential import MEND_SOURCE, QUOTED, is_quoted, unquoting
from litectl.doctor.finding import Finding, failure, judged, of_error, ok, skipped, warning
from litectl.errors import AuthError, BudgetError, ExitCode, LitectlError
from litectl.exchange.pricing import dollars_text
from litectl.text.durations import duration_text
from litectl.wire.proxy import Proxy

NAMES = ("token", "key", "sso", "expiry", "budget")
_ENDED = "expired_key"  # the proxy's word
_REFUSED = "the proxy refused the credential: "
_SOON = 3 * 24 * 3600.0  # seconds
_LITTLE = 0.1  # of a budget
_BUDGET_REMEDY = "ask the operator of the proxy to raise the budget"


class RenewalDue(AuthError):
    """The login has ended, and the next command renews it; to look at it changes nothing."""

    hint = "`litectl whoami` renews it"


class Asker(NamedTuple):
    """
    Who asks: the *credential*, and how a token is made of it, of which there may be *warnings*.

    When one cannot be made another credential may take its place.
    *connect* gives the proxy asked as the caller, *connect_as_nobody* without any credential. *remember* is
    told whose credential it is.
    """

    credential: Callable[[], Credential]
    bearer: Callable[[], str | None]
    warnings: Sequence[str]
    connect: Callable[[], Proxy]
    connect_as_nobody: Callable[[], Proxy]
    remember: Callable[[Account], None]


def examine_acceptance(asker: Asker, *, seconds: float, now: float) -> Iterator[Finding]:
    """Give the findings of `NAMES`; raises what making the token does."""
    known = len(asker.warnings)
    try:
        token = asker.bearer()
    except RenewalDue as due:
        yield skipped("token", due.message)._replace(remedy=due.hint)
        return
    credential = asker.credential()
    yield _token(credential, token, asker.warnings[known:])
    with asker.connect() as proxy:
        key, over_budget = _key(proxy, credential, seconds)
        yield key
        if key.is_obstacle:
            yield _sso(asker, seconds)
            return
        yield ok("sso", "not needed: the proxy accepts what is sent")
        stored = credential.stored
        account = fetch_account(proxy, team_id=stored.team_id if stored else None, seconds=seconds)
    asker.remember(account)
    yield _expiry(credential, token, account, now)
    yield _budget(account, over_budget)


def _token(credential: Credential, token: str | None, warnings: Sequence[str]) -> Finding:
    if token is None:
        return ok("token", "none is sent")
    made = {HELPER: "the helper printed a key", GCLOUD: "Google gave a token"}
    fact = made.get(credential.kind, "there is one to send")
    return judged("token", [fact], warnings, MEND_SOURCE if warnings else None)


def _key(proxy: Proxy, credential: Credential, seconds: float) -> tuple[Finding, BudgetError | None]:
    try:
        over_budget = check_credential(proxy, seconds=seconds)
    except LitectlError as error:
        return _refused(error, credential), None
    if credential.kind == NONE:
        return ok("key", "the proxy asks for none"), over_budget
    return ok("key", f"accepted, from {credential.source}"), over_budget


def _refused(error: LitectlError, credential: Credential) -> Finding:
    """Return the failure of the key that *error* is, with its cause where that is known."""
    found = of_error("key", error)
    if error.details.get("type") == _ENDED:
        shown = error.message.removeprefix(_REFUSED)
        return found._replace(
            detail=f"the key from {credential.source} has ended: {shown}", remedy=_new_one(credential)
        )
    if isinstance(error, AuthError) and is_quoted(credential):
        return found._replace(detail=f"{error.message}; the key has {QUOTED}", remedy=unquoting(credential))
    return found


def _new_one(credential: Credential) -> str:
    """Return how to come to a key in place of one that ends."""
    if credential.stored is None and credential.kind != NONE:
        return f"ask the operator for a new key, and put it where the old one is: {credential.source}"
    profile = f" --profile {quote(credential.profile)}" if credential.profile else ""
    return f"get a new one: `litectl login{profile}`, or ask the operator"


def _sso(asker: Asker, seconds: float) -> Finding:
    """Return whether a person could log in with a browser instead."""
    name = "sso"
    try:
        with asker.connect_as_nobody() as proxy:
            offer = fetch_offer(proxy, seconds=seconds)
    except LitectlError as error:
        return of_error(name, error)
    if offer.sso and offer.database is not False:
        return ok(name, "single sign-on is offered: `litectl login`")
    if offer.sso is False or offer.database is False:
        return ok(name, "single sign-on is not offered: log in with a key")
    return ok(name, "the proxy does not tell whether it offers single sign-on")


def _expiry(credential: Credential, token: str | None, account: Account, now: float) -> Finding:
    name, stored = "expiry", credential.stored
    ends_at = (stored and stored.expires_at) or account.expires_at or (jwt_expiry(token) if token else None)
    if ends_at is None:
        return ok(name, "no end is known" if token else "nothing is sent that could end")
    detail = f"ends {_moment(ends_at)}"
    if (stored and stored.is_renewable) or credential.kind in (HELPER, GCLOUD):
        return ok(name, f"{detail}, and is renewed by itself")
    if ends_at - now < _SOON:
        return warning(name, f"{detail}, {_left(ends_at - now)}", _new_one(credential))
    return ok(name, f"{detail}, {_left(ends_at - now)}")


def _moment(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _left(seconds: float) -> str:
    if seconds <= 0:
        return "which is past"
    return f"in {duration_text(seconds)}"


def _budget(account: Account, over_budget: BudgetError | None) -> Finding:
    """Return what is left of the budgets of the key and of its user, in US dollars."""
    name = "budget"
    if over_budget is not None:
        return of_error(name, over_budget)
    limits = (
        ("key", account.spend, account.max_budget),
        ("user", account.user_spend, account.user_max_budget),
    )
    facts, status = [], ok(name, "")
    for whose, spend, limit in limits:
        if limit is None:
            continue
        left = limit - (spend or 0.0)
        facts.append(f"{whose}: {dollars_text(max(left, 0.0))} left of {dollars_text(limit)}")
        if left <= 0:
            status = failure(name, "", _BUDGET_REMEDY, ExitCode.BUDGET)
        elif left < _LITTLE * limit and not status.is_obstacle:
            status = warning(name, "", _BUDGET_REMEDY)
    if not facts:
        spent = "" if account.spend is None else f"; {dollars_text(account.spend)} spent"
        return ok(name, f"no limit is known{spent}")
    if account.budget_reset_at is not None:
        facts.append(f"reset {_moment(account.budget_reset_at)}")
    return status._replace(detail="; ".join(facts))
