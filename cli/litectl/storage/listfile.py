"""
The file of a cached list: lines of JSON, a head first that says which list it is and how long.

What the other lines hold is the matter of the list.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from litectl.errors import ConfigError
from litectl.text import jsontext
from litectl.text.jsontext import decode

SUFFIX = ".json"
FRESH_SECONDS = 24 * 3600.0
# Thousands of lines are written at a time; what came from JSON leads in no circle.
_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class DamagedCache(Exception):
    """The cache file exists and cannot be used; fetching the list again mends it."""


class CachedList(NamedTuple):
    """
    A list in the cache: its *size* in bytes, and whose it is; None for what a damaged file does not tell.

    *fetched_at* is in seconds since 1970, *kind* what it lists, `models` or `tools`, and *length* how many.
    """

    kind: str
    fingerprint: str
    size: int | None = None
    root: str | None = None
    source: str | None = None
    fetched_at: float | None = None
    length: int | None = None

    def is_stale(self, now: float) -> bool | None:
        """Tell whether it is older than a day at *now*, None where nobody knows when it was fetched."""
        return None if self.fetched_at is None else is_stale(self.fetched_at, now)


def is_stale(fetched_at: float, now: float) -> bool:
    """Tell whether a list fetched at *fetched_at* is older than 24 hours, or from the future."""
    return not 0 <= now - fetched_at < FRESH_SECONDS


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO | None]:
    """Open *path*, None when there is no such file; what goes wrong meanwhile is a damaged cache."""
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    except OSError as error:
        raise DamagedCache from error
    try:
        with file:
            yield file
    except (OSError, ValueError) as error:
        raise DamagedCache from error


def head_of(file: BinaryIO, version: int) -> Mapping[str, object]:
    """Return the first line of a cached list, checked; raises `ValueError`, also for a file that was cut."""
    text = file.readline()
    head = decode(text)
    if not isinstance(head, dict) or head.get("version") != version:
        raise ValueError("not a list of this version")
    if head.get("bytes") != os.fstat(file.fileno()).st_size - len(text):
        raise ValueError("not the whole list")
    return head


def json_line(value: object) -> bytes:
    """Return *value* as one line of JSON."""
    return _ENCODER.encode(value).encode() + b"\n"


def moment(head: Mapping[str, object]) -> float | None:
    """Return when the list was fetched, None for what is no date."""
    return jsontext.moment(head.get("fetched_at"))


def cached_lists(directory: Path, kind: str, version: int) -> list[CachedList]:
    """
    Return every list in *directory*, the newest first; raises `ConfigError` when it cannot be read.

    They are all of this *kind*, and those of another *version* count as damaged.
    """
    try:
        paths = [path for path in directory.iterdir() if path.suffix == SUFFIX]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError(
            f"cannot read `{directory}`: {error.strerror}", hint="check the permissions of the directory"
        ) from error
    found = [_cached_list(path, kind, version) for path in sorted(paths) if not path.name.startswith(".")]
    return newest_first(found)


def newest_first(lists: list[CachedList]) -> list[CachedList]:
    """Return *lists* by their age; damaged ones are the last."""
    return sorted(lists, key=lambda entry: -(entry.fetched_at or 0.0))


def _cached_list(path: Path, kind: str, version: int) -> CachedList:
    """Return what the file *path* says of itself; nothing but its name when it is damaged."""
    try:
        with reading(path) as file:
            head = head_of(file, version) if file else {}
            size = os.fstat(file.fileno()).st_size if file else None
    except DamagedCache:
        return CachedList(kind, path.stem)
    root, source = (
        value if isinstance(value := head.get(name), str) else None for name in ("root", "source")
    )
    length = value if isinstance(value := head.get(kind), int) else None
    return CachedList(kind, path.stem, size, root, source, moment(head), length)
