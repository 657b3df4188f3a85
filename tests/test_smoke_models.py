"""The billed checks of models: what each finds out, what it sends for that, and what it costs."""

import json
import math
import struct
import zlib
from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest

from answers import MESSAGES, RESPONSES, delta, plain, stream, tool_piece
from backends import backend, deployment
from fake_proxy import (
    CHAT,
    EVENT_TYPE,
    Answer,
    FakeProxy,
    Request,
    chat_answer,
    chunk,
    error_answer,
    json_answer,
    sse,
)
from litectl.errors import ExitCode, ReaderGone
from litectl.exchange.backend import Backend
from litectl.smoke.answering import usage_of
from litectl.smoke.check import FAILED, PASSED, SKIPPED, WARNING, Check, Measures, Result
from litectl.smoke.modeltasks import model_tasks
from litectl.smoke.purse import Purse
from litectl.smoke.visioncheck import png
from litectl.smoke.wishes import ModelWishes
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy

NAME = "team-model"
EMBEDDINGS = "/v1/embeddings"
KEY = "sk-test-key-0001"
TOKENS = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
PRICED = {"input_price": 2.0, "output_price": 10.0}
COST = "x-litellm-response-cost"
DECLARED = ["max_tokens", "temperature", "seed", "stop", "tools", "tool_choice", "response_format"]
PERSON = {"name": "Ada", "age": 36}
UNREASONING = {"abilities": {"reasoning": False}}


def model(**known: object) -> Backend:
    """Return a chat model of which the catalog knows this."""
    return backend(deployment("openai", "openai/gpt-4.1", **{"mode": "chat", **known}))


def answered(content: str | None = "ok", *, finish: str = "stop", **headers: str) -> Answer:
    """Return a plain answer that says how many tokens it took."""
    document = plain({"content": content}, finish=finish, usage=TOKENS)
    return json_answer(document)._replace(headers=tuple(headers.items()))


def calling(name: str = "keep_person", arguments: str = json.dumps(PERSON)) -> Answer:
    """Return a plain answer that calls a tool."""
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message: dict[str, object] = {"content": None, "tool_calls": [call]}
    return json_answer(plain(message, finish="tool_calls", usage=TOKENS))


def tried(
    fake: FakeProxy,
    known: Backend,
    wishes: ModelWishes = ModelWishes(),  # noqa: B008  # a constant
    purse: Purse | None = None,
) -> list[Result]:
    """Return how each check of the model *known* ended, which are those that were planned."""
    (task,) = model_tasks([known], wishes, purse or Purse(None))
    with Proxy(fake.root, Access(KEY)) as proxy:
        results = list(task.run(proxy))
    assert [result.check for result in results] == list(task.checks)
    assert sum(result.measures.requests for result in results) <= task.requests
    return results


def named(results: Sequence[Result], name: str) -> Result:
    """Return the result of the check called *name*."""
    return next(result for result in results if result.check.name == name)


def verdicts(results: Sequence[Result]) -> dict[str, str]:
    """Return the verdict of each check by its name."""
    return {result.check.name: result.verdict for result in results}


def bodies(fake: FakeProxy, path: str = CHAT) -> list[Any]:
    """Return what was sent to *path*."""
    return [request.json for request in fake.requests if request.path == path]


# That it answers


def test_a_good_model_passes_with_one_plain_call(fake: FakeProxy) -> None:
    """One unstreamed request tells that it answers, how many tokens that took, and what it cost."""
    fake.on_chat(answered("Fine.", **{COST: "0.00004"}))

    answers, usage = tried(fake, model())

    assert (answers.verdict, answers.detail) == (PASSED, '"Fine."')
    assert (usage.verdict, usage.detail) == (PASSED, "3 tokens in, 5 out, $0.000040")
    (body,) = bodies(fake)
    assert body["stream"] is False
    assert body["messages"] == [{"role": "user", "content": "Reply with one short word."}]
    measures = answers.measures
    assert (measures.requests, measures.input_tokens, measures.output_tokens) == (1, 3, 5)
    assert (measures.cost, measures.is_estimate) == (0.00004, False)
    assert len(measures.total) == len(measures.rate) == 1
    assert not measures.first_token
    assert usage.measures.requests == 0


@pytest.mark.parametrize(
    ("known", "limit"),
    [
        (backend(), {"max_tokens": 2048}),
        (model(), {"max_tokens": 2048}),
        (model(abilities={"reasoning": True}), {"max_tokens": 2048}),
        (model(**UNREASONING), {"max_tokens": 32}),
        (model(max_output_tokens=500), {"max_tokens": 500}),
        (model(max_output_tokens=16, **UNREASONING), {"max_tokens": 16}),
        (model(supported_parameters=["max_completion_tokens"]), {"max_completion_tokens": 2048}),
        (model(supported_parameters=["temperature"]), {}),
    ],
)
def test_a_model_that_may_reason_gets_tokens_enough(
    fake: FakeProxy, known: Backend, limit: dict[str, int]
) -> None:
    """Few are given only where the catalog says that it does not reason, and never more than it has."""
    fake.on_chat(answered())

    assert named(tried(fake, known), "answers").verdict == PASSED
    assert {name: value for name, value in bodies(fake)[0].items() if "tokens" in name} == limit


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (answered(""), ExitCode.INCOMPLETE, "the answer is empty"),
        (answered(" \n"), ExitCode.INCOMPLETE, "the answer is empty"),
        (answered(None), ExitCode.INCOMPLETE, "the answer is empty"),
        (answered("so fa", finish="length"), ExitCode.INCOMPLETE, "cut at 2048 tokens"),
        (answered("", finish="length"), ExitCode.INCOMPLETE, "the answer is empty"),
        (answered("no", finish="content_filter"), ExitCode.INCOMPLETE, "ended early"),
        (json_answer({"choices": [{"message": {"content": "ok"}}]}), ExitCode.INCOMPLETE, "broke off"),
        (json_answer({"choices": []}), ExitCode.INCOMPLETE, "the stream has no end"),
        (Answer(pieces=[b""]), ExitCode.INCOMPLETE, "the answer is empty"),
        (Answer(pieces=[b'{"choices": '], cut=True), ExitCode.NETWORK, ""),
        (error_answer(429, "throttling_error", "Too many."), ExitCode.RATE_LIMITED, "rate limited"),
        (error_answer(402, "x", "Pay first."), ExitCode.BUDGET, "quota"),
        (error_answer(400, "budget_exceeded", "Budget has been exceeded!"), ExitCode.BUDGET, "budget"),
        (error_answer(401, "auth_error", "No such key."), ExitCode.AUTH, "refused the credential"),
        (error_answer(500, "x", "Oh."), ExitCode.UPSTREAM, "failed (500)"),
        (error_answer(404, "x", "litellm.NotFoundError: gone"), ExitCode.NOT_FOUND, "does not know"),
        (
            error_answer(400, "x", "litellm.UnsupportedParamsError: does not support parameters: ['stop']"),
            ExitCode.FAILED,
            "unsupported parameter `stop`",
        ),
        (
            Answer(pieces=[b"<html><title>Log in</title></html>"], content_type="text/html"),
            ExitCode.FAILED,
            "not a LiteLLM proxy's",
        ),
        (json_answer({"error": {"message": "Oh.", "code": "429"}}), ExitCode.RATE_LIMITED, "rate limited"),
        (json_answer([1, 2]), ExitCode.FAILED, "not a LiteLLM proxy's"),
        (json_answer({"detail": "?"}), ExitCode.FAILED, "not a LiteLLM proxy's"),
    ],
)
def test_whatever_is_no_whole_answer_fails_with_its_class(
    fake: FakeProxy, answer: Answer, code: ExitCode, words: str
) -> None:
    """Nothing is tried twice, and the rest of the model is not run."""
    fake.on_chat(answer)
    wishes = ModelWishes(stream=True, params=True, tools=True, vision=True)

    results = tried(fake, model(supported_parameters=DECLARED), wishes)

    answers = results[0]
    assert (answers.check.name, answers.verdict) == ("answers", FAILED)
    assert answers.error is not None
    assert answers.error.exit_code is code
    assert words in answers.detail
    assert "--max-tokens" not in (answers.hint or "")
    assert len(fake.requests) == answers.measures.requests == 1
    assert {result.verdict for result in results[1:]} == {SKIPPED}
    assert {result.detail for result in results[1:]} == {"not run: `answers team-model` failed"}


def test_a_proxy_that_is_not_there_fails_and_counts_no_request() -> None:
    """Nothing was sent, so nothing is counted."""
    with FakeProxy() as gone:
        pass

    answers = tried(gone, model(**PRICED), purse=(purse := Purse(1.0)))[0]

    assert (answers.verdict, answers.measures.requests, purse.spent) == (FAILED, 0, 0.0)
    assert answers.error is not None
    assert answers.error.exit_code is ExitCode.NETWORK


def test_a_model_that_says_nothing_in_time_fails(fake: FakeProxy) -> None:
    """The limit of each request is kept."""
    held = Event()
    fake.on_chat(Answer(pieces=[held]))

    answers = tried(fake, model(), ModelWishes(seconds=0.2))[0]
    held.set()

    assert answers.error is not None
    assert (answers.verdict, answers.error.exit_code) == (FAILED, ExitCode.NETWORK)
    assert "within 0.2 s" in answers.detail


def test_nobody_reads_any_more(fake: FakeProxy) -> None:
    """A proxy that was hung up breaks the work off; that is no failure of the model."""
    (task,) = model_tasks([model(**PRICED)], ModelWishes(), purse := Purse(1.0))
    with Proxy(fake.root, Access(KEY)) as proxy:
        proxy.hang_up()
        with pytest.raises(ReaderGone):
            list(task.run(proxy))

    purse.take(0.1)  # nothing is under way that somebody would have to wait for
    assert fake.requests == []


FALLBACK = {"x-litellm-attempted-fallbacks": "1", "x-litellm-model-group": "other-model"}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (FALLBACK, "other-model answered, as a fallback for team-model"),
        ({"x-litellm-attempted-fallbacks": "2"}, "another model answered, as a fallback for team-model"),
        ({"x-litellm-attempted-fallbacks": "0", "x-litellm-model-group": "other-model"}, None),
        ({"x-litellm-attempted-fallbacks": "many"}, None),
    ],
)
def test_a_fallback_that_answers_is_a_warning(
    fake: FakeProxy, headers: dict[str, str], words: str | None
) -> None:
    """The model that answered is named, and its cost is not reckoned from the prices of the one asked."""
    fake.on_chat(answered(**headers))

    results = tried(fake, model(**PRICED))

    answers = results[0]
    assert answers.verdict == (WARNING if words else PASSED)
    if words:
        assert answers.detail == words
        assert answers.error is not None
        assert answers.error.exit_code is ExitCode.UPSTREAM
        assert (answers.measures.cost, results[1].verdict) == (None, PASSED)


def test_what_a_model_says_is_shown_on_one_short_line(fake: FakeProxy) -> None:
    """However long it is, and whatever characters are in it."""
    fake.on_chat(answered("\x1b[31mred\n\n" + "long " * 1000))

    detail = tried(fake, model())[0].detail

    assert detail.startswith('"\\u001b[31mred long')
    assert len(detail) <= 42
    assert detail.isprintable()


@pytest.mark.parametrize("before", range(0, 40, 8))
def test_no_part_of_the_key_is_left_where_an_answer_is_cut(fake: FakeProxy, before: int) -> None:
    """A proxy may give the key to a model, or put it into an answer: a part of it is found by no mask."""
    said = "x" * before + KEY

    def repeating(request: Request) -> Answer:
        if "tools" not in request.json:
            return answered(said)
        return calling(arguments=json.dumps({"name": said, "age": 3})) if before else calling(said)

    fake.on_chat(repeating)
    results = tried(fake, model(), ModelWishes(tools=True, vision=True))

    details = [result.detail for result in results]
    assert not [detail for detail in details if KEY[:4] in detail.replace("sk-...", "")], details


# What it says of tokens and cost


@pytest.mark.parametrize(
    ("usage", "headers", "known", "verdict", "detail"),
    [
        (TOKENS, {COST: "0.01"}, {}, PASSED, "3 tokens in, 5 out, $0.010"),
        ({**TOKENS, "cost": 0.02}, {}, {}, PASSED, "3 tokens in, 5 out, $0.020"),
        (TOKENS, {}, {}, PASSED, "3 tokens in, 5 out; nobody knows what they cost"),
        (TOKENS, {COST: "0"}, {}, PASSED, "3 tokens in, 5 out; nobody knows what they cost"),
        (TOKENS, {}, PRICED, WARNING, "the proxy reports no cost (3 tokens in, 5 out, about $0.000056"),
        (None, {}, {}, FAILED, "the answer does not say how many tokens it took (0 tokens in, 0 out)"),
        ({}, {COST: "0.01"}, {}, FAILED, "(0 tokens in, 0 out)"),
        ({"prompt_tokens": 0, "completion_tokens": 5}, {}, PRICED, FAILED, "(0 tokens in, 5 out)"),
        ({"prompt_tokens": 3, "completion_tokens": 0}, {}, {}, FAILED, "(3 tokens in, 0 out)"),
        ({"prompt_tokens": "3", "completion_tokens": -5}, {}, {}, FAILED, "(0 tokens in, 0 out)"),
    ],
)
def test_tokens_and_cost_are_to_be_reported(
    fake: FakeProxy,
    usage: object,
    headers: dict[str, str],
    known: dict[str, object],
    verdict: str,
    detail: str,
) -> None:
    """Tokens have to be there; a cost where anybody knows a price, else only the tokens are told."""
    answer = json_answer(plain({"content": "ok"}, usage=usage))
    fake.on_chat(answer._replace(headers=tuple(headers.items())))

    result = named(tried(fake, model(**known)), "usage")

    assert result.verdict == verdict
    assert detail in result.detail
    assert len(fake.requests) == 1


def test_a_cost_that_is_reckoned_is_an_estimate(fake: FakeProxy) -> None:
    """Where the proxy reports none, the prices of the catalog tell."""
    fake.on_chat(answered())

    measures = tried(fake, model(**PRICED))[0].measures

    assert (measures.cost, measures.is_estimate) == (5.6e-05, True)


# Streams


def test_a_stream_tells_when_its_first_text_came(fake: FakeProxy) -> None:
    """It is asked for as a stream, and measured as one."""
    fake.on_chat(lambda request: chat_answer("a ", "b") if request.json["stream"] is True else answered())

    result = named(tried(fake, model(), ModelWishes(stream=True)), "streams")

    assert (result.verdict, result.measures.cost) == (PASSED, 0.00007525)
    assert result.detail.startswith("first text after ")
    assert len(result.measures.first_token) == 1
    assert result.measures.first_token[0] <= result.measures.total[0]


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (answered(), ExitCode.FAILED, "in one piece and not as a stream (application/json)"),
        (chat_answer("  "), ExitCode.INCOMPLETE, "the answer is empty"),
        (stream(delta(reasoning_content="hm")), ExitCode.INCOMPLETE, "the answer is empty"),
        (stream(delta(content="a"), finish="length"), ExitCode.INCOMPLETE, "cut"),
        (
            Answer(pieces=sse(chunk("a")), content_type=EVENT_TYPE),
            ExitCode.INCOMPLETE,
            "no end",
        ),
        (stream(delta(content="a"), {"error": {"message": "Oh."}}), ExitCode.INCOMPLETE, "broke off"),
        (stream({"error": {"message": "Oh.", "code": "429"}}), ExitCode.RATE_LIMITED, "rate limited"),
    ],
)
def test_what_is_no_whole_stream_fails(fake: FakeProxy, answer: Answer, code: ExitCode, words: str) -> None:
    """Also an answer in one piece, as of a gateway that holds answers back."""
    fake.on_chat(lambda request: answer if request.json["stream"] is True else answered())

    results = tried(fake, model(), ModelWishes(stream=True))

    result = named(results, "streams")
    assert verdicts(results) == {"answers": PASSED, "usage": PASSED, "streams": FAILED}
    assert result.error is not None
    assert result.error.exit_code is code
    assert words in result.detail
    assert result.measures.requests == 1


# Parameters


def obliging(request: Request) -> Answer:
    """Answer as a model that does all it is told."""
    body = request.json
    if "tools" in body:
        return calling()
    if "response_format" in body:
        return answered(json.dumps(PERSON))
    if isinstance(body["messages"][-1]["content"], list):
        return answered("Red.")
    return answered("1, 2, 3, " if "stop" in body else "1, 2, 3, 4, 5")


def test_all_that_is_declared_is_sent_at_once(fake: FakeProxy) -> None:
    """One request has all plain parameters, one asks for JSON, and each that was taken is named."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(supported_parameters=DECLARED), ModelWishes(params=True)), "params")

    assert (result.verdict, result.detail) == (
        PASSED,
        "takes temperature, seed, stop, max_tokens and response_format",
    )
    _, sampling, formed = bodies(fake)
    assert {"temperature": 1, "seed": 7, "stop": ["4"], "max_tokens": 2048}.items() <= sampling.items()
    assert "response_format" not in sampling
    assert formed["response_format"] == {"type": "json_object"}
    assert "JSON" in formed["messages"][0]["content"]
    assert result.measures.requests == 2


@pytest.mark.parametrize(
    ("known", "groups"),
    [
        ({"supported_parameters": ["max_tokens"]}, [{"max_tokens"}]),
        ({"supported_parameters": ["seed", "logit_bias"]}, [{"seed"}]),
        (
            {"supported_parameters": ["max_tokens", "reasoning_effort"], "abilities": {"reasoning": True}},
            [{"max_tokens"}, {"max_tokens", "reasoning_effort"}],
        ),
        ({"supported_parameters": ["max_tokens", "reasoning_effort"], **UNREASONING}, [{"max_tokens"}]),
        (
            {
                "supported_parameters": ["response_format", "max_tokens"],
                "abilities": {"structured_output": True},
            },
            [{"max_tokens"}, {"max_tokens", "response_format"}],
        ),
    ],
)
def test_only_what_is_declared_is_tried(
    fake: FakeProxy, known: dict[str, object], groups: list[set[str]]
) -> None:
    """An effort is one that it declares, and JSON has a schema where it is known to take one."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(**known), ModelWishes(params=True)), "params")

    assert result.verdict == PASSED, result.detail
    sent = [body.keys() - {"model", "messages", "stream"} for body in bodies(fake)[1:]]
    assert [group - {"max_tokens"} for group in sent] == [group - {"max_tokens"} for group in groups]
    for body in bodies(fake)[1:]:
        assert body.get("response_format", {}).get("type", "json_schema") == "json_schema"
        assert body.get("reasoning_effort", "low") == "low"


def test_a_claude_is_never_given_temperature_and_top_p_together(fake: FakeProxy) -> None:
    """It declares both, and refuses a request that has both."""
    fake.on_chat(obliging)
    claude = backend(
        deployment("anthropic", "anthropic/claude-haiku-4-5", supported_parameters=["temperature", "top_p"])
    )

    result = named(tried(fake, claude, ModelWishes(params=True)), "params")

    assert (result.verdict, result.detail) == (PASSED, "takes temperature and top_p")
    assert [{"temperature", "top_p"} & body.keys() for body in bodies(fake)[1:]] == [
        {"temperature"},
        {"top_p"},
    ]


def test_a_refused_parameter_is_named(fake: FakeProxy) -> None:
    """It is declared, so it is sent although it was refused before, and nothing is left out in silence."""
    refusal = error_answer(
        400,
        "x",
        "litellm.UnsupportedParamsError: openai does not support parameters: ['seed'], for model=gpt",
    )
    fake.on_chat(lambda request: refusal if "seed" in request.json else answered())
    known = model(supported_parameters=["seed", "stop"])._replace(refused=["seed"])

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert result.detail.startswith("unsupported parameter `seed`")
    assert result.hint is not None
    assert "litectl models show team-model" in result.hint
    assert "additional_drop_params" not in bodies(fake)[1]


@pytest.mark.parametrize(
    ("parameter", "answer", "words"),
    [
        ("stop", answered("1, 2, 3, 4, 5"), "`stop` is not kept: the answer goes on to 4"),
        ("max_tokens", answered("1"), "the limit is not kept: 5 tokens of 4"),
        ("response_format", answered("Ada is 36"), "`response_format` is not kept: the answer is no JSON"),
        ("response_format", answered('```json\n{"name": "Ada"}\n```'), "in a Markdown fence"),
        ("response_format", answered("[]"), "no object"),
    ],
)
def test_what_is_taken_and_not_kept_is_named(
    fake: FakeProxy, parameter: str, answer: Answer, words: str
) -> None:
    """What can be seen in the answer is looked at."""
    first = iter([answered()])
    fake.on_chat(lambda _request: next(first, answer))
    known = model(supported_parameters=[parameter], max_output_tokens=4)

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert words in result.detail


def test_json_has_to_fit_the_schema_that_was_sent(fake: FakeProxy) -> None:
    """Where the model is known to take a schema."""
    fake.on_chat(lambda request: answered('{"name": "Ada"}' if "response_format" in request.json else "ok"))
    known = model(supported_parameters=["response_format"], abilities={"structured_output": True})

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert result.verdict == FAILED
    assert "'age' is a required property" in result.detail


@pytest.mark.parametrize("known", [backend(), model(), model(supported_parameters=["tools"])])
def test_without_declared_parameters_nothing_is_tried(fake: FakeProxy, known: Backend) -> None:
    """That is no pass."""
    fake.on_chat(answered())

    result = named(tried(fake, known, ModelWishes(params=True)), "params")

    assert (result.verdict, len(fake.requests)) == (SKIPPED, 1)


# Tools


@pytest.mark.parametrize(
    ("known", "choice"),
    [
        (backend(), None),
        (model(supported_parameters=["tools"]), None),
        (
            model(supported_parameters=DECLARED),
            {"type": "function", "function": {"name": "keep_person"}},
        ),
    ],
)
def test_a_call_of_the_tool_passes(fake: FakeProxy, known: Backend, choice: object) -> None:
    """It is asked for in words, and by `tool_choice` where that is declared."""
    fake.on_chat(obliging)

    result = named(tried(fake, known, ModelWishes(tools=True)), "tools")

    assert (result.verdict, result.detail) == (PASSED, 'keep_person {"name":"Ada","age":36}')
    assert bodies(fake)[1].get("tool_choice") == choice


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answered("I will."), 'the model calls no tool, and answers "I will."'),
        (calling("rm"), 'the model calls "rm", which it was not given'),
        (calling(arguments="not JSON"), "no JSON object"),
        (calling(arguments="[]"), "no JSON object"),
        (calling(arguments="{}"), "the arguments of the call do not fit"),
        (calling(arguments='{"name": "Ada", "age": "old"}'), "the arguments of the call do not fit"),
        (calling(arguments='{"name": "Ada", "age": 36, "x": 1}'), "the arguments of the call do not fit"),
        (calling(name=""), "names no tool"),
        (error_answer(500, "x", "Oh."), "failed (500)"),
    ],
)
def test_any_other_answer_is_no_call(fake: FakeProxy, answer: Answer, words: str) -> None:
    """The wrong tool, arguments that do not fit, and a text all fail."""
    fake.on_chat(lambda request: answer if "tools" in request.json else answered())

    result = named(tried(fake, model(), ModelWishes(tools=True)), "tools")

    assert result.verdict == FAILED
    assert words in result.detail


@pytest.mark.parametrize(
    "known", [model(abilities={"tools": False}), model(supported_parameters=["max_tokens"])]
)
def test_a_model_that_takes_no_tools_is_not_asked(fake: FakeProxy, known: Backend) -> None:
    """What the catalog says it cannot is no failure, and no pass."""
    fake.on_chat(answered())

    result = named(tried(fake, known, ModelWishes(tools=True)), "tools")

    assert (result.verdict, result.detail) == (SKIPPED, "the catalog says that it cannot")
    assert len(fake.requests) == 1


# Vision


def test_a_picture_is_sent_and_its_colour_is_named(fake: FakeProxy) -> None:
    """A small PNG goes along with the question."""
    fake.on_chat(obliging)

    result = named(tried(fake, model(), ModelWishes(vision=True)), "vision")

    assert (result.verdict, result.detail) == (PASSED, '"Red."')
    _, picture = bodies(fake)[1]["messages"][0]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    assert len(picture["image_url"]["url"]) < 1000


def test_a_picture_is_a_valid_png() -> None:
    """Its checksums hold, and every pixel has the colour."""
    rest, chunks = png(b"\x01\x02\x03", 5)[8:], {}
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        kind, content, checksum = rest[4:8], rest[8 : 8 + length], rest[8 + length : 12 + length]
        assert struct.unpack(">I", checksum)[0] == zlib.crc32(kind + content)
        chunks[kind], rest = content, rest[12 + length :]

    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (5, 5, 8, 2, 0, 0, 0)
    assert zlib.decompress(chunks[b"IDAT"]) == (b"\0" + b"\x01\x02\x03" * 5) * 5


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (
            answered("It is blue"),
            WARNING,
            'asked for the colour of a red picture, the model answered "It is blue"',
        ),
        (answered(""), FAILED, "the answer is empty"),
        (error_answer(400, "x", "No pictures."), FAILED, "No pictures."),
    ],
)
def test_another_colour_is_a_warning(fake: FakeProxy, answer: Answer, verdict: str, words: str) -> None:
    """A text is needed; that it is right is not."""
    first = iter([answered()])
    fake.on_chat(lambda _request: next(first, answer))

    result = named(tried(fake, model(), ModelWishes(vision=True)), "vision")

    assert result.verdict == verdict
    assert words in result.detail


def test_a_blind_model_is_shown_nothing(fake: FakeProxy) -> None:
    """As the catalog says."""
    fake.on_chat(answered())

    result = named(tried(fake, model(abilities={"vision": False}), ModelWishes(vision=True)), "vision")

    assert (result.verdict, len(fake.requests)) == (SKIPPED, 1)


# Embedding models, and all others


def embedding(vector: object = (0.5, -1, 2e-3)) -> Answer:
    """Return an answer with this vector."""
    data = [{"object": "embedding", "index": 0, "embedding": vector}]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return json_answer({"data": data, "usage": usage})._replace(headers=((COST, "6e-8"),))


EMBEDDER = model(mode="embedding", input_price=0.02)


@pytest.mark.parametrize(
    ("known", "path", "hint"),
    [
        (model(), CHAT, "see what comes back with `litectl ask -m team-model -p Hi --json`"),
        (EMBEDDER, EMBEDDINGS, "see what comes back with `litectl embed -m team-model Hi --json`"),
    ],
)
def test_where_the_whole_answer_is_to_be_seen_is_said(
    fake: FakeProxy, known: Backend, path: str, hint: str
) -> None:
    """The JSON of a run has no room for it, so another command is named."""
    fake.on("POST", path, error_answer(400, "odd", "Something odd."))

    first = tried(fake, known)[0]

    assert (first.verdict, first.hint) == (FAILED, hint)


@pytest.mark.parametrize("known", [model(), EMBEDDER])
@pytest.mark.parametrize(
    ("status", "kind", "text", "hint"),
    [
        (
            404,
            "not_found_error",
            "litellm.NotFoundError: no such model",
            "with `litectl models show team-model`",
        ),
        (401, "key_model_access_denied", "key not allowed", "but this key may not use it"),
        (400, "x", "litellm.ContextWindowExceededError: too long", "the question is short and fixed"),
        (400, "x", "litellm.ContentPolicyViolationError: filtered", "the question is fixed and harmless"),
        (500, "x", "Oh.", "Hi --json`, and tell the operator of the proxy if it stays so"),
        (408, "x", "Request", "the proxy's own time-out of the model was reached"),
        (500, "x", "Timeout on reading data", "the proxy's own time-out of the model was reached"),
    ],
)
def test_the_hint_fits_a_question_that_is_fixed(
    fake: FakeProxy, known: Backend, status: int, kind: str, text: str, hint: str
) -> None:
    """Nobody can shorten it, or name another model: who set the model up is the one to tell."""
    fake.on("POST", CHAT, error_answer(status, kind, text))
    fake.on("POST", EMBEDDINGS, error_answer(status, kind, text))

    first = tried(fake, known)[0]

    assert first.verdict == FAILED
    assert hint in (first.hint or "")


def test_one_token_is_one_token(fake: FakeProxy) -> None:
    """The singular is used."""
    fake.on("POST", EMBEDDINGS, embedding())

    assert tried(fake, EMBEDDER)[1].detail.startswith("3 tokens in")
    usage = usage_of(Check("usage", "m"), [Measures(1, 1, 1, 0.5)])
    assert usage.detail == "1 token in, 1 out, $0.50"


def test_an_embedding_model_gives_a_vector(fake: FakeProxy) -> None:
    """One short text is sent, whatever else is wished, and nobody chats with it."""
    fake.on("POST", EMBEDDINGS, embedding())

    embeds, usage = tried(fake, EMBEDDER, ModelWishes(stream=True, tools=True, vision=True, params=True))

    assert (embeds.check.name, embeds.verdict, embeds.detail) == ("embeds", PASSED, "a vector of 3 numbers")
    assert (usage.verdict, usage.detail) == (PASSED, "3 tokens in, $0.000000060")
    assert (embeds.measures.requests, embeds.measures.cost) == (1, 6e-8)
    assert [body["input"] for body in bodies(fake, EMBEDDINGS)] == [["One short text."]]
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        *(
            (embedding(vector), "finite numbers")
            for vector in (
                [],
                None,
                "AAAA",
                [None],
                ["1"],
                [True],
                [math.nan],
                [math.inf],
                [10**400],
                {"a": 1},
            )
        ),
        (json_answer({"data": []}), "0 embeddings came back"),
        (json_answer({"data": None}), "has no embeddings"),
        (json_answer("?"), "has no embeddings"),
        (json_answer({"error": {"message": f"Oh {KEY}.", "code": "429"}}), "rate limited: Oh ***."),
        (error_answer(400, "x", "Unmapped LLM provider"), "Unmapped LLM provider"),
        (Answer(pieces=[b"<html>"], content_type="text/html"), "not a LiteLLM proxy's"),
        (Answer(pieces=[b""]), "empty"),
    ],
)
def test_what_is_no_vector_fails(fake: FakeProxy, answer: Answer, words: str) -> None:
    """Whatever it is; how many tokens it took is not asked then."""
    fake.on("POST", EMBEDDINGS, answer)

    results = tried(fake, EMBEDDER)

    assert verdicts(results) == {"embeds": FAILED, "usage": SKIPPED}
    assert words in results[0].detail
    assert results[0].measures.requests == 1


@pytest.mark.parametrize("mode", ["image_generation", "rerank", "audio_speech"])
def test_other_modes_are_not_asked(fake: FakeProxy, mode: str) -> None:
    """Nothing is sent, and that is no pass."""
    (result,) = tried(fake, model(mode=mode), ModelWishes(stream=True))

    assert (result.verdict, result.detail) == (SKIPPED, f"its mode is {mode}, which smoke does not ask")
    assert fake.requests == []


def test_a_name_for_models_that_chat_and_others_fails(fake: FakeProxy) -> None:
    """An answer would be luck, so nothing is sent."""
    rows = [deployment("openai", "a", mode="chat"), deployment("openai", "b", mode="embedding")]

    (result,) = tried(fake, backend(*rows), ModelWishes(gates=True))

    assert (result.verdict, result.check.is_gate, fake.requests) == (FAILED, True, [])
    assert "would be luck" in result.detail


@pytest.mark.parametrize(("mode", "path"), [("responses", RESPONSES), ("chat", MESSAGES)])
def test_a_model_is_asked_by_its_own_protocol(fake: FakeProxy, mode: str, path: str) -> None:
    """As `litectl ask` asks it, also unstreamed."""
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "ok"}]}
    usage = {"input_tokens": 3, "output_tokens": 5, "total_tokens": 8}
    fake.on(
        "POST",
        RESPONSES,
        json_answer({"object": "response", "status": "completed", "output": [said], "usage": usage}),
    )
    content = [{"type": "text", "text": "ok"}]
    fake.on(
        "POST",
        MESSAGES,
        json_answer({"type": "message", "content": content, "stop_reason": "end_turn", "usage": usage}),
    )

    results = tried(fake, model(mode=mode, endpoints=[path]))

    assert verdicts(results) == {"answers": PASSED, "usage": PASSED}
    assert bodies(fake, path)[0].get("stream", False) is False


# How often, how fast, how dear


@pytest.mark.parametrize(
    ("known", "wishes", "expected"),
    [
        (model(), ModelWishes(), 1),
        (model(), ModelWishes(repeat=3, stream=True), 6),
        (model(), ModelWishes(max_ttft=1.0), 2),
        (model(supported_parameters=DECLARED), ModelWishes(params=True, tools=True, vision=True), 5),
        (model(abilities={"tools": False, "vision": False}), ModelWishes(tools=True, vision=True), 1),
        (EMBEDDER, ModelWishes(repeat=2, stream=True), 2),
        (model(mode="rerank"), ModelWishes(), 0),
    ],
)
def test_the_requests_are_counted_before_they_are_sent(
    fake: FakeProxy, known: Backend, wishes: ModelWishes, expected: int
) -> None:
    """As many as are sent when nothing fails."""
    fake.on_chat(lambda request: chat_answer("1") if request.json["stream"] is True else obliging(request))
    fake.on("POST", EMBEDDINGS, embedding())
    (task,) = model_tasks([known], wishes, Purse(None))

    results = tried(fake, known, wishes)

    assert task.requests == len(fake.requests) == expected
    assert sum(result.measures.requests for result in results) == expected
    assert FAILED not in verdicts(results).values()


def test_the_checks_are_in_their_order(fake: FakeProxy) -> None:
    """Only the first keeps others from being run, and only of a run for this model alone."""
    wishes = ModelWishes(stream=True, params=True, tools=True, vision=True, gates=True)
    (task,) = model_tasks([model()], wishes, Purse(None))

    names = ["answers", "usage", "streams", "params", "tools", "vision"]
    assert [(check.name, check.subject, check.is_gate) for check in task.checks] == [
        (name, NAME, name == "answers") for name in names
    ]
    assert not model_tasks([model()], ModelWishes(), Purse(None))[0].checks[0].is_gate


def test_each_run_is_measured(fake: FakeProxy) -> None:
    """All times are there, and the line has median and p95."""
    fake.on_chat(answered(**{COST: "0.01"}))

    answers, usage = tried(fake, model(), ModelWishes(repeat=4))

    assert answers.verdict == PASSED
    assert answers.detail.startswith("4 runs, median/p95 ")
    assert answers.detail.endswith(" tokens/s")
    assert (answers.measures.requests, len(answers.measures.total), answers.measures.cost) == (4, 4, 0.04)
    assert usage.detail == "12 tokens in, 20 out, $0.040"


def test_one_bad_run_makes_a_failure(fake: FakeProxy) -> None:
    """It is said how many there were, and the class is that of the first."""
    ends: list[Answer] = [answered(), answered(""), error_answer(500, "x", "Oh."), answered()]
    fake.on_chat(lambda _request: ends.pop(0))

    answers = tried(fake, model(), ModelWishes(repeat=4))[0]

    assert (answers.verdict, len(fake.requests)) == (FAILED, 4)
    assert answers.detail.startswith("2 of 4 runs failed: the answer is empty")
    assert answers.error is not None
    assert answers.error.exit_code is ExitCode.INCOMPLETE
    assert len(answers.measures.total) == 2


@pytest.mark.parametrize(
    ("wishes", "check", "words"),
    [
        (ModelWishes(max_time=0.001), "answers", "of `--max-time`"),
        (ModelWishes(max_ttft=0.001), "streams", "of `--max-ttft`"),
        (ModelWishes(max_time=20.0, max_ttft=20.0), None, ""),
    ],
)
def test_a_model_that_is_too_slow_fails(
    fake: FakeProxy, wishes: ModelWishes, check: str | None, words: str
) -> None:
    """A limit of the first text wants a stream, asked for or not."""
    fake.on_chat(lambda request: chat_answer("1") if request.json["stream"] is True else answered())

    results = tried(fake, model(), wishes)

    failures = [result for result in results if result.verdict == FAILED]
    assert [failure.check.name for failure in failures] == ([check] if check else [])
    assert all(words in failure.detail for failure in failures)
    assert any(result.check.name == "streams" for result in results) == (wishes.max_ttft is not None)


def test_what_could_cost_too_much_is_not_sent(fake: FakeProxy) -> None:
    """The most it could cost counts, and not what it would have cost."""
    fake.on_chat(answered(**{COST: "0.000001"}))

    answers = tried(fake, model(**PRICED), purse=Purse(0.02))[0]

    assert (answers.verdict, answers.measures.requests, fake.requests) == (FAILED, 0, [])
    assert answers.detail == (
        "not sent: $0.00 of the $0.020 of `--max-cost` are spent, and this could cost $0.021"
    )
    assert answers.error is not None
    assert answers.error.exit_code is ExitCode.BUDGET


def test_runs_end_where_the_money_does(fake: FakeProxy) -> None:
    """What is left may be enough for one, and no more are tried."""
    fake.on_chat(answered(**{COST: "0.01"}))

    answers = tried(fake, model(**PRICED), ModelWishes(repeat=50), purse := Purse(0.05))[0]

    assert len(fake.requests) == answers.measures.requests == 3
    assert answers.detail.startswith("47 of 50 runs failed: not sent: $0.030 of the $0.050")
    assert purse.spent == pytest.approx(0.03)


@pytest.mark.parametrize(
    "known",
    [
        backend(),
        model(),
        model(input_price=2.0),
        model(output_price=2.0),
        model(input_price=0.0, output_price=0.0),
    ],
)
def test_a_model_without_prices_is_not_asked_where_there_is_a_limit(fake: FakeProxy, known: Backend) -> None:
    """Nobody could say what it may cost; the hint says how to change that."""
    answers = tried(fake, known, ModelWishes(repeat=3), Purse(1000.0))[0]

    assert (answers.verdict, fake.requests) == (FAILED, [])
    assert "nobody knows the prices of team-model" in answers.detail
    assert answers.hint is not None
    assert "litectl profiles set models.team-model.input_price=USD" in answers.hint


def test_an_answer_that_nothing_limits_is_not_asked_for(fake: FakeProxy) -> None:
    """Without a limit of its tokens there is none of its cost."""
    answers = tried(fake, model(supported_parameters=["stop"], **PRICED), purse=Purse(1000.0))[0]

    assert (answers.verdict, fake.requests) == (FAILED, [])
    assert "nothing limits the answer" in answers.detail


BOUND = pytest.approx(0.0207, abs=0.0005)  # of 2048 tokens at 10 dollars per million, and the prompt


@pytest.mark.parametrize(
    ("answer", "spent"),
    [
        (answered(**{COST: "0.004"}), 0.004),
        (answered(), 5.6e-05),
        (answered(**FALLBACK), BOUND),
        (json_answer(plain({"content": "ok"})), BOUND),
        (answered(""), BOUND),
        (error_answer(500, "x", "Oh."), BOUND),
        (error_answer(408, "x", "litellm.Timeout"), BOUND),
        (error_answer(400, "x", "litellm.ContentPolicyViolationError: refused"), BOUND),
        (error_answer(429, "throttling_error", "Too many."), 0.0),
        (error_answer(401, "auth_error", "No such key."), 0.0),
    ],
)
def test_what_nobody_knows_counts_as_the_most_it_could_cost(
    fake: FakeProxy, answer: Answer, spent: object
) -> None:
    """Only a refusal is known to be free."""
    fake.on_chat(answer)

    tried(fake, model(**PRICED), purse=(purse := Purse(1.0)))

    assert purse.spent == spent


def test_pictures_and_tools_cost_more_than_their_bytes(fake: FakeProxy) -> None:
    """What a provider counts for them is set aside as well."""
    fake.on_chat(obliging)
    known = model(input_price=1000.0, output_price=0.001)

    answers = tried(fake, known, purse=Purse(0.9))[0]
    vision, tools = tried(fake, known, ModelWishes(vision=True, tools=True), Purse(0.9))[-2:]

    assert answers.verdict != FAILED
    assert "not sent" in vision.detail
    assert "not sent" in tools.detail


def test_an_embedding_needs_the_price_of_its_input_only(fake: FakeProxy) -> None:
    """There are no tokens of output."""
    fake.on("POST", EMBEDDINGS, embedding())

    results = tried(fake, EMBEDDER, purse=(purse := Purse(0.001)))

    assert verdicts(results) == {"embeds": PASSED, "usage": PASSED}
    assert purse.spent == pytest.approx(6e-8)


def test_calls_in_a_stream_are_no_text(fake: FakeProxy) -> None:
    """A model that calls what nobody offered has not answered in words, and has streamed."""
    fake.on_chat(
        lambda request: (
            stream(tool_piece(id="c", name="x", arguments="{}"), finish="tool_calls")
            if request.json["stream"] is True
            else answered()
        )
    )

    result = named(tried(fake, model(), ModelWishes(stream=True)), "streams")

    assert result.verdict == FAILED
    assert "no text" in result.detail
