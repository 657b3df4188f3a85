"""Parameters of `litectl ask`: what is sent, what is left out, what is said about it."""

import json

import pytest

from answers import MESSAGES, RESPONSES, answer_all
from fake_proxy import (
    CHAT,
    FakeProxy,
    chat_answer,
    json_answer,
)
from known_models import claude, databricks, know, listed, openai, sent
from program import Litectl

ASK = ("ask", "-p", "Hi", "-m")


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


# The wire protocol


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ({}, CHAT),
        ({"mode": "responses"}, RESPONSES),
        ({"supported_endpoints": ["/v1/responses"]}, RESPONSES),
        ({"supported_endpoints": ["/v1/messages"]}, MESSAGES),
        ({"supported_endpoints": ["/v1/chat/completions", "/v1/responses"]}, CHAT),
    ],
)
def test_the_protocol_is_the_one_the_list_declares(
    litectl: Litectl, fake: FakeProxy, info: dict[str, object], path: str
) -> None:
    """What every deployment declares decides, and chat where it may be."""
    know(litectl, fake, openai("gpt", **info))

    assert litectl(*ASK, "gpt") == (0, "ok\n", "")
    assert [request.path for request in fake.requests] == [path]


def test_two_deployments_have_to_agree_on_the_protocol(litectl: Litectl, fake: FakeProxy) -> None:
    """One deployment that declares nothing makes it chat."""
    know(litectl, fake, openai("gpt", supported_endpoints=["/v1/responses"]), openai("gpt", id="other"))

    litectl(*ASK, "gpt")

    assert [request.path for request in fake.requests] == [CHAT]


def test_a_name_of_which_only_a_part_can_chat_is_refused(litectl: Litectl, fake: FakeProxy) -> None:
    """A request may land on the deployment that cannot, so nothing is sent."""
    know(litectl, fake, openai("gpt"), listed("gpt", "openai/text-embedding-3-small", mode="embedding"))

    result = litectl(*ASK, "gpt")

    assert (result.code, fake.requests) == (2, [])
    assert "litectl models show gpt" in result.err


def test_a_forced_protocol_wins_over_the_list(litectl: Litectl, fake: FakeProxy) -> None:
    """`--protocol` is what is spoken, whatever is declared."""
    know(litectl, fake, openai("gpt", mode="responses"))

    assert litectl(*ASK, "gpt", "--protocol", "messages") == (0, "ok\n", "")
    assert [request.path for request in fake.requests] == [MESSAGES]


# `--param`


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("top_p=0.9", 0.9),
        ("seed=7", 7),
        ("user=blue team", "blue team"),
        ("user=", ""),
        ("user=a=b", "a=b"),
        ('user="7"', "7"),
        ("logprobs=true", True),
        ("user=null", None),
        ('stop=["a", "b"]', ["a", "b"]),
        ('some_new_thing={"deep": {"er": 1}}', {"deep": {"er": 1}}),
    ],
)
def test_a_parameter_is_json_or_text(litectl: Litectl, fake: FakeProxy, typed: str, expected: object) -> None:
    """A value that is JSON is sent as that, every other one as the text it is."""
    assert litectl(*ASK, "m", "--param", typed).code == 0
    assert sent(fake)[typed.partition("=")[0]] == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--param", "top_p"], "NAME=VALUE"),
        (["--param", "=1"], "name of a parameter"),
        (["--param", "a b=1"], "name of a parameter"),
        (["--param", "seed=NaN"], "cannot be sent as JSON"),
        (["--param", "seed=1e999"], "cannot be sent as JSON"),
        (["--param", f"seed={'[' * 50}{']' * 50}"], "cannot be sent as JSON"),
        (["--param", "n=2"], "several answers"),
        (["--param", "n=many"], "several answers"),
        (["--param", "stream=1"], "true or false"),
        (["--param", "stream=no"], "true or false"),
        (["--param", "model=other"], "`-m`"),
        (["--param", "messages=[]"], "`--messages PATH`"),
        (["--param", "input=x"], "`-p`"),
        (["--param", "system=x"], "`-s`"),
        (["--param", "instructions=x"], "`-s`"),
        (["--param", "api_key=sk-1"], "litectl login"),
        (["--param", "api_base=http://x"], "`--base-url`"),
        (["--param", "seed=1", "--param", "seed=1"], "given twice"),
        (["--param", "temperature=1", "--temperature", "1"], "by an option and by `--param`"),
        (["--param", "max_tokens=9", "--max-tokens", "9"], "by an option and by `--param`"),
        (["--param", 'fallbacks=["x"]', "--fallback", "y"], "by an option and by `--param`"),
        (["--param", "reasoning_effort=low", "--effort", "high"], "by an option and by `--param`"),
        (["--temperature", "nan"], "not a finite number"),
        (["--temperature", "inf"], "not a finite number"),
        (["--fallback", ""], "`--fallback` is empty"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(
    litectl: Litectl, fake: FakeProxy, arguments: list[str], said: str
) -> None:
    """It is exit 2 with the way out, and nothing is sent."""
    result = litectl(*ASK, "m", *arguments)

    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert fake.requests == []


def test_one_answer_may_be_asked_for_by_its_number(litectl: Litectl, fake: FakeProxy) -> None:
    """`n` of 1 is what is printed anyway."""
    assert litectl(*ASK, "m", "--param", "n=1") == (0, "ok\n", "")
    assert sent(fake)["n"] == 1


def test_a_plain_call_is_sent_and_read(litectl: Litectl, fake: FakeProxy) -> None:
    """With `stream=false` nothing streams on the wire, and the whole answer is printed."""
    message = {"role": "assistant", "content": "all at once", "reasoning_content": "hm"}
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    fake.on_chat(json_answer({"id": "c-1", "model": "gpt", "choices": [choice], "usage": usage}))

    result = litectl(*ASK, "m", "--param", "stream=false", "--json").json

    assert sent(fake) == {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": False}
    assert (result["answer"], result["reasoning"], result["finish_reason"]) == ("all at once", "hm", "stop")
    assert result["usage"]["total_tokens"] == 7


# What the list declares


def test_what_a_model_does_not_declare_is_left_out_and_said(litectl: Litectl, fake: FakeProxy) -> None:
    """The parameter is not sent, and one note on stderr says so; -q keeps that to itself."""
    know(litectl, fake, openai())

    result = litectl(*ASK, "gpt", "--param", "seed=7")

    assert (result.code, result.out) == (0, "ok\n")
    assert result.err == "note: seed is left out: the model does not declare it\n"
    assert "seed" not in sent(fake)
    assert litectl(*ASK, "gpt", "--param", "seed=7", "-q").err == ""


@pytest.mark.parametrize("name", ["some_new_thing", "guardrails", "num_retries"])
def test_what_no_list_speaks_of_is_sent(litectl: Litectl, fake: FakeProxy, name: str) -> None:
    """The list declares what OpenAI names; other fields, and those of the proxy, go through."""
    know(litectl, fake, openai())

    assert litectl(*ASK, "gpt", "--param", f"{name}=1").err == ""
    assert sent(fake)[name] == 1


def test_a_model_that_nobody_knows_is_sent_everything(litectl: Litectl, fake: FakeProxy) -> None:
    """Without a list no parameter is left out, and nothing is said."""
    assert litectl(*ASK, "m", "--param", "seed=7", "--temperature", "0").err == ""
    assert (sent(fake)["seed"], sent(fake)["temperature"]) == (7, 0)


def test_no_adapt_sends_what_was_given(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--no-adapt` an undeclared parameter goes out, and nobody is told."""
    know(litectl, fake, openai())

    assert litectl(*ASK, "gpt", "--param", "seed=7", "--no-adapt").err == ""
    assert sent(fake)["seed"] == 7


def test_allowed_parameters_pass_the_list(litectl: Litectl, fake: FakeProxy) -> None:
    """What the caller tells the proxy to let through is sent, though the model does not declare it."""
    know(litectl, fake, openai())

    litectl(*ASK, "gpt", "--param", "seed=7", "--param", 'allowed_openai_params=["seed"]')

    assert (sent(fake)["seed"], sent(fake)["allowed_openai_params"]) == (7, ["seed"])


# Default parameters of the profile


def with_profile(litectl: Litectl, *settings: str) -> None:
    """Store a profile with these settings."""
    litectl("login", "--no-verify", "--api-key-file", "-", stdin=b"sk-test-key-0001")
    assert litectl("profiles", "set", *settings).code == 0


def test_the_parameters_of_a_profile_are_sent_with_every_question(litectl: Litectl, fake: FakeProxy) -> None:
    """They go along unasked, and an option or `--param` of the question wins."""
    with_profile(litectl, "parameters.temperature=0.5", "parameters.user=blue", "parameters.max_tokens=5")

    litectl(*ASK, "m")
    litectl(*ASK, "m", "--temperature", "1", "--param", "user=red", "--max-tokens", "9")

    bodies = [request.json for request in fake.requests]
    names = ("temperature", "user", "max_tokens")
    assert [[body[name] for name in names] for body in bodies] == [[0.5, "blue", 5], [1, "red", 9]]


@pytest.mark.parametrize(
    ("default", "arguments", "expected"),
    [
        ("max_tokens=5", ["--param", "max_completion_tokens=9"], {"max_tokens": 9}),
        ("max_completion_tokens=5", ["--max-tokens", "9"], {"max_tokens": 9}),
        ("max_completion_tokens=5", [], {"max_tokens": 5}),
        ("reasoning_effort=low", ["--effort", "high"], {"reasoning_effort": "high"}),
        ("reasoning_effort=low", ["--param", "reasoning_effort=high"], {"reasoning_effort": "high"}),
    ],
)
def test_a_default_gives_way_whatever_it_is_called(
    litectl: Litectl, fake: FakeProxy, default: str, arguments: list[str], expected: dict[str, object]
) -> None:
    """A limit has two names and an effort two places; what the question says is the one that is sent."""
    with_profile(litectl, f"parameters.{default}")
    know(litectl, fake, openai())

    assert litectl(*ASK, "gpt", *arguments).err == ""
    carried = {name: value for name, value in sent(fake).items() if "tokens" in name or "effort" in name}
    assert carried == expected


def test_a_default_effort_is_not_sent_beside_the_switch_of_a_kimi(litectl: Litectl, fake: FakeProxy) -> None:
    """The two would contradict each other."""
    with_profile(litectl, "parameters.reasoning_effort=low")
    know(litectl, fake, listed("kimi", "moonshot/kimi-k2.5", supports_reasoning=True))

    litectl(*ASK, "kimi", "--effort", "none")

    assert "reasoning_effort" not in sent(fake)


def test_a_default_that_the_model_does_not_take_is_left_out(litectl: Litectl, fake: FakeProxy) -> None:
    """A profile for many models does not break one that knows less."""
    with_profile(litectl, "parameters.seed=1")
    know(litectl, fake, openai())

    assert "seed is left out" in litectl(*ASK, "gpt").err
    assert "seed" not in sent(fake)


# Fallbacks


def test_fallbacks_are_sent_and_who_answered_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy gets the models in order; a note and the JSON say that another one answered."""
    told = (("x-litellm-attempted-fallbacks", "1"), ("x-litellm-model-group", "second"))
    fake.on_chat(chat_answer("ok")._replace(headers=told))

    result = litectl(*ASK, "first", "--fallback", "second", "--fallback", "third")

    assert sent(fake)["fallbacks"] == ["second", "third"]
    assert result == (0, "ok\n", "note: second answered, as a fallback for first\n")
    assert litectl(*ASK, "first", "--fallback", "second", "--json").json["fallbacks"] == 1


def test_a_fallback_that_was_not_needed_is_not_spoken_of(litectl: Litectl, fake: FakeProxy) -> None:
    """When the first model answers, stderr is empty."""
    fake.on_chat(chat_answer("ok")._replace(headers=(("x-litellm-attempted-fallbacks", "0"),)))

    assert litectl(*ASK, "first", "--fallback", "second").err == ""


# The prompt cache


@pytest.mark.parametrize(("protocol", "path"), [("chat", CHAT), ("messages", MESSAGES)])
def test_cache_marks_the_prompt_of_a_claude(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str
) -> None:
    """The instruction and the prompt carry a mark, on chat and on messages."""
    know(litectl, fake, claude())

    assert litectl(*ASK, "claude", "-s", "Be brief", "--cache", "--protocol", protocol).err == ""

    mark = {"cache_control": {"type": "ephemeral"}}
    said, prompt = ({"type": "text", "text": text, **mark} for text in ("Be brief", "Hi"))
    body = sent(fake)
    system = body["system"] if path == MESSAGES else body["messages"][0]["content"]
    assert (system, body["messages"][-1]["content"]) == ([said], [prompt])


@pytest.mark.parametrize(
    ("entries", "arguments", "why"),
    [
        ([openai("m")], [], "not every deployment is known to be a Claude"),
        ([claude("m"), openai("m")], [], "not every deployment is known to be a Claude"),
        ([], [], "not every deployment is known to be a Claude"),
        ([claude("m")], ["--protocol", "responses"], "responses has no marks"),
    ],
)
def test_cache_is_left_out_where_it_could_do_harm(
    litectl: Litectl, fake: FakeProxy, entries: list[dict[str, object]], arguments: list[str], why: str
) -> None:
    """No mark is sent, and a note says why."""
    know(litectl, fake, *(entries or [openai("other")]))

    result = litectl(*ASK, "m", "--cache", *arguments)

    assert (result.code, why in result.err) == (0, True)
    assert b"cache_control" not in fake.requests[-1].body


# How it is filed


def test_a_call_is_filed_under_its_session_tags_and_metadata(litectl: Litectl, fake: FakeProxy) -> None:
    """They are headers, so no backend sees them and every protocol has them."""
    arguments = ["--session", "s-1", "--tag", "a", "--tag", "b", "--metadata", "job=n=1", "--metadata", "x="]
    for protocol in ("chat", "responses", "messages"):
        litectl(*ASK, "m", *arguments, "--protocol", protocol)

    for request in fake.requests:
        assert request.headers["x-litellm-session-id"] == "s-1"
        assert request.headers["x-litellm-tags"] == "a,b"
        told = json.loads(request.headers["x-litellm-spend-logs-metadata"])
        assert told == {"job": "n=1", "x": ""}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--session", "a\nb"],
        ["--session", ""],
        ["--session", "smörgås"],
        ["--tag", "a,b"],
        ["--tag", "x" * 201],
        ["--metadata", "job"],
        ["--metadata", "=1"],
    ],
)
def test_what_a_header_cannot_carry_is_refused(
    litectl: Litectl, fake: FakeProxy, arguments: list[str]
) -> None:
    """Exit 2, and nothing is sent."""
    assert litectl(*ASK, "m", *arguments).code == 2
    assert fake.requests == []


def test_metadata_may_be_in_any_language(litectl: Litectl, fake: FakeProxy) -> None:
    """The header is JSON in ASCII."""
    litectl(*ASK, "m", "--metadata", "för=smörgås")

    header = fake.requests[-1].headers["x-litellm-spend-logs-metadata"]
    assert header.isascii()
    assert json.loads(header) == {"för": "smörgås"}


@pytest.mark.parametrize(
    ("entry", "arguments", "key"),
    [
        (openai("m"), [], "s-1"),
        (openai("m"), ["--param", "prompt_cache_key=mine"], "mine"),
        (openai("m"), ["--protocol", "responses"], "s-1"),
        (openai("m"), ["--protocol", "messages"], None),
        (openai("m", supported_openai_params=["temperature"]), [], None),
        (claude("m"), [], None),
        (databricks("m"), [], None),
    ],
)
def test_a_session_is_the_cache_key_where_one_is_taken(
    litectl: Litectl, fake: FakeProxy, entry: dict[str, object], arguments: list[str], key: str | None
) -> None:
    """Nobody asked for the key by name, so where it is not taken nothing is said."""
    know(litectl, fake, entry)

    result = litectl(*ASK, "m", "--session", "s-1", *arguments)

    assert (result.code, result.err) == (0, "")
    assert sent(fake).get("prompt_cache_key") == key
