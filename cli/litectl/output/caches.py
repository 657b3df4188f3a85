"""The columns of the cached lists; their names are the fields of their JSON."""

from typing import TYPE_CHECKING

from litectl.output.columns import Column
from litectl.output.times import timestamp

if TYPE_CHECKING:
    from litectl.listfile import CachedList


def cache_columns(current: str | None = None, now: float = 0.0) -> list[Column]:
    """Return the columns of a `CachedList`; *current* is the one in use, *now* in seconds since 1970."""

    def age(entry: "CachedList") -> int | None:
        return None if entry.fetched_at is None else round(now - entry.fetched_at)

    return [
        Column(
            "current",
            "",
            lambda entry: entry.fingerprint == current,
            for_people=lambda flag: "*" if flag else " ",
        ),
        Column("base_url", "Base URL", lambda entry: entry.root),
        Column("source", "Source", lambda entry: entry.source),
        Column("fetched_at", "Fetched", lambda entry: timestamp(entry.fetched_at), gives_way=True),
        Column("age_seconds", "Age", age, for_people=_duration, is_number=True),
        Column("stale", "Stale", lambda entry: entry.is_stale(now)),
        Column("models", "Models", lambda entry: entry.models, is_number=True),
        Column("bytes", "Bytes", lambda entry: entry.size, is_number=True, gives_way=True),
        Column("tools", "Tools", lambda entry: entry.tools, is_number=True),
        Column("kind", "Kind", lambda entry: entry.kind),
        Column("fingerprint", "Fingerprint", lambda entry: entry.fingerprint),
    ]


def _duration(seconds: int) -> str:
    """Return *seconds* as hours and minutes."""
    sign, minutes = "-" if seconds < 0 else "", abs(seconds) // 60
    return f"{sign}{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{sign}{minutes} min"
