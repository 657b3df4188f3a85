"""
Trying again: after which failure, and after how long.

Only what failed before the first byte of an answer is tried again, and never what waiting does
not mend: a budget, a quota, a credential, a prompt that is too long. Pure but for the calls it is given.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from litectl.errors import ConnectionLostError, LitectlError, RateLimitError, UnreachableError, UpstreamError

Result = TypeVar("Result")

DEFAULT_MAX_WAIT = 30.0  # seconds
_FIRST_WAIT = 1.0  # seconds; it doubles with each further try
_RECONNECT_WAIT = 0.2  # seconds; a proxy that restarts is back soon, and one that is gone is not worth more
_MENDED_BY_WAITING = (408, 500, 502, 503, 504, 529)


class Patience(NamedTuple):
    """How often a question is tried again, and how long one wait may be, in seconds."""

    retries: int = 0
    max_wait: float = DEFAULT_MAX_WAIT


class Wait(NamedTuple):
    """Try number *attempt* comes after *seconds*, because of *error*."""

    attempt: int
    seconds: float
    error: LitectlError


def persist(attempt: Callable[[], Result], patience: Patience, pause: Callable[[Wait], None]) -> Result:
    """
    Return what *attempt* gives, which is called again as *patience* allows; *pause* waits and says so.

    A connection that could not be made is tried once more in any case, since nothing was asked yet.
    Raises the last error.
    """
    number = 1
    while True:
        try:
            return attempt()
        except LitectlError as error:
            seconds = wait_before(number + 1, error, patience)
            if seconds is None:
                raise
            number += 1
            pause(Wait(number, seconds, error))


def wait_before(number: int, error: LitectlError, patience: Patience) -> float | None:
    """Return the seconds to wait before try *number* after *error*; None when it is the end."""
    if isinstance(error, UnreachableError):
        return _RECONNECT_WAIT if number <= max(patience.retries, 1) + 1 else None
    if number > patience.retries + 1 or error.details.get("began") or not _is_mended_by_waiting(error):
        return None
    told = _told(error)
    if told is not None:
        return told if told <= patience.max_wait else None
    return min(_FIRST_WAIT * float(2 ** (number - 2)), patience.max_wait)


def longer_wait(error: LitectlError, patience: Patience) -> float | None:
    """Return the seconds to wait that ended the trying, None when it was not for them."""
    told = _told(error)
    return told if patience.retries and told is not None and told > patience.max_wait else None


def _told(error: LitectlError) -> float | None:
    """Return the seconds that the server asks to wait, None when it says nothing."""
    told = error.details.get("retry_after")
    if not isinstance(told, float | int) or error.details.get("retry_after_source") == "default":
        return None
    return float(told)


def _is_mended_by_waiting(error: LitectlError) -> bool:
    if isinstance(error, UpstreamError):
        return error.details.get("status") in _MENDED_BY_WAITING
    return isinstance(error, RateLimitError | ConnectionLostError)
