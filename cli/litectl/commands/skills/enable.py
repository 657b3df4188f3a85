"""`litectl skills enable`."""

import typer

from litectl.commands.options import SharedOptionsCommand, SkillName, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def enable(context: typer.Context, name: SkillName) -> None:
    """
    Offer a skill of the Skill Hub to everybody; needs an admin

    \b
        litectl skills enable my-skill

    JSON fields: name, id, origin, enabled, version, description.
    """
    from litectl.actions.skill_switching import switch

    switch(runtime_of(context), name, is_enabled=True)
