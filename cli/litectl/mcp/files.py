"""The files in the result of a tool, put into a directory of the user's own."""

import os
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from litectl.errors import ConfigError, UsageError
from litectl.mcp.result import Blob
from litectl.storage.files import create_file, make_private_directory

_FILE_MODE = 0o600  # a result may be anything, so nobody else reads it unless the user lets them
_NAME_LIMIT = 80  # characters
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ENDINGS = {
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "audio/flac": ".flac",
    "audio/mp3": ".mp3",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/wave": ".wav",
    "audio/webm": ".webm",
    "audio/x-wav": ".wav",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_OTHER_ENDING = ".bin"


def require_directory(path: Path | str) -> None:
    """
    Raise `UsageError` unless files can be put into the directory *path*, or it can be created.

    A tool is called once, so what would keep its files from being saved is found before.
    """
    if path == "":  # as of an unset variable in a script
        raise UsageError("the directory for files is empty", hint="name one with `--output-dir DIR`")
    directory = Path(path)
    existing = next((path for path in (directory, *directory.parents) if os.path.lexists(path)), Path())
    if not existing.is_dir():
        raise UsageError(
            f"cannot save to `{directory}`: `{existing}` is not a directory", hint="name a directory"
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        raise UsageError(
            f"cannot save to `{directory}`: `{existing}` cannot be written to", hint="check its permissions"
        )


def save_blobs(directory: Path, tool: str, blobs: Sequence[Blob]) -> list[Path]:
    """
    Write *blobs* to new files `TOOL-1.png`, `TOOL-2.wav` of *directory*, and return their paths.

    No file that exists is touched: its number is passed over. What the server calls a file is not looked at.
    Raises `UsageError` when *directory* is none and `ConfigError` when it cannot be written to.
    """
    if not blobs:
        return []
    require_directory(directory)
    make_private_directory(directory)
    stem = _UNSAFE.sub("_", tool[:_NAME_LIMIT]).strip("._-") or "tool"
    numbers = count(1)
    saved: list[Path] = []
    for blob in blobs:
        ending = _ENDINGS.get(blob.media_type, _OTHER_ENDING)
        try:
            saved.append(_save(directory, stem, ending, blob.content, numbers))
        except OSError as error:
            raise ConfigError(
                f"cannot save to `{directory}`: {error.strerror}; "
                f"{len(saved)} of {len(blobs)} files are saved",
                hint="check the disk and the permissions",
            ) from error
    return saved


def _save(directory: Path, stem: str, ending: str, content: bytes, numbers: "count[int]") -> Path:
    """Write *content* to a file that does not exist, by the next free of *numbers*, and return its path."""
    for number in numbers:
        path = directory / f"{stem}-{number}{ending}"
        try:
            create_file(path, content, mode=_FILE_MODE)
        except FileExistsError:
            continue
        return path
    raise AssertionError  # there is always a next number
