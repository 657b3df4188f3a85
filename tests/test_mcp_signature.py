"""The arguments of a tool, as people read them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.mcp.signature import MOST_ROWS, Argument, arguments_in, names_in
from test_mcp_limits import ANY_SCHEMA, doubling

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
DEFS = {"$defs": {"City": CITY, "Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}}}

TYPES: list[tuple[object, str]] = [
    ({"type": "string"}, "string"),
    ({"type": ["string", "null"]}, "string or null"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
    ({"oneOf": [{"type": "string"}, {"$ref": "#/$defs/City"}]}, "string or object"),
    ({"anyOf": [{"type": "string"}, {"type": "string", "minLength": 5}]}, "string"),
    ({"type": "array", "items": {"type": "string"}}, "string[]"),
    ({"type": "array", "items": {"type": ["integer", "null"]}}, "(integer or null)[]"),
    ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}, "number[][]"),
    ({"type": "array"}, "any[]"),
    ({"items": {"type": "string"}}, "string[]"),
    ({"enum": ["a", 1, None]}, '"a" or 1 or null'),
    ({"enum": list(range(60))}, " or ".join([*map(str, range(50)), "…"])),
    ({"const": "fixed"}, '"fixed"'),
    ({"allOf": [{"title": "T"}, {"type": "integer"}]}, "integer"),
    ({"properties": {}}, "object"),
    ({"$ref": "#/$defs/City"}, "object"),
    ({"$ref": "#/$defs/Nobody"}, "any"),
    ({"$ref": "http://elsewhere"}, "any"),
    ({"type": 5}, "any"),
    ({}, "any"),
    (True, "any"),
    (None, "any"),
]


@pytest.mark.parametrize(("argument", "words"), TYPES)
def test_a_type_is_said_in_words(argument: object, words: str) -> None:
    """Those of JSON Schema, values as JSON."""
    first = arguments_in({"type": "object", "properties": {"x": argument}, **DEFS})[0]

    assert (first.name, first.type) == ("x", words)


def test_an_argument_has_a_default_and_a_description() -> None:
    """The default is JSON, so that a text is told from a number, and null from nothing."""
    properties = {
        "text": {"default": "1", "description": "What\nto say"},
        "none": {"default": None},
        "shared": {"$ref": "#/$defs/City", "description": "Its own", "default": {"city": "Bern"}},
    }

    found = arguments_in({"properties": properties, "required": ["shared", 5], **DEFS})

    assert found == [
        Argument("shared", "object", True, '{"city": "Bern"}', "Its own"),
        Argument("shared.city", "string", True),
        Argument("text", "any", False, '"1"', "What\nto say"),
        Argument("none", "any", False, "null"),
    ]


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        (CITY, ["x", "x.city"]),
        ({"$ref": "#/$defs/City"}, ["x", "x.city"]),
        ({"type": "array", "items": {"$ref": "#/$defs/City"}}, ["x", "x[].city"]),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/City"}]}, ["x", "x.city"]),
        ({"anyOf": [{"type": "array", "items": CITY}, {"type": "null"}]}, ["x", "x[].city"]),
        ({"allOf": [{"$ref": "#/$defs/City"}]}, ["x", "x.city"]),
        ({"type": "array", "items": {"type": "string"}}, ["x"]),
        ({"$ref": "#/$defs/Node"}, ["x", "x.next"]),
    ],
)
def test_fields_of_objects_are_rows_of_their_own(argument: object, names: list[str]) -> None:
    """Wherever the object is described; one inside itself is not followed for ever."""
    rows = arguments_in({"type": "object", "properties": {"x": argument}, **DEFS})

    assert [row.name for row in rows] == names


@pytest.mark.parametrize(
    ("schema", "required", "optional"),
    [
        ({}, (), ()),
        ({"properties": {"b": {}, "a": {}, "c": True}, "required": ["a"]}, ("a",), ("b", "c")),
        ({"properties": {"a": {}}, "required": ["lost", "a"]}, ("a", "lost"), ()),
        ({"$ref": "#/$defs/City", **DEFS}, ("city",), ()),
        ({"properties": ["a"], "required": "a"}, (), ()),
        ({"allOf": [{"properties": {"a": {}}, "required": ["a"]}], "properties": {"b": {}}}, ("a",), ("b",)),
    ],
)
def test_the_names_of_arguments(
    schema: dict[str, object], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Those that are required apart from the others, in the order of the schema."""
    assert names_in(schema) == (required, optional)


def test_a_schema_that_grows_gives_a_bounded_number_of_rows() -> None:
    """However small it is itself."""
    wide: dict[str, Any] = {
        f"d{n}": {"type": "object", "properties": {c: {"$ref": f"#/$defs/d{n + 1}"} for c in "abcdefgh"}}
        for n in range(12)
    }
    rows = arguments_in({"$ref": "#/$defs/d0", "$defs": {**wide, "d12": {"type": "string"}}})

    assert len(rows) == MOST_ROWS
    assert len(arguments_in(doubling(30))) == 1


@given(ANY_SCHEMA.filter(lambda schema: isinstance(schema, dict)) | st.dictionaries(st.text(), ANY_SCHEMA))
def test_any_schema_gives_rows(schema: dict[str, object]) -> None:
    """Whatever is in it; those of the first level are the names of the arguments."""
    rows = arguments_in(schema)
    names = names_in(schema)

    assert {row.name for row in rows} >= {*names.required, *names.optional}
    assert all(row.type for row in rows)
