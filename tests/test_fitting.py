"""Arguments that fit beyond doubt, told without the JSON Schema library."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from litectl.errors import UsageError
from litectl.mcp.fitting import check, plainly_fits, takes_nothing
from litectl.mcp.tools import Tool
from mcp_answers import ONE_TEXT, TWO_INTEGERS

PLAIN = ("string", "integer", "number", "boolean")


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        ({"a": 1, "b": -2}, TWO_INTEGERS),
        ({"text": ""}, ONE_TEXT),
        ({}, {"type": "object", "properties": {}}),
        ({}, {"type": "object", "title": "nothing"}),
        ({"x": 1.5}, {"type": "object", "properties": {"x": {"type": "number", "default": 1}}}),
        ({"x": True}, {"type": "object", "properties": {"x": {"type": "boolean"}}}),
    ],
)
def test_plain_values_fit_plain_schemas(arguments: dict[str, object], schema: dict[str, object]) -> None:
    """Scalars of the types that are asked for, and all that are required: no library is needed."""
    assert plainly_fits(arguments, schema)


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        ({"a": 1}, TWO_INTEGERS),
        ({"a": 1, "b": "2"}, TWO_INTEGERS),
        ({"a": 1, "b": True}, TWO_INTEGERS),
        ({"a": 1, "b": 2, "c": 3}, TWO_INTEGERS),
        ({"x": 1}, {"type": "object", "properties": {"x": {"type": "integer", "minimum": 5}}}),
        ({"x": "a"}, {"type": "object", "properties": {"x": {"type": ["string", "null"]}}}),
        ({"x": "a"}, {"type": "object", "properties": {"x": {"enum": ["a"]}}}),
        ({"x": "a"}, {"type": "object", "properties": {"x": True}}),
        ({}, {"type": "object", "minProperties": 1}),
        ({}, {"type": "object", "properties": []}),
        ({}, {"type": "object", "required": "x"}),
        ({}, {"type": "object", "$ref": "#/x"}),
        ({}, {}),
    ],
)
def test_anything_else_is_left_to_the_library(
    arguments: dict[str, object], schema: dict[str, object]
) -> None:
    """What does not fit, and what is not plain, is never decided here."""
    assert not plainly_fits(arguments, schema)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)
PROPERTY = st.fixed_dictionaries(
    {}, optional={"type": st.sampled_from((*PLAIN, "null", "array")), "default": JSON, "enum": st.lists(JSON)}
)
SCHEMA = st.fixed_dictionaries(
    {"type": st.sampled_from(("object", "array"))},
    optional={
        "properties": st.dictionaries(st.sampled_from("abc"), PROPERTY, max_size=3),
        "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "additionalProperties": st.booleans(),
        "minProperties": st.integers(0, 2),
    },
)


@given(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), SCHEMA)
def test_what_is_said_to_fit_fits(arguments: dict[str, Any], schema: dict[str, Any]) -> None:
    """The library agrees with every yes."""
    if plainly_fits(arguments, schema):
        assert Draft202012Validator(schema).is_valid(arguments)


def test_what_is_odd_is_told_also_when_it_does_not_fit() -> None:
    """A typo may be why something is missing; the hint names the tool as it has to be typed."""
    odd: list[str] = []

    with pytest.raises(UsageError) as caught:
        check({"txet": "x"}, Tool("say it", "words", "1", schema=ONE_TEXT), odd.append)

    assert odd == ["there is no argument `txet`: did you mean `text`?"]
    assert "missing argument `text`" in caught.value.message
    assert "`litectl mcp show 'words/say it'`" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("schema", "nothing"),
    [
        ({"type": "object", "properties": {}}, True),
        ({"type": "object", "properties": {}, "$schema": "x", "title": "now"}, True),
        ({"type": "object", "additionalProperties": False}, True),
        ({"type": "object", "properties": {}, "additionalProperties": True}, False),
        ({"type": "object", "properties": {}, "anyOf": [{}]}, False),
        ({"type": "object"}, False),
        ({}, False),
        (ONE_TEXT, False),
    ],
)
def test_a_tool_that_takes_nothing_is_told_from_one_that_says_nothing(
    schema: dict[str, object], nothing: bool
) -> None:
    """Any object fits a schema that names no properties at all."""
    assert takes_nothing(schema) == nothing
