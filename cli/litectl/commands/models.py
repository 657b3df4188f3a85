"""`litectl models`: what the proxy offers."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from litectl.catalog.catalog import Catalog
    from litectl.profiles import Overrides
    from litectl.runtime import Runtime

Result = TypeVar("Result")

app = new_app("List and inspect the models of the proxy")


Mode = Annotated[
    str | None,
    typer.Option(
        "--mode", metavar="MODE", help="Only this mode, such as embedding, or `all`; else what can chat"
    ),
]
Search = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Only names or providers with these words")
]
SortBy = Annotated[
    str, typer.Option("--sort", metavar="COLUMN", help="The column to sort by", show_default=True)
]
Reverse = Annotated[bool, typer.Option("--reverse", help="Sort downwards")]
Columns = Annotated[
    str | None, typer.Option("--columns", metavar="A,B", help="The columns to show, in this order")
]


@app.command("list", cls=SharedOptionsCommand)
def list_models(
    context: typer.Context,
    mode: Mode = None,
    search: Search = None,
    sort_by: SortBy = "name",
    reverse: Reverse = False,
    columns: Columns = None,
) -> None:
    """
    List the models that this credential may use

    The list is kept for 24 hours, so most calls need no network. Prices are US
    dollars per million tokens; what nobody knows is empty, and null in JSON.

    Columns and JSON fields: name, mode, max_input_tokens, max_output_tokens,
    abilities, input_price, output_price, providers, deployments, incomplete.
    """
    from litectl.catalog.cache import is_stale
    from litectl.catalog.selection import select, sort
    from litectl.errors import UsageError
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing
    from litectl.output.models import DEFAULT_COLUMNS, model_columns
    from litectl.output.times import timestamp

    runtime = runtime_of(context)
    known = model_columns()
    shown = choose_columns(columns or DEFAULT_COLUMNS, known)
    sort_column, *more = choose_columns(sort_by, known)
    if more:
        raise UsageError("`--sort` takes one column", hint=f"for example `--sort {sort_column.name}`")
    catalog = current(runtime)
    models = sort(select(catalog.models, mode=mode, search=search), sort_column.name, reverse=reverse)
    about = {
        "source": catalog.source,
        "fetched_at": timestamp(catalog.fetched_at),
        "stale": is_stale(catalog.fetched_at, runtime.now()),
    }
    listing = Listing("models", known, shown, models, about)
    print_listing(runtime.terminal, listing, runtime.options.format)
    _explain_selection(runtime, catalog, mode, count=len(models))


@app.command("show", cls=SharedOptionsCommand)
def show_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a model")],
) -> None:
    """Show all that is known of one model"""
    from litectl.errors import NotFoundError
    from litectl.output.listing import print_record
    from litectl.output.models import model_columns

    runtime = runtime_of(context)
    catalog = current(runtime, with_deployments=True)
    model = catalog.find(name)
    if model is None:
        raise NotFoundError(f"unknown model: {name}", hint=near_hint(catalog, name))
    behind = [row for row in catalog.deployments if row["name"] == name]
    sources = _sources(runtime, name)
    record: dict[str, object]
    if runtime.wants_json:
        record = {column.name: column.as_json(column.read(model)) for column in model_columns()}
        record["deployments"] = behind
        record["sources"] = {"all": catalog.source, **sources}
    else:
        record = {column.name: column.as_text(column.read(model)) for column in model_columns()}
        record["backends"] = [row["backend"] for row in behind if "backend" in row]
        record["sources"] = [catalog.source, *(f"{field}={source}" for field, source in sources.items())]
    print_record(runtime.terminal, record, runtime.options.format)


@app.command("refresh", cls=SharedOptionsCommand)
def refresh_models(context: typer.Context) -> None:
    """
    Fetch the model list now and keep it for 24 hours

    Says on stderr what was added and removed; with --quiet nothing, as cron
    likes it. When it fails the old list stays and the exit code says why.
    """
    from litectl.catalog.current import refresh
    from litectl.output.listing import print_record
    from litectl.output.times import timestamp

    runtime = runtime_of(context)
    catalog, changes = _settled(lambda: refresh(runtime.require_catalog_cache(), lambda: fetch(runtime)))
    if runtime.wants_json:
        record = {
            "source": catalog.source,
            "fetched_at": timestamp(catalog.fetched_at),
            "models": len(catalog.models),
            "added": changes.added,
            "removed": changes.removed,
        }
        print_record(runtime.terminal, record, runtime.options.format)
        return
    count = len(catalog.models)
    runtime.terminal.say(f"{count} model{'' if count == 1 else 's'}, from {catalog.source}")
    for what, names in (("added", changes.added), ("removed", changes.removed)):
        if names:
            runtime.terminal.say(f"{what}: {', '.join(names)}")


def _sources(runtime: "Runtime", name: str) -> dict[str, str]:
    """Return where the values of model *name* come from that are not the catalog's own."""
    from litectl.catalog.overrides import SOURCE, usable_fields

    return dict.fromkeys(usable_fields(_overrides(runtime).get(name, {})), SOURCE)


def _overrides(runtime: "Runtime") -> "Overrides":
    profile = runtime.target.settings_profile
    return profile.models if profile else {}


def _explain_selection(runtime: "Runtime", catalog: "Catalog", mode: str | None, *, count: int) -> None:
    """Say which modes there are when the one asked for has no model, or that others are left out."""
    from litectl.catalog.selection import ANY_MODE, select

    modes = sorted({model.mode for model in catalog.models if model.mode})
    if mode not in (None, ANY_MODE, *modes):
        runtime.terminal.note(f"no model has mode `{mode}`; there are {', '.join(modes) or 'none'}")
    if mode is None and count and runtime.terminal.stdout_is_terminal:
        others = len(catalog.models) - len(select(catalog.models, mode=None, search=None))
        if others:
            runtime.terminal.note(f"{others} of other modes; see them with `--mode all`")


class CredentialChanged(Exception):
    """Another credential than expected was sent, so another list is to be read and written."""


def fetch(runtime: "Runtime") -> "Catalog":
    """Return the catalog as the proxy has it now; raises `CredentialChanged` before it asks."""
    from litectl.catalog.discovery import discover

    terminal, identity = runtime.terminal, runtime.credential.identity
    with runtime.open_proxy() as proxy:
        if runtime.credential.identity != identity:
            raise CredentialChanged
        return discover(proxy, seconds=_fetch_seconds(runtime), now=runtime.now(), trace=terminal.trace)


def _fetch_seconds(runtime: "Runtime") -> float:
    """Return the limit of a fetch that was asked for, also where unasked ones are switched off."""
    return runtime.options.timeout or runtime.discovery_seconds or 5.0


def current(runtime: "Runtime", *, with_deployments: bool = False) -> "Catalog":
    """Return the catalog to use now, cached or fetched as the rules of the cache say, with overrides."""
    from litectl.catalog.current import Policy, current_catalog

    policy = Policy(
        fetch=lambda: fetch(runtime),
        start_background=(lambda: _start_background(runtime)) if _may_refresh_behind(runtime) else None,
        offline=runtime.offline,
        automatic=runtime.discovery_seconds > 0,
        seconds=_fetch_seconds(runtime),
        warn=runtime.terminal.warn,
    )
    catalog = _settled(
        lambda: current_catalog(
            runtime.catalog_cache, policy, runtime.now(), with_deployments=with_deployments
        )
    )
    overrides = _overrides(runtime)
    if not overrides:
        return catalog
    from litectl.catalog.overrides import override

    return catalog._replace(models=override(catalog.models, overrides))


def _settled(call: "Callable[[], Result]") -> "Result":
    """Return what *call* gives; once more when it found that another credential is sent."""
    try:
        return call()
    except CredentialChanged:
        return call()


def near_hint(catalog: "Catalog", name: str) -> str:
    """Return what to do about the unknown model *name*."""
    if catalog.find(name):
        return "the proxy lists this model, but the backend behind it does not know it: tell the operator"
    near = catalog.near(name)
    if near:
        return f"did you mean {' or '.join(f'`{other}`' for other in near)}?"
    return "see the models this key may use with `litectl models list --mode all`"


def _may_refresh_behind(runtime: "Runtime") -> bool:
    """Tell whether another process may fetch the list: no helper has to run, no secret is an argument."""
    from litectl.credentials.stored import HELPER

    options = runtime.options
    on_terminal = runtime.terminal.stdout_is_terminal
    needs_us = options.api_key_file == "-" or options.header or runtime.credential.kind == HELPER
    return on_terminal and not needs_us


def _start_background(runtime: "Runtime") -> None:
    from litectl.catalog.background import start_refresh

    options = runtime.options
    names = ("profile", "base_url", "api_key_file", "auth_header", "ca_bundle", "client_cert", "client_key")
    given = [(name, value) for name in names if (value := getattr(options, name))]
    arguments = [word for name, value in given for word in (f"--{name.replace('_', '-')}", value)]
    start_refresh([*arguments, "--allow-http"] if options.allow_http else arguments)
