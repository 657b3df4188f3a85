"""How many there are of something, and which of them, in a message."""

import pytest

from litectl.text.counting import counted, some_of


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 models"), (1, "1 model"), (2, "2 models"), (1200, "1,200 models")]
)
def test_a_count_has_its_noun_in_the_right_number(count: int, text: str) -> None:
    """One is singular, nothing and many are plural, and thousands have a comma."""
    assert counted(count, "model") == text


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "A"), (["a", "b"], "A, B"), (["a", "b", "c"], "A, B and 1 more")],
)
def test_of_many_names_the_first_are_shown(names: list[str], text: str) -> None:
    """The rest is counted."""
    assert some_of(names, 2, str.upper) == text
