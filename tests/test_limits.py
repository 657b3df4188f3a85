"""The limit of an answer: how many tokens, by what name, and whose wish it is."""

import pytest

from backends import UNKNOWN, backend, claude, deployment, openai
from litectl.catalog.rows import Model
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.limits import Limit, given_limit, limit_of, name_of_limit
from litectl.exchange.protocols import CHAT, MESSAGES, NAMES, RESPONSES

DATABRICKS = backend(deployment("databricks", "databricks/databricks-claude-sonnet-4-5"))


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize("model", [UNKNOWN, openai(), claude(), DATABRICKS])
def test_the_limit_that_was_given_counts(model: Backend, protocol: str) -> None:
    """What somebody asks for is sent, and nobody is told why."""
    assert limit_of(7, model, protocol, None) == Limit(7)


@pytest.mark.parametrize("model", [UNKNOWN, openai(), claude()])
@pytest.mark.parametrize("protocol", [CHAT, RESPONSES])
def test_most_models_get_no_limit(model: Backend, protocol: str) -> None:
    """A limit that nobody needs is not made up."""
    assert limit_of(None, model, protocol, None) is None


@pytest.mark.parametrize("protocol", NAMES)
def test_databricks_gets_its_safe_limit(protocol: str) -> None:
    """Behind Databricks an answer reserves capacity, so it is kept small."""
    assert limit_of(None, DATABRICKS, protocol, None) == Limit(4096, "the safe limit of Databricks")


@pytest.mark.parametrize(
    ("model", "tokens"), [(UNKNOWN, 4096), (claude(), 4096), (openai(max_output_tokens=128_000), 128_000)]
)
def test_messages_always_has_a_limit(model: Backend, tokens: int) -> None:
    """The protocol requires one: the model's own, or a moderate one where nobody knows that."""
    assert limit_of(None, model, MESSAGES, None) == Limit(tokens, "this protocol wants a limit")


def test_a_limit_of_ours_grows_by_the_thinking() -> None:
    """Thinking that would fill the whole limit gets room beside it."""
    thinking = backend(
        deployment("databricks", "databricks/databricks-claude-sonnet-4-5", abilities={"reasoning": True})
    )

    assert limit_of(None, thinking, CHAT, "high") == Limit(8192, "the safe limit of Databricks")
    assert limit_of(None, thinking, CHAT, "low") == Limit(4096, "the safe limit of Databricks")


def test_a_given_limit_must_leave_room_beside_the_thinking() -> None:
    """A limit that the thinking would use up is refused before it is sent."""
    with pytest.raises(UsageError, match="leaves no room beside 4096 tokens"):
        limit_of(4096, claude(), CHAT, "high")

    assert limit_of(4097, claude(), CHAT, "high") == Limit(4097)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (UNKNOWN, "max_tokens"),
        (openai(), "max_completion_tokens"),
        (openai("openai/o3-mini"), "max_completion_tokens"),
        (openai("gpt-5"), "max_completion_tokens"),
        (openai("openai/gpt-50"), "max_tokens"),
        (openai("openai/gpt-4.1"), "max_tokens"),
        (openai("openai/gpt-5", supported_parameters=["max_tokens"]), "max_tokens"),
        (
            backend(deployment("x", "x/y", supported_parameters=["max_completion_tokens"])),
            "max_completion_tokens",
        ),
        (backend(deployment("moonshot", "moonshot/kimi-k3")), "max_tokens"),
        (backend(deployment("openrouter", "openai/gpt-5")), "max_tokens"),
        (backend(refused=("max_tokens",)), "max_completion_tokens"),
        (claude(), "max_tokens"),
    ],
)
def test_the_limit_is_called_what_the_model_knows(model: Backend, name: str) -> None:
    """OpenAI's models that reason know the new name only; the alias of a model says nothing."""
    assert name_of_limit(model, CHAT) == name
    assert name_of_limit(model, RESPONSES) == "max_tokens"


def test_a_guessed_limit_is_no_reason_to_cut() -> None:
    """What only the name of a model suggests is not sent."""
    guessed = Backend("haiku", Model("haiku", safe_max_tokens=4096, safe_max_tokens_reason="guess"))

    assert limit_of(None, guessed, CHAT, None) is None


@pytest.mark.parametrize("value", ["5", 0, -1, 2.5, True, None, [5]])
def test_a_limit_is_a_number_of_tokens(value: object) -> None:
    """What is no number of tokens is refused instead of being lost."""
    with pytest.raises(UsageError, match="not a number of tokens"):
        given_limit({"max_tokens": value})


def test_two_limits_are_one_too_many() -> None:
    """Both names mean the same limit, and only one could be kept."""
    assert given_limit({"temperature": 1}) is None
    assert given_limit({"max_completion_tokens": 5}) == 5
    with pytest.raises(UsageError, match="are one limit"):
        given_limit({"max_tokens": 5, "max_completion_tokens": 5})
