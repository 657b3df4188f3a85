"""`litectl skills delete`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name or the id of a skill")]
Origin = Annotated[
    str | None,
    typer.Option("--origin", metavar="ORIGIN", help="Where it comes from: hub, litellm_proxy or anthropic"),
]


@app.command(cls=SharedOptionsCommand)
def delete(
    context: typer.Context,
    name: Name,
    origin: Origin = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")] = False,
) -> None:
    """
    Delete a skill

    One of the Skill Hub needs an admin; what it points to stays where it is. The
    files of every other are gone.

    JSON fields: name, id, origin.
    """
    from litectl.output.listing import print_record
    from litectl.skills.changing import CHANGE_SECONDS
    from litectl.skills.changing import delete as delete_skill
    from litectl.skills.finding import resolve

    runtime = runtime_of(context)
    seconds = runtime.options.timeout or CHANGE_SECONDS
    with runtime.open_proxy() as proxy:
        skill = resolve(proxy, name, origin, seconds=seconds)
        question = f"delete skill `{skill.name}` of {skill.origin} ({skill.id})?"
        if not yes and not runtime.terminal.confirm(question, flag="--yes"):
            runtime.terminal.say("nothing was deleted")
            return
        delete_skill(proxy, skill, seconds=seconds)
    if runtime.wants_json:
        record = {"name": skill.name, "id": skill.id, "origin": skill.origin}
        print_record(runtime.terminal, record, runtime.options.format)
    runtime.terminal.say(f"deleted skill `{skill.name}`")
