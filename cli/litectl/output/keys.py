"""The columns of a list of virtual keys, one key in full, and a new key."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from litectl.keys.key import VirtualKey, left_of
from litectl.output.columns import Column, Listing, cell
from litectl.output.listing import is_for_people, print_listing
from litectl.output.money import dollars_cell, dollars_column
from litectl.output.times import timestamp
from litectl.terminal.terminal import Terminal
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.keys.entries import NewKey
    from litectl.keys.owner import User

TABLE_COLUMNS = "alias,name,spend,max_budget,budget_left,expires_at,team_alias,user_id"
TEXT_COLUMNS = "alias,token,name,spend,max_budget,budget_left,expires_at,user_id,team_id"
_ALL = "all"
_DAY = len("2026-11-21")


def key_columns() -> list[Column]:
    """Return every column of a `VirtualKey`."""
    return [
        Column("alias", "Alias", attrgetter("alias")),
        Column("name", "Key", attrgetter("name")),
        dollars_column("spend", "Spend", attrgetter("spend")),
        dollars_column("max_budget", "Budget", attrgetter("max_budget")),
        dollars_column("budget_left", "Left", attrgetter("budget_left")),
        _models("models", "Models", attrgetter("models")),
        time_column("expires_at", "Expires", attrgetter("expires_at")),
        time_column("budget_reset_at", "Reset", attrgetter("budget_reset_at")),
        Column("budget_duration", "Period", attrgetter("budget_duration")),
        Column("rpm_limit", "RPM", attrgetter("rpm_limit"), is_number=True),
        Column("tpm_limit", "TPM", attrgetter("tpm_limit"), is_number=True),
        Column("user_id", "User", attrgetter("user_id"), gives_way=True),
        Column("team_id", "Team", attrgetter("team_id"), gives_way=True),
        Column("team_alias", "Team", attrgetter("team_alias"), gives_way=True),
        Column("blocked", "Blocked", attrgetter("is_blocked")),
        time_column("created_at", "Created", attrgetter("created_at")),
        time_column("last_active", "Last used", attrgetter("last_active")),
        Column(
            "metadata",
            "Metadata",
            attrgetter("metadata"),
            as_json=lambda notes: None if notes is None else dict(notes),
            as_text=lambda notes: cell("=".join(note) for note in notes or ()),
            gives_way=True,
        ),
        Column("token", "Hash", attrgetter("token")),
    ]


def key_record(key: VirtualKey, terminal: Terminal, output_format: str | None) -> dict[str, object]:
    """Return all of *key* as one object, with the values of JSON or as text; people see what none means."""
    columns = key_columns()
    if output_format in ("json", "jsonl"):
        return {column.name: column.as_json(column.read(key)) for column in columns}
    record: dict[str, object] = {column.name: column.as_text(column.read(key)) for column in columns}
    is_unlimited = key.models == () and is_for_people(terminal, output_format)
    return record | {"models": _ALL} if is_unlimited else record


def user_record(user: "User", *, as_json: bool) -> dict[str, object]:
    """Return what *user*, who has no key here, may spend."""
    means = user.means
    money = {
        "spend": means.spend,
        "max_budget": means.max_budget,
        "budget_left": left_of(means.max_budget, means.spend),
    }
    return {
        "user_id": user.id,
        "user_email": user.email,
        "user_role": user.role,
        **(money if as_json else {name: dollars_cell(value) for name, value in money.items()}),
        "budget_reset_at": timestamp(means.reset_at),
    }


def new_record(made: "NewKey", terminal: Terminal, output_format: str | None) -> dict[str, object]:
    """Return a key that was *made*, itself first."""
    return {"key": made.secret, **key_record(made.key, terminal, output_format)}


def time_column(name: str, heading: str, read: Callable[[object], float | None]) -> Column:
    """Return a column of times, in full, and for people the day."""
    return Column(
        name,
        heading,
        read,
        as_json=timestamp,
        as_text=lambda seconds: timestamp(seconds) or "",
        for_people=lambda seconds: (timestamp(seconds) or "")[:_DAY],
    )


def _models(name: str, heading: str, read: Callable[[object], tuple[str, ...] | None]) -> Column:
    return Column(
        name,
        heading,
        read,
        as_json=lambda models: None if models is None else list(models),
        as_text=cell,
        for_people=lambda models: ", ".join(models) or _ALL,
        gives_way=True,
    )


def print_deleted(terminal: Terminal, keys: Sequence[VirtualKey], output_format: str | None) -> None:
    """Say which *keys* were deleted; they are printed only in a format that was asked for."""
    for key in keys:
        terminal.say(f"deleted key `{one_line(key.shown)}`")
    if output_format not in (None, "table"):
        by_name = {column.name: column for column in key_columns()}
        columns = [by_name[name] for name in ("alias", "name", "token", "user_id", "team_id")]
        print_listing(terminal, Listing("keys", columns, columns, keys), output_format)
