"""Arguments compared with the schema of their tool: each problem is named, and no value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import UsageError
from litectl.mcp.checking import check, unknown_names, unknown_sentence
from test_arguments import OPTIONAL, any_schema, json_values

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "What to say.\nIt is said " + "loudly " * 40},
        "count": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["c", "f"]},
        "maybe": OPTIONAL,
        "either": {"oneOf": [{"type": "integer"}, {"minimum": 5}]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2, "uniqueItems": True},
        "place": {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
        "pair": {"prefixItems": [{}], "items": False},
        "never": False,
        "two words": {"const": 1},
    },
    "additionalProperties": False,
}


def required(*names: str) -> dict[str, object]:
    """Return the schema with these arguments required."""
    return {**SCHEMA, "required": list(names)}


@pytest.mark.parametrize(
    ("schema", "arguments", "message"),
    [
        (
            required("text"),
            {},
            "missing argument `text` (string): What to say. It is said loudly loudly loudly loudly loudly …",
        ),
        (
            required("count", "maybe", "other"),
            {},
            "missing argument `count` (integer); missing argument `maybe` (integer or null); missing arg",
        ),
        (
            required("a", "b", "c", "d", "e"),
            {},
            "missing argument `a`; missing argument `b`; missing argument `c`; and more",
        ),
        (SCHEMA, {"txt": "secret"}, "there is no argument `txt`: did you mean `text`?"),
        (SCHEMA, {"tag": 1}, "there is no argument `tag`: did you mean `tags`?"),
        (SCHEMA, {"place.name": 1}, "there is no argument `place.name`: did you mean `place`?"),
        (SCHEMA, {"zzz": 1}, "there is no argument `zzz`"),
        (SCHEMA, {"text": 5}, "argument `text` is not a string"),
        (SCHEMA, {"count": "secret"}, "argument `count` is not an integer"),
        (SCHEMA, {"count": 0}, "argument `count` is less than the minimum of 1"),
        (SCHEMA, {"unit": "secret"}, 'argument `unit` is not one of "c", "f"'),
        (SCHEMA, {"maybe": "secret"}, "argument `maybe` is not an integer or null"),
        (
            SCHEMA,
            {"either": 7},
            "argument `either` is valid under each of {'minimum': 5}, {'type': 'integer'}",
        ),
        (SCHEMA, {"tags": ["secret", 5]}, "argument `tags[1]` is not a string"),
        (SCHEMA, {"tags": ["secret"] * 2}, "argument `tags` has non-unique elements"),
        (SCHEMA, {"tags": ["a", "b", "secret"]}, "argument `tags` is too long"),
        (SCHEMA, {"place": {}}, "argument `place` lacks `name`"),
        (SCHEMA, {"place": {"name": "a", "x": "secret"}}, "argument `place` must not have `x`"),
        (SCHEMA, {"place": {"name": 5}}, "argument `place.name` is not a string"),
        (SCHEMA, {"pair": ["a", "secret"]}, "argument `pair` does not fit `items`"),
        (SCHEMA, {"never": "secret"}, "the object of arguments has a part that is not allowed"),
        (SCHEMA, {"two words": "secret"}, "argument `two words` is not 1"),
        ({"minProperties": 1}, {}, "the object of arguments should be non-empty"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": "secret"}, "'b' is a dependency of 'a'"),
        (
            {"properties": {"a": {"type": ["integer", "null"]}}},
            {"a": "secret"},
            "`a` is not an integer or null",
        ),
        ({"properties": {"a": {"not": {}}}}, {"a": "secret"}, "argument `a` should not be valid under {}"),
        (
            {"properties": {"a": {"contains": {"type": "null"}, "minContains": 2}}},
            {"a": ["secret", None]},
            "argument `a`: Too few items match",
        ),
        ({"properties": {"a": {"enum": ["\x1b" * 500]}}}, {"a": "secret"}, "argument `a` is not one of "),
        ({"$ref": "#/nowhere"}, {"a": "secret"}, "what `say` is given cannot be checked: the schema has"),
        ({"properties": {"a": {"$ref": "#"}}, "$ref": "#"}, {}, "it or the schema is nested too deeply"),
        ({"uniqueItems": True, "properties": {"a": {"uniqueItems": True}}}, {"a": [{}] * 9000}, "too long"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_does_not_fit_is_named(
    schema: dict[str, object], arguments: dict[str, object], message: str
) -> None:
    """Each argument with what is wanted, without its value; the hint says how to go on."""
    with pytest.raises(UsageError) as caught:
        check(arguments, schema, "say")

    assert message in caught.value.message
    assert "secret" not in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint == "see them with `litectl mcp show say`, or send it unchecked with `--no-check`"


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        (SCHEMA, {}),
        (SCHEMA, {"text": "a", "count": 1, "unit": "c", "maybe": None, "tags": [], "place": {"name": "a"}}),
        (SCHEMA, {"count": 1.0}),
        ({}, {"a": 1}),
        ({"type": "object"}, {"a": 1}),
        ({"properties": {"a": {"type": "integer"}}}, {"b": 1}),
    ],
)
def test_arguments_that_fit_pass(schema: dict[str, object], arguments: dict[str, object]) -> None:
    """Defaults are not filled in, and nothing is changed."""
    before = dict(arguments)

    check(arguments, schema, "say")

    assert arguments == before


def test_the_tool_in_the_hint_can_be_pasted() -> None:
    """A name with spaces is quoted, one with controls is shown without."""
    with pytest.raises(UsageError, match="missing") as caught:
        check({}, {"required": ["a"]}, "a b\x1b[31m")

    assert "`litectl mcp show 'a b [31m'`" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("schema", "arguments", "names"),
    [
        ({"properties": {"text": {}}}, {"txt": 1, "text": 2, "zzz": 3}, {"txt": ["text"], "zzz": []}),
        ({"properties": {"Text": {}}}, {"TXT": 1}, {"TXT": ["Text"]}),
        ({"properties": {}}, {"a": 1}, {"a": []}),
        (SCHEMA, {"txt": 1}, {"txt": ["text"]}),
        ({}, {"a": 1}, {}),
        ({"type": "object"}, {"a": 1}, {}),
        ({"properties": {"text": {}}, "additionalProperties": True}, {"txt": 1}, {}),
        ({"properties": {"text": {}}, "additionalProperties": {"type": "integer"}}, {"txt": 1}, {}),
        ({"properties": {"text": {}}, "anyOf": [{"required": ["txt"]}]}, {"txt": 1}, {}),
        ({"properties": 5}, {"a": 1}, {}),
    ],
)
def test_unknown_names_come_with_near_ones(
    schema: dict[str, object], arguments: dict[str, object], names: dict[str, list[str]]
) -> None:
    """A schema that takes any name, or does not list them all, has none."""
    assert unknown_names(arguments, schema) == names


@pytest.mark.timeout(20)
def test_many_unknown_names_take_no_time() -> None:
    """Near names are looked for a few times only, and not among endless ones."""
    names = [*(f"{'ab' * 40}{number}" for number in range(5000)), "a" * 10**6]
    schema: dict[str, object] = {"properties": {name: {} for name in names}}
    arguments = {f"{'ba' * 40}{number}": 1 for number in range(5000)}

    assert len(unknown_names(arguments, schema)) == 5000
    with pytest.raises(UsageError, match="and more"):
        check(arguments, {**schema, "additionalProperties": False}, "say")


def test_an_unknown_name_is_told_in_one_sentence() -> None:
    """For a warning as for an error."""
    assert unknown_sentence("txt", ["text", "tag"]) == (
        "there is no argument `txt`: did you mean `text` or `tag`?"
    )
    assert unknown_sentence("x\n" * 99, []) == f"there is no argument `{'x ' * 29}x…`"


@given(
    arguments=st.dictionaries(st.text(max_size=3), json_values, max_size=3), schema=any_schema | st.just({})
)
def test_any_arguments_fit_or_are_a_usage_error(
    arguments: dict[str, object], schema: dict[str, object]
) -> None:
    """Whatever the schema is; the error is a line of bounded length."""
    unknown_names(arguments, schema)
    try:
        check(arguments, schema, "say")
    except UsageError as error:
        assert error.message.isprintable()  # noqa: PT017  # nothing is raised at all for some
        assert len(error.message) < 1000  # noqa: PT017
