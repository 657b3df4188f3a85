"""`litectl models refresh`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.catalog.current import Refreshed
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
) -> None:
    """
    Fetch the model list now and keep it for 24 hours

    Says on stderr what was added and removed; with --quiet nothing, as cron
    likes it. When it fails the old list stays and the exit code says why. How
    each discovery step ended is said with -v, and in the JSON.

    JSON fields: source, fetched_at, models, added, removed, and steps with
    source, path, outcome, entries, status, seconds, detail.
    """
    from litectl.output.listing import print_record
    from litectl.output.times import timestamp

    runtime = runtime_of(context)
    refreshed = runtime.lister.refresh(allow_health=allow_health)
    if not runtime.wants_json:
        _say_what_changed(runtime, refreshed)
        return
    catalog, changes = refreshed.catalog, refreshed.changes
    record = {
        "source": catalog.source,
        "fetched_at": timestamp(catalog.fetched_at),
        "models": len(catalog.models),
        "added": changes.added,
        "removed": changes.removed,
        "steps": [outcome._asdict() for outcome in refreshed.outcomes],
    }
    print_record(runtime.terminal, record, runtime.options.format)


def _say_what_changed(runtime: "Runtime", refreshed: "Refreshed") -> None:
    from litectl.output.columns import one_line

    count, terminal = len(refreshed.catalog.models), runtime.terminal
    terminal.say(f"{count} model{'' if count == 1 else 's'}, from {refreshed.catalog.source}")
    if not refreshed.outcomes:
        terminal.say("fetched by another litectl at this moment")
    for what, names in (("added", refreshed.changes.added), ("removed", refreshed.changes.removed)):
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            shown = ", ".join(map(one_line, names[:_MOST_NAMES]))
            terminal.say(f"{what}: {shown}{more}")
