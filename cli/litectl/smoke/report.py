"""The report of a smoke run: every check that was planned, and how it ended so far. Pure."""

from collections.abc import Iterable, Sequence

from litectl.errors import ExitCode
from litectl.smoke.check import FAILED, PASSED, SKIPPED, VERDICTS, WARNING, Check, Result, skipped

_NOT_RUN = "not run: the run ended before it"
_BECAUSE = "not run: `"


class Report:
    """
    The checks of a run against the proxy at *root*, in the order in which they were planned.

    *started_at* is in seconds since 1970. Where it *is_strict* a warning is a failure. One thread
    plans and adds; any may read meanwhile.
    """

    def __init__(self, root: str, started_at: float, *, is_strict: bool = False) -> None:
        self.root, self.started_at = root, started_at
        self.seconds = 0.0  # of the whole run so far
        self.is_complete = False  # whether the run came to its own end
        self._is_strict = is_strict
        self._planned: dict[Check, None] = {}
        self._results: dict[Check, Result] = {}

    def plan(self, checks: Iterable[Check]) -> None:
        """Add *checks* to those that are planned."""
        self._planned |= dict.fromkeys(checks)

    def split(self, check: Check, parts: Iterable[Check]) -> None:
        """Put *parts* in the place of *check*, which was planned and turned out to be several."""
        found = list(parts)
        self._planned = dict.fromkeys(
            part for planned in self._planned for part in (found if planned == check else [planned])
        )

    def add(self, result: Result) -> Result:
        """Take in how a check ended, planned or not, and return it as it counts."""
        if self._is_strict and result.verdict == WARNING:
            result = result._replace(verdict=FAILED)
        self._planned.setdefault(result.check)
        self._results[result.check] = result
        return result

    @property
    def results(self) -> list[Result]:
        """How each check ended; one that has not is skipped."""
        return [self._results.get(check) or skipped(check, _NOT_RUN) for check in self._checks]

    @property
    def pending(self) -> list[Check]:
        """The checks that have not ended, in the order in which they were planned."""
        return [check for check in self._checks if check not in self._results]

    @property
    def planned(self) -> int:
        """How many checks there are."""
        return len(self._planned)

    def of_verdict(self, verdict: str) -> list[Result]:
        """Return the results with *verdict*."""
        return [result for result in self.results if result.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        """How many checks ended with each verdict."""
        verdicts = [result.verdict for result in self.results]
        return {verdict: verdicts.count(verdict) for verdict in VERDICTS}

    @property
    def ended(self) -> int:
        """How many checks have ended."""
        return len(self._results)

    @property
    def requests(self) -> int:
        """How many billed requests were sent."""
        return sum(result.measures.requests for result in self._ended)

    @property
    def cost(self) -> float | None:
        """US dollars of all billed requests whose cost is known; None when that is none of them."""
        known = [result.measures.cost for result in self._ended]
        costs = [cost for cost in known if cost is not None]
        return sum(costs) if costs else None

    @property
    def broken_gate(self) -> Result | None:
        """The gate that failed, with an error, and so kept the rest from running."""
        failures = self.of_verdict(FAILED)
        return next((each for each in failures if each.check.is_gate and each.error is not None), None)

    @property
    def exit_code(self) -> ExitCode:
        """
        0 when checks passed and none failed, that of the failure when it kept the rest from running, else 7.

        A run in which nothing passed is a failure, also when nothing failed.
        """
        failures = self.of_verdict(FAILED)
        if (gate := self.broken_gate) and gate.error is not None:
            return gate.error.exit_code
        if failures:
            return ExitCode.PARTIAL
        has_passed = any(self.counts[verdict] for verdict in (PASSED, WARNING))
        return ExitCode.OK if has_passed else ExitCode.FAILED

    # A tuple is made in one go, so nothing is added while it is read.

    @property
    def _checks(self) -> tuple[Check, ...]:
        return tuple(self._planned)

    @property
    def _ended(self) -> tuple[Result, ...]:
        return tuple(self._results.values())


def not_run(checks: Sequence[Check], because: Check) -> list[Result]:
    """Return that *checks* were not run since *because* failed."""
    return [skipped(check, f"{_BECAUSE}{because}` failed") for check in checks]


def was_not_run(result: Result) -> bool:
    """Tell whether *result* is one of `not_run`."""
    return result.verdict == SKIPPED and result.detail.startswith(_BECAUSE)
