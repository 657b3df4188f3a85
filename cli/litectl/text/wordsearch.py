"""Which of many have the words that somebody looks for. Pure."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def matching(rows: Iterable[Row], search: str | None, text_of: Callable[[Row], str]) -> list[Row]:
    """Return the *rows* whose text has every word of *search*, in upper or lower case; all for no words."""
    chosen = list(rows)
    for word in (search or "").casefold().split():
        chosen = [row for row in chosen if word in text_of(row).casefold()]
    return chosen
