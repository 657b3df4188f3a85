"""One check of a smoke run: what it is called, how it ended, and what was measured. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.errors import LitectlError

PASSED, WARNING, FAILED, SKIPPED = "passed", "warning", "failed", "skipped"
VERDICTS = (PASSED, WARNING, FAILED, SKIPPED)


class Check(NamedTuple):
    """
    A check that is planned: its *name*, such as `answers`, and its *subject*, a model or an MCP server.

    The *subject* is None for what concerns the whole proxy. What comes after a check that
    *is_gate* cannot be run when it fails.
    """

    name: str
    subject: str | None = None
    is_gate: bool = False

    def __str__(self) -> str:
        """Return its name and its subject, which no other check of a run has together."""
        return self.name if self.subject is None else f"{self.name} {self.subject}"


class Measures(NamedTuple):
    """
    What the billed requests of a check took.

    *requests* counts them, *cost* is their sum in US dollars, None when it is unknown, and
    *is_estimate* when it was reckoned from prices. *first_token* and *total* are the seconds of
    each request until its first text, which only streams have, and until its end; *rate* is
    its output tokens per second.
    """

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    is_estimate: bool = False
    first_token: Sequence[float] = ()
    total: Sequence[float] = ()
    rate: Sequence[float] = ()


NOTHING_MEASURED = Measures()


class Result(NamedTuple):
    """
    How *check* ended: a *verdict*, one of `VERDICTS`, the *seconds* it took, None where it was not run.

    *detail* is one line that says what was seen, or why it failed or was not run; *hint* what to do.
    *error* is the failure, whose class gives the exit code, *call_id* the name of its request, by which
    the operator of the proxy finds it.
    """

    check: Check
    verdict: str
    detail: str
    seconds: float | None = None
    hint: str | None = None
    error: LitectlError | None = None
    measures: Measures = NOTHING_MEASURED
    call_id: str | None = None


def passed(check: Check, detail: str, seconds: float, measures: Measures = NOTHING_MEASURED) -> Result:
    """Return that *check* passed, and what was seen."""
    return Result(check, PASSED, detail, seconds, measures=measures)


def warned(
    check: Check, error: LitectlError, seconds: float, measures: Measures = NOTHING_MEASURED
) -> Result:
    """Return that *check* passed but for what *error* says, which is a failure where the run is strict."""
    return Result(check, WARNING, error.message, seconds, error.hint, error, measures, _call_id(error))


def failed(
    check: Check, error: LitectlError, seconds: float, measures: Measures = NOTHING_MEASURED
) -> Result:
    """Return that *check* failed with *error*."""
    return Result(check, FAILED, error.message, seconds, error.hint, error, measures, _call_id(error))


def skipped(check: Check, why: str) -> Result:
    """Return that *check* was not run, and *why*; that is no pass."""
    return Result(check, SKIPPED, why)


def _call_id(error: LitectlError) -> str | None:
    found = error.details.get("call_id")
    return found if isinstance(found, str) and found else None
