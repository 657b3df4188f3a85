"""Findings of discovery: what the proxy lists now, step by step. Nothing of it is kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from litectl.catalog.discovery import (
    ADDED,
    FAILED,
    LISTED,
    NOT_ALLOWED,
    NOT_NEEDED,
    STEPS,
    Discovery,
    Outcome,
)
from litectl.doctor.allowance import NAME as ALLOWED_MODELS
from litectl.doctor.allowance import examine_allowed
from litectl.doctor.finding import Finding, of_error, ok, warning
from litectl.errors import LitectlError
from litectl.text.counting import counted

_PREFIX = "step_"
NAMES = ("discovery", *(f"{_PREFIX}{step.source}" for step in STEPS), ALLOWED_MODELS)
_INFO = STEPS[0].source  # which lists what there is; the others repeat what a key names
_REMEDY = "`litectl models refresh -v` shows the steps; tell the operator of the proxy"


def examine_discovery(discover: Callable[[], Discovery], allowed: Sequence[str] | None) -> Iterator[Finding]:
    """Give the findings of `NAMES`; *allowed* are the models that the key is restricted to."""
    try:
        discovery = discover()
    except LitectlError as error:
        yield of_error("discovery", error)
        yield from _steps(_outcomes_in(error))
        yield examine_allowed(allowed, None)
        return
    yield _listed(discovery)
    yield from _steps(discovery.outcomes)
    yield examine_allowed(allowed, _present(discovery))


def _present(discovery: Discovery) -> set[str] | None:
    """Return the models that are there, None where nobody tells."""
    if discovery.outcomes[0].outcome != LISTED:
        return None
    return {row["name"] for row in discovery.catalog.deployments if row.get("source") == _INFO}


def _listed(discovery: Discovery) -> Finding:
    name, catalog = "discovery", discovery.catalog
    if not catalog.models:
        remedy = "ask the operator of the proxy to let this key use a model"
        return warning(name, f"the proxy lists no models ({catalog.source})", remedy)
    return ok(name, f"{counted(len(catalog.models), 'model')}, from {catalog.source}")


def _outcomes_in(error: LitectlError) -> list[Outcome]:
    """Return the steps that led to *error*, as far as it tells them."""
    told = error.details.get("steps")
    return [Outcome(**each) for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []


def _steps(outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    for outcome in outcomes:
        yield _step(outcome)._replace(seconds=outcome.seconds)


def _step(outcome: Outcome) -> Finding:
    name, detail = f"{_PREFIX}{outcome.source}", str(outcome)
    if outcome.outcome == FAILED:
        return warning(name, detail, _REMEDY)
    if outcome.outcome in (LISTED, ADDED, NOT_NEEDED, NOT_ALLOWED):
        return ok(name, detail)
    # A refusal is an answer: many keys may not ask for everything.
    status = f" ({outcome.status})" if outcome.status else ""
    return ok(name, f"{detail}{status}")
