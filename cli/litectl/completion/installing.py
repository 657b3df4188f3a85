"""Puts the completion of a shell where the shell looks for it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from litectl.completion.places import Missing, Places
from litectl.completion.scripts import is_ours, script_of
from litectl.completion.shells import Shell
from litectl.errors import ConfigError
from litectl.storage.files import replace_file

_MODE = 0o644


class Installed(NamedTuple):
    """The completion is at *path*; *is_new* when it was written now, with the line still *missing*."""

    path: Path
    is_new: bool
    missing: Missing | None


def install(shell: Shell, places: Places, may_replace: Callable[[Path], bool]) -> Installed | None:
    """
    Put the completion of *shell* into its usual place, and return what is left to do.

    A file there that is not of litectl is replaced only when *may_replace* says so; None when it did not.
    Raises `ConfigError` where nothing can be written, or there is no home.
    """
    path = places.usual
    if path is None:
        raise ConfigError(
            "there is no home directory to install the completion in",
            hint=f"set HOME, or put the output of `litectl completion {shell.name}` where your shell looks",
        )
    content, old = script_of(shell), _content(path)
    if old == content:
        return Installed(path, is_new=False, missing=places.missing())
    if old is not None and not is_ours(old) and not may_replace(path):
        return None
    _write(path, content, shell)
    return Installed(path, is_new=True, missing=places.missing())


def _write(path: Path, content: bytes, shell: Shell) -> None:
    try:
        replace_file(path, content, mode=_MODE)
    except ConfigError as error:
        otherwise = f"or put the output of `litectl completion {shell.name}` elsewhere"
        raise ConfigError(error.message, hint=f"{error.hint}, {otherwise}") from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(
            f"cannot read `{path}`: {error.strerror}", hint="move it away, or check its permissions"
        ) from error
