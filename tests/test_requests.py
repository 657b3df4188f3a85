"""One conversation in the words of each wire protocol."""

from types import MappingProxyType
from typing import Any

import pytest

from litectl.errors import UsageError
from litectl.exchange.limits import FOR_MESSAGES
from litectl.exchange.protocols import NAMES, chat, messages, protocol, responses
from litectl.exchange.question import Question, opening

PNG = "data:image/png;base64,iVBORw0KGgo="
PDF = "data:application/pdf;base64,JVBERi0="
FUNCTION = {
    "name": "add",
    "description": "Add two numbers",
    "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}},
}
TOOLS = [{"type": "function", "function": FUNCTION}]
NO_PARAMETERS: dict[str, Any] = {"type": "object", "properties": {}}
MCP = {"type": "mcp", "server_label": "litellm", "server_url": "litellm_proxy/mcp/tools"}
MARK = {"cache_control": {"type": "ephemeral"}}
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief"},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": PNG}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF}},
        ],
    },
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}},
            {"id": "call_2", "type": "function", "function": {"name": "add", "arguments": "{}"}},
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "2"},
    {"role": "tool", "tool_call_id": "call_2", "content": "3"},
    {"role": "assistant", "content": "Both."},
    {"role": "user", "content": "And now?"},
]


def question(*, stream: bool = True, **parameters: object) -> Question:
    """Return a short question with *parameters*."""
    return Question("m", opening("hi"), MappingProxyType(parameters), stream)


def as_list(value: object) -> list[Any]:
    """Return *value*, which is a list."""
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_every_protocol_has_the_same_functions(name: str) -> None:
    """And a route of its own; a plain call is one where the stream is switched off."""
    found = protocol(name)

    assert found.PATH.startswith("/v1/")
    assert found.body(question())["stream"] is True
    assert found.body(question(stream=False))["stream"] is False
    assert "stream_options" not in found.body(question(stream=False))
    assert list(found.events(iter([]))) == []


def test_chat_sends_a_conversation_as_it_is() -> None:
    """Its words are those of this protocol."""
    body = chat.body(Question("m", CONVERSATION, {"tools": TOOLS, "top_p": 0.5}))

    assert (body["messages"], body["tools"], body["top_p"]) == (CONVERSATION, TOOLS, 0.5)


def test_responses_has_items() -> None:
    """Instructions apart, calls and their results as items of their own."""
    body = responses.body(Question("m", CONVERSATION))

    assert body["instructions"] == "Be brief"
    assert "store" not in body
    assert body["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": PNG},
                {"type": "input_file", "filename": "a.pdf", "file_data": PDF},
            ],
        },
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a": 1}'},
        {"type": "function_call", "call_id": "call_2", "name": "add", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "2"},
        {"type": "function_call_output", "call_id": "call_2", "output": "3"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Both."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "And now?"}]},
    ]


def test_messages_has_blocks() -> None:
    """The system text apart, the results of calls in one turn of the user."""
    body = messages.body(Question("m", CONVERSATION))

    assert body["system"] == [{"type": "text", "text": "Be brief"}]
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                },
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "call_1", "name": "add", "input": {"a": 1}},
                {"type": "tool_use", "id": "call_2", "name": "add", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_1", "content": "2"},
                {"type": "tool_result", "tool_use_id": "call_2", "content": "3"},
            ],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "Both."}]},
        {"role": "user", "content": [{"type": "text", "text": "And now?"}]},
    ]


def test_the_result_of_a_call_may_have_an_image() -> None:
    """Its parts are those that the protocol has in every other message; text alone is a text."""
    parts = [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": PNG}}]
    results: list[dict[str, Any]] = [
        {"role": "tool", "tool_call_id": "call_1", "content": parts},
        {"role": "tool", "tool_call_id": "call_2", "content": parts[:1]},
        {"role": "tool", "tool_call_id": "call_3", "content": ""},
    ]
    asked = Question("m", results)

    outputs: list[Any] = [item["output"] for item in as_list(responses.body(asked)["input"])]
    (turn,) = as_list(messages.body(asked)["messages"])

    image = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    assert outputs == [
        [{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": PNG}],
        "see",
        "",
    ]
    assert [block["content"] for block in turn["content"]] == [
        [{"type": "text", "text": "see"}, {"type": "image", "source": image}],
        "see",
        "",
    ]


def test_messages_keeps_the_answers_of_the_assistant_apart() -> None:
    """The proxy would run the text of two blocks of one turn together; calls stay with their text."""
    said = [
        {"role": "assistant", "content": "One."},
        {**CONVERSATION[2], "content": "Two."},
    ]

    turns = as_list(messages.body(Question("m", said))["messages"])

    assert [[block["type"] for block in turn["content"]] for turn in turns] == [
        ["text"],
        ["text", "tool_use", "tool_use"],
    ]


def test_messages_can_always_be_made() -> None:
    """Arguments that are no JSON object, which no conversation of a file has, are sent as an empty one."""
    function = {"name": "add", "arguments": "{torn"}
    said = {"role": "assistant", "tool_calls": [{"id": "call_1", "function": function}]}

    (turn,) = as_list(messages.body(Question("m", [said]))["messages"])

    assert turn["content"][0]["input"] == {}


@pytest.mark.parametrize(
    ("parameters", "in_responses", "in_messages"),
    [
        ({"temperature": 0.0}, {"temperature": 0.0}, {"temperature": 0.0}),
        ({"max_tokens": 5}, {"max_output_tokens": 5}, {"max_tokens": 5}),
        ({"max_completion_tokens": 5}, {"max_output_tokens": 5}, {"max_tokens": 5}),
        ({"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}, {"reasoning_effort": "low"}),
        ({"stop": "x"}, {"stop": "x"}, {"stop_sequences": ["x"]}),
        ({"stop": ["x", "y"]}, {"stop": ["x", "y"]}, {"stop_sequences": ["x", "y"]}),
        (
            {"tools": TOOLS},
            {"tools": [{"type": "function", **FUNCTION, "strict": False}]},
            {
                "tools": [
                    {
                        "name": "add",
                        "description": "Add two numbers",
                        "input_schema": FUNCTION["parameters"],
                    }
                ]
            },
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "now", "strict": True}, **MARK}]},
            {"tools": [{"type": "function", "name": "now", "strict": True, "parameters": NO_PARAMETERS}]},
            {"tools": [{"name": "now", "strict": True, "input_schema": NO_PARAMETERS, **MARK}]},
        ),
        ({"tools": [MCP]}, {"tools": [MCP]}, {"tools": [MCP]}),
        ({"tool_choice": "required"}, {"tool_choice": "required"}, {"tool_choice": {"type": "any"}}),
        (
            {"tool_choice": {"type": "function", "function": {"name": "add"}}},
            {"tool_choice": {"type": "function", "name": "add"}},
            {"tool_choice": {"type": "tool", "name": "add"}},
        ),
        (
            {"tool_choice": {"type": "web_search"}},
            {"tool_choice": {"type": "web_search"}},
            {"tool_choice": {"type": "web_search"}},
        ),
    ],
)
def test_a_parameter_is_called_as_the_protocol_calls_it(
    parameters: dict[str, Any], in_responses: dict[str, Any], in_messages: dict[str, Any]
) -> None:
    """What it does not call otherwise is sent as it is."""
    asked = question(**parameters)

    assert responses.body(question()) | in_responses == responses.body(asked)
    assert messages.body(question()) | in_messages == messages.body(asked)


def test_parameters_that_a_protocol_has_in_one_object_are_all_sent() -> None:
    """An effort beside a summary, a form beside a verbosity: neither takes the place of the other."""
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    parameters: dict[str, Any] = {
        "reasoning": {"summary": "auto"},
        "reasoning_effort": "low",
        "response_format": wanted,
        "text": {"verbosity": "low"},
        "output_config": {"effort": "low"},
    }

    for given in (parameters, dict(reversed(parameters.items()))):
        in_responses, in_messages = (each.body(question(**given)) for each in (responses, messages))
        assert in_responses["reasoning"] == {"summary": "auto", "effort": "low"}
        assert in_responses["text"] == {
            "verbosity": "low",
            "format": {"type": "json_schema", "name": "a", "schema": {"type": "object"}},
        }
        assert in_messages["output_config"] == {
            "effort": "low",
            "format": {"type": "json_schema", "schema": {"type": "object"}},
        }


def test_a_schema_is_a_format_of_responses() -> None:
    """With its name and all that it says."""
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "schema": {"type": "object"}}}

    body = responses.body(question(response_format=wanted))

    assert body["text"] == {"format": {"type": "json_schema", "name": "person", "schema": {"type": "object"}}}


def test_messages_always_has_a_limit() -> None:
    """The protocol refuses a request without one."""
    assert messages.body(question())["max_tokens"] == FOR_MESSAGES


def test_an_image_by_address_stays_one() -> None:
    """Whoever answers fetches it."""
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}

    body: dict[str, Any] = messages.body(Question("m", [{"role": "user", "content": [image]}]))

    (block,) = body["messages"][0]["content"]
    assert block == {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}


AUDIO = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}


def test_chat_carries_audio() -> None:
    """It is a part as every other."""
    body: dict[str, Any] = chat.body(Question("m", opening("What is said?", parts=[AUDIO])))

    assert body["messages"][0]["content"] == [{"type": "text", "text": "What is said?"}, AUDIO]


@pytest.mark.parametrize("name", ["responses", "messages"])
def test_audio_that_a_protocol_cannot_carry_is_refused(name: str) -> None:
    """Sent all the same it would get lost on the way, and the model would answer about nothing."""
    with pytest.raises(UsageError, match=f"{name} cannot carry audio") as caught:
        protocol(name).body(Question("m", opening("What is said?", parts=[AUDIO])))

    assert "--protocol chat" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("responses", [{"type": "input_image", "image_url": PNG}]),
        (
            "messages",
            [
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                }
            ],
        ),
    ],
)
def test_a_question_may_be_an_image_alone(name: str, content: list[object]) -> None:
    """No empty text goes before it."""
    image = {"type": "image_url", "image_url": {"url": PNG}}

    body: dict[str, Any] = protocol(name).body(Question("m", opening("", parts=[image])))

    (message,) = body.get("input") or body["messages"]
    assert message == {"role": "user", "content": content}
