"""Runs tasks in threads, each with a proxy of its own, and hands their results to the thread that asked."""

import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import NamedTuple

from litectl.errors import LitectlError, ReaderGone
from litectl.smoke.check import Check, Result, failed
from litectl.smoke.report import not_run
from litectl.smoke.task import Task
from litectl.wire.proxy import Proxy

_JOIN_SECONDS = 2.0  # for all of them; one that is connecting hears nothing meanwhile


class _Ended(NamedTuple):
    """A thread has ended, and why where that is before all was done."""

    error: BaseException | None


def run_tasks(
    tasks: Sequence[Task],
    open_proxy: Callable[[], Proxy],
    *,
    concurrency: int,
    on_result: Callable[[Result], object],
) -> None:
    """
    Run *tasks* in *concurrency* threads at most; *on_result* gets each result as it comes, in this thread.

    What a task raises fails its check when it is a `LitectlError`. Any other exception is raised here, and
    so is what *open_proxy* raises. However this ends, nothing more is asked afterwards; results
    that came meanwhile are still handed on, but to a reader that has gone.
    """
    crew = _Crew(tasks, open_proxy)
    try:
        crew.start(min(concurrency, len(tasks)))
        for result in crew.results():
            on_result(result)
    except ReaderGone:
        crew.stop()
        raise
    except BaseException:  # a signal as well: what was found until then is reported
        crew.stop()
        for result in crew.left_over():
            on_result(result)
        raise


class _Crew:
    """The threads, the tasks that nobody has begun, and what was found."""

    def __init__(self, tasks: Sequence[Task], open_proxy: Callable[[], Proxy]) -> None:
        self._open_proxy = open_proxy
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        for task in tasks:
            self._tasks.put(task)
        self._said: SimpleQueue[Result | _Ended] = SimpleQueue()
        self._is_stopped = Event()
        self._threads: list[Thread] = []
        self._proxies: list[Proxy] = []
        self._lock = Lock()

    def start(self, count: int) -> None:
        """Start *count* threads."""
        for _ in range(count):
            # A daemon, since one that is connecting cannot be stopped, and nobody shall wait for it.
            thread = Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def results(self) -> Iterator[Result]:
        """Give each result as it comes, until all threads have ended; raises what ended one early."""
        running = len(self._threads)
        while running:
            said = self._said.get()
            if isinstance(said, Result):
                yield said
            elif said.error is not None:
                raise said.error
            else:
                running -= 1

    def stop(self) -> None:
        """Begin no other task, break off what is under way, and wait for the threads, though not for long."""
        self._is_stopped.set()
        with self._lock:
            for proxy in self._proxies:
                proxy.hang_up()
        deadline = time.monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))

    def left_over(self) -> Iterator[Result]:
        """Give the results that nobody has taken yet."""
        while True:
            try:
                said = self._said.get_nowait()
            except Empty:
                return
            if isinstance(said, Result):
                yield said

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            with self._open_proxy() as proxy:
                self._lend(proxy)
                while task := self._next():
                    for result in _results(task, proxy):
                        self._said.put(result)
        except BaseException as raised:  # noqa: BLE001  # whoever waits for the results raises it
            # What is broken off when all are stopped says nothing of its own.
            error = None if self._is_stopped.is_set() else raised
        self._said.put(_Ended(error))

    def _lend(self, proxy: Proxy) -> None:
        with self._lock:
            self._proxies.append(proxy)
            if self._is_stopped.is_set():
                proxy.hang_up()

    def _next(self) -> Task | None:
        """Return a task that nobody has begun, None when there is none or all are stopped."""
        try:
            return None if self._is_stopped.is_set() else self._tasks.get_nowait()
        except Empty:
            return None


def _results(task: Task, proxy: Proxy) -> Iterator[Result]:
    """Give what *task* finds; where it raises an error, the check that was under way failed with it."""
    remaining: dict[Check, None] = dict.fromkeys(task.checks)
    started = time.monotonic()
    try:
        for result in task.run(proxy):
            remaining.pop(result.check, None)
            yield result
            started = time.monotonic()
    except LitectlError as error:
        broken, *rest = remaining or task.checks
        yield failed(broken, error, time.monotonic() - started)
        yield from not_run(rest, broken)
