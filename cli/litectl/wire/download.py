"""
A file of the web, fetched to be attached to a question.

Nothing that says who asks is sent: no key, no extra header, no cookie, no client certificate. What
answers has to be a public address, found once and connected to as it was found, so that an address
that somebody else wrote cannot reach into the user's own network.

The HTTP proxies of the environment are not used: they look names up themselves, so no address could
be checked.
"""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from litectl.errors import NetworkError, TimedOutError, UsageError
from litectl.failures.wording import readable
from litectl.wire.addresses import is_public
from litectl.wire.bounded import TimeIsOver, within
from litectl.wire.connection import USER_AGENT
from litectl.wire.httpproxies import http_proxy_of
from litectl.wire.leanhttpx import httpx
from litectl.wire.tls import Tls, tls_error, unused_context
from litectl.wire.transport_errors import CONNECT_SECONDS, cause_of

MOST_REDIRECTS = 5
_LONGEST_SECONDS = 1_000_000.0
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429)  # statuses below 500 that another try may not meet
_SEPARATORS = re.compile(r"[/\\]")
_URL_HINT = "give the address of a file, for example `https://example.com/photo.png`"
_PIPE_HINT = "fetch it another way and attach it from stdin: `curl URL | litectl ask -f -`"
_TLS_HINT = (
    "check the address; when an authority of your own signed it, name that with `--ca-bundle PATH` "
    "or SSL_CERT_FILE"
)


class Download(NamedTuple):
    """A file that was fetched: what it is called in its address, whatever that may be, and its bytes."""

    name: str
    content: bytes


class _Terms(NamedTuple):
    """What bounds one download: bytes, seconds and the clock when they are over, and whom to ask."""

    limit: int
    seconds: float
    deadline: float
    allow_private: bool
    tls: Tls

    def seconds_left(self, address: httpx.URL) -> float:
        """Return the seconds left; raises `TimedOutError` when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _timed_out(_origin(address), self.seconds)
        return left


def download(url: str, *, limit: int, seconds: float, allow_private: bool, tls: Tls) -> Download:
    """
    Return the file at the http(s) address *url*: at most *limit* bytes, within *seconds* in all.

    Follows five redirects, none from https to http. Of *tls* only the trusted authorities are used.
    Raises `UsageError` for an address that is none, that has no such file, whose file is too
    large, or that is not public without *allow_private*; `NetworkError` for what did not work.
    """
    address = _address(url)
    seconds = min(max(seconds, 0.0), _LONGEST_SECONDS)
    terms = _Terms(limit, seconds, time.monotonic() + seconds, allow_private, tls)
    try:
        content = within(seconds, lambda: _content(address, terms))
    except TimeIsOver:
        raise _timed_out(_origin(address), seconds) from None
    return Download(_name(address), content)


def _content(address: httpx.URL, terms: _Terms) -> bytes:
    """Return the file at *address*, or where that redirects to."""
    for _ in range(MOST_REDIRECTS + 1):
        found = _asked(address, terms)
        if isinstance(found, bytes):
            return found
        address = found
    raise UsageError(
        f"more than {MOST_REDIRECTS} redirects, the last one to {_origin(address)}", hint=_URL_HINT
    )


def _asked(address: httpx.URL, terms: _Terms) -> bytes | httpx.URL:
    """Return what *address* has, or where it redirects to, from the first of its machines that is there."""
    with _translated(address, terms):
        unreachable: httpx.TransportError = httpx.ConnectError("it has no address")
        for machine in _machines(address, terms):
            try:
                return _answer(address, machine, terms)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                unreachable = error
        raise unreachable


def _machines(address: httpx.URL, terms: _Terms) -> list[str]:
    """Return the IP addresses of the host; raises `UsageError` when one of them is not public."""
    host = _host(address)
    try:
        found = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise UsageError(f"no host can be called {readable(host)}", hint=_URL_HINT) from None
    except OSError as error:
        raise NetworkError(
            f"cannot find {readable(host)}: {readable(error.strerror or str(error))}",
            hint=_connection_hint(address),
        ) from error
    machines = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    refused = [machine for machine in machines if not terms.allow_private and not is_public(machine)]
    if refused:
        raise UsageError(
            f"refusing to fetch from {readable(host)}: {refused[0]} is not a public address",
            hint="allow it with `--allow-private` if you trust whoever wrote the address",
        )
    return machines


def _answer(address: httpx.URL, machine: str, terms: _Terms) -> bytes | httpx.URL:
    """Return what *machine* answers to a GET of *address*: its file, or where it redirects to."""
    left = terms.seconds_left(address)
    is_https = address.scheme == "https"
    with (
        httpx.Client(
            verify=Tls(terms.tls.ca_bundle).context() if is_https else unused_context(),
            timeout=httpx.Timeout(left, connect=min(left, CONNECT_SECONDS)),
            follow_redirects=False,
            trust_env=False,
        ) as client,
        client.stream(
            "GET",
            address.copy_with(host=machine),
            headers={
                "Host": address.netloc.decode("ascii"),
                "User-Agent": USER_AGENT,
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": _host(address)},
        ) as response,
    ):
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _target(address, response)
        _require_file(address, response)
        return _body(address, response, terms)


def _target(address: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Return where *response* redirects to; raises `UsageError` when that is nowhere to go."""
    try:
        target = _address(str(address.join(response.headers["location"])))
    except (UsageError, httpx.InvalidURL, ValueError):
        raise UsageError(
            f"{_origin(address)} redirects to what is not the address of a file", hint=_URL_HINT
        ) from None
    if address.scheme == "https" and target.scheme == "http":
        raise UsageError(
            f"{_origin(address)} redirects from https to plain http on {_origin(target)}",
            hint="give that address itself if anybody on the way may read and change the file",
        )
    return target


def _require_file(address: httpx.URL, response: httpx.Response) -> None:
    """Raise unless *response* has a file; what is not there was asked for in error, the rest may pass."""
    status = response.status_code
    if not response.is_success:
        reason = readable(response.reason_phrase)
        message = f"{_origin(address)} answered {status}{f' ({reason})' if reason else ''}"
        details = {"status": status}
        if status >= 500 or status in _TRANSIENT:
            raise NetworkError(message, hint="try again later", details=details)
        raise UsageError(
            message, hint="check the address; it is fetched without any login of yours", details=details
        )
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise NetworkError(
            f"{_origin(address)} sent the file compressed ({readable(encoding)}), which was not asked for",
            hint="fetch it with `curl --compressed URL | litectl ask -f -`",
        )


def _body(address: httpx.URL, response: httpx.Response, terms: _Terms) -> bytes:
    received = bytearray()
    for piece in response.iter_raw():
        received += piece
        if len(received) > terms.limit:
            raise UsageError(
                f"the file on {_origin(address)} is larger than {terms.limit:,} bytes",
                hint="attach a part of it, or a smaller version",
            )
        terms.seconds_left(address)  # when they are over, nobody waits for the rest
    return bytes(received)


def _address(url: str) -> httpx.URL:
    """Return the address *url*; raises `UsageError`, never with a password that is in it."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        address = httpx.URL()
    is_port = address.port is None or 0 < address.port < 2**16
    if address.scheme not in ("http", "https") or not address.host.strip(".") or not is_port:
        raise UsageError("not an http(s) address of a file", hint=_URL_HINT)
    if address.userinfo:
        raise UsageError(
            "an address must not contain a user name or password", hint="fetch it without, or " + _PIPE_HINT
        )
    return address


def _host(address: httpx.URL) -> str:
    """Return the host in the form that is looked up and stands in certificates."""
    return address.raw_host.decode("ascii").rstrip(".")


def _origin(address: httpx.URL) -> str:
    """Return how *address* is shown: path and query may be secrets that give access."""
    return readable(f"{address.scheme}://{address.netloc.decode('ascii')}")


def _name(address: httpx.URL) -> str:
    return _SEPARATORS.split(address.path)[-1] or address.host


@contextmanager
def _translated(address: httpx.URL, terms: _Terms) -> Iterator[None]:
    """Turn the errors of httpx into ours."""
    try:
        yield
    except httpx.TransportError as error:
        raise _network_error(address, error, terms) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UsageError(f"{_origin(address)} is not an address that can be asked", hint=_URL_HINT) from error


def _network_error(address: httpx.URL, error: httpx.TransportError, terms: _Terms) -> NetworkError:
    origin = _origin(address)
    cause = cause_of(error)
    if isinstance(error, httpx.TimeoutException):
        if time.monotonic() >= terms.deadline or not isinstance(error, httpx.ConnectTimeout):
            return _timed_out(origin, terms.seconds)
        return NetworkError(
            f"no connection to {origin} within {CONNECT_SECONDS:g} s", hint=_connection_hint(address)
        )
    if failure := tls_error(origin, error, look=False):
        failure.hint = _TLS_HINT
        return failure
    if isinstance(error, httpx.ConnectError):
        return NetworkError(f"cannot connect to {origin}: {cause}", hint=_connection_hint(address))
    return NetworkError(f"the connection to {origin} failed: {cause}", hint=_PIPE_HINT)


def _connection_hint(address: httpx.URL) -> str:
    """Return what to do when nobody answers; an HTTP proxy of the environment is why, where there is one."""
    if http_proxy_of(_origin(address)) is not None:
        return f"the HTTP proxy of the environment is not used for attachments; {_PIPE_HINT}"
    return "check the address and the network"


def _timed_out(origin: str, seconds: float) -> TimedOutError:
    return TimedOutError(f"no complete file from {origin} within {seconds:.3g} s")
