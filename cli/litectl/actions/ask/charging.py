"""
What an answer cost, and who gave it: as exactly as the answer, the proxy or the cached list tells.

The edge that joins the catalog of a run and its proxy to `litectl.exchange.pricing`.
"""

from typing import TYPE_CHECKING

from litectl.actions.estimating import estimated_cost

if TYPE_CHECKING:
    from litectl.actions.ask.requesting import Request
    from litectl.exchange.answer import Answer
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy


def price(runtime: "Runtime", proxy: "Proxy", request: "Request", answer: "Answer", *, asks: bool) -> None:
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
    if asks and (estimated := estimated_cost(runtime, proxy, model, tokens_in, tokens_out)) is not None:
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


def stand_in(request: "Request", answer: "Answer") -> str | None:
    """Return the model that answered for the one that was asked, None when nothing says that one did."""
    if answer.fallbacks:
        return answer.model_group or answer.model
    # A proxy that had to keep the connection alive sends no headers that count the fallbacks.
    fallbacks = request.question.parameters.get("fallbacks")
    is_one = isinstance(fallbacks, list) and answer.model in fallbacks and answer.fallbacks is None
    return answer.model if is_one and answer.model != request.question.model else None


def _priced_as(runtime: "Runtime", request: "Request", answer: "Answer") -> str | None:
    """Return the model whose prices count, None when a fallback answered and nobody says which."""
    if answer.model_group is not None:
        return answer.model_group
    if answer.model is not None and runtime.lister.cached(answer.model):
        return answer.model
    return None if answer.fallbacks else request.question.model
