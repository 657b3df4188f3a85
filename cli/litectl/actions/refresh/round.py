"""
Every stored profile refreshed, one after another: the edge of `models refresh --all-profiles`.

It is made for cron. Data is a line on stdout for each profile whose models changed, so that
`>>refresh.log` keeps a log of that; stderr is for people, and has nothing but errors with
`--quiet`, so that cron has mail to send only when there is something to mend.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from litectl.actions.refresh.refreshing import Wishes, refresh_lists, say_how_many, say_which_tools, some_of
from litectl.errors import ConfigError, LitectlError, PartialError
from litectl.failures.hints import for_profile
from litectl.output.refreshes import Outcome
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.catalog.replacement import Refreshed
    from litectl.run.runtime import Runtime
    from litectl.storage.lastrefresh import ProfileRefresh

_SEE_ONE = "see what is wrong with `litectl doctor`"


def refresh_profiles(runtime: "Runtime", wishes: Wishes) -> None:
    """
    Refresh every stored profile, say how each ended, and keep that for `doctor`.

    Only one process at a time does so: where another one is at it this one leaves it to that
    and is no failure, for the work is done, and whatever is wrong is said by the other one.
    Raises `ConfigError` when there is no profile, `PartialError` when some failed, and an
    error of the one class when all failed with it.
    """
    from litectl.storage.files import LockedError, locked
    from litectl.storage.lastrefresh import LastRefresh, write_last_refresh

    names = list(runtime.profiles.by_name)
    if not names:
        raise ConfigError("no profile is stored", hint="add one with `litectl login`")
    path = runtime.paths.last_refresh
    try:
        with locked(path, seconds=0):
            outcomes = [_refreshed(runtime, name, wishes, is_only=len(names) == 1) for name in names]
            last = LastRefresh(runtime.now(), [_as_kept(runtime, outcome) for outcome in outcomes])
            write_last_refresh(path, last)
    except LockedError:
        runtime.terminal.note("every profile is being refreshed by another litectl at this moment")
        _print(runtime, [], None)
        return
    _print(runtime, outcomes, last.finished_at)
    if failure := _failure(outcomes):
        raise failure


def _of_system(error: OSError) -> LitectlError:
    return LitectlError(f"the system refused: {error}", hint="check the disk and the permissions")


def _refreshed(runtime: "Runtime", name: str, wishes: Wishes, *, is_only: bool) -> Outcome:
    """Refresh the profile *name* and say how that ended; an error of the *is_only* one is said at the end."""
    from time import monotonic

    started = monotonic()
    try:
        refreshed = _lists(runtime.of_profile(name), name, wishes)
    except (LitectlError, OSError) as error:
        failure = error if isinstance(error, LitectlError) else _of_system(error)
        failure.hint = for_profile(failure.hint, one_line(name))
        if not (runtime.wants_json or is_only):
            runtime.terminal.error(f"{one_line(name)}: {failure.message}", failure.hint)
        return Outcome(name, None, (), (), failure, monotonic() - started)
    added, removed = (tuple(names) for names in refreshed.changes)
    outcome = Outcome(name, len(refreshed.catalog.models), added, removed, None, monotonic() - started)
    if runtime.options.format is None:
        _log(runtime, outcome)
    return outcome


def _lists(runtime: "Runtime", name: str, wishes: Wishes) -> "Refreshed":
    if runtime.wants_json:
        return refresh_lists(runtime, wishes, lambda _: None)[0]
    runtime.terminal.say(f"profile {name}")
    refreshed, tools = refresh_lists(runtime, wishes, lambda found: say_how_many(runtime, found))
    say_which_tools(runtime, tools)
    return refreshed


def _log(runtime: "Runtime", outcome: Outcome) -> None:
    """Write what changed as one line of a log; nothing where nothing did."""
    from litectl.output.times import timestamp

    changes = (("added", outcome.added), ("removed", outcome.removed))
    said = [f"{what} {len(names)}: {some_of(names)}" for what, names in changes if names]
    if said:
        when = timestamp(runtime.now())
        runtime.terminal.write_line(f"{when} {one_line(outcome.profile)}: {'; '.join(said)}")


def _print(runtime: "Runtime", outcomes: Sequence[Outcome], finished_at: float | None) -> None:
    """Print all *outcomes* in the format that was asked for, nothing without one."""
    from litectl.output.columns import Listing
    from litectl.output.listing import print_listing
    from litectl.output.refreshes import refresh_columns
    from litectl.output.times import timestamp

    if runtime.options.format is None:
        return
    columns = refresh_columns(runtime.terminal)
    listing = Listing("profiles", columns, columns, outcomes, {"finished_at": timestamp(finished_at)})
    print_listing(runtime.terminal, listing, runtime.options.format)


def _as_kept(runtime: "Runtime", outcome: Outcome) -> "ProfileRefresh":
    from litectl.storage.lastrefresh import ProfileRefresh

    message = runtime.terminal.without_secrets(outcome.error.message) if outcome.error else ""
    has_changed = bool(outcome.added or outcome.removed)
    return ProfileRefresh(outcome.profile, outcome.error is None, message, outcome.models, has_changed)


def _failure(outcomes: Sequence[Outcome]) -> LitectlError | None:
    """Return what to raise for those of *outcomes* that failed; None when none did."""
    errors = {outcome.profile: outcome.error for outcome in outcomes if outcome.error}
    if not errors:
        return None
    first = next(iter(errors.values()))
    if len(outcomes) == 1:
        name = outcomes[0].profile
        return type(first)(f"{name}: {first.message}", hint=first.hint, details=first.details)
    details = {"profiles": list(errors)}
    if len(errors) == len(outcomes) and len({error.exit_code for error in errors.values()}) == 1:
        said = f"none of {len(outcomes)} profiles could be refreshed"
        return type(first)(said, hint=for_profile(_SEE_ONE, one_line(next(iter(errors)))), details=details)
    said = f"{len(errors)} of {len(outcomes)} profiles were not refreshed: {some_of(list(errors))}"
    return PartialError(said, hint=for_profile(_SEE_ONE, one_line(next(iter(errors)))), details=details)
