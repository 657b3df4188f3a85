"""The errors of httpx as ours: what went wrong between this machine and the proxy."""

import re

from litectl.errors import ConfigError, ConnectionLostError, NetworkError, TimedOutError, UnreachableError
from litectl.failures.hints import GATEWAY_HINT
from litectl.failures.wording import readable
from litectl.wire.httpproxies import http_proxy_of
from litectl.wire.leanhttpx import httpx
from litectl.wire.tls import tls_error

CONNECT_SECONDS = 10.0
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_QUOTED_BYTES = re.compile(r":? (?:bytearray\()?b['\"].*", re.DOTALL)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)  # nothing left this machine yet
_LOCATION = "in location header"  # what httpx says of a redirect that it cannot read
_MAYBE_HTTPS_HINT = "check the port, and whether this proxy wants https instead of http"


def transport_error(
    root: str, error: httpx.RequestError, seconds: float, *, is_over: bool
) -> NetworkError | ConfigError:
    """Return what *error* says of the proxy at *root*, which had *seconds*; whether they were over."""
    if _LOCATION in str(error):
        return redirect_to_nowhere(root)
    failure = _network_error(root, error, seconds, is_over=is_over)
    failure.was_sent = not isinstance(error, _UNSENT)
    return failure


def redirect_to_nowhere(root: str) -> ConfigError:
    """Return the error of a redirect to no address; httpx reads it, though none is followed."""
    return ConfigError(f"{root} redirects to what is not an address", hint=GATEWAY_HINT)


def timed_out(root: str, seconds: float) -> TimedOutError:
    """Return the error of an answer that was not complete in time."""
    return TimedOutError(f"no complete answer from {root} within {seconds:.3g} s")


def cause_of(error: httpx.RequestError) -> str:
    """Return what *error* says, for the message of another one."""
    # What was received or sent in bytes is left out: it may be a part of a secret, and helps nobody.
    return _ERRNO.sub("", readable(_QUOTED_BYTES.sub("", str(error)))) or type(error).__name__


def _network_error(root: str, error: httpx.RequestError, seconds: float, *, is_over: bool) -> NetworkError:
    """Return the error, most specific first."""
    if isinstance(error, httpx.ConnectTimeout):
        return NetworkError(f"no connection to {root} within {min(seconds, CONNECT_SECONDS):.3g} s")
    if is_over or isinstance(error, httpx.TimeoutException):
        return timed_out(root, seconds)
    http_proxy = http_proxy_of(root)
    if failure := tls_error(root, error, look=http_proxy is None):
        return failure
    cause = cause_of(error)
    if isinstance(error, httpx.ProxyError) or (isinstance(error, httpx.ConnectError) and http_proxy):
        return _http_proxy_error(root, error, http_proxy)
    if isinstance(error, httpx.ConnectError):
        return UnreachableError(f"cannot connect to {root}: {cause}")
    # A body that was cut off at least came from a server that speaks http.
    is_in_doubt = root.startswith("http:") and "message body" not in cause
    hint = _MAYBE_HTTPS_HINT if is_in_doubt else None
    if http_proxy:
        hint = f"it goes through the HTTP proxy {http_proxy}: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    if isinstance(error, httpx.RemoteProtocolError):
        return ConnectionLostError(f"{root} broke the connection off: {cause}", hint=hint)
    return NetworkError(f"the connection to {root} failed: {cause}", hint=hint)


def _http_proxy_error(root: str, error: httpx.RequestError, http_proxy: str | None) -> NetworkError:
    """Return the error of a connection that failed at the HTTP proxy in between."""
    cause = cause_of(error)
    if isinstance(error, httpx.ProxyError):
        named = f"HTTP proxy {http_proxy}" if http_proxy else "HTTP proxy"
        return NetworkError(
            f"the {named} on the way to {root} failed: {cause}",
            hint="check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
        )
    return NetworkError(
        f"cannot connect to the HTTP proxy {http_proxy} on the way to {root}: {cause}",
        hint="check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or except this host in NO_PROXY",
    )
