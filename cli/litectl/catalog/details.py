"""What is known of one model besides its row: what it takes, and where each value came from. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.catalog.rows import DATABRICKS, LIMITS, PRICES, Deployment, Model, ability_flags, shared_values

NAME = "name"  # the source of what was read off the name


class Details(NamedTuple):
    """
    What the deployments of a model have in common; None where one of them does not say.

    *sources* tells by field or ability where its value came from: discovery
    steps, `name` for a guess, `databricks` for its limit. Nothing is there for what nobody knows.
    """

    supported_parameters: list[str] | None
    reasoning_efforts: list[str] | None
    endpoints: list[str] | None
    sources: dict[str, str]


def details_of(model: Model, rows: Sequence[Deployment]) -> Details:
    """Return the details of *model*, which its deployments *rows* make."""
    parameters, efforts, endpoints = (
        shared_values(rows, field) for field in ("supported_parameters", "reasoning_efforts", "endpoints")
    )
    return Details(parameters, efforts, endpoints, _sources(model, rows))


def _sources(model: Model, rows: Sequence[Deployment]) -> dict[str, str]:
    guessed = model.guessed.split(",") if model.guessed else []
    flags = ability_flags(model.abilities)
    fields = [field for field in ("mode", *LIMITS, *PRICES) if getattr(model, field) is not None]
    abilities = [ability for ability, flag in flags.items() if flag is not None]
    sources = {field: _told_by(rows, field) for field in [*fields, *abilities]}
    sources |= dict.fromkeys(guessed, NAME)
    if model.providers:
        sources["providers"] = _told_by(rows, "provider")
    if model.safe_max_tokens_reason == DATABRICKS:
        sources["safe_max_tokens"] = DATABRICKS
    return sources


def _told_by(rows: Sequence[Deployment], field: str) -> str:
    """Return the steps that told *field*, comma-separated."""
    steps = {
        row.get("filled", {}).get(field, row.get("source", ""))
        for row in rows
        if field in row or field in row.get("abilities", ()) or field in row.get("filled", ())
    }
    return ",".join(sorted(filter(None, steps)))
