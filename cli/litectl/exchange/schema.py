"""
The JSON that an answer has to be: typed as a JSON Schema or in short, asked for, and compared with what came.

What comes is always compared, because what a backend promises differs: some keep to
a schema, some are only told of it, and some never see it. A reference that leads out of a
schema is refused and never fetched. Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from litectl.errors import UsageError
from litectl.exchange.strictness import may_be_strict
from litectl.jsontext import decode

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, object]

JSON_OBJECT: Mapping[str, object] = {"type": "json_object"}
_NAME = "answer"
_HINT = "--schema 'name, age int, bio: one paragraph', or a JSON Schema, or a file with one of them"
_LOOKS_LIKE_JSON = re.compile(r'[{\["]|(?:true|false|null)\Z')
# Some backends take no other names of fields; without a dot, the file that is not there is none either.
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_PLAIN_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_MOST_PROBLEMS = 3
_PLACE_LIMIT = 80  # characters
_MESSAGE_LIMIT = 120  # characters


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
        document = _read(text)
    except ValueError as error:
        raise UsageError(f"the schema is {error}", hint=_HINT) from None
    if not isinstance(document, dict):
        raise UsageError("the schema is JSON, but no object", hint=_HINT)
    _require_schema(document)
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
        document = _read(text)
    except ValueError as error:
        fenced = text.lstrip().startswith("```")
        return "the answer is in a Markdown fence" if fenced else f"the answer is {error}"
    if schema is None:
        return None if isinstance(document, dict) else "the answer is JSON, but no object"
    return _difference(document, schema)


def _difference(document: Any, schema: Schema) -> str | None:
    """Return in what *document* does not fit *schema*, only the beginning of it; None when it fits."""
    from jsonschema.exceptions import UnknownType
    from referencing.exceptions import Unresolvable

    try:
        errors = islice(_validator(schema).iter_errors(document), _MOST_PROBLEMS + 1)
        problems = [_problem(error) for error in errors]
    except RecursionError:
        return "the answer cannot be checked: it or the schema is nested too deeply"
    except ArithmeticError:
        return "the answer cannot be checked: it has a number that is too large"
    except (UnknownType, Unresolvable, AttributeError, TypeError):
        # What older drafts do not forbid; it is found only where an answer has that part. Over some of it,
        # such as a reference that is no text, the library stumbles.
        return (
            "the answer cannot be checked: the schema has an unknown type, or a reference that leads nowhere"
        )
    problems[_MOST_PROBLEMS:] = ["and more"] if len(problems) > _MOST_PROBLEMS else []
    return f"the answer does not fit the schema: {'; '.join(problems)}" if problems else None


def _read(text: str) -> Any:
    """Return the value of the JSON *text*; raises `ValueError` with what it is instead."""
    try:
        document = decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError:
        raise ValueError("JSON that is nested too deeply, or has a number that is too long") from None
    try:
        # Python reads NaN and Infinity, which no other reader of JSON has to.
        json.dumps(document, allow_nan=False)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
    except ValueError:
        raise ValueError("JSON with a number that is NaN or infinite") from None
    return document


def _fields(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Give name and schema of each field of the short form; raises `UsageError`."""
    lines = [line.strip().removesuffix(",") for line in text.split("\n")]
    for field in [line for line in lines if line] if len(lines) > 1 else text.split(","):
        said, _, description = field.partition(":")
        name, kind = (*said.split(None, 1), "", "")[:2]
        if not _FIELD_NAME.fullmatch(name):
            raise UsageError(
                f"the schema has a field without a usable name: `{_line(field, 40)}`", hint=_HINT
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
            f"the schema has an unknown type: `{_line(word, 40)}`",
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


def _require_schema(document: dict[str, object]) -> None:
    """Raise `UsageError` unless *document* is a JSON Schema that needs no other document."""
    from jsonschema.exceptions import SchemaError

    try:
        dialect = _dialect(document)
        dialect.check_schema(document)
        for part in _referred(document):
            dialect.check_schema(part)
    except SchemaError as error:
        problem = f"{_line(error.json_path, _PLACE_LIMIT)}: {_line(error.message, _MESSAGE_LIMIT)}"
        raise UsageError(f"the schema is no JSON Schema: {problem}", hint=_HINT) from None
    except RecursionError:
        raise UsageError("the schema is nested too deeply", hint=_HINT) from None


def _dialect(document: Schema) -> "type[Validator]":
    """Return the validator of the draft that *document* names, the newest one for none."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing.jsonschema import UnknownDialect, specification_with

    if "$schema" in document:
        try:
            specification_with(str(document["$schema"]))
        except UnknownDialect:
            raise UsageError(
                "the `$schema` of the schema names no draft of JSON Schema that is known",
                hint="leave `$schema` out for the draft 2020-12",
            ) from None
    return validator_for(document, default=Draft202012Validator)


def _validator(schema: Schema) -> "Validator":
    """Return the validator of *schema*; the empty registry makes it one that fetches nothing."""
    from referencing import Registry

    return _dialect(schema)(dict(schema), registry=Registry())


def _referred(document: dict[str, object]) -> Iterator[Any]:
    """
    Give every part of *document* that a reference in it leads to.

    Raises `UsageError` for a reference that leads nowhere or out of the document.
    """
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    root: Resource[Any] = Resource.from_contents(document, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry()
    places = [(root, registry.resolver_with_root(root))]
    seen: set[int] = set()
    while places:
        part, resolver = places.pop()
        if id(part.contents) in seen:
            continue
        seen.add(id(part.contents))
        for reference in _references(part.contents):
            try:
                found = resolver.lookup(reference)
            except (Unresolvable, ValueError, AttributeError, TypeError):
                raise _leads_nowhere(reference) from None
            yield found.contents
            target = Resource.from_contents(found.contents, default_specification=DRAFT202012)
            places.append((target, found.resolver))
        # The library stumbles over what older drafts allow where a schema stands, such as a list of names.
        with suppress(AttributeError, TypeError):
            places += [(inner, resolver.in_subresource(inner)) for inner in part.subresources()]


def _references(part: object) -> list[str]:
    found = [part.get(name) for name in ("$ref", "$dynamicRef")] if isinstance(part, dict) else []
    return [reference for reference in found if isinstance(reference, str)]


def _leads_nowhere(reference: str) -> UsageError:
    return UsageError(
        f"the schema refers to `{_line(reference, _PLACE_LIMIT)}`, which is not in it",
        hint="put what it refers to under `$defs`; nothing is fetched",
    )


def _problem(error: "ValidationError") -> str:
    """Return where and what the problem is, without the value that has it."""
    place, value = _line(error.json_path, _PLACE_LIMIT), repr(error.instance)
    if error.schema is False:
        # The library gives the place of what holds the part (jsonschema 4.26), and the value at the end.
        return f"{place}: a part of it is not allowed"
    if error.message.startswith(value):
        return f"{place} {_line(error.message.removeprefix(value), _MESSAGE_LIMIT)}"
    return f"{place}: {_line(error.message, _MESSAGE_LIMIT)}"


def _line(text: str, limit: int) -> str:
    """Return *text* as one line of at most *limit* characters."""
    start = text[: 2 * limit]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    return line if len(line) <= limit and len(start) == len(text) else line[: limit - 1] + "…"
