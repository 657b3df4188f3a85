"""Trying again: after which failure, and after how long."""

import pytest

from litectl.errors import (
    AuthError,
    BudgetError,
    ConnectionLostError,
    ContextError,
    IncompleteError,
    LitectlError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    TimedOutError,
    UnreachableError,
    UpstreamError,
)
from litectl.exchange.retries import Patience, Wait, persist, wait_before

NEVER = (AuthError, BudgetError, ContextError, IncompleteError, NotFoundError, ProxyError, TimedOutError)


def limited(seconds: float, source: str = "header") -> RateLimitError:
    """Return a rate limit that asks to wait *seconds*."""
    return RateLimitError("limited", details={"retry_after": seconds, "retry_after_source": source})


def failed(status: int) -> UpstreamError:
    """Return a failure of the backend with HTTP *status*."""
    return UpstreamError("failed", details={"status": status})


@pytest.mark.parametrize("error", [kind("no") for kind in NEVER] + [failed(401), failed(501)])
def test_what_waiting_does_not_mend_is_not_tried_again(error: LitectlError) -> None:
    """A budget, a credential, a long prompt or half an answer is final, however many tries are allowed."""
    assert wait_before(2, error, Patience(retries=9)) is None


@pytest.mark.parametrize(
    "error", [limited(3), failed(408), failed(500), failed(503), ConnectionLostError("gone")]
)
def test_nothing_is_tried_again_unasked(error: LitectlError) -> None:
    """The proxy has tried already, and what was sent may be billed."""
    assert wait_before(2, error, Patience()) is None


def test_a_connection_that_was_not_made_is_tried_once_more() -> None:
    """Nothing was asked of anybody, so one more try costs nothing."""
    assert wait_before(2, UnreachableError("refused"), Patience()) == 0.2
    assert wait_before(3, UnreachableError("refused"), Patience()) is None
    assert wait_before(4, UnreachableError("refused"), Patience(retries=3)) == 0.2
    assert wait_before(5, UnreachableError("refused"), Patience(retries=3)) is None


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (limited(3), 3.0),
        (limited(0), 0.0),
        (limited(30), 30.0),
        (limited(30.5), None),
        (limited(60, "default"), 1.0),
        (failed(503), 1.0),
        (ConnectionLostError("gone"), 1.0),
    ],
)
def test_the_wait_is_what_the_server_says(error: LitectlError, seconds: float | None) -> None:
    """A wait that was told is kept, one longer than allowed ends it, and without one it is a second."""
    assert wait_before(2, error, Patience(retries=1)) == seconds


def test_unknown_waits_double_up_to_the_longest() -> None:
    """Each further try waits twice as long, and never longer than allowed."""
    patience = Patience(retries=9, max_wait=5)

    assert [wait_before(number, failed(500), patience) for number in range(2, 7)] == [1, 2, 4, 5, 5]


def test_the_last_error_is_the_one_that_is_raised() -> None:
    """After the last try its own error is told, and every wait was announced with what caused it."""
    errors = iter([failed(500), limited(2), failed(503)])
    waits: list[Wait] = []

    def attempt() -> str:
        raise next(errors)

    with pytest.raises(UpstreamError) as caught:
        persist(attempt, Patience(retries=2), waits.append)

    assert caught.value.details["status"] == 503
    assert [(wait.attempt, wait.seconds, type(wait.error)) for wait in waits] == [
        (2, 1.0, UpstreamError),
        (3, 2.0, RateLimitError),
    ]


def test_a_try_that_succeeds_is_the_last() -> None:
    """What an attempt gives is given, and nothing is waited for."""
    assert persist(lambda: "answer", Patience(retries=3), lambda _: pytest.fail("waited")) == "answer"
