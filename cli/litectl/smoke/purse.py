"""The purse of a smoke run: what it may spend, and what of it is spent or may be, whoever asks."""

from collections.abc import Mapping, Sequence
from math import ceil, fsum
from threading import Condition

from litectl.errors import BudgetError
from litectl.exchange.pricing import dollars_text

MAX_COST = "max_cost"  # the reason of an error that says that nothing was sent


class Purse:
    """
    At most *limit* US dollars for the billed requests of a run, None for any; for many threads.

    The most that a request can cost is taken before it is sent, and what it did cost is paid after it,
    so the requests under way never add up to more than what is left.
    """

    def __init__(self, limit: float | None) -> None:
        self.limit = limit
        self.spent = 0.0
        self._under_way: list[float] = []
        self._changed = Condition()

    @property
    def is_bounded(self) -> bool:
        """Whether there is a limit at all."""
        return self.limit is not None

    def take(self, most: float) -> None:
        """
        Set *most* US dollars aside for a request, as soon as those under way leave room for it.

        Raises `BudgetError` when it does not fit whatever they cost: the request is not to be sent.
        """
        with self._changed:
            while self.limit is not None and not _fits([self.spent, *self._under_way, most], self.limit):
                if not self._under_way or not _fits([self.spent, most], self.limit):
                    raise _too_dear(most, self.spent, self.limit)
                self._changed.wait()
            self._under_way.append(most)

    def pay(self, most: float, cost: float) -> None:
        """Give back the *most* that was taken for a request, which has cost *cost*."""
        with self._changed:
            self._under_way.remove(most)
            self.spent += cost
            self._changed.notify_all()


def _fits(amounts: Sequence[float], limit: float) -> bool:
    """Tell whether *amounts* add up to no more than *limit*, but for the noise of their last digits."""
    return fsum(amounts) <= limit * (1 + 1e-12)


def _too_dear(most: float, spent: float, limit: float) -> BudgetError:
    details: Mapping[str, object] = {"reason": MAX_COST, "spent": spent, "limit": limit, "bound": most}
    return BudgetError(
        f"not sent: {dollars_text(spent)} of the {dollars_text(limit)} of `--max-cost` are spent, "
        f"and this could cost {dollars_text(_shown_above(most))}",
        hint="allow more with `--max-cost USD`, or leave it out",
        details=details,
    )


def _shown_above(dollars: float) -> float:
    """Return *dollars* rounded up to the digits that are shown: what does not fit must not look as if."""
    exponent = int(f"{dollars:.1e}".partition("e")[2])
    step = 10.0 ** min(exponent - 1, -2)
    return ceil(dollars / step * (1 - 1e-12)) * step
