"""
A proxy on loopback that costs its clients as little as a server can.

What it answers is made once, before anything is measured: see bodies.py.
"""

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Thread
from typing import NamedTuple

from proxy.framing import NOT_FOUND

PATIENCE = 20.0  # seconds until a client that says nothing is an error


class Request(NamedTuple):
    """What a client asks; an empty *path* when it has gone."""

    method: str
    path: str
    body: bytes


# The pieces that are sent, each at once, or what makes them of the request.
Answer = Sequence[bytes] | Callable[[Request], Sequence[bytes]]


def listen() -> socket.socket:
    """Return a socket that listens on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.settimeout(PATIENCE)
    return listener


def root_of(listener: socket.socket) -> str:
    """Return the URL of the proxy behind *listener*."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def accept(listener: socket.socket) -> socket.socket:
    """Return the next connection, which sends every piece at once, as LiteLLM's server does."""
    connection, _ = listener.accept()
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_request(connection: socket.socket) -> Request:
    """Return the next request, read to its end."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return Request("", "", b"")
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length and (chunk := connection.recv(65536)):
        body += chunk
    method, path, _ = head.decode("latin-1").split(" ", 2)
    return Request(method, path.partition("?")[0], body)


def serve(answers: Mapping[str, Answer], asked: list[str] | None = None) -> str:
    """
    Answer all who come, each with what stands beside its path in *answers*, until this process ends.

    Returns the URL of the root. Every path that is asked is added to *asked*.
    """
    listener = listen()

    def serve_connection(connection: socket.socket) -> None:
        # A client that breaks off is seen by its exit code, not here.
        with suppress(OSError), connection:
            while (request := read_request(connection)).path:
                if asked is not None:
                    asked.append(request.path)
                answer = answers.get(request.path, NOT_FOUND)
                for piece in answer(request) if callable(answer) else answer:
                    connection.sendall(piece)

    def serve_all() -> None:
        while True:
            with suppress(OSError):
                Thread(target=serve_connection, args=(accept(listener),), daemon=True).start()

    Thread(target=serve_all, daemon=True).start()
    return root_of(listener)
