"""The billed checks of a model: that it answers, streams and embeds, and says what that took."""

import json
import math
from threading import Event

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
from litectl.smoke.check import FAILED, PASSED, SKIPPED, WARNING, Check, Measures
from litectl.smoke.modeltasks import model_tasks
from litectl.smoke.purse import Purse
from litectl.smoke.wishes import ModelWishes
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy
from model_checks import (
    COST,
    DECLARED,
    EMBEDDER,
    EMBEDDINGS,
    FALLBACK,
    KEY,
    PRICED,
    TOKENS,
    UNREASONING,
    answered,
    bodies,
    calling,
    embedding,
    model,
    named,
    tried,
    verdicts,
)

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


# Embedding models, and all others


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
