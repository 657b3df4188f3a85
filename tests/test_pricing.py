"""What an exchange costs: who is believed, what prices make of tokens, and how dollars are shown."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.catalog.rows import Model
from litectl.exchange.pricing import (
    CATALOG_ESTIMATE,
    HEADER,
    PROXY_ESTIMATE,
    UNKNOWN,
    USAGE,
    Cost,
    cost_in_headers,
    dollars_number,
    dollars_text,
    listed_cost,
    rounded,
)

COST = "x-litellm-response-cost"
PRICED = Model("m", input_price=2.0, output_price=10.0, cache_read_price=0.5)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({COST: "7.525e-05"}, 7.525e-05),
        ({COST: " 0.00875 "}, 0.00875),
        ({COST: "2"}, 2.0),
        # A model without a price, and an error
        ({COST: "0"}, None),
        ({COST: "0.0"}, None),
        # What a streamed answer has instead
        ({f"{COST}-original": "0.0", f"{COST}-input": "1.5"}, None),
        ({f"{COST}-margin-amount": "3"}, None),
        ({"llm_provider-x-litellm-response-cost": "3"}, None),
        ({}, None),
        *(
            ({COST: text}, None)
            for text in [
                "",
                "nan",
                "inf",
                "1e999",
                "-1",
                "+1",
                "1_0",
                "0x1",
                "1.2.3",
                ".",
                "1, 2",
                "\u0661",
                "None",
            ]
        ),
    ],
)
def test_only_the_header_of_that_very_name_tells_the_cost(
    headers: dict[str, str], expected: float | None
) -> None:
    """The cost is the one header's number above 0; those named alike and anything else tell nothing."""
    assert cost_in_headers(headers) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [(USAGE, False), (HEADER, False), (PROXY_ESTIMATE, True), (CATALOG_ESTIMATE, True), (None, False)],
)
def test_what_was_reckoned_is_an_estimate(source: str | None, *, expected: bool) -> None:
    """What the proxy billed is no estimate, what was made of prices is one."""
    assert Cost(1.0, source).is_estimate is expected
    assert UNKNOWN == (None, None)


@pytest.mark.parametrize(
    ("tokens_in", "tokens_out", "cached", "expected"),
    [
        (1_000_000, 0, None, 2.0),
        (1_000_000, None, None, 2.0),
        (0, 1_000_000, None, 10.0),
        (1000, 500, None, 0.007),
        # Cached tokens are a part of the input, and never more than all of it.
        (1_000_000, 0, 400_000, 1.4),
        (1_000_000, 0, 0, 2.0),
        (1_000_000, 0, 9_000_000, 0.5),
        # Nothing costs nothing, which is not worth a figure.
        (0, 0, None, None),
        (0, None, None, None),
        # What cannot be
        (-1, 5, None, None),
        (5, -1, None, None),
        (10**400, 5, None, None),
        (5, 10**400, None, None),
    ],
)
def test_tokens_cost_what_the_list_says(
    tokens_in: int, tokens_out: int | None, cached: int | None, expected: float | None
) -> None:
    """Prices are dollars for a million tokens, and cached ones have a price of their own."""
    cost = listed_cost(PRICED, input_tokens=tokens_in, output_tokens=tokens_out, cached_tokens=cached)

    assert cost == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("prices", "tokens_out", "expected"),
    [
        ({}, 500, None),
        ({"input_price": 0.0, "output_price": 0.0}, 500, None),
        ({"input_price": 2.0}, 500, None),
        ({"input_price": 2.0, "output_price": 0.0}, 500, None),
        ({"output_price": 2.0}, 500, None),
        ({"input_price": 0.0, "output_price": 2.0}, 500, None),
        ({"input_price": math.nan, "output_price": 2.0}, 500, None),
        ({"input_price": math.inf, "output_price": 2.0}, 500, None),
        ({"input_price": "2", "output_price": 2.0}, 500, None),
        # An embedding has no answer to pay for.
        ({"input_price": 2.0}, 0, 0.002),
        ({"input_price": 2.0, "output_price": 0.0}, None, 0.002),
    ],
)
def test_a_missing_price_is_never_nothing(
    prices: dict[str, Any], tokens_out: int | None, expected: float | None
) -> None:
    """Without the prices that are needed the cost is unknown, and a price of 0 is a missing one."""
    cost = listed_cost(Model("m", **prices), input_tokens=1000, output_tokens=tokens_out)

    assert cost == (None if expected is None else pytest.approx(expected))


def test_a_listed_cost_has_no_noise() -> None:
    """The last digits of a float are no part of a price."""
    model = Model("m", input_price=2.99999, output_price=15.00002)

    assert listed_cost(model, input_tokens=549, output_tokens=3263) == 0.05059205977


@pytest.mark.parametrize("price", [None, 0.0])
def test_cached_tokens_cost_as_others_where_no_price_of_theirs_is_known(price: float | None) -> None:
    """Without a price for cached tokens they cost what all input does."""
    model = PRICED._replace(cache_read_price=price)

    assert listed_cost(model, input_tokens=10**6, output_tokens=0, cached_tokens=10**6) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("dollars", "number", "text"),
    [
        (3.9999999999999996e-05, "0.00004", "$0.000040"),
        (7.525e-05, "0.00007525", "$0.000075"),
        (0.00875, "0.00875", "$0.0088"),
        (0.38000000000000006, "0.38", "$0.38"),
        (0.1, "0.1", "$0.10"),
        (0.0996, "0.0996", "$0.10"),
        (0.996, "0.996", "$1.00"),
        (1.0, "1", "$1.00"),
        (1.234, "1.234", "$1.23"),
        (20.0, "20", "$20.00"),
        (1.7499999999999997e17, "175000000000000000", "$175000000000000000.00"),
        (1.5e-9, "0.0000000015", "$0.0000000015"),
    ],
)
def test_dollars_are_plain_numbers_without_noise(dollars: float, number: str, text: str) -> None:
    """A machine gets every digit that counts, a person cents or two digits, and nobody an exponent."""
    assert dollars_number(dollars) == number
    assert dollars_text(rounded(dollars)) == text


@given(st.floats(min_value=1e-12, max_value=1e15))
def test_a_plain_number_is_the_rounded_one(dollars: float) -> None:
    """What is printed reads as the rounded cost, which differs from the cost by noise only."""
    assert float(dollars_number(dollars)) == rounded(dollars) == pytest.approx(dollars, rel=1e-11)
    assert "e" not in dollars_number(dollars) + dollars_text(dollars)
