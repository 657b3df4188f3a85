"""`litectl embed`: texts as vectors."""

from typing import Annotated

import typer

from litectl.commands.options import MaxWait, SharedOptionsCommand, Usage, new_app, runtime_of

app = new_app()

Texts = Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help="The texts")]
Model = Annotated[str | None, typer.Option("--model", "-m", metavar="MODEL", help="The embedding model")]
Files = Annotated[
    list[str] | None,
    typer.Option("--file", "-f", metavar="PATH", help="A file as one text; can be repeated; `-` is stdin"),
]
Lines = Annotated[bool, typer.Option("--lines", help="Each line of the files is a text")]
Dimensions = Annotated[
    int | None, typer.Option("--dimensions", min=1, metavar="N", help="Vectors of N numbers, not more")
]
Batch = Annotated[
    int, typer.Option("--batch", min=1, max=1024, metavar="N", help="At most N texts in one request")
]
Retries = Annotated[
    int, typer.Option("--retries", min=0, max=100, metavar="N", help="How often litectl tries again")
]


@app.command(cls=SharedOptionsCommand)
def embed(
    context: typer.Context,
    *,
    texts: Texts = None,
    model: Model = None,
    files: Files = None,
    lines: Lines = False,
    dimensions: Dimensions = None,
    batch: Batch = 64,
    retries: Retries = 0,
    max_wait: MaxWait = None,
    usage: Usage = False,
) -> None:
    """
    Turn texts into vectors with an embedding model

    \b
        litectl embed -m text-embedding-3-small "A river" "A mountain"
        litectl embed -m text-embedding-3-small -f chapter-1.md -f chapter-2.md
        litectl embed -m text-embedding-3-small < lines.txt > vectors.jsonl

    An argument is a text, never the name of a file. Without texts and files each
    line of what is piped in is a text; empty lines are left out. `-f -` reads stdin
    as one text. The model is the one of `-m`: LITECTL_MODEL and the default of the
    profile are for `ask`.

    In a pipe it prints one JSON object per line, each part as it comes: index (of
    all texts and lines, from 0), file (null for an argument and stdin), text (null
    for a whole file), embedding. What was printed before a failure stays.

    With `--json` one object, or nothing on failure: model, dimensions, usage
    (input_tokens), cost (US dollars, null when unknown), cost_source, embeddings.
    Lines of tsv and csv have the index, and the numbers with commas in between.
    """
    from litectl.actions.embed.embedding import Wishes
    from litectl.actions.embed.embedding import embed as embed_texts
    from litectl.actions.embed.texts import Source

    runtime = runtime_of(context)
    if not texts and not files and runtime.terminal.stdin_is_terminal and not runtime.wants_json:
        runtime.terminal.raw_error(context.get_help())
    source = Source(texts or (), files or (), lines)
    wishes = Wishes(model, source, dimensions, batch, retries, max_wait, usage)
    embed_texts(runtime, wishes)
