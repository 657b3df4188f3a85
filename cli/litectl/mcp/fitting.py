"""
Whether arguments fit their tool, told without the library where that is beyond doubt.

Loading it takes as long as all the rest of a call, and most tools take a few plain values. Pure.
"""

from collections.abc import Callable, Mapping

from litectl.errors import UsageError
from litectl.mcp.tools import Tool

_SAYS_NOTHING = {"title", "description", "default", "examples"}
_PLAIN = _SAYS_NOTHING | {"type"}
_OBJECT = _PLAIN | {"properties", "required", "additionalProperties"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def check(arguments: Mapping[str, object], tool: Tool, warn: Callable[[str], None]) -> None:
    """
    Raise `UsageError` when *arguments* do not fit *tool*, or cannot be checked.

    *warn* is told of each that the tool does not name and does not forbid.
    """
    if tool.problem:
        from litectl.failures.envelopes import readable

        raise UsageError(
            f"the arguments of {readable(tool.path)} cannot be checked: {tool.problem}",
            hint="call it unchecked with `--no-check`",
        )
    if plainly_fits(arguments, tool.schema):
        return
    from litectl.mcp import checking

    if "additionalProperties" not in tool.schema:  # where others are forbidden, that is an error below
        for name, near in checking.unknown_names(arguments, tool.schema).items():
            warn(checking.unknown_sentence(name, near))
    checking.check(arguments, tool.schema, tool.path)


def takes_nothing(schema: Mapping[str, object]) -> bool:
    """Tell whether *schema* says that there are no arguments; one that only fails to name them does not."""
    free = schema.get("additionalProperties", "properties" not in schema)
    return (
        bool(schema) and schema.keys() <= _OBJECT | {"$schema"} and not schema.get("properties") and not free
    )


def plainly_fits(arguments: Mapping[str, object], schema: Mapping[str, object]) -> bool:
    """
    Tell whether *arguments* are plain values that fit *schema*, which says nothing but their types.

    False says nothing: the library knows.
    """
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if schema.get("type") != "object" or not schema.keys() <= _OBJECT:
        return False
    if not isinstance(properties, dict) or not isinstance(required, list):
        return False
    return (
        schema.get("additionalProperties", False) is False
        and all(isinstance(name, str) and name in arguments for name in required)
        and all(_fits(value, properties.get(name)) for name, value in arguments.items())
    )


def _fits(value: object, schema: object) -> bool:
    if not isinstance(schema, dict) or not schema.keys() <= _PLAIN:
        return False
    kind = schema.get("type")
    types = _TYPES.get(kind, ()) if isinstance(kind, str) else ()
    return isinstance(value, types) and isinstance(value, bool) == (kind == "boolean")
