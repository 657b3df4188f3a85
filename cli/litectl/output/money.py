"""US dollars as people and columns have them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from litectl.exchange.pricing import PROXY_ESTIMATE, dollars_number, dollars_text
from litectl.output.columns import Column

if TYPE_CHECKING:
    from litectl.exchange.pricing import Cost


def dollars_column(name: str, heading: str, read: Callable[[object], float | None]) -> Column:
    """Return a column of US dollars: plain numbers, and for people with as many digits as count."""
    return Column(name, heading, read, as_text=dollars_cell, for_people=shown_dollars, is_number=True)


def shown_dollars(dollars: float) -> str:
    """Return *dollars* for people, such as `$1.23`, `-$0.50` and `$0.000075`."""
    return f"-{dollars_text(-dollars)}" if dollars < 0 else dollars_text(dollars)


def dollars_cell(dollars: float | None) -> str:
    """Return *dollars* as a plain number without noise, empty for none."""
    return "" if dollars is None else dollars_number(dollars)


def cost_text(cost: "Cost") -> str:
    """Return *cost* for people, such as `about $0.12 (estimated by the proxy)`."""
    if cost.dollars is None:
        return "cost unknown"
    if not cost.is_estimate:
        return dollars_text(cost.dollars)
    by = "the proxy" if cost.source == PROXY_ESTIMATE else "the listed prices"
    return f"about {dollars_text(cost.dollars)} (estimated by {by})"
