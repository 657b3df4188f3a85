"""The columns of the cached lists; their names are the fields of their JSON."""

from typing import TYPE_CHECKING

from litectl.output.columns import Column
from litectl.output.times import timestamp
from litectl.text.durations import duration_text

if TYPE_CHECKING:
    from litectl.storage.listfile import CachedList

CACHE_COLUMNS = "current,base_url,source,fetched_at,age_seconds,stale,models,bytes,tools,kind"
CACHE_TABLE = "current,base_url,kind,age_seconds,stale,source,fetched_at,bytes"


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
        Column("age_seconds", "Age", age, for_people=duration_text, is_number=True),
        Column("stale", "Stale", lambda entry: entry.is_stale(now)),
        Column("models", "Models", lambda entry: _length(entry, "models"), is_number=True),
        Column("bytes", "Bytes", lambda entry: entry.size, is_number=True, gives_way=True),
        Column("tools", "Tools", lambda entry: _length(entry, "tools"), is_number=True),
        Column(
            "kind",
            "List",
            lambda entry: (entry.kind, entry.length),
            as_json=_kind,
            as_text=_kind,
            for_people=_counted,
        ),
        Column("fingerprint", "Fingerprint", lambda entry: entry.fingerprint),
        Column("skills", "Skills", lambda entry: _length(entry, "skills"), is_number=True),
    ]


def _length(entry: "CachedList", kind: str) -> int | None:
    return entry.length if entry.kind == kind else None


def _kind(content: tuple[str, int | None]) -> str:
    return content[0]


def _counted(content: tuple[str, int | None]) -> str:
    """Return the *content* of a list as in `5 models`."""
    kind, length = content
    return kind if length is None else f"{length:,} {kind.removesuffix('s') if length == 1 else kind}"
