"""
The proxy on the wire: asked as one caller, in JSON, forms, events or bytes.

Every answer that is none is an error of `litectl.errors`; a read is repeated where that is safe, and what
was refused is asked for once more with a renewed credential.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from types import MappingProxyType
from typing import Self, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from litectl.errors import (
    AuthError,
    ConnectionLostError,
    IncompleteError,
    LitectlError,
    NotAllowedError,
    ProxyError,
    UnreachableError,
)
from litectl.failures.classification import error_from_answer
from litectl.failures.hints import GATEWAY_HINT
from litectl.text.jsontext import MissingArray, decode, entries
from litectl.wire.access import Access, without
from litectl.wire.answers import Answer, EventStream, RawAnswer, Reply
from litectl.wire.bodies import BoundedBody, decoded, read, unreadable, whole
from litectl.wire.connection import Connection
from litectl.wire.content import NOTHING, Content, FilePart, form_content, json_content, typed
from litectl.wire.deadline import Deadline
from litectl.wire.headers import merged, without_server_headers
from litectl.wire.incoming import BODY_LIMIT, ERROR_BODY_LIMIT, Incoming
from litectl.wire.streaming import Waits, data_of, is_event_stream
from litectl.wire.tls import Tls

CALL_ID_HEADER = "x-litellm-call-id"
DEFAULT_SECONDS = 30.0
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_REPLY_LIMIT = 4 * 2**20  # bytes; a login may name a thousand teams
_SERVER_ROUTES = ("/mcp-rest/", "/v1/mcp/")  # by which the proxy asks MCP servers
_NO_SUCH_ROUTE = (404, 405, 406)

Entry = TypeVar("Entry")
Result = TypeVar("Result")
# Gives the error of a status and a body where one route has words of its own, else None.
Refusal = Callable[[int, bytes], LitectlError | None]


def standard_refusal(_status: int, _body: bytes) -> None:
    """Make nothing special of a failure: the standard envelopes say it all."""


class Proxy:
    """
    One proxy, asked as one caller.

    *access* says who asks, *tls* how. *renew* is called once when the proxy
    refuses the credential of a request that may be repeated, and gives a new
    secret or None. *trace* is told each request and its outcome. *waiting* shows, while its
    block runs, that an answer is waited for. No exchange takes more than *most_seconds*,
    whatever is said of it.
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
        waiting: Callable[[], AbstractContextManager[object]] = nullcontext,
        most_seconds: float = math.inf,
    ) -> None:
        self.root = root
        self.unreachable_hint: str | None = None
        self.refused_hint: str | None = None
        self._access = access
        self._renew = renew
        self._trace = trace
        self._waiting = waiting
        self._connection = Connection(root, tls, trace, most_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def without_secrets(self, text: str) -> str:
        """Return *text* without the key and the header values that are sent, which a server may repeat."""
        return without(self._access.secrets, text.encode("utf-8", "replace")).decode()

    def hang_up(self) -> None:
        """Break off what is under way, from any thread, and send nothing more: asking raises `ReaderGone`."""
        self._connection.hang_up()

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
            with self._exchange("GET", path, left) as incoming:
                return self._answer(incoming, limit, refusal, is_kept=is_kept)

        return self._repeated(get, path, seconds)

    def get_bytes(
        self, path: str, *, limit: int, seconds: float = DEFAULT_SECONDS, refusal: Refusal = standard_refusal
    ) -> bytes:
        """Return the body of the answer to a GET of *path*, whatever it holds; otherwise as `get_json`."""

        def get(left: float) -> bytes:
            with self._exchange("GET", path, left, accept="*/*") as incoming:
                self._require_success(incoming, refusal)
                body = read(incoming, limit)
                incoming.require_time()
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
        deadline = Deadline(seconds)
        with self._waiting():
            return self._with_renewal(lambda: self._reconnected(get, path, deadline))

    def _with_renewal(self, attempt: Callable[[], Result]) -> Result:
        """Return what *attempt* gives; once more with a renewed credential when it is refused."""
        try:
            return attempt()
        except AuthError as error:
            if not self._renewed(error):
                raise
            return attempt()

    def _reconnected(self, get: Callable[[float], Result], path: str, deadline: Deadline) -> Result:
        try:
            return get(deadline.left())
        except ConnectionLostError as error:
            if deadline.is_over_in(0.0):
                raise
            self._trace(f"GET {path}: {error.message}; trying once more")
            return get(deadline.left())

    def _answer(
        self,
        incoming: Incoming,
        limit: int = BODY_LIMIT,
        refusal: Refusal = standard_refusal,
        *,
        is_kept: bool = False,
    ) -> Answer:
        """Return the JSON answer that is *incoming*; raises as `get_json` does."""
        self._require_success(incoming, refusal)
        body = read(incoming, limit)
        incoming.require_time()
        if is_kept:
            body = without(self._access.credentials, body)
        return Answer(decoded(incoming, body), incoming.response.headers)

    def _get_entries(
        self, path: str, name: str, take: Callable[[object], Entry | None], seconds: float
    ) -> list[Entry]:
        with self._exchange("GET", path, seconds) as incoming:
            self._require_success(incoming)
            body = BoundedBody(incoming)
            try:
                taken = [found for entry in entries(body.texts(), name) if (found := take(entry)) is not None]
            except ValueError:
                incoming.require_time()
                raise unreadable(incoming, body.head) from None
            except MissingArray:
                route = incoming.response.url.path
                raise IncompleteError(
                    f"the answer of {route} has no list called `{name}`", hint=GATEWAY_HINT
                ) from None
            incoming.require_time()
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
        content = json_content(document)
        deadline = Deadline(seconds)

        def attempt() -> Answer:
            left = deadline.left()
            with self._waiting(), self._exchange("POST", path, left, content=content) as incoming:
                return self._answer(incoming)

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
        content = NOTHING
        if files:
            content = form_content(files)
        elif document is not None:
            content = json_content(document)
        with self._waiting(), self._exchange(method, path, seconds, content=content) as incoming:
            return self._answer(incoming, refusal=refusal)

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
        content = NOTHING
        if form is not None:
            content = typed(urlencode(form).encode(), _FORM)
        elif document is not None:
            content = json_content(document)
        sent = self._exchange(method, path, seconds, content=content, headers=headers)
        with self._waiting(), sent as incoming:
            body = read(incoming, _REPLY_LIMIT, cut=True)
            incoming.require_time()
            try:
                document = decode(body)
            except ValueError:
                document = None
            return Reply(incoming.response.status_code, document, incoming.response.headers)

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
        content = json_content(body)
        own = merged(self._access.without_who_and_what(headers), {CALL_ID_HEADER: call_id})
        with ExitStack() as stack:
            incoming = self._streamed(stack, path, content, seconds, own, for_servers)
            response = incoming.response
            if is_event_stream(response):
                waits = stack.enter_context(Waits(response, on_wait))
                yield EventStream(response.headers, data_of(incoming, waits))
            else:
                yield EventStream(response.headers, iter([whole(incoming)]))

    @contextmanager
    def raw(
        self,
        method: str,
        path: str,
        *,
        content: Content = NOTHING,
        headers: Mapping[str, str] = MappingProxyType({}),
        seconds: float = DEFAULT_SECONDS,
    ) -> Iterator[RawAnswer]:
        """
        Give whatever is answered to *method* of *path*, within *seconds* in all; no status is raised.

        GET and HEAD are repeated as `get_json` says while nothing of the answer was given, all else is sent
        exactly once. *headers* go along, but
        none that says who asks. Raises `NetworkError`, also while the pieces are read.
        """
        is_read = method in ("GET", "HEAD")
        own = self._access.without_who(headers)
        deadline = Deadline(seconds)
        with ExitStack() as stack:

            def attempt(left: float) -> RawAnswer:
                sent = self._exchange(method, path, left, accept="*/*", content=content, headers=own)
                with ExitStack() as failed:
                    answer = self._raw_answer(failed.enter_context(sent))
                    stack.enter_context(failed.pop_all())
                return answer

            answer = self._reconnected(attempt, path, deadline) if is_read else attempt(seconds)
            if is_read and isinstance(answer.error, AuthError) and self._renewed(answer.error):
                stack.close()
                answer = self._reconnected(attempt, path, deadline)
            yield answer

    def _raw_answer(self, incoming: Incoming) -> RawAnswer:
        response = incoming.response
        pieces, head, error = response.iter_bytes(), b"", None
        if not response.is_success:
            for piece in pieces:
                head += piece
                if len(head) >= ERROR_BODY_LIMIT:
                    break
            error = self._failure(incoming, head[:ERROR_BODY_LIMIT])

        def all_pieces() -> Iterator[bytes]:
            if head:
                yield head
            yield from pieces
            incoming.require_time()

        headers = [
            (name.decode("latin-1"), incoming.without_secrets(value).decode("latin-1"))
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

    def _streamed(
        self,
        stack: ExitStack,
        path: str,
        content: Content,
        seconds: float,
        headers: Mapping[str, str],
        for_servers: bool,  # noqa: FBT001  # handed through
    ) -> Incoming:
        """Return the answer to what the proxy accepted, open on *stack*."""

        def attempt() -> Incoming:
            sent = self._exchange(
                "POST",
                path,
                seconds,
                accept="text/event-stream",
                content=content,
                headers=headers,
                for_servers=for_servers,
            )
            with ExitStack() as refused:
                incoming = refused.enter_context(sent)
                self._require_success(incoming)
                stack.enter_context(refused.pop_all())
            return incoming

        return self._with_renewal(attempt)

    @contextmanager
    def _exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        accept: str = _JSON,
        content: Content = NOTHING,
        headers: Mapping[str, str] = MappingProxyType({}),
        for_servers: bool = False,
    ) -> Iterator[Incoming]:
        """Send a request as this caller and give what comes in; of the headers those of *content* win."""
        who = self._access.all_headers
        if not (for_servers or path.startswith(_SERVER_ROUTES)):
            who = without_server_headers(who)
        standard = {"Accept": accept, CALL_ID_HEADER: str(uuid4())}
        sent = merged(who, standard, headers, content.headers)
        try:
            with self._connection.exchange(
                method, path, seconds, sent, content.body, self._access.secrets
            ) as incoming:
                yield incoming
        except UnreachableError as error:
            error.hint = self.unreachable_hint or error.hint
            raise

    def _require_success(self, incoming: Incoming, refusal: Refusal = standard_refusal) -> None:
        if not incoming.response.is_success:
            raise self._failure(incoming, read(incoming, ERROR_BODY_LIMIT, cut=True), refusal)

    def _failure(self, incoming: Incoming, body: bytes, refusal: Refusal = standard_refusal) -> LitectlError:
        """Return the error that the status of an answer stands for, of which *body* is the beginning."""
        status, headers = incoming.response.status_code, incoming.response.headers
        body = incoming.without_secrets(body)
        error = refusal(status, body) or error_from_answer(
            status, headers, body, has_credential=self._access.secret is not None
        )
        if type(error) is AuthError and self.refused_hint is not None:
            error.hint = self.refused_hint
        if status in _NO_SUCH_ROUTE and type(error) is ProxyError:
            error.hint = _pasted_hint(self.root) or error.hint
        return error


def _pasted_hint(root: str) -> str | None:
    """Return which URL to give when *root* ends with a route, as one that was copied does."""
    from litectl.wire.pasted import route_in, without_route

    route = route_in(root)
    return route and f"the URL ends with the route `{route}`: give {without_route(root)}"
