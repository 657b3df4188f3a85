"""What the answers of all wire protocols have alike: an error in an event, thinking, a schema. Pure."""

from collections.abc import Mapping

from litectl.errors import IncompleteError
from litectl.exchange.events import ThoughtPiece
from litectl.failures.classification import error_in_answer
from litectl.text.jsontext import decode, object_of, objects_of, text_of


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
