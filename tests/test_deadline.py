"""The time that several requests may take together."""

import time

import pytest

from litectl.wire.deadline import Deadline


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds that the clock shows."""
    shown = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: shown[0])
    return shown


def test_all_requests_share_one_time(clock: list[float]) -> None:
    """It begins with the first of them, and none of them gets no time at all."""
    deadline = Deadline(10.0)
    clock[0] += 50

    assert deadline.left() == 10.0
    clock[0] += 4
    assert deadline.left() == 6.0
    clock[0] += 100
    assert 0 < deadline.left() < 0.01


@pytest.mark.parametrize(("seconds", "is_over"), [(9.0, False), (10.0, True), (11.0, True)])
def test_a_wait_may_outlast_it(clock: list[float], seconds: float, is_over: bool) -> None:
    """One that ends with it leaves no time for a request."""
    deadline = Deadline(10.0)
    assert not deadline.is_over_in(1e9)  # nothing was asked yet

    deadline.left()

    assert deadline.is_over_in(seconds) == is_over


def test_without_an_end_each_request_has_the_usual_time(clock: list[float]) -> None:
    """And no wait is too long."""
    deadline = Deadline(None, 300.0)

    assert deadline.left() == 300.0
    clock[0] += 1000
    assert deadline.left() == 300.0
    assert not deadline.is_over_in(1e9)
