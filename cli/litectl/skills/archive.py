"""The files of a skill in a zip: packed, and unpacked without trust. Pure."""

import lzma
import re
import stat
import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple
from warnings import catch_warnings
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo, is_zipfile

from litectl.errors import ProxyError

MOST_BYTES = 64 * 2**20  # of an archive, and of all its files when unpacked
MOST_FILES = 2000
MANIFEST = "SKILL.md"
_PIECE = 64 * 2**10  # bytes
_LONGEST_PART, _LONGEST_PATH = 255, 1000  # bytes
_UNSAFE_PARTS = (
    "",
    ".",
    "..",
    ".git",
)  # git runs what the settings of a repository name, in whose folder it is
_ENTRY_MARK = b"PK\x01\x02"
_MOST_MARKS = 10 * MOST_FILES  # archives in the archive have such marks, too
_IS_ENCRYPTED = 0x1
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
_UNIX = 3
_PERMISSIONS = 0o644 << 16
_DRIVE = re.compile(r"[A-Za-z]:")
# What the library throws at a bad archive, of which only the first line is its own.
_UNREADABLE = (
    *(BadZipFile, LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, KeyError, IndexError, MemoryError, NotImplementedError, OSError, OverflowError),
    *(RuntimeError, ValueError, UserWarning),
)


class File(NamedTuple):
    """A file of a skill: its *path* with slashes, relative to the folder of the skill."""

    path: str
    content: bytes

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return len(self.content)


def packed(name: str, files: Iterable[File]) -> bytes:
    """Return a zip of *files* in one folder called *name*: the same bytes for the same files."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as writer:
        for file in files:
            entry = ZipInfo(f"{name}/{file.path}", _TIME)
            entry.create_system, entry.external_attr = _UNIX, _PERMISSIONS
            entry.compress_type = ZIP_DEFLATED
            writer.writestr(entry, file.content)
    return archive.getvalue()


def unpacked(content: bytes) -> list[File]:
    """
    Return the files in the zip *content*, without the folder that all are in where that is the skill's.

    Raises `ProxyError` for what is no zip, and for one with anything that could do harm: a path
    that leads out or exists twice, a link, a device, or more than `MOST_FILES` or `MOST_BYTES`.
    What is unpacked is counted as it comes, whatever the archive says of its size.
    """
    if content.count(_ENTRY_MARK) > _MOST_MARKS:
        raise _too_many()
    try:
        with catch_warnings(action="error", category=UserWarning), ZipFile(BytesIO(content)) as archive:
            return _without_folder(_files(archive))
    except _UNREADABLE as error:
        raise ProxyError(
            "the archive of the skill is not a zip that can be read",
            hint="tell whoever offers the skill; see what it is with `--zip PATH`",
        ) from error


def is_zip(content: bytes) -> bool:
    """Tell whether *content* looks like a zip."""
    return is_zipfile(BytesIO(content))


def manifest(files: Iterable[File]) -> str | None:
    """Return the text of `SKILL.md`, None when there is none or it is no UTF-8."""
    content = next((file.content for file in files if file.path == MANIFEST), None)
    try:
        return None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def is_safe(path: str) -> bool:
    """Tell whether a file may have this *path* in a skill: plain, not too long, and nowhere else."""
    parts = path.split("/")
    return (
        path.isprintable()
        and "\\" not in path
        and not _DRIVE.match(path)
        and len(path.encode("utf-8", "replace")) <= _LONGEST_PATH
        and all(part.lower() not in _UNSAFE_PARTS and len(part.encode()) <= _LONGEST_PART for part in parts)
    )


def are_distinct(paths: Iterable[str]) -> bool:
    """Tell whether no two of *paths* are one file, nor would be where upper and lower case are the same."""
    from unicodedata import normalize

    ordered = sorted(normalize("NFC", path).casefold().split("/") for path in paths)
    return not any(after[: len(before)] == before for before, after in pairwise(ordered))


def _files(archive: ZipFile) -> list[File]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise _too_many()
    for entry in entries:
        _require_harmless(entry)
    wanted = [entry for entry in entries if not entry.is_dir()]
    if not are_distinct([entry.filename for entry in wanted]):
        raise ProxyError(
            "the archive of the skill has two files of one name", hint="tell whoever offers the skill"
        )
    files, left = [], MOST_BYTES
    for entry in wanted:
        files.append(File(entry.filename, _content(archive, entry, left)))
        left -= files[-1].size
    if not files:
        raise ProxyError("the archive of the skill is empty", hint="tell whoever offers the skill")
    return files


def _content(archive: ZipFile, entry: ZipInfo, left: int) -> bytes:
    """Return what *entry* holds; raises `ProxyError` when that is more than *left* bytes."""
    received = bytearray()
    with archive.open(entry) as packed:
        while piece := packed.read(_PIECE):
            received += piece
            if len(received) > left:
                raise ProxyError(
                    f"the archive of the skill has more than {MOST_BYTES // 2**20} MiB when unpacked",
                    hint="nothing was written; see what it is with `--zip PATH`",
                )
    return bytes(received)


def _require_harmless(entry: ZipInfo) -> None:
    """Raise `ProxyError` for an *entry* that is neither a plain file in the folder nor a folder."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & _IS_ENCRYPTED:
        raise _unsafe(entry.filename, "is encrypted")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _unsafe(entry.filename, "is a link or a device")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _unsafe(entry.filename, "is packed in an unusual way")
    # As it came, and as it is called now: Python cuts a part off, or takes another name that it carries.
    for path in (entry.orig_filename, entry.filename):
        if not is_safe(path.removesuffix("/")):
            raise _unsafe(path, "is a path that is not safe")


def _without_folder(files: list[File]) -> list[File]:
    """Return *files* without the one folder that they are in, when `SKILL.md` is at its top."""
    folder = files[0].path.partition("/")[0] + "/"
    paths = {file.path for file in files}
    if f"{folder}{MANIFEST}" not in paths or not all(path.startswith(folder) for path in paths):
        return files
    return [file._replace(path=file.path.removeprefix(folder)) for file in files]


def _unsafe(path: str, why: str) -> ProxyError:
    return ProxyError(
        f"the archive of the skill is not safe: {path[:200]!r} {why}",
        hint="nothing was written; tell whoever offers the skill",
    )


def _too_many() -> ProxyError:
    return ProxyError(
        f"the archive of the skill has more than {MOST_FILES:,} files",
        hint="nothing was written; see what it is with `--zip PATH`",
    )
