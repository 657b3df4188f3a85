"""The check that a chat model takes the parameters that the catalog declares, and keeps to them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from litectl.catalog.families import is_claude
from litectl.errors import ProxyError
from litectl.exchange.answer import Answer
from litectl.exchange.backend import Backend
from litectl.exchange.form import Form, instructed
from litectl.exchange.limits import NAMES as LIMITS
from litectl.exchange.question import opening
from litectl.exchange.reasoning import NONE, budget
from litectl.exchange.schema import schema_of
from litectl.smoke.asker import Asker, Inquiry, tokens_for
from litectl.smoke.wording import listed

_COUNT = "Count from 1 to 5 in digits, separated by commas, and say nothing else."
_STOP = "4"
# What every model that takes the parameter at all takes of it, so that a refusal is one of the parameter.
_VALUES: Mapping[str, object] = {
    "temperature": 1,
    "top_p": 1,
    "seed": 7,
    "stop": [_STOP],
    "presence_penalty": 0.1,
    "frequency_penalty": 0.1,
    "user": "litectl-smoke",
}
_EFFORT, _FORMAT, _TOP_P = "reasoning_effort", "response_format", "top_p"
_INVENT = "Invent a person: a first name, and an age in years."
_SCHEMA = "name, age int"
_TEXT_TOKENS, _EFFORT_TOKENS = 256, 2048
_UNSEEN_TOKENS = 1000  # of the instructions that a provider adds for the form of an answer


class Probe(NamedTuple):
    """One request that has the parameters *names*; *problem* tells what of it was not kept."""

    names: list[str]
    inquiry: Inquiry
    problem: Callable[[Answer], str | None]


def probes(backend: Backend) -> list[Probe]:
    """Return the requests that try what the catalog declares of *backend*, none where it declares nothing."""
    declared = backend.parameters or []
    tokens = tokens_for(backend, _TEXT_TOKENS)
    plain = [name for name in _VALUES if name in declared]
    apart = [_TOP_P] if is_claude(backend.deployments) and len(plain) > 1 and _TOP_P in plain else []
    groups = [[name for name in plain if name not in apart], apart]
    limits = [name for name in LIMITS if name in declared][:1]
    found = [_sampling(names + limits, tokens) for names in groups if names]
    if not found and limits:
        found = [_sampling(limits, tokens)]
    if (effort := _effort(backend, declared)) is not None:
        found.append(_thinking(effort, backend))
    if _FORMAT in declared:
        found.append(_formed(backend, tokens))
    return found


def takes_parameters(asker: Asker, wanted: Sequence[Probe]) -> str:
    """Send all that is *wanted*; raises for what is refused, and for what is not kept."""
    names: list[str] = []
    for probe in wanted:
        answer = asker.answer(probe.inquiry)
        if problem := probe.problem(answer):
            raise ProxyError(
                problem,
                hint="the model, or the proxy for it, takes the parameter and does not keep to it",
                details={"parameters": probe.names},
            )
        names += [name for name in probe.names if name not in names]
    return f"takes {listed(names)}"


def _sampling(names: list[str], tokens: int) -> Probe:
    wanted = {name: _VALUES[name] for name in names if name in _VALUES}

    def problem(answer: Answer) -> str | None:
        if "stop" in wanted and _STOP in answer.text:
            return f"`stop` is not kept: the answer goes on to {_STOP}"
        return _too_long(answer, tokens)

    return Probe(names, Inquiry(opening(_COUNT), tokens, wanted, adapts=False), problem)


def _too_long(answer: Answer, tokens: int) -> str | None:
    made = answer.usage.output_tokens if answer.usage else None
    return f"the limit is not kept: {made} tokens of {tokens}" if made and made > tokens else None


def _effort(backend: Backend, declared: Sequence[str]) -> str | None:
    """Return a level of effort that *backend* declares to take, None for none."""
    if _EFFORT not in declared or backend.can("reasoning") is False:
        return None
    levels = [level for level in backend.efforts or ["low"] if level != NONE]
    effort = "low" if "low" in levels else next(iter(levels), None)
    if effort is None or budget(effort, backend) >= _tokens_with(effort, backend):
        return None
    return effort


def _tokens_with(effort: str, backend: Backend) -> int:
    return tokens_for(backend, _EFFORT_TOKENS + budget(effort, backend))


def _thinking(effort: str, backend: Backend) -> Probe:
    inquiry = Inquiry(opening(_COUNT), _tokens_with(effort, backend), effort=effort, adapts=False)
    return Probe([_EFFORT], inquiry, lambda _answer: None)


def _formed(backend: Backend, tokens: int) -> Probe:
    """Return the request for JSON: of a schema where the model is known to take one, else any object."""
    form = Form(True, schema_of(_SCHEMA) if backend.can("structured_output") else None)
    messages = opening(_INVENT)
    if form.schema is None:  # OpenAI wants the prompt to speak of JSON
        messages = instructed(messages, form.instruction)
    inquiry = Inquiry(messages, tokens, form.parameters, adapts=False, unseen_tokens=_UNSEEN_TOKENS)

    def problem(answer: Answer) -> str | None:
        misfit = form.misfit(answer.text)
        return f"`{_FORMAT}` is not kept: {misfit}" if misfit else None

    return Probe([_FORMAT], inquiry, problem)
