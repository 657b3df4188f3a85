"""
What the JSON Schema of a tool lets an argument be: enough of it to tell what a typed text stands for.

Any schema will do, also one that nothing can be checked with; what is not understood says nothing. Pure.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from litectl.mcp.references import referred

_DEEPEST = 64  # levels and references
_TYPES = {
    "string": frozenset({"string"}),
    "integer": frozenset({"integer"}),
    "number": frozenset({"integer", "number"}),
    "boolean": frozenset({"boolean"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
    "null": frozenset({"null"}),
}
_ALL = frozenset(_TYPES)
_ORDER = tuple(_TYPES)


class Kind(NamedTuple):
    """
    What a value may be: of one of the JSON *types*, where `number` comes with `integer`.

    A string is one of *texts*, any one for None. *items* is the schema of the items of an array, None
    where there is none.
    """

    types: frozenset[str] = _ALL
    texts: frozenset[str] | None = None
    items: object = None

    @property
    def is_known(self) -> bool:
        """Whether the schema says anything."""
        return self != ANY

    def allows(self, text: str) -> bool:
        """Tell whether the string *text* is such a value."""
        return "string" in self.types and (self.texts is None or text in self.texts)

    @property
    def label(self) -> str:
        """The types as a message names them: `integer`, or `array or null`."""
        hidden = {"integer"} if "number" in self.types else set()
        return " or ".join(name for name in _ORDER if name in self.types - hidden)


ANY = Kind()


def kind_of(name: str, schema: Mapping[str, object]) -> Kind:
    """Return what the *schema* of a tool lets the argument *name* be."""
    parts = list(_parts_about(name, schema)) or [schema.get("additionalProperties")]
    return _known(reduce(_both, (kind(part, schema) for part in parts)))


def kind(part: object, root: object) -> Kind:
    """Return what *part* of the schema *root* lets a value be."""
    return _known(_Reader(root).kind(part, 0))


def _known(found: Kind) -> Kind:
    return found if found.types else ANY


def _parts_about(name: str, schema: Mapping[str, object]) -> Iterable[object]:
    """Give what *schema* says of its property *name*: itself, and what it is put together of."""
    every = schema.get("allOf")
    layers = [schema, *(every if isinstance(every, list) else [])]
    layers += [_target(layer, schema) for layer in layers]
    for layer in layers:
        properties = layer.get("properties") if isinstance(layer, Mapping) else None
        if isinstance(properties, Mapping) and name in properties:
            yield properties[name]


def _target(part: object, root: object) -> object:
    return referred(root, part.get("$ref")) if isinstance(part, Mapping) else None


class _Reader:
    """Reads parts of the schema *root*, each of them once however often it is referred to."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._known: dict[int, Kind] = {}

    def kind(self, part: object, depth: int) -> Kind:
        """Return the kind of *part*; a part that contains itself says nothing there."""
        if not isinstance(part, Mapping) or depth > _DEEPEST:
            return ANY
        if id(part) not in self._known:
            self._known[id(part)] = ANY
            self._known[id(part)] = reduce(_both, self._said(part, depth + 1), ANY)
        return self._known[id(part)]

    def _said(self, part: Mapping[str, object], depth: int) -> Iterable[Kind]:
        """Give what each keyword of *part* says."""
        yield _of_type(part.get("type"))._replace(items=part.get("items"))
        if "const" in part:
            yield _of_values([part["const"]])
        if isinstance(values := part.get("enum"), list):
            yield _of_values(values)
        if "$ref" in part:
            yield self.kind(referred(self._root, part["$ref"]), depth)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(parts := part.get(keyword), list) and parts:
                yield reduce(_either, [self.kind(each, depth) for each in parts])
        if isinstance(parts := part.get("allOf"), list):
            yield from [self.kind(each, depth) for each in parts]


def _of_type(said: object) -> Kind:
    names = said if isinstance(said, list) else [said]
    known = [_TYPES[name] for name in names if isinstance(name, str) and name in _TYPES]
    return Kind(frozenset().union(*known)) if known else ANY


def _of_values(values: list[object]) -> Kind:
    texts = frozenset(value for value in values if isinstance(value, str))
    return Kind(frozenset(map(type_of, values)), texts)


def type_of(value: object) -> str:
    """Return the name of the JSON type of *value*."""
    if isinstance(value, bool) or value is None:
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if value == value // 1 else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _both(one: Kind, other: Kind) -> Kind:
    """Return what fits *one* and the *other*."""
    if one.texts is None or other.texts is None:
        texts = other.texts if one.texts is None else one.texts
    else:
        texts = one.texts & other.texts
    return Kind(one.types & other.types, texts, one.items if other.items is None else other.items)


def _either(one: Kind, other: Kind) -> Kind:
    """Return what fits *one* or the *other*."""
    restricted = [each.texts for each in (one, other) if "string" in each.types]
    texts: frozenset[str] | None = frozenset()
    for each in restricted:
        texts = None if texts is None or each is None else texts | each
    return Kind(one.types | other.types, texts, one.items if other.items is None else other.items)
