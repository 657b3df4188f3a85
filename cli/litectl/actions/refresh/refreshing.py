"""
What a proxy offers, fetched now: its models, the tools of its MCP servers, and what is said of them.

The edge of `models refresh`, for the proxy of one run.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.text import counting
from litectl.text.counting import counted

if TYPE_CHECKING:
    from litectl.catalog.replacement import Refreshed
    from litectl.errors import LitectlError
    from litectl.mcp.tools import ToolList
    from litectl.run.runtime import Runtime

_MOST_NAMES = 20  # of the new and the lost ones that are said; all are in the JSON
_MOST_JITTER = 86400.0  # seconds: who wants more means another hour of the timetable


class Wishes(NamedTuple):
    """What a refresh does beside fetching the models: ask `/health` where no list can be had; the tools."""

    allow_health: bool = False
    with_tools: bool = True


def refresh_proxy(runtime: "Runtime", wishes: Wishes) -> None:
    """Refresh the lists of the proxy of *runtime*, and print what came of it; raises what went wrong."""
    say = (
        (lambda _: None) if runtime.wants_json else (lambda refreshed: _say_what_changed(runtime, refreshed))
    )
    refreshed, tools = refresh_lists(runtime, wishes, say)
    failed = [outcome.server for outcome in tools.failed] if tools else []
    if not runtime.wants_json:
        say_which_tools(runtime, tools)
        return
    from litectl.output.listing import print_record
    from litectl.output.times import timestamp

    record = {
        "source": refreshed.catalog.source,
        "fetched_at": timestamp(refreshed.catalog.fetched_at),
        "models": len(refreshed.catalog.models),
        "added": refreshed.changes.added,
        "removed": refreshed.changes.removed,
        "steps": [outcome._asdict() for outcome in refreshed.outcomes],
        "tools": len(tools.tools) if tools else None,
        "mcp_servers_failed": failed,
    }
    print_record(runtime.terminal, record, runtime.options.format)


def refresh_lists(
    runtime: "Runtime", wishes: Wishes, on_models: Callable[["Refreshed"], None]
) -> "tuple[Refreshed, ToolList | None]":
    """
    Refresh the models of the proxy of *runtime*, call *on_models*, then refresh the tools, and return both.

    Raises what keeps the models from being had; tools that cannot be had are None.
    """
    from litectl.errors import LitectlError

    try:
        refreshed = runtime.lister.refresh(allow_health=wishes.allow_health)
    except LitectlError as error:
        if wishes.with_tools:
            _refresh_known_tools(runtime, error)
        raise
    on_models(refreshed)
    return refreshed, _refreshed_tools(runtime) if wishes.with_tools else None


def say_how_many(runtime: "Runtime", refreshed: "Refreshed") -> None:
    """Say how many models there are now, and which step of the discovery gave them."""
    catalog, terminal = refreshed.catalog, runtime.terminal
    terminal.say(f"{counted(len(catalog.models), 'model')}, from {catalog.source}")
    if not refreshed.outcomes:
        terminal.say("fetched by another litectl at this moment")


def say_which_tools(runtime: "Runtime", tools: "ToolList | None") -> None:
    """Say how many *tools* there are, and which servers did not list theirs."""
    if tools and tools.tools:
        runtime.terminal.say(f"{counted(len(tools.tools), 'tool')} of MCP servers")
    if tools and tools.failed:
        failed = [outcome.server for outcome in tools.failed]
        runtime.terminal.say(f"MCP servers that did not list their tools: {some_of(failed)}")


def some_of(names: Sequence[str]) -> str:
    """Return *names* for a message on one line: the first of them, and how many more there are."""
    from litectl.text.lines import one_line

    return counting.some_of(names, _MOST_NAMES, one_line)


def check_jitter(seconds: float) -> float:
    """Return *seconds* when a start may be put off by so many; raises `UsageError`."""
    from litectl.errors import UsageError

    if not 0 <= seconds <= _MOST_JITTER:
        raise UsageError(
            f"`--jitter` is a number of seconds from 0 to {_MOST_JITTER:.0f}",
            hint="for example `--jitter 900`",
        )
    return seconds


def put_off(runtime: "Runtime", jitter: float) -> None:
    """
    Wait a random time of up to *jitter* seconds; a signal ends it.

    Machines that share a timetable would otherwise ask one proxy in the same second.
    """
    if not jitter:
        return
    import random
    import time

    seconds = random.SystemRandom().uniform(0, jitter)
    with runtime.terminal.progress(f"waiting {seconds:.0f} s before the refresh", limit=seconds):
        time.sleep(seconds)


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
            runtime.terminal.warn(f"the tool list cannot be refreshed: {error.message}")
        return None


def _has_no_tools(error: "LitectlError") -> bool:
    """Tell whether *error* says that there are no tools for this key, which is so for most."""
    from litectl.errors import AuthError

    # The credential itself was accepted a moment ago.
    return isinstance(error, AuthError) or error.details.get("status") == 404


def _say_what_changed(runtime: "Runtime", refreshed: "Refreshed") -> None:
    say_how_many(runtime, refreshed)
    for what, names in (("added", refreshed.changes.added), ("removed", refreshed.changes.removed)):
        if names:
            runtime.terminal.say(f"{what}: {some_of(names)}")
