"""`litectl skills download`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, SkillOrigin, new_app, runtime_of

if TYPE_CHECKING:
    from pathlib import Path

    from litectl.proxy import Proxy
    from litectl.runtime import Runtime
    from litectl.skills.skill import Skill

app = new_app()

OutputDir = Annotated[
    str | None,
    typer.Option("--output-dir", metavar="DIR", help="Make the folder of the skill in this one; else here"),
]
Zip = Annotated[
    str | None, typer.Option("--zip", metavar="PATH", help="Write the archive there, and unpack nothing")
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch also from addresses of your own network")
]


@app.command(cls=SharedOptionsCommand)
def download_skill(
    context: typer.Context,
    name: SkillName,
    origin: SkillOrigin = None,
    output_dir: OutputDir = None,
    zip_: Zip = None,
    allow_private: AllowPrivate = False,
) -> None:
    """
    Fetch the files of a skill into a folder of its name

    What the proxy keeps comes from the proxy, where its operator allows that.
    What the hub has as an archive comes from where that lies, without any
    credential, and its checksum is compared. For a git repository the command
    that fetches it is said, and not run.

    Nothing is written over a file that exists, nothing outside of the folder, no
    link, and nothing that can be run: read what a skill says before you use it.

    \b
        litectl skills download my-skill --output-dir .claude/skills
        litectl skills download my-skill --zip my-skill.zip

    JSON fields: name, origin, id, path, files (how many), bytes.
    """
    from litectl.output.listing import print_record
    from litectl.skillset import skill_called

    runtime = runtime_of(context)
    _check_places(output_dir, zip_)
    with runtime.open_proxy() as proxy:
        skill = skill_called(runtime, proxy, name, origin)
        path = _path(skill, output_dir, zip_)
        content = _archive(runtime, proxy, skill, allow_private=allow_private)
    count, size = _write(runtime, path, content, unpack=zip_ is None)
    if not runtime.wants_json:
        runtime.terminal.write_line(str(path))
        return
    about = {"name": skill.name, "origin": skill.origin, "id": skill.id}
    record = {**about, "path": str(path), "files": count, "bytes": size}
    print_record(runtime.terminal, record, runtime.options.format)


def _check_places(output_dir: str | None, zip_path: str | None) -> None:
    from litectl.errors import UsageError

    if output_dir is not None and zip_path is not None:
        raise UsageError(
            "`--zip` unpacks nothing, so there is nothing for `--output-dir`", hint="leave one of them out"
        )
    if "" in (output_dir, zip_path):
        raise UsageError("an empty path names nothing", hint="leave the option out, or name a place")
    if zip_path == "-":
        raise UsageError("`--zip` needs a file", hint="for example `--zip skill.zip`")


def _path(skill: "Skill", output_dir: str | None, zip_path: str | None) -> "Path":
    """Return the folder or the file to write; raises `UsageError` when it is there already."""
    from pathlib import Path

    from litectl.skills.places import folder_name
    from litectl.skills.unpacking import require_free

    path = Path(zip_path) if zip_path is not None else Path(output_dir or ".") / folder_name(skill.name)
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
    return hub_archive(place, seconds=seconds, allow_private=allow_private, tls=runtime.caller.tls)


def _write(runtime: "Runtime", path: "Path", content: bytes, *, unpack: bool) -> tuple[int | None, int]:
    """Write the zip *content*, or what is in it; return how many files, if known, and how many bytes."""
    from litectl.skills.archive import is_zip, unpacked
    from litectl.skills.unpacking import write_folder, write_new

    if not unpack:
        write_new(path, content)
        if not is_zip(content):
            runtime.terminal.warn("what came is no zip; read it before you use it")
        return None, len(content)
    files = unpacked(content)
    write_folder(path, files)
    return len(files), sum(len(file.content) for file in files)
