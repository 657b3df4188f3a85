"""
The proxy on the wire: the only user of httpx.

A `Proxy` sends requests with the credential to one root, follows no redirect,
bounds what it reads in bytes and seconds, and turns every failure of the
network and of the proxy into the errors of `litectl.errors`.
"""

import json
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Self
from uuid import uuid4

import httpx
from httpx_sse import EventSource, ServerSentEvent

from litectl import __version__
from litectl.envelopes import error_from_answer, error_in_answer, readable
from litectl.errors import (
    ConfigError,
    ConnectionLostError,
    IncompleteError,
    LitectlError,
    NetworkError,
    ProxyError,
    TimedOutError,
)
from litectl.jsontext import decode
from litectl.root import is_loopback

USER_AGENT = f"litectl/{__version__} (Python {sys.version_info[0]}.{sys.version_info[1]}; {sys.platform})"
CALL_ID_HEADER = "x-litellm-call-id"
DEFAULT_SECONDS = 30.0
CONNECT_SECONDS = 10.0
BODY_LIMIT = 200 * 2**20  # bytes of a decoded JSON body
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_ERROR_BODY_LIMIT = 64 * 2**10  # bytes
_GATEWAY_HINT = (
    "check that the URL is the root of a LiteLLM proxy, and that no gateway or login page is in between"
)


class Answer(NamedTuple):
    """A decoded JSON answer and its headers, names in lower case."""

    document: object
    headers: Mapping[str, str]


class EventStream(NamedTuple):
    """A running answer: its headers, names in lower case, and its server-sent events."""

    headers: Mapping[str, str]
    events: Iterator[ServerSentEvent]


class _Exchange(NamedTuple):
    """A running exchange; *require_time* raises when a body that has ended was cut by the time limit."""

    response: httpx.Response
    require_time: Callable[[], None]


class Proxy:
    """
    One proxy, asked with one credential.

    *secret* is the bearer token or None. *ca_file* names certificates to trust
    instead of the system's. *trace* is told each request and its outcome.
    `unreachable_hint` is what to do when nobody answers at all.
    """

    def __init__(
        self,
        root: str,
        secret: str | None,
        *,
        ca_file: str | None = None,
        trace: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.root = root
        self._secret = secret
        self.unreachable_hint: str | None = None
        self._ca_file = ca_file
        self._trace = trace
        headers = {"User-Agent": USER_AGENT}
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        try:
            self._client = httpx.Client(
                headers=headers,
                verify=self._tls_context(),
                follow_redirects=False,
                # HTTP_PROXY and the like are for other machines than this one.
                trust_env=not is_loopback(root),
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            # The values are not repeated: they may hold a password.
            raise ConfigError(
                "the HTTP proxy variables of the environment cannot be used",
                hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; SOCKS is not supported",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get_json(self, path: str, *, seconds: float = DEFAULT_SECONDS) -> Answer:
        """
        Return the JSON answer to a GET of *path*, within *seconds* in all.

        A read is repeated once when the connection fails. Raises the error of
        the answer's class, `NetworkError`, or `ProxyError` for a body that is no JSON.
        """
        deadline = time.monotonic() + seconds
        try:
            return self._get_json(path, seconds)
        except ConnectionLostError as error:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise
            self._trace(f"GET {path}: {error.message}; trying once more")
            return self._get_json(path, remaining)

    def _get_json(self, path: str, seconds: float) -> Answer:
        with self._exchange("GET", path, seconds, accept="application/json") as (response, require_time):
            body = _read(response, BODY_LIMIT)
            require_time()
            return Answer(_decoded(body, response), response.headers)

    @contextmanager
    def stream(self, path: str, body: object, *, seconds: float, call_id: str) -> Iterator[EventStream]:
        """
        POST *body* as JSON to *path* and give the events of the answer as they arrive.

        Sent exactly once. Leaving the block early drops the connection, on which
        the proxy stops the upstream. Raises as `get_json` does; also while
        the events are read.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        with self._exchange(
            "POST", path, seconds, accept="text/event-stream", content=content, call_id=call_id
        ) as (response, require_time):
            _require_event_stream(response, require_time)
            response.encoding = "utf-8-sig"  # the standard's only encoding, with or without its mark
            response.stream = _BoundedStream(response.stream)
            yield EventStream(response.headers, _events(response, require_time))

    @contextmanager
    def _exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        accept: str,
        content: bytes | None = None,
        call_id: str | None = None,
    ) -> Iterator[_Exchange]:
        headers = {"Accept": accept, CALL_ID_HEADER: call_id or str(uuid4())}
        if content is not None:
            headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        try:
            request = self._client.build_request(
                method, f"{self.root}{path}", headers=headers, content=content, timeout=timeout
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(
                f"not an address that can be asked: {self.root}", hint="check the name of the host"
            ) from error
        started = time.monotonic()
        expired = threading.Event()
        with self._translated(seconds, expired):
            response = self._client.send(request, stream=True)
            elapsed = time.monotonic() - started
            self._trace(f"{method} {self.root}{path}: {response.status_code} after {elapsed:.2f} s")
            try:
                with _bounded(response, seconds - elapsed, expired):
                    if not response.is_success:
                        raise self._refusal(response)
                    yield _Exchange(response, lambda: self._require_time(expired, seconds))
            finally:
                response.close()

    def _refusal(self, response: httpx.Response) -> LitectlError:
        body = _without_secret(response, _read(response, _ERROR_BODY_LIMIT, cut=True))
        return error_from_answer(
            response.status_code, response.headers, body, has_credential=self._secret is not None
        )

    @contextmanager
    def _translated(self, seconds: float, expired: threading.Event) -> Iterator[None]:
        """Turn the errors of httpx into ours, most specific first."""
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._network_error(error, seconds, expired) from error

    def _network_error(
        self, error: httpx.RequestError, seconds: float, expired: threading.Event
    ) -> LitectlError:
        cause = _ERRNO.sub("", readable(str(error))) or type(error).__name__
        if isinstance(error, httpx.ConnectTimeout):
            return NetworkError(f"no connection to {self.root} within {min(seconds, CONNECT_SECONDS):g} s")
        if expired.is_set() or isinstance(error, httpx.TimeoutException):
            return self._timed_out(seconds)
        if "CERTIFICATE_VERIFY_FAILED" in cause or "certificate" in cause.lower():
            return NetworkError(
                f"the certificate of {self.root} is not trusted: {cause}",
                hint="add its CA to the system's store, or name it in SSL_CERT_FILE",
            )
        if "[SSL" in cause:
            return NetworkError(
                f"no TLS connection to {self.root}: {cause}",
                hint="check the port, and whether this proxy speaks https at all",
            )
        if isinstance(error, httpx.ProxyError):
            return NetworkError(
                f"the HTTP proxy on the way to {self.root} failed: {cause}",
                hint="check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            )
        if isinstance(error, httpx.ConnectError):
            return ConnectionLostError(f"cannot connect to {self.root}: {cause}", hint=self.unreachable_hint)
        if isinstance(error, httpx.RemoteProtocolError):
            return ConnectionLostError(f"{self.root} broke the connection off: {cause}")
        return NetworkError(f"the connection to {self.root} failed: {cause}")

    def _require_time(self, expired: threading.Event, seconds: float) -> None:
        """Raise when the time is over: a body without a length ends like a whole one when it is cut."""
        if expired.is_set():
            raise self._timed_out(seconds)

    def _timed_out(self, seconds: float) -> TimedOutError:
        return TimedOutError(f"no complete answer from {self.root} within {seconds:g} s")

    def _tls_context(self) -> ssl.SSLContext:
        if not self.root.startswith("https:"):
            # Never used; httpx would load its CA bundle, which costs about 50 ms.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._ca_file:
            try:
                return ssl.create_default_context(cafile=self._ca_file)
            except OSError as error:
                raise NetworkError(
                    f"cannot load the certificates in `{self._ca_file}`: {error}",
                    hint="set SSL_CERT_FILE to a PEM file, or unset it to use the system's store",
                ) from error
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def _bounded(response: httpx.Response, seconds: float, expired: threading.Event) -> Iterator[None]:
    """
    Break the connection off when the body takes longer than *seconds*.

    httpx bounds each read on its own, so a server that drips bytes would hold
    a command for ever.
    """
    network_stream = response.extensions["network_stream"]

    def expire() -> None:
        expired.set()
        connection: socket.socket = network_stream.get_extra_info("socket")
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It was closed in the meantime: the body had ended.
            return

    timer = threading.Timer(max(seconds, 0.0), expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _BoundedStream(httpx.SyncByteStream):
    """The body of a streamed answer; raises `IncompleteError` for one that no model would write."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.SyncByteStream)
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for piece in self._stream:
            received += len(piece)
            if received > BODY_LIMIT:
                raise IncompleteError(f"the answer is larger than {BODY_LIMIT // 2**20} MiB")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _events(response: httpx.Response, require_time: Callable[[], None]) -> Iterator[ServerSentEvent]:
    yield from EventSource(response).iter_sse()
    require_time()


def _read(response: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """Return the decoded body; over *limit* bytes it is an error, or the rest is cut off."""
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > limit:
            if cut:
                break
            raise ProxyError(
                f"the answer of {response.url.path} is larger than {limit // 2**20} MiB", hint=_GATEWAY_HINT
            )
    return bytes(received[:limit])


def _without_secret(response: httpx.Response, body: bytes) -> bytes:
    """
    Return *body* without the key that was sent, which a server may repeat.

    To be called before anything is cut off: a part of a key is found by no mask.
    """
    secret = response.request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    return body.replace(secret, b"***") if secret else body


def _decoded(body: bytes, response: httpx.Response) -> object:
    path = response.url.path
    if not body.strip():
        raise IncompleteError(f"the answer of {path} is empty", hint=_GATEWAY_HINT)
    try:
        return decode(body)
    except ValueError:
        raise _not_the_api(response, body) from None


def _require_event_stream(response: httpx.Response, require_time: Callable[[], None]) -> None:
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "text/event-stream" and "content-encoding" not in response.headers:
        response.headers["content-type"] = content_type
        return
    body = _without_secret(response, _read(response, _ERROR_BODY_LIMIT, cut=True))
    require_time()
    if not body.strip():
        raise IncompleteError("the answer is empty", hint=_GATEWAY_HINT)
    try:
        document = decode(body)
    except ValueError:
        raise _not_the_api(response, body) from None
    if isinstance(document, dict) and "error" in document:
        raise error_in_answer(document, response.headers)
    raise _not_the_api(response, body)


def _not_the_api(response: httpx.Response, body: bytes) -> LitectlError:
    kind = readable(response.headers.get("content-type", "")) or "no content type"
    text = readable(_without_secret(response, body[:_ERROR_BODY_LIMIT])[:200].decode("utf-8", "replace"))
    return ProxyError(f"the answer is not a LiteLLM proxy's ({kind}): {text}", hint=_GATEWAY_HINT)
