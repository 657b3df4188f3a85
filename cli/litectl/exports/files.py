"""The file of another tool: read, backed up and replaced, never clobbered."""

import stat
import time
from collections.abc import Callable
from pathlib import Path

from litectl.errors import ConfigError, UsageError
from litectl.storage.files import replace_file, write_private

_SIZE_LIMIT = 16 * 2**20  # bytes


def rewrite(path: Path, render: Callable[[str | None], str]) -> Path | None:
    """
    Replace the file *path* by what *render* makes of its text, which is None where there is no file.

    Returns the backup, which is made beside it when there was one and something changes;
    the mode of the file is kept. Raises `ConfigError`, with the file as it was.
    """
    present = _text(path)
    text = render(present)
    if text == present:
        return None
    if present is None:
        write_private(path, text.encode())
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    backup = _free_name(path)
    replace_file(backup, present.encode(), mode=mode)
    replace_file(path, text.encode(), mode=mode)
    return backup


def _text(path: Path) -> str | None:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(
                f"`{path}` is no regular file", hint="name a file, or leave `--file` out to print"
            )
        if found.st_size > _SIZE_LIMIT:
            raise ConfigError(
                f"`{path}` is larger than {_SIZE_LIMIT // 2**20} MiB", hint="move it away first"
            )
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ConfigError(f"`{path}` is not UTF-8 text", hint="move it away first") from error
    except OSError as error:
        raise ConfigError(f"cannot read `{path}`: {error.strerror}", hint="check its permissions") from error


def _free_name(path: Path) -> Path:
    """Return the name of a backup that does not exist yet, by the time in UTC."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    names = [f"{path.name}.{stamp}.bak", *(f"{path.name}.{stamp}.{number}.bak" for number in range(1, 1000))]
    return next(candidate for name in names if not (candidate := path.with_name(name)).exists())
