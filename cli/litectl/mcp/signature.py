"""
The arguments that the JSON Schema of a tool describes, for people. Pure.

Nothing is checked here: any schema gives some rows, and a hostile one gives no more than a bounded number.
"""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from litectl.mcp.limits import DEEPEST, MOST_HOPS, cut
from litectl.mcp.references import referred
from litectl.text.jsontext import object_of, text_in

MOST_ROWS = 1000
ANY = "any"
_MOST_LOOKS = 100_000  # at the parts of one schema, each with what it refers to
_FEW_LOOKS = 10_000  # of one among hundreds
_MOST_VALUES = 50  # of an enumeration
_TEXT_LIMIT = 1024  # bytes of a type or a default

_Part = Mapping[str, object]


class Argument(NamedTuple):
    """
    An argument, or a field of one: `address.city`, `items[].name`.

    *type* is as in `string`, `integer or null`, `string[]`, `"a" or "b"`; *default* is JSON, None for none.
    """

    name: str
    type: str
    is_required: bool = False
    default: str | None = None
    description: str = ""


class Names(NamedTuple):
    """The names of the arguments of a tool, those it cannot do without and the others."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


def names_in(schema: _Part) -> Names:
    """Return the names of the arguments that *schema* describes."""
    fields = _Reader(schema, _FEW_LOOKS).fields(schema)
    return Names(
        tuple(name for name, (_, is_required) in fields.items() if is_required),
        tuple(name for name, (_, is_required) in fields.items() if not is_required),
    )


def arguments_in(schema: _Part) -> list[Argument]:
    """Return the arguments that *schema* describes and the fields inside them, at most `MOST_ROWS`."""
    rows = _Reader(schema, _MOST_LOOKS).rows(schema, "", ())
    return [row for row, _ in zip(rows, range(MOST_ROWS), strict=False)]


class _Reader:
    """Reads the parts of a schema, as often as it may."""

    def __init__(self, schema: _Part, looks: int) -> None:
        self._schema = dict(schema)
        self._looks = looks

    def rows(self, part: _Part, prefix: str, above: tuple[int, ...]) -> Iterator[Argument]:
        """Give a row for each field of *part* and those inside it; *above* are the parts it is in."""
        fields = self.fields(part)
        for name, (field, is_required) in sorted(fields.items(), key=lambda each: not each[1][1]):
            known = self._resolved(field)
            default = cut(_as_json(known["default"]), _TEXT_LIMIT) if "default" in known else None
            called = f"{prefix}{name}"
            description = cut(text_in(known, "description"))
            yield Argument(called, cut(self._type(field), _TEXT_LIMIT), is_required, default, description)
            mark, inner = self._inside(field)
            if inner is not None and id(inner) not in above and len(above) < DEEPEST:
                yield from self.rows(inner, f"{called}{mark}.", (*above, id(inner)))

    def fields(self, part: _Part) -> dict[str, tuple[_Part, bool]]:
        """Return the fields of *part* by name, and whether each is required."""
        parts = [self._resolved(part)]
        parts += [self._resolved(object_of(each)) for each in _list(parts[0].get("allOf"))]
        required = {name for each in parts for name in _list(each.get("required")) if isinstance(name, str)}
        found = {name: field for each in parts for name, field in object_of(each.get("properties")).items()}
        fields = {name: (object_of(field), name in required) for name, field in found.items()}
        return fields | {name: ({}, True) for name in sorted(required - set(found))}

    def _resolved(self, part: _Part) -> _Part:
        """Return *part* with what it refers to; what it says itself comes first."""
        found = part
        for _ in range(MOST_HOPS):
            self._looks -= 1
            target = referred(self._schema, part.get("$ref")) if self._looks > 0 else None
            if not isinstance(target, dict):
                return found
            own = {word: value for word, value in found.items() if word != "$ref"}
            self._looks -= len(target) if own else 0
            part, found = target, {**target, **own} if own else target
        return found

    def _inside(self, field: _Part) -> tuple[str, _Part | None]:
        """Return the object with fields that *field* is or has, and the mark of an array around it."""
        for origin, known in self._ways(field):
            if "properties" in known or "allOf" in known:
                return "", origin
            items = self._ways(object_of(known.get("items")))
            if inner := next((part for part, each in items if "properties" in each), None):
                return "[]", inner
        return "", None

    def _ways(self, part: _Part) -> Iterator[tuple[_Part, _Part]]:
        """Give *part* and the alternatives it has, each as it stands in the schema and resolved."""
        known = self._resolved(part)
        yield self._origin(part), known
        for each in [*_list(known.get("anyOf")), *_list(known.get("oneOf"))]:
            yield self._origin(object_of(each)), self._resolved(object_of(each))

    def _origin(self, part: _Part) -> _Part:
        """Return the part that *part* refers to, the same one each time, or *part* itself."""
        target = referred(self._schema, part["$ref"]) if "$ref" in part else part
        return target if isinstance(target, dict) else part

    def _type(self, part: _Part, depth: int = 0) -> str:
        """Return the type of *part* in words."""
        known = self._resolved(part)
        if depth > DEEPEST or self._looks <= 0:
            return ANY
        if values := _list(known.get("enum")):
            more = ["…"] if len(values) > _MOST_VALUES else []
            return " or ".join([*map(_as_json, values[:_MOST_VALUES]), *more])
        if "const" in known:
            return _as_json(known["const"])
        choices = _list(known.get("anyOf")) or _list(known.get("oneOf"))
        if choices:
            return " or ".join(dict.fromkeys(self._type(object_of(each), depth + 1) for each in choices))
        named = known.get("type")
        types = (
            [named] if isinstance(named, str) else [each for each in _list(named) if isinstance(each, str)]
        )
        words = (self._array(known, depth) if each == "array" else each for each in types)
        return " or ".join(dict.fromkeys(words)) or self._untyped(known, depth)

    def _array(self, part: _Part, depth: int) -> str:
        items = self._type(object_of(part.get("items")), depth + 1)
        return f"({items})[]" if " or " in items else f"{items}[]"

    def _untyped(self, part: _Part, depth: int) -> str:
        if "properties" in part:
            return "object"
        if "items" in part:
            return self._array(part, depth)
        types = (self._type(object_of(each), depth + 1) for each in _list(part.get("allOf")))
        return next((each for each in types if each != ANY), ANY)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
