"""SIGINT and SIGTERM: an orderly end, whatever was running when they arrived."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from litectl.errors import Interrupted, Stopped, Terminated

if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import FrameType
    from typing import NoReturn

_ENDINGS = {signal.SIGINT: Interrupted("interrupted"), signal.SIGTERM: Terminated("terminated")}
_AGAIN_SECONDS = 0.001
# A Ctrl-C that comes sooner after the first is the first one, told by a terminal and by a wrapper.
_TOGETHER_SECONDS = 1.0
_held_back: list[int] | None = None  # the signals that arrived while they are held back


def raise_on_signals() -> None:
    """
    Raise `Stopped` in the running code when a signal arrives.

    A signal that is ignored from the start, as for a background job, stays
    ignored. Python swallows what is raised in a destructor or a weakref
    callback; it is raised again then.
    """
    for number in _ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _raise_again


def ignore_signals() -> None:
    """Let nothing disturb the end that has begun."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """
    Let the body come to its end before a signal that arrives meanwhile is obeyed.

    For what must not be torn, as spending a token and storing the next one. A
    second signal is obeyed at once: whoever sends it does not want to wait.
    """
    global _held_back  # noqa: PLW0603  # signals belong to the process
    arrived: list[int] = []
    _held_back = arrived
    try:
        yield
    finally:
        _held_back = None
        # Also when the body failed; a second signal is under way already.
        if arrived and not isinstance(sys.exception(), Stopped):
            _stop(arrived[0], None)


def stop_behind(error: BaseException | None) -> Stopped | None:
    """Return the `Stopped` that *error* was made of, as Python 3.11 does in the body of a class."""
    while error is not None and not isinstance(error, Stopped):
        error = error.__cause__ or error.__context__
    return error


def _stop(number: int, _frame: "FrameType | None") -> None:
    if _held_back == []:
        _held_back.append(number)
        return
    # One is enough: a second one must not break the cleaning up that the first one started.
    can_interrupt = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    ignore_signals()
    if can_interrupt:
        _end_when_repeated()
    raise Stopped(_ENDINGS[signal.Signals(number)])


def _end_when_repeated() -> None:
    """Let Ctrl-C end the process at once when somebody who has waited presses it again."""
    stopped_at = time.monotonic()

    def end(number: int, _frame: "FrameType | None") -> None:
        if time.monotonic() - stopped_at >= _TOGETHER_SECONDS:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    signal.signal(signal.SIGINT, end)


def _raise_again(unraisable: "UnraisableHookArgs") -> None:
    stop = stop_behind(unraisable.exc_value)
    if stop is None:
        sys.__unraisablehook__(unraisable)
        return

    def again(_number: int, _frame: "FrameType | None") -> "NoReturn":
        raise stop

    signal.signal(signal.SIGALRM, again)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
