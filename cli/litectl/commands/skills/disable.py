"""`litectl skills disable`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a skill of the Skill Hub")]


@app.command(cls=SharedOptionsCommand)
def disable(context: typer.Context, name: Name) -> None:
    """
    Offer a skill of the Skill Hub to nobody but those it was granted to; needs an admin

    JSON fields: name, id, origin, enabled.
    """
    from litectl.commands.skills.enable import switch

    switch(runtime_of(context), name, is_enabled=False)
