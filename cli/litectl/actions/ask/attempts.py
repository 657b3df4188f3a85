"""
The tries of one request: again after a failure that passes, and without what the model refuses.

The edge that joins the options of `ask` and the terminal to `litectl.exchange`.
"""

import math
from functools import partial
from typing import TYPE_CHECKING

from litectl.actions.pausing import pause
from litectl.errors import IncompleteError, RateLimitError, UnsupportedParameterError, UpstreamError
from litectl.exchange.protocols import protocol
from litectl.exchange.retries import DEFAULT_MAX_WAIT, Patience, longer_wait, persist
from litectl.wire.deadline import Deadline

if TYPE_CHECKING:
    from litectl.actions.ask.requesting import Request, Wishes
    from litectl.exchange.answer import Answer
    from litectl.exchange.ask import Listener
    from litectl.exchange.question import Question
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

DEFAULT_SECONDS = 600.0


class Attempts:
    """The tries of one request, as many as *wishes* allow, each as *listener* hears it."""

    def __init__(
        self, runtime: "Runtime", proxy: "Proxy", request: "Request", wishes: "Wishes", listener: "Listener"
    ) -> None:
        self._runtime, self._proxy, self._request, self._listener = runtime, proxy, request, listener
        self.question = request.question  # as it was sent at last
        self._adapts = wishes.adapt
        max_wait = DEFAULT_MAX_WAIT if wishes.max_wait is None else wishes.max_wait
        self._patience = Patience(wishes.retries, max_wait)
        self._deadline = Deadline(runtime.options.timeout, DEFAULT_SECONDS)

    def answer(self, *, keeps_text: bool) -> "Answer":
        """
        Return the answer; after a refusal that names parameters once more without these.

        Of one that was not sent the proxy is told once; each that was sent is left out, one after the other.
        """
        refused, note = list[str](), self._runtime.terminal.note
        while True:
            question = self.question
            try:
                return self._answered(question, refused, keeps_text=keeps_text)
            except UnsupportedParameterError as error:
                names = self._refused(question, error)
                is_new = not {*names}.isdisjoint(question.parameters) if refused else bool(names)
                if not self._adapts or not is_new or error.details.get("began"):
                    raise
                refusal = ", ".join(error.parameters)
                note(f"{question.model} refuses {refusal}; asking once more without (`--no-adapt` does not)")
                self.question = self._without(question, names)
                refused += names

    def _answered(self, question: "Question", refused: list[str], *, keeps_text: bool) -> "Answer":
        """Return the answer to *question*, and remember what was *refused* when leaving it out helped."""
        try:
            answer = self._persisted(question, keeps_text=keeps_text)
        except IncompleteError:
            self._remember(refused)  # it was answered, if not to its end
            raise
        self._remember(refused)
        return answer

    def _remember(self, refused: list[str]) -> None:
        if refused:
            self._runtime.lister.remember_refused(self._request.question.model, refused)

    def _persisted(self, question: "Question", *, keeps_text: bool) -> "Answer":
        from litectl.exchange.ask import ask as exchange

        def attempt() -> "Answer":
            return exchange(
                self._proxy,
                question,
                protocol(self._request.protocol),
                self._listener,
                seconds=self._deadline.left(),
                headers=self._request.headers,
                keeps_text=keeps_text,
            )

        try:
            return persist(
                attempt,
                self._patience,
                partial(pause, self._runtime.terminal, self._patience, self._deadline),
            )
        except (RateLimitError, UpstreamError) as error:
            if (seconds := longer_wait(error, self._patience)) is not None:
                error.hint = f"allow the wait with `--max-wait {math.ceil(seconds)}`; or {error.hint}"
            raise

    def _refused(self, question: "Question", error: UnsupportedParameterError) -> list[str]:
        """Return the names that were refused, also as we call what is called otherwise on the wire."""
        from litectl.exchange.adaptation import named_in

        return named_in(error.parameters, question, protocol(self._request.protocol).body)

    def _without(self, question: "Question", names: list[str]) -> "Question":
        """Return *question* without the parameters *names*."""
        from litectl.exchange.adaptation import without
        from litectl.exchange.form import instructed
        from litectl.exchange.limits import NAMES as LIMITS

        parameters = without(question.parameters, names, self._request.protocol)
        form, messages = self._request.form, question.messages
        is_lost = "response_format" in question.parameters and "response_format" not in parameters
        if is_lost and form.schema is not None:  # any object was asked for in words from the beginning
            messages = instructed(messages, form.instruction)
        question = question._replace(parameters=parameters, messages=messages)
        has_limit = not {*LIMITS}.isdisjoint(parameters)
        return question if has_limit else question._replace(limit=None, limit_is_ours=False)
