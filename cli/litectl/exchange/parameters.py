"""
Parameters: which are sent to a backend, under which name, and why.

What the catalog declares wins; where it declares nothing, a short table of what
backends are known to refuse; everything else is sent, since a backend nobody
knows may take it. The words are those of chat completions. Pure.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litectl.catalog.families import is_any_of, is_claude
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.fields import schema_in
from litectl.exchange.limits import (
    MAX_TOKENS,
    NAMES,
    given_limit,
    limit_of,
    name_of_limit,
)
from litectl.exchange.protocols import MESSAGES
from litectl.exchange.reasoning import EXTRA_BODY, NONE, carrier
from litectl.text.jsontext import object_of

KEPT, TRANSLATED, LEFT_OUT, ADDED = "kept", "translated", "left out", "added"
# What the proxy takes for itself and sends to no backend.
_PROXY_FIELDS = frozenset(
    [
        "additional_drop_params",
        "allowed_openai_params",
        "cache",
        "disable_fallbacks",
        "drop_params",
        "fallbacks",
        "guardrails",
        "litellm_metadata",
        "litellm_session_id",
        "litellm_trace_id",
        "metadata",
        "num_retries",
        "tags",
        "timeout",
    ]
)
# What LiteLLM checks against its table of the backend; any other name goes through untouched.
_CHECKED = frozenset(
    [
        "audio",
        "context_management",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "modalities",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    ]
)
# Where nothing is declared: who refuses it, in the provider or the provider's name of the model.
_REFUSED_BY = {"prompt_cache_key": ("claude", "gemini", "databricks"), "store": ("databricks",)}
_ALLOWED, DROPPED = "allowed_openai_params", "additional_drop_params"
_REFUSED_BEFORE = "the model refused it before (`litectl models refresh` forgets that)"
# What cannot be left out without asking something else.
NEEDED = ("tools", "model", "messages", "input", "stream", DROPPED)


class Decision(NamedTuple):
    """What became of a *parameter*: *action* is one of the four words above, *reason* why."""

    parameter: str
    action: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """Return the public JSON form."""
        return self._asdict()


class Plan(NamedTuple):
    """
    The parameters of a request, in the words of chat completions, and how they came about.

    *limit* is the output limit in tokens, None for none; with *limit_is_ours* nobody
    asked for it.
    """

    parameters: Mapping[str, object]
    decisions: Sequence[Decision]
    limit: int | None = None
    limit_is_ours: bool = False

    def left_out(self) -> list[Decision]:
        """Return what was wanted and is not sent."""
        return [decision for decision in self.decisions if decision.action == LEFT_OUT]


def plan(
    wanted: Mapping[str, object],
    backend: Backend,
    protocol: str,
    *,
    effort: str | None = None,
    adapts: bool = True,
) -> Plan:
    """
    Return what is sent of the *wanted* parameters, with *effort*, to *backend* by *protocol*.

    Without *adapts* nothing that was wanted is left out. Raises `UsageError` for an effort or a limit
    that cannot be, and for tools that the model does not take.
    """
    carried, of_effort = _carried(effort, backend, protocol, adapts=adapts)
    effort = effort if carried else None
    given = given_limit(wanted)
    limit = limit_of(given, backend, protocol, effort)
    limit_name = name_of_limit(backend, protocol)
    asked = {name: value for name, value in wanted.items() if limit is None or name not in NAMES}
    if limit is not None:
        asked[limit_name] = limit.tokens
    thinks = effort not in (None, NONE)
    refusals = (
        {name: _refusal(name, asked, backend, protocol, thinks=thinks) for name in asked} if adapts else {}
    )
    sent = {name: value for name, value in asked.items() if not refusals.get(name)}
    decisions = [_decision(name, refusals.get(name), backend, adapts=adapts) for name in asked]
    if limit is not None and limit_name in sent:
        decisions = [_of_limit(each, given_as=wanted, reason=limit.reason) for each in decisions]
    sent |= _with_extra(sent, carried)
    decisions += [of_effort] if of_effort else []
    if adapts and (names := dropped(wanted, backend.refused)):
        # The proxy may add one itself, or know it by the provider's name.
        sent[DROPPED] = names
        decisions.append(Decision(DROPPED, ADDED, _REFUSED_BEFORE))
    is_sent = limit is not None and limit_name in sent
    return Plan(sent, decisions, limit.tokens if limit and is_sent else None, is_sent and given is None)


def _carried(
    effort: str | None, backend: Backend, protocol: str, *, adapts: bool
) -> tuple[Mapping[str, object], Decision | None]:
    """Return the parameters that say *effort*, and what became of it."""
    if effort is None:
        return {}, None
    parameters, reason = carrier(effort, backend, protocol)
    if adapts and not {*parameters}.isdisjoint(backend.refused):
        return {}, Decision("reasoning_effort", LEFT_OUT, _REFUSED_BEFORE)
    return parameters, Decision("effort", TRANSLATED if parameters else LEFT_OUT, reason)


def _refusal(
    name: str, asked: Mapping[str, object], backend: Backend, protocol: str, *, thinks: bool
) -> str | None:
    """Return why the parameter *name* is left out, None when it is sent."""
    if name in _PROXY_FIELDS:
        return None
    if name in backend.refused:
        return _REFUSED_BEFORE
    if name == "response_format" and protocol == MESSAGES and not schema_in(asked[name]):
        return "this protocol asks for JSON by its schema only"
    if name == "temperature" and thinks and asked[name] != 1 and is_claude(backend.deployments):
        return "Claude takes none while it thinks"
    declared, allowed = backend.parameters, asked.get(_ALLOWED)
    if name not in _CHECKED or (isinstance(allowed, list) and name in allowed):
        return None
    if declared is None:
        return _table(name, backend)
    if name in declared:
        return None
    if name == "tools":
        raise UsageError(
            f"{backend.name} does not take tools, as far as the catalog knows",
            hint="choose another model from `litectl models list --columns name,abilities`, "
            "or say `--no-adapt`",
        )
    return "the model does not declare it"


def _table(name: str, backend: Backend) -> str | None:
    """Return why a backend that declares nothing is known to refuse *name*."""
    rows = backend.deployments or [{"backend": backend.name}]
    if not is_any_of(rows, _REFUSED_BY.get(name, ())):
        return None
    return f"{', '.join(_REFUSED_BY[name])} models are known to refuse it"


def _decision(name: str, refusal: str | None, backend: Backend, *, adapts: bool) -> Decision:
    if refusal:
        return Decision(name, LEFT_OUT, refusal)
    if name in _PROXY_FIELDS:
        reason = "the proxy takes it itself"
    elif not adapts:
        reason = "sent as given (`--no-adapt`)"
    elif name not in _CHECKED:
        reason = "passed on as it is"
    elif backend.parameters is None:
        reason = "the catalog does not say what this model takes, so it is sent"
    else:
        reason = "every deployment declares it"
    return Decision(name, KEPT, reason)


def _of_limit(decision: Decision, *, given_as: Mapping[str, object], reason: str | None) -> Decision:
    """Return *decision*, in the words of the limit when it is about that."""
    name = decision.parameter
    if name not in NAMES or name in given_as:
        return decision
    if reason:
        return Decision(name, ADDED, reason)
    return Decision(MAX_TOKENS, TRANSLATED, f"this model wants {name}")


def _with_extra(sent: Mapping[str, object], added: Mapping[str, object]) -> dict[str, object]:
    """Return *added*, whose extra body keeps what that of *sent* has."""
    if EXTRA_BODY not in added:
        return dict(added)
    extra = {**object_of(sent.get(EXTRA_BODY)), **object_of(added[EXTRA_BODY])}
    return {**added, EXTRA_BODY: extra}


def dropped(parameters: Mapping[str, object], names: Sequence[str]) -> list[object]:
    """Return what the proxy is told to drop: what *parameters* say, and *names*; nothing without names."""
    given = parameters.get(DROPPED) if names else ()
    return list(dict.fromkeys([*(given if isinstance(given, list) else ()), *names]))
