"""
Whether a JSON Schema keeps the rules of OpenAI's strict mode, which refuses any other.

The rules are those of https://developers.openai.com/api/docs/guides/structured-outputs (supported
schemas). Where they leave room they are read narrowly: a schema that is sent without strict
mode costs a promise, one that is refused costs the answer. Pure.
"""

from collections.abc import Iterator, Mapping

_TELLING = frozenset(("$schema", "$defs", "definitions", "title", "description"))
_SHAPING = frozenset(("type", "enum", "const", "anyOf", "properties", "required", "additionalProperties"))
_BOUNDING = frozenset(("items", "minItems", "maxItems", "pattern", "format", "multipleOf"))
_LIMITING = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
_KEYWORDS = _TELLING | _SHAPING | _BOUNDING | _LIMITING
_FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"),
)
_DEEPEST = 10
_MOST_PROPERTIES = 5000
_MOST_CHOICES = 250  # of all enums together; with more, the length of their texts counts too
_LONGEST = 100_000  # characters of the schema


def may_be_strict(schema: Mapping[str, object]) -> bool:
    """Tell whether OpenAI's strict mode takes *schema*."""
    if schema.get("type") != "object" or "anyOf" in schema or len(str(schema)) > _LONGEST:
        return False
    properties = choices = 0
    for part, depth in _parts(schema):
        if not isinstance(part, dict) or depth > _DEEPEST or not _keeps_the_rules(part):
            return False
        properties += len(_mapping(part, "properties"))
        choices += len(_list(part, "enum"))
    return properties <= _MOST_PROPERTIES and choices <= _MOST_CHOICES


def _parts(schema: Mapping[str, object]) -> Iterator[tuple[object, int]]:
    """Give *schema* and all schemas in it, each with its depth; too deep ones are not looked into."""
    waiting: list[tuple[object, int]] = [(schema, 0)]
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        if isinstance(part, dict) and depth <= _DEEPEST:
            for keyword in ("properties", "$defs", "definitions"):
                waiting += [(inner, depth + 1) for inner in _mapping(part, keyword).values()]
            waiting += [(inner, depth + 1) for inner in _list(part, "anyOf")]
            waiting += [(part["items"], depth + 1)] if "items" in part else []


def _keeps_the_rules(part: Mapping[str, object]) -> bool:
    """Tell whether *part* has known keywords only, a type, and objects without room for anything else."""
    if "$ref" in part:
        return set(part) == {"$ref"}
    if not set(part) <= _KEYWORDS or part.get("format", "date") not in _FORMATS:
        return False
    if "(?" in str(part.get("pattern")):  # no look-around there
        return False
    kind = part.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "array" in kinds and "items" not in part:
        return False
    if "object" not in kinds:
        return "anyOf" in part or kind is not None
    closed = part.get("additionalProperties") is False
    return closed and set(_list(part, "required")) == set(_mapping(part, "properties"))


def _mapping(part: Mapping[str, object], keyword: str) -> Mapping[str, object]:
    value = part.get(keyword)
    return value if isinstance(value, dict) else {}


def _list(part: Mapping[str, object], keyword: str) -> list[object]:
    value = part.get(keyword)
    return value if isinstance(value, list) else []
