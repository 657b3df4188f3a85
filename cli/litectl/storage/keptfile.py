"""The file of a list that is kept, with its lock and the marks beside it."""

import os
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple

from litectl.errors import ConfigError
from litectl.storage.files import locked, make_private_directory, write_private
from litectl.storage.listfile import SUFFIX

_ATTEMPT_SUFFIX = ".attempt"
_REFUSED_SUFFIX = ".refused"
_UNUSED_SECONDS = 30 * 24 * 3600.0
_TOUCH_SECONDS = 24 * 3600.0
_STARTED_SECONDS = 300.0


class Failure(NamedTuple):
    """The last refresh failed, *seconds* ago, with *message*."""

    seconds: float
    message: str


class KeptFile:
    """The file of the list of one *fingerprint* in *directory*, and what is beside it."""

    def __init__(self, directory: Path, fingerprint: str) -> None:
        self.path = directory / f"{fingerprint}{SUFFIX}"

    def replace(self, content: bytes) -> None:
        """
        Replace the file, forget what was remembered beside it, and prune files that nobody used for 30 days.

        Raises `ConfigError` when nothing can be written.
        """
        write_private(self.path, content)
        for mark in self._marks:
            mark.unlink(missing_ok=True)
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
            if mark.exists() and 0 <= time.time() - mark.stat().st_mtime < _STARTED_SECONDS:
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
        """Remove the file and what is beside it; tell whether there was one. Raises `ConfigError`."""
        try:
            for mark in self._marks:
                mark.unlink(missing_ok=True)
            self.path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise ConfigError(
                f"cannot remove `{self.path}`: {error.strerror}",
                hint="check the permissions of the directory",
            ) from error
        return True

    @property
    def refused_mark(self) -> Path:
        """Where it stands what was refused since this list was fetched."""
        return self.path.with_suffix(_REFUSED_SUFFIX)

    @property
    def _attempt_mark(self) -> Path:
        return self.path.with_suffix(_ATTEMPT_SUFFIX)

    @property
    def _marks(self) -> tuple[Path, Path]:
        return self._attempt_mark, self.refused_mark

    def _prune(self) -> None:
        oldest = time.time() - _UNUSED_SECONDS
        for path in self.path.parent.iterdir():
            # Lock files stay: another process may hold one, however old it is.
            with suppress(OSError):  # it vanished, or is no file: nothing to prune
                if path.suffix != ".lock" and path.stat().st_mtime < oldest:
                    path.unlink()
