"""`litectl skills create`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Folder = Annotated[str | None, typer.Argument(metavar="[DIR]", help="The folder with the SKILL.md")]
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
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing")]


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

    Nothing is sent but after a question, or with `--yes`.

    A folder has a SKILL.md. All its files are sent, but those whose names begin
    with a dot: at most 1,000 of 30 MiB in all. The proxy keeps them, or its account
    at Anthropic with `--origin anthropic`.

    A place goes into the Skill Hub of the proxy, which needs an admin. The hub keeps
    no files and offers it to everybody at once.

    JSON fields: name, id, origin, enabled, version, description. With `--dry-run` they
    are name, origin, description, size in bytes, skipped, files; or the document for
    the hub.
    """
    from litectl.actions.skill_sending import Place, Wanted, send

    wanted = Wanted(folder, name, description, origin, version)
    place = Place(github, url, git_subdir, archive, sha256)
    send(runtime_of(context), wanted, place, yes=yes, dry_run=dry_run)
