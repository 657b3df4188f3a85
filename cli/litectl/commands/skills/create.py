"""`litectl skills create`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litectl.runtime import Runtime
    from litectl.skills.folder import SkillFolder
    from litectl.skills.skill import Skill

app = new_app()

_STORED = "litellm_proxy"

Folder = Annotated[str | None, typer.Argument(metavar="[FOLDER]", help="The folder with the SKILL.md")]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Call it so; of a folder, else as SKILL.md does")
]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What it is for; else as SKILL.md says")
]
Origin = Annotated[
    str | None,
    typer.Option(
        "--origin", metavar="ORIGIN", help="Who keeps the files of a folder: litellm_proxy or anthropic"
    ),
]
GitHub = Annotated[
    str | None, typer.Option("--github", metavar="OWNER/REPO", help="It lies in this repository of GitHub")
]
Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="It lies in this git repository")]
GitSubdir = Annotated[
    tuple[str, str] | None,
    typer.Option("--git-subdir", metavar="URL PATH", help="It lies in this folder of a git repository"),
]
Archive = Annotated[
    str | None, typer.Option("--archive", metavar="URL", help="It lies in this zip archive, with https")
]
Sha256 = Annotated[str | None, typer.Option("--sha256", metavar="HEX", help="The SHA-256 of the archive")]
Version = Annotated[
    str | None, typer.Option("--version", metavar="TEXT", help="Its version in the Skill Hub")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the files are sent")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing")]


@app.command(cls=SharedOptionsCommand)
def create(
    context: typer.Context,
    folder: Folder = None,
    *,
    name: Name = None,
    description: Description = None,
    origin: Origin = None,
    github: GitHub = None,
    url: Url = None,
    git_subdir: GitSubdir = None,
    archive: Archive = None,
    sha256: Sha256 = None,
    version: Version = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """
    Add a skill: the files of a folder, or the place where it lies

    \b
        litectl skills create ./my-skill
        litectl skills create --name my-skill --github acme/skills

    A folder has a SKILL.md. All its files are sent, but those whose names begin
    with a dot, after a question or with --yes: at most 1,000 of 30 MiB in all. The
    proxy keeps them, or its account at Anthropic with --origin anthropic.

    A place goes into the Skill Hub of the proxy, which needs an admin. The hub keeps
    no files and offers it to everybody at once.

    JSON fields: name, id, origin, enabled, version, description. With --dry-run they
    are name, origin, description, size in bytes, skipped, files; or the document for
    the hub.
    """
    from litectl.errors import UsageError
    from litectl.skills.sources import source_of

    runtime = runtime_of(context)
    source = source_of(github=github, url=url, git_subdir=git_subdir, archive=archive, sha256=sha256)
    if folder is not None and source is not None:
        raise UsageError("a folder and another place exclude each other", hint="give one of them")
    if source is not None:
        _register(runtime, _name_in_hub(name, origin), source, description, version, dry_run=dry_run)
        return
    if folder is None:
        raise UsageError(
            "where is the skill?", hint="name its folder, or where it lies: `--github OWNER/REPO`"
        )
    if version is not None:
        raise UsageError("only the Skill Hub has versions", hint="leave `--version` out for a folder")
    _upload(
        runtime, folder, name, description, _STORED if origin is None else origin, yes=yes, dry_run=dry_run
    )


def _name_in_hub(name: str | None, origin: str | None) -> str:
    """Return the *name* for a place; raises `UsageError` for what does not go with one."""
    from litectl.errors import UsageError
    from litectl.skills.skill import check_name

    if origin not in (None, "hub"):
        raise UsageError("a place can only go into the Skill Hub", hint="leave `--origin` out")
    if name is None:
        raise UsageError("what is the skill called?", hint="say `--name NAME`")
    return check_name(name)


def _register(
    runtime: "Runtime",
    name: str,
    source: "Mapping[str, str]",
    description: str | None,
    version: str | None,
    *,
    dry_run: bool,
) -> None:
    """Put the place *source* into the Skill Hub."""
    from litectl.output.listing import print_record
    from litectl.skills.changing import CHANGE_SECONDS, create_from_source

    if dry_run:
        record = {"name": name, "origin": "hub", "description": description, "version": version}
        shown = (
            {"source": source}
            if runtime.wants_json
            else {f"source.{key}": text for key, text in source.items()}
        )
        print_record(runtime.terminal, {**record, **shown}, runtime.options.format)
        return
    with runtime.open_proxy() as proxy:
        made = create_from_source(
            proxy,
            name,
            source,
            description=description,
            version=version,
            seconds=runtime.options.timeout or CHANGE_SECONDS,
        )
    _report(runtime, made)


def _upload(
    runtime: "Runtime",
    path: str,
    name: str | None,
    description: str | None,
    origin: str,
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Send the files of the folder at *path*, after a question."""
    from litectl.skills.changing import UPLOAD_SECONDS, create_from_folder, require_keeper
    from litectl.skills.folder import read_folder

    require_keeper(origin, has_description=description is not None)
    folder = read_folder(path, name=name, description=description)
    if dry_run:
        _show(runtime, folder, origin)
        return
    root = runtime.target.root
    _list(runtime, folder)
    question = f"send these {len(folder.files)} files to {root} as skill `{folder.name}`?"
    if not yes and not runtime.terminal.confirm(question, flag="--yes"):
        runtime.terminal.say("nothing was sent")
        return
    with runtime.open_proxy() as proxy:
        seconds = runtime.options.timeout or UPLOAD_SECONDS
        made = create_from_folder(proxy, folder, origin=origin, seconds=seconds)
    _report(runtime, made)


def _report(runtime: "Runtime", made: "Skill") -> None:
    """Say that the skill is there, and print it: what it is called from now on is its id."""
    from litectl.output.listing import print_record
    from litectl.output.skills import change_record

    runtime.terminal.say(f"created skill `{made.name}`")
    print_record(runtime.terminal, change_record(made), runtime.options.format)


def _list(runtime: "Runtime", folder: "SkillFolder") -> None:
    """Say which files are sent."""
    say = runtime.terminal.say
    for file in folder.files:
        say(f"{file.size:>12,}  {file.path}")
    say(f"{folder.size:>12,}  bytes in all, of skill `{folder.name}`")
    _explain(runtime, folder)


def _explain(runtime: "Runtime", folder: "SkillFolder") -> None:
    """Say what is left out, and what is missing."""
    if folder.skipped:
        are = "file or folder is" if folder.skipped == 1 else "files or folders are"
        runtime.terminal.note(f"{folder.skipped} hidden {are} left out")
    if not folder.description:
        runtime.terminal.warn(
            "SKILL.md does not say what the skill is for: give it a `description:` in its front matter"
        )


def _show(runtime: "Runtime", folder: "SkillFolder", origin: str) -> None:
    """Print what would be sent."""
    from litectl.output.columns import Column, Listing
    from litectl.output.listing import print_listing

    columns = [
        Column("path", "PATH", lambda file: file.path),
        Column("size", "BYTES", lambda file: file.size, is_number=True),
    ]
    about = {
        "name": folder.name,
        "origin": origin,
        "description": folder.description,
        "size": folder.size,
        "skipped": folder.skipped,
    }
    print_listing(
        runtime.terminal, Listing("files", columns, columns, folder.files, about), runtime.options.format
    )
    _explain(runtime, folder)
