"""
The connection to one proxy: requests to its root and nowhere else, bounded in time.

Follows no redirect, can be broken off from any thread, and gives every failure
of the network as an error of `litectl.errors`.
"""

import math
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from litectl import __version__
from litectl.errors import ConfigError, ReaderGone
from litectl.failures.wording import readable
from litectl.wire.alarms import ALARMS
from litectl.wire.incoming import Incoming
from litectl.wire.leanhttpx import httpx
from litectl.wire.lookup import bound_lookups
from litectl.wire.root import is_loopback, same_origin
from litectl.wire.tls import Tls, unused_context
from litectl.wire.transport_errors import CONNECT_SECONDS, redirect_to_nowhere, timed_out, transport_error

USER_AGENT = f"litectl/{__version__} (Python {sys.version_info[0]}.{sys.version_info[1]}; {sys.platform})"
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """
    What leads to the proxy at *root*; *tls* says whom to trust, *trace* is told each request and its outcome.

    No exchange takes more than *most_seconds*, whatever is said of it.
    """

    def __init__(
        self, root: str, tls: Tls, trace: Callable[[str], None], most_seconds: float = math.inf
    ) -> None:
        self.root = root
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
            bound_lookups(self._client)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            # The values are not repeated: they may hold a password.
            raise ConfigError(
                "the HTTP proxy variables of the environment cannot be used",
                hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; SOCKS is not supported",
            ) from error

    def close(self) -> None:
        """Close what is open; to be called once."""
        self._client.close()

    def hang_up(self) -> None:
        """Break off what is under way, from any thread, and send nothing more: asking raises `ReaderGone`."""
        self._is_hung_up = True
        self._shut()

    @contextmanager
    def exchange(
        self,
        method: str,
        path: str,
        seconds: float,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
        secrets: Sequence[bytes],
    ) -> Iterator[Incoming]:
        """
        Send a request with *headers*, once, and give the answer that comes in, until the block ends.

        *path* may also be an absolute URL on the origin of the root. The *secrets* are what its answer is not
        to be quoted with. Raises `ConfigError` for another origin, and `NetworkError`, also inside the block.
        """
        self._require_reader()
        seconds = min(seconds, self._most_seconds)
        expired = threading.Event()
        request = self._request(method, path, headers, body, seconds)
        started = time.monotonic()
        with self._translated(seconds, expired), self._bounded(seconds, expired):
            response = self._client.send(request, stream=True)
            elapsed = time.monotonic() - started
            self._trace(f"{method} {request.url}: {response.status_code} after {elapsed:.2f} s")
            try:
                yield Incoming(response, lambda: self._require_time(expired, seconds), secrets)
            finally:
                response.close()

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
        seconds: float,
    ) -> httpx.Request:
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        # What follows the root, which ends with a host or a path, cannot lead to another host.
        url = f"{self.root}{path}" if path.startswith("/") else path
        if not path.startswith("/") and not same_origin(self.root, url):
            raise ConfigError(
                f"refusing to send to {readable(url)}: it is not on {self.root}",
                hint="tell the operator of the proxy that it leads elsewhere",
            )
        try:
            return self._client.build_request(
                method,
                url,
                headers=headers,
                content=body,
                timeout=timeout,
                extensions={"trace": self._notice_stream},
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ConfigError(
                f"not an address that can be asked: {self.root}", hint="check the name of the host"
            ) from error

    @contextmanager
    def _translated(self, seconds: float, expired: threading.Event) -> Iterator[None]:
        """Turn the errors of httpx into ours."""
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError) as error:
            self._require_reader()
            raise transport_error(self.root, error, seconds, is_over=expired.is_set()) from error
        except httpx.InvalidURL as error:
            raise redirect_to_nowhere(self.root) from error

    @contextmanager
    def _bounded(self, seconds: float, expired: threading.Event) -> Iterator[None]:
        """
        Break the connection off when the exchange takes longer than *seconds*.

        httpx bounds each read on its own, so a server that drips bytes would
        hold a command for ever.
        """

        def expire() -> None:
            expired.set()
            self._shut()

        with ALARMS.after(seconds, expire):
            yield

    def _notice_stream(self, _event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection that is made, which the next request may use again."""
        made = info.get("return_value")
        if hasattr(made, "get_extra_info"):
            self._network_stream = made
            if self._is_hung_up:
                self._shut()

    def _shut(self) -> None:
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

    def _require_time(self, expired: threading.Event, seconds: float) -> None:
        """Raise when the time is over: a body without a length ends like a whole one when it is cut."""
        self._require_reader()
        if expired.is_set():
            raise timed_out(self.root, seconds)

    def _require_reader(self) -> None:
        if self._is_hung_up:
            raise ReaderGone
