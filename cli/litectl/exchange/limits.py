"""
The limit of an answer: how many tokens it may have, and who wants it so.

A limit that litectl adds is one that a backend needs; an answer cut by it is a failure. Pure.
"""

from collections.abc import Mapping
from typing import NamedTuple

from litectl.catalog.families import counts_completion_tokens
from litectl.catalog.rows import DATABRICKS, admitted_tokens, output_limit
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.protocols import CHAT, MESSAGES
from litectl.exchange.reasoning import budget

MAX_TOKENS = "max_tokens"
MAX_COMPLETION_TOKENS = "max_completion_tokens"
NAMES = (MAX_TOKENS, MAX_COMPLETION_TOKENS)
FOR_MESSAGES = 4096  # tokens, where the protocol wants a limit and nobody knows one


class Limit(NamedTuple):
    """At most *tokens* of answer; *reason* says why when nobody asked for it, None when somebody did."""

    tokens: int
    reason: str | None = None


def given_limit(wanted: Mapping[str, object]) -> int | None:
    """Return the limit among the *wanted* parameters, None for none; raises `UsageError` for two, or junk."""
    given = {name: wanted[name] for name in NAMES if name in wanted}
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are one limit", hint="give it once, as `--max-tokens N`")
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UsageError(f"{name} is not a number of tokens", hint="give it as `--max-tokens N`")
        return value
    return None


def limit_of(given: int | None, backend: Backend, protocol: str, effort: str | None) -> Limit | None:
    """
    Return the limit of the answer: the *given* one, else one that *backend* or *protocol* needs.

    None for most models. Raises `UsageError` for one that leaves no room beside the thinking.
    """
    thinking = budget(effort, backend) if effort else 0
    if given is not None:
        if given <= thinking:
            raise UsageError(
                f"`--max-tokens {given}` leaves no room beside {thinking} tokens of thinking",
                hint=f"allow more than {thinking}, or choose a lower `--effort`",
            )
        return Limit(given)
    if limit := _ours(backend, protocol):
        return limit if limit.tokens > thinking else Limit(limit.tokens + thinking, limit.reason)
    return None


def _ours(backend: Backend, protocol: str) -> Limit | None:
    model = backend.model
    if model is not None and (admitted := admitted_tokens(model)) is not None:
        where = "Databricks" if model.safe_max_tokens_reason == DATABRICKS else "the profile"
        return Limit(admitted, f"the safe limit of {where}")
    if protocol == MESSAGES:
        known = output_limit(model) if model is not None else None
        return Limit(known or FOR_MESSAGES, "this protocol wants a limit")
    return None


def name_of_limit(backend: Backend, protocol: str) -> str:
    """Return what *backend* calls its limit; `max_tokens` is what LiteLLM translates for most."""
    declared = backend.parameters
    if protocol != CHAT or (declared is not None and MAX_COMPLETION_TOKENS not in declared):
        return MAX_TOKENS
    only_new = declared is not None and MAX_TOKENS not in declared
    needed = only_new or MAX_TOKENS in backend.refused or counts_completion_tokens(backend.deployments)
    return MAX_COMPLETION_TOKENS if needed else MAX_TOKENS
