"""
One question, asked: its request is sent, as often as allowed, and its answer is printed.

The edge that joins the options of `ask` and the terminal to `litectl.exchange`.
"""

import math
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import (
    IncompleteError,
    LitectlError,
    NetworkError,
    NotFoundError,
    RateLimitError,
    UnsupportedParameterError,
    UpstreamError,
)
from litectl.exchange.protocols import protocol
from litectl.exchange.retries import DEFAULT_MAX_WAIT, Patience, Wait, longer_wait, persist
from litectl.requesting import Request, Wishes, request_of

if TYPE_CHECKING:
    from litectl.exchange.answer import Answer, Listener
    from litectl.exchange.question import Question
    from litectl.prompting import Prompt
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime

DEFAULT_SECONDS = 600.0
_ESTIMATE_SECONDS = 5.0


class Display(NamedTuple):
    """The options that say what is done with the answer."""

    stream: bool = True
    usage: bool = False
    reasoning: bool = False
    save: str | None = None
    dry_run: bool = False


def ask(runtime: "Runtime", prompt: "Prompt", wishes: Wishes, display: Display) -> None:
    """Ask what *prompt* says as *wishes* want it, and print the answer as *display* says."""
    from litectl.inputs import Inputs

    request = request_of(runtime, Inputs(runtime, prompt.stdin_seconds), prompt, wishes)
    if display.dry_run:
        _show(runtime, request)
        return
    if display.save is not None:
        from litectl.exchange.saving import require_savable

        require_savable(Path(display.save))
    _tell_decisions(runtime, request)
    try:
        answer = _exchanged(runtime, request, wishes, display)
    except NotFoundError as error:
        raise _with_near_names(runtime, error, request.question.model) from None
    _explain(runtime, request, answer)


def _show(runtime: "Runtime", request: Request) -> None:
    """Print the request as it would be sent."""
    from litectl.exchange.adaptation import told
    from litectl.headers import merged
    from litectl.output.dry_run import print_dry_run

    module = protocol(request.protocol)
    body = module.body(request.question)
    own = {**request.headers, "Content-Type": "application/json"}
    headers = merged(runtime.caller.shown_headers, own)
    decisions = told(request.decisions, request.protocol, request.question, module.body)
    url = f"{runtime.target.root}{module.PATH}"
    print_dry_run(runtime.terminal, url, headers, body, decisions, runtime.options.format)


def _exchanged(runtime: "Runtime", request: Request, wishes: Wishes, display: Display) -> "Answer":
    """Send *request*, and print its answer: as it arrives, whole, or as JSON."""
    from litectl.exchange.answer import Listener
    from litectl.output.answer import Reception, print_answer
    from litectl.reader import reader_watched

    terminal = runtime.terminal
    is_held = runtime.wants_json or request.form.is_json or "tools" in request.question.parameters
    prints_text = display.stream and not is_held
    keeps_text = not prints_text or display.save is not None
    reception = Reception(terminal, prints_text=prints_text, prints_reasoning=display.reasoning)
    listener = Listener(reception.on_text, reception.on_reasoning)
    with ExitStack() as stack:
        proxy = stack.enter_context(runtime.open_proxy())
        if display.save is None:  # what is to be saved is wanted, whoever reads it
            stack.enter_context(reader_watched(proxy.hang_up))
        try:
            with reception.waiting(request.question.model):
                attempts = _Attempts(runtime, proxy, request, wishes, listener)
                answer = attempts.answer(keeps_text=keeps_text)
            _require_form(request, answer)
        except IncompleteError as error:
            if not runtime.wants_json and not request.form.is_json:
                reception.broken_off(str(error.details.get("answer") or ""))
            raise
        answer.model = _stand_in(request, answer) or answer.model
        _price(runtime, proxy, request, answer, asks=display.usage)
    try:
        print_answer(terminal, answer, runtime.options.format, is_printed=prints_text, usage=display.usage)
    finally:
        # It is whole and paid for, also where nobody reads it to its end.
        if display.save is not None:
            _save(Path(display.save), request, answer)
    return answer


def _save(path: Path, request: Request, answer: "Answer") -> None:
    from litectl.exchange.conversation import answered
    from litectl.exchange.saving import save

    save(path, answered(request.said, answer.text, answer.tool_calls))


class _Attempts:
    """The tries of one request, as many as *wishes* allow, each as *listener* hears it."""

    def __init__(
        self, runtime: "Runtime", proxy: "Proxy", request: Request, wishes: Wishes, listener: "Listener"
    ) -> None:
        self._runtime, self._proxy, self._request, self._listener = runtime, proxy, request, listener
        self._adapts = wishes.adapt
        max_wait = DEFAULT_MAX_WAIT if wishes.max_wait is None else wishes.max_wait
        self._patience = Patience(wishes.retries, max_wait)
        self._deadline = math.inf

    def _seconds(self) -> float:
        """Return the seconds that the next try may take: all of them together no more than `--timeout`."""
        allowed = self._runtime.options.timeout
        if allowed is None:
            return DEFAULT_SECONDS
        if self._deadline == math.inf:
            self._deadline = time.monotonic() + allowed
            return allowed  # to the digit, so that an error names the time that was asked for
        return max(self._deadline - time.monotonic(), 0.0)

    def answer(self, *, keeps_text: bool) -> "Answer":
        """
        Return the answer; after a refusal that names parameters once more without these.

        Of one that was not sent the proxy is told once; each that was sent is left out, one after the other.
        """
        question, refused, note = self._request.question, list[str](), self._runtime.terminal.note
        while True:
            try:
                return self._answered(question, refused, keeps_text=keeps_text)
            except UnsupportedParameterError as error:
                names = self._refused(question, error)
                is_new = not {*names}.isdisjoint(question.parameters) if refused else bool(names)
                if not self._adapts or not is_new or error.details.get("began"):
                    raise
                refusal = ", ".join(error.parameters)
                note(f"{question.model} refuses {refusal}; asking once more without (`--no-adapt` does not)")
                question = self._without(question, names)
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
        from litectl.exchange.answer import ask as exchange

        def attempt() -> "Answer":
            return exchange(
                self._proxy,
                question,
                protocol(self._request.protocol),
                self._listener,
                seconds=self._seconds(),
                headers=self._request.headers,
                keeps_text=keeps_text,
            )

        try:
            return persist(attempt, self._patience, self._pause)
        except (RateLimitError, UpstreamError) as error:
            if (seconds := longer_wait(error, self._patience)) is not None:
                error.hint = f"allow the wait with `--max-wait {math.ceil(seconds)}`; or {error.hint}"
            raise

    def _pause(self, wait: Wait) -> None:
        """Wait before another try, and say why and how long; raise its error when no time is left for one."""
        if time.monotonic() + wait.seconds >= self._deadline:
            raise wait.error
        tries = max(self._patience.retries, 1) + 1
        said = wait.error.message.rstrip(".")
        self._runtime.terminal.note(
            f"{said}; trying again in {wait.seconds:g} s (try {wait.attempt} of {tries})"
        )
        time.sleep(wait.seconds)

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


def _require_form(request: Request, answer: "Answer") -> None:
    """Raise `IncompleteError` when the answer has not the form that was wanted; calls have none."""
    problem = None if answer.tool_calls else request.form.misfit(answer.text)
    if problem is not None:
        raise IncompleteError(
            f"the answer has not the form that was asked for: {problem}",
            hint="ask again, or see the answer in the error of `--json`",
            details=answer.so_far(),
        )


def _price(runtime: "Runtime", proxy: "Proxy", request: Request, answer: "Answer", *, asks: bool) -> None:
    """Say what *answer* cost, as exactly as anybody knows; with *asks* the proxy may be asked."""
    from litectl.exchange.pricing import CATALOG_ESTIMATE, PROXY_ESTIMATE, Cost, listed_cost

    usage = answer.usage
    if answer.cost.dollars is not None or usage is None:
        return
    tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
    # Every prompt has tokens: some bridges of the proxy say 0 where they have not counted them.
    if not tokens_in or tokens_out is None:
        return
    model = _priced_as(runtime, request, answer)
    if model is None:
        return
    if asks and (estimated := _estimated(runtime, proxy, model, tokens_in, tokens_out)) is not None:
        answer.cost = Cost(estimated, PROXY_ESTIMATE)
        return
    backend = request.backend if model == request.backend.name else runtime.lister.backend(model)
    if backend.model is None:
        return
    listed = listed_cost(
        backend.model, input_tokens=tokens_in, output_tokens=tokens_out, cached_tokens=usage.cached_tokens
    )
    if listed is not None:
        answer.cost = Cost(listed, CATALOG_ESTIMATE)


def _stand_in(request: Request, answer: "Answer") -> str | None:
    """Return the model that answered for the one that was asked, None when nothing says that one did."""
    if answer.fallbacks:
        return answer.model_group or answer.model
    # A proxy that had to keep the connection alive sends no headers that count the fallbacks.
    fallbacks = request.question.parameters.get("fallbacks")
    is_one = isinstance(fallbacks, list) and answer.model in fallbacks and answer.fallbacks is None
    return answer.model if is_one and answer.model != request.question.model else None


def _priced_as(runtime: "Runtime", request: Request, answer: "Answer") -> str | None:
    """Return the model whose prices count, None when a fallback answered and nobody says which."""
    if answer.model_group is not None:
        return answer.model_group
    if answer.model is not None and runtime.lister.cached(answer.model):
        return answer.model
    return None if answer.fallbacks else request.question.model


def _estimated(
    runtime: "Runtime", proxy: "Proxy", model: str, tokens_in: int, tokens_out: int
) -> float | None:
    from litectl.cost import quote

    trace = runtime.terminal.trace
    try:
        quoted = quote(proxy, model, tokens_in, tokens_out, seconds=_ESTIMATE_SECONDS, trace=trace)
    except NetworkError as error:
        trace(f"no estimate: {error.message}")
        return None
    return quoted.dollars if quoted else None


# What is said of it


def _tell_decisions(runtime: "Runtime", request: Request) -> None:
    """Say what was wanted and is not sent, and with `--verbose` why all else is sent."""
    from litectl.exchange.parameters import LEFT_OUT

    terminal = runtime.terminal
    terminal.trace(f"asking {request.question.model} by the protocol {request.protocol}")
    for decision in request.decisions:
        if decision.action == LEFT_OUT and decision.parameter != "effort":
            terminal.note(f"{decision.parameter} is left out: {decision.reason}")
        else:
            terminal.trace(f"{decision.parameter}: {decision.action}, {decision.reason}")


def _explain(runtime: "Runtime", request: Request, answer: "Answer") -> None:
    """Say so when another model answered, and when the model did not end its answer by itself."""
    from litectl.exchange.answer import CUT, WHOLE

    note = runtime.terminal.note
    if (by := _stand_in(request, answer)) or answer.fallbacks:
        note(f"{by or 'another model'} answered, as a fallback for {request.question.model}")
    if answer.finish_reason == CUT:
        note("the answer was cut at the token limit; raise it with `--max-tokens N`")
    elif answer.finish_reason not in WHOLE:
        note(f"the answer ended early, with finish reason `{answer.finish_reason}`")


def _with_near_names(runtime: "Runtime", error: NotFoundError, model: str) -> LitectlError:
    """Return *error* with near names from the cached list, without asking the proxy."""
    catalog = runtime.lister.cached_catalog()
    if catalog is not None:
        error.hint = catalog.hint_for(model)
    return error
