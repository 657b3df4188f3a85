"""
Arguments that fit their schema beyond doubt, told without the library.

Loading that takes as long as all the rest of a call, and most tools take a few plain values. Pure.
"""

from collections.abc import Mapping

_SAYS_NOTHING = {"title", "description", "default", "examples"}
_PLAIN = _SAYS_NOTHING | {"type"}
_OBJECT = _PLAIN | {"properties", "required", "additionalProperties"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


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
