"""A finding: one thing that was looked at, how it is, and what to do about it. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from litectl.errors import ExitCode, LitectlError

OK, WARNING, FAILURE, SKIPPED = "ok", "warning", "failure", "skipped"
STATUSES = (OK, WARNING, FAILURE, SKIPPED)


class Finding(NamedTuple):
    """
    What was found under a stable *name*, such as `dns`.

    *status* is one of `STATUSES`; what could not be looked at is skipped. *detail* is one line,
    *remedy* what to do, a command where there is one. A failure has the *exit_code* of its
    class. *seconds* is what it took to look.
    """

    name: str
    status: str
    detail: str
    remedy: str | None = None
    exit_code: ExitCode | None = None
    seconds: float | None = None

    @property
    def code(self) -> str | None:
        """The stable word of the class of a failure, such as `network`; None for all else."""
        return None if self.exit_code is None else self.exit_code.name.lower()

    @property
    def is_obstacle(self) -> bool:
        """Whether what builds on it cannot be looked at."""
        return self.status in (FAILURE, SKIPPED)


def ok(name: str, detail: str) -> Finding:
    """Return that *name* is as it should be."""
    return Finding(name, OK, detail)


def warning(name: str, detail: str, remedy: str | None = None) -> Finding:
    """Return that *name* works and should be mended, or will not work for long."""
    return Finding(name, WARNING, detail, remedy)


def failure(name: str, detail: str, remedy: str | None, exit_code: ExitCode) -> Finding:
    """Return that *name* keeps commands from working; they end with *exit_code*."""
    return Finding(name, FAILURE, detail, remedy, exit_code)


def of_error(name: str, error: LitectlError) -> Finding:
    """Return the failure of *name* that *error* is."""
    return Finding(name, FAILURE, error.message, error.hint, error.exit_code)


def skipped(name: str, why: str) -> Finding:
    """Return that *name* could not be looked at."""
    return Finding(name, SKIPPED, why)


def judged(name: str, facts: Sequence[str], problems: Sequence[str], remedy: str | None = None) -> Finding:
    """Return a warning of the *problems*, if there are any, and what else is known, the *facts*."""
    detail = "; ".join([*problems, *facts])
    return warning(name, detail, remedy) if problems else ok(name, detail)


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many of *findings* there are of each status."""
    found = [finding.status for finding in findings]
    return {status: found.count(status) for status in STATUSES}


def first_failure(findings: Iterable[Finding]) -> Finding | None:
    """Return the failure that is the cause of those after it, None where there is none."""
    return next((finding for finding in findings if finding.status == FAILURE), None)


def exit_code_of(findings: Iterable[Finding]) -> ExitCode:
    """Return the exit code of the first failure; else 0."""
    cause = first_failure(findings)
    return ExitCode.OK if cause is None else cause.exit_code or ExitCode.FAILED
