"""
One question, asked: what it says and what is wanted become a request, and its answer is printed.

The edge that joins the options of `ask`, the catalog and the terminal to `litectl.exchange`.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import (
    IncompleteError,
    LitectlError,
    NetworkError,
    NotFoundError,
    UnsupportedParameterError,
    UsageError,
)
from litectl.exchange.options import parse_parameters, require_one_answer, spend_headers
from litectl.exchange.protocols import CHAT, MESSAGES, NAMES, protocol
from litectl.exchange.question import Question
from litectl.exchange.retries import Patience, Wait, persist

if TYPE_CHECKING:
    from litectl.exchange.answer import Answer
    from litectl.exchange.backend import Backend
    from litectl.exchange.form import Form
    from litectl.exchange.parameters import Decision, Plan
    from litectl.exchange.question import Message
    from litectl.output.answer import Reception
    from litectl.prompting import Inputs, Prompt
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime

DEFAULT_SECONDS = 600.0
_ESTIMATE_SECONDS = 5.0
_SESSION_KEY = "prompt_cache_key"


class Wishes(NamedTuple):
    """The options that say how it is asked, each as it was given."""

    model: str | None = None
    protocol: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    effort: str | None = None
    parameters: Sequence[str] = ()
    schema: str | None = None
    json_object: bool = False
    tools: str | None = None
    fallbacks: Sequence[str] = ()
    cache: bool = False
    drop_params: bool = False
    adapt: bool = True
    strict: bool = False
    session: str | None = None
    tags: Sequence[str] = ()
    metadata: Sequence[str] = ()
    retries: int = 0
    max_wait: float | None = None
    proxy_retries: int | None = None


class Display(NamedTuple):
    """The options that say what is done with the answer."""

    stream: bool = True
    usage: bool = False
    reasoning: bool = False
    save: str | None = None
    dry_run: bool = False


class Request(NamedTuple):
    """
    A question on its way to *backend* by a wire protocol.

    *said* is the conversation as it is kept, *form* what the answer has to be, *headers* go along, and
    *decisions* say what became of each parameter.
    """

    backend: "Backend"
    protocol: str
    question: Question
    said: "Sequence[Message]"
    form: "Form"
    headers: Mapping[str, str]
    decisions: "Sequence[Decision]"


def ask(runtime: "Runtime", prompt: "Prompt", wishes: Wishes, display: Display) -> None:
    """Ask what *prompt* says as *wishes* want it, and print the answer as *display* says."""
    from litectl.exchange.conversation import answered
    from litectl.exchange.saving import require_savable, save
    from litectl.prompting import Inputs

    request = request_of(runtime, Inputs(runtime, prompt.stdin_seconds), prompt, wishes)
    if display.dry_run:
        _show(runtime, request)
        return
    path = Path(display.save) if display.save is not None else None
    if path is not None:
        require_savable(path)
    _note_left_out(runtime, request)
    try:
        answer = _exchanged(runtime, request, wishes, display)
    except NotFoundError as error:
        raise _with_near_names(runtime, error, request.question.model) from None
    _explain(runtime, request, answer)
    if path is not None:
        save(path, answered(request.said, answer.text, answer.tool_calls))


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


# What is sent


def request_of(runtime: "Runtime", inputs: "Inputs", prompt: "Prompt", wishes: Wishes) -> Request:
    """Return the request for what *prompt* says as *wishes* want it; raises `UsageError`."""
    from litectl.exchange.form import form_of
    from litectl.exchange.parameters import plan
    from litectl.inputs import chosen_model
    from litectl.prompting import said

    backend = runtime.lister.backend(chosen_model(runtime, wishes.model))
    _require_conversation(backend)
    chosen = _protocol(wishes.protocol, backend)
    form = form_of(_schema_text(inputs, wishes.schema), json_object=wishes.json_object)
    tools = _tools(inputs, wishes.tools)
    spoken = said(runtime, inputs, prompt)
    if wishes.adapt:
        _require_abilities(backend, spoken.kinds)
    wanted = _wanted(runtime, wishes, {**form.parameters, **tools})
    stream = require_one_answer(wanted)
    wanted |= _unasked(wanted, spoken.messages, wishes, backend, chosen)
    made = plan(wanted, backend, chosen, effort=wishes.effort, adapts=wishes.adapt)
    messages, decisions = _messages(spoken.messages, form, made, wishes, backend, chosen)
    question = Question(
        backend.name, messages, made.parameters, stream, made.limit, made.limit_is_ours, wishes.strict
    )
    headers = _headers(wishes)
    return Request(backend, chosen, question, spoken.messages, form, headers, decisions)


def _require_conversation(backend: "Backend") -> None:
    """Raise `UsageError` for a model whose deployments do not all chat, as far as the cache knows."""
    from litectl.catalog.rows import MIXED

    if backend.model is not None and backend.model.mode == MIXED:
        raise UsageError(
            f"some deployments of {backend.name} can chat and others cannot, so an answer would be luck",
            hint=f"see them with `litectl models show {backend.name}`, and tell the operator",
        )


def _protocol(forced: str | None, backend: "Backend") -> str:
    from litectl.exchange.choice import protocol_for

    if forced is None:
        return protocol_for(backend)
    if forced not in NAMES:
        raise UsageError(f"unknown wire protocol: {forced}", hint=f"`--protocol` takes {', '.join(NAMES)}")
    return forced


def _schema_text(inputs: "Inputs", schema: str | None) -> str | None:
    """Return the text of a schema: that of a file, or *schema* itself."""
    if schema is None:
        return None
    with suppress(OSError, ValueError):  # too long or too odd for a path: it is the schema itself
        if schema == "-" or Path(schema).is_file():
            return inputs.text(schema, "--schema")
    return schema


def _tools(inputs: "Inputs", path: str | None) -> dict[str, object]:
    from litectl.exchange.tools import tools_of

    return {} if path is None else {"tools": tools_of(inputs.text(path, "--tools"), f"`{path}`")}


def _require_abilities(backend: "Backend", kinds: frozenset[str]) -> None:
    """Raise `UsageError` when the catalog says that the model cannot read what is attached."""
    from litectl.exchange.attachments import ABILITY_OF_KIND

    for kind in sorted(kinds):
        ability = ABILITY_OF_KIND.get(kind)
        if ability is not None and backend.can(ability) is False:
            raise UsageError(
                f"{backend.name} cannot read {kind} attachments, as the catalog says",
                hint=f"choose a model from `litectl models list --supports {ability}`",
            )


def _wanted(runtime: "Runtime", wishes: Wishes, made: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that are wanted: of the profile, then those that were given."""
    profile = runtime.target.settings_profile
    options: dict[str, object] = {
        "temperature": wishes.temperature,
        "max_tokens": wishes.max_tokens,
        "drop_params": wishes.drop_params or None,
        "fallbacks": list(wishes.fallbacks) or None,
    }
    given = {**{name: value for name, value in options.items() if value is not None}, **made}
    typed = parse_parameters(wishes.parameters)
    if twice := sorted(typed.keys() & given.keys()):
        raise UsageError(f"{', '.join(twice)}: given by an option and by `--param`", hint="give it once")
    return {**(profile.parameters if profile else {}), **typed, **given}


def _unasked(
    wanted: Mapping[str, object],
    messages: "Sequence[Message]",
    wishes: Wishes,
    backend: "Backend",
    chosen: str,
) -> dict[str, object]:
    """Return what nobody asked for by its name: the cache key of a session, the tools of earlier calls."""
    from litectl.exchange.parameters import plan
    from litectl.exchange.tools import stub_tools

    added: dict[str, object] = {}
    if wishes.session is not None and _SESSION_KEY not in wanted and chosen != MESSAGES:
        key = {_SESSION_KEY: wishes.session}
        added |= plan(key, backend, chosen).parameters.items() & key.items()
    if "tools" not in wanted and (stubs := stub_tools(messages)):
        added["tools"] = stubs
    return added


def _messages(
    messages: "Sequence[Message]",
    form: "Form",
    made: "Plan",
    wishes: Wishes,
    backend: "Backend",
    chosen: str,
) -> "tuple[Sequence[Message], Sequence[Decision]]":
    """Return the *messages* as they are sent, and what became of each parameter."""
    from litectl.exchange.form import instructed
    from litectl.exchange.parameters import TRANSLATED, Decision

    decisions = list(made.decisions)
    if form.is_json and "response_format" not in made.parameters:
        messages = instructed(messages, form.instruction)
        why = next(each.reason for each in decisions if each.parameter == "response_format")
        decisions = [each for each in decisions if each.parameter != "response_format"]
        decisions.append(Decision("response_format", TRANSLATED, f"an instruction instead, since {why}"))
    elif form.is_json and form.schema is None:
        # OpenAI wants the prompt to speak of JSON, and no Claude is told of the parameter.
        messages = instructed(messages, form.instruction)
    if wishes.cache:
        messages, decision = _marked(messages, backend, chosen)
        decisions.append(decision)
    return messages, decisions


def _marked(
    messages: "Sequence[Message]", backend: "Backend", chosen: str
) -> "tuple[Sequence[Message], Decision]":
    from litectl.catalog.families import is_claude
    from litectl.exchange.parameters import LEFT_OUT, TRANSLATED, Decision
    from litectl.exchange.promptcache import marked

    if chosen not in (CHAT, MESSAGES):
        return messages, Decision("cache", LEFT_OUT, f"{chosen} has no marks for the prompt cache")
    if not is_claude(backend.deployments):
        return messages, Decision("cache", LEFT_OUT, "not every deployment is known to be a Claude")
    return marked(messages), Decision("cache", TRANSLATED, "marks on the instruction and the last two turns")


def _headers(wishes: Wishes) -> dict[str, str]:
    """Return the headers of the request; whoever tries again here keeps the proxy from doing so too."""
    headers = spend_headers(wishes.tags, wishes.metadata, wishes.session)
    if wishes.proxy_retries is not None:
        headers["x-litellm-num-retries"] = str(wishes.proxy_retries)
    elif wishes.retries:
        headers["x-litellm-num-retries"] = "0"
    return headers


# The exchange


def _exchanged(runtime: "Runtime", request: Request, wishes: Wishes, display: Display) -> "Answer":
    """Send *request*, and print its answer: as it arrives, whole, or as JSON."""
    from litectl.output.answer import Reception, print_answer

    terminal = runtime.terminal
    is_held = runtime.wants_json or request.form.is_json or "tools" in request.question.parameters
    prints_text = display.stream and not is_held
    keeps_text = not prints_text or display.save is not None
    reception = Reception(terminal, prints_text=prints_text, prints_reasoning=display.reasoning)
    with runtime.open_proxy() as proxy:
        try:
            with reception.waiting(request.question.model):
                answer = _tried(runtime, proxy, request, wishes, reception, keeps_text=keeps_text)
            _require_form(request, answer)
        except IncompleteError as error:
            if not runtime.wants_json and not request.form.is_json:
                reception.broken_off(str(error.details.get("answer") or ""))
            raise
        _price(runtime, proxy, request, answer, asks=display.usage)
    print_answer(terminal, answer, runtime.options.format, is_printed=prints_text, usage=display.usage)
    return answer


def _tried(
    runtime: "Runtime",
    proxy: "Proxy",
    request: Request,
    wishes: Wishes,
    reception: "Reception",
    *,
    keeps_text: bool,
) -> "Answer":
    """Return the answer, after as many tries as *wishes* allow, and without a parameter that is refused."""
    from litectl.exchange.answer import Listener
    from litectl.exchange.answer import ask as exchange
    from litectl.exchange.retries import DEFAULT_MAX_WAIT

    seconds = runtime.options.timeout or DEFAULT_SECONDS
    max_wait = DEFAULT_MAX_WAIT if wishes.max_wait is None else wishes.max_wait
    patience = Patience(wishes.retries, max_wait)

    def persisted(question: Question) -> "Answer":
        def attempt() -> "Answer":
            return exchange(
                proxy,
                question,
                protocol(request.protocol),
                Listener(reception.on_text, reception.on_reasoning),
                seconds=seconds,
                headers=request.headers,
                keeps_text=keeps_text,
            )

        return persist(attempt, patience, lambda wait: _pause(runtime, wait, patience))

    try:
        return persisted(request.question)
    except UnsupportedParameterError as error:
        if not wishes.adapt:
            raise
        refusal = error
    answer = persisted(_without_refused(runtime, request, refusal))
    runtime.lister.remember_refused(request.question.model, refusal.parameters)
    return answer


def _without_refused(runtime: "Runtime", request: Request, error: UnsupportedParameterError) -> Question:
    """Return the question without the parameters that were refused, and say so; else raise *error*."""
    from litectl.exchange.form import instructed
    from litectl.exchange.parameters import without

    question = request.question
    parameters = without(question.parameters, error.parameters, request.protocol)
    if parameters is None:
        raise error
    runtime.terminal.note(
        f"{question.model} refuses {', '.join(error.parameters)}; asking once more without "
        "(`--no-adapt` does not)"
    )
    messages = question.messages
    if request.form.is_json and "response_format" not in parameters:
        messages = instructed(messages, request.form.instruction)
    return question._replace(parameters=parameters, messages=messages)


def _pause(runtime: "Runtime", wait: Wait, patience: Patience) -> None:
    """Wait before another try, and say why and how long."""
    tries = max(patience.retries, 1) + 1
    runtime.terminal.note(
        f"{wait.error.message}; trying again in {wait.seconds:g} s (try {wait.attempt} of {tries})"
    )
    time.sleep(wait.seconds)


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


def _note_left_out(runtime: "Runtime", request: Request) -> None:
    """Say what was wanted and is not sent."""
    from litectl.exchange.parameters import LEFT_OUT

    for decision in request.decisions:
        if decision.action == LEFT_OUT and decision.parameter != "effort":
            runtime.terminal.note(f"{decision.parameter} is left out: {decision.reason}")


def _explain(runtime: "Runtime", request: Request, answer: "Answer") -> None:
    """Say so when another model answered, and when the model did not end its answer by itself."""
    from litectl.exchange.answer import CUT

    note = runtime.terminal.note
    if answer.fallbacks:
        by = answer.model_group or answer.model or "another model"
        note(f"{by} answered, as a fallback for {request.question.model}")
    if answer.finish_reason == CUT:
        note("the answer was cut at the token limit; raise it with `--max-tokens N`")
    elif answer.finish_reason not in (None, "stop", "tool_calls"):
        note(f"the answer ended early, with finish reason `{answer.finish_reason}`")


def _with_near_names(runtime: "Runtime", error: NotFoundError, model: str) -> LitectlError:
    """Return *error* with near names from the cached list, without asking the proxy."""
    catalog = runtime.lister.cached_catalog()
    if catalog is not None:
        error.hint = catalog.hint_for(model)
    return error
