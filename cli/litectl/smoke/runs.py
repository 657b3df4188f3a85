"""The runs of a check: as many as are wanted, and one result of all."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from litectl.errors import LitectlError
from litectl.smoke.account import Account
from litectl.smoke.check import Check, Measures, Result, failed, passed, warned
from litectl.smoke.measuring import in_short, joined, rate_in_short, too_slow
from litectl.smoke.purse import MAX_COST


class Runs(NamedTuple):
    """How many *times* a check is run, and the limits in seconds of first text and whole answer."""

    times: int = 1
    max_ttft: float | None = None
    max_time: float | None = None

    def result(self, check: Check, account: Account, run: Callable[[], str]) -> Result:
        """
        Return how *check* ended, each run of which gives a line that says what was seen, or raises.

        One run that failed, or took too long, makes it a failure.
        """
        started = time.monotonic()
        seen: list[str] = []
        failures: list[LitectlError] = []
        for _ in range(self.times):
            try:
                seen.append(run())
            except LitectlError as error:
                failures.append(error)
                if error.details.get("reason") == MAX_COST:
                    break
        measures, seconds = joined(account.taken), time.monotonic() - started
        problem = self._failure(failures, len(seen)) or too_slow(measures, self.max_ttft, self.max_time)
        if problem is not None:
            return failed(check, problem, seconds, measures)
        if account.warnings:
            return warned(check, self._warning(account.warnings), seconds, measures)
        detail = seen[0] if self.times == 1 else _in_short(self.times, measures)
        return passed(check, detail, seconds, measures)

    def _failure(self, failures: Sequence[LitectlError], good: int) -> LitectlError | None:
        """Return the first of *failures*, with how many there were beside the *good* runs."""
        if not failures or self.times == 1:
            return failures[0] if failures else None
        first = failures[0]
        return _said(first, f"{self.times - good} of {self.times} runs failed: {first.message}")

    def _warning(self, warnings: Sequence[LitectlError]) -> LitectlError:
        first = warnings[0]
        if len(warnings) == 1:
            return first
        return _said(first, f"{first.message} (the first of {len(warnings)} warnings)")


def _said(error: LitectlError, message: str) -> LitectlError:
    """Return *error* with another *message*."""
    return type(error)(message, hint=error.hint, details=error.details)


def _in_short(times: int, measures: Measures) -> str:
    parts = [f"{times} runs, median/p95 {in_short(measures.total)}"]
    if measures.first_token:
        parts.append(f"first text {in_short(measures.first_token)}")
    if measures.rate:
        parts.append(rate_in_short(measures.rate))
    return ", ".join(parts)
