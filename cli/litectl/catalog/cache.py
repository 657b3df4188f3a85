"""
The 24-hour cache: one file per fingerprint, its lock, its marks, and its age.

What is in a file is the matter of `cachefile`.
"""

import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple

from litectl.catalog.cachefile import Entry, content_of, read_catalog, read_entries, read_entry, read_head
from litectl.catalog.catalog import CachedList, Catalog
from litectl.errors import ConfigError
from litectl.storage import locked, make_private_directory, write_private

_SUFFIX = ".json"
_ATTEMPT_SUFFIX = ".attempt"
_REFUSED_SUFFIX = ".refused"
_UNUSED_SECONDS = 30 * 24 * 3600.0
_TOUCH_SECONDS = 24 * 3600.0
_BACK_OFF_SECONDS = 300.0


class Failure(NamedTuple):
    """The last refresh failed, *seconds* ago, with *message*."""

    seconds: float
    message: str


class CatalogCache:
    """The cached catalog of one fingerprint in *directory*; *root* is the proxy that it is of."""

    def __init__(self, directory: Path, fingerprint: str, root: str) -> None:
        self.path = directory / f"{fingerprint}{_SUFFIX}"
        self._root = root

    def read(self) -> Catalog | None:
        """Return the cached catalog, without its deployments, or None; raises `DamagedCache`."""
        return read_catalog(self.path, self._root)

    def entry(self, name: str) -> Entry | None:
        """Return the model *name* with its deployments, or None; raises `DamagedCache`."""
        return read_entry(self.path, self._root, name)

    def entries(self) -> list[Entry]:
        """Return every model with its deployments; raises `DamagedCache`."""
        return read_entries(self.path, self._root)

    def write(self, catalog: Catalog) -> None:
        """
        Replace the cached catalog, and prune files that nobody used for 30 days.

        A catalog without models is not kept: the next command looks again.
        Raises `ConfigError` when nothing can be written.
        """
        if not catalog.models:
            return
        write_private(self.path, content_of(catalog, self._root))
        self._attempt_mark.unlink(missing_ok=True)
        self._refused.unlink(missing_ok=True)
        self._prune()

    def refused(self, name: str) -> list[str]:
        """Return the parameters that the model *name* refused since this list was fetched."""
        try:
            if not self._refused.exists():
                return []
        except OSError:  # it may not be looked at
            return []
        from litectl.catalog.refused import read_refused

        return read_refused(self._refused, name)

    def remember_refused(self, name: str, parameters: Sequence[str]) -> None:
        """Remember that the model *name* refused *parameters*; raises `ConfigError`."""
        from litectl.catalog.refused import remember_refused

        remember_refused(self._refused, name, parameters)

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

    def note_failure(self, message: str) -> None:
        """Remember that a refresh failed just now, so that the next ones wait and can say why."""
        with suppress(ConfigError):  # where nothing can be written, every command tries for itself
            write_private(self._attempt_mark, message.encode("utf-8", "replace"))

    def last_failure(self) -> Failure | None:
        """Return how the last refresh failed, None when it did not."""
        try:
            message = self._attempt_mark.read_bytes().decode("utf-8", "replace")
            seconds = time.time() - self._attempt_mark.stat().st_mtime
        except OSError:
            return None
        return Failure(max(seconds, 0.0), message) if message else None

    def clear(self) -> bool:
        """Remove the cached list; tell whether there was one. Raises `ConfigError`."""
        return remove(self.path.parent, self.path.stem)

    @property
    def _attempt_mark(self) -> Path:
        return self.path.with_suffix(_ATTEMPT_SUFFIX)

    @property
    def _refused(self) -> Path:
        return self.path.with_suffix(_REFUSED_SUFFIX)

    def _prune(self) -> None:
        oldest = time.time() - _UNUSED_SECONDS
        for path in self.path.parent.iterdir():
            # Lock files stay: another process may hold one, however old it is.
            with suppress(OSError):  # it vanished, or is no file: nothing to prune
                if path.suffix != ".lock" and path.stat().st_mtime < oldest:
                    path.unlink()


def cached_lists(directory: Path) -> list[CachedList]:
    """Return every list in *directory*, the newest first; raises `ConfigError` when it cannot be read."""
    try:
        paths = [path for path in directory.iterdir() if path.suffix == _SUFFIX]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError(
            f"cannot read `{directory}`: {error.strerror}", hint="check the permissions of the directory"
        ) from error
    found = [read_head(path) for path in sorted(paths) if not path.name.startswith(".")]
    return sorted(found, key=lambda entry: -(entry.fetched_at or 0.0))


def remove(directory: Path, fingerprint: str) -> bool:
    """Remove the list *fingerprint* from *directory*; tell whether there was one. Raises `ConfigError`."""
    path = directory / f"{fingerprint}{_SUFFIX}"
    try:
        for suffix in (_ATTEMPT_SUFFIX, _REFUSED_SUFFIX):
            path.with_suffix(suffix).unlink(missing_ok=True)
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ConfigError(
            f"cannot remove `{path}`: {error.strerror}", hint="check the permissions of the directory"
        ) from error
    return True
