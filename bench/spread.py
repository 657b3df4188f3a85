"""The middle and the width of many numbers."""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple


class Spread(NamedTuple):
    """The median of some numbers, the quartiles around it, and the ends."""

    median: float
    lower: float
    upper: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "Spread":
        """Return the spread of *numbers*, of which there is at least one."""
        middle = median(numbers)
        lower, _, upper = quantiles(numbers, method="inclusive") if len(numbers) > 1 else [middle] * 3
        return cls(middle, lower, upper, min(numbers), max(numbers))
