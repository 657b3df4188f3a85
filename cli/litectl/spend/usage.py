"""
What was used and spent, by model, key, day or provider: rows of the proxy's daily counts. Pure.

Days may be told in several pieces, as they are split over pages; what one of them does not tell is None.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from litectl.errors import IncompleteError
from litectl.exchange.pricing import rounded
from litectl.text.jsontext import number, object_of, objects_of, text_of

MODEL, KEY, DAY, PROVIDER = WAYS = ("model", "key", "day", "provider")
# Where the breakdown of a day has them; older proxies know no groups of models.
_BREAKDOWNS = {MODEL: ("model_groups", "models"), KEY: ("api_keys",), PROVIDER: ("providers",)}


class Usage(NamedTuple):
    """Requests and tokens, and the US dollars that they cost; None for what is not known."""

    spend: float | None = None
    requests: int | None = None
    failed_requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None


class Row(NamedTuple):
    """The usage of one *name*: a model, a day, a provider, or the hash of a key, with what is known of it."""

    name: str | None
    usage: Usage
    alias: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    exists: bool | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it is known to have cost and used nothing, as where every request was refused."""
        return self.usage.spend == 0 and not any((self.usage.input_tokens, self.usage.output_tokens))


Days = Sequence[Mapping[str, object]]
_FIELDS = ("spend", "api_requests", "failed_requests", "prompt_tokens", "completion_tokens")
_CACHE_FIELDS = ("cache_read_input_tokens", "cache_creation_input_tokens")


def days_of(document: object) -> Days:
    """Return the days that the answer *document* tells of; raises `IncompleteError`."""
    results = object_of(document).get("results")
    if not isinstance(results, list):
        raise IncompleteError("the answer about the spend has no list called `results`")
    return objects_of(results)


def rows_of(days: Days, by: str) -> list[Row]:
    """Return the rows of *days*, those that cost most first; days in their order."""
    parts: dict[str, list[Mapping[str, object]]] = {}
    for day in days:
        for name, entry in _entries(day, by):
            parts.setdefault(name, []).append(entry)
    rows = [_row(name, entries) for name, entries in parts.items()]
    if by == DAY:
        return sorted(rows, key=lambda row: row.name or "")
    return sorted(rows, key=lambda row: (-(row.usage.spend or 0), -(row.usage.requests or 0), row.name or ""))


def total_of(days: Days) -> Usage:
    """Return the usage of all *days* together; of none it is 0."""
    return _sum(map(_usage, days)) if days else Usage(0.0, *[0] * (len(Usage._fields) - 1))


def spend_by_day(days: Days, token: str | None = None) -> dict[str, float]:
    """Return what was spent on each of *days*, or only by the key with the hash *token*; what is known."""
    spent: dict[str, list[float]] = {}
    for day in days:
        keys = object_of(object_of(day.get("breakdown")).get("api_keys"))
        dollars = _usage(day if token is None else object_of(keys.get(token))).spend
        if (date := text_of(day.get("date"))) and dollars is not None:
            spent.setdefault(date, []).append(dollars)
    return {date: math.fsum(parts) for date, parts in spent.items()}


def _entries(day: Mapping[str, object], by: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    if by == DAY:
        date = text_of(day.get("date"))
        return [(date, day)] if date else []
    breakdown = object_of(day.get("breakdown"))
    named = next((found for name in _BREAKDOWNS[by] if (found := object_of(breakdown.get(name)))), {})
    return [(name, object_of(entry)) for name, entry in named.items()]


def _row(name: str, entries: Sequence[Mapping[str, object]]) -> Row:
    about = object_of(entries[0].get("metadata"))
    exists = about.get("key_exists")
    return Row(
        name or None,
        _sum(map(_usage, entries)),
        text_of(about.get("key_alias")),
        text_of(about.get("user_id")),
        text_of(about.get("team_id")),
        exists if isinstance(exists, bool) else None,
    )


def _usage(entry: Mapping[str, object]) -> Usage:
    metrics = object_of(entry.get("metrics"))
    spend, *counts = (number(metrics.get(field)) for field in (*_FIELDS, *_CACHE_FIELDS))
    return Usage(spend, *(None if count is None else int(count) for count in counts))


def _sum(parts: Iterable[Usage]) -> Usage:
    """Return the sum, without the noise of floats; a field that one of *parts* does not tell is unknown."""
    spend, *counts = (_added(column) for column in zip(*parts, strict=True))
    dollars = None if spend is None else rounded(spend)
    return Usage(dollars, *(None if count is None else int(count) for count in counts))


def _added(column: Sequence[float | None]) -> float | None:
    known = [value for value in column if value is not None]
    return math.fsum(known) if len(known) == len(column) else None
