"""A parameter that a model refuses: `litectl ask` leaves it out once, says so, and remembers."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from answers import MESSAGES, RESPONSES, answer_all, delta, messages_answer, responses_answer
from fake_proxy import (
    EVENT_TYPE,
    Answer,
    FakeProxy,
    Request,
    chat_answer,
    error_answer,
    model_info,
    sse,
)
from known_models import claude, databricks, know, questions, sent
from program import Litectl

ASK = ("ask", "-p", "Hi", "-m")


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Answer every protocol."""
    answer_all(fake)


UNSUPPORTED = (
    "litellm.UnsupportedParamsError: openai does not support parameters: ['seed'], for model=gpt-4.1. "
    "To drop these, set `litellm.drop_params=True`"
)
EXTRA = 'litellm.BadRequestError: DatabricksException - {"message": "seed: Extra inputs are not permitted"}'


def refusing(*names: str, text: str | None = None) -> Any:
    """Return what answers a 400 as long as one of *names* is sent, and not told to be dropped."""

    def answer(request: Request) -> Answer:
        body = request.json
        for name in names:
            if name in body and name not in body.get("additional_drop_params", ()):
                words = text or UNSUPPORTED.replace("seed", name)
                return error_answer(400, "invalid_request_error", words)
        return chat_answer("ok")

    return answer


@pytest.mark.parametrize("text", [UNSUPPORTED, EXTRA])
def test_a_refused_parameter_is_left_out_once_and_said(litectl: Litectl, fake: FakeProxy, text: str) -> None:
    """The second request has no such parameter, the proxy is told to drop it, and stderr says so."""
    fake.on_chat(refusing("seed", text=text))

    result = litectl(*ASK, "m", "--param", "seed=7", "--temperature", "0")

    assert (result.code, result.out) == (0, "ok\n")
    assert result.err == "note: m refuses seed; asking once more without (`--no-adapt` does not)\n"
    first, second = (request.json for request in fake.requests)
    assert first["seed"] == 7
    assert "seed" not in second
    assert (second["additional_drop_params"], second["temperature"]) == (["seed"], 0)


def test_a_refusal_is_remembered_until_the_list_is_fetched_again(litectl: Litectl, fake: FakeProxy) -> None:
    """The next question sends no such parameter; after `models refresh` it is tried again."""
    entry = model_info("gpt")
    know(litectl, fake, entry)
    fake.on_chat(refusing("seed"))
    question = (*ASK, "gpt", "--param", "seed=7")

    litectl(*question)
    second = litectl(*question)
    know(litectl, fake, entry)
    litectl(*question)

    assert second.code == 0
    assert "seed is left out: the model refused it before (`litectl models refresh`" in second.err
    assert ["seed" in request.json for request in fake.requests] == [True, False]


def test_a_remembered_refusal_saves_a_request(litectl: Litectl, fake: FakeProxy) -> None:
    """Of two questions only the first costs two requests."""
    know(litectl, fake, model_info("gpt"))
    fake.on_chat(refusing("seed"))

    litectl(*ASK, "gpt", "--param", "seed=7")
    litectl(*ASK, "gpt", "--param", "seed=7")

    assert len(questions(fake)) == 3


def test_what_one_model_refused_another_is_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """A refusal is remembered of the model that refused."""
    know(litectl, fake, model_info("gpt"), model_info("other"))
    fake.on_chat(refusing("seed"))
    litectl(*ASK, "gpt", "--param", "seed=7")
    fake.requests.clear()
    fake.on_chat(chat_answer("ok"))

    litectl(*ASK, "other", "--param", "seed=7")

    assert sent(fake)["seed"] == 7


def test_a_refusal_is_not_remembered_when_leaving_out_did_not_help(litectl: Litectl, fake: FakeProxy) -> None:
    """When the second try fails too, its error is the result and nothing was learnt."""
    know(litectl, fake, model_info("gpt"))

    def answer(request: Request) -> Answer:
        if "additional_drop_params" in request.json:
            return error_answer(500, "server_error", "still broken")
        return error_answer(400, "invalid_request_error", UNSUPPORTED)

    fake.on_chat(answer)
    result = litectl(*ASK, "gpt", "--param", "seed=7")
    fake.requests.clear()
    fake.on_chat(chat_answer("ok"))
    litectl(*ASK, "gpt", "--param", "seed=7")

    assert (result.code, "still broken" in result.err) == (12, True)
    assert sent(fake)["seed"] == 7


def test_no_adapt_shows_the_refusal(litectl: Litectl, fake: FakeProxy) -> None:
    """With `--no-adapt` the refusal is the result, with the names in its JSON."""
    fake.on_chat(refusing("seed"))

    result = litectl(*ASK, "m", "--param", "seed=7", "--no-adapt", "--json")

    assert (result.code, result.out) == (1, "")
    assert (result.error["reason"], result.error["parameters"]) == ("unsupported_parameter", ["seed"])
    assert len(fake.requests) == 1


def test_refusals_one_after_the_other_come_to_an_end(litectl: Litectl, fake: FakeProxy) -> None:
    """Each refused name is left out in turn; a backend that names the same one again ends it."""
    fake.on_chat(refusing("seed", "user", "top_p"))
    parameters = [word for name in ("seed", "user", "top_p") for word in ("--param", f"{name}=1")]
    helped = litectl(*ASK, "m", *parameters)
    dropped = fake.requests[-1].json["additional_drop_params"]
    fake.requests.clear()
    fake.on_chat(error_answer(400, "invalid_request_error", UNSUPPORTED))

    stubborn = litectl(*ASK, "m", *parameters)

    assert (helped.code, dropped) == (0, ["seed", "user", "top_p"])
    assert (stubborn.code, len(fake.requests)) == (1, 2)


def test_a_backend_that_always_refuses_something_else_is_not_asked_for_ever(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """Of names that were not sent one refusal is enough; the second is the result."""
    refusals = (
        error_answer(400, "invalid_request_error", UNSUPPORTED.replace("seed", f"p{number}"))
        for number in count(1)
    )
    fake.on_chat(lambda _: next(refusals))

    result = litectl(*ASK, "m")

    assert (result.code, result.out, len(fake.requests)) == (1, "", 2)
    assert "`p2`" in result.err


@pytest.mark.parametrize("name", ["tools", "stream"])
def test_what_cannot_be_left_out_is_an_error(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, name: str
) -> None:
    """Without its tools it would be another question."""
    tools = tmp_path / "tools.json"
    tools.write_text('[{"name": "look", "input_schema": {"type": "object", "properties": {}}}]')
    fake.on_chat(error_answer(400, "invalid_request_error", UNSUPPORTED.replace("seed", name)))

    result = litectl(*ASK, "m", "--tools", str(tools))

    assert (result.code, result.out, len(fake.requests)) == (1, "", 1)
    assert name in result.err


def test_a_refused_limit_is_asked_by_its_other_name(litectl: Litectl, fake: FakeProxy) -> None:
    """A model that refuses `max_tokens` still gets the limit, now and the next time."""
    know(litectl, fake, model_info("gpt"))
    fake.on_chat(refusing("max_tokens"))

    first = litectl(*ASK, "gpt", "--max-tokens", "9")
    again = litectl(*ASK, "gpt", "--max-tokens", "9")

    bodies = [request.json for request in questions(fake)]
    assert (first.code, again.code, again.err) == (0, 0, "")
    assert [body.get("max_tokens") for body in bodies] == [9, None, None]
    assert [body.get("max_completion_tokens") for body in bodies] == [None, 9, 9]


@pytest.mark.parametrize(
    ("protocol", "path", "refused", "options"),
    [
        ("responses", RESPONSES, "max_output_tokens", ["--max-tokens", "9"]),
        ("responses", RESPONSES, "reasoning", ["--param", "reasoning_effort=low"]),
        ("responses", RESPONSES, "text", ["--schema", "name"]),
        ("messages", MESSAGES, "output_config", ["--schema", "name"]),
        ("messages", MESSAGES, "stop_sequences", ["--param", "stop=x"]),
    ],
)
def test_a_parameter_is_left_out_by_its_name_on_the_wire(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str, refused: str, options: list[str]
) -> None:
    """A protocol that calls it otherwise refuses it by that name, and the next question sends none."""
    know(litectl, fake, model_info("gpt"))

    def answer(request: Request) -> Answer:
        if refused in request.json:
            return error_answer(400, "invalid_request_error", f"Unknown parameter: '{refused}'.")
        text = '{"name": "Ada"}'
        return responses_answer(text) if path == RESPONSES else messages_answer(text)

    fake.on("POST", path, answer)
    first = litectl(*ASK, "gpt", "--protocol", protocol, *options)
    again = litectl(*ASK, "gpt", "--protocol", protocol, *options)

    assert (first.code, again.code, len(questions(fake, path))) == (0, 0, 3)
    assert f"gpt refuses {refused}; asking once more" in first.err


def test_a_limit_that_is_not_sent_cuts_nothing(litectl: Litectl, fake: FakeProxy) -> None:
    """A backend that takes no limit under any name cuts at its own, which is only said."""
    know(litectl, fake, databricks("gpt"))
    taken = refusing("max_tokens", "max_completion_tokens")

    def answer(request: Request) -> Answer:
        found: Answer = taken(request)
        return found if found.status != 200 else chat_answer("half", finish="length")

    fake.on_chat(answer)
    result = litectl(*ASK, "gpt")

    assert (result.code, result.out, len(fake.requests)) == (0, "half\n", 3)
    assert "the answer was cut at the token limit" in result.err.splitlines()[-1]


def test_a_refused_effort_is_remembered_too(litectl: Litectl, fake: FakeProxy) -> None:
    """The second question is asked without it at once, with a note, and its temperature stays."""
    know(litectl, fake, claude("gpt"))
    fake.on_chat(refusing("reasoning_effort"))
    question = (*ASK, "gpt", "--effort", "low", "--temperature", "0.5")

    litectl(*question)
    fake.requests.clear()
    again = litectl(*question)

    assert again.err.startswith("note: reasoning_effort is left out: the model refused it before")
    assert ("reasoning_effort" in sent(fake), sent(fake)["temperature"]) == (False, 0.5)
    fake.requests.clear()
    assert litectl(*question, "--no-adapt").code == 1
    assert sent(fake)["reasoning_effort"] == "low"


def test_what_has_begun_is_not_asked_again(litectl: Litectl, fake: FakeProxy) -> None:
    """A refusal in the middle of an answer is its end: nothing is thought or billed twice."""
    refusal = {"error": {"message": UNSUPPORTED, "code": "400", "type": "invalid_request_error"}}
    begun = delta(reasoning_content="hm")
    fake.on_chat(Answer(pieces=sse(begun, refusal), content_type=EVENT_TYPE))

    result = litectl(*ASK, "m", "--param", "seed=7", "--show-reasoning")

    assert (result.code, result.out, len(fake.requests)) == (1, "", 1)
    assert result.err.startswith("hm\nerror: unsupported parameter `seed`")


def test_drop_params_is_the_switch_of_the_proxy(litectl: Litectl, fake: FakeProxy) -> None:
    """`--drop-params` is a field of the request, and nothing else changes."""
    litectl(*ASK, "m", "--drop-params", "--param", "seed=7")

    assert (sent(fake)["drop_params"], sent(fake)["seed"]) == (True, 7)
