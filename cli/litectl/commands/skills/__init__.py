"""`litectl skills`: the skills that the proxy offers."""

import typer

from litectl.lazy import Entry, LazyGroup

VERBS = {
    "list": Entry("litectl.commands.skills.list", "List the skills, and where each comes from"),
    "show": Entry("litectl.commands.skills.show", "Show all that is known of one skill"),
    "create": Entry("litectl.commands.skills.create", "Add a skill, from a folder or from where it lies"),
    "delete": Entry("litectl.commands.skills.delete", "Delete a skill"),
    "enable": Entry("litectl.commands.skills.enable", "Offer a skill of the Skill Hub to everybody"),
    "disable": Entry("litectl.commands.skills.disable", "Offer it to nobody but those it was granted to"),
    "download": Entry("litectl.commands.skills.download", "Fetch the files of a skill"),
}


class SkillsGroup(LazyGroup):
    """The noun with its verbs."""

    entries = VERBS


app = typer.Typer(
    help="List and manage the skills of the proxy",
    cls=SkillsGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def skills() -> None:
    """List and manage the skills of the proxy"""
