"""The columns of the cached model lists; their names are the fields of their JSON."""

from litectl.catalog.catalog import CachedList, is_stale
from litectl.output.columns import Column
from litectl.output.times import timestamp


def cache_columns(current: str | None = None, now: float = 0.0) -> list[Column]:
    """Return the columns of a `CachedList`; *current* is the one in use, *now* in seconds since 1970."""

    def age(entry: CachedList) -> int | None:
        return None if entry.fetched_at is None else round(now - entry.fetched_at)

    def stale(entry: CachedList) -> bool | None:
        return None if entry.fetched_at is None else is_stale(entry.fetched_at, now)

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
        Column("stale", "Stale", stale),
        Column("models", "Models", lambda entry: entry.models, is_number=True),
        Column("bytes", "Bytes", lambda entry: entry.size, is_number=True, gives_way=True),
        Column("fingerprint", "Fingerprint", lambda entry: entry.fingerprint),
    ]


def _duration(seconds: int) -> str:
    """Return *seconds* as hours and minutes."""
    sign, minutes = "-" if seconds < 0 else "", abs(seconds) // 60
    return f"{sign}{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{sign}{minutes} min"
