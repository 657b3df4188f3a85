"""Two commands measured in turn, so that a noisy moment of the machine meets both."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple, NoReturn

from installation import PYTHON

WARM_UPS = 3  # pairs that are run and not counted: they fill the caches of the disk

_STOPWATCH = str(Path(__file__).with_name("stopwatch.py"))
_DEADLINE = 60.0  # seconds


class Reading(NamedTuple):
    """One run: its seconds, its peak memory in KiB, its processor seconds; 0 where nobody looked."""

    seconds: float
    peak: int = 0
    processor: float = 0.0


class Spread(NamedTuple):
    """The middle and the ends of many numbers."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "Spread":
        """Return the spread of *numbers*."""
        return cls(median(numbers), min(numbers), max(numbers))


class Pairs(NamedTuple):
    """The readings of a program and of its floor, each beside the other one's."""

    program: Sequence[Reading]
    floor: Sequence[Reading]

    @property
    def ratio(self) -> Spread:
        """The ratios of the pairs, which is not the ratio of the medians."""
        pairs = zip(self.program, self.floor, strict=True)
        return Spread.of([program.seconds / floor.seconds for program, floor in pairs])


def measure(program: Callable[[], Reading], floor: Callable[[], Reading], count: int) -> Pairs:
    """Read *program* and *floor* in turn, until there are *count* pairs after the warm-ups."""
    pairs = [(program(), floor()) for _ in range(WARM_UPS + count)][WARM_UPS:]
    return Pairs([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def timed(
    command: Sequence[str], variables: Mapping[str, str], stdout: Literal["nowhere", "pipe"] = "nowhere"
) -> Reading:
    """Run *command* to its end and return what it took; raises `SystemExit` when it fails."""
    done = run([PYTHON, "-I", "-S", _STOPWATCH, stdout, *command], variables)
    seconds, processor, peak, code = done.stdout.split()
    if code != b"0" or done.stderr:
        fail(command, f"exit code {code.decode()}", done.stderr)
    return Reading(float(seconds), int(peak), float(processor))


def output(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """Return what *command* prints; raises `SystemExit` when it fails."""
    return run(command, variables).stdout.decode()


def run(command: Sequence[str], variables: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """Run *command* and return its output; raises `SystemExit` when it fails."""
    done = subprocess.run(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_DEADLINE,
        check=False,
    )
    if done.returncode:
        fail(command, f"exit code {done.returncode}", done.stderr)
    return done


def fail(command: Sequence[str], what: str, stderr: bytes) -> NoReturn:
    """Stop the whole bench: numbers of something that does not work mean nothing."""
    sys.exit(f"error: {' '.join(command)}: {what}\n{stderr.decode()}")
