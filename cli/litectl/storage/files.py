"""
Files on disk that survive a crash and other processes: atomic, private, locked.

A file is written beside itself and renamed, so a reader sees the old or the new
content and never a torn one. Files are 0600 and directories 0700 whatever the
umask says.
"""

import errno
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

from litectl.errors import ConfigError
from litectl.text.jsontext import decode

LOCK_SECONDS = 10.0
_NAME_LIMIT = 50  # characters of the name of a file that its temporary one has
_FILE_MODE, _DIRECTORY_MODE = 0o600, 0o700


class LockedError(ConfigError):
    """Another process holds the lock."""

    hint = "wait for it, and try again"


def read_document(path: Path, version: int) -> dict[str, object] | None:
    """
    Return the JSON object in *path*, or None when there is no such file.

    Raises `ConfigError` when the file cannot be read, is no JSON object, or has
    another version than *version*; the file is left as it is.
    """
    try:
        if not S_ISREG(path.stat().st_mode):  # a pipe would be waited for, and a device has no end
            hint = f"move it away: `mv {path} {path}.old`"
            raise ConfigError(f"cannot read `{path}`: it is not a regular file", hint=hint)
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(
            f"cannot read `{path}`: {error.strerror}", hint="check the permissions of the file"
        ) from error
    try:
        document = decode(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConfigError(
            f"`{path}` is damaged: it is not a JSON object",
            hint=f"repair it, or move it away and log in again: `mv {path} {path}.damaged`",
        )
    if document.get("version") != version:
        raise ConfigError(
            f"`{path}` has version {document.get('version')!r}; this litectl reads version {version}",
            hint="use the litectl that wrote it, or move the file away and log in again",
        )
    return document


def write_document(path: Path, document: dict[str, object]) -> None:
    """Replace *path* by *document* as indented JSON; see `write_private` for what is raised."""
    write_private(path, json.dumps(document, indent=2).encode() + b"\n")


def write_private(path: Path, content: bytes) -> None:
    """
    Replace *path* by *content*, atomically, readable by its owner only.

    A symbolic link stays one, and what it points to is replaced. Raises
    `ConfigError` when the directory or the file cannot be written.
    """
    replace_file(path, content, mode=_FILE_MODE)


def replace_file(path: Path, content: bytes, *, mode: int) -> None:
    """As `write_private`, with the permissions *mode* for the file."""
    make_private_directory(path.parent)
    try:
        path = path.resolve()
    except RuntimeError as error:
        raise ConfigError(
            f"cannot write `{path}`: its links lead in a circle", hint="remove it, or let it point to a file"
        ) from error
    # A name that is just short enough would be too long with more to it.
    temporary = path.with_name(f".{path.name[:_NAME_LIMIT]}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:  # a signal as well
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            f"cannot write `{path}`: {error.strerror}", hint="check the disk and the permissions"
        ) from error


def create_file(path: Path, content: bytes, *, mode: int) -> None:
    """
    Write *content* to the new file *path*, with at most the permissions *mode*; whole, or there is none.

    Raises `OSError`: `FileExistsError` when there is anything of that name, be it a link.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except BaseException:  # a signal as well: no half of a file stays
        path.unlink(missing_ok=True)
        raise


def make_private_directory(directory: Path) -> None:
    """Create *directory*, and its parents where missing, for its owner only; the umask has no say."""
    try:
        for missing in [path for path in (*reversed(directory.parents), directory) if not path.exists()]:
            missing.mkdir(mode=_DIRECTORY_MODE, exist_ok=True)
            missing.chmod(_DIRECTORY_MODE)
        if not directory.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise ConfigError(
            f"cannot create `{directory}`: {error.strerror}", hint="check the disk and the permissions"
        ) from error


def tighten(path: Path) -> bool:
    """Take away what others than the owner may do with *path*; tell whether that was needed."""
    try:
        mode = path.stat().st_mode
        if not mode & 0o077:
            return False
        path.chmod(mode & 0o700)
    except OSError:
        return False
    return True


@contextmanager
def locked(path: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """
    Hold the lock that belongs to *path* while the body runs.

    Waits at most *seconds*; raises `LockedError` when another process holds it
    longer, and `ConfigError` where nothing can be locked. It is freed with the
    process that holds it, however that ends. The lock file `.NAME.lock` stays beside the file.
    """
    import filelock

    make_private_directory(path.parent)
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=seconds, mode=_FILE_MODE)
    try:
        with warnings.catch_warnings():
            # Where the system has no locks, filelock makes do with a file, and Python would print that.
            warnings.simplefilter("ignore", UserWarning)
            lock.acquire()
    except filelock.Timeout as error:
        raise LockedError(f"another litectl is using `{path}`") from error
    except (OSError, NotImplementedError) as error:
        # The second is what filelock says of a file system without locks.
        reason = getattr(error, "strerror", None) or "its file system has no locks"
        raise ConfigError(
            f"cannot lock `{path}`: {reason}", hint="check the permissions of the directory"
        ) from error
    try:
        yield
    finally:
        lock.release()
