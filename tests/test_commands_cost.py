"""`litectl cost` against a proxy that answers what the test says."""

import json
import os
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from leaks import require_clean
from parrot import ECHOES, Echo, Parrot
from program import Litectl, Program

ESTIMATE, COUNTER = "/cost/estimate", "/utils/token_counter"
PRICES = {"input_cost_per_token": 1.75e-06, "output_cost_per_token": 1.4e-05}
TOKENS = ("--input-tokens", "1000", "--output-tokens", "500")
COST = ("cost", "-m", "gpt-5.2")
LISTED = "note: an estimate with the prices of the cached list (catalog_estimate)\n"
ALONE = "note: this is the price of the prompt alone; for the answer add `--output-tokens N`\n"
SAY = "say what a million tokens cost: `litectl profiles set"


def estimate_of(dollars: float) -> Answer:
    """Return an estimate with the prices of the list."""
    return json_answer({"cost_per_request": dollars, **PRICES})


def count_of(tokens: int) -> Answer:
    """Return a count of so many *tokens*."""
    return json_answer({"total_tokens": tokens, "count_source": "local_estimate"})


@pytest.fixture
def listed(litectl: Litectl, fake: FakeProxy) -> FakeProxy:
    """Give a proxy whose list is cached: a model with prices, one without, an embedding."""
    embedding = {"mode": "embedding", "input_cost_per_token": 2e-08, "output_cost_per_token": 0.0}
    fake.on_models(model_info("gpt-5.2", **PRICES), model_info("free"), model_info("embed", **embedding))
    assert litectl("models", "refresh").code == 0
    fake.requests.clear()
    return fake


def test_the_number_stands_alone(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy's estimate is one plain number on stdout, and nothing else is said."""
    fake.on("POST", ESTIMATE, estimate_of(0.008750000000000001))

    assert litectl(*COST, *TOKENS) == (0, "0.00875\n", "")
    assert [request.path for request in fake.requests] == [ESTIMATE]


def test_a_small_number_has_no_exponent(litectl: Litectl, fake: FakeProxy) -> None:
    """A script gets decimals, however many there are."""
    fake.on("POST", ESTIMATE, estimate_of(3.9999999999999996e-05))

    assert litectl(*COST, *TOKENS).out == "0.00004\n"
    assert "cost\t0.00004\n" in litectl(*COST, *TOKENS, "--format", "tsv").out


def test_json_has_the_documented_fields(litectl: Litectl, fake: FakeProxy) -> None:
    """`--json` prints one object with exactly the public fields."""
    fake.on("POST", ESTIMATE, estimate_of(0.00875))

    assert litectl(*COST, *TOKENS, "--json").json == {
        "schema_version": 1,
        "model": "gpt-5.2",
        "input_tokens": 1000,
        "output_tokens": 500,
        "cost": 0.00875,
        "source": "proxy_estimate",
        "is_estimate": True,
        "input_price": 1.75,
        "output_price": 14.0,
    }


def test_unknown_fields_are_null(litectl: Litectl, fake: FakeProxy) -> None:
    """Tokens that nobody named and prices that nobody told are null, not 0."""
    fake.on("POST", ESTIMATE, json_answer({"cost_per_request": 0.002}))

    document = litectl(*COST, "--input-tokens", "1000", "--json").json

    assert (document["output_tokens"], document["input_price"], document["output_price"]) == (
        None,
        None,
        None,
    )


def test_a_table_is_the_record(litectl: Litectl, fake: FakeProxy) -> None:
    """`--format table` has a line for each field, with a dash for what is unknown."""
    fake.on("POST", ESTIMATE, estimate_of(0.00175))

    lines = litectl(*COST, "--input-tokens", "1000", "--format", "table").out.splitlines()

    assert [line.split() for line in lines[:4]] == [
        ["model", "gpt-5.2"],
        ["input_tokens", "1000"],
        ["output_tokens", "-"],
        ["cost", "0.00175"],
    ]


@pytest.mark.parametrize(
    "answer",
    [
        error_answer(401, "auth_error", "no user"),
        error_answer(404, "not_found", "not mapped"),
        error_answer(500, "internal", "broken"),
        json_answer({"cost_per_request": 0.0}),
    ],
)
def test_without_an_estimate_the_list_is_used_and_named(
    litectl: Litectl, listed: FakeProxy, answer: Answer
) -> None:
    """Where the proxy gives no estimate the cached prices do, and a note says so."""
    listed.on("POST", ESTIMATE, answer)

    assert litectl(*COST, *TOKENS) == (0, "0.00875\n", LISTED)
    document = litectl(*COST, *TOKENS, "--json").json
    assert (document["cost"], document["source"], document["is_estimate"]) == (
        0.00875,
        "catalog_estimate",
        True,
    )
    assert (document["input_price"], document["output_price"]) == (1.75, 14.0)


def test_offline_the_list_alone_is_used(litectl: Litectl, listed: FakeProxy) -> None:
    """With `--offline` nobody is asked; `--quiet` leaves the note out."""
    assert litectl(*COST, *TOKENS, "--offline") == (0, "0.00875\n", LISTED)
    assert litectl(*COST, *TOKENS, "--offline", "-q") == (0, "0.00875\n", "")
    assert listed.requests == []


def test_the_prices_of_the_profile_count(litectl: Litectl, listed: FakeProxy) -> None:
    """What the profile says of a model is known, and the hint of the failure says how."""
    litectl("profiles", "add", "dev", "--base-url", listed.root)
    refused = litectl("cost", "-m", "free", *TOKENS, "--offline")
    assert refused.code == 6
    words = refused.err.partition("`litectl ")[2].partition("`")[0].replace("DOLLARS", "2").split()
    assert litectl(*words).code == 0

    assert litectl("cost", "-m", "free", *TOKENS, "--offline", "-q") == (0, "0.003\n", "")


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("free", f"{SAY} models.free.input_price=DOLLARS models.free.output_price=DOLLARS`"),
        ("embed", f"{SAY} models.embed.output_price=DOLLARS`, or leave `--output-tokens` out"),
        ("gtp-5.2", "did you mean `gpt-5.2`?"),
    ],
)
def test_without_any_price_it_is_exit_6(litectl: Litectl, listed: FakeProxy, model: str, hint: str) -> None:
    """A cost that nobody knows is a failure and never 0; the hint fits what is known of the model."""
    result = litectl("cost", "-m", model, *TOKENS)

    assert result == (6, "", f"error: no price of {model} is known\nhint: {hint}\n")


def test_without_a_list_the_hint_is_to_fetch_it(program: Program, fake: FakeProxy) -> None:
    """Without estimate and list it is exit 6, and the JSON error says why there is no estimate."""
    result = program(*COST, *TOKENS, "--json")

    assert (result.code, result.out) == (6, "")
    assert result.error == {
        "code": "not_found",
        "message": "no price of gpt-5.2 is known",
        "hint": "fetch the list and its prices with `litectl models refresh`",
        "exit_code": 6,
        "reason": "the proxy gives no estimate (404)",
    }


def test_an_embedding_has_a_price_without_output(litectl: Litectl, listed: FakeProxy) -> None:
    """A model that answers nothing has a cost when no answer is priced."""
    assert litectl("cost", "-m", "embed", "--input-tokens", "1000", "--offline").out == "0.00002\n"


def test_a_damaged_list_is_no_list(litectl: Litectl, listed: FakeProxy, isolated: Path) -> None:
    """A cache that cannot be read is exit 6 with the hint that mends it."""
    for path in isolated.rglob("*.json"):
        path.write_bytes(b"{")

    result = litectl(*COST, *TOKENS, "--offline")

    assert result.code == 6
    assert "`litectl models refresh`" in result.err


def test_the_tokens_of_a_prompt_are_counted_first(litectl: Litectl, fake: FakeProxy) -> None:
    """`-p` is counted as the conversation that it would be, and that many tokens are priced."""
    fake.on("POST", COUNTER, count_of(9))
    fake.on("POST", ESTIMATE, estimate_of(0.5))

    assert litectl(*COST, "-p", "Hello", "--output-tokens", "5") == (0, "0.5\n", "")
    assert [(request.path, request.json) for request in fake.requests] == [
        (COUNTER, {"model": "gpt-5.2", "messages": [{"role": "user", "content": "Hello"}]}),
        (ESTIMATE, {"model": "gpt-5.2", "input_tokens": 9, "output_tokens": 5}),
    ]


def test_what_is_piped_is_the_prompt(litectl: Litectl, fake: FakeProxy) -> None:
    """Without -p and tokens stdin is counted, and a note says that the answer is not priced."""
    fake.on("POST", COUNTER, count_of(9))
    fake.on("POST", ESTIMATE, estimate_of(0.5))

    assert litectl(*COST, stdin=b"Hello\n") == (0, "0.5\n", ALONE)
    assert fake.requests[0].json["messages"][0]["content"] == "Hello\n"
    assert fake.requests[1].json["output_tokens"] == 0


@pytest.mark.parametrize("arguments", [TOKENS, ("-p", "Hello", "--output-tokens", "5")])
def test_what_is_piped_stays_when_tokens_or_prompt_are_given(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """Stdin is not read, not even when it is no text."""
    fake.on("POST", COUNTER, count_of(9))
    fake.on("POST", ESTIMATE, estimate_of(0.5))

    assert litectl(*COST, *arguments, stdin=b"\xff") == (0, "0.5\n", "")


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ((), b"", "there is no prompt to price"),
        ((), b" \n", "there is no prompt to price"),
        (("-p", ""), b"x", "there is no prompt to price"),
        (("--output-tokens", "5"), b"", "there is no prompt to price"),
        ((), b"caf\xe9", "stdin is not UTF-8 text (byte 3)"),
        (("-p", "x", "--input-tokens", "5"), b"", "`-p` and `--input-tokens` say the same"),
        (("--input-tokens", "0"), b"", "there are no tokens to price"),
        (("--input-tokens", "0", "--output-tokens", "0"), b"", "there are no tokens to price"),
        (("--input-tokens", "-1"), b"", "'--input-tokens'"),
        (("--input-tokens", "1e3"), b"", "'--input-tokens'"),
        (("--input-tokens", "1", "--output-tokens", "9" * 30), b"", "'--output-tokens'"),
        (("-m", "", "--input-tokens", "1"), b"", "`-m` is empty"),
    ],
)
def test_bad_input_is_exit_2_before_anything_is_asked(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], stdin: bytes, message: str
) -> None:
    """Nothing to price, or too much of it, is a usage error."""
    result = litectl(*COST, *arguments, stdin=stdin)

    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert fake.requests == []


def test_on_a_terminal_nobody_waits_in_silence(litectl: Litectl, fake: FakeProxy) -> None:
    """Without prompt and tokens a terminal gets exit 2 with what to give."""
    result = litectl(*COST, terminal=True)

    assert result.code == 2
    assert "give `--input-tokens N`, or a prompt with `-p` or a pipe" in result.err


def test_a_silent_pipe_is_given_up(program: Program, fake: FakeProxy) -> None:
    """A pipe that says nothing is exit 2 after the limit, with what to give instead."""
    silent, _keep_open = os.pipe()
    environ = program.environ({"LITECTL_STDIN_TIMEOUT": "0.3"})
    with program.started(*COST, stdin=silent, env=environ) as process:
        _, err = process.communicate(timeout=20)

    assert process.returncode == 2
    assert b"nothing came on stdin for 0.3 s" in err
    assert b"hint: give `--input-tokens N`" in err


def test_a_key_on_stdin_leaves_no_prompt(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--api-key-file -` stdin is the key, and is not priced."""
    result = litectl(*COST, "--api-key-file", "-", stdin=b"sk-of-a-pipe-0001\n")

    assert result.code == 2
    assert "there is no prompt to price" in result.err
    assert fake.requests == []


def test_which_model_is_chosen_as_in_ask(litectl: Litectl, fake: FakeProxy) -> None:
    """Without -m it is LITECTL_MODEL, then the profile's; without any it is exit 2."""
    fake.on("POST", ESTIMATE, estimate_of(0.5))
    assert litectl("cost", *TOKENS).code == 2

    assert litectl("cost", *TOKENS, variables={"LITECTL_MODEL": "of-the-variable"}).code == 0
    assert fake.requests[-1].json["model"] == "of-the-variable"

    litectl("profiles", "add", "dev", "--base-url", fake.root)
    litectl("profiles", "set", "model=of-the-profile")
    assert litectl("cost", *TOKENS).code == 0
    assert fake.requests[-1].json["model"] == "of-the-profile"


def test_offline_no_tokens_can_be_counted(litectl: Litectl, listed: FakeProxy) -> None:
    """A prompt needs the proxy, so with `--offline` it is exit 3."""
    result = litectl(*COST, "-p", "Hello", "--offline")

    assert (result.code, result.out) == (3, "")
    assert "this needs the network, which is forbidden" in result.err
    assert listed.requests == []


def test_a_refused_count_is_exit_4(litectl: Litectl, listed: FakeProxy) -> None:
    """A prompt that cannot be counted is no estimate, and its error keeps its class."""
    listed.on("POST", COUNTER, error_answer(401, "auth_error", "no"))

    result = litectl(*COST, "-p", "Hello")

    assert (result.code, result.out) == (4, "")
    assert [request.path for request in listed.requests] == [COUNTER]


def test_a_proxy_that_is_not_there_is_exit_5(litectl: Litectl, listed: FakeProxy) -> None:
    """Nobody is answered from an old list unasked: `--offline` says so."""
    result = litectl(*COST, *TOKENS, "--base-url", "http://127.0.0.1:1")

    assert (result.code, result.out) == (5, "")
    assert "cannot connect to http://127.0.0.1:1" in result.err


def test_verbose_says_why_there_is_no_estimate(litectl: Litectl, listed: FakeProxy) -> None:
    """With `-v` stderr has the requests and the reason for the list."""
    listed.on("POST", ESTIMATE, error_answer(403, "auth_error", "no"))

    assert "the proxy gives no estimate (403)\n" in litectl(*COST, *TOKENS, "-v").err


@pytest.mark.parametrize("arguments", [TOKENS, ("-p", "Hello")])
@pytest.mark.parametrize("echo", ECHOES, ids=str)
def test_whatever_the_proxy_repeats_no_secret_is_shown(
    litectl: Litectl, echo: Echo, arguments: tuple[str, ...]
) -> None:
    """A proxy that answers with all that it was sent makes litectl show no part of the key."""
    key = 'sk-hidden"key+/=\\0001'
    with Parrot(echo) as parrot:
        variables = {"LITECTL_BASE_URL": parrot.root, "LITECTL_API_KEY": key}
        results = [
            litectl(*COST, *arguments, *more, variables=variables) for more in ((), ("--json",), ("--debug",))
        ]

    assert all(result.code not in (0, 70) for result in results)
    require_clean(results, [key])


def test_a_model_of_any_name_is_only_a_name(litectl: Litectl, listed: FakeProxy) -> None:
    """Controls and text that is no UTF-8 in a name harm nothing."""
    result = litectl("cost", "-m", "a\x1b[31m\udcff", *TOKENS)

    assert result.code == 6
    assert "\x1b" not in result.err
    assert json.loads(listed.requests[-1].body)["model"] == "a\x1b[31m?"
