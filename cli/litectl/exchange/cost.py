"""What requests cost and how many tokens a text has, as the proxy reckons both; no model is asked."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import ProxyError, UpstreamError
from litectl.exchange.pricing import known_price, rounded
from litectl.text.jsontext import count_of, text_of

if TYPE_CHECKING:
    from litectl.exchange.question import Message
    from litectl.wire.answers import Reply
    from litectl.wire.proxy import Proxy

LOCAL_ESTIMATE = "local_estimate"  # the proxy's own tokenizer, which is a guess for many models
_ESTIMATE_PATH = "/cost/estimate"
_COUNT_PATH = "/utils/token_counter"


class Quote(NamedTuple):
    """What the proxy would bill, in US dollars, and its prices per million tokens, None when unknown."""

    dollars: float
    input_price: float | None
    output_price: float | None


class TokenCount(NamedTuple):
    """
    How many tokens a text has, and how they were counted.

    *tokenizer* is LiteLLM's word for what counted, *source* `local_estimate` or
    `provider`, *model_used* the name under which the provider has the model.
    """

    total_tokens: int
    tokenizer: str | None
    source: str | None
    model_used: str | None


def _unheard(_text: str) -> None:
    """Take a reason that nobody asked for."""


def quote(
    proxy: "Proxy",
    model: str,
    input_tokens: int,
    output_tokens: int,
    *,
    seconds: float,
    trace: Callable[[str], None] = _unheard,
) -> Quote | None:
    """
    Return what the proxy would bill for so many tokens, None when it does not tell.

    *trace* is told why not: many keys may not ask, and many models have no price.
    Raises `NetworkError`.
    """
    asked = {"model": model, "input_tokens": input_tokens, "output_tokens": output_tokens}
    reply = proxy.reply("POST", _ESTIMATE_PATH, document=asked, seconds=seconds)
    dollars = known_price(reply.field("cost_per_request"))
    if reply.status != 200:
        # Its words stay out: they are long, and whatever was sent may be among them.
        trace(f"the proxy gives no estimate ({reply.status})")
    elif dollars is None or not _is_priced(reply, input_tokens, output_tokens):
        trace("the proxy gives no estimate: it has no price of the model")
    else:
        prices = (_per_million(reply, direction) for direction in ("input", "output"))
        return Quote(rounded(dollars), *prices)
    return None


def _is_priced(reply: "Reply", input_tokens: int, output_tokens: int) -> bool:
    """Tell whether no tokens are for nothing: a proxy says 0 for a price that it does not know."""
    tokens = {"input": input_tokens, "output": output_tokens}
    return not any(count and _rate(reply, direction) == 0 for direction, count in tokens.items())


def _per_million(reply: "Reply", direction: str) -> float | None:
    rate = known_price(_rate(reply, direction))
    return rounded(rate * 1e6) if rate is not None else None


def _rate(reply: "Reply", direction: str) -> object:
    return reply.field(f"{direction}_cost_per_token")


def count_tokens(
    proxy: "Proxy",
    model: str,
    *,
    prompt: str | None = None,
    messages: "Sequence[Message] | None" = None,
    seconds: float,
    at_provider: bool = False,
) -> TokenCount:
    """
    Return how many tokens the text *prompt* has, or the conversation *messages*.

    With *at_provider* the provider of the model is asked, which counts conversations only: a *prompt* is
    then the user's message. The proxy counts itself where the provider cannot; *source* tells.
    Raises the error of the answer's class, `NetworkError`, and `ProxyError` for an answer without a count.
    """
    if at_provider and messages is None:
        messages = [{"role": "user", "content": prompt}]
    text = {"prompt": prompt} if messages is None else {"messages": messages}
    path = f"{_COUNT_PATH}?call_endpoint=true" if at_provider else _COUNT_PATH
    document = proxy.post_json(path, {"model": model, **text}, seconds=seconds).document
    counted = document if isinstance(document, dict) else {}
    if counted.get("error"):
        raise UpstreamError("the model's provider did not count the tokens")
    total = count_of(counted.get("total_tokens"))
    if total is None:
        raise ProxyError(f"the answer of {_COUNT_PATH} has no count of tokens")
    told = (text_of(counted.get(name)) for name in ("tokenizer_type", "count_source", "model_used"))
    return TokenCount(total, *told)
