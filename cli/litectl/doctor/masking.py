"""What no finding and no report may show: secrets of variables, and who the user of this machine is. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from litectl import environment
from litectl.text.jsontext import decode
from litectl.wire.headers import secrets_in as secrets_in_header

_KEYS = (
    environment.API_KEY,
    environment.LITELLM_API_KEY,
    environment.LITELLM_PROXY_API_KEY,
    environment.OPENAI_API_KEY,
    environment.HELPER,
)
_USERINFO = re.compile(r"^[a-z][a-z0-9+.-]*://([^/?#]*)@|^([^/?#]*)@", re.IGNORECASE)
_HOME = re.compile(r"/(?:home|Users)/[^/\s`'\"]+")


def secrets_in(variables: Mapping[str, str]) -> Iterator[str]:
    """Give every text in the values of *variables* that may be a secret."""
    for name in _KEYS:
        value = variables.get(name, "").strip()
        yield from (value, value.removeprefix("Bearer ").strip())
    yield from _in_headers(variables.get(environment.HEADERS, ""))
    for name, value in variables.items():
        if name.upper().endswith(("_PROXY", "_URL")):
            yield from _in_url(value.strip())


def _in_headers(text: str) -> Iterator[str]:
    try:
        document = decode(text)
    except ValueError:
        yield text
        return
    for value in document.values() if isinstance(document, dict) else ():
        yield from secrets_in_header(str(value))


def _in_url(url: str) -> Iterator[str]:
    found = _USERINFO.match(url)
    who = (found[1] or found[2] or "") if found else ""
    password = who.partition(":")[2]
    yield from (who, password, unquote(password))


def without_home(text: str, homes: Iterable[str]) -> str:
    """Return *text* with `~` in the place of each of *homes*, and of every other home of a user."""
    for home in sorted({home.rstrip("/") for home in homes}, key=len, reverse=True):
        if home:
            text = re.sub(re.escape(home) + r"(?![\w.-])", "~", text)
    return _HOME.sub("~", text)


def masked_document(value: object, mask: Callable[[str], str]) -> object:
    """Return the JSON *value* with *mask* applied to every text in it, names of fields as well."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {mask(str(name)): masked_document(each, mask) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [masked_document(each, mask) for each in value]
    return value
