"""`litectl models show`."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()


@app.command(cls=SharedOptionsCommand)
def show_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a model")],
) -> None:
    """
    Show all that is known of one model, and where each value came from

    \b
        litectl models show gpt-5.2
        litectl models show gpt-5.2 --json | jq .max_input_tokens

    A value is the least that all deployments behind the name keep: an ability
    only if each has it, the smallest limit, the highest price.

    Sources are the discovery steps (`litectl models refresh -v`), `name` for a
    guess, `databricks` for its limit, `profile` for what you set yourself.

    JSON fields: those of `litectl models list`, supported_parameters,
    reasoning_efforts, endpoints, refused_parameters (what `ask` learnt since the list
    was fetched), sources, and deployments as an array.
    """
    from litectl.catalog.details import details_of
    from litectl.catalog.overrides import SOURCE, usable_fields
    from litectl.errors import NotFoundError
    from litectl.output.model_page import print_model_page

    runtime = runtime_of(context)
    catalog = runtime.lister.current()
    model = catalog.find(name)
    if model is None:
        raise NotFoundError(f"unknown model: {name}", hint=catalog.hint_for(name))
    rows = runtime.lister.deployments_of(catalog, name)
    details = details_of(model, rows)
    details.sources.update(dict.fromkeys(usable_fields(runtime.lister.overrides.get(name, {})), SOURCE))
    refused = runtime.lister.refused(name)
    print_model_page(runtime.terminal, model, details, rows, refused, runtime.options.format)
