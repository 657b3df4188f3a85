"""The pause between two tries of a request, which a person is told of."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litectl.exchange.retries import Patience, Wait
    from litectl.terminal.terminal import Terminal
    from litectl.wire.deadline import Deadline


def pause(terminal: "Terminal", patience: "Patience", deadline: "Deadline", wait: "Wait") -> None:
    """Wait before another try, and say why and how long; raise its error when no time is left for one."""
    if deadline.is_over_in(wait.seconds):
        raise wait.error
    tries = max(patience.retries, 1) + 1
    said = wait.error.message.rstrip(".")
    terminal.note(f"{said}; trying again in {wait.seconds:g} s (try {wait.attempt} of {tries})")
    time.sleep(wait.seconds)
