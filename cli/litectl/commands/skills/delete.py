"""`litectl skills delete`."""

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, SkillOrigin, Yes, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def delete(
    context: typer.Context,
    name: SkillName,
    origin: SkillOrigin = None,
    yes: Yes = False,
) -> None:
    """
    Delete a skill

    \b
        litectl skills delete my-skill --origin litellm_proxy --yes

    One of the Skill Hub needs an admin; what it points to stays where it is. The
    files of every other are gone. A name that several skills have deletes none.

    JSON fields: name, id, origin, enabled, version, description.
    """
    from litectl.failures.wording import readable
    from litectl.output.skills import print_change
    from litectl.run.skillset import only_skill_called
    from litectl.skills.changing import CHANGE_SECONDS
    from litectl.skills.changing import delete as delete_skill

    runtime = runtime_of(context)
    with runtime.open_proxy() as proxy:
        skill = only_skill_called(runtime, proxy, name, origin)
        question = f"delete skill `{skill.shown}` of {skill.origin} ({readable(skill.id)})?"
        if not yes and not runtime.terminal.questions.confirm(question, flag="--yes"):
            runtime.terminal.say("nothing was deleted")
            return
        delete_skill(proxy, skill, seconds=runtime.options.timeout or CHANGE_SECONDS)
    print_change(runtime.terminal, skill, "deleted", runtime.options.format)
