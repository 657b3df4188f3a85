"""One piece of work of a smoke run: the checks that it ends, and how."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from litectl.smoke.check import Check, Result
from litectl.wire.proxy import Proxy


class Task(NamedTuple):
    """
    Something to do that ends *checks*, one after the other.

    *run* asks the proxy that it is given and gives a `Result` for each of the checks as it ends;
    what a check finds wrong is in its result and not raised. *requests* is how many billed
    requests it sends at most.
    """

    checks: Sequence[Check]
    run: Callable[[Proxy], Iterator[Result]]
    requests: int = 0
