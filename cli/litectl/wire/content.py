"""What a request carries: JSON, or the parts of a form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from litectl.errors import UsageError
from litectl.wire.leanhttpx import httpx

_FORM_HEADERS = ("content-type", "content-length")


class FilePart(NamedTuple):
    """
    A part of a form: the field *name*, its content, and the path of a file, None for a plain text.

    The content may be an open file, which is read while it is sent.
    """

    name: str
    content: bytes | BinaryIO
    path: str | None = None


class Content(NamedTuple):
    """A body, whole or in pieces, None for none, and the headers that say what it is."""

    body: bytes | Iterable[bytes] | None = None
    headers: Mapping[str, str] = {}


NOTHING = Content()


def json_content(document: object) -> Content:
    """
    Return *document* as JSON; what is no text, as of an argument that was not UTF-8, is a `?`.

    Raises `UsageError` for one that is nested deeper than Python's stack.
    """
    try:
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise UsageError("what is to be sent is nested too deeply", hint="send plainer JSON") from None
    return typed(body, "application/json")


def typed(body: bytes, content_type: str) -> Content:
    """Return *body* as what *content_type* says, to be answered without compression."""
    return Content(body, {"Content-Type": content_type, "Accept-Encoding": "identity"})


def form_content(parts: Sequence[FilePart]) -> Content:
    """Return the multipart form of *parts*, whose files are read while it is sent."""
    listed = [(part.name, (part.path, part.content)) for part in parts]
    form = httpx.Request("POST", "http://form.invalid", files=listed)
    assert isinstance(form.stream, httpx.SyncByteStream)
    return Content(form.stream, {name: form.headers[name] for name in _FORM_HEADERS})
