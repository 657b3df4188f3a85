"""Values compared with JSON Schemas: what does not fit, and that comparing always ends."""

from contextlib import suppress
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from litectl.errors import UsageError
from litectl.schemas.checking import problems, require_schema
from litectl.schemas.steps import Uncheckable

DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
NAMES = [str(number) for number in range(5000)]


def doubling(keyword: str, leaf: dict[str, object]) -> dict[str, Any]:
    """Return a small schema whose references double thirty times before they come to *leaf*."""
    parts: dict[str, object] = {
        f"a{level}": {keyword: [{"$ref": f"#/$defs/a{level + 1}"}] * 2} for level in range(30)
    }
    return {"$defs": {**parts, "a30": leaf}, "$ref": "#/$defs/a0"}


def test_a_problem_says_where_which_rule_and_which_names() -> None:
    """What a sentence about it needs, and never the value."""
    schema = {
        "properties": {"a": {"items": {"type": "integer"}}, "b": {"minimum": 3}},
        "required": ["c", "d"],
        "additionalProperties": False,
    }

    found = problems({"a": ["secret"], "b": 1, "x": "secret"}, schema, most=9)

    assert [problem[:5] for problem in found] == [
        (("a", 0), "type", "integer", (), "is not of type 'integer'"),
        (("b",), "minimum", 3, (), "is less than the minimum of 3"),
        ((), "required", ["c", "d"], ("c",), ""),
        ((), "required", ["c", "d"], ("d",), ""),
        ((), "additionalProperties", False, ("x",), ""),
    ]
    assert "secret" not in str(found)


def test_no_more_problems_than_wanted() -> None:
    """The rest is not even looked for."""
    assert len(problems([0] * 100_000, {"items": {"type": "string"}}, most=4)) == 4


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ({"a": 1}, doubling("anyOf", {"type": "string"})),
        ({"a": 1}, doubling("oneOf", {"type": "object"})),
        ({"a": 1}, doubling("allOf", {"type": "object"})),
        ({"a": ["x" * 100] * 1000}, doubling("anyOf", {"type": "string"})),
        (dict.fromkeys(NAMES, 1), doubling("allOf", {"required": NAMES})),
        (dict.fromkeys(NAMES, 1), doubling("allOf", {"propertyNames": {"maxLength": 4}})),
        ({"a": 1}, doubling("anyOf", {"$schema": DRAFT_2020, "type": "string"})),
        (
            {"a": 1},
            {
                "$ref": "#/$defs/a0",
                "$defs": {
                    name: {**part, "$schema": DRAFT_2020}
                    for name, part in doubling("anyOf", {"type": "string"})["$defs"].items()
                },
            },
        ),
        ({}, doubling("allOf", {f"unknown{number}": 1 for number in range(5000)})),
        ([{"a": number} for number in range(5000)], {"uniqueItems": True}),
        ([*range(5000), "a"], {"uniqueItems": True}),
        (list(range(5000)), {"not": {"not": {"unevaluatedItems": {"type": "string"}}}}),
        (
            dict.fromkeys(NAMES[:50], 1),
            {"unevaluatedProperties": False, **doubling("allOf", {"additionalProperties": True})},
        ),
        (["x"] * 100_000, {"items": {"not": {"enum": NAMES}}}),
        ([{"a": 1}] * 5000, {"items": {"not": {"enum": [{"a": {"b": name}} for name in NAMES]}}}),
        ([0] * 100_000, {"allOf": [{"contains": {}, "minContains": 100_000}] * 1000}),
        (
            [0] * 100_000,
            {
                "$defs": {"a": {"$anchor": "b"}, **{name: {"type": "object"} for name in NAMES}},
                "items": {"$ref": "#b"},
            },
        ),
        (
            [0] * 100_000,
            {
                "$defs": {name: {"type": "object"} for name in NAMES},
                "items": {"$id": "http://a/", "$ref": "#/$defs/b", "$defs": {"b": {}}},
            },
        ),
    ],
    ids=lambda value: str(value)[:50],
)
@pytest.mark.timeout(10)
def test_comparing_ends_whatever_the_schema_would_cost(
    document: object, schema: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would take hours, or all memory, is given up after a bounded number of steps."""
    monkeypatch.setattr("litectl.schemas.steps._MOST_STEPS", 100_000)  # a tenth, for a tenth of the time

    with pytest.raises(Uncheckable, match="too long"):
        problems(document, schema, most=4)


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ({"text": "x" * 5_000_000}, {"properties": {"text": {"type": "string", "minLength": 1}}}),
        (list(range(100_000)), {"uniqueItems": True}),
        (NAMES, {"uniqueItems": True, "items": {"type": "string"}}),
        ([{"a": number} for number in range(500)], {"uniqueItems": True}),
        (NAMES, {"items": {"minLength": 1}, "maxItems": 9999}),
        (["v1"] * 2000, {"items": {"enum": [f"v{number}" for number in range(200)]}}),
        ([{"a": number, "b": "x"} for number in range(5000)], {"items": {"required": ["a", "b"]}}),
        (
            {"a": 1, "b": 2},
            {
                "unevaluatedProperties": False,
                "allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}],
            },
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_large_values_of_plain_schemas_are_compared(document: object, schema: dict[str, object]) -> None:
    """The bound is far above what anybody means."""
    assert problems(document, schema, most=4) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "("},
        {"type": 5},
        {"enum": 5},
        {"$ref": 5},
        {"$ref": "#/x"},
        {"items": 5},
        {"minimum": "a"},
    ],
)
def test_a_schema_that_is_none_is_no_crash(schema: dict[str, object]) -> None:
    """Nobody has to look at it before; one that is looked at is refused."""
    for document in ("a", 1, [1], {"a": 1}):
        with suppress(Uncheckable):
            problems(document, schema, most=4)
    with pytest.raises(UsageError):
        require_schema(schema)


def test_a_part_that_many_refer_to_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema of references to one part is checked, and that part, however many there are."""
    part = {"type": "string"}
    document = {"$defs": {"a": part}, "properties": {name: {"$ref": "#/$defs/a"} for name in NAMES[:99]}}
    checked: list[object] = []
    monkeypatch.setattr(Draft202012Validator, "check_schema", checked.append)

    require_schema(document)

    assert checked == [document, part]
