"""What is piped in, read without ever hanging in silence."""

import os
import time
from collections.abc import Callable
from select import select
from typing import BinaryIO

from litectl.errors import UsageError

_CHUNK = 65536  # bytes
_FIRST_SECOND = 1.0  # of silence, which nobody is told of
_HOUR = 3600.0


def read_all(
    stdin: BinaryIO,
    limit: int,
    *,
    silence: float | None,
    on_silence: Callable[[], None] | None,
) -> bytes:
    """
    Return all of *stdin*, at most *limit* bytes.

    A pipe that says nothing calls *on_silence* once after one second, and
    after *silence* seconds without a byte (None: for ever) raises
    `TimeoutError`. Raises `UsageError` over the limit.
    """
    received = bytearray()
    while True:
        _await_speech(stdin, silence, on_silence if not received else None)
        chunk = _chunk(stdin)
        if not chunk:
            return bytes(received)
        received += chunk
        if len(received) > limit:
            raise UsageError(f"more than {limit:,} bytes came on stdin", hint="send a shorter text")


def _chunk(stdin: BinaryIO) -> bytes:
    try:
        return os.read(stdin.fileno(), _CHUNK)
    except OSError as error:
        raise UsageError(
            f"cannot read stdin: {error.strerror}", hint="use `--no-stdin` to leave it alone"
        ) from error


def _await_speech(stdin: BinaryIO, silence: float | None, on_silence: Callable[[], None] | None) -> None:
    """Wait until *stdin* can be read; raise `TimeoutError` after *silence* seconds."""
    started = time.monotonic()
    patience = _FIRST_SECOND if silence is None else min(_FIRST_SECOND, silence)
    while not select([stdin], [], [], patience)[0]:
        if on_silence is not None:
            on_silence()
            on_silence = None
        if silence is None:
            patience = _HOUR
            continue
        patience = started + silence - time.monotonic()
        if patience <= 0:
            raise TimeoutError
