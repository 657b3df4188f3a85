"""`litectl models list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import (
    Columns,
    ModelMode,
    ModelSearch,
    SharedOptionsCommand,
    new_app,
    runtime_of,
)

if TYPE_CHECKING:
    from litectl.catalog.catalog import Catalog
    from litectl.run.runtime import Runtime

app = new_app()

SortBy = Annotated[
    str, typer.Option("--sort", metavar="COLUMN", help="The column to sort by", show_default=True)
]
Reverse = Annotated[bool, typer.Option("--reverse", help="Sort downwards")]


@app.command(cls=SharedOptionsCommand)
def list_models(
    context: typer.Context,
    mode: ModelMode = None,
    search: ModelSearch = None,
    sort_by: SortBy = "name",
    reverse: Reverse = False,
    columns: Columns = None,
) -> None:
    """
    List the models that this credential may use

    \b
        litectl models list --search claude
        litectl models list --sort input_price --columns name,input_price,output_price
        litectl models list --json | jq -r '.models[] | select(.abilities.vision) | .name'

    The list is kept for 24 hours, so most calls need no network. Prices are US
    dollars per million tokens; what nobody knows is empty, and null in JSON.

    Columns and JSON fields: name, mode, max_input_tokens, max_output_tokens,
    abilities, input_price, output_price, cache_read_price, cache_write_price,
    providers, deployments, incomplete, safe_max_tokens, safe_max_tokens_reason,
    guessed. What is in `guessed` was read off the name, since nothing else is known.
    The abilities are tools, vision, reasoning, structured_output, prompt_caching,
    pdf, audio, web_search. The JSON document has source, fetched_at, stale, models.
    """
    from litectl.catalog.selection import select, sort
    from litectl.errors import UsageError
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing
    from litectl.output.models import DEFAULT_COLUMNS, model_columns
    from litectl.output.times import timestamp
    from litectl.storage.listfile import is_stale

    runtime = runtime_of(context)
    known = model_columns()
    shown = choose_columns(columns or DEFAULT_COLUMNS, known)
    sort_column, *more = choose_columns(sort_by, known)
    if more:
        raise UsageError("`--sort` takes one column", hint=f"for example `--sort {sort_column.name}`")
    catalog = runtime.lister.current()
    models = sort(select(catalog.models, mode=mode, search=search), sort_column.name, reverse=reverse)
    about = {
        "source": catalog.source,
        "fetched_at": timestamp(catalog.fetched_at),
        "stale": is_stale(catalog.fetched_at, runtime.now()),
    }
    listing = Listing("models", known, shown, models, about)
    print_listing(runtime.terminal, listing, runtime.options.format)
    _explain_selection(runtime, catalog, mode, search, count=len(models))


def _explain_selection(
    runtime: "Runtime", catalog: "Catalog", mode: str | None, search: str | None, *, count: int
) -> None:
    """Say which modes there are when the one asked for has no model, or that others are left out."""
    from litectl.catalog.selection import ANY_MODE, select

    if mode not in (None, ANY_MODE):
        modes = sorted({model.mode for model in catalog.models if model.mode})
        if mode not in modes:
            runtime.terminal.note(f"no model has mode `{mode}`; there are {', '.join(modes) or 'none'}")
    if mode is None and count and runtime.terminal.stdout_is_terminal:
        others = len(select(catalog.models, mode=ANY_MODE, search=search)) - count
        if others:
            runtime.terminal.note(f"{others} of other modes; see them with `--mode all`")
