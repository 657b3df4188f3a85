"""`ask` by every wire protocol to every provider, through a real proxy: what arrives, and what comes back."""

import base64
import json
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from live.behind import INPUT_PRICE, KNOWN, OUTPUT_PRICE
from live.dialects import CACHED, INPUT, OUTPUT, PERSON
from live.upstream import BEFORE_CALLS, CITIES, COUNTED, PROVIDERS, THOUGHT, Upstream
from program import Litectl

pytestmark = pytest.mark.live

PROTOCOLS = ("chat", "responses", "messages")
WIRES = list(product(PROTOCOLS, PROVIDERS))
OF_KNOWN = list(product(PROTOCOLS, KNOWN))
every_wire = pytest.mark.parametrize(("protocol", "provider"), WIRES)
every_known = pytest.mark.parametrize(("protocol", "model"), OF_KNOWN)

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MARK = {"type": "ephemeral"}


def question(protocol: str, model: str, *more: str) -> list[str]:
    """Return the words that ask *model* by *protocol*, with *more* options."""
    return ["ask", "--no-stdin", "--protocol", protocol, "-m", model, "--proxy-retries", "0", *more]


@pytest.fixture
def listed(asking: Litectl) -> Litectl:
    """Give the program with the list of models at hand."""
    assert asking("models", "refresh", "--quiet").code == 0
    return asking


# Answers


@every_wire
def test_every_protocol_is_answered_by_every_provider(
    asking: Litectl, upstream: Upstream, protocol: str, provider: str
) -> None:
    """A streamed answer is printed, and its tokens are those that the provider counted."""
    arguments = question(protocol, f"{provider}-echo", "-p", "Grüße 👋")

    answer = asking(*arguments, "--json").json

    assert (answer["answer"], answer["finish_reason"]) == ("echo: Grüße 👋", "stop")
    usage = {name: answer["usage"][f"{name}_tokens"] for name in ("input", "output", "total", "cached")}
    assert usage == {"input": INPUT, "output": OUTPUT, "total": INPUT + OUTPUT, "cached": CACHED}
    assert (answer["model"], answer["deployment"]) == (f"{provider}-echo", f"{provider}/echo")
    assert [body["stream"] for body in upstream.bodies] == [True]


@every_wire
def test_an_answer_may_come_in_one_piece(
    asking: Litectl, upstream: Upstream, protocol: str, provider: str
) -> None:
    """`--param stream=false` sends a plain call to the provider, whose answer is read as well."""
    arguments = question(protocol, f"{provider}-reasoning", "-p", "Hi", "--param", "stream=false")

    answer = asking(*arguments, "--json").json

    assert (answer["answer"], answer["reasoning"]) == ("echo: Hi", THOUGHT)
    assert (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]) == (INPUT, OUTPUT)
    assert not upstream.bodies[0].get("stream")


@every_wire
def test_thoughts_are_shown_beside_the_answer(asking: Litectl, protocol: str, provider: str) -> None:
    """`--show-reasoning` prints the thoughts on stderr; stdout has the answer alone."""
    result = asking(*question(protocol, f"{provider}-reasoning", "-p", "Hi", "--show-reasoning"))

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert THOUGHT in result.err


@every_wire
def test_an_answer_that_is_cut_says_so(asking: Litectl, protocol: str, provider: str) -> None:
    """At the user's own limit that is a note, and a failure with `--strict`."""
    arguments = question(protocol, f"{provider}-cut", "-p", "Hi", "--max-tokens", "9")

    noted, strict = asking(*arguments), asking(*arguments, "--strict")

    assert (noted.code, noted.out) == (0, "echo: Hi\n")
    assert "`--max-tokens N`" in noted.err
    assert (strict.code, strict.out) == (11, "echo: Hi")
    assert "the answer was cut at 9 tokens" in strict.err


# What arrives


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_limit_of_databricks_is_set_for_it(listed: Litectl, upstream: Upstream, protocol: str) -> None:
    """A model on Databricks gets the safe limit, since the whole of it is reserved before it is admitted."""
    assert listed(*question(protocol, "bricks", "-p", "Hi")).code == 0

    assert upstream.bodies[0]["max_tokens"] == 4096


THOUGHTS: dict[str, Callable[[Any], object]] = {
    "gpt": lambda body: body.get("reasoning_effort") or body["reasoning"]["effort"],
    "claude": lambda body: body["thinking"],
    "bricks": lambda body: body["thinking"],
}


@every_known
def test_an_effort_reaches_each_provider_in_its_own_words(
    listed: Litectl, upstream: Upstream, protocol: str, model: str
) -> None:
    """`--effort low` is a word for OpenAI and a budget of thinking for Claude, wherever it runs."""
    assert listed(*question(protocol, model, "-p", "Hi", "--effort", "low")).code == 0

    wanted: object = "low" if model == "gpt" else {"type": "enabled", "budget_tokens": 1024}
    assert THOUGHTS[model](upstream.bodies[0]) == wanted


@pytest.mark.parametrize(("effort", "state"), [("none", "disabled"), ("high", "enabled")])
def test_kimi_thinks_or_not(listed: Litectl, upstream: Upstream, effort: str, state: str) -> None:
    """A model that knows on and off only gets the switch of its provider, by chat."""
    assert listed(*question("chat", "kimi", "-p", "Hi", "--effort", effort)).code == 0

    assert upstream.bodies[0]["thinking"] == {"type": state}


@every_known
def test_a_session_is_a_key_for_the_prompt_cache_where_there_is_one(
    listed: Litectl, upstream: Upstream, protocol: str, model: str
) -> None:
    """`--session` goes to OpenAI as that; the others, who would refuse it, never see it."""
    assert listed(*question(protocol, model, "-p", "Hi", "--session", "night-7")).err == ""

    key = "night-7" if model == "gpt" and protocol != "messages" else None
    assert upstream.bodies[0].get("prompt_cache_key") == key


@pytest.mark.parametrize(
    ("protocol", "model"),
    [(name, model) for name, model in OF_KNOWN if name != "responses" and model != "gpt"],
)
def test_marks_for_the_prompt_cache_arrive(
    listed: Litectl, upstream: Upstream, protocol: str, model: str
) -> None:
    """`--cache` marks the instruction and the prompt for a Claude, at Anthropic and on Databricks."""
    assert listed(*question(protocol, model, "-p", "Hi", "-s", "Be brief", "--cache")).err == ""

    body = upstream.bodies[0]
    instruction = body["system"] if model == "claude" else body["messages"][0]["content"]
    assert [block["cache_control"] for block in (*instruction, *body["messages"][-1]["content"])] == [
        MARK,
        MARK,
    ]


@pytest.mark.parametrize(("protocol", "model"), [("responses", "claude"), ("chat", "gpt")])
def test_marks_are_left_out_where_nobody_reads_them(
    listed: Litectl, upstream: Upstream, protocol: str, model: str
) -> None:
    """`--cache` says why it does nothing, and the question is answered without it."""
    result = listed(*question(protocol, model, "-p", "Hi", "--cache"))

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert "note: cache is left out" in result.err
    assert "cache_control" not in str(upstream.bodies)


@every_known
def test_an_image_arrives_whole(
    listed: Litectl, upstream: Upstream, tmp_path: Path, protocol: str, model: str
) -> None:
    """The image reaches each provider after the text, in the words of its own protocol."""
    image = tmp_path / "dot.png"
    image.write_bytes(base64.b64decode(DOT))

    assert listed(*question(protocol, model, "-p", "Hi", "-f", str(image))).code == 0

    body = upstream.bodies[0]
    text, part = (body.get("messages") or body["input"])[-1]["content"]
    assert text["text"] == "Hi"
    if model == "claude":
        assert part["source"] == {"type": "base64", "media_type": "image/png", "data": DOT}
    else:
        url = part["image_url"]
        assert (url if isinstance(url, str) else url["url"]) == f"data:image/png;base64,{DOT}"


# JSON and tools


@every_known
@pytest.mark.parametrize("stream", ["true", "false"])
def test_a_schema_is_kept_by_every_provider(
    listed: Litectl, upstream: Upstream, protocol: str, model: str, stream: str
) -> None:
    """`--schema` gives JSON that fits; also from a Claude on Databricks, which has to call a tool for it."""
    arguments = question(protocol, model, "-p", "Invent somebody", "--schema", "name, age int")

    result = listed(*arguments, "--param", f"stream={stream}")

    assert (result.code, result.json, result.err) == (0, json.loads(PERSON), "")
    body = upstream.bodies[0]
    assert ('"age": {"type": "integer"}' in json.dumps(body), "json_tool_call" in str(body)) == (
        True,
        model == "bricks",
    )


@every_known
def test_an_object_is_asked_for_in_words_where_no_parameter_can(
    listed: Litectl, protocol: str, model: str
) -> None:
    """`--json-object` gives an object from every provider."""
    result = listed(*question(protocol, model, "-p", "Invent somebody", "--json-object"))

    assert (result.code, result.json) == (0, json.loads(PERSON))


@every_wire
@pytest.mark.parametrize("stream", ["true", "false"])
@pytest.mark.parametrize(("prompt", "cities"), [("call the tool", CITIES[:1]), ("call it twice", CITIES)])
def test_a_conversation_goes_on_after_calls(
    asking: Litectl,
    upstream: Upstream,
    tmp_path: Path,
    protocol: str,
    provider: str,
    stream: str,
    prompt: str,
    cities: Sequence[str],
) -> None:
    """Calls come back as JSON and are saved; their results go to the provider with them, and are answered."""
    tools, talk, results = (tmp_path / name for name in ("tools.json", "talk.json", "results.json"))
    tools.write_text(json.dumps([WEATHER]))
    words = question(protocol, f"{provider}-echo", "--tools", str(tools), "--save", str(talk))
    words += ["--param", f"stream={stream}"]

    called = asking(*words, "-p", prompt)
    assert called.code == 0, called.err
    calls = called.json
    results.write_text(json.dumps({call["id"]: f"rain in {call['arguments']['city']}" for call in calls}))
    answered = asking(*words, "--messages", str(talk), "--tool-results", str(results))

    assert [(call["name"], call["arguments"]) for call in calls] == [
        ("get_weather", {"city": city}) for city in cities
    ]
    assert (answered.code, answered.out.startswith("echo: rain in ")) == (0, True), answered.err
    assert (BEFORE_CALLS in called.err) is (len(cities) > 1)
    said = json.dumps(upstream.bodies[1])
    for call in calls:
        assert said.count(call["id"]) == 2
        assert f"rain in {call['arguments']['city']}" in said
    roles = [message["role"] for message in json.loads(talk.read_text())]
    assert roles == ["user", "assistant", *["tool" for _ in cities], "assistant"]


# Cost and tokens

COST = INPUT * INPUT_PRICE + OUTPUT * OUTPUT_PRICE


@pytest.mark.parametrize(
    ("protocol", "stream", "source"),
    [
        ("chat", "true", "usage"),
        ("responses", "true", "usage"),
        ("chat", "false", "header"),
        ("responses", "false", "header"),
        ("messages", "false", "header"),
    ],
)
def test_the_cost_is_the_one_that_the_proxy_bills(
    asking: Litectl, protocol: str, stream: str, source: str
) -> None:
    """A stream carries it in its usage, a plain answer in a header."""
    arguments = question(protocol, "priced", "-p", "Hi", "--param", f"stream={stream}", "--json")

    answer = asking(*arguments).json

    assert (answer["cost"], answer["cost_source"]) == (pytest.approx(COST), source)


@pytest.mark.parametrize(("more", "source"), [((), "catalog_estimate"), (("--usage",), "proxy_estimate")])
def test_a_cost_that_nobody_told_is_estimated(listed: Litectl, more: Sequence[str], source: str) -> None:
    """A stream of messages carries none: the listed prices are reckoned with, or the proxy with `--usage`."""
    answer = listed(*question("messages", "priced", "-p", "Hi", *more), "--json").json

    assert (answer["cost"], answer["cost_source"]) == (pytest.approx(COST), source)


def test_an_unknown_cost_is_null(asking: Litectl) -> None:
    """A model without a price costs nobody knows what, with `--usage` too."""
    arguments = question("chat", "openai-echo", "-p", "Hi", "--usage")

    answer = asking(*arguments, "--json").json

    assert (answer["cost"], answer["cost_source"]) == (None, None)
    assert "cost unknown" in asking(*arguments).err


def test_the_price_of_a_request_is_known_before(asking: Litectl, upstream: Upstream) -> None:
    """`cost` and `tokens` reckon without asking a model."""
    tokens = ("--input-tokens", str(INPUT), "--output-tokens", str(OUTPUT))

    cost, counted = asking("cost", "-m", "priced", *tokens), asking("tokens", "-m", "gpt", "-p", "Hi there")

    assert float(cost.out) == pytest.approx(COST)
    assert (counted.code, counted.out) == (0, "2\n")
    assert asking("cost", "-m", "openai-echo", *tokens).code == 6
    assert upstream.bodies == []


def test_the_provider_may_count(asking: Litectl) -> None:
    """`--at-provider` gives the count of a provider that can, and the source says who counted."""
    counts = [
        asking("tokens", "-m", model, "-p", "Hi", "--at-provider", "--json").json
        for model in ("claude", "gpt")
    ]

    assert [count["source"] for count in counts] == ["provider", "local_estimate"]
    assert counts[0]["tokens"] == COUNTED
