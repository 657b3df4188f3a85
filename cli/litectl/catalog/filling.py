"""
Filling: what one route leaves open and another one tells of a whole group. Pure.

A fact about a group is put where no deployment of it knows better: what one of
them declares says nothing of its neighbours, and the proxy reports the
largest limit of a group and any ability that one of its deployments has.
"""

from collections.abc import Iterable, Sequence

from litectl.catalog.rows import LIMITS, PRICES, Deployment, grouped

_FIELDS = ("mode", *LIMITS, *PRICES, "provider", "supported_parameters", "reasoning_efforts")
_EXPECTED = ("mode", *LIMITS, "input_price", "output_price", "provider", "abilities")


def lacks_facts(rows: Iterable[Deployment]) -> bool:
    """Tell whether a group of *rows* leaves open what one usually knows."""
    return any(
        any(all(field not in row for row in group) for field in _EXPECTED) for group in grouped(rows).values()
    )


def fill(rows: Sequence[Deployment], facts: Iterable[Deployment], source: str) -> None:
    """Put the *facts* about groups, told by *source*, into *rows*."""
    groups = grouped(rows)
    for fact in facts:
        _fill_group(groups.get(fact["name"], ()), fact, source)


def _fill_group(rows: Sequence[Deployment], fact: Deployment, source: str) -> None:
    missing = [field for field in _FIELDS if field in fact and all(field not in row for row in rows)]
    abilities = {
        ability: flag
        for ability, flag in fact.get("abilities", {}).items()
        if all(ability not in row.get("abilities", ()) for row in rows)
    }
    if not (missing or abilities):
        return
    for row in rows:
        row.update({field: fact[field] for field in missing})  # type: ignore[typeddict-item,literal-required]  # of _FIELDS
        if abilities:
            row["abilities"] = row.get("abilities", {}) | abilities
        row["filled"] = row.get("filled", {}) | dict.fromkeys([*missing, *abilities], source)
