"""What is to be done when a time is over; one thread waits for all of a process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from math import inf
from threading import Condition, Thread


class Alarms:
    """
    Calls what is to be called at its time, and never after its block was left.

    A thread for each of many short exchanges would take longer than what they do.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int]] = []
        self._calls: dict[int, Callable[[], None]] = {}
        self._numbers = count()
        self._changed = Condition()
        self._wakes_at = inf  # when the thread looks again
        self._is_running = False

    @contextmanager
    def after(self, seconds: float, call: Callable[[], None]) -> Iterator[None]:
        """Have *call* called when the body still runs after *seconds*; it must not block."""
        number = next(self._numbers)
        with self._changed:
            self._calls[number] = call
            self._set(time.monotonic() + max(seconds, 0.0), number)
        try:
            yield
        finally:
            with self._changed:
                self._calls.pop(number, None)

    def _set(self, due: float, number: int) -> None:
        while self._due and self._due[0][1] not in self._calls:
            heappop(self._due)
        heappush(self._due, (due, number))
        if not self._is_running:
            self._is_running = True
            Thread(target=self._run, daemon=True).start()
        elif due < self._wakes_at:
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            try:
                while self._due:
                    self._look()
            finally:
                self._is_running = False

    def _look(self) -> None:
        """Wait for the next one that is due, or call it; no block is left meanwhile."""
        due, number = self._due[0]
        left = due - time.monotonic()
        if number in self._calls and left > 0:
            self._wakes_at = due
            self._changed.wait(left)
            return
        heappop(self._due)
        if call := self._calls.pop(number, None):
            call()


ALARMS = Alarms()
