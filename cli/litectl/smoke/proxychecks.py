"""Checks of the proxy itself: does it answer, is it ready, may we ask it?"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from litectl.credentials.account import fetch_account
from litectl.credentials.check import check_credential
from litectl.errors import AuthError, ConfigError, LitectlError, NetworkError, UpstreamError
from litectl.failures.wording import readable
from litectl.smoke.finding import Absent, Finding
from litectl.text.counting import counted
from litectl.text.jsontext import object_of, text_in
from litectl.wire.health import LIVELINESS, READINESS, is_ready
from litectl.wire.proxy import Proxy

if TYPE_CHECKING:
    from litectl.wire.certificate import Certificate

_BODY_LIMIT = 2**20  # bytes
_POLL_SECONDS = 3.0
_PAUSE_SECONDS = 0.5


def reachable(proxy: Proxy, *, seconds: float) -> Finding:
    """Find out whether *proxy* answers at all, be it with a refusal, as of a gateway that hides the route."""
    try:
        proxy.get_bytes(LIVELINESS, limit=_BODY_LIMIT, seconds=seconds)
    except LitectlError as error:
        if not _is_refusal(error):
            raise _without_key(error) from error
        return f"{proxy.root} answers, with HTTP {error.details['status']} to {LIVELINESS}"
    return f"{proxy.root} answers"


def readiness(proxy: Proxy, *, seconds: float) -> Finding:
    """Find out whether *proxy* says that it is ready; raises `UpstreamError` when it says that it is not."""
    try:
        fields = object_of(proxy.get_json(READINESS, seconds=seconds, limit=_BODY_LIMIT).document)
    except LitectlError as error:
        if not _is_refusal(error):
            raise _without_key(error) from error
        return Absent(f"the proxy does not tell: HTTP {error.details['status']} to {READINESS}")
    state, database = readable(text_in(fields, "status")), readable(text_in(fields, "db"))
    if not is_ready(state):
        told = f"calls itself {state}" if state else "does not say that it is ready"
        raise UpstreamError(f"the proxy {told}", hint="see the log of the proxy, or tell its operator")
    return f"{state}, database: {database.lower()}" if database else state


def certificate(found: "Certificate | None", now: float) -> Finding:
    """Judge the certificate that was *found* at *now*, seconds since 1970; it has been verified."""
    from litectl.wire.certificate import FEW_DAYS

    if found is None:
        return Absent("the certificate cannot be seen behind an HTTP proxy")
    day = datetime.fromtimestamp(found.ends_at, UTC).date().isoformat()
    days = found.days_left(now)
    if days < FEW_DAYS:
        left = f"in {counted(days, 'day')}" if days > 0 else "within a day"
        return NetworkError(f"the certificate ends {left}, on {day}", hint="have it renewed")
    whose = f"{readable(found.subject)}, signed by {readable(found.issuer)}"
    return f"{readable(found.protocol)}, {whose}, until {day}"


def credential(proxy: Proxy, source: str | None, *, seconds: float, is_to_pay: bool = False) -> Finding:
    """
    Find out whether *proxy* accepts the credential from *source*, None for none.

    A budget that is used up is a doubt; raises its `BudgetError` where the credential *is_to_pay*.
    """
    if budget := check_credential(proxy, seconds=seconds):
        moment = _reset_of_key(proxy, seconds)
        budget.hint = f"wait for its reset on {moment}, or {budget.hint}" if moment else budget.hint
        if is_to_pay:
            raise budget
        return budget
    return "accepted without a credential" if source is None else f"accepted, from {readable(source)}"


def _reset_of_key(proxy: Proxy, seconds: float) -> str | None:
    """Return when the budget of the key is reset; None for no time, and where another budget is used up."""
    account = fetch_account(proxy, seconds=seconds)
    spend, most = account.spend, account.max_budget
    is_used_up = spend is not None and most is not None and spend >= most
    if account.budget_reset_at is None or not is_used_up:
        return None
    return datetime.fromtimestamp(account.budget_reset_at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def wait_until_ready(
    connect: Callable[[], Proxy],
    seconds: float,
    pause: Callable[[float], None] = time.sleep,
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> bool:
    """
    Ask again and again whether the proxy is ready, until *seconds* are over; return whether it says so.

    *waiting* is around what comes after the first answer that is none. Raises `ConfigError` where waiting is
    no use.
    """
    deadline = time.monotonic() + seconds
    with ExitStack() as stack:
        proxy = stack.enter_context(connect())
        if _is_ready(proxy, min(_POLL_SECONDS, seconds)):
            return True
        stack.enter_context(waiting())
        while (left := deadline - time.monotonic()) > 0:
            pause(min(_PAUSE_SECONDS, left))
            left = deadline - time.monotonic()
            if left > 0 and _is_ready(proxy, min(_POLL_SECONDS, left)):
                return True
    return False


def _is_ready(proxy: Proxy, seconds: float) -> bool:
    try:
        return isinstance(readiness(proxy, seconds=seconds), str)
    except ConfigError:  # such as a redirect: what the checks say of it helps more than waiting
        raise
    except LitectlError:
        return False


def _without_key(error: LitectlError) -> LitectlError:
    """Return *error* as it is meant by a route that wants no key: a failure asks for none."""
    status = error.details.get("status")
    if not isinstance(error, AuthError) or not isinstance(status, int):
        return error
    return UpstreamError(f"the proxy or its backend failed ({status})", details=error.details)


def _is_refusal(error: LitectlError) -> bool:
    """Tell whether *error* is an answer that only says no."""
    status = error.details.get("status")
    return isinstance(status, int) and 400 <= status < 500
