"""What is too large or too dangerous of a tool's schema."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.mcp.limits import DESCRIPTION_LIMIT, checked, cut

Schema = dict[str, Any]


def with_argument(argument: object, **more: object) -> Schema:
    """Return the schema of a tool with one argument."""
    return {"type": "object", "properties": {"x": argument}, **more}


def nested(levels: int) -> Schema:
    """Return a schema of so many objects and arrays inside one another."""
    inner: object = {}
    for _ in range(levels - 4):
        inner = [inner]
    return with_argument({"examples": inner})


def chain(length: int) -> Schema:
    """Return a schema with so many references that lead to one another."""
    parts: Schema = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(1, length)}
    return with_argument({"$ref": "#/$defs/d1"}, **{"$defs": {**parts, f"d{length}": {"type": "string"}}})


def doubling(times: int) -> Schema:
    """Return a small schema that doubles so many times when its references are followed."""
    parts: Schema = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(times)
    }
    return with_argument({"$ref": "#/$defs/d0"}, **{"$defs": {**parts, f"d{times}": {}}})


FINE: dict[str, Schema] = {
    "nothing": {"type": "object"},
    "an argument": with_argument({"type": "integer"}),
    "arguments with the names of words": {
        "type": "object",
        "properties": {
            name: {"type": "string"} for name in ("pattern", "$id", "id", "$ref", "patternProperties")
        },
    },
    "a pattern as a default": with_argument({"default": {"pattern": "a", "$ref": "x"}}),
    "a reference": with_argument({"$ref": "#/$defs/City"}, **{"$defs": {"City": {"type": "string"}}}),
    "a reference with escapes": with_argument({"$ref": "#/$defs/a~1b~0"}, **{"$defs": {"a/b~": {}}}),
    "a reference into an array": with_argument({"$ref": "#/anyOf/1"}, anyOf=[{}, {}]),
    "the deepest": nested(16),
    "the longest chain": chain(32),
    "one that doubles a little": doubling(8),
}


@pytest.mark.parametrize("name", FINE)
def test_a_schema_without_danger_is_kept(name: str) -> None:
    """As it is, and with no problem."""
    assert checked(FINE[name]) == (FINE[name], "")


PATTERN = "its schema has a pattern, which could take for ever to match"
NOT_THERE = "its schema refers to something that is not there"
DANGEROUS: list[tuple[str, Schema]] = [
    ("its schema does not say that the arguments are an object", {}),
    ("its schema does not say that the arguments are an object", {"type": ["object"]}),
    ("its schema does not say that the arguments are an object", {"type": "array"}),
    (PATTERN, with_argument({"type": "string", "pattern": "(a+)+$"})),
    (PATTERN, with_argument({}, patternProperties={"a": {}})),
    (PATTERN, with_argument({"anyOf": [{}, {"items": {"not": {"pattern": "a"}}}]})),
    (PATTERN, with_argument({}, unknown={"deep": [{"pattern": "a"}]})),
    (PATTERN, with_argument({}, **{"$defs": {"unused": {"pattern": "a"}}})),
    (PATTERN, with_argument({}, dependencies={"x": {"pattern": "a"}})),
    ("its schema has `$id`, which gives its parts other addresses", with_argument({"$id": "http://a"})),
    ("its schema has `$anchor`, which gives its parts other addresses", with_argument({"$anchor": "a"})),
    (
        "its schema has `$dynamicRef`, which gives its parts other addresses",
        with_argument({"$dynamicRef": "#a"}),
    ),
    ("its schema refers to something outside of it", with_argument({"$ref": "http://169.254.169.254/"})),
    ("its schema refers to something outside of it", with_argument({"$ref": "other.json#/a"})),
    ("its schema refers to something outside of it", with_argument({"$ref": 5})),
    ("its schema has a reference that is percent-encoded", with_argument({"$ref": "#/%24defs/a"})),
    (NOT_THERE, with_argument({"$ref": "#/$defs/a"})),
    (NOT_THERE, with_argument({"$ref": "#anchor"})),
    (NOT_THERE, with_argument({"$ref": "#/anyOf/9"}, anyOf=[{}])),
    (NOT_THERE, with_argument({"$ref": "#" + "/a" * 5000})),
    (
        "its schema refers to something that is not a schema",
        with_argument({"$ref": "#/default"}, default={"pattern": "(a+)+$"}),
    ),
    ("its schema refers to itself", with_argument({"$ref": "#"})),
    ("its schema refers to itself", with_argument({"$ref": "#/properties/x"})),
    (
        "its schema refers to itself",
        with_argument({"$ref": "#/$defs/a"}, **{"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}),
    ),
    ("its schema has more than 32 references that lead to one another", chain(33)),
    ("its schema has more than 20,000 parts when its references are followed", doubling(30)),
]


@pytest.mark.parametrize(("problem", "schema"), DANGEROUS)
def test_a_dangerous_schema_is_kept_with_its_problem(problem: str, schema: Schema) -> None:
    """So that it can be shown, and is not checked with."""
    assert checked(schema) == (schema, problem)


EXCESSIVE: list[tuple[str, object]] = [
    ("its server does not say which arguments it takes", None),
    ("its schema is not a JSON object", []),
    ("its schema is not a JSON object", "object"),
    ("its schema is not a JSON object", True),
    ("its schema is nested more than 16 levels deep", nested(17)),
    ("its schema has more than 20,000 values", with_argument({"enum": [1] * 20_001})),
    ("its schema is larger than 64 KiB", with_argument({"description": "ä" * 32_768})),
    ("its schema is larger than 64 KiB", with_argument({}, **{"k" * 70_000: 1})),
    ("its schema has a number that JSON does not have", with_argument({"minimum": float("nan")})),
    ("its schema has a number that JSON does not have", with_argument({"enum": [float("-inf")]})),
    ("its schema has a number that JSON does not have", with_argument({"minimum": 10**5000})),
]


@pytest.mark.parametrize(("problem", "schema"), EXCESSIVE)
def test_an_excessive_schema_is_not_kept(problem: str, schema: object) -> None:
    """Only that there was one, and what was wrong with it."""
    assert checked(schema) == ({}, problem)


def test_nesting_far_beyond_the_stack_is_only_too_deep() -> None:
    """Nothing here calls itself for a level."""
    inner: object = {}
    for _ in range(200_000):
        inner = [inner]

    assert checked(with_argument(inner)).problem == "its schema is nested more than 16 levels deep"


@pytest.mark.parametrize("text", ["", "a" * DESCRIPTION_LIMIT, "ä" * (DESCRIPTION_LIMIT // 2), "€" * 1365])
def test_a_text_that_fits_is_not_cut(text: str) -> None:
    """Up to the last byte."""
    assert cut(text) == text


@given(st.text(), st.integers(3, 40))
def test_a_text_is_cut_between_characters(text: str, limit: int) -> None:
    """It keeps to the limit in bytes, and what is left is its beginning."""
    found = cut(text, limit)

    assert len(found.encode("utf-8", "surrogatepass")) <= max(limit, 3)
    assert found == text or text.startswith(found[:-1]) or any("\ud800" <= c <= "\udfff" for c in text)


WORDS = st.sampled_from(
    [
        *("type", "properties", "$ref", "$defs", "items", "anyOf", "allOf", "enum", "required", "default"),
        "a",
        "pattern",
    ]
)
LEAVES = st.sampled_from(
    ["object", "string", "#", "#/$defs/a", "#/properties/a", "#/a~1", "%", "", 1, None, True]
)
ANY_SCHEMA = st.recursive(
    LEAVES | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=30,
)


@given(ANY_SCHEMA)
def test_any_schema_is_kept_as_it_is_or_not_at_all(schema: object) -> None:
    """Whatever it is made of, there is an answer, and what is kept can be written as JSON."""
    found = checked(schema)

    assert found.schema in (schema, {})
    assert found.problem or (isinstance(schema, dict) and schema["type"] == "object")
    json.dumps(found.schema, allow_nan=False)
