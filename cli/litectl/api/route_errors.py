"""
What an answer to `api` stands for when it is no success: a status of a route, an event of a stream.

The error is of the class that it has everywhere; what is said of it fits any route, and not a model. Pure.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from shlex import quote
from typing import NamedTuple
from urllib.parse import urljoin

from litectl.api.path import path_on
from litectl.errors import ConfigError, LitectlError, NotFoundError, ProxyError, UsageError
from litectl.failures.envelopes import error_in_answer, readable
from litectl.text.jsontext import decode
from litectl.wire.eventstream import data_in

_SCANNED = 100 * 2**20  # bytes of a stream in which errors are looked for
_UNKNOWN_ROUTE = "Not Found"  # what the proxy says of a path that it does not know, and nothing else
_ROUTES_HINT = "check the path; `litectl api /routes` has those of the proxy"
_ELSEWHERE = (
    "it is another server's, and the credential stays with the proxy; "
    "if the proxy is there, use its final address as the URL"
)
_ON_STDOUT = "the proxy's whole answer is on stdout"
_ERROR_MARKS = ('"error"', '"response.failed"')


class Refusal(NamedTuple):
    """
    An answer that is no success, to *method* of *path* on the proxy at *root*.

    *location* and *allow* are headers of it, empty where there are none.
    """

    root: str
    method: str
    path: str
    status: int
    reason: str
    location: str
    allow: str


def error_of_route(error: LitectlError, refusal: Refusal) -> LitectlError:
    """Return *error*, which a status stands for, as what it means for a route; the body is on stdout."""
    said = str(error.details.get("proxy_message") or "")
    if 300 <= refusal.status < 400:
        return _redirect(refusal)
    if refusal.status == 404:
        return _not_found(said, refusal.path.partition("?")[0], error)
    if refusal.status == 405 and (allowed := readable(refusal.allow)):
        error.hint = f"this path takes {allowed}"
    elif error.hint == ProxyError.hint:
        error.hint = _ON_STDOUT
    return error


def _not_found(said: str, path: str, error: LitectlError) -> NotFoundError:
    if said == _UNKNOWN_ROUTE:
        return NotFoundError(f"the proxy has no route {path}", hint=_ROUTES_HINT, details=error.details)
    hint = "check what the path and its parameters name"
    return NotFoundError(f"not found: {readable(said) or path}", hint=hint, details=error.details)


def _redirect(refusal: Refusal) -> LitectlError:
    """
    Return the error of an answer that points to another address, or to none.

    One that leads away from the proxy is a `ConfigError`, as for every command: mostly the URL is not
    that of the proxy. One that stays there is of the path alone.
    """
    details = {"status": refusal.status}
    if not refusal.location:
        said = f"the proxy answered {refusal.status}: {readable(refusal.reason)}"
        return ProxyError(said, hint=_ON_STDOUT, details=details)
    said = f"the proxy redirects to {readable(refusal.location)}, which is not followed"
    with suppress(UsageError, ValueError):
        path = path_on(refusal.root, urljoin(f"{refusal.root}{refusal.path}", refusal.location))
        hint = f"ask for that: `litectl api {refusal.method} {quote(path)}`"
        return ProxyError(said, hint=hint, details=details)
    return ConfigError(said, hint=_ELSEWHERE, details=details)


def error_in_events(pieces: Iterable[bytes]) -> LitectlError | None:
    """
    Return the first error that an event of the stream in *pieces* has, None for none.

    Of a stream longer than anybody may be asked to look through, the rest is not read.
    """
    found = None
    for data in data_in(_beginning(pieces)):
        if found is None and any(mark in data for mark in _ERROR_MARKS):
            found = _error_in(data)
    return found


def _beginning(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give *pieces* as far as an event may be held in memory."""
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > _SCANNED:
            return
        yield piece


def _error_in(data: str) -> LitectlError | None:
    """Return the error that the *data* of an event stands for, by any of the protocols, None for none."""
    try:
        event = decode(data)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    if event.get("error"):
        return error_in_answer(event)
    if event.get("type") == "error":
        return error_in_answer({"error": event})
    if event.get("type") == "response.failed":
        response = event.get("response")
        error = response.get("error") if isinstance(response, dict) else None
        return error_in_answer({"error": error or {"message": "the answer failed"}})
    return None
