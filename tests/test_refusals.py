"""Which parameters an error names as refused, in the words of many providers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.failures.refusals import refused_parameters

REFUSED = [
    (
        (
            "litellm.UnsupportedParamsError: databricks does not support parameters: "
            "['prompt_cache_key', 'store'], for model=x. To drop these, set `x=True`"
        ),
        ["prompt_cache_key", "store"],
    ),
    (
        (
            "x does not support parameters: {'store': True, 'response_format': {'type': 'x', 'y': 1}, "
            "'user': 'a'}, for model=x"
        ),
        ["store", "response_format", "user"],
    ),
    (
        "together_ai does not support parameters: tools, tool_choice, for model=x. To drop",
        ["tools", "tool_choice"],
    ),
    (
        "Vertex AI chirp does not support the OpenAI parameters: temperature, prompt_x. To drop",
        ["temperature", "prompt_x"],
    ),
    ("prompt_cache_key: Extra inputs are not permitted", ["prompt_cache_key"]),
    (
        (
            "a: Extra inputs are not permitted; body.b: Extra inputs are not permitted, "
            "messages.0.foo: Extra inputs are not permitted, tools[0].x: Extra inputs are not permitted"
        ),
        ["a", "b"],
    ),
    (
        (
            'OpenAIException - {"error_code":"BAD_REQUEST","message":"Bad request: json: unknown field\\n'
            '{\\"message\\":\\"prompt_cache_key: Extra inputs are not permitted\\"}"}'
        ),
        ["prompt_cache_key"],
    ),
    ("Bad\\nprompt_cache_key: Extra inputs are not permitted", ["prompt_cache_key"]),
    (
        (
            "gpt-5 models (including gpt-5-codex) don't support temperature=0.2. "
            "Only temperature=1 is supported. It is supported when reasoning_effort='none'"
        ),
        ["temperature"],
    ),
    (
        (
            "gpt-5 doesn't support temperature=0.2 while reasoning is active. Only temperature=1 is "
            "supported unless reasoning.effort resolves to 'none'"
        ),
        ["temperature"],
    ),
    ("gpt-5 only supports top_p when reasoning.effort resolves to 'none'", ["top_p"]),
    (
        "gpt-5 only supports logprobs, top_p, top_logprobs when reasoning_effort is",
        ["logprobs", "top_p", "top_logprobs"],
    ),
    (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
        ["max_tokens"],
    ),
    (
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) is.",
        ["temperature"],
    ),
    ("Unrecognized request argument supplied: foo", ["foo"]),
    ("Unrecognized request arguments supplied: foo, bar", ["foo", "bar"]),
    ("Unrecognized request argument supplied: foo bar baz words", ["foo"]),
    ("Unknown parameter: 'foo'.", ["foo"]),
    ("`temperature` is deprecated for this model.", ["temperature"]),
    ("temperature is deprecated for this model.", ["temperature"]),
    ('{\\"message\\":\\"`temperature` is deprecated for this model.\\"}', ["temperature"]),
    (
        "BAD_REQUEST: Model us.anthropic.claude-opus-5 does not support the temperature parameter.",
        ["temperature"],
    ),
    ("Model grok-4 does not support parameter reasoningEffort.", ["reasoningEffort"]),
    (
        '{"code":"Client","error":"Argument not supported on this model: frequencyPenalty"}',
        ["frequencyPenalty"],
    ),
    ("Extra parameters ['n'] are not allowed when extra-parameters is not set", ["n"]),
    ("The following parameters are not supported for model x: a, b", ["a", "b"]),
    ("Parameters ['a', 'b'] are not supported for model x.", ["a", "b"]),
    ("Setting `dimensions` is not supported by bedrock, x. To drop", ["dimensions"]),
    ("Setting {'dimensions': 12, 'user': 'x'} is not supported by y. To drop", ["dimensions", "user"]),
    ("k=dimensions, not supported by x", ["dimensions"]),
    ("thinking: unknown field `thinking`, expected one of `messages`, `model`", ["thinking"]),
    ('Bad request: json: unknown field "inputs"', ["inputs"]),
    (
        (
            'Invalid JSON payload received. Unknown name "frequency_penalty": Cannot find field.\\n'
            'Invalid JSON payload received. Unknown name "top_k": Cannot find field. '
            "Unknown name \"const\" at 'tools[0]': Cannot find field."
        ),
        ["frequency_penalty", "top_k"],
    ),
    ('[{\\"Unknown name \\\\\\"reasoning\\\\\\": Cannot find field', ["reasoning"]),
    ("#: extraneous key [foo] is not permitted", ["foo"]),
    ("property 'prompt_cache_key' is unsupported", ["prompt_cache_key"]),
    ("Extra inputs are not permitted, field: 'stream_options', value: x", ["stream_options"]),
    (
        "[{'type': 'x', 'loc': ('body', 'logprobs'), 'msg': 'Extra inputs are not permitted'}]",
        ["logprobs"],
    ),
    (
        (
            '{"detail":[{"type":"x","loc":["body","foo"],"msg":"Extra inputs are not permitted"},'
            '{"loc":["body","messages",0,"x"],"msg":"Extra inputs are not permitted"}]}'
        ),
        ["foo"],
    ),
    (
        "1 validation error for ChatCompletionRequest\nfoo\n  Extra inputs are not permitted [type=x",
        ["foo"],
    ),
    ("AsyncCompletions.create() got an unexpected keyword argument 'foo'", ["foo"]),
    ("`temperature` may only be set to 1 when thinking is enabled", ["temperature"]),
    ("`top_k` must be unset when thinking is enabled", ["top_k"]),
    (
        "reasoning_effort: Extra inputs are not permitted reasoning_effort: Extra inputs are not permitted",
        ["reasoning_effort"],
    ),
    ("'tool_choice' is not supported with this model", ["tool_choice"]),
    (
        (
            "O-series models don't support temperature=0.2. Only temperature=1 is supported. "
            "To drop unsupported openai params from the call, set `x = True`"
        ),
        ["temperature"],
    ),
    ("m doesn't support ['temperature', 'top_p'] while reasoning is active on", ["temperature", "top_p"]),
]
REFUSES_NO_PARAMETER = [
    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    "Unknown parameter: 'response_format.strict'.",
    "Unsupported parameter: 'messages'. In the Responses API",
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    "messages[1]: unknown field `name`, expected",
    "#/messages/0: extraneous key [foo] is not permitted",
    "('messages.1' : property 'reasoning_content' is unsupported)",
    "Streaming is not supported by this model",
    "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens",
    "The requested model does not support images",
    "x does not support reasoning.effort=high. ",
    "The model does not support the following parameter: foo_bar",
    "The model `davinci` is not supported in this region",
    "Invalid content: 'image_url' is not supported by this model",
]


@pytest.mark.parametrize(("text", "names"), REFUSED)
def test_refused_parameters_are_found_in_the_words_of_each_provider(text: str, names: list[str]) -> None:
    """LiteLLM, OpenAI, Anthropic, Google, Databricks, xAI, vLLM and others each say it in their own way."""
    assert names == refused_parameters(text)


@pytest.mark.parametrize("text", REFUSES_NO_PARAMETER)
def test_what_names_no_parameter_of_the_request_is_left_out(text: str) -> None:
    """A part of a message or a tool, a value out of range, a combination, the question itself are none."""
    assert refused_parameters(text) == []


@pytest.mark.parametrize(("text", "names"), REFUSED)
def test_they_are_found_behind_any_quoting(text: str, names: list[str]) -> None:
    """A proxy puts the answer of a provider into JSON, and that into JSON again."""
    once = json.dumps({"message": f"BadRequest: {text}"})

    assert names == refused_parameters(f"OpenAIException - {once}")
    assert names == refused_parameters(f"OpenAIException - {json.dumps({'message': once})}")


def test_each_name_comes_once_and_in_order() -> None:
    """The order is that of the text, whatever form each refusal has."""
    text = "b: Extra inputs are not permitted, Unknown parameter: 'a'. b: Extra inputs are not permitted"

    assert refused_parameters(text) == ["b", "a"]


def test_the_names_are_bounded() -> None:
    """At most 20 names, of at most 64 characters."""
    many = " ".join(f"p{number}: Extra inputs are not permitted" for number in range(30))

    assert refused_parameters(many) == [f"p{number}" for number in range(20)]
    assert refused_parameters(f"{'a' * 64}: Extra inputs are not permitted") == ["a" * 64]
    assert refused_parameters(f"{'a' * 65}: Extra inputs are not permitted") == []


@pytest.mark.timeout(5)  # a search that tries every beginning anew would take minutes
@pytest.mark.parametrize(
    "piece",
    ["a: ", "parameters: [", "support parameters: a, ", "'a' ", "\\", "{", "a_", "only supports a, "],
)
def test_an_endless_text_is_read_without_delay(piece: str) -> None:
    """Text that begins like a refusal, over and over, is no reason to hang."""
    assert len(refused_parameters(piece * 100_000)) <= 1


@given(st.text() | st.lists(st.sampled_from([text for text, _ in REFUSED])).map("".join))
def test_names_are_plain_whatever_the_text(text: str) -> None:
    """Nothing but plain names of bounded number and length is returned."""
    names = refused_parameters(text)

    assert len(names) == len(set(names)) <= 20
    assert all(name.isidentifier() and name.isascii() and len(name) <= 64 for name in names)
