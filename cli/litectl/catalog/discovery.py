"""
Discovery: the steps by which a proxy is asked what it offers.

`STEPS` is the order. A step is taken when what the steps before it found makes
it needed; one that the proxy refuses, or does not have, gives way to the next.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from litectl.catalog.catalog import Catalog
from litectl.catalog.entries import (
    deployment_from_group,
    deployment_from_health,
    deployment_from_info,
    deployment_from_list,
)
from litectl.catalog.filling import fill, lacks_facts
from litectl.catalog.merge import merge
from litectl.catalog.rows import Deployment
from litectl.catalog.wildcards import expand, has_wildcards
from litectl.errors import AuthError, BudgetError, IncompleteError, LitectlError, ProxyError, TimedOutError
from litectl.wire.proxy import Proxy

# How a step ended.
LISTED = "listed"  # it gave the list
ADDED = "added"  # it added to the list of another step
REFUSED = "refused"  # the proxy said no, or has no such route
FAILED = "failed"  # the proxy or the network failed, or the answer could not be read
NOT_NEEDED = "not needed"
NOT_ALLOWED = "not allowed"  # it makes billed calls, and nobody allowed that

# Besides every 5xx: what proxies say where a key may not ask, or a route does not exist.
_GIVES_WAY = (400, 401, 403, 404, 405, 408, 422)
_MISSING = (404, 405)
_TIMED_OUT = 408
_SERVER_ERROR = 500

_Rows = list[Deployment]


class Outcome(NamedTuple):
    """
    How one step ended: its *outcome*, one of the words above, and how many *entries* it read.

    *status* is the HTTP status of a refusal, *seconds* what the step took,
    *detail* its error. What does not apply is None.
    """

    source: str
    path: str
    outcome: str
    entries: int | None = None
    status: int | None = None
    seconds: float | None = None
    detail: str | None = None

    def __str__(self) -> str:
        """Return a line for people."""
        count = None if self.entries is None else f"{self.entries} entries"
        took = None if self.seconds is None else f"{self.seconds:.2f} s"
        facts = ", ".join(filter(None, (count, took)))
        return f"{self.path}: {self.outcome}{f' ({facts})' if facts else ''}" + (
            f": {self.detail}" if self.detail else ""
        )


class Discovery(NamedTuple):
    """A catalog, and how it was found."""

    catalog: Catalog
    outcomes: Sequence[Outcome]

    @property
    def failed(self) -> list[Outcome]:
        """The steps that failed, of which another day more may be learnt; a refusal is for good."""
        return [outcome for outcome in self.outcomes if outcome.outcome == FAILED]


class Step(NamedTuple):
    """
    One way to ask: the *source* it is called, its route, and how it is used.

    *is_needed* looks at what was found so far, which is empty at first. *ask*
    takes the proxy and its seconds; *join* puts the answer to what was found.
    """

    source: str
    path: str
    is_needed: Callable[[_Rows], bool]
    ask: Callable[[Proxy, float], _Rows]
    join: Callable[[_Rows, _Rows], _Rows]
    is_billed: bool = False


def _reader(path: str, read: Callable[[object], Deployment | None]) -> Callable[[Proxy, float], _Rows]:
    return lambda proxy, seconds: proxy.get_entries(path, "data", read, seconds=seconds)


def _is_nothing(found: _Rows) -> bool:
    return not found


def _wants_names(found: _Rows) -> bool:
    return not found or has_wildcards(found) or any("mode" not in row for row in found)


def _with_names(found: _Rows, listed: _Rows) -> _Rows:
    rows = expand(found, listed)
    fill(rows, listed, "models")
    return rows


def _with_groups(found: _Rows, groups: _Rows) -> _Rows:
    fill(found, groups, "model_group_info")
    return found


def _ask_health(proxy: Proxy, seconds: float) -> _Rows:
    """Return the healthy endpoints, each as `/model/info` knows it, or as its backend is called."""
    deadline = time.monotonic() + seconds
    rows = proxy.get_entries("/health", "healthy_endpoints", deployment_from_health, seconds=seconds)
    return [_detailed(proxy, row, deadline) for row in rows]


def _detailed(proxy: Proxy, row: Deployment, deadline: float) -> Deployment:
    remaining = deadline - time.monotonic()
    if "id" not in row or remaining <= 0:
        return row
    from urllib.parse import quote

    path = f"/model/info?litellm_model_id={quote(row['id'], safe='')}"
    try:
        found = proxy.get_entries(path, "data", deployment_from_info, seconds=remaining)
    except LitectlError:
        # The key may not ask for details, which is why the health was asked; the name is something.
        return row
    return found[0] if found else row


STEPS = (
    Step(
        "model_info",
        "/model/info",
        _is_nothing,
        _reader("/model/info", deployment_from_info),
        lambda _, listed: listed,
    ),
    Step("models", "/v1/models", _wants_names, _reader("/v1/models", deployment_from_list), _with_names),
    Step(
        "model_group_info",
        "/model_group/info",
        lambda found: not found or lacks_facts(found),
        _reader("/model_group/info", deployment_from_group),
        lambda found, groups: _with_groups(found, groups) if found else groups,
    ),
    Step("health", "/health", _is_nothing, _ask_health, lambda _, listed: listed, is_billed=True),
)


def discover(
    proxy: Proxy,
    *,
    seconds: float,
    now: float,
    allow_health: bool = False,
    trace: Callable[[str], None] = lambda _: None,
) -> Discovery:
    """
    Return the catalog of *proxy* as of *now*, seconds since 1970, by those of `STEPS` that are needed.

    *seconds* bounds the whole discovery. `/health` calls every model, which
    costs money, and is asked only with *allow_health*. Raises the most telling
    error when no step gave a list, and at once when the proxy cannot be reached.
    """
    inquiry = _Inquiry(proxy, seconds, allow_health=allow_health)
    outcomes = []
    for step in STEPS:
        outcome, error = inquiry.take(step)
        outcomes.append(outcome)
        trace(f"discovery: {outcome}")
        if error is not None:
            raise _with_steps(error, outcomes)
    if inquiry.source is None:
        raise _with_steps(max(inquiry.failures, key=_weight), outcomes)
    catalog = Catalog(inquiry.source, now, merge(inquiry.found), inquiry.found)
    return Discovery(catalog, outcomes)


class _Inquiry:
    """What the steps found so far; *source* is the one that gave the list."""

    def __init__(self, proxy: Proxy, seconds: float, *, allow_health: bool) -> None:
        self.found: _Rows = []
        self.source: str | None = None
        self.failures: list[LitectlError] = []
        self._proxy = proxy
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._allow_health = allow_health

    def take(self, step: Step) -> tuple[Outcome, LitectlError | None]:
        """Take *step* if it is needed; return how it ended, and its error when no other may do better."""
        outcome = Outcome(step.source, step.path, NOT_NEEDED)
        # Nobody is billed for a proxy that says it has no models.
        if not step.is_needed(self.found) or (step.is_billed and self.source is not None):
            return outcome, None
        if step.is_billed and not self._allow_health:
            return outcome._replace(outcome=NOT_ALLOWED, detail="it makes billed calls"), None
        final: LitectlError | None = None
        started = time.monotonic()
        try:
            rows = self._asked(step)
        except LitectlError as error:
            if not (self.found or _gives_way(error)):
                final = error
            self.failures.append(error)
            outcome = _failed(outcome, error)
        else:
            outcome = outcome._replace(outcome=ADDED if self.found else LISTED, entries=len(rows))
            if self.source is None or (rows and not self.found):
                self.source = step.source
            self.found = step.join(self.found, rows)
        return outcome._replace(seconds=round(time.monotonic() - started, 3)), final

    def _asked(self, step: Step) -> _Rows:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimedOutError(f"the steps before it took {self._seconds:g} s, which is all there was")
        rows = step.ask(self._proxy, remaining)
        for row in rows:
            row.setdefault("source", step.source)
        return rows


def _with_steps(error: LitectlError, outcomes: Sequence[Outcome]) -> LitectlError:
    """Return *error* with the steps in its JSON form."""
    error.details["steps"] = [outcome._asdict() for outcome in outcomes]
    return error


def _gives_way(error: LitectlError) -> bool:
    """Tell whether another step may do better: not when nobody answers, or when waiting is asked for."""
    status = error.details.get("status")
    if isinstance(status, int):
        return status in _GIVES_WAY or status >= _SERVER_ERROR
    return isinstance(error, ProxyError | IncompleteError)


def _failed(outcome: Outcome, error: LitectlError) -> Outcome:
    status = error.details.get("status")
    code = status if isinstance(status, int) else None
    refused = code is not None and code < _SERVER_ERROR and code != _TIMED_OUT
    return outcome._replace(outcome=REFUSED if refused else FAILED, status=code, detail=error.message)


def _weight(error: LitectlError) -> int:
    """Rank the errors of a discovery: a refused key is news, a missing route is none."""
    if isinstance(error, AuthError | BudgetError):
        return 2
    return 0 if error.details.get("status") in _MISSING else 1
