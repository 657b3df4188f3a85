"""Signals end a run in order, also where Python swallows exceptions."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from litectl.errors import Interrupted, NetworkError, Stopped, Terminated
from litectl.signals import held_back, raise_on_signals, stop_behind

IN_A_DESTRUCTOR = """
import os, signal, threading
from litectl.errors import Stopped
from litectl.signals import raise_on_signals

class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass

raise_on_signals()
try:
    Swallowing()
    threading.Event().wait(20)
    print("swallowed")
except Stopped as stop:
    print(stop.error.message)
"""


# The times are those of the first Ctrl-C, of one right after it, and of one a second later.
PRESSED_AGAIN = """
import signal, time
from litectl.errors import Stopped
from litectl.signals import raise_on_signals

times = iter([10.0, 10.9, 11.0])
time.monotonic = lambda: next(times)
raise_on_signals()
try:
    signal.raise_signal({first})
except Stopped:
    signal.raise_signal(signal.SIGINT)
    print("cleaning up", flush=True)
    signal.raise_signal(signal.SIGINT)
    print("not ended", flush=True)
"""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give the process its own handlers back."""
    saved = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    hook = sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in saved.items():
        signal.signal(number, handler)


def test_a_signal_in_a_destructor_is_raised_again() -> None:
    """Python swallows what a destructor raises; the run ends all the same."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_DESTRUCTOR], capture_output=True, check=False, timeout=30
    )

    assert (done.stdout, done.stderr) == (b"terminated\n", b"")


def test_the_first_signal_is_the_only_one() -> None:
    """What the first signal began to clean up, a second one does not break."""
    raise_on_signals()

    with pytest.raises(Stopped) as caught:
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)

    assert isinstance(caught.value.error, Interrupted)


@pytest.mark.parametrize("first", ["signal.SIGINT", "signal.SIGTERM"])
def test_ctrl_c_pressed_again_ends_it_at_once(first: str) -> None:
    """A second after the first signal nobody waits for the cleaning up any more; the process dies of it."""
    script = PRESSED_AGAIN.format(first=first)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=30)

    assert (done.returncode, done.stdout) == (-signal.SIGINT, b"cleaning up\n")
    assert done.stderr == b""


def test_an_ignored_signal_stays_ignored_after_another() -> None:
    """A background job that is told to end is not ended sooner by a Ctrl-C that was never for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise_on_signals()

    with pytest.raises(Stopped):
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_an_ignored_signal_stays_ignored() -> None:
    """A background job, whose shell ignores Ctrl-C for it, is not ended by one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    raise_on_signals()

    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_stop_is_found_behind_the_error_it_became() -> None:
    """Python 3.11 wraps what is raised in the body of a class."""
    stop = Stopped(Interrupted("interrupted"))
    wrapped = RuntimeError("Error calling __set_name__")
    wrapped.__cause__ = stop

    assert stop_behind(wrapped) is stop
    assert stop_behind(RuntimeError("of its own")) is None


class Body:
    """What signals may tear; `has_ended` when none did."""

    has_ended = False

    def run(self, *numbers: signal.Signals, failure: Exception | None = None) -> None:
        """Get the signals *numbers* while they are held back, then raise *failure*, or end."""
        with held_back():
            for number in numbers:
                signal.raise_signal(number)
            if failure is not None:
                raise failure
            self.has_ended = True


def test_what_is_held_back_is_obeyed_afterwards() -> None:
    """The body comes to its end first."""
    raise_on_signals()
    body = Body()

    with pytest.raises(Stopped) as caught:
        body.run(signal.SIGTERM)

    assert body.has_ended
    assert isinstance(caught.value.error, Terminated)


def test_a_signal_that_was_held_back_is_not_lost_with_the_body() -> None:
    """A body that fails does not make its error the news."""
    raise_on_signals()

    with pytest.raises(Stopped) as caught:
        Body().run(signal.SIGINT, failure=NetworkError("away"))

    assert isinstance(caught.value.error, Interrupted)


def test_a_second_signal_is_not_held_back() -> None:
    """It is the one that ends the run, at once."""
    raise_on_signals()
    body = Body()

    with pytest.raises(Stopped) as caught:
        body.run(signal.SIGINT, signal.SIGTERM)

    assert not body.has_ended
    assert isinstance(caught.value.error, Terminated)


def test_without_a_signal_nothing_is_obeyed() -> None:
    """And the next one is obeyed at once again."""
    raise_on_signals()
    Body().run()

    with pytest.raises(Stopped):
        signal.raise_signal(signal.SIGINT)
