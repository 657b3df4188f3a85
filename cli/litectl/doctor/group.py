"""Groups of findings, looked at in order, of which nothing is ever raised."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from litectl.doctor.finding import Finding, failure, of_error, skipped
from litectl.errors import ExitCode, InternalError, LitectlError


class Group(NamedTuple):
    """
    Findings that are looked at together.

    *examine* gives them in the order of *names*; it may end after one that failed, and may
    raise. None of them can be looked at where one of *needs* failed or was itself not
    looked at, nor, where it *is_online*, without the network.
    """

    names: Sequence[str]
    examine: Callable[[], Iterable[Finding]]
    needs: Sequence[str] = ()
    is_online: bool = False


def examined(
    groups: Iterable[Group], clock: Callable[[], float], *, offline: str | None = None
) -> Iterator[Finding]:
    """
    Give the findings of *groups*, each with the seconds that it took by *clock*.

    There is one for each name, whatever happens. *offline* says why there is no network, None where there is.
    """
    past: dict[str, Finding] = {}
    for group in groups:
        why = _obstacle(group, past, offline)
        found = _all_of(group, clock) if why is None else (skipped(name, why) for name in group.names)
        for finding in found:
            past[finding.name] = finding
            yield finding


def _obstacle(group: Group, past: Mapping[str, Finding], offline: str | None) -> str | None:
    if group.is_online and offline is not None:
        return offline
    needed = (past[name] for name in group.needs if name in past)
    return next((_because(finding) for finding in needed if finding.is_obstacle), None)


def _because(finding: Finding) -> str:
    """Return why nothing is looked at after *finding*: the failure, however far back it lies."""
    return finding.detail if finding.exit_code is None else f"not looked at: `{finding.name}` failed"


def _all_of(group: Group, clock: Callable[[], float]) -> Iterator[Finding]:
    """Give a finding for each name of *group*; those that were not come to are skipped."""
    left, why = list(group.names), "there is nothing to look at"
    for finding in _timed(group, left, clock):
        left.remove(finding.name)
        why = _because(finding) if finding.is_obstacle else why
        yield finding
    for name in left:
        yield skipped(name, why)


def _timed(group: Group, left: Sequence[str], clock: Callable[[], float]) -> Iterator[Finding]:
    """Give what *group* finds; what it raises is the failure of the first name that is *left*."""
    started = clock()
    try:
        for finding in group.examine():
            took = round(clock() - started, 3)
            yield finding if finding.seconds is not None else finding._replace(seconds=took)
            started = clock()
    except Exception as error:  # noqa: BLE001  # whatever is broken is what is being looked for
        yield _of_exception(left[0], error)._replace(seconds=round(clock() - started, 3))


def _of_exception(name: str, error: Exception) -> Finding:
    if isinstance(error, LitectlError):
        return of_error(name, error)
    if isinstance(error, OSError):
        remedy = "check the disk and the permissions"
        return failure(name, f"the system refused: {error}", remedy, ExitCode.FAILED)
    return of_error(name, InternalError(f"unexpected {type(error).__name__}: {error}"))
