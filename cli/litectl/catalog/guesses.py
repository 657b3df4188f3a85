"""
Guesses: what the name of a model suggests, where no route says anything of the kind. Pure.

The last resort, and marked as such. The rules for abilities and limits, and the
conservative output limits, are those that users of restricted proxies share with each other;
a kind of fact (the abilities, the limits) is guessed only when nothing of that kind is known.
"""

import re
from collections.abc import Sequence
from typing import Any

from litectl.catalog.modes import mode_of_name
from litectl.catalog.rows import (
    CONVERSATION_MODES,
    DATABRICKS,
    GUESS,
    LIMITS,
    PRICES,
    Deployment,
    Model,
    ability_flags,
    ability_marks,
)

_VERSION_DOT = re.compile(r"(?<=\d)\.(?=\d)")
# `^` is the start of a name behind its provider, as in `azure/gpt-5` and `us.anthropic.claude-opus-4`.
_ABILITY_RULES = {
    "reasoning": re.compile(r"opus|with-reasoning|^gpt-5|^o1|^o3"),
    "vision": re.compile(r"claude|gpt-4|gpt-5|gemini|sonnet|opus|haiku|nova"),
}
# Tokens; of several rules that match, the last one counts.
_LIMIT_RULES = {
    "max_input_tokens": (("opus", 200_000), ("gemini-2", 1_000_000), ("gpt-5", 200_000)),
    "max_output_tokens": (("opus", 16_000), ("gemini", 8_000), ("gpt-5", 32_000)),
}
_SAFE_RULES = (("opus-4-6", 8192), ("gpt-5", 8192), ("haiku", 4096), ("sonnet", 4096))
_SAFE_DEFAULT = 4096


def guess(model: Model, rows: Sequence[Deployment]) -> Model:
    """Return *model*, merged from *rows*, with what is suggested by the names of what is behind it."""
    # Of the rows, not of the model: what one deployment declares is known, also where another says nothing.
    told = {field for row in rows for field in row}
    if model.mode and "abilities" in told and told & {*LIMITS} and not any(map(is_databricks, rows)):
        return model  # nothing is left to guess, of most models of most proxies
    names = _names(model, rows)
    suggested = {mode_of_name(name) for name in names}
    if model.mode is None and suggested != {None}:
        mode = suggested.pop() if len(suggested) == 1 else None
        return model._replace(mode=mode, guessed="mode" if mode else "")
    if model.mode not in CONVERSATION_MODES:
        return model
    may_chat = suggested == {None}
    limits = _limits(names) if may_chat and not told & {*LIMITS} else {}
    abilities = _abilities(names) if may_chat and "abilities" not in told else []
    flags = ability_flags(model.abilities) | dict.fromkeys(abilities, True)
    knows_nothing = not told & {*LIMITS, *PRICES, "abilities"}
    safe, reason = _safe_limit(names, rows, knows_nothing=knows_nothing)
    return model._replace(
        **limits,
        abilities=ability_marks(flags),
        safe_max_tokens=safe,
        safe_max_tokens_reason=reason,
        guessed=",".join([*limits, *abilities]),
    )


def is_databricks(row: Deployment) -> bool:
    """Tell whether *row* is served by Databricks: as its provider, or behind an adapter for another API."""
    return (
        row.get("provider") == DATABRICKS
        or row.get("backend", "").startswith(f"{DATABRICKS}/")
        or "databricks" in row.get("host", "")
    )


def _names(model: Model, rows: Sequence[Deployment]) -> list[str]:
    """
    Return the names to read: those of the backends, and the public one when a backend is not known.

    An alias is no evidence of what is behind it, so it is read only where nothing else is.
    """
    return sorted({_comparable(row.get("backend", model.name)) for row in rows} or {_comparable(model.name)})


def _comparable(name: str) -> str:
    """Return *name* without its provider, in lower case, with `4.6` written as `4-6`."""
    return _VERSION_DOT.sub("-", name.lower().rpartition("/")[2].rpartition("anthropic.")[2])


def _abilities(names: Sequence[str]) -> list[str]:
    """Return the abilities that every name suggests."""
    return [ability for ability, rule in _ABILITY_RULES.items() if all(rule.search(name) for name in names)]


def _limits(names: Sequence[str]) -> dict[str, Any]:
    """Return the smallest limits, in tokens, where every name suggests one."""
    found = {
        field: [next((limit for word, limit in reversed(rules) if word in name), 0) for name in names]
        for field, rules in _LIMIT_RULES.items()
    }
    return {field: min(limits) for field, limits in found.items() if all(limits)}


def _safe_limit(
    names: Sequence[str], rows: Sequence[Deployment], *, knows_nothing: bool
) -> tuple[int | None, str | None]:
    """
    Return an output limit, in tokens, that is likely to be admitted, and the reason for it.

    Databricks reserves what `max_tokens` allows before it admits a request, so a
    small one is admitted where a large one is refused.
    """
    on_databricks = any(map(is_databricks, rows))
    if not (on_databricks or knows_nothing):
        return None, None
    limit = min(next((limit for word, limit in _SAFE_RULES if word in name), _SAFE_DEFAULT) for name in names)
    known = [row["max_output_tokens"] for row in rows if "max_output_tokens" in row]
    return min([limit, *known]), DATABRICKS if on_databricks else GUESS
