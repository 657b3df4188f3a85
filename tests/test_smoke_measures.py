"""What requests took: median and p95, sums, and limits."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import ExitCode
from litectl.smoke.check import Measures
from litectl.smoke.measuring import in_short, joined, median, p5, p95, rate_in_short, too_slow

SECONDS = st.lists(st.floats(0, 1e6), min_size=1)


@given(SECONDS)
def test_the_median_is_that_of_the_standard_library(values: list[float]) -> None:
    """It is the middle one, and the mean of both where there are two."""
    assert median(values) == pytest.approx(statistics.median(values))


@given(SECONDS)
def test_p5_is_the_slow_end_of_rates(values: list[float]) -> None:
    """95 of 100 are as fast or faster."""
    found = p5(values)

    assert found in values
    assert found is not None
    assert sum(value >= found for value in values) / len(values) >= 0.95


@given(SECONDS)
def test_p95_is_a_value_that_95_of_100_do_not_exceed(values: list[float]) -> None:
    """No smaller one of them would do."""
    found = p95(values)

    def share(most: float) -> float:
        return sum(value <= most for value in values) / len(values)

    assert found in values
    assert found is not None
    assert share(found) >= 0.95
    assert all(share(value) < 0.95 for value in values if value < found)


def test_nothing_measured_has_no_figures() -> None:
    """Without a value there is no median, no p95, and nothing to show."""
    assert (median([]), p95([]), in_short([])) == (None, None, "")
    assert (p5([]), rate_in_short([])) == (None, "")
    assert joined([]) == Measures(first_token=[], total=[], rate=[])


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.1234], "0.123 s"), ([1234.5, 0.1], "617/1,234 s"), ([3.0, 1.0, 2.0], "2/3 s")],
)
def test_figures_are_shown_in_one_line(values: list[float], expected: str) -> None:
    """One value is shown as it is, several by their median and p95."""
    assert in_short(values) == expected


def test_measures_are_added_up() -> None:
    """Tokens and costs that are known are summed, each time is kept, one estimate makes the sum one."""
    both = joined(
        [
            Measures(1, 3, 5, 0.1, total=[0.5], rate=[10.0]),
            Measures(1, 4, None, 0.2, is_estimate=True, first_token=[0.2], total=[0.7]),
            Measures(1),
        ]
    )

    assert both == Measures(3, 7, 5, 0.3, True, [0.2], [0.5, 0.7], [10.0])


@pytest.mark.parametrize(
    ("measures", "limits", "expected"),
    [
        (Measures(total=[1.0], first_token=[1.0]), (None, None), None),
        (Measures(total=[1.0], first_token=[1.0]), (1.0, 1.0), None),
        (Measures(), (0.1, 0.1), None),
        (Measures(total=[1.5]), (None, 1.0), "the answer took 1.5 s, more than the 1 s of `--max-time`"),
        (
            Measures(total=[1.5], first_token=[0.25]),
            (0.2, 2.0),
            "the first text came after 0.25 s, more than the 0.2 s of `--max-ttft`",
        ),
        (
            Measures(total=[1.5, 0.5, 3.0]),
            (None, 1.0),
            "too slow in 2 of 3 runs, at worst: the answer took 3 s, more than the 1 s of `--max-time`",
        ),
    ],
)
def test_any_request_over_a_limit_is_too_slow(
    measures: Measures, limits: tuple[float | None, float | None], expected: str | None
) -> None:
    """The figure and its limit are named, the worst of them; what is as long as the limit is not over it."""
    error = too_slow(measures, *limits)

    assert (error.message.removeprefix("too slow: ") if error else None) == expected
    if error is not None:
        assert error.exit_code is ExitCode.NETWORK
        assert error.hint is not None
        assert "--timeout" not in error.hint
