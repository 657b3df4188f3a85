"""A call that nothing else bounds, such as the look-up of a name, waited for only so long."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


class TimeIsOver(Exception):
    """The call is not done within its seconds; it is left behind, and ends with the process."""


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """
    Return what *call* returns, and raise what it raises; raises `TimeIsOver` after *seconds*.

    It runs in a thread of its own.
    """
    outcomes: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcomes.put((call(), None))
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            outcomes.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        result, error = outcomes.get(timeout=max(seconds, 0.0))
    except Empty:
        raise TimeIsOver from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # None only beside an error
