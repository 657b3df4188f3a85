"""The file a conversation is saved in: one of the user's own, looked at before the model is asked."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from litectl.errors import UsageError
from litectl.exchange.conversation import conversation_text
from litectl.exchange.question import Message
from litectl.storage.files import replace_file

_NEW_FILE_MODE = 0o600  # a conversation may be anything, so nobody else reads it unless the user lets them


def require_savable(path: Path) -> None:
    """
    Raise `UsageError` unless *path* is a file, or may become one in its directory.

    An answer is paid for when it comes, so what would keep it from being saved is found before.
    """
    if str(path) == "-":
        raise UsageError("the answer is on stdout, so `--save` needs a file", hint="name one")
    _mode(path)
    directory = Path(os.path.realpath(path)).parent
    if not directory.is_dir():
        raise UsageError(f"cannot save to `{path}`: `{directory}` is not a directory", hint="create it first")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise UsageError(
            f"cannot save to `{path}`: `{directory}` cannot be written to", hint="check its permissions"
        )


def save(path: Path, messages: Sequence[Message]) -> None:
    """
    Replace *path* by *messages*, atomically; permissions and a symbolic link stay as they are.

    Raises `UsageError` when it is no regular file, and `ConfigError` when it cannot be written.
    """
    replace_file(path, conversation_text(messages).encode(), mode=_mode(path))


def _mode(path: Path) -> int:
    """Return the permissions for *path*: those it has, or those of a new file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _NEW_FILE_MODE
    except OSError as error:
        raise UsageError(f"cannot save to `{path}`: {error.strerror}", hint="check the path") from error
    if not stat.S_ISREG(mode):
        raise UsageError(f"cannot save to `{path}`: it is not a regular file", hint="name a file")
    return stat.S_IMODE(mode)
