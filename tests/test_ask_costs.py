"""What an answer of `litectl ask` took: tokens, dollars and whose figure that is, seconds, who answered."""

import re
from typing import Any

import pytest

from answers import MESSAGES, RESPONSES, plain
from fake_proxy import EVENT_TYPE, Answer, FakeProxy, chat_answer, error_answer, json_answer, sse
from known_models import know, openai, questions
from program import Litectl

ASK = ("ask", "-m", "m", "-p", "Hi")
ESTIMATE = "/cost/estimate"
TOKENS = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
PRICES = {"input_cost_per_token": 2e-6, "output_cost_per_token": 1e-5}
ESTIMATED = {"cost_per_request": 0.0042, "input_cost_per_token": 2e-6, "output_cost_per_token": 2.2e-5}
COST = "x-litellm-response-cost"


def tokens(**more: object) -> Answer:
    """Return a streamed answer of 1000 tokens in and 100 out, with *more* in its usage."""
    return chat_answer("ok", usage={**TOKENS, **more})


def cost_of(litectl: Litectl, *arguments: str) -> tuple[float | None, str | None]:
    """Return the cost of a question and whose figure it is."""
    document = litectl(*ASK, *arguments, "--json").json
    return document["cost"], document["cost_source"]


# Who is believed


def test_the_cost_in_the_answer_comes_first(litectl: Litectl, fake: FakeProxy) -> None:
    """It is what the proxy bills; neither header nor estimate nor list is looked at then."""
    know(litectl, fake, openai("m", **PRICES))
    fake.on("POST", ESTIMATE, json_answer(ESTIMATED))
    fake.on_chat(tokens(cost=0.5)._replace(headers=((COST, "0.7"),)))

    assert cost_of(litectl, "--usage") == (0.5, "usage")
    assert questions(fake, ESTIMATE) == []


def test_a_plain_call_has_its_cost_in_a_header(litectl: Litectl, fake: FakeProxy) -> None:
    """The exact one, and none of those that are named alike."""
    alike = ((f"{COST}-original", "0.9"), (f"{COST}-margin-amount", "0.1"))
    document = plain({"content": "ok"}, usage=TOKENS)

    fake.on_chat(json_answer(document)._replace(headers=((COST, "0.0003"), *alike)))
    exact = cost_of(litectl, "--param", "stream=false")
    fake.on_chat(json_answer(document)._replace(headers=alike))

    assert exact == (0.0003, "header")
    assert cost_of(litectl, "--param", "stream=false") == (None, None)


@pytest.mark.parametrize("figure", ["0", "0.0", "NaN", "-1", "1e999", "free", ""])
def test_a_header_without_sense_is_no_cost(litectl: Litectl, fake: FakeProxy, figure: str) -> None:
    """A model without a price is reported as 0, so 0 is unknown."""
    fake.on_chat(tokens()._replace(headers=((COST, figure),)))

    assert cost_of(litectl) == (None, None)


def test_the_proxy_is_asked_for_an_estimate_with_usage_only(litectl: Litectl, fake: FakeProxy) -> None:
    """It is one more request, so it wants the option, and costs nothing."""
    fake.on("POST", ESTIMATE, json_answer(ESTIMATED))
    fake.on_chat(tokens())

    unasked, asked = cost_of(litectl), cost_of(litectl, "--usage")

    assert (unasked, asked) == ((None, None), (0.0042, "proxy_estimate"))
    assert [request.json for request in questions(fake, ESTIMATE)] == [
        {"model": "m", "input_tokens": 1000, "output_tokens": 100}
    ]


def test_the_list_has_a_price_when_the_proxy_gives_none(litectl: Litectl, fake: FakeProxy) -> None:
    """With and without `--usage`, marked as an estimate."""
    know(litectl, fake, openai("m", **PRICES))
    fake.on_chat(tokens())
    fake.on("POST", ESTIMATE, error_answer(403, "auth_error", "not for this key"))

    assert cost_of(litectl) == (0.003, "catalog_estimate")
    assert cost_of(litectl, "--usage") == (0.003, "catalog_estimate")


def test_cached_tokens_have_their_own_price_in_the_list(litectl: Litectl, fake: FakeProxy) -> None:
    """What came from the prompt cache is not billed as fresh."""
    know(litectl, fake, openai("m", **PRICES, cache_read_input_token_cost=2e-7))
    fake.on_chat(tokens(prompt_tokens_details={"cached_tokens": 900}))

    assert cost_of(litectl) == (0.00138, "catalog_estimate")


@pytest.mark.parametrize(
    ("info", "usage"),
    [
        ({}, TOKENS),
        ({"input_cost_per_token": 2e-6}, TOKENS),
        ({"input_cost_per_token": 0, "output_cost_per_token": 0}, TOKENS),
        (PRICES, None),
        (PRICES, {"prompt_tokens": 5}),
        (PRICES, {"prompt_tokens": "5", "completion_tokens": -1}),
    ],
)
def test_what_nobody_knows_is_null_and_never_zero(
    litectl: Litectl, fake: FakeProxy, info: dict[str, object], usage: object
) -> None:
    """Without a price or without the tokens there is no cost."""
    know(litectl, fake, openai("m", **info))
    fake.on_chat(chat_answer("ok", usage=usage))

    assert cost_of(litectl) == (None, None)


def test_an_estimate_that_does_not_come_is_no_failure(litectl: Litectl, fake: FakeProxy) -> None:
    """The answer is there and paid for, whatever becomes of the estimate."""
    fake.on_chat(tokens())
    fake.on("POST", ESTIMATE, Answer(cut=True))

    result = litectl(*ASK, "--usage")

    assert (result.code, result.out) == (0, "ok\n")
    assert "cost unknown" in result.err


# Whose price


def fallen_back(*headers: tuple[str, str]) -> Answer:
    """Return the answer of a fallback, with these *headers* besides."""
    return tokens()._replace(headers=(("x-litellm-attempted-fallbacks", "1"), *headers))


def test_a_fallback_has_its_own_price(litectl: Litectl, fake: FakeProxy) -> None:
    """In the list, and in what the proxy is asked."""
    dear = {"input_cost_per_token": 2e-5, "output_cost_per_token": 1e-4}
    know(litectl, fake, openai("m", **PRICES), openai("second", **dear))
    fake.on_chat(fallen_back(("x-litellm-model-group", "second")))
    listed = cost_of(litectl, "--fallback", "second")
    fake.on("POST", ESTIMATE, json_answer(ESTIMATED))

    litectl(*ASK, "--fallback", "second", "--usage")

    assert listed == (0.03, "catalog_estimate")
    assert fake.requests[-1].json["model"] == "second"


@pytest.mark.parametrize("headers", [(), (("x-litellm-model-group", "a-stranger"),)])
def test_a_fallback_without_a_known_price_has_no_cost(
    litectl: Litectl, fake: FakeProxy, headers: tuple[tuple[str, str], ...]
) -> None:
    """The price of the model that did not answer says nothing."""
    know(litectl, fake, openai("m", **PRICES))
    fake.on_chat(fallen_back(*headers))

    assert cost_of(litectl, "--fallback", "second", "--usage") == (None, None)


# What is said


@pytest.mark.parametrize("cost", [3.9999999999999996e-05, 0.1 + 0.2, 7.525e-05, 12.0])
def test_dollars_have_no_noise(litectl: Litectl, fake: FakeProxy, cost: float) -> None:
    """Twelve digits count, and the rest of a float does not; the JSON is a number a person can read."""
    fake.on_chat(tokens(cost=cost))

    assert cost_of(litectl)[0] == float(f"{cost:.12g}")


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (None, "unknown tokens in, unknown tokens out, cost unknown, "),
        ({**TOKENS, "cost": 1.5}, "1000 tokens in, 100 tokens out, $1.50, "),
        ({**TOKENS, "cost": 3.9999999999999996e-05}, "1000 tokens in, 100 tokens out, $0.000040, "),
        (
            {
                **TOKENS,
                "cost": 1,
                "prompt_tokens_details": {"cached_tokens": 900},
                "completion_tokens_details": {"reasoning_tokens": 60},
            },
            "1000 tokens in (900 cached), 100 tokens out (60 reasoning), $1.00, ",
        ),
        (TOKENS, "1000 tokens in, 100 tokens out, about $0.0030 (estimated by the listed prices), "),
    ],
)
def test_the_line_of_usage(litectl: Litectl, fake: FakeProxy, usage: object, said: str) -> None:
    """One line on stderr, whole and in one order; stdout has the answer alone."""
    know(litectl, fake, openai("m", **PRICES))
    fake.on_chat(chat_answer("ok", usage=usage))

    result = litectl(*ASK, "--usage")

    assert result.out == "ok\n"
    assert re.fullmatch(rf"usage: {re.escape(said)}[0-9.e-]+ s, gpt-5.2\n", result.err), result.err


def test_the_line_of_usage_says_who_answered_and_how_often_it_was_tried(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """The deployment, the retries and the fallbacks of the proxy, where there were any."""
    told = {"model-name": "openai/gpt-5.2", "attempted-retries": "1", "attempted-fallbacks": "2"}
    fake.on("POST", ESTIMATE, json_answer(ESTIMATED))
    headers = tuple((f"x-litellm-{name}", value) for name, value in told.items())
    fake.on_chat(tokens()._replace(headers=(*headers, ("x-litellm-model-group", "second"))))

    line = litectl(*ASK, "--usage").err.splitlines()[0]

    assert "about $0.0042 (estimated by the proxy)" in line
    assert line.endswith(
        " s, second, deployment openai/gpt-5.2, 1 retry by the proxy, 2 fallbacks by the proxy"
    )


@pytest.mark.parametrize("arguments", [["-q"], ["-q", "--json"]])
def test_quiet_says_nothing_of_it(litectl: Litectl, fake: FakeProxy, arguments: list[str]) -> None:
    """`-q` means errors only, on stderr."""
    fake.on_chat(tokens())

    assert litectl(*ASK, "--usage", *arguments).err == ""


def ends(kind: str, usage: dict[str, object]) -> list[Any]:
    """Return the events of a protocol that has this *usage*."""
    if kind == "responses":
        response = {"status": "completed", "output": [], "usage": usage, "model": "gpt"}
        return [
            {"type": "response.output_text.delta", "delta": "ok"},
            {"type": "response.completed", "response": response},
        ]
    counted = {name: usage[name] for name in usage if name != "output_tokens"}
    return [
        {"type": "message_start", "message": {"id": "1", "model": "gpt", "usage": counted}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ok"}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": usage["output_tokens"]},
        },
        {"type": "message_stop"},
    ]


@pytest.mark.parametrize(
    ("protocol", "path", "usage"),
    [
        (
            "responses",
            RESPONSES,
            {
                "input_tokens": 1000,
                "output_tokens": 100,
                "total_tokens": 1100,
                "input_tokens_details": {"cached_tokens": 900},
            },
        ),
        (
            "messages",
            MESSAGES,
            {"input_tokens": 60, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 40}
            | {"output_tokens": 100},
        ),
    ],
)
def test_every_protocol_is_reckoned_alike(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str, usage: dict[str, object]
) -> None:
    """The same tokens, however the protocol splits them, cost the same by the list."""
    know(litectl, fake, openai("m", **PRICES, cache_read_input_token_cost=2e-7))
    fake.on("POST", path, Answer(pieces=sse(*ends(protocol, usage)), content_type=EVENT_TYPE))

    document = litectl(*ASK, "--protocol", protocol, "--json").json

    counted = {name: document["usage"][name] for name in ("input_tokens", "output_tokens", "cached_tokens")}
    assert counted == {"input_tokens": 1000, "output_tokens": 100, "cached_tokens": 900}
    assert (document["cost"], document["cost_source"]) == (0.00138, "catalog_estimate")
