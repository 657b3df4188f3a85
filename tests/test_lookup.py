"""Addresses are looked up in bounded time, and tried one after the other."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from threading import Event, Timer
from typing import Any

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.wire.lookup import look_up
from program import Litectl

NAME = "slow.example.com"
QUESTION = ("api", "/v1/models", "--allow-http")


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a name service that does not answer."""
    is_over = Event()

    def lookup(*_: object, **__: object) -> object:
        is_over.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield
    is_over.set()


@pytest.mark.usefixtures("hanging")
def test_the_time_of_a_command_is_for_the_look_up_too(litectl: Litectl) -> None:
    """A name service that hangs does not hold it longer than `--timeout`."""
    started = time.monotonic()

    result = litectl(*QUESTION, "--timeout", "0.3", variables={"LITECTL_BASE_URL": f"http://{NAME}"})

    assert result.code == 5, result.err
    assert result.err.startswith(f"error: no connection to http://{NAME} within 0.3 s\n")
    assert time.monotonic() - started < 3


@pytest.mark.usefixtures("hanging")
def test_a_signal_is_obeyed_while_a_name_is_looked_up() -> None:
    """The system's own look-up would let it wait."""

    class Stop(BaseException):
        """What the signal raises."""

    def stop(_number: int, _frame: object) -> None:
        raise Stop

    before = signal.signal(signal.SIGUSR1, stop)
    started = time.monotonic()
    sender = Timer(0.1, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1))
    try:
        sender.start()
        with pytest.raises(Stop):
            look_up(NAME, 443, 10)
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - started < 3


def test_every_address_is_tried(litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one that takes the connection is used, and the host is named as it was."""
    port = int(fake.root.rpartition(":")[2])
    fake.on("GET", "/v1/models", json_answer({"data": []}))

    of_system = socket.getaddrinfo

    def lookup(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host != NAME:
            return of_system(host, port, *more, **named)
        kind = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        # Nobody listens on the first one.
        return [(socket.AF_INET, *kind, (address, port)) for address in ("::1", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    result = litectl(*QUESTION, variables={"LITECTL_BASE_URL": f"http://{NAME}:{port}"})

    assert result.code == 0, result.err
    assert fake.requests[0].headers["host"] == f"{NAME}:{port}"
