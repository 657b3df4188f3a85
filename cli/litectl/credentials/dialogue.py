"""How a login flow speaks with the person who logs in; the flows themselves print nothing."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple


class Team(NamedTuple):
    """A team of the proxy: its id, and the name that people know, which may be the same."""

    id: str
    name: str


class Dialogue(NamedTuple):
    """
    What a flow may say and ask.

    *show_page* is given the URL to open in a browser, and the code to type there
    or None; it returns at once. *waiting* shows a text with the time left,
    of so many seconds, while its block runs. *choose_team* returns the id of one of the teams.
    """

    show_page: Callable[[str, str | None], None]
    waiting: Callable[[str, float], AbstractContextManager[None]]
    choose_team: Callable[[Sequence[Team]], str]
