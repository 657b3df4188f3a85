"""What a check finds, and how it ends with that."""

import time
from collections.abc import Callable
from typing import NamedTuple

from litectl.errors import LitectlError
from litectl.smoke.check import Check, Result, failed, passed, skipped, warned


class Absent(NamedTuple):
    """There is nothing to look at, and *why*."""

    why: str


# What was seen, in one line; what is doubtful, as an error; or that there is nothing.
Finding = str | LitectlError | Absent


def ended(check: Check, look: Callable[[], Finding]) -> Result:
    """Return how *check* ends with what *look* finds; what that raises fails it."""
    started = time.monotonic()
    try:
        finding = look()
    except LitectlError as error:
        return failed(check, error, time.monotonic() - started)
    seconds = time.monotonic() - started
    if isinstance(finding, LitectlError):
        return warned(check, finding, seconds)
    if isinstance(finding, Absent):
        return skipped(check, finding.why)
    return passed(check, finding, seconds)
