"""
The error envelopes of a LiteLLM proxy, read.

A proxy speaks four of them: `{"error": {...}}`, `{"detail": ...}` (management
and MCP routes), `{"type": "error", "error": {...}}` (`/v1/messages`) and plain
text or HTML. Pure.
"""

import json
import re
from typing import NamedTuple

from litectl.failures.wording import RAW_LIMIT
from litectl.text.jsontext import decode

_HEADING = re.compile(r"<title>([^<]+)</title>|<h1>([^<]+)</h1>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class Envelope(NamedTuple):
    """What an error answer says: LiteLLM's word for it, and its text as sent."""

    type: str
    message: str


def read_envelope(body: bytes) -> Envelope:
    """Return type and message of an error *body* in any of the four forms."""
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("data:"):  # a stream that failed before its beginning
        text = text.removeprefix("data:").partition("\n")[0]
    try:
        document = decode(text)
    except ValueError:
        return Envelope("", _text_of_page(text))
    return envelope_of(document)


def envelope_of(document: object) -> Envelope:
    """Return type and message of a decoded error *document*."""
    if isinstance(document, dict):
        for key in ("error", "detail"):
            inner = document.get(key)
            if isinstance(inner, dict):
                text = inner.get("message") or inner.get("error") or json.dumps(inner)
                kind = inner.get("type") or inner.get("error") or ""
                return Envelope(str(kind), text if isinstance(text, str) else json.dumps(text))
            if inner:
                return Envelope("", inner if isinstance(inner, str) else json.dumps(inner))
    return Envelope("", json.dumps(document))


def _text_of_page(text: str) -> str:
    """Return the title or first heading of an HTML page, or what is left of *text* without its tags."""
    beginning = text[:RAW_LIMIT]
    if heading := _HEADING.search(beginning):
        return (heading[1] or heading[2]).strip()
    return _TAG.sub(" ", beginning)
