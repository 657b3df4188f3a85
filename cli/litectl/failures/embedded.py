"""
JSON inside the text of an error, where a proxy repeats what a provider answered.

`litellm.RateLimitError: DatabricksException - {"error": {"message": ...}}`, at times as the
Python of bytes or of a dictionary, and with another such text in its message. Pure.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_DEPTH = 5  # documents within documents that are opened
_TRIES = 5  # braces of one text that may begin a document
_INSIDE = ("error", "message", "detail")  # where the words or a document of the provider are
_READ = json.JSONDecoder().raw_decode
_PYTHON_WORDS = re.compile(
    r"(?:\{'error': )?\{'(?:error|message)': (?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")"
)


class _Found(NamedTuple):
    """A document and the text around it."""

    before: str
    document: Mapping[str, object]
    after: str


def documents(text: str) -> list[Mapping[str, object]]:
    """Return the JSON objects in *text*, the outer before those in its fields."""
    return list(_documents(text, _DEPTH))


def unwrapped(text: str) -> str:
    """Return *text* with the first document in it replaced by the words that it carries, if any."""
    return _unwrapped(text, _DEPTH)


def _documents(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    if isinstance(value, str):
        found = _find(value)
        value = found.document if found else None
    if isinstance(value, dict) and depth:
        yield value
        for name in _INSIDE:
            yield from _documents(value.get(name), depth - 1)


def _unwrapped(text: str, depth: int) -> str:
    found = _find(text) if depth else None
    if found and (words := _words(found.document, depth)):
        return found.before + words + found.after
    if python := _PYTHON_WORDS.search(text):
        return text[: python.start()] + (python[1] or python[2] or "")
    return text


def _words(document: Mapping[str, object], depth: int) -> str | None:
    """Return the message of *document*, of its innermost part that has one."""
    for name in ("message", "error", "detail"):
        inner = document.get(name)
        if isinstance(inner, str) and inner:
            return _unwrapped(inner, depth - 1)
        if isinstance(inner, dict) and depth and (words := _words(inner, depth - 1)):
            return words
    return None


def _find(text: str) -> _Found | None:
    """Return the first JSON object in *text* and what stands around it."""
    for mark in ("b'{", 'b"{'):
        if mark in text:
            # The Python of bytes: only its own escapes keep it from being JSON.
            text = text.replace(mark, "{").replace("\\'", "'").replace("\\\\", "\\")
    start = -1
    for _ in range(_TRIES):
        start = text.find("{", start + 1)
        if start < 0:
            break
        try:
            document, end = _READ(text, start)
        except (ValueError, RecursionError):
            continue
        return _Found(text[:start], document, text[end:].removeprefix("'"))
    return None
