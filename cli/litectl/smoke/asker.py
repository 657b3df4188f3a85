"""One chat model that is asked, by the same path as `litectl ask`, with nothing tried twice."""

import json
import time
from collections.abc import Mapping, Sequence
from shlex import quote
from types import MappingProxyType
from typing import NamedTuple

from litectl.catalog.rows import output_limit
from litectl.errors import IncompleteError, LitectlError
from litectl.exchange.answer import Answer
from litectl.exchange.ask import Listener, ask
from litectl.exchange.backend import Backend
from litectl.exchange.choice import protocol_for
from litectl.exchange.limits import MAX_TOKENS
from litectl.exchange.parameters import plan
from litectl.exchange.protocols import Protocol, protocol
from litectl.exchange.question import Message, Question
from litectl.smoke.account import Account
from litectl.smoke.check import Measures
from litectl.smoke.remedies import remedy
from litectl.wire.proxy import Proxy

_TOOLS = "tools"
_FOR_THINKING = 2048  # tokens, where the model reasons or nobody knows that it does not


class Inquiry(NamedTuple):
    """
    A question of a check: *messages* with the *wanted* parameters, for an answer of at most *tokens*.

    Without *adapts* what is wanted is sent also where the model refused it before. *unseen_tokens* are
    those of the input, at most, that its bytes do not tell.
    """

    messages: Sequence[Message]
    tokens: int
    wanted: Mapping[str, object] = MappingProxyType({})
    effort: str | None = None
    stream: bool = False
    adapts: bool = True
    unseen_tokens: int = 0


def tokens_for(backend: Backend, text: int) -> int:
    """Return how many tokens an answer may have whose text has *text*: with thinking where that may be."""
    tokens = text if backend.can("reasoning") is False else max(_FOR_THINKING, text)
    own = output_limit(backend.model) if backend.model else None
    return min(tokens, own) if own else tokens


class Asker:
    """Asks the model of *account* by *proxy*; each request may take *seconds*."""

    def __init__(self, proxy: Proxy, account: Account, seconds: float) -> None:
        self.backend = account.backend
        self.account = account
        self._proxy, self._seconds = proxy, seconds

    def answer(self, inquiry: Inquiry) -> Answer:
        """
        Return the answer to *inquiry*, ended by the model itself, with a text unless it may call tools.

        Raises the error of its class for anything else, as `litectl.exchange.ask.ask` does.
        """
        backend, chosen = self.backend, protocol_for(self.backend)
        wanted = {**inquiry.wanted, MAX_TOKENS: inquiry.tokens}
        made = plan(wanted, backend, chosen, effort=inquiry.effort, adapts=inquiry.adapts)
        question = Question(
            backend.name, inquiry.messages, made.parameters, inquiry.stream, made.limit, is_strict=True
        )
        module = protocol(chosen)
        most_out = made.limit or (backend.model.max_output_tokens if backend.model else None)
        try:
            answer = self.account.paid(
                lambda: _bytes_of(module.body(question)) + inquiry.unseen_tokens,
                most_out,
                lambda: self._exchanged(question, module),
            )
        except LitectlError as error:
            name = quote(backend.name)
            error.hint = remedy(error, name, f"litectl ask -m {name} -p Hi --json")
            raise
        if answer.is_blank and _TOOLS not in inquiry.wanted:
            raise IncompleteError("the answer has no text, but a call of a tool that nobody offered")
        return answer

    def without_secrets(self, text: str) -> str:
        """Return *text* as it may be shown; to be called before anything is cut off."""
        return self._proxy.without_secrets(text)

    def _exchanged(self, question: Question, module: Protocol) -> tuple[Answer, Measures]:
        """Send *question*, and return its answer and what it took."""
        started, first = time.monotonic(), list[float]()

        def note_time(_text: str) -> None:
            if not first:
                first.append(time.monotonic() - started)

        answer = ask(self._proxy, question, module, Listener(note_time), seconds=self._seconds)
        measures = self.account.measure(
            answer.usage,
            answer.cost,
            answer.headers,
            seconds=time.monotonic() - started,
            first_token=first[0] if first and question.stream else None,
        )
        return answer, measures


def _bytes_of(body: object) -> int:
    """Return how many bytes *body* has on the wire; no token has less than one of them."""
    return len(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
