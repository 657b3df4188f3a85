"""Overrides: what a profile says of a model, where the proxy says nothing or something wrong. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from litectl.catalog.rows import (
    ABILITIES,
    GUESS,
    LIMITS,
    PRICES,
    PROFILE,
    Model,
    ability_flags,
    ability_marks,
)
from litectl.errors import UsageError
from litectl.text.jsontext import number

SOURCE = "profile"
_NUMBERS = (*LIMITS, *PRICES, "safe_max_tokens")
FIELDS = ("mode", *_NUMBERS, *ABILITIES)


def parse_override(field: str, text: str) -> object:
    """Return the value of *field* as typed: tokens, US dollars per million tokens, true or false, a mode."""
    if field not in FIELDS:
        raise UsageError(f"a model has no field {field}", hint=f"the fields are {', '.join(FIELDS)}")
    if field == "mode":
        return text
    if field in ABILITIES:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{field} is not {text}", hint="give `true` or `false`")
        return text.lower() == "true"
    return _number(field, text)


def _number(field: str, text: str) -> float | int:
    is_price = field.endswith("_price")
    try:
        value = float(text) if is_price else int(text.replace("_", ""))
    except ValueError:
        value = -1
    if not (0 if is_price else 1) <= value < 1e12:
        what = "US dollars per million tokens" if is_price else "a number of tokens"
        raise UsageError(f"{field} is not {text}", hint=f"give {what}")
    return value


def override(models: Iterable[Model], overrides: Mapping[str, Mapping[str, object]]) -> list[Model]:
    """Return *models* with the values of *overrides*, by name and field; names nobody lists are left out."""
    return [_overridden(model, overrides.get(model.name)) for model in models]


def _overridden(model: Model, fields: Mapping[str, object] | None) -> Model:
    if not fields:
        return model
    usable = usable_fields(fields)
    flags = ability_flags(model.abilities)
    flags |= {name: value for name, value in usable.items() if isinstance(value, bool)}
    plain: Any = {field: value for field, value in usable.items() if field in Model._fields}
    if "safe_max_tokens" in plain:
        plain["safe_max_tokens_reason"] = PROFILE
    elif model.safe_max_tokens_reason == GUESS and usable.keys() - {"mode"}:
        # Something is known now, and the guess was for where nothing is.
        plain |= {"safe_max_tokens": None, "safe_max_tokens_reason": None}
    elif model.safe_max_tokens and "max_output_tokens" in plain:
        plain["safe_max_tokens"] = min(model.safe_max_tokens, plain["max_output_tokens"])
    told = {*usable, *plain}
    guessed = [name for name in model.guessed.split(",") if name and name not in told]
    return model._replace(abilities=ability_marks(flags), guessed=",".join(guessed), **plain)


def usable_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """Return those of *fields* that are fields of a model and have a value of their kind."""
    return {field: value for field, value in fields.items() if field in FIELDS and _fits(field, value)}


def _fits(field: str, value: object) -> bool:
    if field in ABILITIES:
        return isinstance(value, bool)
    return isinstance(value, str) if field == "mode" else number(value) is not None
