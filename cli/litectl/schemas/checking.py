"""
JSON Schema: whether a document is one, and in what a value does not fit it.

The only user of jsonschema. A reference that leads out of a schema is refused and never
fetched, and comparing ends after a bounded number of steps, whoever wrote the schema. Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from litectl.errors import UsageError
from litectl.schemas.steps import Uncheckable, bounded
from litectl.text.jsontext import decode
from litectl.text.lines import short_line

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, object]

_PLACE_LIMIT = 80  # characters
_MESSAGE_LIMIT = 120  # characters


class Problem(NamedTuple):
    """
    In what a value does not fit a schema: the part that *path* leads to breaks the rule *keyword*.

    *wanted* is what the schema says there, *names* the properties that are missing or too many. *text* is
    one short line with the place as a JSON path. *rule* is the same without the place, and empty where only
    the value itself would tell it. A part that is not allowed at all has no keyword.
    """

    path: tuple[str | int, ...]
    keyword: str
    wanted: object
    names: tuple[str, ...]
    rule: str
    text: str


def problems(document: Any, schema: Schema, *, most: int) -> list[Problem]:
    """
    Return the first problems, at most *most*, of *document* with *schema*; none when it fits.

    A `format` is not looked at. Raises `Uncheckable`.
    """
    from jsonschema.exceptions import UnknownType
    from referencing.exceptions import Unresolvable

    try:
        errors = islice(_validator(schema).iter_errors(document), most)
        return [_problem(error) for error in errors]
    except RecursionError:
        raise Uncheckable("it or the schema is nested too deeply") from None
    except ArithmeticError:
        raise Uncheckable("it has a number that is too large") from None
    except (UnknownType, Unresolvable, AttributeError, TypeError, LookupError, ValueError, re.error):
        # What older drafts do not forbid, or nobody looked at; it is found only where a value has that part.
        # Over some of it, such as a reference that is no text, the library stumbles.
        raise Uncheckable(
            "the schema has an unknown type, or a reference that leads nowhere",
        ) from None


def require_schema(document: Schema, *, hint: str | None = None) -> None:
    """
    Raise `UsageError` unless *document* is a JSON Schema that needs no other document.

    *hint* is for those that say no better one themselves.
    """
    from jsonschema.exceptions import SchemaError

    try:
        dialect = _dialect(document)
        dialect.check_schema(dict(document))
        checked: set[int] = set()
        for part in _referred(document):
            if id(part) not in checked:
                checked.add(id(part))
                dialect.check_schema(part)
    except SchemaError as error:
        problem = f"{short_line(error.json_path, _PLACE_LIMIT)}: {short_line(error.message, _MESSAGE_LIMIT)}"
        raise UsageError(f"the schema is not a JSON Schema: {problem}", hint=hint) from None
    except RecursionError:
        raise UsageError("the schema is nested too deeply", hint=hint) from None


def read_document(text: str) -> Any:
    """Return the value of the JSON *text*; raises `ValueError` with what it is instead."""
    try:
        document = decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
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

    return bounded(_dialect(schema), schema)(dict(schema), registry=Registry())


# References


def _referred(document: Schema) -> Iterator[Any]:
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
        f"the schema refers to `{short_line(reference, _PLACE_LIMIT)}`, which is not in it",
        hint="put what it refers to under `$defs`; nothing is fetched",
    )


# Problems


def _problem(error: "ValidationError") -> Problem:
    """Return where and what the problem is, without the value that has it."""
    place, value = short_line(error.json_path, _PLACE_LIMIT), repr(error.instance)
    rule = ""
    if error.schema is False:
        # The library gives the place of what holds the part (jsonschema 4.26), and the value at the end.
        text = f"{place}: a part of it is not allowed"
    elif error.message.startswith(value):
        rule = short_line(error.message.removeprefix(value), _MESSAGE_LIMIT)
        text = f"{place} {rule}"
    else:
        text = f"{place}: {short_line(error.message, _MESSAGE_LIMIT)}"
    keyword = error.validator if isinstance(error.validator, str) else ""
    return Problem(tuple(error.absolute_path), keyword, error.validator_value, _names(error), rule, text)


def _names(error: "ValidationError") -> tuple[str, ...]:
    """Return the properties that are missing or too many; none where the library does not say which."""
    instance, part = error.instance, error.schema
    if not isinstance(instance, Mapping) or not isinstance(part, Mapping):
        return ()
    if error.validator == "required" and isinstance(error.validator_value, list):
        missing = [name for name in error.validator_value if isinstance(name, str) and name not in instance]
        return tuple(name for name in missing if error.message.startswith(f"{name!r} "))
    if error.validator == "additionalProperties" and not part.get("patternProperties"):
        known = part.get("properties")
        return tuple(name for name in instance if not isinstance(known, Mapping) or name not in known)
    return ()
