"""
One question, asked: its request is sent, as often as allowed, and its answer is printed.

The edge that joins the options of `ask` and the terminal to `litectl.exchange`.
"""

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import (
    IncompleteError,
    LitectlError,
    NetworkError,
    NotFoundError,
    RateLimitError,
    UnsupportedParameterError,
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
_MOST_REFUSALS = 5  # of one question; whoever goes on to refuse something else is not asked for ever


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
    if display.save is not None:
        from litectl.exchange.conversation import answered
        from litectl.exchange.saving import save

        save(Path(display.save), answered(request.said, answer.text, answer.tool_calls))


def _show(runtime: "Runtime", request: Request) -> None:
    """Print the request as it would be sent."""
    from litectl.exchange.parameters import told
    from litectl.output.dry_run import print_dry_run

    module = protocol(request.protocol)
    body = module.body(request.question)
    headers = {**runtime.caller.shown_headers, "Content-Type": "application/json", **request.headers}
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
    with runtime.open_proxy() as proxy, reader_watched(proxy.hang_up):
        try:
            with reception.waiting(request.question.model):
                attempts = _Attempts(runtime, proxy, request, wishes, listener)
                answer = attempts.answer(keeps_text=keeps_text)
            _require_form(request, answer)
        except IncompleteError as error:
            if not runtime.wants_json and not request.form.is_json:
                reception.broken_off(str(error.details.get("answer") or ""))
            raise
        _price(runtime, proxy, request, answer, asks=display.usage)
    print_answer(terminal, answer, runtime.options.format, is_printed=prints_text, usage=display.usage)
    return answer


class _Attempts:
    """The tries of one request, as many as *wishes* allow, each as *listener* hears it."""

    def __init__(
        self, runtime: "Runtime", proxy: "Proxy", request: Request, wishes: Wishes, listener: "Listener"
    ) -> None:
        self._runtime, self._proxy, self._request, self._listener = runtime, proxy, request, listener
        self._adapts = wishes.adapt
        max_wait = DEFAULT_MAX_WAIT if wishes.max_wait is None else wishes.max_wait
        self._patience = Patience(wishes.retries, max_wait)

    def answer(self, *, keeps_text: bool) -> "Answer":
        """
        Return the answer; after a refusal that names parameters once more without these, five times at most.

        What the model refused is remembered when that helped.
        """
        question, refusals = self._request.question, list[UnsupportedParameterError]()
        while True:
            try:
                answer = self._persisted(question, keeps_text=keeps_text)
            except UnsupportedParameterError as error:
                if not self._may_leave_out(error, refusals):
                    raise
                question = self._without(question, error)
                refusals.append(error)
                continue
            except IncompleteError:
                self._remember(refusals)  # it was answered, if not to its end
                raise
            self._remember(refusals)
            return answer

    def _may_leave_out(
        self, error: UnsupportedParameterError, earlier: list[UnsupportedParameterError]
    ) -> bool:
        """Tell whether to ask again without what *error* names, after the *earlier* refusals."""
        is_new = {*error.parameters} - {name for each in earlier for name in each.parameters}
        may_ask = self._adapts and len(earlier) < _MOST_REFUSALS
        return may_ask and bool(is_new) and not error.details.get("began")

    def _remember(self, refusals: list[UnsupportedParameterError]) -> None:
        if refused := [name for each in refusals for name in each.parameters]:
            self._runtime.lister.remember_refused(self._request.question.model, refused)

    def _persisted(self, question: "Question", *, keeps_text: bool) -> "Answer":
        from litectl.exchange.answer import ask as exchange

        def attempt() -> "Answer":
            return exchange(
                self._proxy,
                question,
                protocol(self._request.protocol),
                self._listener,
                seconds=self._runtime.options.timeout or DEFAULT_SECONDS,
                headers=self._request.headers,
                keeps_text=keeps_text,
            )

        try:
            return persist(attempt, self._patience, self._pause)
        except RateLimitError as error:
            if (seconds := longer_wait(error, self._patience)) is not None:
                error.hint = f"allow the wait with `--max-wait {math.ceil(seconds)}`; or {error.hint}"
            raise

    def _pause(self, wait: Wait) -> None:
        """Wait before another try, and say why and how long."""
        tries = max(self._patience.retries, 1) + 1
        said = wait.error.message.rstrip(".")
        self._runtime.terminal.note(
            f"{said}; trying again in {wait.seconds:g} s (try {wait.attempt} of {tries})"
        )
        time.sleep(wait.seconds)

    def _without(self, question: "Question", error: UnsupportedParameterError) -> "Question":
        """Return *question* without the parameters that were refused, and say so; else raise *error*."""
        from litectl.exchange.form import instructed
        from litectl.exchange.limits import NAMES as LIMITS
        from litectl.exchange.parameters import without

        parameters = without(question.parameters, error.parameters, self._request.protocol)
        if parameters is None:
            raise error
        self._runtime.terminal.note(
            f"{question.model} refuses {', '.join(error.parameters)}; asking once more without "
            "(`--no-adapt` does not)"
        )
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
    if tokens_in is None or tokens_out is None:
        return
    if answer.fallbacks and answer.model_group is None:
        return  # nobody says whose prices count
    model = answer.model_group or request.question.model
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


def _estimated(
    runtime: "Runtime", proxy: "Proxy", model: str, tokens_in: int, tokens_out: int
) -> float | None:
    from litectl.cost import estimate

    trace = runtime.terminal.trace
    try:
        return estimate(proxy, model, tokens_in, tokens_out, seconds=_ESTIMATE_SECONDS, trace=trace)
    except NetworkError as error:
        trace(f"no estimate: {error.message}")
        return None


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
    if answer.fallbacks:
        by = answer.model_group or answer.model or "another model"
        note(f"{by} answered, as a fallback for {request.question.model}")
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
