"""`litectl models test`: one model, checked, and how that ends."""

import json
import signal
from pathlib import Path
from threading import Event

import pytest

from answers import plain
from fake_proxy import CHAT, Answer, FakeProxy, Request, chat_answer, error_answer, json_answer, model_info
from known_models import know, questions
from program import Litectl, Program

SECONDS = 20.0
TOKENS = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
COST = (("x-litellm-response-cost", "0.0001"),)
PRICES = {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5}


def answered(content: str = "Fine.") -> Answer:
    """Return a plain answer with tokens and cost."""
    return json_answer(plain({"content": content}, usage=TOKENS))._replace(headers=COST)


def either(request: Request) -> Answer:
    """Return a stream where one is asked for."""
    return chat_answer("Fine.") if request.json["stream"] is True else answered()


def verdicts(litectl: Litectl, *arguments: str) -> dict[str, str]:
    """Return the verdict of each check of a run, as JSON has them."""
    result = litectl("models", "test", *arguments, "--json", "--yes")
    return {check["name"]: check["verdict"] for check in result.json["checks"]}


@pytest.fixture(autouse=True)
def known(litectl: Litectl, fake: FakeProxy) -> None:
    """Let the program know a chat model, an embedding model, and one that makes pictures."""
    know(
        litectl,
        fake,
        model_info("gpt-5.2", **PRICES),
        model_info("embedder", mode="embedding", input_cost_per_token=1e-6),
        model_info("painter", mode="image_generation"),
    )


def test_a_good_model_passes(litectl: Litectl, fake: FakeProxy) -> None:
    """One plain request, and exit 0."""
    fake.on_chat(answered())

    result = litectl("models", "test", "gpt-5.2", "--yes")

    assert result.code == 0, result.err
    assert "answers" in result.out
    assert "gpt-5.2" in result.out
    assert [request.json["stream"] for request in questions(fake)] == [False]


def test_the_report_is_that_of_smoke(litectl: Litectl, fake: FakeProxy) -> None:
    """Also as JSON, with what each check took."""
    fake.on_chat(either)

    result = litectl("models", "test", "gpt-5.2", "--stream", "--json", "--yes")

    assert result.code == 0, result.err
    checks = {check["name"]: check for check in result.json["checks"]}
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "answers": "passed",
        "usage": "passed",
        "streams": "passed",
    }
    assert {check["subject"] for check in checks.values()} == {"gpt-5.2"}
    assert (checks["answers"]["requests"], checks["answers"]["cost"]) == (1, 0.0001)
    assert result.json["requests"] == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answered(""), 11),
        (error_answer(429, "throttling_error", "Too many."), 8),
        (error_answer(500, "x", "Oh."), 12),
        (error_answer(400, "budget_exceeded", "Budget has been exceeded!"), 9),
    ],
)
def test_a_model_that_does_not_answer_gives_the_class_of_its_failure(
    litectl: Litectl, fake: FakeProxy, answer: Answer, code: int
) -> None:
    """The rest is not run."""
    fake.on_chat(answer)

    assert litectl("models", "test", "gpt-5.2", "--stream", "--yes").code == code
    assert len(questions(fake)) == 1


def test_a_later_check_that_fails_is_exit_7(litectl: Litectl, fake: FakeProxy) -> None:
    """The model answers, but not as it should."""
    fake.on_chat(answered())

    assert litectl("models", "test", "gpt-5.2", "--stream", "--yes").code == 7


def test_a_warning_is_a_failure_for_who_is_strict(litectl: Litectl, fake: FakeProxy) -> None:
    """As the answer of a fallback."""
    fallback = (("x-litellm-attempted-fallbacks", "1"), ("x-litellm-model-group", "other"))
    fake.on_chat(answered()._replace(headers=fallback))

    assert litectl("models", "test", "gpt-5.2", "--yes").code == 0
    assert litectl("models", "test", "gpt-5.2", "--strict", "--yes").code == 12


def test_an_unknown_model_is_exit_6_with_near_names(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing is sent."""
    result = litectl("models", "test", "gpt-5.1", "--yes")

    assert result.code == 6
    assert "unknown model: gpt-5.1" in result.out
    assert "unknown model: gpt-5.1" in result.err
    assert "gpt-5.2" in result.err
    assert questions(fake) == []


def test_several_models_are_for_smoke(litectl: Litectl, fake: FakeProxy) -> None:
    """The hint can be pasted."""
    result = litectl("models", "test", "a", "b c", "d")

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert result.err == (
        "error: `litectl models test` takes one model\n"
        "hint: test several with `litectl smoke --prompt --models 'a,b c,d'`\n"
    )


def test_an_embedding_model_embeds(litectl: Litectl, fake: FakeProxy) -> None:
    """It is not asked to chat."""
    data = [{"index": 0, "embedding": [0.5, 1.0]}]
    fake.on("POST", "/v1/embeddings", json_answer({"data": data, "usage": {"prompt_tokens": 3}}))

    assert verdicts(litectl, "embedder") == {"embeds": "passed", "usage": "warning"}
    assert questions(fake) == []


def test_a_model_that_is_not_asked_does_not_pass(litectl: Litectl, fake: FakeProxy) -> None:
    """A check that ran nothing is no pass."""
    result = litectl("models", "test", "painter", "--yes")

    assert result.code == 1
    assert questions(fake) == []


def test_the_most_it_may_cost_is_kept(litectl: Litectl, fake: FakeProxy) -> None:
    """What could cost more is not sent."""
    fake.on_chat(answered())

    assert litectl("models", "test", "gpt-5.2", "--max-cost", "0.001", "--yes").code == 9
    assert questions(fake) == []
    assert litectl("models", "test", "gpt-5.2", "--max-cost", "1", "--yes").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--max-time", "0.001"), 5),
        (("--max-ttft", "0.001"), 7),
        (("--max-time", "nan"), 2),
        (("--max-ttft", "-1"), 2),
        (("--max-cost", "nan"), 2),
        (("--max-cost", "-1"), 2),
        (("--repeat", "0"), 2),
        ((), 0),
    ],
)
def test_limits_are_kept_and_make_sense(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], code: int
) -> None:
    """Too slow is a failure, and what is no limit a mistake that sends nothing."""
    fake.on_chat(either)

    assert litectl("models", "test", "gpt-5.2", *arguments, "--yes").code == code
    assert (questions(fake) == []) == (code == 2)


def test_a_junit_file_is_written(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """As by `smoke`."""
    fake.on_chat(answered())

    litectl("models", "test", "gpt-5.2", "--junit", str(tmp_path / "report.xml"), "--yes")

    assert "answers" in (tmp_path / "report.xml").read_text()


def test_a_person_is_asked_before_it_costs_anything(litectl: Litectl, fake: FakeProxy) -> None:
    """On a terminal; whoever says no has sent nothing."""
    fake.on_chat(answered())

    result = litectl("models", "test", "gpt-5.2", terminal=True, stdin=b"n\n")

    assert result.code == 1
    assert [request for request in fake.requests if request.path == CHAT] == []


def test_what_was_found_before_ctrl_c_is_reported(
    program: Program, litectl: Litectl, fake: FakeProxy
) -> None:
    """It is said that the report is not complete, and the exit code is that of the signal."""
    held, asked = Event(), Event()

    def answer(request: Request) -> Answer:
        if request.json["stream"] is not True:
            return answered()
        asked.set()
        return Answer(pieces=[held])

    fake.on_chat(answer)
    with program.started("models", "test", "gpt-5.2", "--stream", "--json") as process:
        assert asked.wait(SECONDS)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)
    held.set()

    report = json.loads(out)
    assert process.returncode == 130
    assert report["complete"] is False
    assert [check["verdict"] for check in report["checks"]] == ["passed", "passed", "skipped"]
