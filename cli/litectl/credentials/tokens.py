"""
Tokens that end: when they do, and what counts as a usable one.

A token is due five minutes before its end, so that a request that is still
running does not lose it. Times are seconds since 1970. Pure.
"""

from typing import NamedTuple

from litectl.text.jsontext import LATEST, decode, moment

EARLY_SECONDS = 300.0
_JWT_PARTS = 3
_EARLIEST = -62_135_596_800.0  # the year 1
_LONGEST = 32_768  # characters; no header takes more


class Token(NamedTuple):
    """A bearer token, and when it ends, None for never or not known."""

    secret: str
    expires_at: float | None = None

    def __repr__(self) -> str:
        """Leave the secret out, so that it is not printed by accident."""
        return f"Token(expires_at={self.expires_at!r})"


def is_due(expires_at: float | None, now: float) -> bool:
    """Tell whether a token that ends at *expires_at* should be renewed at *now*."""
    return expires_at is not None and now >= expires_at - EARLY_SECONDS


def is_over(expires_at: float | None, now: float) -> bool:
    """Tell whether a token that ends at *expires_at* has ended at *now*."""
    return expires_at is not None and now >= expires_at


def is_bearer(value: object) -> bool:
    """Tell whether *value* can be sent as a bearer token: one word of printable ASCII (RFC 6750, 2.1)."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def jwt_expiry(token: str) -> float | None:
    """Return the `exp` of a JSON Web Token (RFC 7519, 4.1.4), None for any other text."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    import base64

    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError:
        return None
    return moment(claims.get("exp")) if isinstance(claims, dict) else None


def time_of(value: object) -> float | None:
    """Return the ISO 8601 time *value* as the proxy writes it, None for anything else; UTC without a zone."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return min(max(seconds, _EARLIEST), LATEST - 1)  # where its zone leads out of the calendar
