"""
What an exchange costs, in US dollars: where the figure comes from, and what a list of prices makes of it.

A cost that nobody knows is None, never 0: a model without a price is reported as 0. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.text.jsontext import number

if TYPE_CHECKING:
    from litectl.catalog.rows import Model

# Where a cost comes from, in the order in which they are believed.
USAGE = "usage"  # the `usage.cost` of the answer
HEADER = "header"
PROXY_ESTIMATE = "proxy_estimate"
CATALOG_ESTIMATE = "catalog_estimate"
_ESTIMATES = (PROXY_ESTIMATE, CATALOG_ESTIMATE)
_BELIEVED: Sequence[str | None] = (USAGE, HEADER, *_ESTIMATES)

_HEADER_NAME = "x-litellm-response-cost"
_FIGURE = re.compile(r"[0-9.]+(?:[eE][-+]?[0-9]+)?")
_DIGITS = 12  # significant ones; the last few of a float are noise


class Cost(NamedTuple):
    """US dollars, None when unknown, and their *source*."""

    dollars: float | None
    source: str | None

    @property
    def is_estimate(self) -> bool:
        """Whether it was reckoned from tokens and prices, not billed."""
        return self.source in _ESTIMATES


UNKNOWN = Cost(None, None)


def total(costs: Sequence[Cost]) -> Cost:
    """Return what all exchanges cost together, as sure as the least sure; unknown when one of them is."""
    if any(cost.dollars is None for cost in costs):
        return UNKNOWN
    source = max((cost.source for cost in costs), key=_BELIEVED.index)
    return Cost(rounded(sum(cost.dollars or 0.0 for cost in costs)), source)


def cost_in_headers(headers: Mapping[str, str]) -> float | None:
    """
    Return the US dollars that the *headers* of an answer tell, names in lower case; None when unknown.

    The headers that are named alike are no cost: a streamed answer has them, and all are 0.
    """
    text = headers.get(_HEADER_NAME, "").strip()
    try:
        return known_price(float(text)) if _FIGURE.fullmatch(text) else None
    except ValueError:
        return None


def listed_cost(
    model: "Model", *, input_tokens: int, output_tokens: int | None, cached_tokens: int | None = None
) -> float | None:
    """
    Return the US dollars of so many tokens at the prices of *model*; None when a price is missing.

    The *cached_tokens* are a part of the input. A price of 0 is a missing one: lists
    have it where nobody knows better.
    """
    tokens_in, tokens_out = number(input_tokens), number(output_tokens or 0)
    input_price, output_price = known_price(model.input_price), known_price(model.output_price)
    if tokens_in is None or tokens_out is None or input_price is None:
        return None
    if tokens_out and output_price is None:
        return None
    cached = min(number(cached_tokens) or 0.0, tokens_in)
    cache_price = known_price(model.cache_read_price) or input_price
    input_cost = (tokens_in - cached) * input_price + cached * cache_price
    dollars = known_price((input_cost + tokens_out * (output_price or 0.0)) / 1e6)
    return None if dollars is None else rounded(dollars)


def known_price(value: object) -> float | None:
    """Return the price or cost *value*, None for what is no number, and for 0: so a missing one is told."""
    return number(value) or None


def rounded(dollars: float) -> float:
    """Return *dollars* without the noise of its last digits, such as that of 3.9999999999999996e-05."""
    return float(f"{dollars:.{_DIGITS}g}")


def difference(dollars: float, others: float) -> float:
    """Return *dollars* less *others*, without the noise that a difference of nearly equal floats has."""
    return rounded(round(dollars - others, _decimals(max(dollars, others), _DIGITS)))


def dollars_number(dollars: float) -> str:
    """Return *dollars* as a plain decimal number without noise, such as `0.00875`."""
    shown = f"{rounded(dollars):.{_decimals(dollars, _DIGITS)}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def dollars_text(dollars: float) -> str:
    """Return *dollars* for people: whole cents, or two digits that count, such as `$1.23` and `$0.000075`."""
    return f"${dollars:.{max(_decimals(dollars, 2), 2)}f}"


def _decimals(dollars: float, digits: int) -> int:
    """Return how many decimals show so many significant *digits* of *dollars*."""
    exponent = int(f"{dollars:.{digits - 1}e}".partition("e")[2])
    return max(digits - 1 - exponent, 0)
