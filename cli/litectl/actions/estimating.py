"""What the proxy makes of so many tokens, where no answer told its cost."""

from typing import TYPE_CHECKING

from litectl.errors import LitectlError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

_SECONDS = 5.0  # nobody waits longer for a figure


def estimated_cost(
    runtime: "Runtime", proxy: "Proxy", model: str, tokens_in: int, tokens_out: int
) -> float | None:
    """Return the US dollars of so many tokens by the estimate of *proxy*; None where it gives none."""
    from litectl.exchange.cost import quote

    trace = runtime.terminal.trace
    try:
        quoted = quote(proxy, model, tokens_in, tokens_out, seconds=_SECONDS, trace=trace)
    except LitectlError as error:
        trace(f"no estimate: {error.message}")
        return None
    return quoted.dollars if quoted else None
