"""`ask` when something fails behind a real proxy: what is said, how it ends, and what is asked again."""

import time
from itertools import product

import pytest

from live.test_ask import PROTOCOLS, every_wire, question
from live.upstream import PROVIDERS, Upstream
from live.upstream_errors import ERRORS, REFUSED, SECRET
from program import Litectl

pytestmark = pytest.mark.live

# Exit code and reason by the name of the model.
CODES: dict[str, tuple[int, str | None]] = {
    "limited": (8, None),
    "limited-by-workspace": (8, None),
    "limited-as-page": (8, None),
    "quota": (9, "quota"),
    "context": (10, None),
    "filtered": (1, "guardrail"),
    "locked": (12, "upstream_auth"),
    "unknown": (6, None),
    "failing": (12, None),
}
EACH_ERROR = [
    (protocol, provider, name)
    for name, answers in ERRORS.items()
    for protocol, provider in product(PROTOCOLS, answers)
]


@pytest.mark.parametrize(("protocol", "provider", "name"), EACH_ERROR)
def test_each_error_has_its_exit_code(
    asking: Litectl, upstream: Upstream, protocol: str, provider: str, name: str
) -> None:
    """What a provider says in its own words is one class, by every protocol and from every provider."""
    result = asking(*question(protocol, f"{provider}-{name}", "-p", "Hi"), "--json")

    code, reason = CODES[name]
    assert (result.code, result.out, result.error["exit_code"]) == (code, "", code), result.err
    assert result.error.get("reason") == reason
    assert len(upstream.bodies) == 1
    assert SECRET not in result.err


# Limits: what is known of each, and how long to wait. Only `messages` loses the hint of a header.
LIMITS = [
    ("openai", "limited", 2, {"limit_type": "tokens_per_minute", "limit": 30000, "current": 29000}),
    (
        "databricks",
        "limited",
        15,
        {"limit_type": "input_tokens_per_minute", "limit": 200000, "current": 200150},
    ),
    ("anthropic", "limited", 15, {"limit_type": "input_tokens_per_minute", "limit": 50000}),
    (
        "databricks",
        "limited-by-workspace",
        60,
        {"limit_type": "input_tokens_per_minute", "model": "databricks-claude-sonnet-4-5"},
    ),
    ("openai", "limited-as-page", 3, {}),
]
ONLY_IN_A_HEADER = {("anthropic", "limited"), ("openai", "limited-as-page")}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("provider", "name", "seconds", "known"), LIMITS)
def test_a_limit_says_which_it_is_and_how_long_to_wait(
    asking: Litectl, protocol: str, provider: str, name: str, seconds: int, known: dict[str, object]
) -> None:
    """Type, limit and use come from whatever tells them; a minute where nobody says how long."""
    if protocol == "messages" and (provider, name) in ONLY_IN_A_HEADER:
        seconds = 60

    error = asking(*question(protocol, f"{provider}-{name}", "-p", "Hi"), "--json").error

    assert known.items() <= error.items()
    assert error["retry_after"] == seconds
    assert f"wait {seconds} seconds" in error["hint"]
    assert ("Databricks workspace" in error["hint"]) is (provider == "databricks")


def test_a_model_that_rests_is_a_limit(asking: Litectl) -> None:
    """A proxy leaves a model alone that has just failed; that is said, with the seconds and without ids."""
    failed, rests = (asking(*question("chat", "resting", "-p", "Hi"), "--json") for _ in range(2))

    assert (failed.code, rests.code) == (12, 8)
    assert rests.error["retry_after"] == 5
    assert "in cooldown" in rests.error["message"]
    assert "cooldown_list" not in rests.error["message"]
    assert "cooldown_list" in rests.error["proxy_message"]


# Answers that break


@every_wire
@pytest.mark.parametrize("name", ["dropping", "exploding"])
def test_an_answer_that_breaks_is_no_answer(asking: Litectl, protocol: str, provider: str, name: str) -> None:
    """A connection that drops and an error in the stream are exit 11, after what had come."""
    result = asking(*question(protocol, f"{provider}-{name}", "-p", "Hi"))

    assert (result.code, result.out) == (11, "echo: ")
    assert "error: the answer broke off: " in result.err


@every_wire
def test_an_error_before_the_first_word_keeps_its_class(
    asking: Litectl, protocol: str, provider: str
) -> None:
    """A stream that begins with an error is the provider's failure, whatever status the proxy makes of it."""
    result = asking(*question(protocol, f"{provider}-stillborn", "-p", "Hi"), "--json")

    assert (result.code, result.out) == (12, ""), result.err
    assert "{" not in result.error["message"]


@every_wire
def test_an_empty_answer_is_no_answer(asking: Litectl, protocol: str, provider: str) -> None:
    """Nothing said is exit 11, though the proxy calls it a success."""
    result = asking(*question(protocol, f"{provider}-empty", "-p", "Hi"))

    assert (result.code, result.out) == (11, "")
    assert "error: the answer is empty" in result.err


# The proxy makes up an end for the others, which then look whole.
@pytest.mark.parametrize(
    ("protocol", "provider"), [("responses", "openai"), ("messages", "openai"), ("messages", "anthropic")]
)
def test_a_stream_without_an_end_is_no_answer(asking: Litectl, protocol: str, provider: str) -> None:
    """Where the proxy shows that the provider just stopped, it is exit 11."""
    result = asking(*question(protocol, f"{provider}-ending", "-p", "Hi"))

    assert (result.code, result.out) == (11, "echo: ")


# Parameters that are refused


def with_key(protocol: str, *more: str) -> list[str]:
    """Return the words of a question with a parameter that the model refuses."""
    return question(protocol, "openai-strict", "-p", "Hi", "--param", f"{REFUSED}=mine", *more)


@pytest.mark.parametrize("protocol", ["chat", "responses"])
def test_a_parameter_that_is_refused_is_left_out(asking: Litectl, upstream: Upstream, protocol: str) -> None:
    """The question is asked once more without it; the next one does not send it at all."""
    assert asking("models", "refresh", "--quiet").code == 0

    first, second = asking(*with_key(protocol)), asking(*with_key(protocol))

    assert (first.code, first.out, second.code, second.out) == (0, "echo: Hi\n", 0, "echo: Hi\n")
    assert f"note: openai-strict refuses {REFUSED}; asking once more without" in first.err
    assert f"note: {REFUSED} is left out" in second.err
    assert [REFUSED in body for body in upstream.bodies] == [True, False, False]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_parameter_of_the_operator_is_left_out_too(
    asking: Litectl, upstream: Upstream, protocol: str
) -> None:
    """What nobody asked for and the model refuses is dropped by the proxy, whom the second try tells to."""
    result = asking(*question(protocol, "strict-by-operator", "-p", "Hi"))

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert f"note: strict-by-operator refuses {REFUSED}" in result.err
    assert [REFUSED in body for body in upstream.bodies] == [True, False]


def test_a_refusal_is_an_error_for_whoever_wants_it(asking: Litectl, upstream: Upstream) -> None:
    """`--no-adapt` sends it once, and says what was refused."""
    result = asking(*with_key("chat", "--no-adapt"), "--json")

    assert (result.code, result.error["reason"], result.error["parameters"]) == (
        1,
        "unsupported_parameter",
        [REFUSED],
    )
    assert len(upstream.bodies) == 1


def test_the_proxy_refuses_what_its_table_does_not_have(asking: Litectl, upstream: Upstream) -> None:
    """Of a provider that LiteLLM knows, the refusal comes before it is asked, and is mended likewise."""
    arguments = question("chat", "databricks-echo", "-p", "Hi", "--param", "seed=7")

    refused, mended = asking(*arguments, "--no-adapt", "--json"), asking(*arguments)

    assert (refused.code, refused.error["parameters"]) == (1, ["seed"])
    assert (mended.code, mended.out) == (0, "echo: Hi\n")
    assert ["seed" in body for body in upstream.bodies] == [False]


def test_the_proxy_may_drop_them_itself(asking: Litectl, upstream: Upstream) -> None:
    """`--drop-params` lets the proxy leave out what its table does not have, without another try."""
    arguments = question("chat", "databricks-echo", "-p", "Hi", "--param", "seed=7", "--drop-params")

    assert asking(*arguments, "--no-adapt") == (0, "echo: Hi\n", "")
    assert ["seed" in body for body in upstream.bodies] == [False]


# Trying again


def test_the_proxy_tries_again_by_itself(asking: Litectl, upstream: Upstream) -> None:
    """Without an option the retrying is the proxy's, in silence, and is told in the answer."""
    result = asking("ask", "--no-stdin", "-m", "openai-flaky-1-after-0", "-p", "Hi", "--json")

    assert (result.code, result.json["retries"], result.err) == (0, 1, "")
    assert len(upstream.bodies) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_retries_take_that_over(asking: Litectl, upstream: Upstream, provider: str) -> None:
    """`--retries` says each try, and the proxy makes no more of them: they are not multiplied."""
    arguments = ("ask", "--no-stdin", "-p", "Hi", "--retries", "1")

    tired = asking(*arguments, "-m", f"{provider}-flaky-2-after-0")
    asked = len(upstream.bodies)
    upstream.reset()
    patient = asking(*arguments[:-1], "2", "-m", f"{provider}-flaky-2-after-0")

    assert (tired.code, asked) == (8, 2)
    assert (patient.code, patient.out, len(upstream.bodies)) == (0, "echo: Hi\n", 3)
    assert [line.rpartition("trying again in ")[2] for line in patient.err.splitlines()] == [
        "0 s (try 2 of 3)",
        "0 s (try 3 of 3)",
    ]


@pytest.mark.parametrize("protocol", ["chat", "responses"])
def test_a_try_waits_as_long_as_the_provider_says(asking: Litectl, upstream: Upstream, protocol: str) -> None:
    """The wait is that of the provider's header, which the proxy passes on under another name."""
    arguments = question(protocol, "openai-flaky-1-after-1", "-p", "Hi")[:-4]

    started = time.monotonic()
    result = asking(*arguments, "-p", "Hi", "--retries", "1")

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert "trying again in 1 s (try 2 of 2)" in result.err
    assert time.monotonic() - started >= 1
    assert len(upstream.bodies) == 2


def test_a_longer_wait_is_not_waited(asking: Litectl, upstream: Upstream) -> None:
    """Beyond `--max-wait` the error comes at once, with the option that allows it."""
    arguments = ("ask", "--no-stdin", "-m", "databricks-limited", "-p", "Hi", "--retries", "2")

    result = asking(*arguments, "--max-wait", "14")

    assert (result.code, len(upstream.bodies)) == (8, 1)
    assert "`--max-wait 15`" in result.err


@pytest.mark.parametrize("name", ["quota", "context", "locked", "filtered", "unknown"])
def test_what_waiting_does_not_mend_is_not_tried_again(
    asking: Litectl, upstream: Upstream, name: str
) -> None:
    """No budget, context or credential gets better by another try."""
    result = asking("ask", "--no-stdin", "-m", f"openai-{name}", "-p", "Hi", "--retries", "2")

    assert (result.code, len(upstream.bodies)) == (CODES[name][0], 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_fallback_says_who_answered(asking: Litectl, upstream: Upstream, protocol: str) -> None:
    """The proxy asks the other model, whose name is on stderr and in the JSON."""
    arguments = question(protocol, "openai-failing", "-p", "Hi", "--fallback", "anthropic-echo")

    result = asking(*arguments)
    document = asking(*arguments, "--json").json

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert "note: anthropic-echo answered, as a fallback for openai-failing" in result.err
    assert (document["fallbacks"], document["deployment"]) == (1, "anthropic/echo")
    assert [body["model"] for body in upstream.bodies] == ["failing", "echo"] * 2
