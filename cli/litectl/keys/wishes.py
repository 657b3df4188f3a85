"""What a new key is to be, as it is typed, checked before it is sent. Pure."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.keys.key import check_alias, check_new

_DURATION = re.compile(r"([1-9][0-9]{0,8})(s|m|h|d|w|mo)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_678_400}
_LONGEST = 100 * 366 * 86_400  # seconds; the proxy reckons with dates, which end
_MOST_DOLLARS = 1e12
_MOST = 2**63 - 1  # the database has no larger number


class Wishes(NamedTuple):
    """The options of `keys create`, each as it was given."""

    alias: str | None = None
    models: Sequence[str] = ()
    max_budget: str | None = None
    budget_duration: str | None = None
    duration: str | None = None
    rpm: int | None = None
    tpm: int | None = None
    user: str | None = None
    team: str | None = None
    metadata: Sequence[str] = ()


def body_of(wishes: Wishes) -> dict[str, object]:
    """Return what `/key/generate` takes; raises `UsageError` for what it would refuse, or take for no end."""
    from litectl.exchange.spend import parse_metadata

    body: dict[str, object | None] = {
        "key_alias": check_alias(wishes.alias, "--alias"),
        "models": _models(wishes.models),
        "max_budget": None if wishes.max_budget is None else parse_dollars(wishes.max_budget, "--max-budget"),
        "budget_duration": _duration(wishes.budget_duration, "--budget-duration"),
        "duration": _duration(wishes.duration, "--duration"),
        "rpm_limit": _limit(wishes.rpm, "--rpm"),
        "tpm_limit": _limit(wishes.tpm, "--tpm"),
        "user_id": check_new(wishes.user, "--user"),
        "team_id": check_new(wishes.team, "--team"),
        "metadata": parse_metadata(wishes.metadata) or None,
    }
    return {name: value for name, value in body.items() if value is not None}


def parse_dollars(text: str, option: str) -> float:
    """Return the US dollars that *text* is; raises `UsageError` for no number, or one below 0."""
    try:
        dollars = float(text)
    except ValueError:
        dollars = math.nan
    if not 0 <= dollars <= _MOST_DOLLARS:
        raise UsageError(f"`{option}` is a number of US dollars", hint=f"for example `{option} 12.50`")
    return dollars


def _limit(number: int | None, option: str) -> int | None:
    if number is not None and not 0 < number <= _MOST:
        raise UsageError(f"`{option}` is a number from 1 on", hint=f"for example `{option} 60`")
    return number


def _duration(text: str | None, option: str) -> str | None:
    """Return the time *text*, such as `30d`; raises `UsageError` for what is none."""
    if text is None:
        return None
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) * _SECONDS[found[2]] > _LONGEST:
        raise UsageError(
            f"`{option}` is a time of up to 100 years: a number and one of s, m, h, d, w, mo",
            hint=f"for example `{option} 30d`; mo is a month",
        )
    return text


def _models(lists: Sequence[str]) -> list[str] | None:
    """Return the names in *lists*, each of them separated by commas; raises `UsageError` for an empty one."""
    names = [name.strip() for text in lists for name in text.split(",")]
    if not all(names):
        raise UsageError("a name in `--models` is empty", hint="for example `--models gpt-5.2,gpt-4o`")
    return names or None
