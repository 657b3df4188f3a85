"""What the routes of keys and spend say when they refuse, in words that no other route has. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litectl.errors import LitectlError, NotAllowedError, NotFoundError, ProxyError
from litectl.failures.envelopes import read_envelope
from litectl.failures.wording import RAW_LIMIT

NO_DATABASE, ENTERPRISE, NO_USER, OTHERS = "no_database", "enterprise", "no_user", "others"


class _Refusal(NamedTuple):
    """
    A refusal that has one of these *words*: the class of its error, what it says and what to do.

    *reason* is a stable word for machines. It counts with one of *statuses* only, where there are any.
    """

    words: Sequence[str]
    kind: type[LitectlError]
    message: str
    hint: str
    reason: str | None = None
    statuses: Sequence[int] = ()

    def error(self, details: Mapping[str, object]) -> LitectlError:
        """Return the error that it is, with *details* of the answer."""
        reason = {"reason": self.reason} if self.reason else {}
        return self.kind(self.message, hint=self.hint, details={**details, **reason})


_WITHOUT_DATABASE = _Refusal(
    ("Database not connected", "DB not connected", "Not connected to DB"),
    ProxyError,
    "the proxy has no database, so it has no keys but its master key, and counts nothing",
    "its operator can give it one: DATABASE_URL",
    NO_DATABASE,
)
_REFUSALS = (  # the first that fits counts
    _WITHOUT_DATABASE,
    _Refusal(
        ("LiteLLM Enterprise", "premium user"),
        ProxyError,
        "the proxy does that with a licence of LiteLLM Enterprise only",
        "the proxy's whole answer is in the error of `--json`",
        ENTERPRISE,
    ),
    _Refusal(
        ("No 'user_id' is associated", "Service-account keys cannot"),
        NotAllowedError,
        "the proxy tells that to the keys of a user only, and this one is of nobody",
        "`litectl spend` shows what is left of its budget",
        NO_USER,
    ),
    _Refusal(
        (
            *("another user's keys", "only view their own", "does not belong to Team"),
            *("not allowed to access this key", "not authorized to delete this key"),
        ),
        NotAllowedError,
        "that is of somebody else, and only an admin of the proxy may see or change it",
        "see who you are with `litectl whoami`",
        OTHERS,
    ),
    _Refusal(
        ("Only proxy admin",),
        NotAllowedError,
        "this credential may not make or delete keys, nor see those of others",
        "use the key of an admin, or of a user with the role internal_user for keys of that user",
        statuses=(401, 403),
    ),
    _Refusal(
        ("Key not found", "No keys found"),
        NotFoundError,
        "the proxy has no such key",
        "see the keys with `litectl keys list`",
        statuses=(404,),
    ),
)


def refusal(status: int, body: bytes) -> LitectlError | None:
    """Return the error of an answer that only these routes give, None for every other one."""
    text = read_envelope(body).message
    for each in _REFUSALS:
        if any(words in text for words in each.words) and status in (each.statuses or (status,)):
            return each.error({"status": status, "proxy_message": text[:RAW_LIMIT]})
    return None


def without_database(details: Mapping[str, object]) -> LitectlError:
    """Return the error of a proxy without a database, with *details* of its answer."""
    return _WITHOUT_DATABASE.error(details)
