"""The files of a skill on disk: a new folder, whole or not at all."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from litectl.errors import ConfigError, UsageError
from litectl.skills.archive import File
from litectl.storage.files import create_file

_MODE = 0o666  # and nothing that can be run; the umask has its say


def write_folder(folder: Path, files: Sequence[File]) -> None:
    """
    Write *files* into the new *folder*, creating the directories above it.

    Raises `UsageError` when there is anything of that name, and `ConfigError` when it cannot be
    written; then there is no folder.
    """
    require_free(folder)
    temporary = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        try:
            for file in files:
                path = temporary.joinpath(*file.path.split("/"))
                path.parent.mkdir(parents=True, exist_ok=True)
                create_file(path, file.content, mode=_MODE)
            require_free(folder)
            temporary.rename(folder)
        except BaseException:  # a signal as well: the folder is there whole or not at all
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_new(path: Path, content: bytes) -> None:
    """Write *content* into the new file *path*; raises as `write_folder` does."""
    try:
        create_file(path, content, mode=_MODE)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error


def require_free(path: Path) -> None:
    """Raise `UsageError` when there is anything at *path*, be it a link that leads nowhere."""
    if os.path.lexists(path):
        raise _taken(path)


def _taken(path: Path) -> UsageError:
    return UsageError(
        f"`{path}` exists already, and nothing is written over it",
        hint="move it away, or name another place with `--output-dir DIR` or `--zip PATH`",
    )


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"cannot write `{path}`: {error.strerror}", hint="check the disk and the permissions")
