"""`litectl cache`: the model lists that are kept for 24 hours."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app("See and clear the cached model lists")

Everything = Annotated[bool, typer.Option("--all", help="Those of every proxy and credential")]


@app.command("show", cls=SharedOptionsCommand)
def show_cache(
    context: typer.Context,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="A,B", help="The columns to show, in this order")
    ] = None,
) -> None:
    """
    List the cached model lists, the newest first

    There is one for each proxy, credential and set of extra headers. The one
    that is used now is marked.

    Columns and JSON fields: current, base_url, source, fetched_at, age_seconds,
    stale, models, bytes, fingerprint. A damaged list has no source.
    """
    from litectl.catalog.cache import cached_lists
    from litectl.output.caches import cache_columns
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing

    runtime = runtime_of(context)
    cache = runtime.lister.cache
    known = cache_columns(cache.path.stem if cache else None, runtime.now())
    shown = choose_columns(columns, known) if columns is not None else known[:-1]
    directory = runtime.paths.catalogs
    listing = Listing("lists", known, shown, cached_lists(directory), {"directory": str(directory)})
    print_listing(runtime.terminal, listing, runtime.options.format)


@app.command("clear", cls=SharedOptionsCommand)
def clear_cache(context: typer.Context, everything: Everything = False) -> None:
    """
    Remove the cached model list of this proxy and credential

    The next command that needs it fetches it again. Credentials are not
    touched; `litectl logout` forgets those.
    """
    from litectl.catalog.cache import cached_lists, remove

    runtime = runtime_of(context)
    if everything:
        directory = runtime.paths.catalogs
        count = sum(remove(directory, entry.fingerprint) for entry in cached_lists(directory))
    else:
        count = int(runtime.lister.require_cache().clear())
    runtime.terminal.say(f"removed {count} cached list{'' if count == 1 else 's'}")


@app.command("path", cls=SharedOptionsCommand)
def print_cache_path(context: typer.Context, everything: Everything = False) -> None:
    """Print where the cached model list of this proxy and credential is, or with --all the directory"""
    runtime = runtime_of(context)
    path = runtime.paths.catalogs if everything else runtime.lister.require_cache().path
    runtime.terminal.write_line(str(path))
