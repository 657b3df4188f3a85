"""What the routes of keys and spend say when they refuse, in words that no other route has. Pure."""

from collections.abc import Mapping

from litectl.errors import LitectlError, NotAllowedError, NotFoundError, ProxyError
from litectl.failures.envelopes import read_envelope

NO_DATABASE, ENTERPRISE, NO_USER, OTHERS = "no_database", "enterprise", "no_user", "others"
_WITHOUT_DATABASE = ("Database not connected", "DB not connected", "Not connected to DB")
_LICENSED = ("LiteLLM Enterprise", "premium user")
_OF_NOBODY = ("No 'user_id' is associated", "Service-account keys cannot")
_OF_OTHERS = (
    *("another user's keys", "only view their own", "does not belong to Team"),
    *("not allowed to access this key", "not authorized to delete this key"),
)
_UNKNOWN = ("Key not found", "No keys found")
_RAW_LIMIT = 4000  # characters kept in the JSON form


def refusal(status: int, body: bytes) -> LitectlError | None:
    """Return the error of an answer that only these routes give, None for every other one."""
    text = read_envelope(body).message
    details: dict[str, object] = {"status": status, "proxy_message": text[:_RAW_LIMIT]}
    if any(words in text for words in _WITHOUT_DATABASE):
        return without_database(details)
    if any(words in text for words in _LICENSED):
        return ProxyError(
            "the proxy does that with a licence of LiteLLM Enterprise only",
            hint="the proxy's whole answer is in the error of `--json`",
            details={**details, "reason": ENTERPRISE},
        )
    return _of_caller(status, text, details)


def without_database(details: Mapping[str, object]) -> ProxyError:
    """Return the error of a proxy without a database, with *details* of its answer."""
    return ProxyError(
        "the proxy has no database, so it has no keys but its master key, and counts nothing",
        hint="its operator can give it one: DATABASE_URL",
        details={**details, "reason": NO_DATABASE},
    )


def _of_caller(status: int, text: str, details: dict[str, object]) -> LitectlError | None:
    """Return the error of what this credential may not do, or may not see."""
    if any(words in text for words in _OF_NOBODY):
        return NotAllowedError(
            "the proxy tells that to the keys of a user only, and this one is of nobody",
            hint="`litectl spend` shows what is left of its budget",
            details={**details, "reason": NO_USER},
        )
    if any(words in text for words in _OF_OTHERS):
        return NotAllowedError(
            "that is of somebody else, and only an admin of the proxy may see or change it",
            hint="see who you are with `litectl whoami`",
            details={**details, "reason": OTHERS},
        )
    if status in (401, 403) and "Only proxy admin" in text:
        return NotAllowedError(
            "this credential may not make or delete keys, nor see those of others",
            hint="use the key of an admin, or of a user with the role internal_user for keys of that user",
            details=details,
        )
    if status == 404 and any(words in text for words in _UNKNOWN):
        return NotFoundError(
            "the proxy has no such key", hint="see the keys with `litectl keys list`", details=details
        )
    return None
