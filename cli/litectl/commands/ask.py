"""`litectl ask`: one question, one answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.catalog.cachefile import Entry
    from litectl.errors import NotFoundError
    from litectl.exchange.answer import Answer
    from litectl.exchange.question import Question, TextFile
    from litectl.runtime import Runtime

app = new_app()

DEFAULT_SECONDS = 600.0
DEFAULT_STDIN_SECONDS = 300.0
_LONGEST_SECONDS = 1_000_000.0
_TEXT_LIMIT = 32 * 2**20  # bytes


Prompt = Annotated[str | None, typer.Option("--prompt", "-p", metavar="TEXT", help="The prompt")]
Model = Annotated[str | None, typer.Option("--model", "-m", metavar="MODEL", help="The model")]
System = Annotated[str | None, typer.Option("--system", "-s", metavar="TEXT", help="The system prompt")]
Files = Annotated[
    list[str] | None,
    typer.Option("--file", "-f", metavar="PATH", help="A text file to add; can be repeated; `-` is stdin"),
]
Temperature = Annotated[
    float | None, typer.Option("--temperature", min=0.0, metavar="NUMBER", help="Sampling temperature")
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", min=1, metavar="N", help="At most this many tokens of answer")
]
Stream = Annotated[
    bool, typer.Option("--stream/--no-stream", help="Print the answer as it arrives, or whole")
]
Usage = Annotated[bool, typer.Option("--usage", help="Tokens, cost and seconds on stderr")]
Stdin = Annotated[bool, typer.Option("--stdin/--no-stdin", help="Read what is piped in, or leave it alone")]
StdinTimeout = Annotated[
    float | None,
    typer.Option(
        "--stdin-timeout",
        min=0.0,
        metavar="SECONDS",
        help="Seconds to wait for a silent stdin (300); 0 is for ever",
    ),
]


WireProtocol = Annotated[
    str,
    typer.Option(
        "--protocol",
        metavar="NAME",
        help="The wire protocol: chat, responses or messages",
        show_default=True,
    ),
]


@app.command(cls=SharedOptionsCommand, context_settings={"allow_extra_args": True})
def ask(
    context: typer.Context,
    prompt: Prompt = None,
    model: Model = None,
    system: System = None,
    files: Files = None,
    temperature: Temperature = None,
    max_tokens: MaxTokens = None,
    stream: Stream = True,
    usage: Usage = False,
    stdin: Stdin = True,
    stdin_timeout: StdinTimeout = None,
    protocol: WireProtocol = "chat",
) -> None:
    """
    Ask a model and print its answer

    The prompt is -p, what is piped in, and the files, in this order.

    \b
        litectl ask -m gpt-5.2 -p "Name three rivers"
        git diff | litectl ask -p "Write a commit message"
        while read -r word; do litectl ask --no-stdin -p "Define $word"; done < words

    With --json, one object: answer, model, finish_reason, usage, cost, call_id,
    response_id, deployment_id, seconds. The cost is US dollars, null when
    unknown. On failure stdout stays empty and the error on stderr is an object
    that carries the answer so far.
    """
    from litectl.errors import NotFoundError
    from litectl.exchange.question import Question, opening

    runtime = runtime_of(context)
    _require_words(runtime, context.args)
    _require_protocol(protocol)
    if not prompt and not files and runtime.terminal.stdin_is_terminal:
        runtime.terminal.raw_error(context.get_help())
    chosen = _chosen_model(runtime, model)
    if runtime.options.api_key_file == "-":
        _ = runtime.credential  # the key comes first on stdin; nothing is left for the prompt
    entry = runtime.lister.cached(chosen)
    _refuse_mixed(entry)
    text = _prompt_text(runtime, prompt, files or [], stdin_allowed=stdin, stdin_timeout=stdin_timeout)
    limit = max_tokens or _limit_of_ours(runtime, entry, protocol)
    is_ours = max_tokens is None and limit is not None
    given = {"temperature": temperature, "max_tokens": limit}
    parameters = {name: value for name, value in given.items() if value is not None}
    question = Question(chosen, opening(text, system), parameters, cut_is_failure=is_ours)
    try:
        answer = _exchange(runtime, question, protocol, stream=stream)
    except NotFoundError as error:
        raise _with_near_names(runtime, error, chosen) from None
    _explain_end(runtime, answer)
    if usage:
        runtime.terminal.say(_usage_line(answer))


def _explain_end(runtime: "Runtime", answer: "Answer") -> None:
    """Say so when the model did not end its answer by itself."""
    from litectl.exchange.answer import CUT

    if answer.finish_reason == CUT:
        runtime.terminal.note("the answer was cut at the token limit; raise it with `--max-tokens N`")
    elif answer.finish_reason not in (None, "stop"):
        runtime.terminal.note(f"the answer ended early, with finish reason `{answer.finish_reason}`")


def _require_protocol(name: str) -> None:
    """Raise `UsageError` unless *name* is a wire protocol."""
    from litectl.errors import UsageError
    from litectl.exchange.protocols import NAMES

    if name not in NAMES:
        raise UsageError(f"unknown wire protocol: {name}", hint=f"`--protocol` takes {', '.join(NAMES)}")


def _require_words(runtime: "Runtime", extra: list[str]) -> None:
    """Raise `UsageError` for a prompt without `-p`, and for a format that an answer does not have."""
    from litectl.errors import UsageError

    if extra:
        raise UsageError("the prompt goes behind `-p`", hint='litectl ask -m MODEL -p "..."')
    if runtime.options.format in ("table", "tsv"):
        raise UsageError(
            f"`ask` cannot print {runtime.options.format}",
            hint="leave `--format` out for the text, or use `--json` for one object",
        )


def _chosen_model(runtime: "Runtime", option: str | None) -> str:
    """Return the model: the option, LITECTL_MODEL, or the profile's default; raises `UsageError`."""
    from litectl import environment
    from litectl.errors import UsageError

    if option == "":
        raise UsageError("`-m` is empty", hint="name a model, or leave `-m` out")
    profile = runtime.target.settings_profile
    model = option or runtime.environment.get(environment.MODEL) or (profile and profile.model)
    if model:
        return model
    if not runtime.is_configured:
        raise UsageError(
            "no proxy is configured, and no model is named",
            hint="log in with `litectl login`, then name a model with `-m MODEL`",
        )
    raise UsageError(
        "which model to ask?",
        hint="name it with `-m MODEL`, keep it with `litectl profiles set model=MODEL`, "
        "and see them all with `litectl models list`",
    )


def _refuse_mixed(entry: "Entry | None") -> None:
    """Raise `UsageError` for a model whose deployments do not all chat, as far as the cache knows."""
    from litectl.catalog.rows import MIXED
    from litectl.errors import UsageError

    if entry is not None and entry.model.mode == MIXED:
        name = entry.model.name
        raise UsageError(
            f"some deployments of {name} can chat and others cannot, so an answer would be luck",
            hint=f"see them with `litectl models show {name}`, and tell the operator",
        )


def _limit_of_ours(runtime: "Runtime", entry: "Entry | None", protocol: str) -> int | None:
    """Return the output limit, in tokens, that is sent though the user gave none; None for most models."""
    from litectl.catalog.rows import admitted_tokens, output_limit
    from litectl.exchange.protocols import MESSAGES

    limit = admitted_tokens(entry.model) if entry is not None else None
    if limit is None and protocol == MESSAGES:
        from litectl.exchange.protocols.messages import DEFAULT_MAX_TOKENS

        limit = (output_limit(entry.model) if entry is not None else None) or DEFAULT_MAX_TOKENS
        runtime.terminal.trace(f"max_tokens is {limit}: this protocol requires a limit")
    elif limit is not None:
        runtime.terminal.trace(f"max_tokens is {limit}, the safe limit of this model's backend")
    return limit


def _prompt_text(
    runtime: "Runtime",
    prompt: str | None,
    files: list[str],
    *,
    stdin_allowed: bool,
    stdin_timeout: float | None,
) -> str:
    from litectl.exchange.question import compose_prompt, decode_text

    piped = ""
    is_piped = stdin_allowed and not runtime.stdin_was_read and not runtime.terminal.stdin_is_terminal
    if is_piped or "-" in files:
        content = _read_stdin(runtime, stdin_timeout, has_prompt=prompt is not None or bool(files))
        piped = decode_text(content, "stdin")
    named = [_read_file(path) for path in files if path != "-"]
    return compose_prompt(prompt, piped, named)


def _read_stdin(runtime: "Runtime", timeout: float | None, *, has_prompt: bool) -> bytes:
    from litectl import environment
    from litectl.errors import UsageError

    if timeout is None:
        text = runtime.environment.get(environment.STDIN_TIMEOUT)
        try:
            timeout = float(text) if text else DEFAULT_STDIN_SECONDS
        except ValueError:
            timeout = -1.0
    if not 0 <= timeout < _LONGEST_SECONDS:
        raise UsageError(
            "the time to wait for stdin is no number of seconds",
            hint=f"check `--stdin-timeout` and {environment.STDIN_TIMEOUT}; 0 is for ever",
        )
    hint = "use `--no-stdin` to leave stdin alone"

    def say_so() -> None:
        if has_prompt:
            runtime.terminal.note(f"waiting for the text on stdin; {hint}")

    try:
        return runtime.terminal.read_stdin(_TEXT_LIMIT, silence=timeout or None, on_silence=say_so)
    except TimeoutError:
        raise UsageError(f"nothing came on stdin for {timeout:g} s", hint=hint) from None


def _read_file(path: str) -> "TextFile":
    from litectl.errors import UsageError
    from litectl.exchange.question import TextFile, decode_text

    try:
        with Path(path).open("rb") as file:
            content = file.read(_TEXT_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}", hint="check the path of `-f`") from error
    if len(content) > _TEXT_LIMIT:
        raise UsageError(f"`{path}` is larger than {_TEXT_LIMIT // 2**20} MiB", hint="send a part of it")
    return TextFile(Path(path).name, decode_text(content, f"`{path}`"))


def _exchange(runtime: "Runtime", question: "Question", protocol: str, *, stream: bool) -> "Answer":
    """Send *question* and print the answer: as it arrives, whole, or as JSON."""
    from litectl.errors import IncompleteError
    from litectl.exchange.answer import ask as exchange
    from litectl.exchange.protocols import protocol as module_of
    from litectl.output.listing import print_record
    from litectl.reader import reader_watched

    terminal = runtime.terminal
    seconds = runtime.options.timeout or DEFAULT_SECONDS
    prints_pieces = stream and not runtime.wants_json
    with runtime.open_proxy() as proxy, reader_watched(proxy.hang_up):
        try:
            on_text = terminal.write if prints_pieces else _nowhere
            answer = exchange(
                proxy,
                question,
                module_of(protocol),
                on_text,
                seconds=seconds,
                keeps_text=not prints_pieces,
            )
        except IncompleteError as error:
            if not prints_pieces and not runtime.wants_json:
                terminal.write(str(error.details.get("answer") or ""))
            raise
    if runtime.wants_json:
        print_record(terminal, answer.as_json(), runtime.options.format)
        return answer
    if not prints_pieces:
        terminal.write(answer.text)
    if not answer.ends_line:
        terminal.write("\n")
    return answer


def _nowhere(_text: str) -> None:
    """Take a piece of text that is printed later."""


def _with_near_names(runtime: "Runtime", error: "NotFoundError", model: str) -> "NotFoundError":
    """Return *error* with near names from the cached list, without asking the proxy."""
    from litectl.catalog.cachefile import DamagedCache

    cache = runtime.lister.cache
    try:
        catalog = cache.read() if cache else None
    except DamagedCache:
        catalog = None
    if catalog is not None:
        error.hint = catalog.hint_for(model)
    return error


def _usage_line(answer: "Answer") -> str:
    usage = answer.usage
    tokens_in = usage.input_tokens if usage else None
    tokens_out = usage.output_tokens if usage else None
    cost = "cost unknown" if answer.cost is None else f"${answer.cost:.6f}"
    shown = ["unknown" if count is None else str(count) for count in (tokens_in, tokens_out)]
    model = answer.model or "model unknown"
    return f"usage: {shown[0]} tokens in, {shown[1]} tokens out, {cost}, {answer.seconds:g} s, {model}"
