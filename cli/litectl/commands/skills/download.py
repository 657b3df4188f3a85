"""`litectl skills download`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, SkillOrigin, new_app, runtime_of

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
    from litectl.actions.skill_fetching import Destination, fetch

    destination = Destination(output_dir, zip_)
    fetch(runtime_of(context), name, origin, destination, allow_private=allow_private)
