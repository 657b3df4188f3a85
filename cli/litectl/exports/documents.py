"""A provider's entry in the JSON file of a tool, put there without touching anything else. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping

from litectl.errors import ConfigError
from litectl.text.jsontext import decode

Object = dict[str, object]


def with_provider(
    text: str | None, head: Mapping[str, object], place: tuple[str, str], merge: Callable[[Object], Object]
) -> str:
    """
    Return the file *text* with another entry at *place*, a container and a name in it.

    *merge* takes the present entry, which may be empty, and gives the new one.
    Everything else stays. Without a text the file is *head* and the entry. Raises
    `ConfigError` for a text that is not plain JSON.
    """
    container, name = place
    document = {**head, **present_document(text)}
    providers = inner(document, container)
    document[container] = {**providers, name: merge(inner(providers, name))}
    return written(document)


def require_same_proxy(name: str, present: object, base_url: str) -> None:
    """Raise `ConfigError` when the URL of the *present* entry *name* is another proxy's than *base_url*."""
    if present not in (None, base_url):
        raise ConfigError(
            f"the provider `{name}` in that file is another proxy, {present}",
            hint="choose another name with `--provider NAME`",
        )


def with_own_fields(present: object, own: Mapping[str, object], fields: Iterable[str]) -> Object:
    """Return *own*, and what the *present* object has besides *fields*, which are all of ours."""
    others = present if isinstance(present, dict) else {}
    kept = {name: value for name, value in others.items() if name not in fields}
    return {**own, **kept}


def written(document: Mapping[str, object]) -> str:
    """Return *document* as the text of a file; raises `ConfigError` for a number that JSON cannot hold."""
    try:
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise ConfigError(
            "the present file has a number that cannot be kept", hint="repair the file first"
        ) from error


def present_document(text: str | None) -> Object:
    """Return the JSON object that *text* is, empty without one; raises `ConfigError` for anything else."""
    if text is None or not text.strip():
        return {}
    try:
        document = decode(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConfigError(
            "the present file is not plain JSON, and a comment in it would be lost",
            hint="print it, without `--write` and `--file`, and put it into the file yourself",
        )
    return document


def inner(document: Mapping[str, object], name: str) -> Object:
    """Return the object *name* of *document*, empty when it is missing; raises `ConfigError`."""
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise ConfigError(f"`{name}` in the present file is not a JSON object", hint="repair the file first")
    return found
