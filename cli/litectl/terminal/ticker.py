"""What moves on a terminal: a line that says what is waited for and for how long, and lines drawn anew."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

_CLEAR_LINE = b"\r\x1b[K"
_PERIOD = 0.5  # seconds
_LEAST_WIDTH = 20  # characters
_FRAME_PERIOD = 0.2  # seconds


class _Beat:
    """Calls *draw* every *period* seconds, first after *delay*, by a thread of its own until it ends."""

    def __init__(self, draw: Callable[[], None], period: float, delay: float = 0.0) -> None:
        self._draw, self._period, self._delay = draw, period, delay
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self._delay
        while not self._ended.wait(pause):
            self._draw()
            pause = self._period


class Ticker:
    """
    Draws *text* and the seconds with *write*, anew twice a second, while the block runs.

    The seconds are those so far, or those left of *limit*. The first line comes after
    *delay* seconds. *width* is that of the terminal, in characters.
    """

    def __init__(
        self,
        text: str,
        write: Callable[[bytes], None],
        width: int,
        *,
        limit: float | None = None,
        delay: float = 0.0,
    ) -> None:
        self._text, self._write = " ".join(text.split()), write  # a line is taken away as one
        self._width = max(width - 1, _LEAST_WIDTH)
        self._limit = limit
        self._started = 0.0
        self._is_drawn = False
        self._beat = _Beat(self._draw, _PERIOD, delay)

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._beat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Take the line away, for good."""
        self._beat.end()
        self.clear()

    def clear(self) -> None:
        """Take the line away until it is drawn anew."""
        if self._is_drawn:
            self._is_drawn = False
            self._write(_CLEAR_LINE)

    def _draw(self) -> None:
        line = f"{self._text} ({self._shown(time.monotonic() - self._started)})"
        self._write(_CLEAR_LINE + line[: self._width].encode(errors="replace"))
        self._is_drawn = True

    def _shown(self, seconds: float) -> str:
        if self._limit is None:
            return f"{seconds:.0f} s"
        left = max(round(self._limit - seconds), 0)
        return f"{left // 60}:{left % 60:02d} left"


class Panel:
    """
    Draws the lines that *frame* gives with *write*, anew five times a second, while the block runs.

    *frame* is called by another thread; its lines are narrower than the terminal and fewer than
    its lines, and may have colours.
    """

    def __init__(self, frame: Callable[[], Sequence[str]], write: Callable[[bytes], None]) -> None:
        self._frame, self._write = frame, write
        self._drawn = 0  # lines
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._beat = _Beat(self._draw, _FRAME_PERIOD)

    def __enter__(self) -> Self:
        self._beat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._beat.end()
        self.clear()

    def clear(self) -> None:
        """Take the lines away until they are drawn anew, so that a line can be printed in their place."""
        with self._lock:
            if self._drawn:
                self._write(self._back + b"\x1b[J")
                self._drawn = 0
            self._not_before = time.monotonic() + _FRAME_PERIOD / 2

    @property
    def _back(self) -> bytes:
        """What leads back to the first line that is drawn."""
        return b"\r" + (b"\x1b[%dA" % self._drawn if self._drawn else b"")

    def _draw(self) -> None:
        lines = self._frame()
        with self._lock:
            if time.monotonic() < self._not_before:
                return
            text = "".join(f"{line}\x1b[K\n" for line in lines)
            self._write(self._back + text.encode(errors="replace") + b"\x1b[J")
            self._drawn = len(lines)
