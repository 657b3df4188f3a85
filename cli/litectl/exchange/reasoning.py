"""
Reasoning effort: how a level is said to a backend, and which levels it is known to take.

Nothing is sent on a guess: a level that no evidence covers is refused with the
reason, since a backend that does not reason refuses the whole request. Pure.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from litectl.catalog.families import is_claude, moonshot_names
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.protocols import CHAT

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
NONE = "none"
EXTRA_BODY = "extra_body"  # what LiteLLM merges into the request that it makes
# What a model that declares `reasoning_effort` and no levels takes; the last two want to be declared.
_USUAL = ("none", "minimal", "low", "medium", "high")
# Moonshot's own models: those whose thinking is switched, and those that always think.
_SWITCHED = re.compile(r"kimi-k2\.[56](?![0-9])")
_ALWAYS = re.compile(r"kimi-k2\.7-code|kimi\S*thinking")
# The tokens of thinking that LiteLLM asks Claude for, counted against `max_tokens`.
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 2048, "high": 4096, "xhigh": 8192, "max": 16384}


class Carrier(NamedTuple):
    """
    How an effort is said: *parameters* in the words of chat completions, and the *reason*.

    No parameters at all when the model does not reason, and should not.
    """

    parameters: Mapping[str, object]
    reason: str


def carrier(effort: str, backend: Backend, protocol: str) -> Carrier:
    """
    Return how *effort* is said to *backend* by the wire *protocol*.

    Raises `UsageError` where it cannot be, or where nothing says that it can.
    """
    if effort not in EFFORTS:
        raise UsageError(f"unknown effort: {effort}", hint=f"`--effort` takes {', '.join(EFFORTS)}")
    if kimi := moonshot_names(backend.deployments):
        if all(map(_SWITCHED.search, kimi)):
            return _switch(effort, backend, protocol)
        if effort == NONE and any(map(_ALWAYS.search, kimi)):
            raise _refusal(backend, "it always thinks", "leave `--effort` out")
    if effort == NONE and backend.can("reasoning") is False:
        return Carrier(MappingProxyType({}), "the model does not reason anyway")
    _require_evidence(effort, backend)
    return Carrier({"reasoning_effort": effort}, "the proxy translates it for the backend")


def _switch(effort: str, backend: Backend, protocol: str) -> Carrier:
    """
    Return the switch of a Kimi whose thinking is on or off.

    LiteLLM has no `thinking` in its table of Moonshot, and fails when it is told to let that through; what
    stands in `extra_body` it passes on.
    """
    if protocol != CHAT:
        raise _refusal(backend, f"{protocol} has no switch for its thinking", "use `--protocol chat`")
    state = "disabled" if effort == NONE else "enabled"
    return Carrier(
        {EXTRA_BODY: {"thinking": {"type": state}}},
        f"Moonshot's thinking is {state}: this model knows on and off only",
    )


def _require_evidence(effort: str, backend: Backend) -> None:
    """Raise `UsageError` unless the catalog says that *backend* takes *effort*."""
    efforts, declared, reasons = backend.efforts, backend.parameters, backend.can("reasoning")
    if backend.model is None:
        raise _refusal(
            backend,
            "the cached model list does not have it, so nothing says that it reasons",
            "fetch the list with `litectl models refresh`, or send it unchecked with "
            f"`--param reasoning_effort={effort}`",
        )
    if efforts is not None:
        levels = efforts
    elif "reasoning_effort" in declared if declared is not None else reasons is True:
        levels = list(_USUAL)
    else:
        known = "the catalog says that it does not reason" if reasons is False else "it declares no such"
        raise _refusal(backend, known, "see `litectl models list --columns name,abilities`")
    if effort not in levels:
        raise _refusal(backend, f"its levels are {', '.join(levels) or 'none at all'}", "choose one of these")


def _refusal(backend: Backend, why: str, hint: str) -> UsageError:
    return UsageError(f"{backend.name} does not take this `--effort`: {why}", hint=hint)


def budget(effort: str, backend: Backend) -> int:
    """
    Return how many tokens of `max_tokens` the thinking may take; 0 where it is not counted so.

    Only Claude's is, and only in the generations that declare no levels.
    """
    if backend.efforts is not None or not is_claude(backend.deployments):
        return 0
    return _BUDGETS.get(effort, 0)
