"""`litectl models diff`."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.catalog.catalog import Catalog
    from litectl.run.runtime import Runtime

app = new_app()


@app.command(cls=SharedOptionsCommand)
def diff_models(
    context: typer.Context,
    profiles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROFILE] [OTHER]", help="The profiles whose lists are compared"),
    ] = None,
    fields: Annotated[
        str | None, typer.Option("--fields", metavar="A,B", help="Compare these fields only; else all")
    ] = None,
) -> None:
    """
    Say what differs: between the cached list and the proxy now, or between profiles

    Without a profile the cached list is compared with what the proxy lists at
    this moment, and stays as it is. With one, the list in use is compared with
    that of the profile; with two, the first with the second.

    The exit code is 0 when nothing differs, 1 when something does, and
    another one when the lists could not be compared:

    \b
        litectl models diff --fields max_input_tokens >changes
        [ $? -ne 1 ] || mail -s "the gateway changed" me <changes

    JSON fields: differences with name, change, field, before, after; and before
    and after with profile, base_url, source, fetched_at. Names that are new or
    gone are always compared; fields are those of `litectl models list --json`
    and the abilities.
    """
    from litectl.catalog.differences import differences
    from litectl.errors import ExitCode
    from litectl.output.columns import Listing
    from litectl.output.differences import difference_columns
    from litectl.output.listing import print_listing

    runtime = runtime_of(context)
    compared = _compared_fields(fields)
    before, after = _comparable_lists(runtime, profiles or [])
    rows = differences(before.catalog.models, after.catalog.models, compared)
    sources = [side.catalog.source for side in (before, after)]
    if sources[0] != sources[1]:
        runtime.terminal.note(f"one list is from {sources[0]}, the other from {sources[1]}")
    columns = difference_columns()
    about = {"before": before.as_json(), "after": after.as_json()}
    print_listing(
        runtime.terminal, Listing("differences", columns, columns, rows, about), runtime.options.format
    )
    if rows:
        raise typer.Exit(ExitCode.FAILED)


def _compared_fields(text: str | None) -> list[str]:
    """Return the fields named in the comma-separated *text*, all without one; raises `UsageError`."""
    from litectl.catalog.differences import FIELDS
    from litectl.errors import UsageError

    if text is None:
        return list(FIELDS)
    chosen = [name for part in text.split(",") if (name := part.strip())]
    unknown = [name for name in chosen if name not in FIELDS]
    if unknown:
        raise UsageError(f"a model has no field {unknown[0]}", hint=f"the fields are {', '.join(FIELDS)}")
    return chosen


class _Side(NamedTuple):
    """One of the two lists: whose it is."""

    runtime: "Runtime"
    catalog: "Catalog"

    def as_json(self) -> dict[str, object]:
        """Return where the list is from."""
        from litectl.output.times import timestamp

        target = self.runtime.target
        return {
            "profile": target.profile.name if target.profile else None,
            "base_url": target.root,
            "source": self.catalog.source,
            "fetched_at": timestamp(self.catalog.fetched_at),
        }


def _comparable_lists(runtime: "Runtime", profiles: list[str]) -> tuple[_Side, _Side]:
    """Return the lists to compare; no failure has exit code 1, which says that something differs."""
    from litectl.errors import ExitCode, LitectlError, UpstreamError

    try:
        return _two_lists(runtime, profiles)
    except LitectlError as error:
        if error.exit_code != ExitCode.FAILED:
            raise
        raise UpstreamError(error.message, hint=error.hint, details=error.details) from error


def _two_lists(runtime: "Runtime", profiles: list[str]) -> tuple[_Side, _Side]:
    """Return the lists to compare: of two profiles, or the cached one and the one of this moment."""
    from litectl.errors import ConfigError, UsageError
    from litectl.storage.listfile import DamagedCache

    if len(profiles) > 2:
        raise UsageError("more than two profiles cannot be compared", hint="name one or two")
    if profiles:
        first = runtime if len(profiles) == 1 else runtime.of_profile(profiles[0])
        second = runtime.of_profile(profiles[-1])
        return _Side(first, first.lister.listed()), _Side(second, second.lister.listed())
    try:
        cached = runtime.lister.require_cache().read()
    except DamagedCache:
        cached = None
    if cached is None:
        raise ConfigError(
            "no model list is cached to compare with", hint="keep one with `litectl models refresh`"
        )
    return _Side(runtime, cached), _Side(runtime, runtime.lister.fetch(cached))
