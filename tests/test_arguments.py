"""The arguments of a tool as they are typed, and what they stand for."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from litectl.errors import UsageError
from litectl.mcp.arguments import arguments_of

FILES = {
    "text": "a = b\n",
    "five": " 5\n",
    "list": "[1, 2]\n",
    "-": "from stdin",
    "secret": "sk-secret\n",
    "yes": "true\n",
}
OPTIONAL = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
SCHEMA = {
    "type": "object",
    "$defs": {
        "Unit": {"type": "string", "enum": ["c", "f"]},
        "Level": {"enum": [1, 2.5, "low"]},
        "Loop": {"anyOf": [{"$ref": "#/$defs/Loop"}, {"type": "integer"}]},
        "a/b~": {"type": "integer"},
    },
    "properties": {
        "text": {"type": "string"},
        "count": {"type": "integer"},
        "share": {"type": "number"},
        "deep": {"type": "boolean"},
        "nothing": {"type": "null"},
        "names": {"type": "array", "items": {"type": "string"}},
        "numbers": {"type": "array", "items": {"type": "integer"}},
        "any_items": {"type": "array"},
        "rows": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "filter": {"type": "object"},
        "maybe": OPTIONAL,
        "maybe_text": {"type": ["string", "null"]},
        "maybe_list": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
        "one_or_more": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]},
        "text_or_more": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "tokens": {"anyOf": [{"const": "auto"}, {"type": "integer"}]},
        "unit": {"$ref": "#/$defs/Unit"},
        "units": {"items": {"$ref": "#/$defs/Unit"}, "type": "array"},
        "level": {"allOf": [{"$ref": "#/$defs/Level"}]},
        "loop": {"$ref": "#/$defs/Loop"},
        "escaped": {"$ref": "#/$defs/a~1b~0"},
        "percent": {"$ref": "#/%24defs/Unit"},
        "outside": {"$ref": "https://example.com/a"},
        "free": {},
        "always": True,
        "odd": {"type": 5},
        "impossible": {"type": "integer", "enum": ["a"]},
        "a.b": {"type": "integer"},
        "a=b": {"type": "integer"},
    },
}


def typed(
    *words: str,
    given: Mapping[str, object] | None = None,
    schema: Mapping[str, object] = SCHEMA,
    read: Callable[[str], str] = FILES.__getitem__,
) -> dict[str, object]:
    """Return the arguments of *words*."""
    return arguments_of(words, given=given, schema=schema, path="math/add", read=read)


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ([], {}),
        (["text=a", "count=5"], {"text": "a", "count": 5}),
        (["text="], {"text": ""}),
        (["text=5"], {"text": "5"}),
        (["text=null"], {"text": "null"}),
        (["text=@/etc/passwd"], {"text": "@/etc/passwd"}),
        (["text=b:=c@d=e"], {"text": "b:=c@d=e"}),
        (["text= a\n\\=b "], {"text": " a\n\\=b "}),
        (['text="a"'], {"text": '"a"'}),
        (["count=-12"], {"count": -12}),
        (["share=5", "deep=true"], {"share": 5, "deep": True}),
        (["share=-0.5e3", "deep=false"], {"share": -500.0, "deep": False}),
        (["nothing=null"], {"nothing": None}),
        (['filter={"a": [1]}'], {"filter": {"a": [1]}}),
        (["maybe=5"], {"maybe": 5}),
        (["maybe=null"], {"maybe": None}),
        (["maybe_text=null"], {"maybe_text": "null"}),
        (["maybe_text:=null"], {"maybe_text": None}),
        (["tokens=auto"], {"tokens": "auto"}),
        (["tokens=5"], {"tokens": 5}),
        (["tokens=x"], {"tokens": "x"}),
        (["unit=c"], {"unit": "c"}),
        (["unit=kelvin"], {"unit": "kelvin"}),
        (["level=1"], {"level": 1}),
        (["level=2.5"], {"level": 2.5}),
        (["level=low"], {"level": "low"}),
        (["loop=1", "escaped=2", "percent=3"], {"loop": "1", "escaped": 2, "percent": "3"}),
        (["outside=1", "free=1"], {"outside": "1", "free": "1"}),
        (["always=1", "odd=1"], {"always": "1", "odd": "1"}),
        (["impossible=1", "unknown=1"], {"impossible": "1", "unknown": "1"}),
        (["a.b=1"], {"a.b": 1}),
        (["x.y=1"], {"x.y": "1"}),
        (["größe=ü"], {"größe": "ü"}),
        (["text:=5", "count:=[1]"], {"text": 5, "count": [1]}),
        ([r"a\=b=1"], {"a=b": 1}),
        ([r"a\:=1", r"b\@c=1", r"d\\=1"], {"a:": "1", "b@c": "1", "d\\": "1"}),
        ([r"a\b=1", "c:d=1", "e::=1"], {r"a\b": "1", "c:d": "1", "e:": 1}),
        (["text@text"], {"text": "a = b\n"}),
        (["text@-"], {"text": "from stdin"}),
        (["count@five", "deep@yes"], {"count": 5, "deep": True}),
        (["numbers@list"], {"numbers": [1, 2]}),
    ],
)
def test_a_word_is_typed_by_the_schema(words: list[str], arguments: dict[str, object]) -> None:
    """A text where that is allowed, as it is; else what the schema wants."""
    found = typed(*words)

    assert found == arguments
    assert [type(value) for value in found.values()] == [type(value) for value in arguments.values()]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["names=a"], ["a"]),
        (["names="], [""]),
        (["names=5", "names=null"], ["5", "null"]),
        (['names=["a"]'], ["a"]),
        (['names=["a"]', "names=[b"], ['["a"]', "[b"]),
        (["names=a", "names@text"], ["a", "a = b\n"]),
        (["numbers=1"], [1]),
        (["numbers=1", "numbers=2", "numbers=1"], [1, 2, 1]),
        (["numbers=[]"], []),
        (["numbers:=[1]"], [1]),
        (["any_items=1", "any_items=a"], ["1", "a"]),
        (["rows=[1]", "rows=[2, 3]"], [[1], [2, 3]]),
        (["units=c", "units=f"], ["c", "f"]),
        (["maybe_list=1", "maybe_list=2"], [1, 2]),
        (["maybe_list=1"], [1]),
        (["maybe_list=null"], None),
        (["one_or_more=1"], 1),
        (["one_or_more=1", "one_or_more=2"], [1, 2]),
        (["text_or_more=1"], "1"),
        (["text_or_more=1", "text_or_more=2"], ["1", "2"]),
    ],
)
def test_words_of_one_name_are_the_items_of_an_array(words: list[str], value: object) -> None:
    """One word is the JSON of an array, or its only item; several are an item each."""
    (found,) = typed(*words).values()

    assert found == value


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["count=x"], 'argument `count` is not an integer: "x"'),
        (["count="], 'argument `count` is not an integer: ""'),
        (["count=1.0"], 'argument `count` is not an integer: "1.0"'),
        (["count=\u0661"], 'argument `count` is not an integer: "\u0661"'),
        (["count= 1"], 'argument `count` is not an integer: "1"'),
        (["count=" + "9" * 5000], f'argument `count` is not an integer: "{"9" * 39}…"'),
        (["share=NaN"], 'argument `share` is not a number: "NaN"'),
        (["share=1e999"], 'argument `share` is not a number: "1e999"'),
        (["deep=yes"], 'argument `deep` is not a boolean: "yes"'),
        (["maybe=x\x1b[31m"], 'argument `maybe` is not an integer or null: "x [31m"'),
        (["filter=a"], 'argument `filter` is not an object: "a"'),
        (["filter={a}"], 'argument `filter` is not an object: "{a}"'),
        (["filter=[1]"], 'argument `filter` is not an object: "[1]"'),
        (["names=[a]"], 'argument `names` is not an array: "[a]"'),
        (["numbers=x"], 'argument `numbers` is neither an array nor an item of one (integer): "x"'),
        (["numbers=1", "numbers=x"], 'argument `numbers` is not an integer: "x"'),
        (["count@secret"], "argument `count` is not an integer: the file `secret`"),
        (["numbers@secret"], "neither an array nor an item of one (integer): the file `secret`"),
        (['filter={"a": NaN}'], "argument `filter` cannot be sent as JSON"),
        (["text=\udcff"], "argument `text` cannot be sent as JSON"),
        (["te\udcffxt=a"], "argument `te xt` cannot be sent as JSON"),
        (["text:=a"], "argument `text` is not JSON: Expecting value (line 1, column 1)"),
        (["text:="], "argument `text` is not JSON"),
        (["text:=NaN"], "argument `text` is JSON with a number that is NaN or infinite"),
        (['text:="\\ud800"'], "argument `text` cannot be sent as JSON"),
        (["text:=" + "[" * 200 + "]" * 200], "argument `text` cannot be sent as JSON"),
        (["text:=" + "[" * 100_000], "argument `text` is JSON that is nested too deeply"),
        (["text"], "`text` is not an argument"),
        ([""], "`` is not an argument"),
        ([r"a\=b"], r"`a\=b` is not an argument"),
        (["--verbose"], "`--verbose` is not an argument"),
        (["=a"], "`=` begins an argument without a name"),
        (["@file"], "`@` begins an argument without a name"),
        ([":=1"], "`:=` begins an argument without a name"),
        (["text@"], "argument `text` names no file after the `@`"),
        (["text=a", "text=a"], "argument `text` is given twice"),
        (["unknown=a", "unknown=b"], "argument `unknown` is given twice"),
        (["free=a", "free=b"], "argument `free` is given twice"),
        (["names=a", "names:=[]"], "argument `names` is given twice"),
        (["names:=[]", "names:=[]"], "argument `names` is given twice"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_is_named(words: list[str], message: str) -> None:
    """Which argument, what is wanted, and the start of what was typed; nothing of a file."""
    with pytest.raises(UsageError) as caught:
        typed(*words)

    assert message in caught.value.message
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 150
    assert "sk-secret" not in caught.value.message
    assert caught.value.hint


def test_what_is_given_as_an_object_comes_first_and_stays() -> None:
    """It is not typed; the words are added to it."""
    assert list(typed("count=1", given={"text": 5, "x": None}).items()) == [
        ("text", 5),
        ("x", None),
        ("count", 1),
    ]


@pytest.mark.parametrize(
    ("words", "given", "message"),
    [
        (["text=a"], {"text": "a"}, "argument `text` is given twice: as a word and in the object"),
        (["names=a"], {"names": ["a"]}, "argument `names` is given twice"),
        ([], {"a": float("nan")}, "argument `a` cannot be sent as JSON"),
        ([], {"a\nb": "\ud800"}, "argument `a b` cannot be sent as JSON"),
    ],
)
def test_a_mistake_in_the_object_is_named(words: list[str], given: dict[str, object], message: str) -> None:
    """Nothing is overwritten unseen, and nothing is sent that is no JSON."""
    with pytest.raises(UsageError) as caught:
        typed(*words, given=given)

    assert caught.value.message.startswith(message)


def test_files_are_read_when_all_words_are_well_formed() -> None:
    """A mistake further on is found before stdin is waited for."""
    asked: list[str] = []

    def read(path: str) -> str:
        asked.append(path)
        return "a"

    with pytest.raises(UsageError):
        typed("text@-", "count", read=read)
    assert asked == []
    assert typed("text@-", "free@b=c@d", read=read) == {"text": "a", "free": "a"}
    assert asked == ["-", "b=c@d"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, "5"),
        ({"properties": []}, "5"),
        ({"properties": {"a": 5}}, "5"),
        ({"additionalProperties": {"type": "integer"}}, 5),
        ({"properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}}, "5"),
        ({"properties": {"a": {"$ref": "#"}}}, "5"),
        ({"properties": {"a": {"$ref": "#/x/1"}}, "x": [{}, {"type": "integer"}]}, 5),
        ({"properties": {"a": {"$ref": "#/x/9"}}, "x": [{}, {"type": "integer"}]}, "5"),
    ],
)
def test_a_schema_that_says_little_leaves_a_text(schema: dict[str, object], value: object) -> None:
    """Only what is understood makes something else of it."""
    assert typed("a=5", schema=schema) == {"a": value}


def test_a_schema_of_many_references_is_read_once() -> None:
    """References that double thirty times are as fast as one."""
    parts: dict[str, Any] = {
        f"a{level}": {"anyOf": [{"$ref": f"#/$defs/a{level + 1}"}] * 2} for level in range(30)
    }
    schema = {"$defs": {**parts, "a30": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/a0"}}}

    assert typed("a=5", schema=schema) == {"a": 5}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
schema_words = st.sampled_from(["type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "items", "$defs"])
schema_values = st.recursive(
    st.sampled_from(["string", "integer", "array", "object", "null", "#", "#/properties/a", "a", "true", 1])
    | json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(schema_words, inner, max_size=3),
    max_leaves=8,
)
any_schema = st.fixed_dictionaries(
    {},
    optional={
        "properties": st.dictionaries(st.sampled_from("abc"), schema_values, max_size=3) | json_values,
        "additionalProperties": schema_values,
    },
)
any_word = st.text() | st.builds(
    "{}{}{}".format,
    st.sampled_from("abc"),
    st.sampled_from(["=", ":=", "@"]),
    st.text() | st.sampled_from(["5", "true", "null", "[1]", "{}", "[", "1e999"]),
)


@given(words=st.lists(any_word, max_size=4), given=st.none() | st.just({"b": 1}), schema=any_schema)
@example(words=["a=\udcff"], given=None, schema={})
@example(words=["a=[" * 5000], given=None, schema={"properties": {"a": {"type": "array"}}})
def test_any_words_are_arguments_or_a_usage_error(
    words: list[str], given: dict[str, object] | None, schema: dict[str, object]
) -> None:
    """Whatever the schema is; the error is one short line."""
    try:
        typed(*words, given=given, schema=schema, read=str)
    except UsageError as error:
        assert error.message.isprintable()  # noqa: PT017  # nothing is raised at all for most words
        assert len(error.message) < 300  # noqa: PT017


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("=:=@\\")
@example("@-")
def test_a_text_comes_out_as_it_was_typed(text: str) -> None:
    """For an argument that is a text, one that nothing is said of, and the items of a list of texts."""
    assert typed(f"text={text}", f"free={text}", f"names={text}", f"names={text}") == {
        "text": text,
        "free": text,
        "names": [text, text],
    }


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_can_be_escaped(name: str) -> None:
    """With a backslash before what would end it, and before a backslash."""
    escaped = "".join(f"\\{character}" if character in "\\=:@" else character for character in name)

    assert typed(f"{escaped}=a", schema={}) == {name: "a"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "allOf": [{"properties": {"a": {"type": "integer"}}}]},
        {
            "type": "object",
            "$defs": {"A": {"properties": {"a": {"type": "integer"}}}},
            "allOf": [{"$ref": "#/$defs/A"}, True, {"properties": {"b": {}}}],
        },
        {"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {"type": "integer"}}}}},
        {
            "properties": {"a": {}},
            "allOf": [{"properties": {"a": {"type": ["integer", "null"]}}}, {"$ref": "#"}, {"$ref": "#/x"}],
        },
    ],
)
def test_a_schema_that_is_put_together_says_the_type_too(schema: dict[str, object]) -> None:
    """As `mcp show` does, the parts of `allOf` and what is referred to are looked at."""
    assert arguments_of(["a=1"], given=None, schema=schema, path="math/add", read=str) == {"a": 1}
