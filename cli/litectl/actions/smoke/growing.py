"""A file that is written again while a run goes on, so that whoever kills it finds what there was."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from litectl.errors import ConfigError

_LEAST_PAUSE = 0.5  # seconds between two writings
_SHARE = 20  # a pause is so many times as long as the writing


class GrowingFile:
    """
    Has *write* write a file at once, and again after each `touch`, by a thread of its own.

    The thread rests most of the time, so a run with many results is not held up; whenever the
    process is killed, the file is whole and seldom older than half a second. Writing at once raises
    `ConfigError`; later failures are left to whoever writes it at the end.
    """

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._touched, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._touched.set()
        self._thread.join()

    def touch(self) -> None:
        """Say that there is something new to write."""
        self._touched.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            self._touched.wait()
            self._touched.clear()
            started = time.monotonic()
            with suppress(ConfigError):
                self._write()
            pause = max(_LEAST_PAUSE, _SHARE * (time.monotonic() - started))
