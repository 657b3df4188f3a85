"""Adaptation: which fields of a request carry a parameter, and what is sent after a refusal. Pure."""

from collections.abc import Callable, Mapping, Sequence

from litectl.exchange.limits import MAX_COMPLETION_TOKENS, MAX_TOKENS
from litectl.exchange.parameters import DROPPED, NEEDED, TRANSLATED, Decision, dropped
from litectl.exchange.protocols import CHAT
from litectl.exchange.question import Question


def without(parameters: Mapping[str, object], refused: Sequence[str], protocol: str) -> dict[str, object]:
    """
    Return *parameters* without those that a backend *refused*.

    The proxy is told to drop them too (`additional_drop_params`), since it may have added them itself.
    A limit is not lost: a model that refuses `max_tokens` gets `max_completion_tokens`.
    """
    rest = {name: value for name, value in parameters.items() if name not in refused}
    if protocol == CHAT and MAX_TOKENS in refused and MAX_TOKENS in parameters:
        rest[MAX_COMPLETION_TOKENS] = parameters[MAX_TOKENS]
    rest[DROPPED] = dropped(parameters, refused)
    return rest


def told(
    decisions: Sequence[Decision],
    protocol: str,
    question: Question,
    body: Callable[[Question], Mapping[str, object]],
) -> list[Decision]:
    """Return *decisions*, those as translated whose parameter the *body* of *protocol* carries otherwise."""
    carried = _fields(question, body)
    return [
        Decision(each.parameter, TRANSLATED, f"{protocol} has it as {', '.join(fields)}; {each.reason}")
        if (fields := carried.get(each.parameter)) and each.parameter not in fields
        else each
        for each in decisions
    ]


def named_in(
    refused: Sequence[str], question: Question, body: Callable[[Question], Mapping[str, object]]
) -> list[str]:
    """
    Return the names that were *refused*, and those of the parameters that *body* carries under them.

    What the question is made of is left out of both.
    """
    carried = _fields(question, body).items()
    meant = [name for name, fields in carried if not {*refused}.isdisjoint(fields)]
    return [name for name in dict.fromkeys([*refused, *meant]) if name not in NEEDED]


def _fields(question: Question, body: Callable[[Question], Mapping[str, object]]) -> dict[str, list[str]]:
    """Return by the name of each parameter of *question* the fields of the *body* that carry it."""
    question = question._replace(messages=())
    whole = body(question)

    def carrying(name: str) -> list[str]:
        """Return the fields of the body that change without the parameter *name*."""
        others = {key: value for key, value in question.parameters.items() if key != name}
        rest = body(question._replace(parameters=others))
        return [field for field in whole if whole[field] != rest.get(field)]

    return {name: carrying(name) for name in question.parameters}
