"""Rows of the catalog: how a model keeps what is known of its abilities."""

from hypothesis import given
from hypothesis import strategies as st

from litectl.catalog.rows import ABILITIES, Model, ability_flags, ability_marks


@given(st.dictionaries(st.sampled_from(sorted(ABILITIES)), st.booleans() | st.none()))
def test_marks_keep_what_is_known_of_every_ability(flags: dict[str, bool | None]) -> None:
    """The short form of a model's abilities loses nothing."""
    assert dict.fromkeys(ABILITIES) | flags == ability_flags(ability_marks(flags))


def test_a_model_of_which_nothing_is_known_has_no_ability() -> None:
    """Unknown is neither yes nor no."""
    assert dict.fromkeys(ABILITIES) == ability_flags(Model("m").abilities)
