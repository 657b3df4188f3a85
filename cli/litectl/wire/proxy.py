"""
The proxy on the wire: with `download` the only user of httpx.

A `Proxy` sends requests with the credential to one root, follows no redirect,
bounds what it reads in bytes and seconds, and turns every failure of the
network and of the proxy into the errors of `litectl.errors`.
"""

import json
import math
import re
import socket
import struct
import sys
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, Self, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

from litectl import __version__
from litectl.errors import (
    AuthError,
    ConfigError,
    ConnectionLostError,
    IncompleteError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    ProxyError,
    ReaderGone,
    TimedOutError,
    UnreachableError,
    UsageError,
)
from litectl.failures.envelopes import error_from_answer, error_in_answer, readable
from litectl.text.jsontext import MissingArray, decode, entries
from litectl.wire.alarms import ALARMS
from litectl.wire.eventstream import data_in
from litectl.wire.headers import AUTHORIZATION, OWN_KEY_HEADER, merged, secrets_in, without_server_headers
from litectl.wire.httpproxies import http_proxy_of
from litectl.wire.leanhttpx import httpx
from litectl.wire.root import is_loopback, same_origin
from litectl.wire.tls import Tls, tls_error, unused_context

USER_AGENT = f"litectl/{__version__} (Python {sys.version_info[0]}.{sys.version_info[1]}; {sys.platform})"
CALL_ID_HEADER = "x-litellm-call-id"
DEFAULT_SECONDS = 30.0
CONNECT_SECONDS = 10.0
_SHORTEST_SECONDS = 0.001
BODY_LIMIT = 100 * 2**20  # bytes of a decoded JSON body; 5,000 deployments have 36 MB
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_QUOTED_BYTES = re.compile(r":? (?:bytearray\()?b['\"].*", re.DOTALL)
_CREDENTIAL_NAME = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
_SHORTEST_CREDENTIAL = 12  # characters
_ERROR_BODY_LIMIT = 64 * 2**10  # bytes
_REPLY_LIMIT = 4 * 2**20  # bytes; a login may name a thousand teams
_ANSWER_FIELDS = {"choices", "output", "content"}  # what an answer has, one of them by each protocol
_ERROR_MARK = '"error"'  # in the data of an event that may be one; in a text its quotes would be escaped
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
_CLAIMED = {AUTHORIZATION.lower(), OWN_KEY_HEADER, "accept", "accept-encoding", "content-type"}
_FORM_HEADERS = ("content-type", "content-length")
_SERVER_ROUTES = ("/mcp-rest/", "/v1/mcp/")  # by which the proxy asks MCP servers
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)  # nothing left this machine yet
_LOCATION = "in location header"  # what httpx says of a redirect that it cannot read
_NO_SUCH_ROUTE = (404, 405)
_SECRETS = "litectl.secrets"  # the name under which a request carries what must not be quoted
_MAYBE_HTTPS_HINT = "check the port, and whether this proxy wants https instead of http"
_GATEWAY_HINT = (
    "check that the URL is the root of a LiteLLM proxy, and that no gateway or login page is in between"
)


Entry = TypeVar("Entry")
Result = TypeVar("Result")
# Gives the error of a status and a body where one route has words of its own, else None.
Refusal = Callable[[int, bytes], LitectlError | None]


def standard_refusal(_status: int, _body: bytes) -> None:
    """Make nothing special of a failure: the standard envelopes say it all."""


class FilePart(NamedTuple):
    """
    A part of a form: the field *name*, its content, and the path of a file, None for a plain text.

    The content may be an open file, which is read while it is sent.
    """

    name: str
    content: bytes | BinaryIO
    path: str | None = None


class Access(NamedTuple):
    """
    What every request carries to say who asks.

    *secret* is the key or token, None for none; it goes into *auth_header*, as
    `Bearer` in `Authorization` and bare in every other. It wins over an
    extra header of the same name.
    """

    secret: str | None = None
    auth_header: str = AUTHORIZATION
    headers: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        """Leave every value out, so that no secret is printed by accident."""
        return f"Access(auth_header={self.auth_header!r}, headers={list(self.headers)!r})"

    @property
    def all_headers(self) -> dict[str, str]:
        """Every header that says who asks, and the extra ones."""
        if self.secret is None:
            return dict(self.headers)
        value = f"Bearer {self.secret}" if self.auth_header.lower() == "authorization" else self.secret
        # A proxy believes its own key header before `Authorization`: nobody else may speak in it.
        extra = {
            name: text
            for name, text in self.headers.items()
            if name.lower() != OWN_KEY_HEADER or text == self.secret
        }
        return merged(extra, {self.auth_header: value})

    @property
    def secrets(self) -> list[bytes]:
        """What a server must not be quoted with, also as JSON and URLs write it, longest first."""
        values = [text for value in self.headers.values() for text in secrets_in(value)]
        values += [self.secret] if self.secret else []
        return _forms(values)

    @property
    def credentials(self) -> list[bytes]:
        """
        Those of the secrets that are credentials for certain, and long enough to be nothing else.

        The value of any other header may rightly be in an answer, such as the name of a team.
        """
        named = (value for name, value in self.headers.items() if _CREDENTIAL_NAME.search(name))
        values = [text for value in named for text in secrets_in(value)]
        values += [self.secret] if self.secret else []
        return _forms([value for value in values if len(value) >= _SHORTEST_CREDENTIAL])


def _forms(secrets: Sequence[str]) -> list[bytes]:
    """Return how *secrets* may be written, the longest first."""
    forms = {*secrets, *(json.dumps(secret)[1:-1] for secret in secrets)}
    forms |= {quote(secret, safe=safe) for secret in secrets for safe in ("", "/")}
    return [form.encode() for form in sorted(forms, key=len, reverse=True)]


class Answer(NamedTuple):
    """A decoded JSON answer and its headers, names in lower case."""

    document: object
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """Any answer at all: its HTTP status, its JSON or None when it is none, its headers in lower case."""

    status: int
    document: object
    headers: Mapping[str, str] = MappingProxyType({})

    def field(self, name: str) -> object:
        """Return the field *name* of the JSON object, None when there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


class RawAnswer(NamedTuple):
    """
    A running answer as it came: its status line, its headers in their order, and the body in *pieces*.

    *error* is what its status stands for, None for a success. A body that came compressed is unpacked.
    """

    version: str
    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    pieces: Iterator[bytes]
    error: LitectlError | None

    def header(self, name: str) -> str:
        """Return the first header *name*, which is in lower case, or nothing."""
        return next((value for found, value in self.headers if found.lower() == name), "")


class EventStream(NamedTuple):
    """
    A running answer: its headers, names in lower case, and the data of its server-sent events.

    An answer in one piece, which is a JSON object, is a single piece of data.
    """

    headers: Mapping[str, str]
    data: Iterator[str]


class _Exchange(NamedTuple):
    """A running exchange; *require_time* raises when a body that has ended was cut by the time limit."""

    response: httpx.Response
    require_time: Callable[[], None]


class Proxy:
    """
    One proxy, asked as one caller.

    *access* says who asks, *tls* how. *renew* is called once when the proxy
    refuses the credential of a request that may be repeated, and gives a new
    secret or None. *trace* is told each request and its outcome. No exchange
    takes more than *most_seconds*, whatever is said of it.
    `unreachable_hint` is what to do when nobody answers at all, `refused_hint` when
    the credential is refused.
    """

    def __init__(
        self,
        root: str,
        access: Access = Access(),  # noqa: B008  # a constant
        *,
        tls: Tls = Tls(),  # noqa: B008  # a constant
        renew: Callable[[], str | None] = lambda: None,
        trace: Callable[[str], None] = lambda _: None,
        most_seconds: float = math.inf,
    ) -> None:
        self.root = root
        self._access = access
        self._renew = renew
        self.unreachable_hint: str | None = None
        self.refused_hint: str | None = None
        self._trace = trace
        self._most_seconds = most_seconds
        self._network_stream: Any = None
        self._is_hung_up = False
        try:
            self._client = httpx.Client(
                headers={"User-Agent": USER_AGENT},
                verify=tls.context() if root.startswith("https:") else unused_context(),
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

    def without_secrets(self, text: str) -> str:
        """Return *text* without the key and the header values that are sent, which a server may repeat."""
        return _without(self._access.secrets, text.encode("utf-8", "replace")).decode()

    def hang_up(self) -> None:
        """Break off what is under way, from any thread, and send nothing more: asking raises `ReaderGone`."""
        self._is_hung_up = True
        self._shut_connection()

    def get_json(
        self,
        path: str,
        *,
        seconds: float = DEFAULT_SECONDS,
        limit: int = BODY_LIMIT,
        refusal: Refusal = standard_refusal,
        is_kept: bool = False,
    ) -> Answer:
        """
        Return the JSON answer to a GET of *path*, within *seconds* in all and of at most *limit* bytes.

        One that *is_kept* in a file comes without the credentials that were sent, should it repeat them.

        A read is repeated once when the connection fails, and once with a
        renewed credential when it is refused. Raises the error that *refusal* makes of an answer
        that is none, `NetworkError`, or `ProxyError` for a body that is too long or no JSON.
        """

        def get(left: float) -> Answer:
            with self._exchange("GET", path, left, accept="application/json") as exchange:
                return self._answer(exchange, limit, refusal, is_kept=is_kept)

        return self._repeated(get, path, seconds)

    def get_bytes(
        self, path: str, *, limit: int, seconds: float = DEFAULT_SECONDS, refusal: Refusal = standard_refusal
    ) -> bytes:
        """Return the body of the answer to a GET of *path*, whatever it holds; otherwise as `get_json`."""

        def get(left: float) -> bytes:
            with self._exchange("GET", path, left, accept="*/*") as (response, require_time):
                self._require_success(response, refusal)
                body = _read(response, limit)
                require_time()
                return body

        return self._repeated(get, path, seconds)

    def get_entries(
        self,
        path: str,
        name: str,
        take: Callable[[object], Entry | None],
        *,
        seconds: float = DEFAULT_SECONDS,
    ) -> list[Entry]:
        """
        Return what *take* makes of the entries of the array *name* in the answer to a GET of *path*.

        What it makes None of is left out. The answer is read entry by entry, so
        a list of thousands needs little memory. Otherwise as `get_json`; raises
        `IncompleteError` for an answer without such an array.
        """
        return self._repeated(lambda left: self._get_entries(path, name, take, left), path, seconds)

    def _repeated(self, get: Callable[[float], Result], path: str, seconds: float) -> Result:
        """Return what *get* gives, which takes its seconds; once more as `get_json` says."""
        deadline = time.monotonic() + seconds
        return self._with_renewal(lambda: self._reconnected(get, path, deadline))

    def _with_renewal(self, attempt: Callable[[], Result]) -> Result:
        """Return what *attempt* gives; once more with a renewed credential when it is refused."""
        try:
            return attempt()
        except AuthError as error:
            if not self._renewed(error):
                raise
            return attempt()

    def _reconnected(self, get: Callable[[float], Result], path: str, deadline: float) -> Result:
        try:
            return get(max(deadline - time.monotonic(), _SHORTEST_SECONDS))
        except ConnectionLostError as error:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise
            self._trace(f"GET {path}: {error.message}; trying once more")
            return get(remaining)

    def _answer(
        self,
        exchange: _Exchange,
        limit: int = BODY_LIMIT,
        refusal: Refusal = standard_refusal,
        *,
        is_kept: bool = False,
    ) -> Answer:
        """Return the JSON answer of a running *exchange*; raises as `get_json` does."""
        response = exchange.response
        self._require_success(response, refusal)
        body = _read(response, limit)
        exchange.require_time()
        if is_kept:
            body = _without(self._access.credentials, body)
        return Answer(_decoded(body, response), response.headers)

    def _get_entries(
        self, path: str, name: str, take: Callable[[object], Entry | None], seconds: float
    ) -> list[Entry]:
        with self._exchange("GET", path, seconds, accept="application/json") as (response, require_time):
            self._require_success(response)
            body = _BoundedBody(response)
            try:
                taken = [found for entry in entries(body.texts(), name) if (found := take(entry)) is not None]
            except ValueError:
                require_time()
                raise _unreadable(response, body.head) from None
            except MissingArray:
                raise IncompleteError(
                    f"the answer of {response.url.path} has no list called `{name}`", hint=_GATEWAY_HINT
                ) from None
            require_time()
            return taken

    def _renewed(self, error: AuthError) -> bool:
        """Tell whether the refused credential was replaced by a new one; asked for once in a run."""
        if isinstance(error, NotAllowedError):
            return False
        renew, self._renew = self._renew, lambda: None
        secret = renew()
        if secret is None or secret == self._access.secret:
            return False
        self._trace(f"{error.message}; trying once more with a new token")
        self._access = self._access._replace(secret=secret)
        return True

    def post_json(self, path: str, document: object, *, seconds: float = DEFAULT_SECONDS) -> Answer:
        """
        Return the JSON answer to a POST of *document* to *path*, within *seconds* in all.

        Sent once, and once more with a renewed credential when the proxy refused it.
        Raises as `get_json` does.
        """
        content = _json_bytes(document)
        deadline = time.monotonic() + seconds

        def attempt() -> Answer:
            left = max(deadline - time.monotonic(), _SHORTEST_SECONDS)
            with self._exchange(
                "POST",
                path,
                left,
                accept="application/json",
                content=content,
                content_type="application/json",
            ) as exchange:
                return self._answer(exchange)

        return self._with_renewal(attempt)

    def send(
        self,
        method: str,
        path: str,
        *,
        document: object = None,
        files: Sequence[FilePart] = (),
        seconds: float = DEFAULT_SECONDS,
        refusal: Refusal = standard_refusal,
    ) -> Answer:
        """
        Return the JSON answer to *method* of *path*, sent exactly once, whatever happens to it.

        For what changes something: nobody can tell whether it was done when the answer is lost. The body is
        *document* as JSON, or the *files* of a form. Otherwise raises as `get_json` does.
        """
        content, content_type = None, None
        if files:
            content, content_type = _form_of(files)
        elif document is not None:
            content, content_type = _json_bytes(document), "application/json"
        with self._exchange(
            method, path, seconds, accept="application/json", content=content, content_type=content_type
        ) as exchange:
            return self._answer(exchange, refusal=refusal)

    def reply(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        document: object = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        seconds: float = DEFAULT_SECONDS,
    ) -> Reply:
        """
        Return whatever is answered to *method* of *path*, sent exactly once within *seconds*.

        *path* may also be an absolute URL on the proxy's own origin. The body is
        *form*, URL-encoded, or *document* as JSON. No status is an error here, and
        no redirect is followed. Raises `NetworkError`, and `ConfigError` for another origin.
        """
        content, content_type = None, None
        if form is not None:
            content, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif document is not None:
            content, content_type = json.dumps(document).encode(), "application/json"
        with self._exchange(
            method,
            path,
            seconds,
            accept="application/json",
            content=content,
            content_type=content_type,
            headers=headers,
        ) as (response, require_time):
            body = _read(response, _REPLY_LIMIT, cut=True)
            require_time()
            try:
                document = decode(body)
            except ValueError:
                document = None
            return Reply(response.status_code, document, response.headers)

    @contextmanager
    def stream(
        self,
        path: str,
        body: object,
        *,
        seconds: float,
        call_id: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        for_servers: bool = False,
        on_wait: Callable[[], None] = lambda: None,
    ) -> Iterator[EventStream]:
        """
        POST *body* as JSON to *path* and give the data of the answer's events as they arrive.

        Sent once, and once more with a renewed credential when the proxy refused
        it, which is before anything was asked of a model. Leaving the block
        early drops the connection, on which the proxy stops the upstream.
        *headers* go along, but none that says who asks or what is exchanged; the extra ones for MCP
        servers only with *for_servers*, when the proxy is to call their tools. *on_wait*
        is called while the data is read, whenever all that has arrived was given.
        Raises as `get_json` does; also while the events are read.
        """
        content = _json_bytes(body)
        own = merged(self._unclaimed(headers), {CALL_ID_HEADER: call_id})
        with ExitStack() as stack:
            response, require_time = self._streamed(stack, path, content, seconds, own, for_servers)
            if _is_event_stream(response):
                waits = stack.enter_context(_Waits(response, on_wait))
                yield EventStream(response.headers, _data(response, require_time, waits))
            else:
                yield EventStream(response.headers, iter([_whole(response, require_time)]))

    @contextmanager
    def raw(
        self,
        method: str,
        path: str,
        *,
        content: bytes | Sequence[FilePart] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        seconds: float = DEFAULT_SECONDS,
    ) -> Iterator[RawAnswer]:
        """
        Give whatever is answered to *method* of *path*, within *seconds* in all; no status is raised.

        GET and HEAD are repeated as `get_json` says while nothing of the answer was given, all else is sent
        exactly once. *content* is the body, or the parts of a form. *headers* go along, but
        none that says who asks. Raises `NetworkError`, also while the pieces are read.
        """
        secret_names = {self._access.auth_header.lower(), OWN_KEY_HEADER}
        own = {name: value for name, value in headers.items() if name.lower() not in secret_names}
        is_read = method in ("GET", "HEAD")
        body: bytes | Iterable[bytes] | None
        if content is None or isinstance(content, bytes):
            body = content
        else:
            form = _form_request(content)
            assert isinstance(form.stream, httpx.SyncByteStream)
            body = form.stream
            own = merged(own, {name: form.headers[name] for name in _FORM_HEADERS})
        deadline = time.monotonic() + seconds
        with ExitStack() as stack:

            def attempt(left: float) -> RawAnswer:
                sent = self._exchange(method, path, left, accept="*/*", content=body, headers=own)
                with ExitStack() as failed:
                    answer = self._raw_answer(failed.enter_context(sent))
                    stack.enter_context(failed.pop_all())
                return answer

            answer = self._reconnected(attempt, path, deadline) if is_read else attempt(seconds)
            if is_read and isinstance(answer.error, AuthError) and self._renewed(answer.error):
                stack.close()
                answer = self._reconnected(attempt, path, deadline)
            yield answer

    def _raw_answer(self, exchange: _Exchange) -> RawAnswer:
        response = exchange.response
        pieces, head, error = response.iter_bytes(), b"", None
        if not response.is_success:
            for piece in pieces:
                head += piece
                if len(head) >= _ERROR_BODY_LIMIT:
                    break
            error = self._failure(response, head[:_ERROR_BODY_LIMIT])

        def all_pieces() -> Iterator[bytes]:
            if head:
                yield head
            yield from pieces
            exchange.require_time()

        headers = [
            (name.decode("latin-1"), _without_secrets(response, value).decode("latin-1"))
            for name, value in response.headers.raw
        ]
        return RawAnswer(
            response.http_version,
            response.status_code,
            response.reason_phrase,
            headers,
            all_pieces(),
            error,
        )

    def _unclaimed(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return *headers* without those in which only who asks and what is exchanged may be said."""
        claimed = {*_CLAIMED, self._access.auth_header.lower()}
        return {name: value for name, value in headers.items() if name.lower() not in claimed}

    def _streamed(
        self,
        stack: ExitStack,
        path: str,
        content: bytes,
        seconds: float,
        headers: Mapping[str, str],
        for_servers: bool,  # noqa: FBT001  # handed through
    ) -> _Exchange:
        """Return the exchange that the proxy accepted, open on *stack*."""

        def attempt() -> _Exchange:
            sent = self._exchange(
                "POST",
                path,
                seconds,
                accept="text/event-stream",
                content=content,
                content_type="application/json",
                headers=headers,
                for_servers=for_servers,
            )
            with ExitStack() as refused:
                exchange = refused.enter_context(sent)
                self._require_success(exchange.response)
                stack.enter_context(refused.pop_all())
            return exchange

        return self._with_renewal(attempt)

    @contextmanager
    def _exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        accept: str,
        content: bytes | Iterable[bytes] | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        for_servers: bool = False,
    ) -> Iterator[_Exchange]:
        self._require_reader()
        seconds = min(seconds, self._most_seconds)
        own = {"Accept": accept, CALL_ID_HEADER: str(uuid4()), **headers}
        if content_type is not None:
            own |= {"Content-Type": content_type, "Accept-Encoding": "identity"}
        expired = threading.Event()
        who = self._access.all_headers
        if not (for_servers or path.startswith(_SERVER_ROUTES)):
            who = without_server_headers(who)
        request = self._request(method, path, merged(who, own), content, seconds)
        started = time.monotonic()
        with self._translated(seconds, expired), self._bounded(seconds, expired):
            response = self._client.send(request, stream=True)
            elapsed = time.monotonic() - started
            self._trace(f"{method} {request.url}: {response.status_code} after {elapsed:.2f} s")
            try:
                yield _Exchange(response, lambda: self._require_time(expired, seconds))
            finally:
                response.close()

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | Iterable[bytes] | None,
        seconds: float,
    ) -> httpx.Request:
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        # What follows the root, which ends with a host or a path, cannot lead to another host.
        url = f"{self.root}{path}" if path.startswith("/") else path
        if not path.startswith("/") and not same_origin(self.root, url):
            raise ConfigError(f"refusing to send to {readable(url)}: it is not on {self.root}")
        try:
            return self._client.build_request(
                method,
                url,
                headers=headers,
                content=content,
                timeout=timeout,
                extensions={"trace": self._notice_stream, _SECRETS: self._access.secrets},
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(
                f"not an address that can be asked: {self.root}", hint="check the name of the host"
            ) from error

    def _notice_stream(self, _event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection that is made, which the next request may use again."""
        made = info.get("return_value")
        if hasattr(made, "get_extra_info"):
            self._network_stream = made
            if self._is_hung_up:
                self._shut_connection()

    @contextmanager
    def _bounded(self, seconds: float, expired: threading.Event) -> Iterator[None]:
        """
        Break the connection off when the exchange takes longer than *seconds*.

        httpx bounds each read on its own, so a server that drips bytes would
        hold a command for ever.
        """

        def expire() -> None:
            expired.set()
            self._shut_connection()

        with ALARMS.after(seconds, expire):
            yield

    def _shut_connection(self) -> None:
        """Wake whoever reads from the connection, which ends then."""
        connection: socket.socket | None = self._network_stream and self._network_stream.get_extra_info(
            "socket"
        )
        try:
            if connection is not None:
                # Without a last word: a server that sends more than is read would not hear it.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It was closed in the meantime: the exchange had ended.
            return

    def _require_success(self, response: httpx.Response, refusal: Refusal = standard_refusal) -> None:
        if response.is_success:
            return
        raise self._failure(response, _read(response, _ERROR_BODY_LIMIT, cut=True), refusal)

    def _failure(
        self, response: httpx.Response, body: bytes, refusal: Refusal = standard_refusal
    ) -> LitectlError:
        """Return the error that the status of *response* stands for, of which *body* is the beginning."""
        body = _without_secrets(response, body)
        error = refusal(response.status_code, body) or error_from_answer(
            response.status_code, response.headers, body, has_credential=self._access.secret is not None
        )
        if type(error) is AuthError and self.refused_hint is not None:
            error.hint = self.refused_hint
        if response.status_code in _NO_SUCH_ROUTE and type(error) is ProxyError:
            error.hint = _pasted_hint(self.root) or error.hint
        return error

    @contextmanager
    def _translated(self, seconds: float, expired: threading.Event) -> Iterator[None]:
        """Turn the errors of httpx into ours, most specific first."""
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError) as error:
            self._require_reader()
            if _LOCATION in str(error):
                raise self._nowhere() from error
            failure = self._network_error(error, seconds, expired)
            failure.was_sent = not isinstance(error, _UNSENT)
            raise failure from error
        except httpx.InvalidURL as error:
            raise self._nowhere() from error

    def _nowhere(self) -> ConfigError:
        """Return the error of a redirect to no address; httpx reads it, though none is followed."""
        return ConfigError(f"{self.root} redirects to what is no address", hint=_GATEWAY_HINT)

    def _network_error(
        self, error: httpx.RequestError, seconds: float, expired: threading.Event
    ) -> NetworkError:
        cause = cause_of(error)
        if isinstance(error, httpx.ConnectTimeout):
            return NetworkError(f"no connection to {self.root} within {min(seconds, CONNECT_SECONDS):g} s")
        if expired.is_set() or isinstance(error, httpx.TimeoutException):
            return self._timed_out(seconds)
        http_proxy = http_proxy_of(self.root)
        if failure := tls_error(self.root, error, look=http_proxy is None):
            return failure
        if isinstance(error, httpx.ProxyError):
            named = f"HTTP proxy {http_proxy}" if http_proxy else "HTTP proxy"
            return NetworkError(
                f"the {named} on the way to {self.root} failed: {cause}",
                hint="check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            )
        if isinstance(error, httpx.ConnectError) and http_proxy:
            return NetworkError(
                f"cannot connect to the HTTP proxy {http_proxy} on the way to {self.root}: {cause}",
                hint="check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or except this host in NO_PROXY",
            )
        if isinstance(error, httpx.ConnectError):
            return UnreachableError(f"cannot connect to {self.root}: {cause}", hint=self.unreachable_hint)
        # A body that was cut off at least came from a server that speaks http.
        is_in_doubt = self.root.startswith("http:") and "message body" not in cause
        hint = _MAYBE_HTTPS_HINT if is_in_doubt else None
        if isinstance(error, httpx.RemoteProtocolError):
            return ConnectionLostError(f"{self.root} broke the connection off: {cause}", hint=hint)
        return NetworkError(f"the connection to {self.root} failed: {cause}", hint=hint)

    def _require_time(self, expired: threading.Event, seconds: float) -> None:
        """Raise when the time is over: a body without a length ends like a whole one when it is cut."""
        self._require_reader()
        if expired.is_set():
            raise self._timed_out(seconds)

    def _require_reader(self) -> None:
        if self._is_hung_up:
            raise ReaderGone

    def _timed_out(self, seconds: float) -> TimedOutError:
        return TimedOutError(f"no complete answer from {self.root} within {seconds:.3g} s")


def _pasted_hint(root: str) -> str | None:
    """Return which URL to give when *root* ends with a route, as one that was copied does."""
    from litectl.wire.pasted import route_in, without_route

    route = route_in(root)
    return route and f"the URL ends with the route `{route}`: give {without_route(root)}"


def cause_of(error: httpx.RequestError) -> str:
    """Return what *error* says, for the message of another one."""
    # What was received or sent in bytes is left out: it may be a part of a secret, and helps nobody.
    return _ERRNO.sub("", readable(_QUOTED_BYTES.sub("", str(error)))) or type(error).__name__


class _Waits:
    """
    Calls *on_wait* each time that more of *response* has to be waited for, while the block runs.

    What arrived together is read from the network at once and given piece by piece. Only where the
    network is read can it be told that all of it was given, so it is listened to there.
    """

    def __init__(self, response: httpx.Response, on_wait: Callable[[], None]) -> None:
        self.on_wait = on_wait
        self.are_heard = False  # never, on a network that is read in another way
        self._network_stream: Any = response.extensions.get("network_stream")

    def __enter__(self) -> Self:
        if self._network_stream is not None:
            self._network_stream.read = self._listening(self._network_stream.read)
        return self

    def __exit__(self, *_: object) -> None:
        if self._network_stream is not None:
            del self._network_stream.read

    def _listening(self, read: Callable[..., bytes]) -> Callable[..., bytes]:
        def heard(*arguments: Any, **settings: Any) -> bytes:
            self.are_heard = True
            self.on_wait()
            return read(*arguments, **settings)

        return heard


def _data(response: httpx.Response, require_time: Callable[[], None], waits: _Waits) -> Iterator[str]:
    """Give the data of the events of *response* as they arrive."""
    for data in data_in(_pieces(response)):
        yield _unquoted(response, data) if _ERROR_MARK in data else data
        if not waits.are_heard:
            waits.on_wait()
    require_time()


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    """Give the body as it arrives; raises `IncompleteError` when it is longer than any model's answer."""
    assert isinstance(response.stream, httpx.SyncByteStream)
    received = 0
    # What `iter_raw` adds to this is counting and cutting, which costs as much as finding the events.
    for piece in response.stream:
        received += len(piece)
        if received > BODY_LIMIT:
            raise IncompleteError(f"the answer is larger than {BODY_LIMIT // 2**20} MiB")
        yield piece


class _BoundedBody:
    """A body that is read once, piece by piece; *head* is how it began, for the message of an error."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.head = b""

    def texts(self) -> Iterator[str]:
        """Give the text; raises `ProxyError` when it is too long, `ValueError` when it is no UTF-8."""
        decoder = getincrementaldecoder("utf-8-sig")()
        received = 0
        for chunk in self._response.iter_bytes():
            self.head += chunk[: _ERROR_BODY_LIMIT - len(self.head)]
            received += len(chunk)
            if received > BODY_LIMIT:
                raise _too_large(self._response, BODY_LIMIT)
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _form_of(parts: Sequence[FilePart]) -> tuple[bytes, str]:
    """Return a multipart form and its content type."""
    request = _form_request(parts)
    return request.read(), request.headers["content-type"]


def _form_request(parts: Sequence[FilePart]) -> httpx.Request:
    """Return a request whose body is a multipart form of *parts*."""
    listed = [(part.name, (part.path, part.content)) for part in parts]
    return httpx.Request("POST", "http://form.invalid", files=listed)


def _json_bytes(document: object) -> bytes:
    """
    Return *document* as JSON; what is no text, as of an argument that was not UTF-8, is a `?`.

    Raises `UsageError` for one that is nested deeper than Python's stack.
    """
    try:
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise UsageError("what is to be sent is nested too deeply", hint="send plainer JSON") from None


def _read(response: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """Return the decoded body; over *limit* bytes it is an error, or the rest is cut off."""
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > limit:
            if cut:
                break
            raise _too_large(response, limit)
    return bytes(received[:limit])


def _too_large(response: httpx.Response, limit: int) -> ProxyError:
    return ProxyError(
        f"the answer of {response.url.path} is larger than {limit // 2**20} MiB", hint=_GATEWAY_HINT
    )


def _unquoted(response: httpx.Response, data: str) -> str:
    """Return the *data* of an event as `_without_secrets` does a body."""
    return _without_secrets(response, data.encode("utf-8", "replace")).decode()


def _without_secrets(response: httpx.Response, body: bytes) -> bytes:
    """
    Return *body* without the key and the header values that were sent, which a server may repeat.

    To be called before anything is cut off: a part of a key is found by no mask.
    """
    return _without(response.request.extensions[_SECRETS], body)


def _without(secrets: Sequence[bytes], body: bytes) -> bytes:
    for secret in secrets:
        body = body.replace(secret, b"***")
    return body


def _decoded(body: bytes, response: httpx.Response) -> object:
    try:
        return decode(body)
    except ValueError:
        raise _unreadable(response, body) from None


def _unreadable(response: httpx.Response, body: bytes) -> LitectlError:
    """Return the error for a *body* that is no JSON, or only its beginning."""
    if not body.strip():
        return IncompleteError(f"the answer of {response.url.path} is empty", hint=_GATEWAY_HINT)
    return _not_the_api(response, body)


def _is_event_stream(response: httpx.Response) -> bool:
    """Tell whether *response* is one that can be read as it arrives, which needs no decoding."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return content_type == "text/event-stream" and "content-encoding" not in response.headers


def _whole(response: httpx.Response, require_time: Callable[[], None]) -> str:
    """Return the text of an answer in one piece; raises for anything but a JSON object without an error."""
    body = _read(response, BODY_LIMIT)
    require_time()
    if not body.strip():
        raise IncompleteError("the answer is empty", hint=_GATEWAY_HINT)
    try:
        document = decode(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _not_the_api(response, body)
    if document.get("error") is not None:
        shown = decode(_without_secrets(response, body))
        raise error_in_answer(shown if isinstance(shown, dict) else {}, response.headers)
    if not document.keys() & _ANSWER_FIELDS:
        raise _not_the_api(response, body)
    return body.decode("utf-8", "replace")


def _not_the_api(response: httpx.Response, body: bytes) -> LitectlError:
    kind = readable(response.headers.get("content-type", "")) or "no content type"
    text = readable(_without_secrets(response, body[:_ERROR_BODY_LIMIT])[:200].decode("utf-8", "replace"))
    return ProxyError(f"the answer is not a LiteLLM proxy's ({kind}): {text}", hint=_GATEWAY_HINT)
