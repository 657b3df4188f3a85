"""`litectl spend`."""

from typing import Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, new_app, runtime_of

app = new_app()

By = Annotated[
    str | None, typer.Option("--by", metavar="WHAT", help="What was spent by model, key, day or provider")
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DAYS|DATE", help="With `--by`: 7d, 2w or 2026-11-01; 30d without it"),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="With `--by`: the last day; today without it")
]
User = Annotated[str | None, typer.Option("--user", metavar="ID", help="With `--by`: of this user only")]
Team = Annotated[str | None, typer.Option("--team", metavar="ID", help="With `--by`: of this team only")]


@app.command(cls=SharedOptionsCommand)
def spend(
    context: typer.Context,
    by: By = None,
    since: Since = None,
    until: Until = None,
    user: User = None,
    team: Team = None,
    columns: Columns = None,
) -> None:
    """
    Show what is left of the budgets before requests fail, or with `--by` what was spent

    \b
        litectl spend
        litectl spend --by day --since 7d --format csv

    The budgets are those of the calling key, its user and its team; a login has all
    teams of its user. That of the user does not limit the keys of a team, unless the
    operator of the proxy says so. Dollars are US, days and times are UTC. The proxy
    counts with a delay of some seconds; what it does not tell is empty, null in JSON.

    JSON fields: scope (key, user, team, team_member), name, id, spend, max_budget,
    budget_left, used_percent, budget_reset_at, daily_spend (since the first day with
    spend of the last 7), used_up_at (if it goes on so; null when the budget begins
    anew before, or when there were not two such days). The document has budgets.

    With `--by` an admin sees the whole proxy, a user their own keys, and a key of
    nobody nothing (exit 4). JSON fields: model, day or provider, or for keys key,
    alias, token (the hash), user_id, team_id, exists; then spend, requests,
    failed_requests, input_tokens, output_tokens, cache_read_tokens,
    cache_write_tokens. The document has since, until, by, user_id, team_id, total,
    cut (there was more than could be read), rows.
    """
    from litectl.actions.spending import Wishes, print_budgets, print_usage

    runtime, wishes = runtime_of(context), Wishes(since, until, user, team, columns)
    if by is None:
        print_budgets(runtime, wishes)
    else:
        print_usage(runtime, by, wishes)
