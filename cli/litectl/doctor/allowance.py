"""Findings of the models that a key or the user names: which are they, and are they there. Pure."""

from collections.abc import Collection, Sequence

from litectl.catalog.wildcards import STAR, stands_for_any
from litectl.doctor.finding import Finding, judged, ok, warning
from litectl.text.counting import some_of
from litectl.text.nearness import did_you_mean, near

NAME = "allowed_models"
_MOST_NAMES = 5
_MOST_COMPARED = 2_000_000  # pairs of a pattern and a name
_RULES = ("all-proxy-models", "all-team-models", "no-default-models")  # which name no model
_REMEDY = "tell the operator of the proxy: the key names what the proxy does not have"


def examine_allowed(allowed: Sequence[str] | None, listed: Collection[str] | None) -> Finding:
    """
    Return which models a key is restricted to, and which of them are not among those *listed*.

    *allowed* is None where the proxy does not tell, and *listed* where nothing tells what is there.
    """
    if allowed is None:
        return ok(NAME, "the proxy does not tell; `discovery` says what it lists")
    if not allowed:
        return ok(NAME, "all: the key is not restricted")
    facts = [f"{len(allowed):,}: {some_of(allowed, _MOST_NAMES)}"]
    missing = _missing(allowed, listed) if listed is not None else []
    problems = [f"not there: {some_of(missing, _MOST_NAMES)}"] if missing else []
    return judged(NAME, facts, problems, _REMEDY if missing else None)


def examine_default_model(model: str | None, source: str, listed: Collection[str] | None) -> Finding:
    """Return which *model* is asked when none is named, and whether it is *listed*; *source* named it."""
    name = "default_model"
    if model is None:
        return ok(name, "none: each command names one with `-m`")
    fact = f"{model}, from {source}"
    if listed is None or model in listed or any(_stands_for_any(each, [model]) for each in listed):
        return ok(name, fact)
    remedy = did_you_mean(near(model, listed)) or "choose one of `litectl models list`"
    return warning(name, f"{fact}, is not listed", remedy)


def _missing(allowed: Sequence[str], listed: Collection[str]) -> list[str]:
    """Return those of *allowed* that name nothing which is *listed*."""
    patterns = [name for name in allowed if STAR in name]
    if len(patterns) * len(listed) > _MOST_COMPARED:
        return []
    present = {*listed}
    missing = [name for name in allowed if name not in present and not _stands_for_any(name, listed)]
    named = {*allowed}
    # What nothing explains is there by a group of models, or a rule, and which names are groups is unknown.
    by_group = any(
        name not in named and not any(_stands_for_any(pattern, [name]) for pattern in patterns)
        for name in listed
    )
    return [] if by_group else [name for name in missing if name not in _RULES]


def _stands_for_any(name: str, listed: Collection[str]) -> bool:
    return STAR in name and stands_for_any(name, listed)
