"""
Parameters: which are sent to a backend, under which name, and why.

What the catalog declares wins; where it declares nothing, a short table of what
backends are known to refuse; everything else is sent, since a backend nobody
knows may take it. The words are those of chat completions. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from litectl.catalog.families import is_any_of, is_claude
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.fields import schema_in
from litectl.exchange.limits import (
    MAX_COMPLETION_TOKENS,
    MAX_TOKENS,
    NAMES,
    given_limit,
    limit_of,
    name_of_limit,
)
from litectl.exchange.protocols import CHAT, MESSAGES
from litectl.exchange.question import Question
from litectl.exchange.reasoning import NONE, carrier

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
_ALLOWED, _DROPPED = "allowed_openai_params", "additional_drop_params"
# What cannot be left out without asking something else.
_NEEDED = ("tools", "model", "messages", "input", "stream")


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
    said = carrier(effort, backend, protocol) if effort is not None else None
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
    if said is not None and effort is not None:
        sent |= _with_allowed(sent, said.parameters)
        decisions.append(Decision("effort", TRANSLATED if said.parameters else LEFT_OUT, said.reason))
    is_sent = limit is not None and limit_name in sent
    return Plan(sent, decisions, limit.tokens if limit and is_sent else None, is_sent and given is None)


def _refusal(
    name: str, asked: Mapping[str, object], backend: Backend, protocol: str, *, thinks: bool
) -> str | None:
    """Return why the parameter *name* is left out, None when it is sent."""
    if name in _PROXY_FIELDS:
        return None
    if name in backend.refused:
        return "the model refused it before (`litectl models refresh` forgets that)"
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
            hint="choose another model from `litectl models list --supports tools`, or say `--no-adapt`",
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


def _with_allowed(sent: Mapping[str, object], added: Mapping[str, object]) -> dict[str, object]:
    """Return *added*, with what *sent* already lets through the proxy's table."""
    allowed = [
        name for names in (sent, added) if isinstance(kept := names.get(_ALLOWED), list) for name in kept
    ]
    return {**added, _ALLOWED: allowed} if _ALLOWED in added else dict(added)


def without(
    parameters: Mapping[str, object], refused: Sequence[str], protocol: str
) -> dict[str, object] | None:
    """
    Return *parameters* without those that a backend *refused*, None when that cannot be.

    The proxy is told to drop them too (`additional_drop_params`), since it may have added them itself.
    A limit is not lost: a model that refuses `max_tokens` gets `max_completion_tokens`.
    """
    names = [name for name in refused if name not in _NEEDED]
    if not names:
        return None
    rest = {name: value for name, value in parameters.items() if name not in names}
    if protocol == CHAT and MAX_TOKENS in names and MAX_TOKENS in parameters:
        rest[MAX_COMPLETION_TOKENS] = parameters[MAX_TOKENS]
    dropped = parameters.get(_DROPPED)
    rest[_DROPPED] = [*(dropped if isinstance(dropped, list) else ()), *names]
    return rest


def carriers(
    refused: Sequence[str], question: Question, body: Callable[[Question], Mapping[str, object]]
) -> list[str]:
    """Return the parameters of *question* that *body* carries in one of the *refused* fields."""
    whole = body(question)
    fields = [name for name in refused if name in whole and name not in question.parameters]
    return [name for name in question.parameters if {*_carried(name, question, body, whole)} & {*fields}]


def _carried(
    name: str,
    question: Question,
    body: Callable[[Question], Mapping[str, object]],
    whole: Mapping[str, object],
) -> list[str]:
    """Return the fields of the *whole* body that are others without the parameter *name*."""
    rest = {key: value for key, value in question.parameters.items() if key != name}
    without = body(question._replace(parameters=rest))
    return [field for field in whole if whole[field] != without.get(field)]


def told(
    decisions: Sequence[Decision],
    protocol: str,
    question: Question,
    body: Callable[[Question], Mapping[str, object]],
) -> list[Decision]:
    """Return *decisions*, those as translated whose parameter the *body* of *protocol* carries otherwise."""
    whole = body(question)
    return [
        Decision(each.parameter, TRANSLATED, f"{protocol} has it as {', '.join(fields)}; {each.reason}")
        if each.parameter in question.parameters
        and (fields := _carried(each.parameter, question, body, whole))
        and each.parameter not in fields
        else each
        for each in decisions
    ]
