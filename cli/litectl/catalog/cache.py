"""
The 24-hour cache: one file per fingerprint, read without any network.

Lines of JSON: what the list is, then its models as arrays in the order of
`Model`'s fields, then one line for each model with its name, itself and its deployments. A list
is answered from the first two, one model from its own line, and nothing else is parsed.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zlib import crc32

from litectl.catalog.catalog import CachedList, Catalog
from litectl.catalog.rows import ABILITIES, Deployment, Model, grouped
from litectl.errors import ConfigError
from litectl.jsontext import decode, number
from litectl.storage import locked, make_private_directory, write_private

VERSION = 2
_SUFFIX = ".json"
_ATTEMPT_SUFFIX = ".attempt"
_UNUSED_SECONDS = 30 * 24 * 3600.0
_TOUCH_SECONDS = 24 * 3600.0
_BACK_OFF_SECONDS = 300.0
_LATEST = 253_402_300_800.0  # the year 10000, which no date can be written for


class DamagedCache(Exception):
    """The cache file exists and cannot be used; fetching the list again mends it."""


class Failure(NamedTuple):
    """The last refresh failed, *seconds* ago, with *message*."""

    seconds: float
    message: str


class Entry(NamedTuple):
    """A model of the cache and the deployments behind it."""

    model: Model
    deployments: list[Deployment]


class CatalogCache:
    """The cached catalog of one fingerprint in *directory*; *root* is the proxy that it is of."""

    def __init__(self, directory: Path, fingerprint: str, root: str) -> None:
        self.path = directory / f"{fingerprint}{_SUFFIX}"
        self._root = root

    def read(self) -> Catalog | None:
        """Return the cached catalog, without its deployments, or None; raises `DamagedCache`."""
        with _reading(self.path) as file:
            if file is None:
                return None
            head, line = _head_of(file), file.readline()
            if head.get("root") != self._root or head.get("models_checksum") != crc32(line):
                raise DamagedCache
            return _checked(head, decode(line))

    def entry(self, name: str) -> Entry | None:
        """Return the model *name* with its deployments, or None; raises `DamagedCache`."""
        start = f"[{json.dumps(name)},".encode()
        line = next((line for line in self._entry_lines() if line.startswith(start)), None)
        return None if line is None else _entry(line)

    def entries(self) -> list[Entry]:
        """Return every model with its deployments; raises `DamagedCache`."""
        return list(map(_entry, self._entry_lines()))

    def _entry_lines(self) -> list[bytes]:
        with _reading(self.path) as file:
            if file is None:
                return []
            head = _head_of(file)
            file.readline()
            body = file.read()
        if head.get("root") != self._root or head.get("entries_checksum") != crc32(body):
            raise DamagedCache
        return body.splitlines(keepends=True)

    def write(self, catalog: Catalog) -> None:
        """
        Replace the cached catalog, and prune files that nobody used for 30 days.

        A catalog without models is not kept: the next command looks again.
        Raises `ConfigError` when nothing can be written.
        """
        if not catalog.models:
            return
        write_private(self.path, _content(catalog, self._root))
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
    found = [_cached_list(path) for path in sorted(paths) if not path.name.startswith(".")]
    return sorted(found, key=lambda entry: -(entry.fetched_at or 0.0))


def remove(directory: Path, fingerprint: str) -> bool:
    """Remove the list *fingerprint* from *directory*; tell whether there was one. Raises `ConfigError`."""
    path = directory / f"{fingerprint}{_SUFFIX}"
    try:
        path.with_suffix(_ATTEMPT_SUFFIX).unlink(missing_ok=True)
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ConfigError(
            f"cannot remove `{path}`: {error.strerror}", hint="check the permissions of the directory"
        ) from error
    return True


def _content(catalog: Catalog, root: str) -> bytes:
    """
    Return the file of *catalog*.

    Its first line has the size of the rest and the checksums of its two parts,
    so that a cut or a changed byte is seen before anything is believed.
    """
    groups = grouped(catalog.deployments)
    models = _line(catalog.models)
    entries = b"".join(_line([model.name, model, groups.get(model.name, [])]) for model in catalog.models)
    head = {
        "version": VERSION,
        "root": root,
        "source": catalog.source,
        "fetched_at": catalog.fetched_at,
        "models": len(catalog.models),
        "bytes": len(models) + len(entries),
        "models_checksum": crc32(models),
        "entries_checksum": crc32(entries),
    }
    return _line(head) + models + entries


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO | None]:
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


def _head_of(file: BinaryIO) -> Mapping[str, object]:
    """Return the first line of a cached list, checked; raises `ValueError`, also for a file that was cut."""
    line = file.readline()
    head = decode(line)
    if not isinstance(head, dict) or head.get("version") != VERSION:
        raise ValueError("not a list of this version")
    if head.get("bytes") != os.fstat(file.fileno()).st_size - len(line):
        raise ValueError("not the whole list")
    return head


def _cached_list(path: Path) -> CachedList:
    try:
        with _reading(path) as file:
            head = _head_of(file) if file else {}
            size = os.fstat(file.fileno()).st_size if file else None
    except DamagedCache:
        return CachedList(path.stem)
    root, source, count = head.get("root"), head.get("source"), head.get("models")
    return CachedList(
        path.stem,
        size,
        root if isinstance(root, str) else None,
        source if isinstance(source, str) else None,
        _moment(head),
        count if isinstance(count, int) else None,
    )


def _checked(head: Mapping[str, object], models: object) -> Catalog:
    source, fetched_at = head.get("source"), _moment(head)
    if isinstance(source, str) and fetched_at is not None and isinstance(models, list):
        return Catalog(source, fetched_at, [_model(row) for row in models])
    raise DamagedCache


def _moment(head: Mapping[str, object]) -> float | None:
    """Return when the list was fetched, None for what is no date."""
    fetched_at = number(head.get("fetched_at"))
    return fetched_at if fetched_at is not None and fetched_at < _LATEST else None


def _entry(line: bytes) -> Entry:
    try:
        content = decode(line)
    except ValueError as error:
        raise DamagedCache from error
    if isinstance(content, list) and len(content) == len(("name", "model", "deployments")):
        _, model, rows = content
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return Entry(_model(model), rows)
    raise DamagedCache


def _model(values: Any) -> Model:
    try:
        model = Model._make(values)
        if len(model.abilities) == len(ABILITIES):
            return model
    except TypeError as error:
        raise DamagedCache from error
    raise DamagedCache
