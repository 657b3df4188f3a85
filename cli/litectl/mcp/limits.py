"""
What is too much, or too dangerous, of a list of tools. Pure.

The descriptions and schemas come from servers that nobody here chose. A tool whose schema cannot be
checked safely is kept with a problem; whatever is looked at, the work is linear in the length of the list.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from litectl.mcp.references import referred

BODY_LIMIT = 5 * 2**20  # bytes of the whole answer
MOST_ENTRIES = 10_000  # a longer list is not looked at
MOST_TOOLS = 512  # kept of a list
DESCRIPTION_LIMIT = 4096  # bytes
NAME_LIMIT = 1024  # characters; what is longer is no name of anything
TOOL_NAME_LIMIT = 128  # characters, by the protocol
SCHEMA_LIMIT = 64 * 2**10  # bytes as JSON
DEEPEST = 16  # levels of objects and arrays
MOST_VALUES = 20_000  # also with references followed
MOST_HOPS = 32  # references that lead to one another

NAMED_PARTS = ("properties", "$defs", "definitions", "dependentSchemas", "dependencies")
_DATA = frozenset(("const", "default", "enum", "example", "examples"))
_MATCHING = frozenset(("pattern", "patternProperties"))
_ADDRESSING = ("$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef")
_NO_NUMBER = "its schema has a number that JSON does not have"

_Object = dict[str, object]


class Checked(NamedTuple):
    """A schema as far as it is kept, and why it cannot be checked with; empty for no problem."""

    schema: Mapping[str, object]
    problem: str = ""


def cut(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """Return *text*, or its beginning with a mark in at most *limit* bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    data = text[: limit + 1].encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    mark = "…"
    return data[: limit - len(mark.encode())].decode("utf-8", "ignore") + mark


def checked(schema: object) -> Checked:
    """Return *schema*, an empty one where it is too large to be kept, and its problem."""
    if schema is None:
        return Checked({}, "its server does not say which arguments it takes")
    if not isinstance(schema, dict):
        return Checked({}, "its schema is not a JSON object")
    if problem := _excess(schema):
        return Checked({}, problem)
    return Checked(schema, _danger(schema))


def _excess(schema: _Object) -> str:
    """Return why *schema* is too large to be kept, or no JSON at all."""
    level: list[object] = [schema]
    values = 1
    for _ in range(DEEPEST):
        if any(isinstance(value, float) and not math.isfinite(value) for value in level):
            return _NO_NUMBER
        level = [inner for value in level for inner in _inside(value)]
        values += len(level)
        if values > MOST_VALUES:
            return f"its schema has more than {MOST_VALUES:,} values"
    if any(isinstance(value, dict | list) for value in level):
        return f"its schema is nested more than {DEEPEST} levels deep"
    try:
        written = json.dumps(schema, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return _NO_NUMBER
    if len(written.encode("utf-8", "replace")) > SCHEMA_LIMIT:
        return f"its schema is larger than {SCHEMA_LIMIT // 2**10} KiB"
    return ""


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _danger(schema: _Object) -> str:
    """Return why values had better not be checked with *schema*, which is not too large."""
    if schema.get("type") != "object":
        return "its schema does not say that the arguments are an object"
    parts = _parts(schema)
    for part in parts.values():
        if not _MATCHING.isdisjoint(part):
            return "its schema has a pattern, which could take for ever to match"
        if named := next((word for word in _ADDRESSING if isinstance(part.get(word), str | bool)), None):
            return f"its schema has `{named}`, which gives its parts other addresses"
    return _following(schema, parts)


def _parts(schema: _Object) -> dict[int, _Object]:
    """Return every object in *schema* that is a schema, and not a value of one, by its identity."""
    parts: dict[int, _Object] = {}
    waiting: list[object] = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and id(value) not in parts:
            parts[id(value)] = value
            waiting += _below(value)
    return parts


def _below(part: _Object) -> Iterator[object]:
    """Give what is inside *part* and may be a schema: of unknown words, too."""
    for word, value in part.items():
        if word in NAMED_PARTS and isinstance(value, dict):
            yield from value.values()  # its names are the operator's: an argument may be called `pattern`
        elif word not in _DATA:
            yield value


class _Extent(NamedTuple):
    """How many parts a part has with its references followed, and how many of those lead to one another."""

    parts: int
    hops: int


def _following(schema: _Object, parts: dict[int, _Object]) -> str:
    """Return what is wrong with the references of the *parts* of *schema*."""
    targets: dict[int, _Object] = {}
    for identity, part in parts.items():
        if "$ref" in part:
            target = _target(schema, part["$ref"])
            if isinstance(target, str):
                return target
            if id(target) not in parts:
                return "its schema refers to something that is not a schema"
            targets[identity] = target
    return _excess_followed(schema, targets) if targets else ""


def _target(schema: _Object, reference: object) -> _Object | str:
    """Return the object that *reference* names in *schema*, or what is wrong with it."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return "its schema refers to something outside of it"
    if "%" in reference:
        return "its schema has a reference that is percent-encoded"
    found = referred(schema, reference)
    return found if isinstance(found, dict) else "its schema refers to something that is not there"


def _excess_followed(schema: _Object, targets: dict[int, _Object]) -> str:
    """Return what becomes too much of *schema* when the references of its parts lead to *targets*."""
    extents: dict[int, _Extent | None] = {}  # None for what is being measured: to meet it again is a circle
    waiting: list[tuple[_Object, bool]] = [(schema, False)]
    while waiting:
        part, is_last = waiting.pop()
        if is_last:
            extent = _extent(part, targets.get(id(part)), extents)
            if extent.hops > MOST_HOPS:
                return f"its schema has more than {MOST_HOPS} references that lead to one another"
            if extent.parts > MOST_VALUES:
                return f"its schema has more than {MOST_VALUES:,} parts when its references are followed"
            extents[id(part)] = extent
        elif id(part) not in extents:
            extents[id(part)] = None
            waiting.append((part, True))
            waiting += ((each, False) for each in _next_parts(part, targets.get(id(part))))
        elif extents[id(part)] is None:
            return "its schema refers to itself"
    return ""


def _next_parts(part: _Object, target: _Object | None) -> list[_Object]:
    """Return the objects right below *part*, through arrays, and the *target* of its reference."""
    found = [target] if target is not None else []
    waiting = list(_below(part))
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            found.append(value)
    return found


def _extent(part: _Object, target: _Object | None, extents: Mapping[int, _Extent | None]) -> _Extent:
    parts, hops = 1, 0
    for each in _next_parts(part, target):
        below = extents.get(id(each)) or _Extent(0, 0)
        parts += below.parts
        hops = max(hops, below.hops + (each is target))
    return _Extent(parts, hops)
