"""`litectl models refresh`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.catalog.replacement import Refreshed
    from litectl.errors import LitectlError
    from litectl.mcp.tools import ToolList
    from litectl.runtime import Runtime

_MOST_NAMES = 20  # of the new and the lost ones that are said; all are in the JSON

app = new_app()


@app.command(cls=SharedOptionsCommand)
def refresh_models(
    context: typer.Context,
    allow_health: Annotated[
        bool,
        typer.Option(
            "--allow-health", help="Where no list can be had, ask /health, which makes billed calls"
        ),
    ] = False,
    no_mcp: Annotated[
        bool, typer.Option("--no-mcp", help="Leave the tools of the MCP servers as they are")
    ] = False,
) -> None:
    """
    Fetch the model list now, and the tools of the MCP servers, and keep them for 24 hours

    Says on stderr what was added and removed; with --quiet nothing, as cron
    likes it. When it fails the old list stays and the exit code says why. How
    each discovery step ended is said with -v, and in the JSON. When only the
    tools cannot be had that is a warning, and where there are none no failure at all.

    JSON fields: source, fetched_at, models, added, removed, steps with source,
    path, outcome, entries, status, seconds, detail; tools, null when they were not
    fetched, and mcp_servers_failed.
    """
    from litectl.errors import LitectlError
    from litectl.output.listing import print_record
    from litectl.output.times import timestamp

    runtime = runtime_of(context)
    try:
        refreshed = runtime.lister.refresh(allow_health=allow_health)
    except LitectlError as error:
        if not no_mcp:
            _refresh_known_tools(runtime, error)
        raise
    if not runtime.wants_json:
        _say_what_changed(runtime, refreshed)
    tools = None if no_mcp else _refreshed_tools(runtime)
    failed = [outcome.server for outcome in tools.failed] if tools else []
    if not runtime.wants_json:
        _say_which_tools(runtime, tools, failed)
        return
    catalog, changes = refreshed.catalog, refreshed.changes
    record = {
        "source": catalog.source,
        "fetched_at": timestamp(catalog.fetched_at),
        "models": len(catalog.models),
        "added": changes.added,
        "removed": changes.removed,
        "steps": [outcome._asdict() for outcome in refreshed.outcomes],
        "tools": len(tools.tools) if tools else None,
        "mcp_servers_failed": failed,
    }
    print_record(runtime.terminal, record, runtime.options.format)


def _refresh_known_tools(runtime: "Runtime", failure: "LitectlError") -> None:
    """
    Refresh the tools where some are cached, after the *failure* of the models.

    Not every key may list models, and a tool list that is refreshed behind a command is refreshed here.
    """
    from litectl.errors import NetworkError

    if runtime.toolbox.cached() is None:
        return
    if isinstance(failure, NetworkError):
        runtime.toolbox.require_cache().file.note_failure(failure.message)
    else:
        _refreshed_tools(runtime)


def _refreshed_tools(runtime: "Runtime") -> "ToolList | None":
    """Return the tools, fetched now; None when they cannot be had, which does not undo the model list."""
    from litectl.errors import LitectlError

    try:
        return runtime.toolbox.refresh()
    except LitectlError as error:
        if _has_no_tools(error):
            runtime.terminal.trace(f"no tools: {error.message}")
        else:
            runtime.terminal.warn(f"the tool list could not be refreshed: {error.message}")
        return None


def _has_no_tools(error: "LitectlError") -> bool:
    """Tell whether *error* says that there are no tools for this key, which is so for most."""
    from litectl.errors import AuthError

    # The credential itself was accepted a moment ago.
    return isinstance(error, AuthError) or error.details.get("status") == 404


def _say_what_changed(runtime: "Runtime", refreshed: "Refreshed") -> None:
    count, terminal = len(refreshed.catalog.models), runtime.terminal
    terminal.say(f"{count} model{'' if count == 1 else 's'}, from {refreshed.catalog.source}")
    if not refreshed.outcomes:
        terminal.say("fetched by another litectl at this moment")
    for what, names in (("added", refreshed.changes.added), ("removed", refreshed.changes.removed)):
        if names:
            terminal.say(f"{what}: {_some_of(names)}")


def _say_which_tools(runtime: "Runtime", tools: "ToolList | None", failed: list[str]) -> None:
    if tools and tools.tools:
        count = len(tools.tools)
        runtime.terminal.say(f"{count} tool{'' if count == 1 else 's'} of MCP servers")
    if failed:
        runtime.terminal.say(f"MCP servers that did not list their tools: {_some_of(failed)}")


def _some_of(names: list[str]) -> str:
    from litectl.output.columns import one_line

    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(one_line, names[:_MOST_NAMES])) + more
