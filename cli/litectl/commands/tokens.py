"""`litectl tokens`: how many tokens a text has."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import Model, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.errors import UsageError
    from litectl.exchange.cost import TokenCount
    from litectl.exchange.question import Message
    from litectl.run.runtime import Runtime

app = new_app()

_STAR = "*"
_WAYS = "give a text with `-p`, a pipe, `-f PATH` or `--messages PATH`"

Prompt = Annotated[str | None, typer.Option("--prompt", "-p", metavar="TEXT", help="The text")]
File = Annotated[
    str | None, typer.Option("--file", "-f", metavar="PATH", help="The file with the text; `-` is stdin")
]
Messages = Annotated[
    str | None,
    typer.Option("--messages", metavar="PATH", help="A JSON array of chat messages; `-` is stdin"),
]
AtProvider = Annotated[
    bool, typer.Option("--at-provider", help="Let the provider of the model count, where it can")
]


@app.command(cls=SharedOptionsCommand)
def tokens(
    context: typer.Context,
    model: Model = None,
    prompt: Prompt = None,
    file: File = None,
    messages: Messages = None,
    at_provider: AtProvider = False,
) -> None:
    """
    Count the tokens of a text or a conversation as the proxy does for a model

    \b
        litectl tokens -m gpt-5.2 < prompt.txt
        litectl tokens -m gpt-5.2 --messages conversation.json

    The proxy's tokenizer is an estimate for many models. With `--at-provider`
    their provider is asked, to whom the text is then a message of the user.

    JSON fields: model, tokens, tokenizer, source (`local_estimate` or
    `provider`), model_used.
    """
    from litectl.actions.inputs import chosen_model
    from litectl.exchange.cost import count_tokens
    from litectl.wire.proxy import DEFAULT_SECONDS

    runtime = runtime_of(context)
    _require_one(prompt, file, messages)
    chosen = chosen_model(runtime, model)
    conversation = _messages(runtime, messages) if messages is not None else None
    text = _text(runtime, prompt, file) if conversation is None else None
    seconds = runtime.options.timeout or DEFAULT_SECONDS
    with runtime.open_proxy() as proxy:
        counted = count_tokens(
            proxy, chosen, prompt=text, messages=conversation, seconds=seconds, at_provider=at_provider
        )
    _print(runtime, chosen, counted)
    _explain(runtime, chosen, counted, at_provider=at_provider)


def _require_one(*sources: str | None) -> None:
    """Raise `UsageError` when more than one of *sources* is given."""
    from litectl.errors import UsageError

    if sum(source is not None for source in sources) > 1:
        raise UsageError("one text at a time", hint="give one of `-p`, `-f` and `--messages`")


def _text(runtime: "Runtime", prompt: str | None, file: str | None) -> str:
    """Return the text to count; raises `UsageError` where nothing is given and nothing is piped in."""
    from litectl.actions.inputs import STDIN

    if prompt is not None:
        return prompt
    text = _content(runtime, STDIN if file is None else file)
    if not text and file is None:
        raise _nothing()
    return text


def _content(runtime: "Runtime", path: str) -> str:
    """Return the text of the file *path*, or of stdin; raises `UsageError`."""
    from litectl.actions.inputs import STDIN, piped_text, read_file

    text = piped_text(runtime, way_out=_WAYS) if path == STDIN else read_file(path).content
    if text is None:
        raise _nothing()
    return text


def _nothing() -> "UsageError":
    from litectl.errors import UsageError

    return UsageError("there is nothing to count", hint=_WAYS)


def _messages(runtime: "Runtime", path: str) -> "Sequence[Message]":
    """Return the conversation in the file *path*; raises `UsageError` when it is none."""
    from litectl.exchange.conversation import conversation_of

    return conversation_of(_content(runtime, path), f"`{path}`")


def _print(runtime: "Runtime", model: str, counted: "TokenCount") -> None:
    from litectl.output.listing import print_record

    if runtime.options.format is None:
        runtime.terminal.write_line(str(counted.total_tokens))
        return
    record = {
        "model": model,
        "tokens": counted.total_tokens,
        "tokenizer": counted.tokenizer,
        "source": counted.source,
        "model_used": counted.model_used,
    }
    print_record(runtime.terminal, record, runtime.options.format)


def _explain(runtime: "Runtime", model: str, counted: "TokenCount", *, at_provider: bool) -> None:
    """Say so when somebody else counted than was asked for, or when nobody may know the model."""
    from litectl.exchange.cost import LOCAL_ESTIMATE

    note = runtime.terminal.note
    if at_provider and counted.source == LOCAL_ESTIMATE:
        note(f"the provider did not count; this is the proxy's own estimate ({LOCAL_ESTIMATE})")
    if runtime.lister.cached(model) is not None:
        return
    catalog = runtime.lister.cached_catalog()
    if catalog is None or _may_be_routed(model, (row.name for row in catalog.models)):
        return
    note(f"{model} is not in the cached model list, and is counted all the same; {catalog.hint_for(model)}")


def _may_be_routed(name: str, listed: Iterable[str]) -> bool:
    """Tell whether a wildcard may stand for *name*: one that is *listed*, or one that others show."""
    folder = f"{name.partition('/')[0]}/" if "/" in name else None
    return any(
        name.startswith(other.partition(_STAR)[0])
        if _STAR in other
        else folder is not None and other.startswith(folder)
        for other in listed
    )
