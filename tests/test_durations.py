"""How long something is, for people."""

import pytest

from litectl.text.durations import duration_text

HOUR = 3600.0


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, "0 min"),
        (59.9, "0 min"),
        (3599.0, "59 min"),
        (HOUR, "1 h 0 min"),
        (47 * HOUR + 60, "47 h 1 min"),
        (48 * HOUR, "2 days"),
        (-90.0, "-1 min"),
        (-3 * HOUR, "-3 h 0 min"),
    ],
)
def test_a_duration_is_told_in_its_largest_units(seconds: float, expected: str) -> None:
    """Minutes to an hour, hours to two days, days from then on; what is to come has a sign."""
    assert duration_text(seconds) == expected
