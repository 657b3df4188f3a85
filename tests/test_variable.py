"""The name of a key variable: what may be one, and what is a key in the wrong place."""

import pytest

from litectl.credentials.variable import check_variable_name
from litectl.errors import UsageError


@pytest.mark.parametrize(
    "name",
    [
        "LAB_KEY",
        "lab_key",
        "_",
        "K2",
        "LITECTL_API_KEY",
        "LITELLM_LOGIN_KEY",
        "AZUREOPENAIKEY2",
        "ANTHROPICAPIKEYFORPRODUCTION",
        "A" + "_1" * 100,
    ],
)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    """Letters, digits and `_`, as shells have them."""
    assert check_variable_name(name) == name


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "is not the name"),
        ("sk-hidden-0001", "is not the name"),
        ("$HIDDEN", "is not the name"),
        ("hidden key", "is not the name"),
        ("1HIDDEN", "is not the name"),
        ("HIDDEN=1", "is not the name"),
        ("HIDDEN\n", "is not the name"),
        ("HÏDDEN", "is not the name"),
        ("HIDDEN\udcff", "is not the name"),
        ("HIDDEN" * 1000, "is not the name"),
        ("eyJhidden", "looks like a key"),
        ("litellm_login_hidden", "looks like a key"),
        ("llm_srefresh_hidden", "looks like a key"),
        ("HIDDEN7EXAMPLEOFAKEY", "looks like a key"),
        ("a1b2c3d4e5f6a7b8c9d0e1f2hidden01", "looks like a key"),
    ],
)
def test_a_key_in_the_place_of_the_name_is_refused_and_not_repeated(name: str, what: str) -> None:
    """The hint says that the name goes there."""
    with pytest.raises(UsageError, match=what) as caught:
        check_variable_name(name)

    assert "the NAME of an environment variable" in (caught.value.hint or "")
    assert not name or name.lower().strip() not in str(caught.value.as_json()).lower()
