"""What looks like a key, and what only has its letters in a word."""

import pytest

from litectl.text.keys import without_keys


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refused sk-proj-of-the-provider-0001", "refused ***"),
        ("key=sk-1234567890, next", "key=***, next"),
        ("%20sk-1234567890", "%20***"),
        (r"two lines\nsk-1234567890\tsk-1234567890", r"two lines\n***\t***"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", "Bearer ***"),
        (f"hash {'5416' * 16}", "hash ***"),
        ("https://user:secret@proxy.example/v1", "https://proxy.example/v1"),
        ("task-oriented-model and risk-assessment-v2", "task-oriented-model and risk-assessment-v2"),
        ("https://ask-litellm.example.com", "https://ask-litellm.example.com"),
        ("sk-...0001", "sk-...0001"),
    ],
)
def test_what_looks_like_a_key_is_not_shown(text: str, expected: str) -> None:
    """A word that ends with the first letters of a key is no key."""
    assert without_keys(text) == expected
