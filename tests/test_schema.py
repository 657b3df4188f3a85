"""Structured answers: schemas as they are typed, asked for, and compared with what came."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fake_proxy import FakeProxy
from litectl.errors import UsageError
from litectl.exchange.schema import JSON_OBJECT, instruction, misfit, response_format, schema_of
from litectl.exchange.strictness import may_be_strict

PERSON = schema_of("name, age int, tags [str]")
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def closed(**properties: object) -> dict[str, object]:
    """Return the schema of an object with exactly these *properties*."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("name", {"name": {"type": "string"}}),
        (
            "name, age int, bio: one paragraph, score float, is_new bool",
            {
                "name": {"type": "string"},
                "age": {"type": "integer"},
                "bio": {"type": "string", "description": "one paragraph"},
                "score": {"type": "number"},
                "is_new": {"type": "boolean"},
            },
        ),
        (
            "\n  name str\n\n  age int: in years, rounded,\r\n",
            {"name": {"type": "string"}, "age": {"type": "integer", "description": "in years, rounded"}},
        ),
        ("a,b\tint", {"a": {"type": "string"}, "b": {"type": "integer"}}),
        ("a:", {"a": {"type": "string"}}),
        ("a: b: c", {"a": {"type": "string", "description": "b: c"}}),
        (
            "tags [str], counts [ int ]: of each",
            {
                "tags": {"type": "array", "items": {"type": "string"}},
                "counts": {"type": "array", "items": {"type": "integer"}, "description": "of each"},
            },
        ),
        ("nullable", {"nullable": {"type": "string"}}),
    ],
)
def test_the_short_form_is_an_object_with_these_fields(text: str, properties: dict[str, object]) -> None:
    """All of them are required, in this order, and there are no others."""
    schema = schema_of(text)

    assert schema == closed(**properties)
    assert list(schema["properties"]) == list(properties)  # type: ignore[call-overload]  # an object


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("a,", "without a usable name: ``"),
        ("a,,b", "without a usable name"),
        (": what it is", "without a usable name"),
        ("größe", "without a usable name: `größe`"),
        ("schema.json", "without a usable name: `schema.json`"),
        ("schemas/person", "without a usable name"),
        ("5 int", "without a usable name"),
        ("x" * 65, "without a usable name"),
        ("a, b, a int", "two fields named `a`"),
        ("age number", "unknown type: `number`"),
        ("age int int", "unknown type: `int int`"),
        ("tags [str", "unknown type"),
        ("tags str]", "unknown type"),
        ("tags [[str]]", "unknown type"),
        ("tags []", "unknown type"),
        ("name, age int\nbio", "unknown type|without a usable name"),
        ("a \x1b[31m" + "x" * 1000, "unknown type: `"),
    ],
)
def test_a_short_form_with_a_mistake_is_refused(text: str, message: str) -> None:
    """The message names the field or the type, in one short line, and the hint what is right."""
    with pytest.raises(UsageError, match=message) as caught:
        schema_of(text)

    assert len(caught.value.message) < 120
    assert caught.value.message.isprintable()
    assert caught.value.hint


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        closed(a={"type": ["string", "null"]}),
        {"$defs": {"a": {"type": "string"}}, "properties": {"x": {"$ref": "#/$defs/a"}}},
        {"$schema": DRAFT_7, "definitions": {"a": {}}, "items": {"$ref": "#/definitions/a"}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array"},
        {"$id": "https://example.com/a", "$defs": {"b": {"$anchor": "c"}}, "$ref": "https://example.com/a#c"},
        {"properties": {"child": {"$ref": "#"}}},
        {"properties": {"$ref": {"type": "string"}}},
        {"const": {"$ref": "https://example.com/not-a-reference"}},
        {"unknown": "keyword"},
    ],
)
def test_a_json_schema_is_taken_as_it_is(schema: dict[str, object]) -> None:
    """Of any draft that is known, with white space around it."""
    assert schema_of(f" {json.dumps(schema, indent=2)}\n") == schema


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"not JSON: .* \(line 1, column 2\)"),
        ("{'a': 1}", "not JSON"),
        ('{"type": "object"} x', "not JSON"),
        ("[]", "but not an object"),
        ('"name"', "but not an object"),
        ("true", "but not an object"),
        ("null", "but not an object"),
        ('{"type": "text"}', r"not a JSON Schema: \$.type: 'text' is not"),
        ('{"type": 5}', "not a JSON Schema"),
        ('{"properties": []}', r"\$.properties: \[\] is not of type 'object'"),
        ('{"required": "name"}', "not a JSON Schema"),
        ('{"pattern": "("}', "is not a 'regex'"),
        ('{"$schema": "https://example.com/mine"}', "names no draft"),
        ('{"$schema": 5}', "names no draft"),
        ('{"$schema": "http://["}', "names no draft"),
        ('{"$ref": "#/$defs/missing"}', r"refers to `#/\$defs/missing`, which is not in it"),
        ('{"$ref": "other.json"}', "refers to `other.json`"),
        ('{"$ref": "http://["}', "refers to"),
        ('{"$ref": "file:///etc/passwd"}', "refers to `file:///etc/passwd`"),
        ('{"$ref": "https://json-schema.org/draft/2020-12/schema"}', "refers to"),
        ('{"$id": "http://[", "$ref": "a"}', "refers to"),
        ('{"allOf": [{"not": {"items": {"$ref": "x"}}}]}', "refers to `x`"),
        ('{"$ref": "#/a", "a": {"$ref": "x"}}', "refers to `x`"),
        ('{"$ref": "#/a", "a": 3}', "not a JSON Schema"),
        ('{"$ref": "#/a", "a": {"pattern": "("}}', "is not a 'regex'"),
        ('{"$ref": "#/enum/9", "enum": [{}]}', "refers to"),
        ('{"$ref": "#/enum/a", "enum": [{}]}', "refers to"),
        ('{"const": NaN}', "NaN or infinite"),
        ('{"maximum": 1e999}', "NaN or infinite"),
        ('{"maximum": %s}' % ("9" * 5000), "a number that is too long"),
        ('{"not":' * 100_000, "nested too deeply"),
        ('{"not":' * 400 + "{}" + "}" * 400, "nested too deeply"),
        ('{"type": "%s"}' % ("x" * 100_000), "not a JSON Schema"),
        ('{"$ref": "%s"}' % ("x\\u001b" * 100_000), "refers to"),
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_schema_is_refused(text: str, message: str) -> None:
    """Before anything is asked, with its place, in one line of bounded length."""
    with pytest.raises(UsageError, match=message) as caught:
        schema_of(text)

    assert len(caught.value.message) < 300
    assert caught.value.message.isprintable()
    assert caught.value.hint


def test_a_reference_is_never_fetched(fake: FakeProxy) -> None:
    """Neither when a schema is read nor when an answer is compared with one that was not read here."""
    schema = {"properties": {"a": {"$ref": f"{fake.root}/schema.json"}}}

    with pytest.raises(UsageError, match="which is not in it"):
        schema_of(json.dumps(schema))
    assert "cannot be checked" in (misfit('{"a": 1}', schema) or "")
    assert fake.requests == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (PERSON, True),
        (closed(), True),
        (closed(a={"type": ["string", "null"]}), True),
        (closed(a={"enum": ["x", "y"], "type": "string"}), True),
        (closed(a={"anyOf": [{"type": "string"}, closed(b={"type": "integer"})]}), True),
        (closed(a={"type": "array", "items": closed(), "minItems": 1}), True),
        (closed(a={"type": "string", "format": "date"}), True),
        ({**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": {"type": "string"}}}, True),
        ({**closed(a={"$ref": "#"}), "$schema": DRAFT_7, "title": "T"}, True),
        ({}, False),
        ({"type": "array", "items": {"type": "string"}}, False),
        ({"type": "object"}, False),
        ({**closed(), "anyOf": [closed()]}, False),
        ({**closed(a={"type": "string"}), "required": []}, False),
        ({**closed(a={"type": "string"}), "required": ["a", "b"]}, False),
        ({**closed(), "additionalProperties": True}, False),
        (closed(a={"type": "object"}), False),
        (closed(a={"type": ["object", "null"], "properties": {}}), False),
        (closed(a={}), False),
        (closed(a=True), False),
        (closed(a={"enum": ["x"]}), False),
        (closed(a={"type": "array"}), False),
        (closed(a={"type": "array", "items": {"type": "object"}}), False),
        (closed(a={"type": "array", "items": True}), False),
        (closed(a={"type": "string", "default": "x"}), False),
        (closed(a={"type": "string", "minLength": 1}), False),
        (closed(a={"type": "string", "format": "uri"}), False),
        (closed(a={"type": "string", "pattern": "^(?!x)"}), False),
        (closed(a={"oneOf": [{"type": "string"}]}), False),
        (closed(a={"anyOf": [{"type": "object"}]}), False),
        (closed(a={"$ref": "#", "description": "beside it"}), False),
        ({**closed(), "$defs": {"b": {"type": "object"}}}, False),
        (closed(a={"type": "integer", "enum": list(range(251))}), False),
        (closed(**{f"n{place}": {"type": "string"} for place in range(5001)}), False),
        (closed(a={"type": "string", "description": "x" * 100_000}), False),
    ],
    ids=lambda value: str(value)[:60],
)
def test_strict_mode_is_asked_for_where_the_schema_keeps_its_rules(
    schema: dict[str, Any], expected: bool
) -> None:
    """A schema that breaks one is sent without, because strict mode would refuse it."""
    found = response_format(schema, strict=True)

    wanted = {"name": "answer", "schema": schema} | ({"strict": True} if expected else {})
    assert found == {"type": "json_schema", "json_schema": wanted}


def test_depth_has_a_limit_in_strict_mode() -> None:
    """However deep a schema is, it is looked at without harm."""
    nested = {"type": "string"}
    depths: list[bool] = []
    for _ in range(2000):
        nested = closed(a=nested)  # type: ignore[assignment]  # deeper each time
        depths.append(may_be_strict(nested) if len(depths) < 100 else False)

    assert depths[:10] == [True] * 10
    assert not any(depths[10:])


def test_nobody_is_held_to_a_schema_unasked() -> None:
    """Without *strict* the flag is left out."""
    assert "strict" not in json.dumps(response_format(PERSON, strict=False))


def test_the_parameters_are_json() -> None:
    """Both forms can be sent, and any object has a form of its own."""
    assert json.loads(json.dumps(response_format(PERSON, strict=True)))["json_schema"]["schema"] == PERSON
    assert json.dumps(JSON_OBJECT) == '{"type": "json_object"}'


def test_the_instruction_carries_the_schema() -> None:
    """A backend that sees only the prompt is told everything; one for any object says JSON too."""
    schema = schema_of("größe_cm int: die Größe".replace("größe", "size"))

    assert json.loads(instruction(schema).partition("\n")[2]) == schema
    assert "Größe" in instruction(schema)
    assert "JSON" in instruction(None)


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ('{"name": "Ada", "age": 36, "tags": []}', PERSON),
        (' \n{"name": "Ada", "age": 36, "tags": ["x"]}\r\n', PERSON),
        ('{"name": "first", "name": "last", "age": 1, "tags": []}', PERSON),
        ("{}", None),
        ('{"a": [1, {"b": null}]}', None),
        ("[1]", {}),
        ('"no date"', {"format": "date"}),
        ('{"child": {"child": {}}}', {"properties": {"child": {"$ref": "#"}}}),
        ("1" + "0" * 400, {"minimum": 0.5}),
        ("[" * 100 + "]" * 100, {"items": {"$ref": "#"}}),
    ],
)
def test_an_answer_that_fits_is_no_misfit(text: str, schema: dict[str, object] | None) -> None:
    """White space around it is JSON's own; formats are not looked at."""
    assert misfit(text, schema) is None


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("", PERSON, "the answer is not JSON: Expecting value (line 1, column 1)"),
        ("Here it is: {}", None, "the answer is not JSON: Expecting value (line 1, column 1)"),
        ("{}\n{}", None, "the answer is not JSON: Extra data (line 2, column 1)"),
        ('{"name": "Ada"', PERSON, "the answer is not JSON: Expecting ',' delimiter (line 1, column 15)"),
        ("```json\n{}\n```", PERSON, "the answer is in a Markdown fence"),
        ("\n```\n{}\n```\n", None, "the answer is in a Markdown fence"),
        ('{"a": NaN}', None, "the answer is JSON with a number that is NaN or infinite"),
        ("-Infinity", {}, "the answer is JSON with a number that is NaN or infinite"),
        ("1e999", {}, "the answer is JSON with a number that is NaN or infinite"),
        ("[1]", None, "the answer is JSON, but not an object"),
        ("null", None, "the answer is JSON, but not an object"),
    ],
)
def test_what_is_no_json_is_called_what_it_is(
    text: str, schema: dict[str, object] | None, expected: str
) -> None:
    """A fence, a text around it, an end too early, a number that only Python reads."""
    assert misfit(text, schema) == expected


@pytest.mark.parametrize(
    ("text", "schema", "problems"),
    [
        ("[1]", PERSON, ["$ is not of type 'object'"]),
        ('{"name": "Ada"}', PERSON, ["$: 'age' is a required property", "$: 'tags' is a required property"]),
        (
            '{"name": "Ada", "age": "36", "tags": ["x", 1]}',
            PERSON,
            ["$.age is not of type 'integer'", "$.tags[1] is not of type 'string'"],
        ),
        (
            '{"name": "Ada", "age": 36, "tags": [], "a b": 1}',
            PERSON,
            ["$: Additional properties are not allowed ('a b' was unexpected)"],
        ),
        (
            "[1, 2, 3, 4, 5]",
            {"items": {"type": "string"}},
            [*(f"$[{place}] is not of type 'string'" for place in range(3)), "and more"],
        ),
        ('{"a b": 1}', {"properties": {"a b": {"const": 2}}}, ["$['a b']: 2 was expected"]),
        ('{"a": 1}', {"properties": {"a": False}}, ["$: a part of it is not allowed"]),
        ('"x"', {"enum": ["a", "b"]}, ["$ is not one of ['a', 'b']"]),
    ],
)
def test_a_misfit_says_where_and_why(text: str, schema: dict[str, object], problems: list[str]) -> None:
    """A path and a reason, at most three of them, without the value itself."""
    assert misfit(text, schema) == f"the answer does not fit the schema: {'; '.join(problems)}"


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("9" * 5000, {}),
        ("[" * 100_000, {}),
        ("[" * 900 + "]" * 900, {"items": {"$ref": "#"}}),
        ("{}", {"$ref": "#"}),
        ("1" + "0" * 400, {"multipleOf": 0.1}),
        ('{"%s": 1}' % ("secret " * 20_000), PERSON),
        ('{"%s": 1}' % ("secret\\n" * 20_000), {"additionalProperties": {"type": "string"}}),
        ('["%s"]' % ("secret " * 20_000), {"items": {"type": "integer"}}),
        ('["%s"]' % ("secret " * 20_000), {"uniqueItems": True, "maxItems": 0}),
        (json.dumps(["secret"] * 20_000), {"uniqueItems": True, "maxItems": 0}),
        ("1", {"$schema": "http://json-schema.org/draft-03/schema#", "type": "unheard-of"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_answer_that_is_hard_to_check_gives_one_short_line(text: str, schema: dict[str, object]) -> None:
    """Deep, huge or hostile, it is neither a crash nor repeated at length."""
    found = misfit(text, schema)

    assert found is not None
    assert len(found) < 700
    assert found.isprintable()
    assert found.count("secret") < 30


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "http://json-schema.org/draft-03/schema#", "extends": {"$ref": "#"}},
        {"$schema": "http://json-schema.org/draft-03/schema#", "definitions": "a"},
        {"$schema": "http://json-schema.org/draft-03/schema#", "definitions": [], "$ref": "a"},
        {"$schema": "http://json-schema.org/draft-04/schema#", "$ref": False},
        {"$schema": "http://json-schema.org/draft-06/schema#", "dependencies": {"a": {}, "b": ["a"]}},
    ],
)
def test_what_older_drafts_allow_is_no_crash(schema: dict[str, object]) -> None:
    """The answer fits, or one line says why nobody can tell, or the schema is refused before."""
    try:
        taken = schema_of(json.dumps(schema))
    except UsageError:
        return

    assert (misfit('{"a": 1}', taken) or "").count("\n") == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
keywords = st.sampled_from(
    [*sorted(Draft202012Validator.VALIDATORS), "$schema", "$id", "$anchor", "$defs", "then", "else"]
)
schema_values = st.recursive(
    st.sampled_from(
        ["#", "#/$defs/a", "a", "http://[", "object", "array", "string", "(", DRAFT_7, 0, 1.5, True]
    )
    | json_values,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b"]) | keywords, inner, max_size=4)
    ),
    max_leaves=8,
)
schemas = st.dictionaries(keywords, schema_values, max_size=5)


@given(st.text() | schemas.map(json.dumps))
@example("\ud800")
@example('{"$ref": "\\ud800"}')
@example("\x00")
def test_any_text_is_a_schema_or_a_usage_error(text: str) -> None:
    """Nothing else ever comes of it; what was taken can be sent."""
    try:
        said = json.dumps(response_format(schema_of(text), strict=True), allow_nan=False)
    except UsageError as error:
        said = error.message

    assert said.isprintable()


@given(text=st.text() | json_values.map(json.dumps), schema=st.none() | schemas)
def test_any_answer_is_compared_without_a_crash(text: str, schema: dict[str, object] | None) -> None:
    """With whatever schema was taken; the outcome is None or one line."""
    try:
        taken = None if schema is None else schema_of(json.dumps(schema))
    except UsageError:
        taken = PERSON

    found = misfit(text, taken)

    assert found is None or (found.isprintable() and len(found) < 700)
