"""Isolation and the fixtures that every test shares."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from fake_proxy import FakeProxy
from litectl.environment import MEANINGS
from program import Litectl, Program

# The checkout may be read-only and the machine busy; both are no failure of a property.
settings.register_profile("litectl", deadline=None, database=None)
settings.load_profile("litectl")

_FOREIGN = ("LITECTL_", "LITELLM_", "OPENAI_", "XDG_")
_ALSO_FOREIGN = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", *MEANINGS}


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home of its own, a fixed width, and no variable of the developer's."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name.upper() in _ALSO_FOREIGN:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test tried to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def fake() -> Iterator[FakeProxy]:
    """Give a proxy that answers what the test says."""
    with FakeProxy() as server:
        yield server


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` in this process against the fake proxy, with streams of its own."""
    return Litectl({"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": "sk-test-key-0001"})


@pytest.fixture
def program(fake: FakeProxy) -> Program:
    """Run the real program as a process of its own against the fake proxy."""
    variables = {"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": "sk-test-key-0001"}
    return Program([sys.executable, "-m", "litectl"], variables)
