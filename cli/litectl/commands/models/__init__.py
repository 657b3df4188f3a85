"""`litectl models`: what the proxy offers."""

import typer

from litectl.lazy import Entry, LazyGroup

VERBS = {
    "list": Entry("litectl.commands.models.list", "List the models that this credential may use"),
    "show": Entry("litectl.commands.models.show", "Show all that is known of one model"),
    "refresh": Entry("litectl.commands.models.refresh", "Fetch the model list now"),
    "diff": Entry("litectl.commands.models.diff", "Say what differs between two lists"),
    "export": Entry("litectl.commands.models.export", "Write the list into another tool's configuration"),
}


class ModelsGroup(LazyGroup):
    """The noun with its verbs."""

    entries = VERBS


app = typer.Typer(
    help="List and inspect the models of the proxy",
    cls=ModelsGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def models() -> None:
    """List and inspect the models of the proxy"""
