"""The engine of a smoke run: tasks in threads, and what ends them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.errors import AuthError, Interrupted, ReaderGone, Stopped, UpstreamError
from litectl.smoke.check import Check, Result, passed
from litectl.smoke.running import run_tasks
from litectl.smoke.task import Task
from litectl.wire.proxy import Proxy

PATH = "/slow"


class Opened:
    """Opens proxies, and remembers them."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.proxies: list[Proxy] = []

    def __call__(self) -> Proxy:
        """Open one."""
        proxy = Proxy(self.root)
        self.proxies.append(proxy)
        return proxy


@pytest.fixture
def opened(fake: FakeProxy) -> Opened:
    """Open proxies of the fake one."""
    return Opened(fake.root)


def task(name: str, look: Callable[[Proxy], object] = lambda _: None, *more: str) -> Task:
    """Return a task whose check is called *name*, and which looks and then ends it and *more*."""
    checks = [Check(each) for each in (name, *more)]
    return Task(checks, partial(_looked, checks, look))


def _looked(checks: Sequence[Check], look: Callable[[Proxy], object], proxy: Proxy) -> Iterator[Result]:
    look(proxy)
    for check in checks:
        yield passed(check, "seen", 0.0)


def asks(proxy: Proxy) -> None:
    """Ask *proxy* for what takes long."""
    proxy.get_json(PATH, seconds=30)


def raises(error: BaseException) -> Callable[[Proxy], object]:
    """Return what raises *error*."""

    def look(_: Proxy) -> None:
        raise error

    return look


class Slow:
    """Answers when it is released; *arrived* is set once *count* requests are there."""

    def __init__(self, fake: FakeProxy, count: int = 1) -> None:
        self.arrived, self.released = threading.Event(), threading.Event()
        self._count, self._lock = count, threading.Lock()
        fake.on("GET", PATH, self._answer)

    def release_once_all_are_there(self) -> None:
        """Wait for the requests, then answer them."""
        if self.arrived.wait(20):
            self.released.set()

    def _answer(self, _: Request) -> Answer:
        with self._lock:
            self._count -= 1
            if self._count == 0:
                self.arrived.set()
        return Answer(pieces=[self.released, b"{}"])


def test_every_task_is_run_and_its_results_come_in_order(opened: Opened) -> None:
    """What the checks of one task find comes in the order of the task, whatever others find meanwhile."""
    results: list[Result] = []
    tasks = [task(f"a{number}", asks_nothing, f"b{number}") for number in range(40)]

    run_tasks(tasks, opened, concurrency=7, on_result=results.append)

    names = [result.check.name for result in results]
    assert sorted(names) == sorted(f"{letter}{number}" for letter in "ab" for number in range(40))
    assert all(names.index(f"a{number}") < names.index(f"b{number}") for number in range(40))


def asks_nothing(_: Proxy) -> None:
    """Do nothing."""


@pytest.mark.parametrize(("concurrency", "threads"), [(1, 1), (4, 4), (16, 6)])
def test_each_thread_has_one_proxy_for_all_its_tasks(
    fake: FakeProxy, opened: Opened, concurrency: int, threads: int
) -> None:
    """There are no more threads than tasks or than were allowed, and each opens a proxy once."""
    slow = Slow(fake, min(concurrency, 6))
    watch = threading.Thread(target=slow.release_once_all_are_there)
    watch.start()

    run_tasks(
        [task(str(number), asks) for number in range(6)],
        opened,
        concurrency=concurrency,
        on_result=lambda _: None,
    )

    watch.join(20)
    assert (slow.arrived.is_set(), len(opened.proxies)) == (True, threads)


def test_results_are_handed_to_the_thread_that_asked(opened: Opened) -> None:
    """Whoever prints them needs no lock."""
    seen: list[threading.Thread] = []

    run_tasks(
        [task("a"), task("b")],
        opened,
        concurrency=2,
        on_result=lambda _: seen.append(threading.current_thread()),
    )

    assert seen == [threading.current_thread()] * 2


def test_an_error_that_a_task_raises_fails_its_check(opened: Opened) -> None:
    """It belongs to that task: the rest of it is not run, and every other task is."""
    results: dict[str, Result] = {}
    error = UpstreamError("the backend failed")

    run_tasks(
        [task("broken", raises(error), "later"), task("whole")],
        opened,
        concurrency=1,
        on_result=lambda result: results.update({result.check.name: result}),
    )

    assert {name: (result.verdict, result.detail) for name, result in results.items()} == {
        "broken": ("failed", "the backend failed"),
        "later": ("skipped", "not run: `broken` failed"),
        "whole": ("passed", "seen"),
    }
    assert results["broken"].error is error


def test_a_bug_in_a_task_ends_the_run(fake: FakeProxy, opened: Opened) -> None:
    """It is raised here, what is under way is broken off, and nothing else is begun."""
    slow = Slow(fake)
    begun: list[str] = []

    def bug(_: Proxy) -> None:
        assert slow.arrived.wait(20)
        raise KeyError("a bug")

    tasks = [task("slow", asks), task("bug", bug), task("later", lambda _: begun.append("later"))]
    with pytest.raises(KeyError, match="a bug"):
        run_tasks(tasks, opened, concurrency=2, on_result=lambda _: None)

    assert not begun
    assert all(is_over() for is_over in [partial(_is_hung_up, proxy) for proxy in opened.proxies])


def _is_hung_up(proxy: Proxy) -> bool:
    try:
        proxy.get_json("/")
    except ReaderGone:
        return True
    return False


def test_a_proxy_that_cannot_be_opened_ends_the_run() -> None:
    """No thread would get any further."""

    def refuse() -> Proxy:
        raise AuthError("the login has ended")

    with pytest.raises(AuthError, match="the login has ended"):
        run_tasks([task("a"), task("b")], refuse, concurrency=2, on_result=lambda _: None)


def test_a_signal_breaks_off_what_is_under_way(fake: FakeProxy, opened: Opened) -> None:
    """What came until then is handed on, a request that hangs says nothing, and no task is begun."""
    slow = Slow(fake)
    results: list[str] = []

    def wait(_: Proxy) -> None:
        assert slow.arrived.wait(20)

    def stop(result: Result) -> None:
        results.append(result.check.name)
        if len(results) == 1:
            raise Stopped(Interrupted("interrupted"))

    tasks = [task("slow", asks), task("quick", wait), *(task(str(number), asks) for number in range(20))]
    with pytest.raises(Stopped):
        run_tasks(tasks, opened, concurrency=2, on_result=stop)

    assert results == ["quick"]
    assert len(fake.requests) <= 3
    assert [thread for thread in threading.enumerate() if thread.name.endswith("(_work)")] == []


def test_what_came_while_it_was_stopped_is_handed_on(fake: FakeProxy, opened: Opened) -> None:
    """A result that was paid for is in the report, also when the signal came first."""
    fake.on("GET", PATH, json_answer({}))
    results: list[str] = []
    both = threading.Barrier(2, timeout=20)

    def stop(result: Result) -> None:
        results.append(result.check.name)
        if len(results) == 1:
            raise Stopped(Interrupted("interrupted"))

    tasks = [task("a", lambda _: both.wait()), task("b", lambda _: both.wait())]
    with pytest.raises(Stopped):
        run_tasks(tasks, opened, concurrency=2, on_result=stop)

    assert sorted(results) == ["a", "b"]


def test_a_reader_that_has_gone_gets_nothing_more(opened: Opened) -> None:
    """It ends quietly, and what is left over is not written to it again."""
    results: list[str] = []

    def gone(result: Result) -> None:
        results.append(result.check.name)
        raise ReaderGone

    with pytest.raises(ReaderGone):
        run_tasks([task(str(number)) for number in range(5)], opened, concurrency=2, on_result=gone)

    assert len(results) == 1
