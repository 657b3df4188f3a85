"""
A skill in a folder of this machine, read whole before anything is sent.

What is listed to a person is what is sent, whatever happens to the folder meanwhile.
"""

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from litectl.errors import UsageError
from litectl.skills.archive import MANIFEST, File, are_distinct, is_safe
from litectl.skills.frontmatter import read_front_matter
from litectl.skills.skill import check_name

SIZE_LIMIT = 30 * 2**20  # bytes of all files
FILE_LIMIT = 1000
_FOLDER_LIMIT = 1000
_QUOTE = '"'  # a path goes into the head of a part of a form, too
_SMALLER = "take out what does not belong to the skill"

Result = TypeVar("Result")


class SkillFolder(NamedTuple):
    """
    A skill read from a folder: its *files*, SKILL.md first, the others by their paths.

    *name* and *description* are those of SKILL.md unless others were given. *skipped* files and
    folders have names that begin with a dot.
    """

    name: str
    description: str | None
    files: Sequence[File]
    skipped: int = 0

    @property
    def size(self) -> int:
        """The number of bytes of all files."""
        return sum(file.size for file in self.files)


def read_folder(path: str, *, name: str | None = None, description: str | None = None) -> SkillFolder:
    """
    Return the skill in the folder at *path*, called *name* where that is given.

    Raises `UsageError` for what is no folder with SKILL.md, for a file that cannot be read or sent,
    for a symbolic link that leads outside or to what is skipped, and above 30 MiB or 1,000 files.
    """
    if not path:
        raise UsageError("the name of the folder is empty", hint="say `.` for the one you are in")
    root = _opened(path, lambda: Path(os.path.realpath(path, strict=True)))
    # What is no skill is not read at all.
    _require_manifest(path, [entry.name for entry in _listed(root, path)])
    reader = _Reader(root)
    reader.read()
    files = sorted(reader.files, key=lambda file: (file.path != MANIFEST, file.path))
    _require_manifest(path, [file.path for file in files])
    if not are_distinct(file.path for file in files):
        raise UsageError(
            "two files have names that are one where upper and lower case are the same",
            hint="rename one of them",
        )
    said = read_front_matter(_text(files[0].content))
    chosen = check_name(name if name is not None else said.name or root.name)
    return SkillFolder(
        chosen, said.description if description is None else description, files, reader.skipped
    )


class _Reader:
    """Reads the folder *root*; *files* is what was found, *skipped* the number of hidden names."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._size = 0
        self._folders = 0
        self.files: list[File] = []
        self.skipped = 0

    def read(self) -> None:
        """Read all files, in a stable order; raises `UsageError`."""
        waiting = [self._root]
        while waiting:
            folder = waiting.pop()
            self._count_folder()
            for path in _listed(folder, self._shown(folder)):
                if path.name.startswith("."):
                    self.skipped += 1
                elif self._is_folder(path):
                    waiting.append(path)
                else:
                    self._take(path)

    def _is_folder(self, path: Path) -> bool:
        return stat.S_ISDIR(_opened(self._shown(path), path.lstat).st_mode)

    def _count_folder(self) -> None:
        self._folders += 1
        if self._folders > _FOLDER_LIMIT:
            raise UsageError(f"a skill may have {_FOLDER_LIMIT:,} folders, and it has more", hint=_SMALLER)

    def _take(self, path: Path) -> None:
        """Read the file *path*, or the one that it links to."""
        shown = self._shown(path)
        if len(self.files) >= FILE_LIMIT:
            raise UsageError(f"a skill may have {FILE_LIMIT:,} files, and it has more", hint=_SMALLER)
        if not is_safe(shown) or _QUOTE in shown:
            raise UsageError(
                f"the name of the file {shown!a} cannot be sent",
                hint="rename it, or take it out of the folder",
            )
        content = _content(shown, self._followed(path, shown), SIZE_LIMIT - self._size)
        self._size += len(content)
        self.files.append(File(shown, content))

    def _followed(self, path: Path, shown: str) -> Path:
        """Return where *path* leads; raises `UsageError` where that is nothing of this skill."""
        target = _opened(shown, lambda: Path(os.path.realpath(path, strict=True)))
        if not target.is_relative_to(self._root):
            raise UsageError(
                f"`{shown}` is a link that leads outside the folder",
                hint="put the file itself into the folder",
            )
        if any(part.startswith(".") for part in target.relative_to(self._root).parts):
            raise UsageError(
                f"`{shown}` is a link to a hidden file", hint="hidden files are not sent; take it out"
            )
        return target

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _listed(folder: Path, shown: str) -> list[Path]:
    return _opened(shown, lambda: sorted(folder.iterdir()))


def _content(shown: str, path: Path, most: int) -> bytes:
    """Return the bytes of the file *path*, called *shown*; raises `UsageError` over *most* of them."""
    # Not blocking: a pipe that nobody writes to would hold the command for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = _opened(shown, lambda: os.open(path, flags))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(
                f"`{shown}` is not a file", hint="a skill has files and folders only; take it out"
            )
        with open(descriptor, "rb", closefd=False) as file:
            content = _opened(shown, lambda: file.read(most + 1))
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise UsageError(
            f"a skill may have {SIZE_LIMIT // 2**20} MiB, and it has more",
            hint=f"`{shown}` is too much",
        )
    return content


def _opened(shown: str, act: Callable[[], Result]) -> Result:
    """Return what *act* gives; raises `UsageError` when the system refuses *shown*."""
    try:
        return act()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a name of a file"
        quoted = f"`{shown}`" if shown.isprintable() else ascii(shown)
        raise UsageError(
            f"cannot read {quoted}: {reason}", hint="name the folder of a skill, all of which you may read"
        ) from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"`{MANIFEST}` is not text in UTF-8", hint="`iconv` converts other text") from None


def _require_manifest(path: str, names: Sequence[str]) -> None:
    """Raise `UsageError` when SKILL.md is not among the *names* in the folder at *path*."""
    if MANIFEST in names:
        return
    other = next((name for name in names if name.lower() == MANIFEST.lower()), None)
    hint = f"rename `{other}`" if other else f"name the folder that has the {MANIFEST} of a skill"
    raise UsageError(f"there is no `{MANIFEST}` in `{path}`", hint=hint)
