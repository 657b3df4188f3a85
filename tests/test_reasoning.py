"""Reasoning effort: which levels a backend takes, and how they are said to it."""

import pytest

from backends import UNKNOWN, backend, claude, deployment, openai
from litectl.errors import UsageError
from litectl.exchange.backend import Backend
from litectl.exchange.protocols import CHAT, MESSAGES, NAMES, RESPONSES
from litectl.exchange.reasoning import EFFORTS, budget, carrier

KIMI = backend(deployment("moonshot", "moonshot/kimi-k2.5", abilities={"reasoning": True}))
KIMI_K3 = backend(deployment("moonshot", "moonshot/kimi-k3", reasoning_efforts=["low", "high", "max"]))
KIMI_CODE = backend(deployment("moonshot", "moonshot/kimi-k2.7-code", abilities={"reasoning": True}))
KIMI_ELSEWHERE = backend(deployment("openrouter", "moonshotai/kimi-k2.5", abilities={"reasoning": True}))


@pytest.mark.parametrize("protocol", NAMES)
@pytest.mark.parametrize(
    ("model", "levels"),
    [
        (openai(), ("none", "minimal", "low", "medium", "high")),
        (openai(reasoning_efforts=["none", "low", "xhigh"]), ("none", "low", "xhigh")),
        (claude(), ("none", "minimal", "low", "medium", "high")),
        (backend(deployment("x", "x/y", abilities={"reasoning": True})), EFFORTS[:5]),
        (KIMI_K3, ("low", "high", "max")),
        (KIMI_CODE, ("minimal", "low", "medium", "high")),
        (KIMI_ELSEWHERE, EFFORTS[:5]),
    ],
)
def test_levels_are_those_of_the_evidence(model: Backend, levels: tuple[str, ...], protocol: str) -> None:
    """Declared levels decide; else the usual ones, and the two strongest never; any other is refused."""
    for effort in EFFORTS:
        if effort in levels:
            assert carrier(effort, model, protocol).parameters == {"reasoning_effort": effort}
        else:
            with pytest.raises(UsageError, match="does not take this `--effort`"):
                carrier(effort, model, protocol)


def test_nothing_known_is_a_refusal_that_says_how_to_send_it_anyway() -> None:
    """Without a cached entry no level is sent; the hint names the list, and the way around."""
    with pytest.raises(UsageError, match="nothing says that it reasons") as caught:
        carrier("low", UNKNOWN, CHAT)

    assert "litectl models refresh" in str(caught.value.hint)
    assert "--param reasoning_effort=low" in str(caught.value.hint)


@pytest.mark.parametrize(
    "model",
    [
        backend(deployment("x", "x/y", abilities={"reasoning": False})),
        backend(deployment("x", "x/y", supported_parameters=["temperature"])),
        backend(deployment("x", "x/y")),
    ],
)
def test_a_model_that_does_not_reason_takes_no_level(model: Backend) -> None:
    """A model that says no, or nothing at all, is not asked to reason."""
    with pytest.raises(UsageError):
        carrier("low", model, CHAT)


def test_none_is_granted_where_nothing_reasons() -> None:
    """`none` needs no parameter for a model that does not reason."""
    model = backend(deployment("x", "x/y", abilities={"reasoning": False}))

    assert carrier("none", model, CHAT).parameters == {}


@pytest.mark.parametrize(
    ("effort", "state"), [("none", "disabled"), ("low", "enabled"), ("high", "enabled"), ("max", "enabled")]
)
def test_a_kimi_of_moonshot_has_a_switch(effort: str, state: str) -> None:
    """Kimi's thinking is on or off, in a field that the proxy passes on as it is."""
    assert carrier(effort, KIMI, CHAT).parameters == {"extra_body": {"thinking": {"type": state}}}


@pytest.mark.parametrize("protocol", [RESPONSES, MESSAGES])
def test_the_switch_is_one_of_chat_only(protocol: str) -> None:
    """The other protocols cannot carry the switch, and the hint says which one does."""
    with pytest.raises(UsageError) as caught:
        carrier("none", KIMI, protocol)

    assert caught.value.hint == "use `--protocol chat`"


def test_a_model_that_always_thinks_says_so() -> None:
    """Thinking that cannot be switched off is no mystery."""
    with pytest.raises(UsageError, match="always thinks"):
        carrier("none", KIMI_CODE, CHAT)


@pytest.mark.parametrize(
    ("model", "effort", "tokens"),
    [
        (claude(), "low", 1024),
        (claude(), "high", 4096),
        (claude(), "none", 0),
        (claude(reasoning_efforts=["low", "max"]), "max", 0),
        (openai(), "high", 0),
        (UNKNOWN, "high", 0),
    ],
)
def test_only_an_older_claude_counts_its_thinking(model: Backend, effort: str, tokens: int) -> None:
    """The thinking of a Claude without levels is a part of `max_tokens`; that of others is not."""
    assert budget(effort, model) == tokens
