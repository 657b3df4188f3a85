"""Trying again with `litectl ask`: when, after how long, and what is said meanwhile."""

import signal
import socket
from collections.abc import Callable, Iterator

import pytest

from answers import delta, tool_piece
from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, chat_answer, chunk, error_answer, sse
from program import Litectl, Program

ASK = ("ask", "-m", "m", "-p", "Hi")
LIMITED = error_answer(429, "throttling_error", "litellm.RateLimitError: slow down", retry_after="0")
BROKEN = error_answer(503, "server_error", "litellm.ServiceUnavailableError: overloaded")


def turns(*answers: Answer) -> Callable[[Request], Answer]:
    """Return what gives *answers* one after the other, and the last one from then on."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for nothing, and give the seconds that would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr("litectl.actions.pausing.time.sleep", waited.append)
    return waited


@pytest.fixture
def nobody() -> Iterator[str]:
    """Give the URL of a port of this machine that refuses connections."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


# Who tries again


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], None),
        (["--retries", "0"], None),
        (["--retries", "2"], "0"),
        (["--proxy-retries", "3"], "3"),
        (["--proxy-retries", "0"], "0"),
        (["--retries", "2", "--proxy-retries", "1"], "1"),
    ],
)
@pytest.mark.parametrize("protocol", ["chat", "messages"])
def test_either_the_proxy_tries_again_or_we_do(
    litectl: Litectl, fake: FakeProxy, arguments: list[str], expected: str | None, protocol: str
) -> None:
    """Whoever tries again here keeps the proxy from doing so too, unless its number is given."""
    litectl(*ASK, "--protocol", protocol, *arguments)

    assert fake.requests[0].headers.get("x-litellm-num-retries") == expected


@pytest.mark.parametrize(("answer", "code"), [(LIMITED, 8), (BROKEN, 12), (Answer(cut=True), 5)])
def test_nothing_is_tried_again_unasked(
    litectl: Litectl, fake: FakeProxy, waits: list[float], answer: Answer, code: int
) -> None:
    """The proxy has tried already, and what was sent may be billed."""
    fake.on_chat(answer)

    assert litectl(*ASK).code == code
    assert (len(fake.requests), waits) == (1, [])


@pytest.mark.parametrize("arguments", [["--retries", "-1"], ["--retries", "101"], ["--max-wait", "-1"]])
def test_numbers_without_sense_are_refused(litectl: Litectl, fake: FakeProxy, arguments: list[str]) -> None:
    """Exit 2, and nothing is sent."""
    assert litectl(*ASK, *arguments).code == 2
    assert fake.requests == []


# The waiting


def test_each_wait_is_announced(litectl: Litectl, fake: FakeProxy, waits: list[float]) -> None:
    """The wait is the server's own, and stderr says why, how long, and which try comes."""
    fake.on_chat(turns(LIMITED._replace(headers=(("retry-after", "7"),)), LIMITED, chat_answer("ok")))

    result = litectl(*ASK, "--retries", "2")

    assert (result.code, result.out, waits) == (0, "ok\n", [7.0, 0.0])
    assert result.err == (
        "note: rate limited: slow down; trying again in 7 s (try 2 of 3)\n"
        "note: rate limited: slow down; trying again in 0 s (try 3 of 3)\n"
    )


def test_a_wait_can_be_a_quiet_one(litectl: Litectl, fake: FakeProxy) -> None:
    """With -q stderr is empty when it works in the end."""
    fake.on_chat(turns(LIMITED, chat_answer("ok")))

    assert litectl(*ASK, "--retries", "1", "-q") == (0, "ok\n", "")


def test_every_try_is_the_same_question_with_an_id_of_its_own(litectl: Litectl, fake: FakeProxy) -> None:
    """The body does not change; the call id that is told is the one of the try that answered."""
    fake.on_chat(turns(LIMITED, chat_answer("ok")))

    told = litectl(*ASK, "--retries", "1", "--json").json["call_id"]

    first, second = fake.requests
    assert first.body == second.body
    assert first.headers["x-litellm-call-id"] != second.headers["x-litellm-call-id"] == told


def test_where_nobody_says_how_long_the_waits_grow(
    litectl: Litectl, fake: FakeProxy, waits: list[float]
) -> None:
    """From a second, doubled each time, up to `--max-wait`."""
    fake.on_chat(BROKEN)

    result = litectl(*ASK, "--retries", "4", "--max-wait", "3")

    assert (result.code, waits) == (12, [1.0, 2.0, 3.0, 3.0])
    assert len(fake.requests) == 5
    assert "overloaded" in result.err.splitlines()[-2]


@pytest.mark.parametrize(
    ("arguments", "hinted"),
    [(["--retries", "2"], True), (["--retries", "2", "--max-wait", "46"], False), ([], False)],
)
def test_a_longer_wait_than_allowed_ends_it_with_the_way_out(
    litectl: Litectl, fake: FakeProxy, waits: list[float], arguments: list[str], hinted: bool
) -> None:
    """The hint names the option and the seconds, where it was that which ended the trying."""
    long = LIMITED._replace(headers=(("llm_provider-retry-after", "45.2"),))
    fake.on_chat(long)

    result = litectl(*ASK, *arguments, "--json")

    assert (result.code, result.error["retry_after"]) == (8, 45.2)
    assert ("`--max-wait 46`" in result.error["hint"]) == hinted
    assert len(waits) == (2 if "--max-wait" in arguments else 0)


def test_a_wait_ends_at_once_with_ctrl_c(program: Program, fake: FakeProxy) -> None:
    """Nobody has to wait for what nobody wants any more: exit 130, and no other try."""
    fake.on_chat(LIMITED._replace(headers=(("retry-after", "25"),)))

    with program.started(*ASK, "--retries", "1") as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(10)

    assert b"trying again in 25 s" in said
    assert (code, len(fake.requests)) == (130, 1)


# What is never tried again


@pytest.mark.parametrize(
    ("status", "kind", "text", "code"),
    [
        (400, "budget_exceeded", "Budget has been exceeded! Current cost: 2, Max budget: 1", 9),
        (429, "insufficient_quota", "You exceeded your current quota, please check your plan", 9),
        (401, "auth_error", "Authentication Error, Invalid proxy server token passed", 4),
        (
            401,
            "authentication_error",
            "litellm.AuthenticationError: AnthropicException - invalid x-api-key",
            12,
        ),
        (
            400,
            "invalid_request_error",
            "litellm.ContextWindowExceededError: This model's maximum context length is 9 tokens",
            10,
        ),
        (400, "invalid_request_error", "litellm.BadRequestError: nonsense", 1),
        (400, "invalid_request_error", "litellm.ContentPolicyViolationError: not that", 1),
        (404, "not_found_error", "litellm.NotFoundError: no such model", 6),
    ],
)
def test_what_waiting_does_not_mend_is_final(
    litectl: Litectl, fake: FakeProxy, status: int, kind: str, text: str, code: int
) -> None:
    """However many tries are allowed, there is one."""
    fake.on_chat(error_answer(status, kind, text, retry_after="0"))

    assert litectl(*ASK, "--retries", "5").code == code
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("begun", "said"),
    [
        (chunk("half "), {"code": "incomplete", "answer": "half "}),
        (delta(reasoning_content="Let me think"), {"began": True}),
        (tool_piece(id="c", name="look", arguments="{"), {"began": True}),
    ],
)
@pytest.mark.parametrize("code", ["429", "500", "503"])
def test_what_has_begun_is_not_asked_again(
    litectl: Litectl, fake: FakeProxy, begun: dict[str, object], said: dict[str, object], code: str
) -> None:
    """Neither text nor reasoning nor a call comes twice; the error says that something had come."""
    failure = {"error": {"message": "litellm.APIError: exploded", "code": code}}
    fake.on_chat(Answer(pieces=sse(begun, failure, "[DONE]"), content_type=EVENT_TYPE))

    result = litectl(*ASK, "--retries", "5", "--json")

    assert len(fake.requests) == 1
    assert {**result.error, **said} == result.error


def test_an_error_before_anything_came_is_tried_again(
    litectl: Litectl, fake: FakeProxy, waits: list[float]
) -> None:
    """Also when it came inside a 200, as a stream that fails at once has it."""
    failure = {"error": {"message": "litellm.ServiceUnavailableError: overloaded", "code": "503"}}
    fake.on_chat(turns(Answer(pieces=sse(failure), content_type=EVENT_TYPE), chat_answer("ok")))

    assert litectl(*ASK, "--retries", "1").out == "ok\n"
    assert waits == [1.0]


@pytest.mark.parametrize("pieces", [sse(chunk("half")), sse(chunk(finish="stop"), "[DONE]")])
def test_half_an_answer_and_an_empty_one_are_final(
    litectl: Litectl, fake: FakeProxy, pieces: list[bytes]
) -> None:
    """Both may be billed, and another try may end the same."""
    fake.on_chat(Answer(pieces=pieces, content_type=EVENT_TYPE))

    assert litectl(*ASK, "--retries", "5").code == 11
    assert len(fake.requests) == 1


def test_a_refused_parameter_and_a_wait_go_together(
    litectl: Litectl, fake: FakeProxy, waits: list[float]
) -> None:
    """A question is mended and then waited for; each is said."""
    refusal = "litellm.UnsupportedParamsError: x does not support parameters: ['seed']"
    refused = error_answer(400, "invalid_request_error", refusal)
    fake.on_chat(turns(LIMITED, refused, LIMITED, chat_answer("ok")))

    result = litectl(*ASK, "--param", "seed=1", "--retries", "1")

    assert (result.out, waits) == ("ok\n", [0.0, 0.0])
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["note"] * 3
    assert ["seed" in request.json for request in fake.requests] == [True, True, False, False]


# No connection


@pytest.mark.parametrize(("arguments", "tries"), [([], 2), (["--retries", "1"], 2), (["--retries", "3"], 4)])
def test_a_refused_connection_is_tried_once_more(
    litectl: Litectl, nobody: str, waits: list[float], arguments: list[str], tries: int
) -> None:
    """Nothing was asked yet, so one more try costs nothing; each is said, and then it is exit 5."""
    result = litectl(*ASK, "--base-url", nobody, *arguments)

    assert (result.code, result.out, waits) == (5, "", [0.2] * (tries - 1))
    assert f"trying again in 0.2 s (try {tries} of {tries})" in result.err


def test_a_proxy_that_comes_back_answers_the_second_try(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that restarts does; stdout has nothing but the answer."""
    fake.on_chat(chat_answer("ok"))
    connect, refusals = socket.socket.connect, [ConnectionRefusedError(111, "Connection refused")]

    def once_refused(self: socket.socket, address: object) -> None:
        if refusals:
            raise refusals.pop()
        connect(self, address)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(socket.socket, "connect", once_refused)
    result = litectl(*ASK)

    assert (result.code, result.out, len(fake.requests)) == (0, "ok\n", 1)
    assert "trying again in 0.2 s (try 2 of 2)" in result.err
