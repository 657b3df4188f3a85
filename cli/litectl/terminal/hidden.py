"""
A secret typed on the terminal without echo, however long it is.

The line editing of a terminal cuts a line at 4,095 bytes, on macOS at 1,023, without
a word, and the token of a login may be longer. So it is switched off with the
echo, and its few keys are obeyed here. Ctrl-C is still a signal.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_ENDS = b"\r\n\x04"  # Enter, and Ctrl-D
_ERASE, _KILL = b"\x7f\x08", b"\x15"  # Backspace, and Ctrl-U


def read_hidden(prompt: bytes) -> bytes:
    """
    Return the line typed at the terminal of this process after *prompt*, without its end.

    Raises `OSError` when there is no terminal, and `EOFError` when it goes away.
    """
    terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    try:
        # The echo is off before the question, so a fast paste is not shown either.
        with _unechoed(terminal):
            try:
                os.write(terminal, prompt)
                return _line(terminal)
            finally:
                os.write(terminal, b"\n")
    finally:
        os.close(terminal)


def _line(terminal: int) -> bytes:
    typed = bytearray()
    while True:
        key = os.read(terminal, 1)
        if not key:
            raise EOFError
        if key in _ENDS:
            return bytes(typed)
        if key in _ERASE:
            del typed[-1:]
        elif key in _KILL:
            typed.clear()
        else:
            typed += key


@contextmanager
def _unechoed(terminal: int) -> Iterator[None]:
    import termios

    before = termios.tcgetattr(terminal)
    changed = termios.tcgetattr(terminal)
    changed[3] &= ~(termios.ECHO | termios.ICANON)
    changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(terminal, termios.TCSADRAIN, changed)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
