"""
The files of a skill, fetched into a folder or as the archive that they are in.

The edge that joins the options of `skills download` and the terminal to `litectl.skills`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.skills.skill import Skill
    from litectl.wire.proxy import Proxy


class Destination(NamedTuple):
    """The options that say where the files go: into a folder in *directory*, or as they came to *archive*."""

    directory: str | None = None
    archive: str | None = None


def fetch(
    runtime: "Runtime", name: str, origin: str | None, destination: Destination, *, allow_private: bool
) -> None:
    """Fetch the files of the skill *name*, and print where they are now; raises what goes wrong."""
    from litectl.output.listing import print_record
    from litectl.output.skills import fetched_record
    from litectl.run.skillset import skill_called

    _check(destination)
    with runtime.open_proxy() as proxy:
        skill = skill_called(runtime, proxy, name, origin)
        path = _path(skill, destination)
        content = _archive(runtime, proxy, skill, allow_private=allow_private)
    count, size = _write(runtime, path, content, unpack=destination.archive is None)
    if runtime.wants_json:
        print_record(runtime.terminal, fetched_record(skill, str(path), count, size), runtime.options.format)
    else:
        runtime.terminal.write_line(str(path))


def _check(destination: Destination) -> None:
    """Raise `UsageError` for two destinations, or for one that is none."""
    if None not in destination:
        raise UsageError(
            "`--zip` unpacks nothing, so there is nothing for `--output-dir`", hint="leave one of them out"
        )
    if "" in destination:
        raise UsageError("an empty path names nothing", hint="leave the option out, or name a place")
    if destination.archive == "-":
        raise UsageError("`--zip` needs a file", hint="for example `--zip skill.zip`")


def _path(skill: "Skill", destination: Destination) -> Path:
    """Return the folder or the file to write; raises `UsageError` when it is there already."""
    from litectl.skills.places import folder_name
    from litectl.skills.unpacking import require_free

    folder = Path(destination.directory or ".") / folder_name(skill.name)
    path = folder if destination.archive is None else Path(destination.archive)
    require_free(path)
    return path


def _archive(runtime: "Runtime", proxy: "Proxy", skill: "Skill", *, allow_private: bool) -> bytes:
    """Return the zip of *skill*; raises `NotFoundError` when there is none to be had."""
    from litectl.skills.files import ARCHIVE_SECONDS, hub_archive, require_archive, stored_archive
    from litectl.skills.skill import STORED

    seconds = runtime.options.timeout or ARCHIVE_SECONDS
    if skill.origin == STORED:
        return stored_archive(proxy, skill, seconds=seconds)
    place = require_archive(skill)
    with runtime.terminal.waiting("fetching the archive"):
        return hub_archive(place, seconds=seconds, allow_private=allow_private, tls=runtime.transport.tls)


def _write(runtime: "Runtime", path: Path, content: bytes, *, unpack: bool) -> tuple[int | None, int]:
    """Write the zip *content*, or what is in it; return how many files, if known, and how many bytes."""
    from litectl.skills.archive import is_zip, unpacked
    from litectl.skills.unpacking import write_folder, write_new

    if not unpack:
        write_new(path, content)
        if not is_zip(content):
            runtime.terminal.warn("what came is not a zip; read it before you use it")
        return None, len(content)
    files = unpacked(content)
    write_folder(path, files)
    return len(files), sum(len(file.content) for file in files)
