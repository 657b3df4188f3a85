"""The proxy's estimates of costs and its counts of tokens, asked for and read without trusting them."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.errors import (
    AuthError,
    BudgetError,
    IncompleteError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    ProxyError,
    UpstreamError,
    UsageError,
)
from litectl.exchange.cost import Quote, TokenCount, count_tokens, quote
from litectl.wire.proxy import Access, Proxy

ESTIMATE, COUNTER = "/cost/estimate", "/utils/token_counter"
ESTIMATED = {
    "cost_per_request": 0.008749999999999999,
    "input_cost_per_token": 1.75e-06,
    "output_cost_per_token": 1.4e-05,
}
COUNTED = {
    "total_tokens": 9,
    "request_model": "team-claude",
    "model_used": "claude-haiku-4-5",
    "tokenizer_type": "huggingface_tokenizer",
    "count_source": "local_estimate",
    "error": False,
}
NO_COUNTS: list[Any] = [{}, [], None, {"total_tokens": "9"}, {"total_tokens": -1}, {"total_tokens": True}]


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the fake proxy as a client sees it."""
    with Proxy(fake.root, Access("sk-test")) as client:
        yield client


def test_an_estimate_is_asked_for_with_model_and_tokens(fake: FakeProxy, proxy: Proxy) -> None:
    """One POST has the model and both counts, and gives dollars without noise and prices for a million."""
    fake.on("POST", ESTIMATE, json_answer(ESTIMATED))

    assert quote(proxy, "gpt-5.2", 1000, 500, seconds=5) == Quote(0.00875, 1.75, 14.0)
    assert fake.requests[-1].json == {"model": "gpt-5.2", "input_tokens": 1000, "output_tokens": 500}
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *(
            (error_answer(status, "auth_error", "sk-test may not"), f"the proxy gives no estimate ({status})")
            for status in (400, 401, 403, 404, 422, 429, 500, 503)
        ),
        *(
            (json_answer(document), "the proxy gives no estimate: it has no price of the model")
            for document in [
                {"cost_per_request": 0.0, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
                # The input alone is priced, or a margin alone.
                {"cost_per_request": 0.002, "input_cost_per_token": 2e-6, "output_cost_per_token": 0.0},
                {"cost_per_request": 0.01, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
                {"cost_per_request": None},
                {"cost_per_request": "0.5"},
                {"cost_per_request": -1},
                {"cost_per_request": True},
                {"cost_per_request": float("nan")},
                {"cost_per_request": 10**400},
                {},
                [],
                None,
            ]
        ),
        (Answer(pieces=[b"<html>"], content_type="text/html"), "the proxy gives no estimate: it has"),
    ],
)
def test_without_a_usable_price_there_is_no_estimate(
    fake: FakeProxy, proxy: Proxy, answer: Answer, reason: str
) -> None:
    """A refusal, a price of 0 and an answer that is none give None, and the reason for a trace."""
    fake.on("POST", ESTIMATE, answer)
    reasons: list[str] = []

    assert quote(proxy, "m", 1000, 500, seconds=5, trace=reasons.append) is None
    assert [text[: len(reason)] for text in reasons] == [reason]
    assert len(fake.requests) == 1


def test_what_is_not_asked_for_needs_no_price(fake: FakeProxy, proxy: Proxy) -> None:
    """An embedding has no answer, so its price of 0 for one is no lack; a proxy may tell no prices."""
    embedding = {"cost_per_request": 2e-05, "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0}
    fake.on("POST", ESTIMATE, json_answer(embedding))
    assert quote(proxy, "m", 1000, 0, seconds=5) == Quote(2e-05, 0.02, None)

    fake.on("POST", ESTIMATE, json_answer({"cost_per_request": 0.5}))
    assert quote(proxy, "m", 1000, 500, seconds=5) == Quote(0.5, None, None)


def test_a_refused_estimate_renews_no_credential(fake: FakeProxy) -> None:
    """Many good keys may not ask for an estimate, so a refusal says nothing of the login."""
    fake.on("POST", ESTIMATE, error_answer(401, "auth_error", "no user"))
    renewed: list[str] = []

    def renew() -> str:
        renewed.append("once")
        return "sk-new"

    with Proxy(fake.root, Access("sk-test"), renew=renew) as client:
        assert quote(client, "m", 1, 1, seconds=5) is None
    assert renewed == []


def test_an_estimate_of_nobody_is_a_network_error() -> None:
    """A proxy that is not there is an error and no reason for a guess."""
    with Proxy("http://127.0.0.1:1") as client, pytest.raises(NetworkError):
        quote(client, "m", 1, 1, seconds=5)


def test_a_text_is_counted_as_a_prompt(fake: FakeProxy, proxy: Proxy) -> None:
    """A text goes as it is, and how it was counted comes with the count."""
    fake.on("POST", COUNTER, json_answer(COUNTED))

    counted = count_tokens(proxy, "team-claude", prompt="Hello", seconds=5)

    assert counted == TokenCount(9, "huggingface_tokenizer", "local_estimate", "claude-haiku-4-5")
    assert fake.requests[-1].path == COUNTER
    assert fake.requests[-1].json == {"model": "team-claude", "prompt": "Hello"}


def test_a_conversation_is_counted_as_messages(fake: FakeProxy, proxy: Proxy) -> None:
    """Messages go as they are, text that is no UTF-8 as question marks."""
    fake.on("POST", COUNTER, json_answer(COUNTED))

    count_tokens(proxy, "m", messages=[{"role": "user", "content": "a\udcff"}], seconds=5)

    assert fake.requests[-1].json == {"model": "m", "messages": [{"role": "user", "content": "a?"}]}


def test_a_provider_counts_messages_only(fake: FakeProxy, proxy: Proxy) -> None:
    """Asked to count, a provider gets a text as a message of the user."""
    told = {**COUNTED, "total_tokens": 2, "tokenizer_type": "anthropic_api", "count_source": "provider"}
    fake.on("POST", COUNTER, json_answer(told))

    counted = count_tokens(proxy, "m", prompt="Hello", seconds=5, at_provider=True)

    assert counted == TokenCount(2, "anthropic_api", "provider", "claude-haiku-4-5")
    assert fake.requests[-1].path == f"{COUNTER}?call_endpoint=true"
    assert fake.requests[-1].json == {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error_answer(401, "auth_error", "no"), AuthError),
        (error_answer(403, "auth_error", "no"), NotAllowedError),
        (error_answer(422, "budget_exceeded", "no"), BudgetError),
        (error_answer(503, "token_counting_disabled", "no"), UpstreamError),
        (json_answer({"detail": "Not Found"}, 404), ProxyError),
        (json_answer({**COUNTED, "error": True, "error_message": "no"}), UpstreamError),
        (Answer(pieces=[b"<html>"], content_type="text/html"), ProxyError),
        (Answer(), IncompleteError),
        *((json_answer(document), ProxyError) for document in NO_COUNTS),
    ],
)
def test_a_count_that_fails_is_an_error_of_its_class(
    fake: FakeProxy, proxy: Proxy, answer: Answer, expected: type[LitectlError]
) -> None:
    """A refusal and an answer without a count raise; it is asked exactly once."""
    fake.on("POST", COUNTER, answer)

    with pytest.raises(expected) as caught:
        count_tokens(proxy, "m", prompt="Hello", seconds=5)

    assert type(caught.value) is expected
    assert len(fake.requests) == 1


def test_a_count_says_only_what_is_text(fake: FakeProxy, proxy: Proxy) -> None:
    """What tells how it was counted is unknown when it is missing or no text."""
    fake.on("POST", COUNTER, json_answer({"total_tokens": 0, "tokenizer_type": 7, "count_source": ""}))

    assert count_tokens(proxy, "m", prompt="", seconds=5) == TokenCount(0, None, None, None)


def test_a_refused_count_is_repeated_once_with_a_new_credential(fake: FakeProxy) -> None:
    """After a refusal the credential is renewed once, and the same is asked again."""

    def answer(request: Request) -> Answer:
        is_new = request.headers["authorization"] == "Bearer sk-new"
        return json_answer(COUNTED) if is_new else error_answer(401, "auth_error", "expired")

    fake.on("POST", COUNTER, answer)
    with Proxy(fake.root, Access("sk-old"), renew=lambda: "sk-new") as client:
        assert count_tokens(client, "m", prompt="Hello", seconds=5).total_tokens == 9

    assert [request.json["prompt"] for request in fake.requests] == ["Hello", "Hello"]


def test_a_conversation_nested_too_deeply_is_refused_before_it_is_sent(fake: FakeProxy, proxy: Proxy) -> None:
    """What Python's stack cannot hold is bad input and no crash."""
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]

    with pytest.raises(UsageError, match="nested too deeply"):
        count_tokens(proxy, "m", messages=[{"role": "user", "content": nested}], seconds=5)

    assert fake.requests == []
