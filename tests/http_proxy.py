"""An HTTP proxy on loopback, as a company puts one before the internet."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class HttpProxy:
    """
    Leads every tunnel to the port *to* of this machine, or answers *refusal* instead.

    `heads` is what it was asked, `address` where it listens.
    """

    def __init__(self, *, to: int | None = None, refusal: bytes = REFUSED) -> None:
        self.heads: list[str] = []
        self._to = to
        self._refusal = refusal
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def serve(self) -> None:
        """Serve each connection in a thread of its own until the listening socket is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                Thread(target=self._lead, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        with suppress(OSError):  # macOS shuts down none that only listens
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _lead(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                if not (byte := connection.recv(1)):
                    return
                head += byte
            self.heads.append(head.decode())
            if self._to is None:
                connection.sendall(self._refusal)
                return
            with socket.create_connection(("127.0.0.1", self._to)) as other:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                Thread(target=_pour, args=(other, connection), daemon=True).start()
                _pour(connection, other)


def _pour(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            drain.sendall(piece)
        drain.shutdown(socket.SHUT_WR)


@contextmanager
def http_proxy(*, to: int | None = None, refusal: bytes = REFUSED) -> Iterator[HttpProxy]:
    """Give an `HttpProxy` that runs."""
    running = HttpProxy(to=to, refusal=refusal)
    Thread(target=running.serve, daemon=True).start()
    try:
        yield running
    finally:
        running.close()
