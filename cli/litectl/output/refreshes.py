"""The columns of a list of refreshes, one of each profile; their names are the fields of the JSON."""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from litectl.errors import LitectlError
from litectl.output.columns import Column
from litectl.terminal.terminal import Terminal


class Outcome(NamedTuple):
    """
    How the refresh of *profile* ended, after so many *seconds*.

    Without an *error* it has so many *models* now, and the names *added* and *removed*.
    """

    profile: str
    models: int | None
    added: Sequence[str]
    removed: Sequence[str]
    error: LitectlError | None
    seconds: float


def refresh_columns(terminal: Terminal) -> list[Column]:
    """Return every column of an `Outcome`; what *terminal* masks is masked in messages here too."""

    def of_error(outcome: Outcome, field: str) -> str | None:
        text: str | None = getattr(outcome.error, field, None)
        return text and terminal.without_secrets(text)

    return [
        Column("profile", "Profile", attrgetter("profile")),
        Column("ok", "OK", lambda outcome: outcome.error is None),
        Column("models", "Models", attrgetter("models"), is_number=True),
        Column("added", "Added", attrgetter("added"), as_json=list),
        Column("removed", "Removed", attrgetter("removed"), as_json=list),
        Column("code", "Code", lambda outcome: of_error(outcome, "code")),
        Column("message", "Message", lambda outcome: of_error(outcome, "message")),
        Column("hint", "Hint", lambda outcome: of_error(outcome, "hint"), gives_way=True),
        Column("exit_code", "Exit", lambda outcome: int(outcome.error.exit_code) if outcome.error else 0),
        Column("seconds", "Seconds", lambda outcome: round(outcome.seconds, 3), is_number=True),
    ]
