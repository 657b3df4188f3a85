"""`litectl models refresh`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.run.runtime import SharedOptions

app = new_app()

AllowHealth = Annotated[
    bool,
    typer.Option("--allow-health", help="Where no list can be had, ask /health, which makes billed calls"),
]
NoMcp = Annotated[bool, typer.Option("--no-mcp", help="Leave the tools of the MCP servers as they are")]
AllProfiles = Annotated[
    bool, typer.Option("--all-profiles", help="Refresh every stored profile, one after another")
]
Jitter = Annotated[
    float,
    typer.Option("--jitter", metavar="SECONDS", help="Wait a random time up to this before anything"),
]


@app.command(cls=SharedOptionsCommand)
def refresh_models(
    context: typer.Context,
    allow_health: AllowHealth = False,
    no_mcp: NoMcp = False,
    all_profiles: AllProfiles = False,
    jitter: Jitter = 0.0,
) -> None:
    """
    Fetch the model list now, and the tools of the MCP servers, and keep them for 24 hours

    \b
        litectl models refresh
        litectl models refresh --all-profiles --quiet --jitter 900

    Says on stderr what was added and removed; with `--quiet` nothing, as cron
    likes it. When it fails the old list stays and the exit code says why. How
    each discovery step ended is said with `-v`, and in the JSON. When only the
    tools cannot be had that is a warning, and where there are none no failure at all.

    JSON fields: source, fetched_at, models, added, removed, steps with source,
    path, outcome, entries, status, seconds, detail; tools, null when they were not
    fetched, and mcp_servers_failed.

    With `--all-profiles` one that fails does not stop the others. stdout is a log
    of the changes, a line for each profile that has any, also with `--quiet`; stderr
    has an error for each that failed, and the exit code is 7, or that of the failure
    when all failed alike. While one such run is at work another one leaves it
    to that, and exits 0. How it ended is kept for `litectl doctor`. The JSON document
    has finished_at, null when it was left to another run, and profiles with
    profile, ok, models, added, removed, code, message, hint, exit_code, seconds.
    """
    from litectl.actions.refresh.refreshing import Wishes, check_jitter, put_off, refresh_proxy

    runtime = runtime_of(context)
    wishes, seconds = Wishes(allow_health, with_tools=not no_mcp), check_jitter(jitter)
    if all_profiles:
        _refuse_contradictions(runtime.options)
    if seconds:
        runtime.require_online()  # what can only fail need not be waited for
        put_off(runtime, seconds)
    if not all_profiles:
        refresh_proxy(runtime, wishes)
        return
    from litectl.actions.refresh.round import refresh_profiles

    runtime.require_online()
    refresh_profiles(runtime, wishes)


def _refuse_contradictions(options: "SharedOptions") -> None:
    """Raise `UsageError` for an option that names one proxy or one key beside `--all-profiles`."""
    from litectl.errors import UsageError

    named = {
        "--profile": options.profile,
        "--base-url": options.base_url,
        "--api-key-file": options.api_key_file,
    }
    for option, value in named.items():
        if value:
            raise UsageError(
                f"`--all-profiles` and `{option}` contradict each other",
                hint="each profile has a proxy and a key of its own; leave one of the two options out",
            )
