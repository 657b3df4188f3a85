"""
JSON Schema: whether a document is one, and in what a value does not fit it.

The only user of jsonschema. A reference that leads out of a schema is refused and never
fetched, and comparing ends after a bounded number of steps, whoever wrote the schema. Pure.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from litectl.errors import UsageError
from litectl.jsontext import decode

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

Schema = Mapping[str, object]

_PLACE_LIMIT = 80  # characters
_MESSAGE_LIMIT = 120  # characters
_MOST_STEPS = 1_000_000  # some seconds; an argument or an answer takes thousands
_COMPARING = frozenset(("enum", "const", "required", "dependentRequired", "dependencies"))


class Uncheckable(Exception):
    """Nobody can tell whether a value fits; the text says why, of a value called "it"."""


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
        problem = f"{one_line(error.json_path, _PLACE_LIMIT)}: {one_line(error.message, _MESSAGE_LIMIT)}"
        raise UsageError(f"the schema is no JSON Schema: {problem}", hint=hint) from None
    except RecursionError:
        raise UsageError("the schema is nested too deeply", hint=hint) from None


def read_document(text: str) -> Any:
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


def one_line(text: str, limit: int) -> str:
    """Return *text* as one line of at most *limit* characters."""
    start = text[: 2 * limit]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    return line if len(line) <= limit and len(start) == len(text) else line[: limit - 1] + "…"


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

    return _bounded(_dialect(schema), _Steps(schema))(dict(schema), registry=Registry())


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
        f"the schema refers to `{one_line(reference, _PLACE_LIMIT)}`, which is not in it",
        hint="put what it refers to under `$defs`; nothing is fetched",
    )


# Problems


def _problem(error: "ValidationError") -> Problem:
    """Return where and what the problem is, without the value that has it."""
    place, value = one_line(error.json_path, _PLACE_LIMIT), repr(error.instance)
    rule = ""
    if error.schema is False:
        # The library gives the place of what holds the part (jsonschema 4.26), and the value at the end.
        text = f"{place}: a part of it is not allowed"
    elif error.message.startswith(value):
        rule = one_line(error.message.removeprefix(value), _MESSAGE_LIMIT)
        text = f"{place} {rule}"
    else:
        text = f"{place}: {one_line(error.message, _MESSAGE_LIMIT)}"
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


# The bound on comparing


class _Steps:
    """
    The steps that are left for comparing with *schema*; one is about a microsecond.

    Time would be a worse measure: the same value has to fit on a slow machine, too.
    """

    def __init__(self, schema: Schema) -> None:
        self._left = _MOST_STEPS
        self._factor = 1
        self._weight = _weight(schema)
        # Where a part has an id of its own, the library searches the whole schema for what it refers to.
        inner = (each for each in _values(list(schema.values())) if _is_object(each))
        self._has_inner_ids = any(isinstance(each.get("$id", each.get("id")), str) for each in inner)

    def take(self, number: int) -> None:
        """Count *number* steps; raises `Uncheckable` when there are no more."""
        self._left -= number * self._factor
        if self._left < 0:
            raise Uncheckable("it takes too long with this schema")

    def take_rule(self, keyword: str, wanted: object, instance: object) -> None:
        """Count what looking at the rule *keyword* takes, without the parts of the schema in it."""
        steps = 1 + (_length(wanted) + _length(instance)) // 10
        if keyword in _COMPARING:
            steps += _weight(wanted) // (2 if _length(instance) else 5)
        elif keyword == "uniqueItems" and isinstance(instance, list) and not _is_sortable(instance):
            steps += len(instance) * _weight(instance) // 3  # the library compares each with each
        elif isinstance(wanted, str) and keyword.lower().endswith("ref"):
            is_pointer = keyword == "$ref" and (wanted == "#" or wanted.startswith("#/"))
            is_searched = self._has_inner_ids or not is_pointer
            steps += 3 * wanted.count("/") + (10 * self._weight if is_searched else 0)
        self.take(steps)

    def take_part(self, part: object) -> None:
        """Count what making ready *part* of a schema takes."""
        self.take(4 + _length(part) // 10 + (20 if _is_object(part) and "$schema" in part else 0))

    def take_error(self, error: "ValidationError") -> "ValidationError":
        """Return *error*, counted; its message repeats the value at any length."""
        self.take(10 + len(error.message) // 100)
        return error

    def unevaluated(
        self, instance: object, found: "Callable[[], Iterable[ValidationError]]"
    ) -> "list[ValidationError]":
        """
        Return what is *found* by a rule about what no other rule has looked at.

        For each part of the schema that is looked into the library puts all names or indexes into
        lists, and then searches these for each of them.
        """
        before = self._factor
        self._factor *= 1 + _length(instance) ** 2 * self._weight // 50
        try:
            return list(found())
        finally:
            self._factor = before


def _bounded(dialect: "type[Validator]", steps: _Steps) -> "type[Validator]":
    """Return *dialect* with every rule and every part of a schema counted in *steps*."""
    from jsonschema.validators import extend

    bounded: Any = extend(  # type: ignore[no-untyped-call]
        dialect, {keyword: _counted(keyword, rule, steps) for keyword, rule in dialect.VALIDATORS.items()}
    )
    evolve = bounded.evolve

    def counted_evolve(validator: "Validator", **changes: Any) -> "Validator":
        part = changes.get("schema")
        steps.take_part(part)
        if _is_object(part) and "$schema" in part:
            # A part with a draft of its own would be given to a class that counts nothing.
            changes["schema"] = {name: value for name, value in part.items() if name != "$schema"}
        evolved: Validator = evolve(validator, **changes)
        return evolved

    bounded.evolve = counted_evolve
    found: type[Validator] = bounded
    return found


def _counted(keyword: str, rule: Any, steps: _Steps) -> Any:
    """Return the *rule* of *keyword*, counted; no generator, whose frames would halve the possible depth."""

    def counted(validator: Any, wanted: Any, instance: Any, schema: Any) -> "Iterable[ValidationError]":
        steps.take_rule(keyword, wanted, instance)
        if keyword.startswith("unevaluated"):
            return steps.unevaluated(instance, lambda: rule(validator, wanted, instance, schema) or ())
        return map(steps.take_error, rule(validator, wanted, instance, schema) or ())

    return counted


def _length(value: object) -> int:
    return len(value) if isinstance(value, dict | list) else 0


def _weight(value: object) -> int:
    """Return how many values there are in the JSON *value*."""
    return sum(1 for _ in _values(value))


def _values(value: object) -> Iterator[object]:
    """Give the JSON *value* and all that are in it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        yield each
        if _is_object(each):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _is_sortable(values: list[object]) -> bool:
    """Tell whether all *values* are texts, or all are numbers: the library sorts these."""
    kinds = {type(value) for value in values}
    return kinds <= {str} or kinds <= {int, float}
