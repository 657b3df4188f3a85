"""
The JSON that an answer has to be: typed as a JSON Schema or in short, asked for, and compared with what came.

What comes is always compared, because what a backend promises differs: some keep to
a schema, some are only told of it, and some never see it. Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping

from litectl.errors import UsageError
from litectl.exchange.strictness import may_be_strict
from litectl.schemas.checking import Schema, problems, read_document, require_schema
from litectl.schemas.steps import Uncheckable
from litectl.text.lines import short_line

JSON_OBJECT: Mapping[str, object] = {"type": "json_object"}
_NAME = "answer"
_HINT = "for example `--schema 'name, age int, bio: one paragraph'`, or a JSON Schema, or a file with one"
_LOOKS_LIKE_JSON = re.compile(r'[{\["]|(?:true|false|null)\Z')
# Some backends take no other names of fields; without a dot, the file that is not there is none either.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_PLAIN_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_MOST_PROBLEMS = 3


def schema_of(text: str) -> dict[str, object]:
    """
    Return the JSON Schema that *text* is, or the one it stands for.

    The short form is `name, age int, bio: one paragraph`: fields separated by commas, or one on
    each line; after a name one of `str`, `int`, `float`, `bool`, or a list of them such as
    `[str]`; after a colon what the field means. It stands for an object with these
    fields and no others. Raises `UsageError` for what is no schema.
    """
    text = text.strip()
    if not text:
        raise UsageError("the schema is empty", hint=_HINT)
    if not _LOOKS_LIKE_JSON.match(text):
        return _object_with(_fields(text))
    try:
        document = read_document(text)
    except ValueError as error:
        raise UsageError(f"the schema is {error}", hint=_HINT) from None
    if not isinstance(document, dict):
        raise UsageError("the schema is JSON, but not an object", hint=_HINT)
    require_schema(document, hint=_HINT)
    return document


def response_format(schema: Schema, *, strict: bool) -> dict[str, object]:
    """
    Return the parameter of chat that asks for JSON of this *schema*.

    With *strict* the backend is held to it, where the schema keeps the rules of
    OpenAI's strict mode; any other schema would be refused there, so it is sent without.
    """
    wanted: dict[str, object] = {"name": _NAME, "schema": dict(schema)}
    if strict and may_be_strict(schema):
        wanted["strict"] = True
    return {"type": "json_schema", "json_schema": wanted}


def instruction(schema: Schema | None) -> str:
    """Return the sentence of a prompt that asks for JSON of this *schema*; None is any object."""
    if schema is None:
        return "Answer with one JSON object and nothing else, without a Markdown fence."
    return (
        "Answer with JSON that fits this JSON Schema and with nothing else, without a Markdown fence:\n"
        + json.dumps(schema, ensure_ascii=False)
    )


def misfit(text: str, schema: Schema | None) -> str | None:
    """
    Return None when *text* is JSON that fits *schema*, else one line that says where and why it does not.

    Without a schema any JSON object fits. The line has a bounded length and never
    the whole text. A `format` is not looked at.
    """
    try:
        document = read_document(text)
    except ValueError as error:
        fenced = text.lstrip().startswith("```")
        return "the answer is in a Markdown fence" if fenced else f"the answer is {error}"
    if schema is None:
        return None if isinstance(document, dict) else "the answer is JSON, but not an object"
    return _difference(document, schema)


def _difference(document: object, schema: Schema) -> str | None:
    """Return in what *document* does not fit *schema*, only the beginning of it; None when it fits."""
    try:
        found = [problem.text for problem in problems(document, schema, most=_MOST_PROBLEMS + 1)]
    except Uncheckable as error:
        return f"the answer cannot be checked: {error}"
    found[_MOST_PROBLEMS:] = ["and more"] if len(found) > _MOST_PROBLEMS else []
    return f"the answer does not fit the schema: {'; '.join(found)}" if found else None


def _fields(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Give name and schema of each field of the short form; raises `UsageError`."""
    lines = [line.strip().removesuffix(",") for line in text.split("\n")]
    for field in [line for line in lines if line] if len(lines) > 1 else text.split(","):
        said, _, description = field.partition(":")
        name, kind = (*said.split(None, 1), "", "")[:2]
        if not _FIELD_NAME.fullmatch(name):
            raise UsageError(
                f"the schema has a field without a usable name: `{short_line(field, 40)}`", hint=_HINT
            )
        schema = _type(kind.strip() or "str")
        if description.strip():
            schema["description"] = description.strip()
        yield name, schema


def _type(word: str) -> dict[str, object]:
    """Return the schema of the type that the short form calls *word*; raises `UsageError`."""
    plain = _PLAIN_TYPES.get(word.removeprefix("[").removesuffix("]").strip())
    if plain is None or word.startswith("[") != word.endswith("]"):
        raise UsageError(
            f"the schema has an unknown type: `{short_line(word, 40)}`",
            hint=f"types are {', '.join(_PLAIN_TYPES)}, and lists of them such as [str]",
        )
    return {"type": "array", "items": {"type": plain}} if word.startswith("[") else {"type": plain}


def _object_with(fields: Iterator[tuple[str, dict[str, object]]]) -> dict[str, object]:
    properties: dict[str, object] = {}
    for name, schema in fields:
        if name in properties:
            raise UsageError(f"the schema has two fields named `{name}`", hint="give each field one name")
        properties[name] = schema
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
