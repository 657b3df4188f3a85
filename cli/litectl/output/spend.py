"""The columns of budgets and of what was spent."""

from operator import attrgetter

from litectl.output.columns import Column, cell
from litectl.output.keys import time_column
from litectl.output.money import dollars_column, shown_dollars
from litectl.spend.budgets import Budget
from litectl.spend.usage import KEY, Row, Usage
from litectl.text.lines import one_line

BUDGET_TABLE = "scope,name,spend,max_budget,budget_left,used_percent,budget_reset_at"
BUDGET_TEXT = "scope,id,name,spend,max_budget,budget_left,used_percent,budget_reset_at,used_up_at"
_USAGE = "spend,requests,failed_requests,input_tokens,output_tokens"
_SHORT_HASH = 12  # characters


def budget_columns() -> list[Column]:
    """Return every column of a `Budget`."""
    return [
        Column("scope", "Of", attrgetter("scope")),
        Column("name", "Name", attrgetter("name")),
        Column("id", "Id", attrgetter("id"), gives_way=True),
        dollars_column("spend", "Spend", attrgetter("spend")),
        dollars_column("max_budget", "Budget", attrgetter("max_budget")),
        dollars_column("budget_left", "Left", attrgetter("left")),
        Column(
            "used_percent",
            "Used",
            attrgetter("used_percent"),
            as_text=_percent_cell,
            for_people=_percent,
            is_number=True,
        ),
        time_column("budget_reset_at", "Reset", attrgetter("reset_at")),
        dollars_column("daily_spend", "A day", attrgetter("daily_spend")),
        time_column("used_up_at", "Used up", attrgetter("used_up_at")),
    ]


def usage_columns(by: str) -> list[Column]:
    """Return every column of a `Row`, whose name is that of what is counted *by*."""
    return [
        *(_key_columns() if by == KEY else [Column(by, by, attrgetter("name"))]),
        dollars_column("spend", "Spend", attrgetter("usage.spend")),
        _count("requests", "Requests"),
        _count("failed_requests", "Failed"),
        _count("input_tokens", "Input", gives_way=True),
        _count("output_tokens", "Output", gives_way=True),
        _count("cache_read_tokens", "Cached"),
        _count("cache_write_tokens", "Cache written"),
    ]


def usual_columns(by: str, *, for_people: bool) -> str:
    """Return the columns that are shown without `--columns`."""
    if by != KEY:
        return f"{by},{_USAGE}"
    return f"key,{_USAGE}" if for_people else f"alias,token,{_USAGE}"


def total_line(total: Usage) -> str:
    """Return *total* as a line for people."""
    spend = "unknown spend" if total.spend is None else shown_dollars(total.spend)
    counts = {"requests": total.requests, "failed": total.failed_requests}
    tokens = {"input tokens": total.input_tokens, "output tokens": total.output_tokens}
    known = [f"{count:,} {what}" for what, count in (counts | tokens).items() if count is not None]
    return ", ".join([f"total: {spend}", *known])


def _key_columns() -> list[Column]:
    return [
        Column("key", "Key", _known_as),
        Column("alias", "Alias", attrgetter("alias")),
        Column("token", "Hash", attrgetter("name")),
        Column("user_id", "User", attrgetter("user_id"), gives_way=True),
        Column("team_id", "Team", attrgetter("team_id"), gives_way=True),
        Column("exists", "Exists", attrgetter("exists")),
    ]


def _known_as(row: Row) -> str | None:
    """Return the alias of a key, else the beginning of its hash; the master key has a word for one."""
    if row.alias or row.name is None:
        return row.alias
    return row.name if "_" in row.name else row.name[:_SHORT_HASH]


def _count(name: str, heading: str, *, gives_way: bool = False) -> Column:
    return Column(
        name,
        heading,
        attrgetter(f"usage.{name}"),
        as_text=cell,
        for_people=lambda count: f"{count:,}",
        is_number=True,
        gives_way=gives_way,
    )


def _percent_cell(percent: float | None) -> str:
    return "" if percent is None else cell(round(percent, 2))


def _percent(percent: float) -> str:
    return f"{percent:.0f} %" if percent >= 1 or percent == 0 else "<1 %"


def budget_line(budget: Budget) -> str | None:
    """Return what to tell a person of *budget*: that it is used up, or when it will be; else None."""
    from litectl.output.times import timestamp

    whose = f"the budget of the {budget.scope.replace('_', ' ')} {one_line(budget.name)}"
    if budget.is_used_up:
        reset = timestamp(budget.reset_at)
        return f"{whose} is used up: requests fail" + (f" until {reset}" if reset else "")
    if budget.used_up_at is not None and budget.daily_spend is not None:
        when = (timestamp(budget.used_up_at) or "")[:10]
        return f"{whose} is used up on {when} if it goes on with {shown_dollars(budget.daily_spend)} a day"
    return None
