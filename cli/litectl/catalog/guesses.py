"""
Guesses: what the name of a model suggests, where no route says anything of the kind. Pure.

The last resort, and marked as such. The rules for abilities and limits, and the
conservative output limits, are those that users of restricted proxies share with each other;
a kind of fact (the abilities, the limits) is guessed only when nothing of that kind is known.
"""

import re
from collections.abc import Sequence
from typing import Any

from litectl.catalog.modes import declared_mode, merged_mode, mode_of_name
from litectl.catalog.rows import (
    CONVERSATION_MODES,
    DATABRICKS,
    GUESS,
    LIMITS,
    MIXED,
    PRICES,
    Deployment,
    Model,
    ability_flags,
    ability_marks,
)

_VERSION_DOT = re.compile(r"(?<=\d)\.(?=\d)")
_START, _END = r"(?<![a-z0-9])", r"(?![a-z])"
_OPUS = rf"opus{_END}(?!-mt)"  # Opus-MT translates
_GPT_5 = rf"gpt-5(?![0-9]){_END}"
# Whole words, wherever a provider or a place stands before them.
_ABILITY_RULES = {
    "reasoning": re.compile(rf"{_START}(?:{_OPUS}|{_GPT_5}|o[13](?![0-9]){_END})|with-reasoning"),
    "vision": re.compile(
        rf"{_START}(?:(?:claude|gemini|sonnet|haiku|nova(?!-micro)){_END}|{_OPUS})|gpt-[45](?![0-9])"
    ),
}
# Tokens; of several rules that match, the last one counts.
_LIMIT_RULES = {
    field: tuple((re.compile(rf"{_START}{word}"), limit) for word, limit in rules)
    for field, rules in {
        "max_input_tokens": ((_OPUS, 200_000), ("gemini-2", 1_000_000), (_GPT_5, 200_000)),
        "max_output_tokens": ((_OPUS, 16_000), ("gemini", 8_000), (_GPT_5, 32_000)),
    }.items()
}
_SAFE_RULES = (("opus-4-6", 8192), ("gpt-5", 8192), ("haiku", 4096), ("sonnet", 4096))
_SAFE_DEFAULT = 4096


def guess(model: Model, rows: Sequence[Deployment]) -> Model:
    """Return *model*, merged from *rows*, with what is suggested by the names of what is behind it."""
    model = _with_mode(model, rows)
    # Of the rows, not of the model: what one deployment declares is known, also where another says nothing.
    told = {field for row in rows for field in row}
    nothing_left = "abilities" in told and told & {*LIMITS} and not any(map(is_databricks, rows))
    if nothing_left or model.mode not in CONVERSATION_MODES:
        return model
    names = _names(model, rows)
    may_chat = not any(map(mode_of_name, names))
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
        guessed=",".join([*limits, *abilities, *(["safe_max_tokens"] if reason == GUESS else [])]),
    )


def _with_mode(model: Model, rows: Sequence[Deployment]) -> Model:
    """Return *model* with the mode that the names of those *rows* suggest that declare none."""
    unknown = [row for row in rows if declared_mode(row) is None]
    if not unknown:
        return model
    names = _names(model, unknown)
    suggested = {mode_of_name(name) for name in names}
    if model.mode is None and len(suggested) == 1:
        mode = suggested.pop()
    elif model.mode is None:
        # One cannot chat; that another can is more than a lack of evidence only when its family does.
        chats = any(rule.search(name) for rule in _ABILITY_RULES.values() for name in names)
        mode = MIXED if chats else None
    else:
        mode = merged_mode([model.mode, *suggested])
    return model if mode == model.mode else model._replace(mode=mode, guessed="mode")


def is_databricks(row: Deployment) -> bool:
    """Tell whether *row* is served by Databricks: as its provider, or behind an adapter for another API."""
    return (
        DATABRICKS in row.get("provider", "").split(",")
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
        field: [next((limit for rule, limit in reversed(rules) if rule.search(name)), 0) for name in names]
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
