"""`litectl spend`."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.spend.activity import Activity
    from litectl.spend.budgets import Budget
    from litectl.spend.period import Period

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


class _Asked(NamedTuple):
    """The options as they were given."""

    since: str | None
    until: str | None
    user: str | None
    team: str | None
    columns: str | None


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
    from litectl.errors import UsageError

    runtime = runtime_of(context)
    asked = _Asked(since, until, user, team, columns)
    if by is not None:
        _print_usage(runtime, by, asked)
        return
    if extra := next(
        (name for name in ("since", "until", "user", "team") if getattr(asked, name) is not None), None
    ):
        raise UsageError(
            f"`--{extra}` is of what was spent, not of the budgets",
            hint="add `--by model`, `key`, `day` or `provider`",
        )
    _print_budgets(runtime, columns)


def _print_budgets(runtime: "Runtime", columns: str | None) -> None:
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.output.spend import BUDGET_TABLE, BUDGET_TEXT, budget_columns, budget_line, with_bars

    output_format, terminal = runtime.options.format, runtime.terminal
    for_people = is_for_people(terminal, output_format)
    known = budget_columns()
    shown = choose_columns(columns or (BUDGET_TABLE if for_people else BUDGET_TEXT), known)
    budgets = _budgets(runtime)
    if for_people and not columns:
        width, is_dumb = terminal.width, _is_dumb(runtime)
        shown = with_bars(
            shown, budgets, lambda each: each.used_percent, width=width, most=100.0, is_dumb=is_dumb
        )
    print_listing(terminal, Listing("budgets", known, shown, budgets), output_format)
    for budget in budgets if for_people else ():
        if line := budget_line(budget):
            (terminal.warn if budget.is_used_up else terminal.note)(line)


def _budgets(runtime: "Runtime") -> "list[Budget]":
    from litectl.spend.standing import SECONDS, fetch_budgets

    with runtime.open_proxy() as proxy:
        stored = runtime.credential.stored
        team_id = stored.team_id if stored else None
        seconds = runtime.options.timeout or SECONDS
        return fetch_budgets(proxy, team_id=team_id, now=runtime.now(), seconds=seconds)


def _print_usage(runtime: "Runtime", by: str, asked: _Asked) -> None:
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.output.spend import total_line, usage_columns, usual_columns, with_bars
    from litectl.spend.usage import KEY, rows_of, total_of
    from litectl.text.counting import counted

    period = _period(runtime, by, asked)
    output_format, terminal = runtime.options.format, runtime.terminal
    for_people = is_for_people(terminal, output_format)
    known = usage_columns(by)
    shown = choose_columns(asked.columns or usual_columns(by, for_people=for_people), known)
    activity = _activity(runtime, by, period, asked)
    rows, total = rows_of(activity.days, by), total_of(activity.days)
    idle = 0
    if for_people and not asked.columns:
        used = [row for row in rows if by != KEY or not row.is_idle]
        idle, rows = len(rows) - len(used), used
        width, is_dumb = terminal.width, _is_dumb(runtime)
        shown = with_bars(shown, rows, lambda row: row.usage.spend, width=width, is_dumb=is_dumb)
    days = {"since": str(period.since), "until": str(period.until)}
    whose = {"user_id": asked.user, "team_id": asked.team}
    about = {**days, "by": by, **whose, "total": total._asdict(), "cut": activity.is_cut}
    if_empty = f"nothing was {'spent' if idle else 'counted'} from {period.since} to {period.until} (UTC)"
    print_listing(terminal, Listing("rows", known, shown, rows, about, if_empty), output_format)
    if idle:
        terminal.note(f"left out: {counted(idle, 'key')} without spend and tokens; `--format csv` has all")
    if for_people and rows:
        terminal.say(f"{total_line(total)}, from {period.since} to {period.until} (UTC)")
    if activity.is_cut:
        terminal.warn("the proxy has more than could be read, so this is too little: shorten the period")


def _period(runtime: "Runtime", by: str, asked: _Asked) -> "Period":
    """Return the period that is asked about; raises `UsageError` for options that say nothing."""
    from litectl.errors import UsageError
    from litectl.keys.key import check_given
    from litectl.spend.period import day_of, parse_period
    from litectl.spend.usage import WAYS

    if by not in WAYS:
        raise UsageError(f"`--by {by}` is not one of {', '.join(WAYS)}", hint="for example `--by model`")
    user, team = check_given(asked.user, "--user"), check_given(asked.team, "--team")
    if user and team:
        raise UsageError("`--user` and `--team` exclude each other", hint="give one of them")
    return parse_period(asked.since, asked.until, day_of(runtime.now()))


def _activity(runtime: "Runtime", by: str, period: "Period", asked: _Asked) -> "Activity":
    from litectl.spend.activity import SECONDS, fetch_activity
    from litectl.spend.usage import KEY

    with runtime.open_proxy() as proxy:
        return fetch_activity(
            proxy,
            period,
            user_id=asked.user,
            team_id=asked.team,
            needs_keys=by == KEY,
            seconds=runtime.options.timeout or SECONDS,
        )


def _is_dumb(runtime: "Runtime") -> bool:
    from litectl.environment import TERM

    return runtime.environment.get(TERM) == "dumb"
