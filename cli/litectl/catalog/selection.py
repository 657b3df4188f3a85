"""Which models of a catalog to show, and in which order. Pure."""

from collections.abc import Iterable

from litectl.catalog.merge import MIXED
from litectl.catalog.rows import ABILITIES, Model

ANY_MODE = "all"
# Modes that can hold a conversation; a model of unknown mode may be one.
CONVERSATION_MODES = ("chat", "responses", "completion", MIXED, None)
FIELDS = (
    "name",
    "mode",
    "max_input_tokens",
    "max_output_tokens",
    "abilities",
    "input_price",
    "output_price",
    "providers",
    "deployments",
    "incomplete",
)


def select(models: Iterable[Model], *, mode: str | None, search: str | None) -> list[Model]:
    """
    Return the *models* of *mode* whose name or provider has every word of *search*.

    Without a mode those that can hold a conversation; `all` is every mode.
    """
    words = (search or "").lower().split()
    return [model for model in models if _has_mode(model, mode) and (not words or _has_words(model, words))]


def sort(models: Iterable[Model], field: str, *, reverse: bool = False) -> list[Model]:
    """Return *models* ordered by *field*, then by name; those that lack it come last."""
    rows = sorted(models, key=lambda model: model["name"])
    if field == "name":
        return rows[::-1] if reverse else rows
    known = [row for row in rows if row.get(field) is not None]
    unknown = [row for row in rows if row.get(field) is None]
    return sorted(known, key=lambda row: _order(row.get(field)), reverse=reverse) + unknown


def public(model: Model) -> dict[str, object]:
    """Return the public JSON form of *model*: every field, null where nobody knows."""
    row: dict[str, object] = {name: model.get(name) for name in FIELDS}
    flags = model.get("abilities", {})
    row["abilities"] = {name: flags.get(name) for name in ABILITIES}
    row["incomplete"] = model.get("incomplete", False)
    return row


def _has_mode(model: Model, mode: str | None) -> bool:
    if mode is None:
        return model.get("mode") in CONVERSATION_MODES
    return mode in (ANY_MODE, model.get("mode"))


def _has_words(model: Model, words: list[str]) -> bool:
    text = " ".join([model["name"], *model.get("providers", [])]).lower()
    return all(word in text for word in words)


def _order(value: object) -> tuple[float, str]:
    if isinstance(value, int | float):
        return (float(value), "")
    return (0.0, ",".join(value) if isinstance(value, list | dict) else str(value))
