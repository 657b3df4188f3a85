"""Which of many have the words that somebody looks for."""

import pytest

from litectl.text.wordsearch import matching

TEXTS = ["Stra\u00dfe nach Oslo", "oslo", "Bergen"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, TEXTS),
        ("", TEXTS),
        (" \t", TEXTS),
        ("OSLO", TEXTS[:2]),
        ("oslo STRASSE", TEXTS[:1]),
        ("berg", TEXTS[2:]),
        ("bergen oslo", []),
    ],
)
def test_every_word_has_to_be_there(search: str | None, found: list[str]) -> None:
    """In any order, as a part of a word, and whatever the case; without words all are found."""
    assert matching(iter(TEXTS), search, lambda text: text) == found
