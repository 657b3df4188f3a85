"""`litectl keys list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.keys.key import KeyList
    from litectl.run.runtime import Runtime

app = new_app()

Alias = Annotated[
    str | None, typer.Option("--alias", metavar="TEXT", help="Only keys with these words in their alias")
]
User = Annotated[str | None, typer.Option("--user", metavar="ID", help="Only keys of this user")]
Team = Annotated[str | None, typer.Option("--team", metavar="ID", help="Only keys of this team")]
Expired = Annotated[bool, typer.Option("--expired", help="Only keys that have ended")]


@app.command(cls=SharedOptionsCommand)
def list_keys(
    context: typer.Context,
    alias: Alias = None,
    user: User = None,
    team: Team = None,
    expired: Expired = False,
    columns: Columns = None,
) -> None:
    """
    List the keys that this credential may see

    An admin sees all, a user their own and those of teams they manage, and a key of
    nobody itself. A key is shown by its hash and its end; nobody can see it again.
    Spend and budgets are US dollars, limits are of one minute, times are UTC.

    Columns and JSON fields: alias, name, spend, max_budget, budget_left, models,
    expires_at, budget_reset_at, budget_duration, rpm_limit, tpm_limit, user_id,
    team_id, team_alias, blocked, created_at, last_active, metadata (its texts), token
    (the hash). An empty list of models is no restriction. The JSON document has
    own_only (this key may see itself only), left_out (entries without a hash), cut
    (there are more), keys.
    """
    from litectl.keys.api import SECONDS, fetch_keys
    from litectl.keys.key import check_given
    from litectl.keys.key import expired as expired_keys
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.keys import TABLE_COLUMNS, TEXT_COLUMNS, key_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.text.wordsearch import matching

    for option, text in (("--alias", alias), ("--user", user), ("--team", team)):
        check_given(text, option)
    runtime = runtime_of(context)
    output_format, terminal = runtime.options.format, runtime.terminal
    known = key_columns()
    usual = TABLE_COLUMNS if is_for_people(terminal, output_format) else TEXT_COLUMNS
    shown = choose_columns(columns or usual, known)
    with runtime.open_proxy() as proxy:
        seconds = runtime.options.timeout or SECONDS
        listed = fetch_keys(proxy, user_id=user, team_id=team, seconds=seconds)
    rows = matching(listed.keys, alias, lambda key: key.alias or "")
    rows = expired_keys(rows, runtime.now()) if expired else rows
    about = {"own_only": listed.is_own_only, "left_out": listed.left_out, "cut": listed.is_cut}
    print_listing(terminal, Listing("keys", known, shown, rows, about), output_format)
    _tell_limits(runtime, listed)


def _tell_limits(runtime: "Runtime", listed: "KeyList") -> None:
    if listed.is_own_only:
        runtime.terminal.note("this key is of nobody, so it sees itself only")
    if listed.is_cut:
        runtime.terminal.warn(f"there are more keys than these {len(listed.keys)}: narrow with `--user`")
    if listed.left_out:
        runtime.terminal.warn(f"{listed.left_out} entries without a hash are left out")
