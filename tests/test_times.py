"""Times as they are printed."""

import pytest

from litectl.output.times import same_form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T15:37:44.287000+00:00", "2026-11-21T15:37:44Z"),
        ("2026-11-21T17:37:44+02:00", "2026-11-21T15:37:44Z"),
        ("2026-11-21T15:37:44Z", "2026-11-21T15:37:44Z"),
        ("2026-11-21T15:37:44", "2026-11-21T15:37:44"),
        ("2026-11-21", "2026-11-21"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("yesterday", "yesterday"),
        ("1" * 5_000_000, "1" * 5_000_000),
        ("", ""),
        (None, None),
    ],
)
def test_a_time_has_one_form(text: str | None, expected: str | None) -> None:
    """A moment is told in UTC to the second; what has no zone, or is no date, stays as it is."""
    assert same_form(text) == expected
