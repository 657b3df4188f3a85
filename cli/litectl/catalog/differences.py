"""What differs between two lists of models. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.catalog.rows import ABILITIES, Model, ability_flags

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"
# Every field of a model; an ability counts as one of its own.
FIELDS = (*(field for field in Model._fields if field not in ("name", "abilities")), *ABILITIES)


class Difference(NamedTuple):
    """
    A model that is in one list only, or one *field* of it that has another value.

    *change* is `added`, `removed` or `changed`; *field*, *before* and *after* are None unless changed.
    """

    name: str
    change: str
    field: str | None = None
    before: object = None
    after: object = None


def differences(
    before: Sequence[Model], after: Sequence[Model], fields: Sequence[str] = FIELDS
) -> list[Difference]:
    """Return what differs between *before* and *after* in *fields*, ordered by name."""
    old, new = ({model.name: model for model in models} for models in (before, after))
    found: list[Difference] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            found.append(Difference(name, ADDED))
        elif name not in new:
            found.append(Difference(name, REMOVED))
        else:
            was, now = _values(old[name]), _values(new[name])
            found += [
                Difference(name, CHANGED, field, was[field], now[field])
                for field in fields
                if was[field] != now[field]
            ]
    return found


def _values(model: Model) -> dict[str, object]:
    return {**model._asdict(), **ability_flags(model.abilities)}
