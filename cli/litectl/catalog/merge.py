"""
The deployments of one name, merged to the model a user may count on.

A request may land on any deployment, so an ability holds only when every one
has it, a limit is the smallest, and a price the highest and only known when
every one is priced. The order of the rows never matters. Pure.
"""

from collections.abc import Iterable, Sequence

from litectl.catalog.rows import ABILITIES, Deployment, Model, ability_marks

MIXED = "mixed"
_EXPECTED = ("mode", "max_input_tokens", "max_output_tokens", "input_price", "output_price")


def merge(deployments: Iterable[Deployment]) -> list[Model]:
    """Return one model per name, in the order in which the names first appear."""
    groups: dict[str, list[Deployment]] = {}
    for deployment in deployments:
        groups.setdefault(deployment["name"], []).append(deployment)
    return [_merge_group(name, rows) for name, rows in groups.items()]


def _merge_group(name: str, rows: Sequence[Deployment]) -> Model:
    modes = {row["mode"] for row in rows if "mode" in row}
    is_priced_in = all("input_price" in row for row in rows)
    is_priced_out = all("output_price" in row for row in rows)
    return Model(
        name=name,
        mode=MIXED if len(modes) > 1 else next(iter(modes), None),
        max_input_tokens=min(
            (row["max_input_tokens"] for row in rows if "max_input_tokens" in row), default=None
        ),
        max_output_tokens=min(
            (row["max_output_tokens"] for row in rows if "max_output_tokens" in row), default=None
        ),
        abilities=ability_marks({ability: _has_ability(rows, ability) for ability in ABILITIES}),
        input_price=max(row["input_price"] for row in rows) if is_priced_in else None,
        output_price=max(row["output_price"] for row in rows) if is_priced_out else None,
        providers=",".join(sorted({row["provider"] for row in rows if "provider" in row})),
        deployments=len(rows),
        incomplete=not all(key in row for row in rows for key in _EXPECTED),
    )


def _has_ability(rows: Sequence[Deployment], ability: str) -> bool | None:
    """Return true when all have it, false when one has not, None when that is not known."""
    flags = [row.get("abilities", {}).get(ability) for row in rows]
    if all(flags):
        return True
    return False if False in flags else None
