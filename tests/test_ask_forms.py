"""Structured answers of `litectl ask`: asked for by a schema, checked, and printed only when they fit."""

import json
from pathlib import Path
from typing import Any

import pytest

from answers import (
    MESSAGES,
    RESPONSES,
    answer_all,
    messages_answer,
    plain,
    responses_answer,
    stream,
    tool_piece,
)
from fake_proxy import (
    EVENT_TYPE,
    Answer,
    FakeProxy,
    Request,
    chat_answer,
    chunk,
    error_answer,
    json_answer,
    model_info,
    sse,
)
from known_models import claude, know, openai, sent
from program import Litectl

ASK = ("ask", "-m", "m", "-p", "Invent a person")
SHORT = "name, age int"
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
FITTING = '{"name": "Ada", "age": 36}'
WANTED = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


def instruction_in(body: Any) -> str:
    """Return the instruction of a chat request."""
    first = body["messages"][0]
    assert first["role"] == "system", body["messages"]
    return str(first["content"])


@pytest.mark.parametrize("form", ["file", "json", "short"])
def test_a_schema_is_a_file_or_json_or_the_short_form(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, form: str
) -> None:
    """All three send the same `response_format`, and no word about it in the prompt."""
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA))
    typed = {"file": str(path), "json": json.dumps(SCHEMA), "short": SHORT}[form]
    fake.on_chat(chat_answer(FITTING))

    result = litectl(*ASK, "--schema", typed)

    assert result == (0, f"{FITTING}\n", "")
    assert sent(fake)["response_format"] == WANTED
    assert sent(fake)["messages"] == [{"role": "user", "content": "Invent a person"}]


@pytest.mark.parametrize(
    ("protocol", "path", "field", "expected"),
    [
        ("responses", RESPONSES, "text", {"format": {"type": "json_schema", **WANTED["json_schema"]}}),  # type: ignore[dict-item]  # an object
        ("messages", MESSAGES, "output_config", {"format": {"type": "json_schema", "schema": SCHEMA}}),
    ],
)
def test_a_schema_goes_by_every_protocol(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str, field: str, expected: object
) -> None:
    """In the words of each."""
    fake.on("POST", RESPONSES, responses_answer(FITTING))
    fake.on("POST", MESSAGES, messages_answer(FITTING))

    assert litectl(*ASK, "--schema", SHORT, "--protocol", protocol) == (0, f"{FITTING}\n", "")
    assert (fake.requests[-1].path, sent(fake)[field]) == (path, expected)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "{",
        "[1]",
        "null",
        '"text"',
        '{"type": "no such type"}',
        "name thing",
        "a b c d",
        "1name",
        "a, a",
        "x.json",
    ],
)
def test_what_is_no_schema_is_refused(litectl: Litectl, fake: FakeProxy, typed: str) -> None:
    """Exit 2 with a hint, and nothing is sent."""
    result = litectl(*ASK, "--schema", typed)

    assert (result.code, fake.requests) == (2, [])
    assert "\nhint: " in result.err


def test_two_forms_are_one_too_many(litectl: Litectl, fake: FakeProxy) -> None:
    """`--schema` and `--json-object` together are exit 2."""
    assert litectl(*ASK, "--schema", SHORT, "--json-object").code == 2
    assert litectl(*ASK, "--schema", SHORT, "--param", 'response_format={"type":"text"}').code == 2
    assert fake.requests == []


# Held back, and checked


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ('{"name": "Ada"}', "'age' is a required property"),
        ('{"name": "Ada", "age": "36"}', "$.age"),
        ("I cannot do that", "not JSON"),
        (f"```json\n{FITTING}\n```", "Markdown fence"),
        (f"{FITTING} {FITTING}", "not JSON"),
        ('{"name": "Ada", "age": NaN}', "NaN"),
        ("[" * 50_000, "JSON"),
    ],
)
def test_an_answer_that_does_not_fit_is_not_printed(
    litectl: Litectl, fake: FakeProxy, answer: str, why: str
) -> None:
    """Exit 11 and an empty stdout, so that no program reads it; the JSON error has the answer."""
    fake.on_chat(chat_answer(answer[: len(answer) // 2], answer[len(answer) // 2 :]))

    result = litectl(*ASK, "--schema", SHORT)
    document = litectl(*ASK, "--schema", SHORT, "--json")

    assert (result.code, result.out) == (11, "")
    assert "has not the form that was asked for" in result.err
    assert why in result.err
    assert len(result.err) < 1000
    assert (document.code, document.out, document.error["answer"]) == (11, "", answer)


@pytest.mark.parametrize("arguments", [[], ["--stream"], ["--show-reasoning"]])
def test_half_an_object_is_never_on_stdout(litectl: Litectl, fake: FakeProxy, arguments: list[str]) -> None:
    """What breaks off is held back too: stdout has the whole answer, or nothing."""
    fake.on_chat(Answer(pieces=sse(chunk(FITTING), chunk(" ")), content_type=EVENT_TYPE))

    result = litectl(*ASK, "--schema", SHORT, *arguments)

    assert (result.code, result.out) == (11, "")


def test_an_answer_that_fits_is_in_the_json_form(litectl: Litectl, fake: FakeProxy) -> None:
    """As the text that it is."""
    fake.on_chat(chat_answer(FITTING))

    assert litectl(*ASK, "--schema", SHORT, "--json").json["answer"] == FITTING


def test_a_cut_object_says_so_when_it_does_not_fit(litectl: Litectl, fake: FakeProxy) -> None:
    """An object cut at the limit fits no schema, so it is a failure without `--strict`."""
    fake.on_chat(chat_answer('{"name": "Ad', finish="length"))

    result = litectl(*ASK, "--schema", SHORT, "--max-tokens", "5")

    assert (result.code, result.out) == (11, "")


@pytest.mark.parametrize("stream_on_wire", [True, False])
def test_json_that_comes_as_a_call_is_text(litectl: Litectl, fake: FakeProxy, stream_on_wire: bool) -> None:
    """LiteLLM asks some backends by a call of its own; its arguments are the answer, in both forms."""
    if stream_on_wire:
        pieces = [FITTING[:9], FITTING[9:]]
        begin = tool_piece(id="call_1", name="json_tool_call", arguments="")
        fake.on_chat(stream(begin, *[tool_piece(arguments=text) for text in pieces], finish="tool_calls"))
        arguments = []
    else:
        call = {"id": "c", "type": "function", "function": {"name": "json_tool_call", "arguments": FITTING}}
        fake.on_chat(json_answer(plain({"content": None, "tool_calls": [call]}, finish="tool_calls")))
        arguments = ["--param", "stream=false"]

    assert litectl(*ASK, "--schema", SHORT, *arguments) == (0, f"{FITTING}\n", "")
    document = litectl(*ASK, "--schema", SHORT, *arguments, "--json").json
    assert (document["tool_calls"], document["finish_reason"]) == ([], "stop")


def test_calls_need_not_fit_the_schema(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """A model that calls a tool first has not answered yet."""
    tools = tmp_path / "tools.json"
    tools.write_text('[{"name": "look", "input_schema": {"type": "object", "properties": {}}}]')
    fake.on_chat(stream(tool_piece(id="c", name="look", arguments="{}"), finish="tool_calls"))

    result = litectl(*ASK, "--schema", SHORT, "--tools", str(tools))

    assert (result.code, result.json) == (0, [{"id": "c", "name": "look", "arguments": {}}])


# Where the parameter is not taken


def test_a_schema_becomes_an_instruction_where_it_is_no_parameter(litectl: Litectl, fake: FakeProxy) -> None:
    """The model is told in words, and its answer is checked all the same."""
    know(litectl, fake, openai("m", supported_openai_params=["temperature"]))
    fake.on_chat(chat_answer(FITTING))

    result = litectl(*ASK, "-s", "Be brief", "--schema", SHORT)

    assert result == (0, f"{FITTING}\n", "")
    assert "response_format" not in sent(fake)
    assert instruction_in(sent(fake)).startswith("Be brief\n\nAnswer with JSON that fits")
    assert json.dumps(SCHEMA) in instruction_in(sent(fake))
    fake.on_chat(chat_answer("no"))
    assert litectl(*ASK, "--schema", SHORT).code == 11


def test_an_instruction_in_parts_keeps_them(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """With their marks for a prompt cache; what is added is a part more."""
    part = {"type": "text", "text": "Be brief", "cache_control": {"type": "ephemeral"}}
    talk = tmp_path / "talk.json"
    talk.write_text(json.dumps([{"role": "system", "content": [part]}, {"role": "user", "content": "Hi"}]))
    fake.on_chat(chat_answer("{}"))

    assert litectl("ask", "-m", "m", "--messages", str(talk), "--json-object").code == 0
    kept, added = sent(fake)["messages"][0]["content"]
    assert (kept, added["text"].startswith("Answer with one JSON object")) == (part, True)


def test_a_dry_run_tells_of_the_instruction(litectl: Litectl, fake: FakeProxy) -> None:
    """As a translation, with the reason."""
    know(litectl, fake, openai("m", supported_openai_params=["temperature"]))

    decisions = litectl(*ASK, "--schema", SHORT, "--dry-run", "--json").json["parameters"]

    assert [(each["parameter"], each["action"]) for each in decisions] == [("response_format", "translated")]
    assert "an instruction instead, since the model does not declare it" in decisions[0]["reason"]


@pytest.mark.parametrize("arguments", [["--schema", SHORT], ["--json-object"]])
def test_a_refused_form_becomes_one_instruction(
    litectl: Litectl, fake: FakeProxy, arguments: list[str]
) -> None:
    """A backend that refuses `response_format` is told in words, once, now and the next time."""
    know(litectl, fake, model_info("m"))

    def answer(request: Request) -> Answer:
        if "response_format" in request.json:
            refusal = "litellm.UnsupportedParamsError: x does not support parameters: ['response_format']"
            return error_answer(400, "invalid_request_error", refusal)
        return chat_answer(FITTING)

    fake.on_chat(answer)

    first, second = (litectl(*ASK, *arguments) for _ in range(2))

    _, again, remembered = (request.json for request in fake.requests)
    assert (first.out, second) == (f"{FITTING}\n", (0, f"{FITTING}\n", ""))
    assert instruction_in(again) == instruction_in(remembered)
    assert instruction_in(again).count("Answer with") == 1


# Any object


@pytest.mark.parametrize("entry", [openai("m"), claude("m")])
def test_any_object_is_asked_for_in_words_too(
    litectl: Litectl, fake: FakeProxy, entry: dict[str, object]
) -> None:
    """OpenAI wants the prompt to speak of JSON, and a Claude hears of it in no other way."""
    know(litectl, fake, entry)
    fake.on_chat(chat_answer('{"any": "thing"}'))

    result = litectl(*ASK, "--json-object")

    assert result == (0, '{"any": "thing"}\n', "")
    assert instruction_in(sent(fake)).startswith("Answer with one JSON object")
    assert ("response_format" in sent(fake)) == (entry["model_info"]["litellm_provider"] == "openai")  # type: ignore[index]  # an entry


def test_any_object_by_messages_is_an_instruction(litectl: Litectl, fake: FakeProxy) -> None:
    """That protocol asks for JSON by a schema only."""
    fake.on("POST", MESSAGES, messages_answer("{}"))

    assert litectl(*ASK, "--json-object", "--protocol", "messages") == (0, "{}\n", "")
    assert "output_config" not in sent(fake)
    assert sent(fake)["system"][0]["text"].startswith("Answer with one JSON object")


@pytest.mark.parametrize("answer", ["[1]", '"text"', "3", "no"])
def test_what_is_no_object_is_a_failure(litectl: Litectl, fake: FakeProxy, answer: str) -> None:
    """Exit 11 with an empty stdout."""
    fake.on_chat(chat_answer(answer))

    result = litectl(*ASK, "--json-object")

    assert (result.code, result.out) == (11, "")
