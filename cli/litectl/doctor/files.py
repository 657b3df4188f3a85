"""Findings of the files: where they are, and who else may read them. Nothing is made or mended."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shlex import quote

from litectl.doctor.finding import Finding, failure, judged, of_error, ok, warning
from litectl.errors import ConfigError, ExitCode
from litectl.profiles.profile import Profiles
from litectl.storage.paths import NoHomeError, Paths
from litectl.text.counting import counted

NAMES = ("config_directory", "profiles_file", "cache_directory", "state_directory", "data_directory")
_OTHERS = 0o077
_MODE = 0o777
_MOST_SHOWN = 3
_LEAST_BYTES = 16 * 2**10  # of a disk; a file of profiles has as many at most


def examine_files(paths: Paths, load: Callable[[], Profiles]) -> Iterator[Finding]:
    """Give the findings of `NAMES`; *load* reads the file of profiles and mends nothing."""
    yield _config(paths)
    yield _profiles_file(paths, load)
    yield _directory("cache_directory", lambda: paths.catalogs.parent, "every command fetches its list anew")
    yield _state(paths)
    yield _directory("data_directory", lambda: paths.sandbox.parent, "no sandbox can be installed", False)


def _directory(
    name: str,
    find: Callable[[], Path],
    without: str,
    is_private: bool = True,  # noqa: FBT001  # its table is above
) -> Finding:
    """Return how the directory is that *find* gives; *without* is what follows when it cannot be written."""
    try:
        directory = find()
    except NoHomeError as error:
        return warning(name, f"{error.message}: {without}", error.hint)
    try:
        status = directory.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _missing(name, directory, without)
    except OSError as error:
        return failure(
            name, f"cannot look into `{directory}`: {error.strerror}", _owned(directory), ExitCode.CONFIG
        )
    if not directory.is_dir():
        return failure(name, f"`{directory}` is not a directory", _moved(directory), ExitCode.CONFIG)
    if not os.access(directory, os.R_OK | os.X_OK):
        return failure(name, f"`{directory}` may not be read", _owned(directory), ExitCode.CONFIG)
    problems, remedy = [], None
    if is_private and status.st_mode & _OTHERS:
        problems.append(f"others may look into it ({status.st_mode & _MODE:04o})")
        remedy = f"`chmod 700 {quote(str(directory))}`"
    if not os.access(directory, os.W_OK):
        problems.append(f"it cannot be written, so {without}")
        remedy = remedy or _owned(directory)
    if _is_full(directory):
        problems.append(f"its disk is full, so {without}")
        remedy = remedy or _room(directory)
    if _is_of_another(status.st_uid):
        problems.append("it belongs to another user")
        remedy = _owned(directory)
    return judged(name, [str(directory)], problems, remedy)


def _missing(name: str, directory: Path, without: str) -> Finding:
    above = next((path for path in directory.parents if path.exists()), Path("/"))
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        if _is_full(above):
            detail = f"`{directory}` cannot be made, so {without}: the disk is full"
            return warning(name, detail, _room(above))
        return ok(name, f"{directory} (not there yet)")
    detail = f"`{directory}` cannot be made, so {without}: `{above}` may not be written"
    return warning(
        name, detail, "let this user write there, or set HOME or the XDG variables to another place"
    )


def _profiles_file(paths: Paths, load: Callable[[], Profiles]) -> Finding:
    name = "profiles_file"
    try:
        path = paths.profiles
    except NoHomeError as error:
        return warning(name, error.message, error.hint)
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ok(name, f"{path} (not there yet: no profile is stored)")
    except OSError as error:
        remedy = _owned(path) if isinstance(error, PermissionError) else _moved(path)
        return failure(name, f"cannot read `{path}`: {error.strerror}", remedy, ExitCode.CONFIG)
    if not os.access(path, os.R_OK):
        return failure(name, f"`{path}` may not be read", _owned(path), ExitCode.CONFIG)
    try:
        count = len(load().by_name)
    except ConfigError as error:
        return of_error(name, error)
    return ok(name, f"{path}, {counted(count, 'profile')}")


def _config(paths: Paths) -> Finding:
    """Return how the directory of the profiles is, and whether their file lies open in it."""
    name = "config_directory"
    found = _directory(name, lambda: paths.profiles.parent, "no login can be stored")
    return _wide(name, lambda: [paths.profiles]) or found


def _state(paths: Paths) -> Finding:
    """Return how the directory of tokens and of the cache's own secret is, and what lies open in it."""
    name = "state_directory"
    found = _directory(name, lambda: paths.tokens.parent, "no token is kept")
    return _wide(name, lambda: [paths.fingerprint_secret, *sorted(paths.tokens.glob("*.json"))]) or found


def _wide(name: str, find: Callable[[], Sequence[Path]]) -> Finding | None:
    """Return which of the secret files that *find* gives others may read, None for none."""
    try:
        modes = [(path, path.stat().st_mode) for path in find() if path.is_file()]
    except (NoHomeError, OSError):
        return None
    wide = [(path, mode) for path, mode in modes if mode & _OTHERS]
    return _open_to_others(name, [path for path, _ in wide], wide[0][1]) if wide else None


def _open_to_others(name: str, paths: Sequence[Path], mode: int) -> Finding:
    shown = ", ".join(f"`{path}`" for path in paths[:_MOST_SHOWN])
    command = " ".join(["chmod", "600", *(quote(str(path)) for path in paths)])
    detail = f"secrets are open to other users of this machine: {shown} ({mode & _MODE:04o})"
    remedy = f"`{command}`; then make new keys, if anybody else uses this machine"
    return failure(name, detail, remedy, ExitCode.CONFIG)


def _is_full(directory: Path) -> bool:
    """Tell whether the disk of *directory* has no room left, or takes no more files."""
    try:
        disk = os.statvfs(directory)
    except (AttributeError, OSError):  # there is none on Windows
        return False
    blocks, files = (disk.f_bfree, disk.f_ffree) if os.geteuid() == 0 else (disk.f_bavail, disk.f_favail)
    # Where there is no such limit, the total is 0 as well.
    return (disk.f_blocks > 0 and blocks * disk.f_frsize < _LEAST_BYTES) or (disk.f_files > 0 and files == 0)


def _room(directory: Path) -> str:
    return f"make room: `df -h {quote(str(directory))}` and `df -i {quote(str(directory))}` show the disk"


def _is_of_another(owner: int) -> bool:
    return os.geteuid() not in (0, owner)


def _owned(path: Path) -> str:
    return f'make it yours: `sudo chown -R "$(id -un)" {quote(str(path))}`'


def _moved(path: Path) -> str:
    return f"move it away: `mv {quote(str(path))} {quote(f'{path}.old')}`"
