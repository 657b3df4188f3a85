"""How long a login waits for a person in a browser, and what passes meanwhile."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from litectl.errors import AuthError, LitectlError, NetworkError, UpstreamError
from litectl.text.jsontext import number
from litectl.wire.answers import Reply

REQUEST_SECONDS = 10.0
WAITING = "waiting for the browser"
AGAIN = "run `litectl login` again"
_DEFAULT_SECONDS, _LONGEST_SECONDS = 600.0, 3600.0


class Patience(NamedTuple):
    """
    How long a flow waits for a person: *seconds* in all, until *deadline* on the monotonic *clock*.

    *sleep* passes so many seconds.
    """

    seconds: float
    deadline: float
    clock: Callable[[], float]
    sleep: Callable[[float], object]

    @classmethod
    def starting(
        cls, seconds: float, clock: Callable[[], float], sleep: Callable[[float], object]
    ) -> "Patience":
        """Return a patience of *seconds* from now on."""
        return cls(seconds, clock() + seconds, clock, sleep)

    @property
    def remaining(self) -> float:
        """The seconds left; not positive when the time is over."""
        return self.deadline - self.clock()

    def replies(
        self, ask: Callable[[], Reply], pause: Callable[[], float], *, at_once: bool = False
    ) -> Iterator[Reply]:
        """
        Give the answers to *ask*, *pause* seconds apart, the first one *at_once* or after a pause.

        What passes is not given but waited for: no network, a rate limit (429), a
        proxy that fails (5xx). Raises `AuthError` when the time is over, or
        the error that the last attempt ended with.
        """
        failure: LitectlError | None = None
        while at_once or self.remaining > 0:
            if not at_once:
                self.sleep(max(min(pause(), self.remaining), 0.0))
            at_once = False
            try:
                reply = ask()
            except NetworkError as error:
                failure = NetworkError(f"the login was not finished: {error.message}", hint=AGAIN)
                continue
            if reply.status == 429 or reply.status >= 500:
                failure = UpstreamError(
                    f"the login was not finished: the proxy answered HTTP {reply.status} in the end",
                    hint=f"{AGAIN}, or tell the operator of the proxy",
                )
                continue
            failure = None
            yield reply
        raise failure or nobody_came(self.seconds, AGAIN)


def seconds_to_wait(expires_in: object) -> float:
    """Return how long a login lives that says *expires_in*: 1 to 3600 seconds, 600 when it is no number."""
    seconds = number(expires_in)
    return _DEFAULT_SECONDS if seconds is None else min(max(seconds, 1.0), _LONGEST_SECONDS)


def nobody_came(seconds: float, hint: str) -> AuthError:
    """Return the error of a login that nobody finished within *seconds*."""
    waited = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:g} s"
    return AuthError(f"nobody finished the login in the browser within {waited}", hint=hint)
