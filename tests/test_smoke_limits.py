"""The billed checks of a model, repeated and bounded: how often, how fast, how dear."""

import pytest

from answers import plain
from backends import backend
from fake_proxy import (
    Answer,
    FakeProxy,
    chat_answer,
    error_answer,
    json_answer,
)
from litectl.errors import ExitCode
from litectl.exchange.backend import Backend
from litectl.smoke.check import FAILED, PASSED
from litectl.smoke.modeltasks import model_tasks
from litectl.smoke.purse import Purse
from litectl.smoke.wishes import ModelWishes
from model_checks import (
    COST,
    DECLARED,
    EMBEDDER,
    EMBEDDINGS,
    FALLBACK,
    NAME,
    PRICED,
    answered,
    embedding,
    model,
    obliging,
    tried,
    verdicts,
)

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
