"""`litectl cost`: what a request would cost."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from litectl.commands.options import Model, SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.catalog.rows import Model as Row
    from litectl.errors import NotFoundError
    from litectl.exchange.cost import Quote
    from litectl.run.runtime import Runtime

app = new_app()

_MOST_TOKENS = 10**12

Prompt = Annotated[
    str | None, typer.Option("--prompt", "-p", metavar="TEXT", help="A prompt, whose tokens are counted")
]
InputTokens = Annotated[
    int | None,
    typer.Option("--input-tokens", min=0, max=_MOST_TOKENS, metavar="N", help="So many tokens of prompt"),
]
OutputTokens = Annotated[
    int | None,
    typer.Option("--output-tokens", min=0, max=_MOST_TOKENS, metavar="N", help="So many tokens of answer"),
]


class _Request(NamedTuple):
    """What is to be priced; *output_tokens* is None when nobody said how many."""

    model: str
    input_tokens: int
    output_tokens: int | None


class _Price(NamedTuple):
    """US dollars, where they come from, and the prices per million tokens; None is unknown."""

    dollars: float
    source: str
    input_price: float | None
    output_price: float | None


@app.command(cls=SharedOptionsCommand)
def cost(
    context: typer.Context,
    model: Model = None,
    prompt: Prompt = None,
    input_tokens: InputTokens = None,
    output_tokens: OutputTokens = None,
) -> None:
    """
    Estimate what a request costs, in US dollars, without asking a model

    \b
        litectl cost -m gpt-5.2 --input-tokens 1000 --output-tokens 500
        litectl cost -m gpt-5.2 --output-tokens 500 < prompt.txt

    The proxy's own estimate, or, where it gives none and with `--offline`, the
    prices of the cached list. Without any price it exits with 6. Without
    `--output-tokens` the price is that of the prompt alone.

    JSON fields: model, input_tokens, output_tokens, cost, source
    (`proxy_estimate` or `catalog_estimate`), is_estimate, and per million
    tokens, null when unknown, input_price and output_price.
    """
    from litectl.actions.inputs import chosen_model
    from litectl.errors import UsageError

    runtime = runtime_of(context)
    if prompt is not None and input_tokens is not None:
        raise UsageError("`-p` and `--input-tokens` say the same", hint="leave one of them out")
    request = _Request(chosen_model(runtime, model), input_tokens or 0, output_tokens)
    text = _text(runtime, prompt) if input_tokens is None else None
    if text is None and not (input_tokens or output_tokens):
        raise UsageError("there are no tokens to price", hint="give `--input-tokens N` above 0")
    reasons: list[str] = []
    quoted = None
    if text is not None or not runtime.offline:
        request, quoted = _asked(runtime, request, text, reasons)
    for reason in reasons:
        runtime.terminal.trace(reason)
    price = _of_proxy(quoted) if quoted else _of_list(runtime, request, reasons)
    _print(runtime, request, price)


def _text(runtime: "Runtime", prompt: str | None) -> str:
    """Return the text whose tokens are counted: *prompt*, or what is piped in; raises `UsageError`."""
    from litectl.actions.inputs import piped_text
    from litectl.errors import UsageError

    ways = "give `--input-tokens N`, or a prompt with `-p` or a pipe"
    text = piped_text(runtime, way_out=ways) if prompt is None else prompt
    if text is None or not text.strip():
        raise UsageError("there is no prompt to price", hint=ways)
    return text


def _asked(
    runtime: "Runtime", request: _Request, text: str | None, reasons: list[str]
) -> "tuple[_Request, Quote | None]":
    """Return *request* with the tokens of *text*, and what the proxy makes of it."""
    from litectl.exchange.cost import count_tokens, quote
    from litectl.exchange.question import opening
    from litectl.wire.proxy import DEFAULT_SECONDS

    seconds = runtime.options.timeout or DEFAULT_SECONDS
    with runtime.open_proxy() as proxy:
        if text is not None:
            counted = count_tokens(proxy, request.model, messages=opening(text), seconds=seconds)
            request = request._replace(input_tokens=counted.total_tokens)
        model, tokens_in, tokens_out = request
        quoted = quote(proxy, model, tokens_in, tokens_out or 0, seconds=seconds, trace=reasons.append)
    return request, quoted


def _of_proxy(quoted: "Quote") -> _Price:
    from litectl.exchange.pricing import PROXY_ESTIMATE

    return _Price(quoted.dollars, PROXY_ESTIMATE, quoted.input_price, quoted.output_price)


def _of_list(runtime: "Runtime", request: _Request, reasons: list[str]) -> _Price:
    """Return the price by the cached list; raises `NotFoundError` when it has none either."""
    from litectl.exchange.pricing import CATALOG_ESTIMATE, known_price, listed_cost, rounded

    entry = runtime.lister.cached(request.model)
    row = entry.model if entry else None
    dollars = row and listed_cost(row, input_tokens=request.input_tokens, output_tokens=request.output_tokens)
    if row is None or dollars is None:
        raise _unpriced(runtime, request, row, reasons)
    prices = (known_price(row.input_price), known_price(row.output_price))
    return _Price(rounded(dollars), CATALOG_ESTIMATE, *prices)


def _unpriced(
    runtime: "Runtime", request: _Request, row: "Row | None", reasons: list[str]
) -> "NotFoundError":
    """Return the error of a request that nobody has a price for."""
    from litectl.errors import NotFoundError

    name = request.model
    if row is not None:
        hint = _how_to_price(request, row)
    elif catalog := runtime.lister.cached_catalog():
        hint = catalog.hint_for(name)
    else:
        hint = "fetch the list and its prices with `litectl models refresh`"
    reason = "; ".join(reasons) or None
    return NotFoundError(f"no price of {name} is known", hint=hint, details={"reason": reason})


def _how_to_price(request: _Request, row: "Row") -> str:
    """Return what to run so that *row* has the prices that it lacks."""
    from litectl.exchange.pricing import known_price

    prices = {"input_price": row.input_price, "output_price": row.output_price}
    if not request.output_tokens:
        del prices["output_price"]
    missing = [field for field, price in prices.items() if not known_price(price)]
    settings = " ".join(f"models.{row.name}.{field}=DOLLARS" for field in missing)
    hint = f"say what a million tokens cost: `litectl profiles set {settings}`"
    # As of an embedding model, which has no answer to pay for.
    return f"{hint}, or leave `--output-tokens` out" if missing == ["output_price"] else hint


def _print(runtime: "Runtime", request: _Request, price: _Price) -> None:
    from litectl.exchange.pricing import CATALOG_ESTIMATE, Cost, dollars_number
    from litectl.output.listing import print_record

    terminal, output_format = runtime.terminal, runtime.options.format
    shown = dollars_number(price.dollars)
    if output_format is None:
        terminal.write_line(shown)
    else:
        record = {
            **request._asdict(),
            "cost": price.dollars if runtime.wants_json else shown,
            "source": price.source,
            "is_estimate": Cost(price.dollars, price.source).is_estimate,
            "input_price": price.input_price,
            "output_price": price.output_price,
        }
        print_record(terminal, record, output_format)
    if price.source == CATALOG_ESTIMATE:
        terminal.note(f"an estimate with the prices of the cached list ({CATALOG_ESTIMATE})")
    if request.output_tokens is None:
        terminal.note("this is the price of the prompt alone; for the answer add `--output-tokens N`")
