"""
One question, asked: its request is sent, the tools that the model calls are run, its answer is printed.

The edge that joins the options of `ask` and the terminal to `litectl.exchange`.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl import environment
from litectl.actions.ask.attempts import Attempts
from litectl.actions.ask.requesting import Request, Wishes, request_of
from litectl.errors import IncompleteError, LitectlError, NotFoundError
from litectl.exchange.protocols import protocol

if TYPE_CHECKING:
    from litectl.actions.ask.prompting import Prompt
    from litectl.actions.ask.tool_offer import Offer
    from litectl.exchange.answer import Answer
    from litectl.exchange.question import Question
    from litectl.output.answer import Reception
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy


class Display(NamedTuple):
    """The options that say what is done with the answer."""

    stream: bool = True
    usage: bool = False
    reasoning: bool = False
    save: str | None = None
    dry_run: bool = False


def ask(
    runtime: "Runtime", prompt: "Prompt", wishes: Wishes, display: Display, offer: "Offer | None" = None
) -> None:
    """Ask what *prompt* says as *wishes* want it, with the tools of *offer*, and print as *display* says."""
    from litectl.actions.inputs import Inputs

    inputs = Inputs(runtime, prompt.stdin_seconds)
    request = request_of(runtime, inputs, prompt, wishes, offer.definitions if offer else ())
    if offer is not None and not offer.is_local:
        from litectl.actions.ask.tool_offer import require_engine

        require_engine(request.protocol)
    if display.dry_run:
        _show(runtime, request)
        return
    if display.save is not None:
        from litectl.exchange.saving import require_savable

        require_savable(Path(display.save))
    _tell_decisions(runtime, request)
    try:
        answer = _exchanged(runtime, request, wishes, display, offer)
    except NotFoundError as error:
        raise _with_near_names(runtime, error, request.question.model) from None
    _explain(runtime, request, answer)


def _show(runtime: "Runtime", request: Request) -> None:
    """Print the request as it would be sent."""
    from litectl.exchange.adaptation import told
    from litectl.output.dry_run import print_dry_run
    from litectl.wire.headers import merged, without_server_headers

    module = protocol(request.protocol)
    body = module.body(request.question)
    own = {**request.headers, "Content-Type": "application/json"}
    shown = runtime.caller.shown_headers
    headers = merged(shown if request.question.names_servers else without_server_headers(shown), own)
    decisions = told(request.decisions, request.protocol, request.question, module.body)
    url = f"{runtime.target.root}{module.PATH}"
    print_dry_run(runtime.terminal, url, headers, body, decisions, runtime.options.format)


def _exchanged(
    runtime: "Runtime", request: Request, wishes: Wishes, display: Display, offer: "Offer | None"
) -> "Answer":
    """Send *request*, and print its answer: as it arrives, whole, or as JSON."""
    from litectl.output.answer import Reception, print_answer
    from litectl.wire.reader import reader_watched

    terminal = runtime.terminal
    is_held = runtime.wants_json or request.form.is_json or "tools" in request.question.parameters
    prints_text = display.stream and not is_held
    reception = Reception(terminal, prints_text=prints_text, prints_reasoning=display.reasoning)
    with ExitStack() as stack:
        proxy = stack.enter_context(runtime.open_proxy())
        if display.save is None:  # what is to be saved is wanted, whoever reads it
            stack.enter_context(reader_watched(proxy.hang_up))
        turns = _Turns(runtime, proxy, wishes, display, reception)
        try:
            request, answer = turns.answered(request, offer)
            _require_form(request, answer)
        except IncompleteError as error:
            if not runtime.wants_json and not request.form.is_json:
                reception.broken_off(str(error.details.get("answer") or ""))
            raise
        turns.settle(request, answer)
    try:
        print_answer(terminal, answer, runtime.options.format, is_printed=prints_text, usage=display.usage)
    finally:
        # It is whole and paid for, also where nobody reads it to its end.
        if display.save is not None:
            _save(Path(display.save), request, answer)
    return answer


class _Turns:
    """The turns of the model until its last answer: one, or as many as its calls of tools take."""

    def __init__(
        self, runtime: "Runtime", proxy: "Proxy", wishes: Wishes, display: Display, reception: "Reception"
    ) -> None:
        from litectl.exchange.ask import Listener

        self._runtime, self._proxy, self._wishes, self._display = runtime, proxy, wishes, display
        self._reception = reception
        self._listener = Listener(reception.on_text, reception.on_reasoning)
        self._earlier: list[Answer] = []

    def answered(self, request: Request, offer: "Offer | None") -> "tuple[Request, Answer]":
        """Return the last request, which has all calls and their results in it, and its answer."""
        if offer is None:
            return request, self._turn(request)[1]
        if not offer.is_local:
            from litectl.actions.ask.tool_offer import without_own_calls

            return request, without_own_calls(self._turn(request)[1])
        from litectl.actions.ask.tool_loop import ToolLoop

        loop = ToolLoop(self._runtime, self._proxy, offer)
        request = request._replace(question=request.question._replace(runs_calls=True))
        while True:
            with loop.told():
                question, answer = self._turn(request)
                answer.tool_runs = loop.runs
                if not answer.tool_calls:
                    return request, answer
                self._earlier.append(answer)
                request = loop.continued(request, question, answer)

    def _turn(self, request: Request) -> "tuple[Question, Answer]":
        """Return the question of *request* as it was sent at last, and its answer."""
        keeps_text = not self._reception.prints_text or self._display.save is not None
        attempts = Attempts(self._runtime, self._proxy, request, self._wishes, self._listener)
        with self._reception.waiting(request.question.model):
            answer = attempts.answer(keeps_text=keeps_text)
        return attempts.question, answer

    def settle(self, request: Request, answer: "Answer") -> None:
        """Say in *answer* what all turns took."""
        from litectl.actions.ask.charging import price, stand_in

        answer.model = stand_in(request, answer) or answer.model
        for each in (*self._earlier, answer):
            price(self._runtime, self._proxy, request, each, asks=self._display.usage)
        if self._earlier:
            answer.include(self._earlier)


def _save(path: Path, request: Request, answer: "Answer") -> None:
    from litectl.exchange.conversation import answered
    from litectl.exchange.saving import save

    save(path, answered(request.said, answer.text, answer.tool_calls, answer.thinking))


def _require_form(request: Request, answer: "Answer") -> None:
    """Raise `IncompleteError` when the answer has not the form that was wanted; calls have none."""
    problem = None if answer.tool_calls else request.form.misfit(answer.text)
    if problem is not None:
        raise IncompleteError(
            f"the answer has not the form that was asked for: {problem}",
            hint="ask again, or see the answer in the error of `--json`",
            details=answer.so_far(),
        )


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
    from litectl.actions.ask.charging import stand_in
    from litectl.exchange.answer import CUT, WHOLE

    note = runtime.terminal.note
    if (by := stand_in(request, answer)) or answer.fallbacks:
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
    if runtime.environment.get(environment.MODEL) == model:
        error.hint = f"{environment.MODEL} names it; {error.hint}"
    return error
