"""Parameters: which are sent to a backend, under which name, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import UNKNOWN, backend, claude, deployment, openai
from litectl.errors import UsageError
from litectl.exchange.adaptation import named_in, without
from litectl.exchange.backend import Backend
from litectl.exchange.limits import NAMES as NAMES_OF_LIMITS
from litectl.exchange.parameters import ADDED, KEPT, LEFT_OUT, TRANSLATED, Decision, plan
from litectl.exchange.protocols import CHAT, MESSAGES, NAMES, RESPONSES, chat, responses
from litectl.exchange.question import Question

GEMINI = backend(deployment("vertex_ai", "vertex_ai/gemini-2.5-pro"))
DATABRICKS = backend(deployment("databricks", "databricks/databricks-gpt-oss-120b"))
LLAMA = backend(deployment("groq", "groq/llama-3"))


def actions(model: Backend, protocol: str = CHAT, **wanted: object) -> dict[str, str]:
    """Return what becomes of each parameter."""
    return {each.parameter: each.action for each in plan(wanted, model, protocol).decisions}


def test_nothing_wanted_is_nothing_sent() -> None:
    """A question without parameters gets none."""
    assert plan({}, openai(), CHAT) == ({}, [], None, False)


@pytest.mark.parametrize("protocol", NAMES[:2])
def test_a_model_nobody_knows_is_sent_everything(protocol: str) -> None:
    """Without evidence nothing is kept back."""
    wanted: dict[str, object] = {
        "temperature": 0.2,
        "seed": 1,
        "response_format": {},
        "tools": [],
        "store": True,
    }

    made = plan(wanted, UNKNOWN, protocol)

    assert made.parameters == wanted
    assert {each.action for each in made.decisions} == {KEPT}


def test_what_is_declared_wins() -> None:
    """A checked parameter that the deployments do not declare is left out, and the reason is told."""
    made = plan({"temperature": 0.2, "seed": 1, "top_k": 5, "tags": ["a"]}, openai(), CHAT)

    assert made.parameters == {"temperature": 0.2, "top_k": 5, "tags": ["a"]}
    assert made.decisions == [
        Decision("temperature", KEPT, "every deployment declares it"),
        Decision("seed", LEFT_OUT, "the model does not declare it"),
        Decision("top_k", KEPT, "passed on as it is"),
        Decision("tags", KEPT, "the proxy takes it itself"),
    ]
    assert [each.parameter for each in made.left_out()] == ["seed"]


def test_a_declaration_wins_over_the_table() -> None:
    """A Claude whose deployments declare the cache key gets it."""
    assert actions(claude(supported_parameters=["prompt_cache_key"]), prompt_cache_key="x") == {
        "prompt_cache_key": KEPT
    }


@pytest.mark.parametrize(
    ("model", "name", "action"),
    [
        (GEMINI, "prompt_cache_key", LEFT_OUT),
        (DATABRICKS, "prompt_cache_key", LEFT_OUT),
        (backend(deployment("bedrock", "bedrock/anthropic.claude-v3")), "prompt_cache_key", LEFT_OUT),
        (LLAMA, "prompt_cache_key", KEPT),
        (Backend("team-claude"), "prompt_cache_key", LEFT_OUT),
        (UNKNOWN, "prompt_cache_key", KEPT),
        (DATABRICKS, "store", LEFT_OUT),
        (GEMINI, "store", KEPT),
        (DATABRICKS, "temperature", KEPT),
    ],
)
def test_the_table_speaks_where_nothing_is_declared(model: Backend, name: str, action: str) -> None:
    """The cache key is kept back from Claude, Gemini and Databricks, `store` from Databricks."""
    assert actions(model, **{name: "x"}) | {"max_tokens": ""} == {name: action, "max_tokens": ""}


def test_one_deployment_that_refuses_is_enough() -> None:
    """A request may land on any deployment."""
    rows = [deployment("groq", "groq/llama-3"), deployment("vertex_ai", "vertex_ai/gemini-2.5-pro")]

    assert actions(backend(*rows), prompt_cache_key="x") == {"prompt_cache_key": LEFT_OUT}


def test_what_was_refused_before_is_left_out() -> None:
    """A refusal that is remembered spares the next one."""
    assert actions(backend(refused=("temperature",)), temperature=0.2, top_p=1) == {
        "temperature": LEFT_OUT,
        "top_p": KEPT,
        "additional_drop_params": ADDED,
    }


def test_the_proxy_drops_too_what_was_refused_before() -> None:
    """It may add one itself; what the user wants dropped stays in the list."""
    wanted: dict[str, object] = {"additional_drop_params": ["seed"]}

    made = plan(wanted, backend(refused=("max_output_tokens", "seed")), RESPONSES)

    assert made.parameters == {"additional_drop_params": ["seed", "max_output_tokens"]}


def test_no_adapt_sends_everything_as_given() -> None:
    """Whoever says so gets the request they typed."""
    wanted: dict[str, object] = {"seed": 1, "tools": [{}], "temperature": 0.2, "response_format": {}}
    model = openai(supported_parameters=["max_tokens"])

    made = plan(wanted, model._replace(refused=("temperature",)), MESSAGES, adapts=False)

    assert {name: made.parameters[name] for name in wanted} == wanted
    assert made.left_out() == []


def test_tools_are_never_left_out_in_silence() -> None:
    """A model that takes no tools is refused before anything is sent."""
    with pytest.raises(UsageError, match="does not take tools"):
        plan({"tools": [{}]}, openai(supported_parameters=["max_tokens"]), CHAT)


def test_messages_has_no_response_format() -> None:
    """What the protocol cannot carry is left out, also for a model that declares it."""
    assert actions(openai(), MESSAGES, response_format={})["response_format"] == LEFT_OUT
    assert actions(openai(), RESPONSES, response_format={})["response_format"] == KEPT


def test_what_may_pass_the_proxy_is_sent() -> None:
    """A parameter that the user lets through LiteLLM's table is not left out for lack of a declaration."""
    wanted: dict[str, object] = {"seed": 1, "allowed_openai_params": ["seed"]}

    assert plan(wanted, openai(), CHAT).parameters == wanted


# Limits and effort


def test_the_limit_takes_the_name_that_is_needed() -> None:
    """A limit that was given is told as translated, and is the user's own."""
    made = plan({"max_tokens": 7}, openai(), CHAT)

    assert made.parameters == {"max_completion_tokens": 7}
    assert made.decisions == [Decision("max_tokens", TRANSLATED, "this model wants max_completion_tokens")]
    assert (made.limit, made.limit_is_ours) == (7, False)


def test_a_limit_that_is_added_is_ours() -> None:
    """What nobody asked for is told as added, with its reason."""
    made = plan({}, DATABRICKS, CHAT)

    assert made.parameters == {"max_tokens": 4096}
    assert made.decisions == [Decision("max_tokens", ADDED, "the safe limit of Databricks")]
    assert (made.limit, made.limit_is_ours) == (4096, True)


def test_a_limit_that_is_not_sent_cuts_nothing() -> None:
    """A model that refused every limit gets none."""
    made = plan({}, DATABRICKS._replace(refused=("max_tokens", "max_completion_tokens")), CHAT)

    assert not {*NAMES_OF_LIMITS} & {*made.parameters}
    assert (made.limit, made.limit_is_ours) == (None, False)


def test_an_effort_is_told_as_translated() -> None:
    """The option and the parameter that carries it have different names."""
    made = plan({}, openai(), CHAT, effort="low")

    assert made.parameters == {"reasoning_effort": "low"}
    assert made.decisions == [Decision("effort", TRANSLATED, "the proxy translates it for the backend")]


def test_an_effort_that_needs_no_parameter_is_left_out() -> None:
    """`none` for a model that does not reason changes nothing."""
    made = plan({}, backend(deployment("x", "x/y", abilities={"reasoning": False})), CHAT, effort="none")

    assert made.parameters == {}
    assert [each.action for each in made.decisions] == [LEFT_OUT]


@pytest.mark.parametrize(
    ("effort", "temperature", "action"),
    [("low", 0.2, LEFT_OUT), ("low", 1, KEPT), ("none", 0.2, KEPT), (None, 0.2, KEPT)],
)
def test_a_thinking_claude_takes_no_temperature(effort: str | None, temperature: float, action: str) -> None:
    """Anthropic refuses any temperature but 1 beside thinking."""
    decisions = plan({"temperature": temperature}, claude(), CHAT, effort=effort).decisions

    assert {each.action for each in decisions if each.parameter == "temperature"} == {action}


def test_what_the_effort_adds_joins_what_the_user_does() -> None:
    """Two extra bodies become one."""
    kimi = backend(deployment("moonshot", "moonshot/kimi-k2.5"))

    made = plan({"extra_body": {"seed": 7}}, kimi, CHAT, effort="none")

    assert made.parameters["extra_body"] == {"seed": 7, "thinking": {"type": "disabled"}}


# What is left out after a refusal


def test_a_refused_parameter_is_dropped_here_and_at_the_proxy() -> None:
    """It is taken out, and the proxy is told to drop it too, beside what was named before."""
    parameters = {"temperature": 0.2, "seed": 1, "additional_drop_params": ["x"]}

    assert without(parameters, ["temperature", "store"], CHAT) == {
        "seed": 1,
        "additional_drop_params": ["x", "temperature", "store"],
    }


def test_a_refused_limit_is_renamed() -> None:
    """The limit is the user's wish; only its name was wrong."""
    assert without({"max_tokens": 7}, ["max_tokens"], CHAT) == {
        "max_completion_tokens": 7,
        "additional_drop_params": ["max_tokens"],
    }


@pytest.mark.parametrize("name", ["tools", "model", "messages", "input", "stream", "additional_drop_params"])
def test_what_the_question_is_made_of_is_never_dropped(name: str) -> None:
    """Without its tools or its messages it would be another question."""
    question = Question("m", [], {"tools": [{}], "seed": 1})

    assert named_in([name, "seed"], question, chat.body) == ["seed"]


def test_a_refusal_may_call_it_what_it_is_called_on_the_wire() -> None:
    """The parameter that the body carries under the refused name is meant too."""
    question = Question("m", [], {"max_tokens": 7, "seed": 1})

    assert named_in(["max_output_tokens"], question, responses.body) == ["max_output_tokens", "max_tokens"]
    assert named_in(["x"], question, chat.body) == ["x"]


@given(
    st.dictionaries(st.text(max_size=12), st.integers() | st.text() | st.none(), max_size=6),
    st.sampled_from(NAMES),
    st.sampled_from([UNKNOWN, openai(), claude(), DATABRICKS, GEMINI]),
)
def test_every_parameter_is_sent_or_has_a_reason(
    wanted: dict[str, object], protocol: str, model: Backend
) -> None:
    """Whatever is wanted, nothing is lost without a word."""
    wanted = {name: value for name, value in wanted.items() if name not in ("tools", *NAMES_OF_LIMITS)}
    made = plan(wanted, model, protocol)

    told = {each.parameter for each in made.decisions}
    assert set(wanted) <= told
    assert set(wanted) <= {*made.parameters, *(each.parameter for each in made.left_out())}
