"""The addresses of a machine, looked up in bounded time: the system's own lookup knows no limit."""

import socket
import threading
from typing import Any

import httpcore

from litectl.wire.leanhttpx import httpx


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """
    Return the addresses of *host*, in the order in which they are to be tried.

    Raises `TimeoutError` after *seconds*, else `OSError` or `UnicodeError` as the system does. A signal
    is obeyed meanwhile, which it is not while the system itself looks a name up.
    """
    found: list[str] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, UnicodeError) as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="lookup", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"none within {seconds:g} s")
    for failure in failures:
        raise failure
    return found


def bound_lookups(client: httpx.Client) -> None:
    """Have *client* look each machine up within the time that it has for the connection."""
    # There is no public way to say so; the version of httpx is bound in pyproject.toml.
    transports: list[Any] = [client._transport, *client._mounts.values()]  # noqa: SLF001  # as above
    for transport in transports:
        if transport is not None:
            pool = transport._pool  # noqa: SLF001  # as above
            pool._network_backend = _Network(pool._network_backend)  # noqa: SLF001  # as above


class _Network:
    """What httpx connects with, *inner*, asked for addresses instead of names."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **settings: Any
    ) -> httpcore.NetworkStream:
        """Connect to the first address of *host* that takes the connection within *timeout* seconds."""
        if timeout is None or not _is_name(host):
            return self._inner.connect_tcp(host, port, timeout, **settings)
        try:
            addresses = look_up(host, port, timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        for address in addresses[:-1]:
            try:
                return self._inner.connect_tcp(address, port, timeout, **settings)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._inner.connect_tcp(addresses[-1], port, timeout, **settings)


def _is_name(host: str) -> bool:
    """Tell whether *host* has to be asked of a name service: it is no address, and not this machine."""
    return host != "localhost" and ":" not in host and not host.replace(".", "").isdigit()
