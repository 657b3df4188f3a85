"""The days that are asked about, as the proxy counts them: in UTC. Pure."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from litectl.errors import UsageError

DEFAULT = "30d"
_SPAN = re.compile(r"([1-9][0-9]{0,4})(d|w)")
_DAYS = {"d": 1, "w": 7}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Period(NamedTuple):
    """From the day *since* to the day *until*, both included."""

    since: date
    until: date


def day_of(now: float) -> date:
    """Return the day in UTC of *now*, in seconds since 1970."""
    return datetime.fromtimestamp(now, UTC).date()


def start_of(day: date) -> float:
    """Return when *day* begins in UTC, in seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def parse_period(since: str | None, until: str | None, today: date) -> Period:
    """
    Return the period that is typed: days up to *until*, as `7d` or `2w`, or a date; 30 days without any.

    Raises `UsageError`, also for a period that ends before it begins.
    """
    end = today if until is None else _date(until, "--until")
    typed = DEFAULT if since is None else since
    span = _SPAN.fullmatch(typed)
    try:
        begin = end - timedelta(days=int(span[1]) * _DAYS[span[2]] - 1) if span else _date(typed, "--since")
    except OverflowError:
        raise UsageError("`--since` is before the year 1", hint=f"`--since {DEFAULT}` is usual") from None
    if begin > end:
        raise UsageError(
            f"the period ends on {end}, before it begins on {begin}",
            hint="days are in UTC; give an earlier `--since`",
        )
    return Period(begin, end)


def _date(text: str, option: str) -> date:
    try:
        # Python reads also other forms, such as weeks, which nobody types.
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        days = ", or a number of days or weeks, as 7d or 2w" if option == "--since" else ""
        raise UsageError(f"`{option}` is a date{days}", hint=f"for example `{option} 2026-11-01`") from None
