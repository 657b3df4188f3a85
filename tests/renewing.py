"""Renewals that take as long as a test wants, and the processes that wait for them."""

import sys
import time
from pathlib import Path
from threading import Event

from fake_proxy import Answer, Request
from login_shapes import TOKEN, SingleSignOn

# Leaves a file in the directory that is its first argument when it needs the lock, else is the program.
_PROGRAM = """
import os, sys
from litectl.profiles.profile import ProfileStore
directory, renewing = sys.argv.pop(1), ProfileStore.renewing
def noted(store, name, *, seconds):
    open(f"{directory}/{os.getpid()}", "w").close()
    return renewing(store, name, seconds=seconds)
ProfileStore.renewing = noted
from litectl.main import main
main()
"""
_PATIENCE = 20.0  # seconds until the test fails by its own assertions


class Held:
    """
    Holds the answers of the token endpoint of *sso* back until `release` is set.

    `asked` tells that one is wanted. A *failure* is answered instead of new tokens.
    """

    def __init__(self, sso: SingleSignOn, failure: Answer | None = None) -> None:
        self._sso, self._failure = sso, failure
        self.asked, self.release = Event(), Event()
        sso.fake.on("POST", TOKEN, self._answer)

    def _answer(self, request: Request) -> Answer:
        self.asked.set()
        self.release.wait(_PATIENCE)
        return self._failure or self._sso.answer_token(request)


class LockQueue:
    """Knows which processes have come to the lock of a login; `command` is the program that tells it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "queue"
        self._directory.mkdir()
        self.command = [sys.executable, "-c", _PROGRAM, str(self._directory)]

    def await_processes(self, number: int) -> None:
        """Wait until so many processes have come."""
        deadline = time.monotonic() + _PATIENCE
        while len(list(self._directory.iterdir())) < number and time.monotonic() < deadline:
            time.sleep(0.01)


def let_hang(sso: SingleSignOn, path: str = TOKEN) -> None:
    """Let *path* begin an answer and never end it."""
    sso.fake.on("POST", path, Answer(pieces=[Event()]))
