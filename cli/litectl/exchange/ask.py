"""
The exchange itself: send a question, hand on the text as it arrives, judge the end.

An HTTP 200 may still be a failure. An answer counts only when it said that it
is finished and said something; anything else is an error that carries what
came so far.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from litectl.errors import IncompleteError, LitectlError, OutputError, TimedOutError
from litectl.exchange.answer import CUT, FAILED, WHOLE, Answer
from litectl.exchange.events import Event
from litectl.exchange.jsoncall import as_text
from litectl.exchange.pricing import HEADER, Cost, cost_in_headers, rounded
from litectl.exchange.protocols import Protocol
from litectl.exchange.question import Question
from litectl.wire.proxy import Proxy

if TYPE_CHECKING:
    from litectl.exchange.thinking import Thoughts
    from litectl.exchange.tools import Calls


class Listener(NamedTuple):
    """
    Who is told while an answer arrives: of its text, and of its reasoning.

    What arrived together is told together, and nothing that has arrived waits for more.
    """

    on_text: Callable[[str], None]
    on_reasoning: Callable[[str], None] = lambda _: None


class _Outlet:
    """Collects the pieces of text that arrived together."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._pieces: list[str] = []
        self.take_text = self._pieces.append

    def take_reasoning(self, text: str) -> None:
        """Hand on a piece of reasoning, after the text before it."""
        self.hand_on()
        self._listener.on_reasoning(text)

    def hand_on(self) -> None:
        """Hand on the text that was taken; what the listener did not get rid of is not tried again."""
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces.clear()
            self._listener.on_text(text)


def ask(
    proxy: Proxy,
    question: Question,
    protocol: Protocol,
    listener: Listener,
    *,
    seconds: float,
    headers: Mapping[str, str] = MappingProxyType({}),
    keeps_text: bool = True,
) -> Answer:
    """
    Send *question* by *protocol*, tell *listener* what arrives, and return the whole answer.

    *seconds* bounds the exchange, *headers* go along. Before the first text an error
    keeps its own class (`began` of its details tells that something else had come); after it
    every failure is an `IncompleteError`, whose details carry the `answer` so far, unless
    nobody *keeps_text*.
    """
    answer = Answer(str(uuid4()), keeps_text=keeps_text)
    outlet = _Outlet(listener)
    started = time.monotonic()
    try:
        with proxy.stream(
            protocol.PATH,
            protocol.body(question),
            seconds=seconds,
            call_id=answer.call_id,
            headers=headers,
            for_servers=question.names_servers,
            on_wait=outlet.hand_on,
        ) as stream:
            answer.headers = stream.headers
            events = protocol.events(stream.data)
            if "response_format" in question.parameters:
                events = as_text(events)
            _receive(events, question, answer, outlet)
    except OutputError:
        raise
    except LitectlError as error:
        outlet.hand_on()
        if answer.has_text:
            raise _broken_off(error, answer) from error
        error.details["call_id"] = error.details.get("call_id") or answer.call_id
        if answer.has_begun:
            error.details["began"] = True
        raise
    answer.seconds = round(time.monotonic() - started, 3)
    if answer.cost.dollars is None and (told := cost_in_headers(answer.headers)) is not None:
        answer.cost = Cost(rounded(told), HEADER)
    _require_whole(answer, question)
    return answer


def _receive(events: Iterable[Event], question: Question, answer: Answer, outlet: _Outlet) -> None:
    """Let *answer* and *outlet* take what comes, to its end."""
    calls: Calls | None = None
    thoughts: Thoughts | None = None
    for event in events:
        answer.add(event)
        if event.text:
            outlet.take_text(event.text)
        if event.reasoning:
            outlet.take_reasoning(event.reasoning)
        if event.tools:
            calls = calls or _new_calls(question)
            calls.add(event.tools)
        if event.thinking and answer.keeps_text:
            thoughts = thoughts or _new_thoughts()
            thoughts.add(event.thinking)
        if event.done:
            break
    outlet.hand_on()
    if calls is not None:
        try:
            answer.tool_calls = calls.finished(keeps_broken=question.runs_calls)
        except IncompleteError as error:
            error.details.update(answer.so_far())
            raise
    if answer.tool_calls and thoughts is not None:
        answer.thinking = thoughts.blocks


def _new_calls(question: Question) -> "Calls":
    from litectl.exchange.tools import Calls, call_ids

    return Calls(call_ids(question.messages))


def _new_thoughts() -> "Thoughts":
    from litectl.exchange.thinking import Thoughts

    return Thoughts()


def _broken_off(error: LitectlError, answer: Answer) -> IncompleteError:
    hint = error.hint if isinstance(error, TimedOutError) else None
    details = {"cause": error.code, **answer.so_far()}
    return IncompleteError(f"the answer broke off: {error.message}", hint=hint, details=details)


def _require_whole(answer: Answer, question: Question) -> None:
    """Raise `IncompleteError` unless the answer has an end, says something, and may be cut where it was."""
    if not answer.is_done and answer.finish_reason is None:
        raise IncompleteError("the answer broke off: the stream has no end", details=answer.so_far())
    if answer.is_blank and not answer.tool_calls:
        reason = f" (finish reason `{answer.finish_reason}`)" if answer.finish_reason else ""
        raise IncompleteError(
            f"the answer is empty{reason}",
            hint="allow more with `--max-tokens N`, or try another model",
            details=answer.so_far(),
        )
    # What was cut before the arguments of a call began looks like a call without any.
    is_torn = bool(answer.tool_calls) and not answer.tool_calls[-1].arguments
    if answer.finish_reason == CUT and (question.limit_is_ours or question.is_strict or is_torn):
        raise IncompleteError(
            f"the answer was cut at {_limit_of(question)}",
            hint="allow more with `--max-tokens N`",
            details=answer.so_far(),
        )
    if answer.finish_reason == FAILED or (question.is_strict and answer.finish_reason not in WHOLE):
        raise IncompleteError(
            f"the answer ended early (finish reason `{answer.finish_reason}`)", details=answer.so_far()
        )


def _limit_of(question: Question) -> str:
    if question.limit is None:
        return "the model's own limit"
    return f"{question.limit} tokens" + (", a limit that litectl set" if question.limit_is_ours else "")
