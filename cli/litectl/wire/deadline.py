"""When the time is over that several requests may take together."""

import math
import time

_SHORTEST_SECONDS = 0.001  # of none at all a socket makes another error


class Deadline:
    """
    The end of the *allowed* seconds for all requests together, which the first of them begins.

    With None there is no end, and each of them may take the *usual* seconds.
    """

    def __init__(self, allowed: float | None, usual: float = math.inf) -> None:
        self._allowed, self._usual = allowed, usual
        self._ends_at = math.inf

    def left(self) -> float:
        """Return the seconds that the next request may take."""
        if self._allowed is None:
            return self._usual
        if self._ends_at == math.inf:
            self._ends_at = time.monotonic() + self._allowed
            return self._allowed  # to the digit, so that an error names the time that was asked for
        return max(self._ends_at - time.monotonic(), _SHORTEST_SECONDS)

    def is_over_in(self, seconds: float) -> bool:
        """Tell whether no time is left after so many *seconds* more."""
        return time.monotonic() + seconds >= self._ends_at
