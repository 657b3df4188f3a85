"""`litectl skills enable`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.runtime import Runtime

app = new_app()

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a skill of the Skill Hub")]


@app.command(cls=SharedOptionsCommand)
def enable(context: typer.Context, name: Name) -> None:
    """
    Offer a skill of the Skill Hub to everybody; needs an admin

    JSON fields: name, id, origin, enabled.
    """
    switch(runtime_of(context), name, is_enabled=True)


def switch(runtime: "Runtime", name: str, *, is_enabled: bool) -> None:
    """Enable or disable the skill *name*, and say so."""
    from litectl.output.listing import print_record
    from litectl.skills.changing import CHANGE_SECONDS, set_enabled
    from litectl.skills.finding import resolve_for_hub

    seconds = runtime.options.timeout or CHANGE_SECONDS
    with runtime.open_proxy() as proxy:
        found = resolve_for_hub(proxy, name, seconds=seconds)
        skill = set_enabled(proxy, found, is_enabled=is_enabled, seconds=seconds)
    if runtime.wants_json:
        record = {"name": skill.name, "id": skill.id, "origin": skill.origin, "enabled": skill.is_enabled}
        print_record(runtime.terminal, record, runtime.options.format)
    runtime.terminal.say(f"{'enabled' if is_enabled else 'disabled'} skill `{skill.name}`")
