"""Fields of an answer, read without trusting their types. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from litectl.errors import IncompleteError
from litectl.exchange.events import ThoughtPiece
from litectl.failures.classification import error_in_answer
from litectl.text.jsontext import decode

NOTHING: Mapping[str, object] = MappingProxyType({})


def text_of(value: object) -> str | None:
    """Return the text *value*, None for no text and for an empty one."""
    return value if isinstance(value, str) and value else None


def text_in(fields: Mapping[str, object], *names: str) -> str:
    """Return the first of the fields *names* that is a text which is not blank; none is empty."""
    return next((text for name in names if isinstance(text := fields.get(name), str) and text.strip()), "")


def count_of(value: object) -> int | None:
    """Return *value* as a number of tokens, None when it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def object_of(value: object) -> Mapping[str, object]:
    """Return the JSON object *value*, an empty one for anything else."""
    return value if isinstance(value, dict) else NOTHING


def objects_of(value: object) -> list[Mapping[str, object]]:
    """Return the JSON objects in the list *value*."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def joined(fields: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    """Return *fields* with *more*; an object that both have gets the fields of both."""
    both = {
        name: {**object_of(fields.get(name)), **value}
        for name, value in more.items()
        if isinstance(value, dict)
    }
    return {**fields, **more, **both}


def thoughts_in(blocks: object) -> list[ThoughtPiece]:
    """Return what the list *blocks* has of thinking, in the words of Anthropic, which are those of chat."""
    return [piece for block in objects_of(blocks) if any(piece := _thought(block))]


def _thought(block: Mapping[str, object]) -> ThoughtPiece:
    if block.get("type") == "redacted_thinking":
        return ThoughtPiece(data=text_of(block.get("data")))
    return ThoughtPiece(text_of(block.get("thinking")) or "", text_of(block.get("signature")))


def required_object(data: str) -> Mapping[str, object]:
    """
    Return the JSON object that an event carries.

    Raises the error of its class when it has an `error`, and `IncompleteError`
    when *data* is no JSON object.
    """
    try:
        document = decode(data)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise IncompleteError("the proxy sent an event that is not a JSON object")
    if document.get("error") is not None:
        raise error_in_answer(document)
    return document


def schema_in(response_format: object) -> object:
    """Return the JSON Schema that chat's *response_format* asks for, None for one without."""
    return object_of(object_of(response_format).get("json_schema")).get("schema")
