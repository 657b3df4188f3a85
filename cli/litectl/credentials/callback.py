"""
The listener on loopback that a browser is sent back to at the end of a login (RFC 8252, 7.3).

Anybody on this machine can connect to it, and any web page can make a browser
do so. Only a GET of `/callback` with the state of this login and with this
address as its host counts; everything else is refused, changes nothing, and
the wait goes on. No page repeats anything of a request, and nothing is logged.
"""

import hmac
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import NamedTuple, Self
from urllib.parse import parse_qs

from litectl.errors import LoginUnavailableError

PATH = "/callback"
_HOST = "127.0.0.1"
_POLL_SECONDS = 0.1  # how long leaving the block may take
_CONNECTION_SECONDS = 5.0  # a connection that is silent for longer is dropped
_MOST_FIELDS = 20
_LONGEST_CODE = 4096  # characters; a real one has about 500
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>litectl</title></head>'
    "<body><h1>litectl</h1><p>{text}</p></body></html>\n"
)
_DONE = (200, "Thank you. You can close this window; the terminal says how the login went.")
_DENIED = (200, "The login was not allowed. You can close this window.")
_ALREADY = (409, "This login has been answered before. You can close this window.")
_WRONG = (400, "This is not the answer that litectl waits for. Start again with: litectl login")
_ELSEWHERE = (404, "There is nothing here.")
_ONLY_GET = (405, "Only GET is allowed here.")

Page = tuple[int, str]


class Callback(NamedTuple):
    """What the browser brought: the authorization *code*, or the *error* word of RFC 6749, 4.1.2.1."""

    code: str | None
    error: str | None

    def __repr__(self) -> str:
        """Leave the code out, so that it is not printed by accident."""
        return f"Callback(error={self.error!r})"


class Listener:
    """
    Waits on a free port of 127.0.0.1 for the one callback that carries *state*.

    The port is taken at once and served while the block of the context manager
    runs. Raises `LoginUnavailableError` when no port can be had.
    """

    def __init__(self, state: str) -> None:
        self._state = state.encode()
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._callback: Callback | None = None
        try:
            self._server = _Server(self._answer)
        except OSError as error:
            raise LoginUnavailableError(
                f"cannot listen on {_HOST} for the browser: {error.strerror}",
                hint="log in with a browser anywhere: `litectl login --device`",
            ) from error
        self._port = self._server.server_address[1]

    @property
    def redirect_uri(self) -> str:
        """Where the browser has to be sent back to."""
        return f"http://{_HOST}:{self._port}{PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._server.shutdown()
        finally:
            self._server.server_close()

    def wait(self, seconds: float) -> Callback | None:
        """Return the callback when it has come and was thanked for, or None after *seconds* without one."""
        return self._callback if self._arrived.wait(seconds) else None

    def _answer(self, request: "_Handler") -> None:
        page = self._page_for(request)
        try:
            request.respond(*page)
        finally:
            # Whoever waits may end the process at once, so the page goes first.
            if page in (_DONE, _DENIED):
                self._arrived.set()

    def _page_for(self, request: "_Handler") -> Page:
        """Return status and text of the page for *request*, and keep what it brought when it counts."""
        path, _, query = request.path.partition("?")
        # A page elsewhere could give its own name this address (DNS rebinding), and would say so in Host.
        hosts = [host.lower() for host in request.headers.get_all("host") or ()]
        if hosts not in ([f"{_HOST}:{self._port}"], [f"localhost:{self._port}"]):
            return _WRONG
        if path != PATH:
            return _ELSEWHERE
        callback = self._callback_of(query)
        if callback is None:
            return _WRONG
        with self._lock:
            if self._callback is not None:
                return _ALREADY
            self._callback = callback
        return _DONE if callback.code else _DENIED

    def _callback_of(self, query: str) -> Callback | None:
        """Return what *query* brings, or None unless it is an answer to this login (RFC 6749, 4.1.2)."""
        try:
            fields = parse_qs(query, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return None
        states, codes, errors = (fields.get(name, []) for name in ("state", "code", "error"))
        # No parameter may be there more than once (RFC 6749, 3.1).
        if len(states) != 1 or not hmac.compare_digest(states[0].encode(), self._state):
            return None
        if len(errors) == 1 and not codes:
            return Callback(None, errors[0])
        if len(codes) == 1 and not errors and _is_code(codes[0]):
            return Callback(codes[0], None)
        return None


def _is_code(text: str) -> bool:
    """Tell whether *text* can be an authorization code: printable ASCII (RFC 6749, A.11)."""
    return 0 < len(text) <= _LONGEST_CODE and text.isascii() and text.isprintable()


class _Server(ThreadingTCPServer):
    """
    One thread for each connection, none of which is waited for.

    Not `HTTPServer`, which asks the name service for this machine's name, nor
    with SO_REUSEADDR, with which another process could take the port on Windows.
    """

    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = 32

    def __init__(self, answer: "Callable[[_Handler], None]") -> None:
        super().__init__((_HOST, 0), _Handler)
        self.answer = answer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that went away is no failure, and the streams are not ours."""


class _Handler(BaseHTTPRequestHandler):
    """Writes pages that hold nothing of the request."""

    timeout = _CONNECTION_SECONDS
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Let the listener decide."""
        self.server.answer(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Log nothing: the code is part of the address."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no proper GET; the library's page would repeat parts of it."""
        del message, explain
        # The library has 501 for every method that has no function of its own here.
        self.respond(*(_ONLY_GET if code == 501 else (code, _WRONG[1])))

    def respond(self, status: int, text: str) -> None:
        """Send a page and end the connection."""
        page = _PAGE.format(text=text).encode()
        self.send_response_only(status)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Connection": "close",
        }
        if status == _ONLY_GET[0]:
            headers["Allow"] = "GET"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)
