"""The purse of a smoke run: it never lets more be sent than can be paid, whoever asks."""

import re
from collections.abc import Callable
from threading import Event, Lock, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import BudgetError
from litectl.smoke.purse import Purse

SECONDS = 20.0
CENTS = st.integers(1, 50).map(lambda cents: cents / 100)


def in_threads(count: int, work: Callable[[], None]) -> None:
    """Run *work* in *count* threads to their end."""
    threads = [Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()


@given(st.lists(st.tuples(CENTS, st.floats(0, 1))), CENTS)
def test_many_threads_never_spend_more_than_the_limit(
    requests: list[tuple[float, float]], limit: float
) -> None:
    """What is spent and what is under way never add up to more, and what is refused would not have fitted."""
    purse, lock = Purse(limit), Lock()
    waiting = list(requests)
    under_way: list[float] = []
    paid: list[float] = []
    refused: list[float] = []
    most_at_once: list[float] = []

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                most, share = waiting.pop()
            try:
                purse.take(most)
            except BudgetError:
                refused.append(most)
                continue
            with lock:
                under_way.append(most)
                most_at_once.append(sum(under_way) + sum(paid))
            with lock:
                under_way.remove(most)
                paid.append(share * most)
            purse.pay(most, share * most)

    in_threads(6, work)

    assert sum(paid) <= limit + 1e-9
    assert purse.spent == pytest.approx(sum(paid))
    assert all(purse.spent + most > limit - 1e-9 for most in refused)
    assert len(paid) + len(refused) == len(requests)
    assert max(most_at_once, default=0.0) <= limit + 1e-9


def test_a_request_waits_for_what_those_under_way_leave() -> None:
    """What does not fit beside another request is sent when that has cost less than it might have."""
    purse, sent = Purse(1.0), Event()
    purse.take(0.8)

    def second() -> None:
        purse.take(0.5)
        sent.set()
        purse.pay(0.5, 0.5)

    thread = Thread(target=second, daemon=True)
    thread.start()
    assert not sent.wait(0.05)
    purse.pay(0.8, 0.1)

    assert sent.wait(SECONDS)
    thread.join(SECONDS)
    assert purse.spent == pytest.approx(0.6)


def test_a_request_that_cannot_fit_any_more_is_refused_after_its_wait() -> None:
    """When those under way have cost too much, the one that waited is not sent, and says what is left."""
    purse = Purse(1.0)
    purse.take(0.8)
    refused: list[BudgetError] = []

    def second() -> None:
        try:
            purse.take(0.5)
        except BudgetError as error:
            refused.append(error)

    thread = Thread(target=second, daemon=True)
    thread.start()
    purse.pay(0.8, 0.7)
    thread.join(SECONDS)

    assert [error.message for error in refused] == [
        "not sent: $0.70 of the $1.00 of `--max-cost` are spent, and this could cost $0.50"
    ]


@pytest.mark.parametrize("limit", [0.0, 0.01])
def test_what_never_fits_is_refused_at_once(limit: float) -> None:
    """Nobody waits for ever, whatever the limit is."""
    with pytest.raises(BudgetError, match=r"^not sent: "):
        Purse(limit).take(0.02)


@pytest.mark.parametrize(
    ("most", "shown"),
    [(0.01024, "$0.011"), (0.02, "$0.020"), (0.0101, "$0.011"), (1.234, "$1.24"), (123.0, "$123.00")],
)
def test_what_does_not_fit_is_not_shown_as_if_it_did(most: float, shown: str) -> None:
    """What a request could cost is rounded up, so it never reads as the limit that it is above."""
    with pytest.raises(BudgetError, match=rf"this could cost {re.escape(shown)}$"):
        Purse(most * 0.99).take(most)


def test_a_limit_is_used_to_its_last_cent() -> None:
    """What fits exactly is sent, also after sums that are not exact."""
    purse = Purse(0.3)
    for _ in range(3):
        purse.take(0.1)
    for _ in range(3):
        purse.pay(0.1, 0.0)
    purse.take(0.3)

    assert purse.spent == 0.0


def test_without_a_limit_everything_is_sent_and_counted() -> None:
    """Nothing is refused, and what it cost is known in the end."""
    purse = Purse(None)
    purse.take(1e9)
    purse.pay(1e9, 0.25)

    assert not purse.is_bounded
    assert purse.spent == 0.25
