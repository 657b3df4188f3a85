"""
The exchange itself: send a question, hand on the text as it arrives, judge the end.

An HTTP 200 may still be a failure. An answer counts only when it said that it
is finished and said something; anything else is an error that carries what
came so far.
"""

import time
from collections.abc import Callable
from io import StringIO
from uuid import uuid4

from litectl.errors import IncompleteError, LitectlError, OutputError, TimedOutError
from litectl.exchange.events import Event, Usage
from litectl.exchange.protocols import Protocol
from litectl.exchange.question import Question
from litectl.proxy import Proxy

CUT = "length"  # the finish reason of an answer that reached its limit


class Answer:
    """
    An answer while it arrives, and when it is whole.

    *cost* is US dollars or None when unknown, *seconds* the time of the whole
    exchange, *call_id* the id under which the proxy logs it. Without *keeps_text*
    it takes the same memory however long it grows; `text` and `reasoning` stay empty then.
    """

    model: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    cost: float | None = None
    response_id: str | None = None
    deployment_id: str | None = None
    seconds: float | None = None
    is_done = False

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
    def has_begun(self) -> bool:
        """Whether any text came, be it blank."""
        return bool(self._last_text)

    @property
    def ends_line(self) -> bool:
        """Whether the text so far ends with a newline."""
        return self._last_text.endswith("\n")

    def add(self, event: Event) -> None:
        """Take in what *event* says."""
        if event.text:
            self._last_text = event.text
            self.is_blank = self.is_blank and not event.text.strip()
        if self.keeps_text:
            self._text.write(event.text)
            self._reasoning.write(event.reasoning)
        self.finish_reason = event.finish_reason or self.finish_reason
        self.usage = event.usage or self.usage
        self.cost = event.cost or self.cost
        self.model = event.model or self.model
        self.response_id = event.response_id or self.response_id
        self.is_done = self.is_done or event.done

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form of `ask --json`."""
        return {
            "schema_version": 1,
            "answer": self.text,
            "model": self.model,
            "finish_reason": self.finish_reason,
            "usage": (self.usage or Usage()).as_json(),
            "cost": self.cost,
            "call_id": self.call_id,
            "response_id": self.response_id,
            "deployment_id": self.deployment_id,
            "seconds": self.seconds,
        }


class _Outlet:
    """Where text goes: what has arrived together is handed to *on_text* together, and nothing waits."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self.take = self._pieces.append

    def hand_on(self) -> None:
        """Hand on what was taken; what *on_text* did not get rid of is not tried again."""
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces.clear()
            self._on_text(text)


def ask(
    proxy: Proxy,
    question: Question,
    protocol: Protocol,
    on_text: Callable[[str], None],
    *,
    seconds: float,
    keeps_text: bool = True,
) -> Answer:
    """
    Send *question* by *protocol*, call *on_text* with the text as it arrives, and return the whole answer.

    *seconds* bounds the exchange. Before the first byte of the answer an error
    keeps its own class; after it every failure is an `IncompleteError`, whose
    details carry the `answer` so far, unless nobody *keeps_text*.
    """
    answer = Answer(str(uuid4()), keeps_text=keeps_text)
    outlet = _Outlet(on_text)
    started = time.monotonic()
    try:
        _receive(proxy, question, protocol, answer, outlet, seconds)
    except OutputError:
        raise
    except LitectlError as error:
        outlet.hand_on()
        if not answer.has_begun:
            error.details["call_id"] = error.details.get("call_id") or answer.call_id
            raise
        raise _broken_off(error, answer) from error
    answer.seconds = round(time.monotonic() - started, 3)
    _require_whole(answer, question)
    return answer


def _receive(
    proxy: Proxy, question: Question, protocol: Protocol, answer: Answer, outlet: _Outlet, seconds: float
) -> None:
    """Send *question*, and let *answer* and *outlet* take what comes, to its end."""
    body = protocol.body(question)
    with proxy.stream(
        protocol.PATH, body, seconds=seconds, call_id=answer.call_id, on_wait=outlet.hand_on
    ) as stream:
        answer.deployment_id = stream.headers.get("x-litellm-model-id")
        for event in protocol.events(stream.data):
            answer.add(event)
            if event.text:
                outlet.take(event.text)
            if event.done:
                break
        outlet.hand_on()


def _broken_off(error: LitectlError, answer: Answer) -> IncompleteError:
    hint = error.hint if isinstance(error, TimedOutError) else None
    return IncompleteError(
        f"the answer broke off: {error.message}", hint=hint, details={"cause": error.code, **_so_far(answer)}
    )


def _require_whole(answer: Answer, question: Question) -> None:
    """Raise `IncompleteError` unless the answer has an end and a text, and was not cut by our own limit."""
    if not answer.is_done and answer.finish_reason is None:
        raise IncompleteError("the answer broke off: the stream has no end", details=_so_far(answer))
    if answer.is_blank:
        reason = f" (finish reason `{answer.finish_reason}`)" if answer.finish_reason else ""
        raise IncompleteError(
            f"the answer is empty{reason}",
            hint="allow more with `--max-tokens N`, or try another model",
            details=_so_far(answer),
        )
    if question.cut_is_failure and answer.finish_reason == CUT:
        raise IncompleteError(
            f"the answer was cut at {question.parameters['max_tokens']} tokens, a limit that litectl set",
            hint="allow more with `--max-tokens N`",
            details=_so_far(answer),
        )


def _so_far(answer: Answer) -> dict[str, object]:
    text = {"answer": answer.text} if answer.keeps_text else {}
    return {**text, "model": answer.model, "call_id": answer.call_id}
