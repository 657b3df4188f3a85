"""Whoever reads stdout: when they go, nobody wants what is still waited for."""

import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

STDOUT = 1


@contextmanager
def reader_watched(on_gone: Callable[[], None], descriptor: int = STDOUT) -> Iterator[None]:
    """
    Call *on_gone* in a thread of its own when the reader of the pipe *descriptor* goes while the block runs.

    A write would tell, but a command that waits for a model writes nothing. What is no
    pipe has no reader that could go.
    """
    if not _is_pipe(descriptor):
        yield
        return
    end, ending = os.pipe()
    thread = Thread(target=_watch, args=(descriptor, end, on_gone), daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.close(ending)
        thread.join()
        os.close(end)


def _is_pipe(descriptor: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:  # it is closed
        return False


def _watch(descriptor: int, end: int, on_gone: Callable[[], None]) -> None:
    """Wait until *descriptor* or *end* is hung up; call *on_gone* when it is the first."""
    poll = select.poll()
    poll.register(descriptor, 0)  # its being hung up is told unasked
    poll.register(end, 0)
    if descriptor in dict(poll.poll()):
        on_gone()
