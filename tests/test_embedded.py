"""JSON inside the text of an error: the words of the provider come out of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.failures.embedded import documents, unwrapped

NESTED = 'X - {"error_code":"BAD_REQUEST","message":"{\\"message\\":\\"prompt is too long\\"}"} more'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('X - {"error":{"message":"no","limit":1}}', "X - no"),
        ('X - {"message":"no"}\nmodel=m', "X - no\nmodel=m"),
        (NESTED, "X - prompt is too long more"),
        ('X - {"message":"Bad:\\n{\\"message\\":\\"a: refused\\"}"}', "X - Bad:\na: refused"),
        ('{"error":"no","guardrail_name":"g"}', "no"),
        ('{"detail":"no"}', "no"),
        ('{"detail":{"error":"no"}}', "no"),
        # As Python writes it
        ('X - b\'{"error":{"message":"your organization\\\'s limit"}}\'', "X - your organization's limit"),
        ('X - b\'{"message":"say \\\\"no\\\\""}\'', 'X - say "no"'),
        (
            "{'error': 'Violated guardrail policy', 'moderation_result': {'a': 1}}",
            "Violated guardrail policy",
        ),
        ("{'error': \"it's no\", 'x': 1}", "it's no"),
        ("X - {'error': {'message': 'no', 'code': 500}}", "X - no"),
        # Without words, or no JSON
        ('X - {"code":"503"}', 'X - {"code":"503"}'),
        ('X - {"message":""}', 'X - {"message":""}'),
        ('X - {"message":7}', 'X - {"message":7}'),
        ("a {b} c", "a {b} c"),
        ('{a} {b} {"message":"no"}', "{a} {b} no"),
        ("plain", "plain"),
        ("", ""),
        ("{" * 60_000, "{" * 60_000),
    ],
)
def test_the_words_of_a_document_replace_it(text: str, words: str) -> None:
    """What stands around a document stays; a document without words stays too."""
    assert words == unwrapped(text)


def test_documents_come_from_the_outside_in() -> None:
    """A document in a field, or in the text of a field, follows the one it is in."""
    text = 'X - {"error":{"limit":1,"message":"{\\"limit\\":2}"}}'

    assert [document.get("limit") for document in documents(text)] == [None, 1, 2]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["{", '{"error":', "b'{", "{'error': '", '{"message":"'])
def test_an_endless_text_is_read_without_delay(piece: str) -> None:
    """Documents that never end are none."""
    assert documents(piece * 20_000) == []
    assert isinstance(unwrapped(piece * 20_000), str)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message", "detail", "x"]), inner)
    ),
    max_leaves=10,
)


@given(st.text(), values, st.text())
def test_any_document_in_any_text_is_read(before: str, value: Any, after: str) -> None:
    """Whatever a proxy writes, there is a text, and documents are objects."""
    text = before + json.dumps(value) + after

    assert isinstance(unwrapped(text), str)
    assert all(isinstance(document, dict) for document in documents(text))
