"""A provider's entry in the JSON file of a tool, put there without touching anything else. Pure."""

import json
from collections.abc import Callable, Mapping

from litectl.errors import ConfigError
from litectl.jsontext import decode

Object = dict[str, object]


def with_provider(
    text: str | None,
    container: str,
    name: str,
    entry: Mapping[str, object],
    base_url: Callable[[Mapping[str, object]], object],
    head: Mapping[str, object],
) -> str:
    """
    Return the file *text* with *entry* as *container*.*name*; without a text, a file of *head* and it.

    The fields of *entry* replace those of the present one, and its other fields
    stay. *base_url* reads the URL out of an entry. Raises `ConfigError` for a text that
    is not plain JSON, and when the name belongs to another proxy.
    """
    document = {**head, **_document(text)} if text is not None and text.strip() else dict(head)
    providers = _inner(document, container)
    present = _inner(providers, name)
    if present and base_url(present) not in (None, base_url(entry)):
        raise ConfigError(
            f"the provider `{name}` in that file is another proxy, {base_url(present)}",
            hint="choose another name with `--provider NAME`",
        )
    document[container] = {**providers, name: {**present, **entry}}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(text: str) -> Object:
    try:
        document = decode(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConfigError(
            "the present file is not plain JSON, and a comment in it would be lost",
            hint="leave `--write` out, and put what is printed into the file yourself",
        )
    return document


def _inner(document: Mapping[str, object], name: str) -> Object:
    """Return the object *name* of *document*, empty when it is missing; raises `ConfigError`."""
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise ConfigError(f"`{name}` in the present file is no JSON object", hint="repair the file first")
    return found
