"""`litectl skills enable`."""

from typing import TYPE_CHECKING

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.runtime import Runtime
    from litectl.skills.skill import Skill

app = new_app()


@app.command(cls=SharedOptionsCommand)
def enable(context: typer.Context, name: SkillName) -> None:
    """
    Offer a skill of the Skill Hub to everybody; needs an admin

    JSON fields: name, id, origin, enabled, version, description.
    """
    switch(runtime_of(context), name, is_enabled=True)


def switch(runtime: "Runtime", name: str, *, is_enabled: bool) -> None:
    """Enable or disable the skill *name*, and say so."""
    from litectl.skills.changing import CHANGE_SECONDS, set_enabled
    from litectl.skillset import hub_skill_called

    with runtime.open_proxy() as proxy:
        found = hub_skill_called(runtime, proxy, name)
        seconds = runtime.options.timeout or CHANGE_SECONDS
        skill = set_enabled(proxy, found, is_enabled=is_enabled, seconds=seconds)
    report(runtime, skill, "enabled" if is_enabled else "disabled")


def report(runtime: "Runtime", skill: "Skill", done: str) -> None:
    """Say what was *done* to the *skill*; its record is printed only as JSON."""
    from litectl.output.listing import print_record
    from litectl.output.skills import change_record

    runtime.terminal.say(f"{done} skill `{skill.shown}`")
    if runtime.wants_json:
        print_record(runtime.terminal, change_record(skill), runtime.options.format)
