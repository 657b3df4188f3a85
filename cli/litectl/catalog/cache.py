"""
The 24-hour cache: one file per fingerprint, read without any network.

Three lines of JSON: what the list is, its models as arrays in the order of
`Model`'s fields, and its deployments. A list of models is answered from the
first two; the third is read only when asked for.
"""

import json
import os
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from litectl.catalog.catalog import Catalog
from litectl.catalog.rows import ABILITIES, Model
from litectl.errors import ConfigError
from litectl.jsontext import decode, number
from litectl.storage import locked, make_private_directory, write_private

VERSION = 1
FRESH_SECONDS = 24 * 3600.0
_UNUSED_SECONDS = 30 * 24 * 3600.0
_TOUCH_SECONDS = 24 * 3600.0
_BACK_OFF_SECONDS = 300.0
_LATEST = 253_402_300_800.0  # the year 10000, which no date can be written for


class DamagedCache(Exception):
    """The cache file exists and cannot be used; fetching the list again mends it."""


class CatalogCache:
    """The cached catalog of one fingerprint in *directory*."""

    def __init__(self, directory: Path, fingerprint: str) -> None:
        self.path = directory / f"{fingerprint}.json"

    def read(self, *, with_deployments: bool = False) -> Catalog | None:
        """Return the cached catalog, or None when there is none; raises `DamagedCache`."""
        try:
            with self.path.open("rb") as file:
                head, models = decode(file.readline()), decode(file.readline())
                deployments = decode(file.readline()) if with_deployments else []
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise DamagedCache from error
        if not isinstance(head, dict) or head.get("version") != VERSION:
            raise DamagedCache
        return _checked(head, models, deployments)

    def write(self, catalog: Catalog) -> None:
        """
        Replace the cached catalog, and prune files that nobody used for 30 days.

        A catalog without models is not kept: the next command looks again.
        Raises `ConfigError` when nothing can be written.
        """
        if not catalog.models:
            return
        head = {"version": VERSION, "source": catalog.source, "fetched_at": catalog.fetched_at}
        parts = (head, catalog.models, catalog.deployments)
        lines = (json.dumps(part, separators=(",", ":")) + "\n" for part in parts)
        write_private(self.path, "".join(lines).encode())
        self._attempt_mark.unlink(missing_ok=True)
        self._prune()

    @property
    def is_writable(self) -> bool:
        """Whether a list could be cached at all; creates the directory when missing."""
        try:
            make_private_directory(self.path.parent)
        except ConfigError:
            return False
        return os.access(self.path.parent, os.W_OK)

    def touch(self) -> None:
        """Remember that the file is in use, at most once a day; a read-only cache stays as it is."""
        try:
            if time.time() - self.path.stat().st_mtime > _TOUCH_SECONDS:
                os.utime(self.path)
        except OSError:
            # Pruning early costs one more fetch; it is no reason to fail a read.
            return

    def refreshing(self, seconds: float) -> AbstractContextManager[None]:
        """Return the lock that one refresh at a time holds; it is waited for *seconds*."""
        return locked(self.path, seconds=seconds)

    def claim_attempt(self) -> bool:
        """
        Tell whether a background refresh may start now, and claim it if so.

        Not while an attempt of the last five minutes is running or has failed.
        """
        mark = self._attempt_mark
        try:
            if mark.exists() and 0 <= time.time() - mark.stat().st_mtime < _BACK_OFF_SECONDS:
                return False
            write_private(mark, b"")
        except (OSError, ConfigError):
            # Where nothing can be written a refresh could not be kept either.
            return False
        return True

    @property
    def _attempt_mark(self) -> Path:
        return self.path.with_suffix(".attempt")

    def _prune(self) -> None:
        oldest = time.time() - _UNUSED_SECONDS
        for path in self.path.parent.iterdir():
            # Lock files stay: another process may hold one, however old it is.
            with suppress(OSError):  # it vanished, or is no file: nothing to prune
                if path.suffix != ".lock" and path.stat().st_mtime < oldest:
                    path.unlink()


def is_stale(fetched_at: float, now: float) -> bool:
    """Tell whether a list fetched at *fetched_at* is older than 24 hours, or from the future."""
    return not 0 <= now - fetched_at < FRESH_SECONDS


def _checked(head: dict[str, object], models: object, deployments: object) -> Catalog:
    source, fetched_at = head.get("source"), number(head.get("fetched_at"))
    if (
        isinstance(source, str)
        and fetched_at is not None
        and fetched_at < _LATEST
        and isinstance(models, list)
        and isinstance(deployments, list)
    ):
        try:
            rows = [Model._make(row) for row in models]
            if all(len(row.abilities) == len(ABILITIES) for row in rows) and all(
                isinstance(row, dict) for row in deployments
            ):
                return Catalog(source, fetched_at, rows, deployments)
        except TypeError as error:
            raise DamagedCache from error
    raise DamagedCache
