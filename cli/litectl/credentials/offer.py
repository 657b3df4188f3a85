"""What ways to log in a proxy offers, asked before a person waits ten minutes for nothing."""

import time
from collections.abc import Callable
from typing import NamedTuple

from litectl.errors import LoginUnavailableError, NetworkError
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy

_UI_CONFIG = "/.well-known/litellm-ui-config"
_READINESS = "/health/readiness"
_HINT = "log in with an API key: `litectl login --api-key-file PATH`"
# The proxy's words; there are more, such as `disconnected`, for a database that is only away.
_DATABASE_WORDS = {"connected": True, "not connected": False}


class Offer(NamedTuple):
    """Whether single sign-on is configured and a database there; None when the proxy does not tell."""

    sso: bool | None
    database: bool | None


def fetch_offer(proxy: Proxy, *, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> Offer:
    """
    Return what *proxy* says about itself, without a credential, within *seconds* in all.

    Raises `NetworkError` when nobody answers; a route that is missing or
    answers something odd tells nothing. The status does not count: a proxy whose
    database is down answers 503 with the same words.
    """
    deadline = clock() + seconds
    sso = proxy.reply("GET", _UI_CONFIG, seconds=seconds).field("sso_configured")
    remaining = deadline - clock()
    database = _database(proxy, remaining) if remaining > 0 else None
    return Offer(sso if isinstance(sso, bool) else None, database)


def require_sso(offer: Offer, root: str) -> None:
    """Raise `LoginUnavailableError` when the proxy at *root* said that a browser login cannot work."""
    if offer.sso is False:
        raise LoginUnavailableError(f"single sign-on is not configured on {root}", hint=_HINT)
    if offer.database is False:
        raise LoginUnavailableError(f"{root} has no database, which a browser login needs", hint=_HINT)


def _database(proxy: Proxy, seconds: float) -> bool | None:
    try:
        reply = proxy.reply("GET", _READINESS, seconds=seconds)
    except NetworkError:
        # It has just answered: a slow probe is no reason to refuse a login.
        return None
    return _known(reply)


def _known(reply: Reply) -> bool | None:
    word = reply.field("db")
    return _DATABASE_WORDS.get(word.lower()) if isinstance(word, str) else None
