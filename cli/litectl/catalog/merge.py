"""
The deployments of one name, merged to the model a user may count on.

A request may land on any deployment, so an ability holds only when every one
has it, a limit is the smallest, and a price the highest and only known when
every one is priced. The order of the rows never matters. Pure.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from litectl.catalog.guesses import guess
from litectl.catalog.modes import declared_mode, merged_mode
from litectl.catalog.rows import ABILITIES, LIMITS, PRICES, Deployment, Model, ability_marks, grouped, told

_EXPECTED = (*LIMITS, "input_price", "output_price")


def merge(deployments: Iterable[Deployment]) -> list[Model]:
    """Return one model per name, in the order in which the names first appear."""
    return [merge_group(name, rows) for name, rows in grouped(deployments).items()]


def merge_group(name: str, rows: Sequence[Deployment]) -> Model:
    """Return the model *name* that the deployments *rows* make, guesses included."""
    modes = [declared_mode(row) for row in rows]
    numbers: dict[str, Any] = {field: _smallest(rows, field) for field in LIMITS}
    numbers |= {field: _highest(rows, field) for field in PRICES}
    providers = {provider for row in rows for provider in row.get("provider", "").split(",")}
    model = Model(
        name=name,
        mode=merged_mode(modes),
        abilities=_merged_abilities(rows),
        **numbers,
        providers=",".join(sorted(providers - {""})),
        deployments=len(rows),
        incomplete=None in modes or not all(key in row for row in rows for key in _EXPECTED),
    )
    return guess(model, rows)


def _smallest(rows: Sequence[Deployment], field: str) -> int | None:
    return min(told(rows, field), default=None)


def _highest(rows: Sequence[Deployment], field: str) -> float | None:
    prices: list[float] = told(rows, field)
    return max(prices) if len(prices) == len(rows) else None


def _merged_abilities(rows: Sequence[Deployment]) -> str:
    """Return the marks of what all have, what one has not, and what is not known of all."""
    declared = [row.get("abilities", {}) for row in rows]
    merged: dict[str, bool | None] = {}
    for ability in ABILITIES:
        flags = [found.get(ability) for found in declared]
        merged[ability] = True if all(flags) else False if False in flags else None
    return ability_marks(merged)
