"""
The exchange itself: send a question, hand on the text as it arrives, judge the end.

An HTTP 200 may still be a failure. An answer counts only when it said that it
is finished and said something; anything else is an error that carries what
came so far.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from litectl.errors import IncompleteError, LitectlError, OutputError, TimedOutError
from litectl.exchange import answerer
from litectl.exchange.events import Event, Usage
from litectl.exchange.jsoncall import as_text
from litectl.exchange.pricing import HEADER, UNKNOWN, USAGE, Cost, cost_in_headers, rounded, total
from litectl.exchange.protocols import Protocol
from litectl.exchange.question import Question
from litectl.wire.proxy import Proxy

if TYPE_CHECKING:
    from litectl.exchange.thinking import Thoughts
    from litectl.exchange.tools import Calls, ToolCall, ToolRun

CUT = "length"  # the finish reason of an answer that reached its limit
FAILED = "error"  # that of one that the backend could not end
WHOLE = (None, "stop", "tool_calls")  # those of one that the model ended itself


class Answer:
    """
    An answer while it arrives, and when it is whole.

    *cost* says where it comes from, *seconds* is the time of the whole exchange, *call_id* the id
    under which the proxy logs it. Without *keeps_text* it takes the same memory however long it
    grows; `text` and `reasoning` stay empty then.
    """

    model: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    cost: Cost = UNKNOWN
    response_id: str | None = None
    seconds: float | None = None
    tool_calls: "Sequence[ToolCall]" = ()
    tool_runs: "Sequence[ToolRun]" = ()  # those that led to it
    thinking: Sequence[Mapping[str, object]] = ()  # the blocks that its calls have to go back with
    headers: Mapping[str, str] = MappingProxyType({})
    is_done = False
    has_begun = False  # whether anything came of it, be it reasoning or a piece of a call

    def __init__(self, call_id: str, *, keeps_text: bool = True) -> None:
        self.call_id = call_id
        self.keeps_text = keeps_text
        self.is_blank = True
        self._last_text = ""
        self._text, self._reasoning = StringIO(), StringIO()

    @property
    def text(self) -> str:
        """The text so far."""
        return self._text.getvalue()

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return self._reasoning.getvalue()

    @property
    def has_text(self) -> bool:
        """Whether any text came, be it blank."""
        return bool(self._last_text)

    @property
    def ends_line(self) -> bool:
        """Whether the text so far ends with a newline."""
        return self._last_text.endswith("\n")

    @property
    def deployment_id(self) -> str | None:
        """The proxy's id of the deployment that answered."""
        return self.headers.get("x-litellm-model-id")

    @property
    def deployment(self) -> str | None:
        """The provider's name of the model that answered, such as `openai/gpt-5.2`."""
        return self.headers.get("x-litellm-model-name")

    @property
    def model_group(self) -> str | None:
        """The name under which the proxy offers the model that answered."""
        return answerer.model_group(self.headers)

    @property
    def fallbacks(self) -> int | None:
        """How many models the proxy asked in vain before this one."""
        return answerer.fallbacks(self.headers)

    @property
    def retries(self) -> int | None:
        """How often the proxy asked again."""
        return answerer.retries(self.headers)

    def add(self, event: Event) -> None:
        """Take in what *event* says, but its calls."""
        if event.text:
            self._last_text = event.text
            self.is_blank = self.is_blank and not event.text.strip()
        self.has_begun = self.has_begun or bool(event.text or event.reasoning or event.tools)
        if self.keeps_text:
            self._text.write(event.text)
            self._reasoning.write(event.reasoning)
        self.finish_reason = event.finish_reason or self.finish_reason
        self.usage = event.usage or self.usage
        if event.cost:
            self.cost = Cost(rounded(event.cost), USAGE)
        self.model = event.model or self.model
        self.response_id = event.response_id or self.response_id
        self.is_done = self.is_done or event.done

    def include(self, earlier: "Sequence[Answer]") -> None:
        """Take in what the *earlier* turns took that led to this answer: tokens, US dollars, seconds."""
        usage = self.usage or Usage()
        for answer in earlier:
            usage = usage.plus(answer.usage or Usage())
        self.usage = usage
        self.cost = total([answer.cost for answer in (*earlier, self)])
        self.seconds = round(sum(answer.seconds or 0.0 for answer in (*earlier, self)), 3)

    def so_far(self) -> dict[str, object]:
        """Return what came, and the calls that led to it, for the details of an error."""
        text = {"answer": self.text} if self.keeps_text else {}
        runs = {"tool_runs": [run.as_json() for run in self.tool_runs]} if self.tool_runs else {}
        return {**text, "model": self.model, "call_id": self.call_id, **runs}

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form of `ask --json`."""
        return {
            "schema_version": 1,
            "answer": self.text,
            "reasoning": self.reasoning or None,
            "tool_calls": [call.as_json() for call in self.tool_calls],
            "tool_runs": [run.as_json() for run in self.tool_runs],
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": (self.usage or Usage()).as_json(),
            "cost": self.cost.dollars,
            "cost_source": self.cost.source,
            "call_id": self.call_id,
            "response_id": self.response_id,
            "deployment_id": self.deployment_id,
            "deployment": self.deployment,
            "fallbacks": self.fallbacks,
            "retries": self.retries,
            "seconds": self.seconds,
        }


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
            answer.tool_calls = calls.finished()
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
