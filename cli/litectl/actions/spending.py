"""
What is left of the budgets, and what was spent: asked for and printed.

The edge that joins the options of `spend` to `litectl.spend` and `litectl.output`.
"""

from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import UsageError
from litectl.output.bars import with_bars
from litectl.output.columns import Listing, choose_columns
from litectl.output.listing import is_for_people, print_listing
from litectl.output.spend import (
    BUDGET_TABLE,
    BUDGET_TEXT,
    budget_columns,
    budget_line,
    total_line,
    usage_columns,
    usual_columns,
)
from litectl.spend.usage import KEY, WAYS, rows_of, total_of
from litectl.text.counting import counted

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.spend.activity import Activity
    from litectl.spend.budgets import Budget
    from litectl.spend.period import Period


class Wishes(NamedTuple):
    """The options of `spend` but `--by`, as they were given: a period and whose it is; *columns*."""

    since: str | None
    until: str | None
    user: str | None
    team: str | None
    columns: str | None


def print_budgets(runtime: "Runtime", wishes: Wishes) -> None:
    """Print what is left of the budgets; raises `UsageError` for a wish that is not about them."""
    for option in ("since", "until", "user", "team"):
        if getattr(wishes, option) is not None:
            raise UsageError(
                f"`--{option}` is of what was spent, not of the budgets",
                hint="add `--by model`, `key`, `day` or `provider`",
            )
    output_format, terminal = runtime.options.format, runtime.terminal
    for_people = is_for_people(terminal, output_format)
    known = budget_columns()
    shown = choose_columns(wishes.columns or (BUDGET_TABLE if for_people else BUDGET_TEXT), known)
    budgets = _budgets(runtime)
    if for_people and not wishes.columns:
        shown = with_bars(shown, budgets, lambda each: each.used_percent, terminal, most=100.0)
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


def print_usage(runtime: "Runtime", by: str, wishes: Wishes) -> None:
    """Print what was spent, counted *by* model, key, day or provider; raises `UsageError`."""
    period = _period(runtime, by, wishes)
    terminal = runtime.terminal
    for_people = is_for_people(terminal, runtime.options.format)
    known = usage_columns(by)
    shown = choose_columns(wishes.columns or usual_columns(by, for_people=for_people), known)
    activity = _activity(runtime, by, period, wishes)
    rows, total = rows_of(activity.days, by), total_of(activity.days)
    idle = 0
    if for_people and not wishes.columns:
        used = [row for row in rows if by != KEY or not row.is_idle]
        idle, rows = len(rows) - len(used), used
        shown = with_bars(shown, rows, lambda row: row.usage.spend, terminal)
    days = f"from {period.since} to {period.until} (UTC)"
    about = {**_about(by, period, wishes), "total": total._asdict(), "cut": activity.is_cut}
    if_empty = f"nothing was {'spent' if idle else 'counted'} {days}"
    print_listing(terminal, Listing("rows", known, shown, rows, about, if_empty), runtime.options.format)
    if idle:
        terminal.note(f"left out: {counted(idle, 'key')} without spend and tokens; `--format csv` has all")
    if for_people and rows:
        terminal.say(f"{total_line(total)}, {days}")
    if activity.is_cut:
        terminal.warn("the proxy has more than could be read, so this is too little: shorten the period")


def _about(by: str, period: "Period", wishes: Wishes) -> dict[str, object]:
    """Return the fields of the JSON document that say what its rows are."""
    days = {"since": str(period.since), "until": str(period.until)}
    return {**days, "by": by, "user_id": wishes.user, "team_id": wishes.team}


def _period(runtime: "Runtime", by: str, wishes: Wishes) -> "Period":
    """Return the period that is asked about; raises `UsageError` for options that say nothing."""
    from litectl.keys.key import check_given
    from litectl.spend.period import day_of, parse_period

    if by not in WAYS:
        raise UsageError(f"`--by {by}` is not one of {', '.join(WAYS)}", hint="for example `--by model`")
    user, team = check_given(wishes.user, "--user"), check_given(wishes.team, "--team")
    if user and team:
        raise UsageError("`--user` and `--team` exclude each other", hint="give one of them")
    return parse_period(wishes.since, wishes.until, day_of(runtime.now()))


def _activity(runtime: "Runtime", by: str, period: "Period", wishes: Wishes) -> "Activity":
    from litectl.spend.activity import SECONDS, fetch_activity

    with runtime.open_proxy() as proxy:
        return fetch_activity(
            proxy,
            period,
            user_id=wishes.user,
            team_id=wishes.team,
            needs_keys=by == KEY,
            seconds=runtime.options.timeout or SECONDS,
        )
