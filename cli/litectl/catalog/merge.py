"""
The deployments of one name, merged to the model a user may count on.

A request may land on any deployment, so an ability holds only when every one
has it, a limit is the smallest, and a price the highest and only known when
every one is priced. The order of the rows never matters. Pure.
"""

from collections.abc import Iterable, Sequence

from litectl.catalog.rows import ABILITIES, Deployment, Model

MIXED = "mixed"


def merge(deployments: Iterable[Deployment]) -> list[Model]:
    """Return one model per name, in the order in which the names first appear."""
    groups: dict[str, list[Deployment]] = {}
    for deployment in deployments:
        groups.setdefault(deployment["name"], []).append(deployment)
    return [_merge_group(name, rows) for name, rows in groups.items()]


def _merge_group(name: str, rows: Sequence[Deployment]) -> Model:
    model = Model(name=name, deployments=len(rows))
    if modes := {row["mode"] for row in rows if "mode" in row}:
        model["mode"] = modes.pop() if len(modes) == 1 else MIXED
    if limits := [row["max_input_tokens"] for row in rows if "max_input_tokens" in row]:
        model["max_input_tokens"] = min(limits)
    if limits := [row["max_output_tokens"] for row in rows if "max_output_tokens" in row]:
        model["max_output_tokens"] = min(limits)
    if all("input_price" in row for row in rows):
        model["input_price"] = max(row["input_price"] for row in rows)
    if all("output_price" in row for row in rows):
        model["output_price"] = max(row["output_price"] for row in rows)
    if abilities := _merge_abilities(rows):
        model["abilities"] = abilities
    if providers := sorted({row["provider"] for row in rows if "provider" in row}):
        model["providers"] = providers
    wanted = ("mode", "max_input_tokens", "max_output_tokens", "input_price", "output_price")
    if not all(key in row for row in rows for key in wanted):
        model["incomplete"] = True
    return model


def _merge_abilities(rows: Sequence[Deployment]) -> dict[str, bool]:
    """Return each ability: true when all have it, false when one has not, absent when unknown."""
    merged: dict[str, bool] = {}
    for name in ABILITIES:
        flags = [row.get("abilities", {}).get(name) for row in rows]
        if all(flags):
            merged[name] = True
        elif False in flags:
            merged[name] = False
    return merged
