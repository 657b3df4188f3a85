"""`litectl ask`: one question, one answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import (
    MaxWait,
    Model,
    ServerHeader,
    SharedOptionsCommand,
    Usage,
    add_server_headers,
    new_app,
    runtime_of,
)

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime

app = new_app()

# What is asked

Prompt = Annotated[str | None, typer.Option("--prompt", "-p", metavar="TEXT", help="The prompt")]
System = Annotated[str | None, typer.Option("--system", "-s", metavar="TEXT", help="The system prompt")]
Files = Annotated[
    list[str] | None,
    typer.Option(
        "--file",
        "--attach",
        "-f",
        metavar="PATH",
        help="A text, image, pdf or audio file to add, or its URL; can be repeated; `-` is stdin",
    ),
]
AttachType = Annotated[
    str | None,
    typer.Option("--attach-type", metavar="TYPE", help="What is on stdin, such as image/png or text"),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch also from addresses of your own network")
]
Stdin = Annotated[bool, typer.Option("--stdin/--no-stdin", help="Read what is piped in, or leave it alone")]
StdinTimeout = Annotated[
    float | None,
    typer.Option(
        "--stdin-timeout",
        min=0.0,
        metavar="SECONDS",
        help="Wait so long for a silent stdin (300); 0 is for ever",
    ),
]
Messages = Annotated[
    str | None, typer.Option("--messages", metavar="PATH", help="A conversation to go on with, as JSON")
]
ToolResults = Annotated[
    str | None,
    typer.Option("--tool-results", metavar="PATH", help="What the calls of that conversation gave, as JSON"),
]

Skill = Annotated[
    list[str] | None,
    typer.Option("--skill", metavar="NAME", help="Tell the model this skill of the proxy; can be repeated"),
]
Skills = Annotated[bool, typer.Option("--skills", help="Tell the model what each skill of the proxy is for")]

# How it is asked

WireProtocol = Annotated[
    str | None,
    typer.Option(
        "--protocol", metavar="NAME", help="chat, responses or messages; by default what the model needs"
    ),
]
Temperature = Annotated[
    float | None, typer.Option("--temperature", min=0.0, metavar="NUMBER", help="Sampling temperature")
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", min=1, metavar="N", help="At most this many tokens of answer")
]
Effort = Annotated[
    str | None,
    typer.Option(
        "--effort", metavar="LEVEL", help="How hard to think: none, minimal, low, medium, high, xhigh or max"
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--param", metavar="NAME=VALUE", help="Any other parameter, its value JSON or text; can be repeated"
    ),
]
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="SCHEMA",
        help="JSON that fits this JSON Schema: a file, the JSON, or `name, age int`",
    ),
]
JsonObject = Annotated[bool, typer.Option("--json-object", help="Any JSON object as the answer")]
Tools = Annotated[
    str | None, typer.Option("--tools", metavar="PATH", help="Tools that the model may call, as JSON")
]
Mcp = Annotated[
    list[str] | None,
    typer.Option(
        "--mcp",
        metavar="NAME",
        help="Let the model use this MCP server, or tool, of the proxy; can be repeated; `*` is any text",
    ),
]
Engine = Annotated[
    str, typer.Option("--engine", metavar="WHO", help="Who runs the calls of `--mcp`: local or proxy")
]
MaxSteps = Annotated[
    int | None,
    typer.Option("--max-steps", min=1, max=1000, metavar="N", help="So many turns with calls at most (10)"),
]
Confirm = Annotated[bool, typer.Option("--confirm", help="Ask before each call")]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="NAME", help="Run calls of these tools only, unasked; can be repeated"),
]
Fallback = Annotated[
    list[str] | None,
    typer.Option("--fallback", metavar="MODEL", help="Who answers when the model fails; can be repeated"),
]
Cache = Annotated[bool, typer.Option("--cache", help="Keep the prompt in the prompt cache of Claude")]
DropParams = Annotated[bool, typer.Option("--drop-params", help="Let the proxy drop what it cannot pass on")]
Adapt = Annotated[
    bool,
    typer.Option("--adapt/--no-adapt", help="Leave out what the model does not take, or send it as given"),
]
Strict = Annotated[bool, typer.Option("--strict", help="Fail when the answer is cut, at your own limit too")]

# How it is filed, and tried again

Session = Annotated[
    str | None, typer.Option("--session", metavar="ID", help="The session that the call belongs to")
]
Tag = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="A tag for the proxy's spend log; can be repeated"),
]
Metadata = Annotated[
    list[str] | None,
    typer.Option("--metadata", metavar="KEY=VALUE", help="More for that log; can be repeated"),
]
Retries = Annotated[
    int, typer.Option("--retries", min=0, max=100, metavar="N", help="How often litectl tries again")
]
ProxyRetries = Annotated[
    int | None,
    typer.Option("--proxy-retries", min=0, metavar="N", help="How often the proxy itself tries again"),
]

# What is done with the answer

Stream = Annotated[
    bool, typer.Option("--stream/--no-stream", help="Print the answer as it arrives, or whole")
]
ShowReasoning = Annotated[
    bool, typer.Option("--show-reasoning", help="What the model thinks, on stderr, as it arrives")
]
Save = Annotated[
    str | None, typer.Option("--save", metavar="PATH", help="Write the conversation with its answer here")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing")]


@app.command(cls=SharedOptionsCommand, context_settings={"allow_extra_args": True})
def ask(
    context: typer.Context,
    *,
    prompt: Prompt = None,
    model: Model = None,
    system: System = None,
    files: Files = None,
    attach_type: AttachType = None,
    allow_private: AllowPrivate = False,
    stdin: Stdin = True,
    stdin_timeout: StdinTimeout = None,
    messages: Messages = None,
    tool_results: ToolResults = None,
    skill: Skill = None,
    skills: Skills = False,
    protocol: WireProtocol = None,
    temperature: Temperature = None,
    max_tokens: MaxTokens = None,
    effort: Effort = None,
    param: Parameters = None,
    schema: Schema = None,
    json_object: JsonObject = False,
    tools: Tools = None,
    mcp: Mcp = None,
    engine: Engine = "local",
    max_steps: MaxSteps = None,
    confirm: Confirm = False,
    allow: Allow = None,
    server_header: ServerHeader = None,
    fallback: Fallback = None,
    cache: Cache = False,
    drop_params: DropParams = False,
    adapt: Adapt = True,
    strict: Strict = False,
    session: Session = None,
    tag: Tag = None,
    metadata: Metadata = None,
    retries: Retries = 0,
    max_wait: MaxWait = None,
    proxy_retries: ProxyRetries = None,
    stream: Stream = True,
    show_reasoning: ShowReasoning = False,
    usage: Usage = False,
    save: Save = None,
    dry_run: DryRun = False,
) -> None:
    """
    Ask a model and print its answer

    The prompt is `-p`, what is piped in, and the files, in this order.

    \b
        litectl ask -m gpt-5.2 -p "Name three rivers"
        git diff | litectl ask -p "Write a commit message"
        litectl ask -p "What is this?" -f photo.png
        litectl ask -p "Invent a person" --schema "name, age int" | jq .age
        while read -r word; do litectl ask --no-stdin -p "Define $word"; done < words

    Calls of `--tools` are printed as a JSON array: id, name, arguments. Those of
    `--mcp` are run, each told on stderr, and the model goes on with what they gave.

    With `--json`, one object: answer, reasoning, tool_calls, tool_runs (server, tool,
    arguments, outcome, result), model, finish_reason, usage, cost, cost_source,
    call_id, response_id, deployment_id, deployment, fallbacks, retries, seconds. The
    cost is US dollars, null when unknown. On failure stdout stays empty and the error
    on stderr is an object that carries the answer so far.
    """
    from litectl.actions.ask import prompting
    from litectl.actions.ask.asking import Display
    from litectl.actions.ask.asking import ask as ask_model
    from litectl.actions.ask.requesting import Wishes

    runtime = runtime_of(context)
    _require_words(runtime, prompt, context.args)
    add_server_headers(runtime, server_header)
    has_words = bool(prompt or files or messages)
    if not has_words and runtime.terminal.stdin_is_terminal and not runtime.wants_json:
        runtime.terminal.raw_error(context.get_help())
    said = prompting.Prompt(
        text=prompt,
        system=system,
        files=files or (),
        attach_type=attach_type,
        allow_private=allow_private,
        reads_stdin=stdin,
        stdin_seconds=stdin_timeout,
        messages=messages,
        results=tool_results,
        skills=skill or (),
        all_skills=skills,
    )
    wishes = Wishes(
        model=model,
        protocol=protocol,
        temperature=temperature,
        max_tokens=max_tokens,
        effort=effort,
        parameters=param or (),
        schema=schema,
        json_object=json_object,
        tools=tools,
        fallbacks=fallback or (),
        cache=cache,
        drop_params=drop_params,
        adapt=adapt,
        strict=strict,
        session=session,
        tags=tag or (),
        metadata=metadata or (),
        retries=retries,
        max_wait=max_wait,
        proxy_retries=proxy_retries,
    )
    display = Display(stream=stream, usage=usage, reasoning=show_reasoning, save=save, dry_run=dry_run)
    offer = None
    if mcp or confirm or allow or max_steps is not None or engine != "local":
        from litectl.actions.ask.tool_offer import ToolUse, offer_of

        offer = offer_of(runtime, ToolUse(mcp or (), engine, max_steps, confirm, allow or ()))
    ask_model(runtime, said, wishes, display, offer)


def _require_words(runtime: "Runtime", prompt: str | None, extra: list[str]) -> None:
    """Raise `UsageError` for words that are not part of the prompt, and for a format that no answer has."""
    from litectl.errors import UsageError

    if extra and prompt:
        raise UsageError(
            "there are words behind the prompt that are no part of it",
            hint='put the whole prompt between quotation marks: `-p "..."`',
        )
    if extra:
        raise UsageError("the prompt goes behind `-p`", hint='for example `litectl ask -m MODEL -p "..."`')
    if runtime.options.format in ("table", "tsv", "csv"):
        raise UsageError(
            f"`ask` cannot print {runtime.options.format}",
            hint="leave `--format` out for the text, or use `--json` for one object",
        )
