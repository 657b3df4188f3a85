"""Names that look like one that is not there."""

import time

import pytest

from litectl.text.nearness import did_you_mean, near


@pytest.mark.parametrize(
    ("wanted", "names", "expected"),
    [
        ("book", ["bookkeeping", "books", "cook"], ["books", "bookkeeping", "cook"]),
        ("gpt", ["gpt-oss", "team/gpt"], ["team/gpt", "gpt-oss"]),
        ("BOOKS", ["Books"], ["Books"]),
        ("bok", ["book"], ["book"]),
        ("a", ["a1", "a2", "a3", "a4"], ["a1", "a2", "a3"]),
        ("book", ["book\x1b[0m", "book" * 100], []),
        ("", ["a"], []),
        ("zzz", ["a"], []),
        ("a", [], []),
    ],
)
def test_near_names(wanted: str, names: list[str], expected: list[str]) -> None:
    """Those with the name as a part come first; at most three, and none that could not be shown."""
    assert near(wanted, names) == expected


def test_a_name_without_end_takes_no_time() -> None:
    """To compare takes the square of a name's characters, so only some of them are looked at."""
    started = time.monotonic()

    near("ab" * 500_000, ["ab" * 50, "b" * 1_000_000])

    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("names", "question"),
    [([], None), (["a"], "did you mean `a`?"), (["a", "b"], "did you mean `a` or `b`?")],
)
def test_the_question(names: list[str], question: str | None) -> None:
    """It offers each name."""
    assert did_you_mean(names) == question
