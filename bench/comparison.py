"""Two programs measured in turn, so that a noisy moment of the machine meets both, and judged."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from readings import Command, Reading, timed
from spread import Spread

Quantity = Literal["wall", "processor", "peak"]
QUANTITIES: tuple[Quantity, ...] = ("wall", "processor", "peak")

# The name of a unit, and how many of it are one of the reading's: seconds, and KiB of memory.
_UNITS = {"ms": 1000.0, "MiB": 1 / 1024, "MiB more": 1 / 1024}


class Side(NamedTuple):
    """A program that is measured: its name, and what runs it once."""

    name: str
    read: Callable[[], Reading]


class Count(NamedTuple):
    """How many pairs are measured, after those that only fill the caches of the disk."""

    pairs: int
    warm_ups: int


class Bar(NamedTuple):
    """
    What the median of a quantity may not exceed.

    In units of the other program's, or as it is: in milliseconds, in MiB, or in MiB more than the
    other program takes.
    """

    most: float
    of: Quantity = "wall"
    unit: Literal["x", "ms", "MiB", "MiB more"] = "x"

    def __str__(self) -> str:
        """Return the bar in words."""
        if self.is_speed:
            return f"{1 / self.most:g} x faster"
        return f"{self.of} {self.most:.2f} x" if self.unit == "x" else f"{self.of} {self.most:g} {self.unit}"

    @property
    def is_speed(self) -> bool:
        """Whether it says by how much the program is faster, at least."""
        return self.unit == "x" and self.most < 1


class Row(NamedTuple):
    """The readings of a program and of the other one, each beside the other one's, and the bars."""

    program: str
    other: str
    readings: Sequence[tuple[Reading, Reading]]
    bars: Sequence[Bar] = ()

    def spread(self, quantity: Quantity) -> Spread | None:
        """The *quantity* of the program, None when it is not known."""
        return _spread([getattr(program, quantity) for program, _ in self.readings])

    def other_spread(self, quantity: Quantity) -> Spread | None:
        """The *quantity* of the other program, None when it is not known."""
        return _spread([getattr(other, quantity) for _, other in self.readings])

    def ratio(self, quantity: Quantity) -> Spread | None:
        """The ratios of the pairs, which is not the ratio of the medians; None without any."""
        return _spread([program / other for program, other in self._pairs(quantity) if other])

    def reached(self, bar: Bar) -> float | None:
        """What the median is that *bar* limits, in its unit; None when it is not known."""
        if bar.unit == "x":
            reached = self.ratio(bar.of)
        elif bar.unit == "MiB more":
            reached = _spread([program - other for program, other in self._pairs(bar.of)])
        else:
            reached = self.spread(bar.of)
        return None if reached is None else reached.median * _UNITS.get(bar.unit, 1.0)

    def misses(self, bar: Bar, leniency: float = 1.0) -> bool:
        """Whether the median is over *bar* by more than *leniency* times, or not known."""
        reached = self.reached(bar)
        return reached is None or reached > bar.most * leniency

    def _pairs(self, quantity: Quantity) -> list[tuple[float, float]]:
        both = [(getattr(program, quantity), getattr(other, quantity)) for program, other in self.readings]
        return [(program, other) for program, other in both if program is not None and other is not None]


class Absent(NamedTuple):
    """A comparison that could not be made, and why."""

    program: str
    other: str
    reason: str


def process(name: str, command: Command, variables: Mapping[str, str]) -> Side:
    """Return the side of a whole process, from its start to its end."""
    return Side(name, lambda: timed(command, variables))


def compare(program: Side, other: Side, count: Count, *bars: Bar) -> Row:
    """Run *program* and *other* in turn, until there are as many pairs as *count* says."""
    say(f"{program.name}, beside {other.name}")
    readings = [(program.read(), other.read()) for _ in range(count.warm_ups + count.pairs)]
    return Row(program.name, other.name, readings[count.warm_ups :], bars)


def say(text: str) -> None:
    """Say on stderr what is measured now."""
    print(f"measuring {text}", file=sys.stderr, flush=True)


def _spread(numbers: Sequence[float | None]) -> Spread | None:
    known = [number for number in numbers if number is not None]
    return Spread.of(known) if known else None
