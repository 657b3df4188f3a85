"""
The steps that comparing with a JSON Schema takes, counted: one from a server may double for ever.

Seconds would be a worse measure: the same value has to fit on a slow machine, too. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_MOST_STEPS = 1_000_000  # some seconds; an argument or an answer takes thousands
_COMPARING = frozenset(("enum", "const", "required", "dependentRequired", "dependencies"))


class Uncheckable(Exception):
    """Nobody can tell whether a value fits; the text says why, of a value called "it"."""


class _Steps:
    """The steps that are left for comparing with *schema*; one is about a microsecond."""

    def __init__(self, schema: Mapping[str, object]) -> None:
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


def bounded(dialect: "type[Validator]", schema: Mapping[str, object]) -> "type[Validator]":
    """
    Return *dialect* for one comparison with *schema*, with every rule and every part of that counted.

    It raises `Uncheckable` when there are too many.
    """
    from jsonschema.validators import extend

    steps = _Steps(schema)
    counting: Any = extend(  # type: ignore[no-untyped-call]  # the library has no types for it
        dialect, {keyword: _counted(keyword, rule, steps) for keyword, rule in dialect.VALIDATORS.items()}
    )
    evolve = counting.evolve

    def counted_evolve(validator: "Validator", **changes: Any) -> "Validator":
        part = changes.get("schema")
        steps.take_part(part)
        if _is_object(part) and "$schema" in part:
            # A part with a draft of its own would be given to a class that counts nothing.
            changes["schema"] = {name: value for name, value in part.items() if name != "$schema"}
        evolved: Validator = evolve(validator, **changes)
        return evolved

    counting.evolve = counted_evolve
    found: type[Validator] = counting
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
