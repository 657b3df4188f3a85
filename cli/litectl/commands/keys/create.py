"""`litectl keys create`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.keys.entries import NewKey
    from litectl.run.runtime import Runtime

app = new_app()

_SETS = ("all-proxy-models", "all-team-models", "no-default-models")  # what the proxy takes for many, or none

Alias = Annotated[str | None, typer.Option("--alias", metavar="NAME", help="What to call it; unique")]
Models = Annotated[
    list[str] | None,
    typer.Option("--models", metavar="A,B", help="Only these models; can be repeated; else all"),
]
MaxBudget = Annotated[
    str | None, typer.Option("--max-budget", metavar="USD", help="How much it may spend, in US dollars")
]
BudgetDuration = Annotated[
    str | None,
    typer.Option("--budget-duration", metavar="TIME", help="Begin the budget anew after this time: 30d, 1mo"),
]
Duration = Annotated[
    str | None,
    typer.Option("--duration", metavar="TIME", help="End it after this time: 30m, 12h, 30d; else never"),
]
Rpm = Annotated[int | None, typer.Option("--rpm", metavar="N", min=1, help="At most N requests a minute")]
Tpm = Annotated[int | None, typer.Option("--tpm", metavar="N", min=1, help="At most N tokens a minute")]
User = Annotated[str | None, typer.Option("--user", metavar="ID", help="The user that it belongs to")]
Team = Annotated[str | None, typer.Option("--team", metavar="ID", help="The team that it belongs to")]
Metadata = Annotated[
    list[str] | None, typer.Option("--metadata", metavar="KEY=VALUE", help="A note about it; can be repeated")
]


@app.command(cls=SharedOptionsCommand)
def create_key(
    context: typer.Context,
    alias: Alias = None,
    models: Models = None,
    max_budget: MaxBudget = None,
    budget_duration: BudgetDuration = None,
    duration: Duration = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    user: User = None,
    team: Team = None,
    metadata: Metadata = None,
) -> None:
    """
    Make a key, and print it: nobody can see it again

    Into a pipe goes the key alone, on a terminal and as JSON what it is too. An admin
    may make keys for everybody, a user with the role internal_user for themselves.
    A request whose answer is lost is not sent again.

    \b
        KEY=$(litectl keys create --alias ci --max-budget 5 --duration 30d)

    JSON fields: key, alias, name, spend, max_budget, budget_left, models, expires_at,
    budget_reset_at, budget_duration, rpm_limit, tpm_limit, user_id, team_id,
    team_alias, blocked, created_at, last_active, metadata, token (the hash).
    """
    from litectl.keys.api import SECONDS
    from litectl.keys.api import create_key as create
    from litectl.keys.wishes import Wishes, body_of

    limits = (max_budget, budget_duration, duration, rpm, tpm)
    body = body_of(Wishes(alias, models or (), *limits, user, team, metadata or ()))
    runtime = runtime_of(context)
    _note_unlisted(runtime, body.get("models"))
    with runtime.open_proxy() as proxy:
        made = create(proxy, body, seconds=runtime.options.timeout or SECONDS)
    runtime.terminal.mask(made.secret)
    _print(runtime, made)


def _note_unlisted(runtime: "Runtime", names: object) -> None:
    """Say which of *names* the cached list lacks: a mistyped one would be noticed by who uses the key."""
    from litectl.failures.envelopes import readable
    from litectl.text.nearness import did_you_mean

    catalog = runtime.lister.cached_catalog()
    if catalog is None or not isinstance(names, list):
        return
    for name in names:
        if not (catalog.find(name) or "*" in name or name in _SETS):
            question = did_you_mean(catalog.near(name))
            said = f"`{readable(name)}` is not in the cached list of models"
            runtime.terminal.note(f"{said}; {question}" if question else said)


def _print(runtime: "Runtime", made: "NewKey") -> None:
    """Print the key that was *made*; raises `OutputError` with its hash when nobody took it."""
    from litectl.errors import OutputError, ReaderGone
    from litectl.output.keys import new_record
    from litectl.output.listing import print_record

    terminal, output_format = runtime.terminal, runtime.options.format
    try:
        if output_format is None and not terminal.stdout_is_terminal:
            terminal.write_line(made.secret)
        else:
            print_record(terminal, new_record(made, terminal, output_format), output_format)
    except (OutputError, ReaderGone) as error:
        raise OutputError(
            "the key was made, and nobody has read it",
            hint=f"delete it with `litectl keys delete {made.key.token}`, and make another one",
        ) from error
    if terminal.stdout_is_terminal:
        terminal.note("keep the key now: it is shown once")
