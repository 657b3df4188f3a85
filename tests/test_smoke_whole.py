"""`litectl smoke` as it is run: options, checks and reports together, in pipes, on terminals, and killed."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
import xmlschema
from junitparser import JUnitXml

from answers import plain
from fake_proxy import CHAT, Answer, FakeProxy, Request, error_answer, json_answer, model_info
from login_shapes import SingleSignOn, store_login
from program import DEADLINE, Litectl, Program

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))
TOKENS = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
COST = (("x-litellm-response-cost", "0.0001"),)
PRICES = {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5, "max_output_tokens": 100}
HEADING = "TAP version 13\n"


def answered(content: str = "Fine.") -> Answer:
    """Return a plain answer with tokens and cost."""
    return json_answer(plain({"content": content}, usage=TOKENS))._replace(headers=COST)


@pytest.fixture(autouse=True)
def healthy(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that works, with two models that chat, and one each that embeds and makes pictures."""
    fake.on("GET", "/health/liveliness", json_answer("I'm alive!"))
    fake.on("GET", "/health/readiness", json_answer({"status": "healthy", "db": "connected"}))
    fake.on("GET", "/v1/models", json_answer({"data": []}))
    fake.on("GET", "/mcp-rest/tools/list", json_answer({"tools": []}))
    fake.on("GET", "/v1/skills", json_answer({"data": [], "has_more": False}))
    fake.on_models(
        model_info("gpt-5.2", **PRICES),
        model_info("mini", **PRICES),
        model_info("embedder", mode="embedding", **PRICES),
        model_info("painter", mode="image_generation"),
    )
    data = [{"index": 0, "embedding": [0.5, 1.0]}]
    embedded = json_answer({"data": data, "usage": {"prompt_tokens": 3}})
    fake.on("POST", "/v1/embeddings", embedded._replace(headers=COST))
    fake.on_chat(answered())
    return fake


def asked(fake: FakeProxy) -> set[str]:
    """Return the models that *fake* was asked for."""
    return {request.json["model"] for request in fake.requests if request.method == "POST"}


def verdicts(litectl: Litectl, *arguments: str) -> dict[tuple[str, str | None], str]:
    """Return the verdict of each check of a run, by its name and its subject."""
    checks = litectl("smoke", *arguments, "--json").json["checks"]
    return {(check["name"], check["subject"]): check["verdict"] for check in checks}


def outcomes(path: Path) -> dict[str, str]:
    """Return the cases of the JUnit file at *path* by their names, each with its outcome."""
    SCHEMA.validate(path.read_text())
    cases = (case for suite in JUnitXml.fromstring(path.read_bytes()) for case in suite)
    return {str(case.name): "".join(type(each).__name__ for each in case.result) for case in cases}


def wait_for(condition: Callable[[], object]) -> None:
    """Return when *condition* is met; fail when it is not for long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def free_port() -> Iterator[int]:
    """Give a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


# Which models


def test_a_run_that_asks_no_model_fails(litectl: Litectl, fake: FakeProxy) -> None:
    """Who wants models asked, and selects none that can be, has tested nothing."""
    result = litectl("smoke", "--prompt", "--models", "painter")

    assert result.code == 6
    assert "no selected model can be asked: 1 model: painter (image_generation)" in result.err
    both = verdicts(litectl, "--prompt", "--models", "painter,mini")
    assert (both["answers", "painter"], both["answers", "mini"]) == ("skipped", "passed")
    assert litectl("smoke", "--models", "painter").code == 0
    assert asked(fake) == {"mini"}


def test_a_model_that_chats_or_embeds_by_luck_fails(litectl: Litectl, fake: FakeProxy) -> None:
    """It is among those that are asked, and nothing is sent to it."""
    fake.on_models(model_info("luck"), model_info("luck", mode="embedding"), model_info("mini", **PRICES))

    found = verdicts(litectl, "--prompt")

    assert (found["answers", "luck"], found["answers", "mini"]) == ("failed", "passed")
    assert asked(fake) == {"mini"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--require", "mini,gpt-5.2", "--only", "tls,required"],
        ["--require", " mini,\ngpt-5.2,mini\n", "--only", "tls", "--only", "tls"],
        ["--require", "mini", "--require", "gpt-5.2", "--skip", "readiness,mcp", "--skip", "skills"],
    ],
)
def test_names_come_alone_or_with_commas(litectl: Litectl, arguments: list[str]) -> None:
    """So a variable of a CI job can hold them all."""
    found = verdicts(litectl, *arguments)

    assert found.pop(("tls", None)) == "skipped"
    assert set(found) == {
        ("reachable", None),
        ("credential", None),
        ("discovery", None),
        ("required", "mini"),
        ("required", "gpt-5.2"),
    }
    assert set(found.values()) == {"passed"}


def test_one_model_that_fails_is_one_check_that_fails(litectl: Litectl, fake: FakeProxy) -> None:
    """How many models are selected does not change what a run amounts to; a test of the model does."""
    fake.on_chat(error_answer(429, "throttling_error", "Too many."))

    codes = [litectl("smoke", "--prompt", "--models", names).code for names in ("mini", "mini,gpt-5.2")]

    assert codes == [7, 7]
    assert litectl("models", "test", "mini").code == 8


# Who asks


def test_threads_that_are_refused_at_once_renew_the_login_once(fake: FakeProxy, isolated: Path) -> None:
    """A refresh token works once: a second renewal would end the login."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=3600)
    fake.on_models(*(model_info(f"m{number:02}", **PRICES) for number in range(32)))
    crowd = Barrier(16, action=sso.accepted.clear)

    def answer(request: Request) -> Answer:
        if sso.accepts(request) and sso.renewals:
            return answered()
        crowd.wait(20)
        return error_answer(401, "auth_error", "Authentication Error, Expired Token")

    fake.on_chat(answer)
    result = Litectl({})("smoke", "--prompt", "--concurrency", "16", "--only", "reachable", "--json")

    assert not [check for check in result.json["checks"] if check["verdict"] == "failed"]
    assert result.json["counts"]["passed"] == 4 + 2 * 32
    assert sso.renewals == 1
    assert sum(request.path == CHAT for request in fake.requests) == 16 + 32


# Reports


def test_a_question_on_a_terminal_begins_no_second_report(litectl: Litectl) -> None:
    """Who reads TAP takes a second heading for a second run."""
    result = litectl("smoke", "--prompt", "--tap", terminal=True, stdin=b"y\n")

    assert result.code == 0, result.err
    assert result.out.count(HEADING) == 1
    assert result.out.startswith(HEADING)
    assert "send at most 3 billed requests to 3 models? [y/N]" in result.err


def test_a_run_killed_while_it_waits_leaves_a_report(program: Program, tmp_path: Path) -> None:
    """An old file would pass for the report of this run."""
    path = tmp_path / "junit.xml"
    path.write_text("<testsuites/>")
    with free_port() as port:
        arguments = ("--base-url", f"http://127.0.0.1:{port}", "--wait", "60", "--junit", str(path))
        with program.started("smoke", *arguments) as process:
            wait_for(lambda: "testcase" in path.read_text())
            process.kill()

    cases = outcomes(path)
    assert cases.pop("the run came to its end") == "Error"
    assert "reachable" in cases
    assert set(cases.values()) == {"Skipped"}


def test_the_report_of_one_model_says_that_it_is_not_listed(litectl: Litectl, tmp_path: Path) -> None:
    """So it does when the list cannot be had: who reads the file knows why nothing was checked."""
    path = tmp_path / "junit.xml"
    result = litectl("models", "test", "gpt-5.1", "--junit", str(path), "--json")

    assert (result.code, outcomes(path)) == (6, {"models": "Failure"})
    (check,) = result.json["checks"]
    assert (check["detail"], check["code"], check["exit_code"]) == ("unknown model: gpt-5.1", "not_found", 6)
    assert result.json["complete"] is True
    assert result.error["message"] == "unknown model: gpt-5.1"
    assert "gpt-5.2" in result.error["hint"]

    with free_port() as port:
        root = f"http://127.0.0.1:{port}"
        result = litectl("models", "test", "gpt-5.2", "--junit", str(path), "--base-url", root)
    assert (result.code, outcomes(path)) == (5, {"models": "Failure"})
