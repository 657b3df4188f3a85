"""How hard a model thinks, and how much it may say: `--effort`, `--max-tokens`, `--strict`."""

import pytest

from answers import MESSAGES, RESPONSES, answer_all
from fake_proxy import (
    CHAT,
    FakeProxy,
    chat_answer,
)
from known_models import claude, databricks, know, listed, openai, sent
from program import Litectl

ASK = ("ask", "-p", "Hi", "-m")


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


# Effort


@pytest.mark.parametrize(
    ("entry", "arguments", "path", "expected"),
    [
        (openai("m"), ["--effort", "low"], CHAT, {"reasoning_effort": "low"}),
        (openai("m", mode="responses"), ["--effort", "high"], RESPONSES, {"reasoning": {"effort": "high"}}),
        (claude("m"), ["--effort", "low"], CHAT, {"reasoning_effort": "low"}),
        (claude("m"), ["--effort", "low", "--protocol", "messages"], MESSAGES, {"reasoning_effort": "low"}),
        (
            listed("m", "moonshot/kimi-k2.5", supports_reasoning=True),
            ["--effort", "none"],
            CHAT,
            {"extra_body": {"thinking": {"type": "disabled"}}},
        ),
    ],
)
def test_effort_is_said_as_the_protocol_and_the_backend_want_it(
    litectl: Litectl,
    fake: FakeProxy,
    entry: dict[str, object],
    arguments: list[str],
    path: str,
    expected: dict[str, object],
) -> None:
    """One option, and each carrier; nothing is said of it on stderr."""
    know(litectl, fake, entry)

    result = litectl(*ASK, "m", *arguments)

    assert result == (0, "ok\n", "")
    assert fake.requests[-1].path == path
    assert {**sent(fake), **expected} == sent(fake)


@pytest.mark.parametrize(
    ("entry", "arguments", "said"),
    [
        (openai(), ["--effort", "hard"], "none, minimal, low"),
        (openai(), ["--effort", "xhigh"], "its levels are none, minimal, low, medium, high"),
        (openai("gpt", reasoning_effort_levels=["low"]), ["--effort", "high"], "its levels are low"),
        (openai("gpt", supported_openai_params=["temperature"]), ["--effort", "low"], "no such"),
        (openai("other"), ["--effort", "low"], "litectl models refresh"),
        (claude("gpt"), ["--effort", "high", "--max-tokens", "4096"], "no room beside 4096"),
        (
            listed("gpt", "moonshot/kimi-k2.5"),
            ["--effort", "none", "--protocol", "messages"],
            "--protocol chat",
        ),
    ],
)
def test_an_effort_without_evidence_is_refused_before_anything_is_sent(
    litectl: Litectl, fake: FakeProxy, entry: dict[str, object], arguments: list[str], said: str
) -> None:
    """Exit 2, why, and what there is instead."""
    know(litectl, fake, entry)

    result = litectl(*ASK, "gpt", *arguments)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert said in result.err


def test_no_effort_of_a_model_that_does_not_reason_sends_nothing_of_it(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """`--effort none` works with every model, and needs no note where it changes nothing."""
    know(litectl, fake, openai("gpt", supports_reasoning=False))

    assert litectl(*ASK, "gpt", "--effort", "none") == (0, "ok\n", "")
    assert not {"reasoning_effort", "thinking", "reasoning"} & {*sent(fake)}


def test_a_claude_that_thinks_gets_no_temperature(litectl: Litectl, fake: FakeProxy) -> None:
    """It is left out with a note, since Anthropic would refuse both together."""
    know(litectl, fake, claude())

    result = litectl(*ASK, "claude", "--effort", "low", "--temperature", "0.2")

    assert "temperature is left out" in result.err
    assert "temperature" not in sent(fake)


# Limits


def test_an_answer_cut_by_a_limit_that_was_added_is_a_failure(litectl: Litectl, fake: FakeProxy) -> None:
    """Databricks admits few tokens, so a safe limit is sent unasked; who is cut by it has exit 11."""
    know(litectl, fake, databricks())
    fake.on_chat(chat_answer("half", finish="length"))

    result = litectl(*ASK, "dbrx")

    limit = sent(fake)["max_tokens"]
    assert (result.code, result.out) == (11, "half")
    assert f"cut at {limit} tokens, a limit that litectl set" in result.err
    assert "--max-tokens N" in result.err


def test_a_safe_limit_gives_way_to_the_users_own(litectl: Litectl, fake: FakeProxy) -> None:
    """`--max-tokens` replaces the added limit, and being cut there is only said."""
    know(litectl, fake, databricks())
    fake.on_chat(chat_answer("half", finish="length"))

    result = litectl(*ASK, "dbrx", "--max-tokens", "50")

    assert (result.code, result.out, sent(fake)["max_tokens"]) == (0, "half\n", 50)
    assert result.err == "note: the answer was cut at the token limit; raise it with `--max-tokens N`\n"


@pytest.mark.parametrize("limit", [[], ["--max-tokens", "7"]])
def test_strict_makes_every_cut_a_failure(litectl: Litectl, fake: FakeProxy, limit: list[str]) -> None:
    """With `--strict` the exit is 11, also at the user's own limit and at the model's."""
    fake.on_chat(chat_answer("half", finish="length"))

    result = litectl(*ASK, "m", "--strict", *limit)

    assert (result.code, result.out) == (11, "half")
    assert ("7 tokens" if limit else "the model's own limit") in result.err


def test_a_cut_answer_is_in_the_json_error(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--json` stdout stays empty, and the error has what came."""
    fake.on_chat(chat_answer("half", finish="length"))

    result = litectl(*ASK, "m", "--strict", "--json")

    assert (result.code, result.out, result.error["answer"]) == (11, "", "half")


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (listed("gpt", "openai/gpt-5.2"), "max_completion_tokens"),
        (openai("gpt", supported_openai_params=["max_completion_tokens"]), "max_completion_tokens"),
        (openai("gpt"), "max_tokens"),
        (openai("gpt", mode="responses"), "max_output_tokens"),
    ],
)
def test_the_limit_has_the_name_that_the_model_knows(
    litectl: Litectl, fake: FakeProxy, entry: dict[str, object], name: str
) -> None:
    """One option, and the name that the backend or the protocol has for it."""
    know(litectl, fake, entry)

    assert litectl(*ASK, "gpt", "--max-tokens", "50").err == ""
    carried = [each for each in sent(fake) if each.startswith("max_")]
    assert (carried, sent(fake)[name]) == ([name], 50)
