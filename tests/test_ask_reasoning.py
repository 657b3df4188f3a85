"""What is beside an answer of `litectl ask`: the reasoning of the model, and the seconds waited for it."""

import os
from collections.abc import Callable
from threading import Event

import pytest

from answers import MESSAGES, RESPONSES, delta, stream, tool_piece
from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, chat_answer, chunk, error_answer, sse
from litectl.environment import Environment
from litectl.main import run
from litectl.run.runtime import Runtime
from litectl.terminal.terminal import Terminal
from program import Litectl, Result, Stream

ASK = ("ask", "-m", "m", "-p", "Hi")
SHOW = (*ASK, "--show-reasoning")
PLAIN = {"NO_COLOR": "1"}
CLEARED = "\r\x1b[K"


def thinking(*texts: str) -> Answer:
    """Return a streamed answer that thinks *texts*, and then says `ok`."""
    return stream(*[delta(reasoning_content=text) for text in texts], chunk("ok"))


# Reasoning


def test_reasoning_is_on_stderr_when_asked_for(litectl: Litectl, fake: FakeProxy) -> None:
    """Piece by piece, with a newline at its end; stdout has the answer alone."""
    fake.on_chat(thinking("Let me ", "think"))

    assert litectl(*SHOW) == (0, "ok\n", "Let me think\n")
    assert litectl(*ASK) == (0, "ok\n", "")
    assert litectl(*SHOW, "-q") == (0, "ok\n", "")


def test_reasoning_that_ends_its_line_gets_no_second_newline(litectl: Litectl, fake: FakeProxy) -> None:
    """One newline stands before the answer, and before a line of usage."""
    fake.on_chat(thinking("Let me think\n"))

    assert litectl(*SHOW).err == "Let me think\n"


def test_reasoning_is_dim_on_a_terminal_and_harmless(litectl: Litectl, fake: FakeProxy) -> None:
    """It is told from the answer there, and cannot drive the terminal."""
    fake.on_chat(thinking("red\x1b[31m\x07"))

    assert litectl(*SHOW, terminal=True).err == "\x1b[2mred[31m\x1b[0m\n"
    assert litectl(*SHOW, terminal=True, variables=PLAIN).err == "red[31m\n"


def test_reasoning_between_text_begins_a_line_on_a_terminal(litectl: Litectl, fake: FakeProxy) -> None:
    """There it does not stick to the half answer, and a pipe gets no extra newline."""
    fake.on_chat(stream(chunk("one "), delta(reasoning_content="hm"), chunk("two")))

    shown = litectl(*SHOW, terminal=True, variables=PLAIN)

    assert (shown.out, shown.err) == ("one two\n", "\nhm\n")
    assert litectl(*SHOW) == (0, "one two\n", "hm\n")


@pytest.mark.parametrize("arguments", [[], ["--show-reasoning"]])
def test_reasoning_is_in_the_json(litectl: Litectl, fake: FakeProxy, arguments: list[str]) -> None:
    """Always, and never in the answer; without any it is null."""
    fake.on_chat(thinking("Let me ", "think"))

    result = litectl(*ASK, "--json", *arguments)

    assert (result.json["answer"], result.json["reasoning"]) == ("ok", "Let me think")
    assert result.err == ("Let me think\n" if arguments else "")
    fake.on_chat(chat_answer("ok"))
    assert litectl(*ASK, "--json").json["reasoning"] is None


@pytest.mark.parametrize(
    ("protocol", "path", "events"),
    [
        (
            "responses",
            RESPONSES,
            [
                {"type": "response.reasoning_summary_text.delta", "delta": "hm"},
                {"type": "response.output_text.delta", "delta": "ok"},
                {"type": "response.completed", "response": {"status": "completed"}},
            ],
        ),
        (
            "messages",
            MESSAGES,
            [
                {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
                {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "ok"}},
                {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
                {"type": "message_stop"},
            ],
        ),
    ],
)
def test_every_protocol_tells_its_reasoning(
    litectl: Litectl, fake: FakeProxy, protocol: str, path: str, events: list[object]
) -> None:
    """In the same two places."""
    fake.on("POST", path, Answer(pieces=sse(*events), content_type=EVENT_TYPE))

    assert litectl(*SHOW, "--protocol", protocol) == (0, "ok\n", "hm\n")
    assert litectl(*ASK, "--protocol", protocol, "--json").json["reasoning"] == "hm"


def test_reasoning_alone_is_no_answer(litectl: Litectl, fake: FakeProxy) -> None:
    """A model that thinks up to its limit has said nothing: exit 11, on a line of its own."""
    fake.on_chat(stream(delta(reasoning_content="hm"), finish="length"))

    result = litectl(*SHOW)

    assert (result.code, result.out) == (11, "")
    assert result.err.startswith("hm\nerror: the answer is empty (finish reason `length`)")


def test_reasoning_and_calls_stay_apart(litectl: Litectl, fake: FakeProxy) -> None:
    """Stdout is the JSON of the calls, whatever was thought before."""
    call = tool_piece(id="c", name="look", arguments="{}")
    fake.on_chat(stream(delta(reasoning_content="hm"), call, finish="tool_calls"))

    result = litectl(*SHOW)

    assert (result.json, result.err) == ([{"id": "c", "name": "look", "arguments": {}}], "hm\n")


# The seconds waited


class Watched(Stream):
    """A terminal that tells when the seconds are shown on it."""

    def __init__(self, shown: Event) -> None:
        super().__init__(is_terminal=True)
        self._shown = shown

    def write(self, data: bytes) -> int:  # type: ignore[override]  # what is written are bytes
        """Take *data*."""
        written = super().write(data)
        if b"waiting for m (" in data:
            self._shown.set()
        return written


Watcher = Callable[..., Result]


@pytest.fixture
def shown() -> Event:
    """Give what is set when the seconds are shown."""
    return Event()


@pytest.fixture
def watched(litectl: Litectl, shown: Event) -> Watcher:
    """Run the real `main` where stderr is a terminal that tells of the seconds."""

    def result_of(*arguments: str, **variables: str) -> Result:
        environ = {**os.environ, **litectl.variables, **PLAIN, **variables}
        out, err = Stream(is_terminal=True), Watched(shown)
        terminal = Terminal(Environment(environ), stdin=Stream(is_terminal=True), stdout=out, stderr=err)
        code = run(arguments, Runtime(environ, terminal))
        return Result(int(code), out.getvalue().decode(), err.getvalue().decode())

    return result_of


def late(shown: Event, answer: Answer) -> Answer:
    """Return *answer*, which begins when the seconds are shown."""
    return answer._replace(pieces=[shown, *answer.pieces])


def test_a_terminal_shows_the_seconds_waited(watched: Watcher, fake: FakeProxy, shown: Event) -> None:
    """From the first one on, and the line is gone before the answer begins."""
    fake.on_chat(late(shown, chat_answer("ok")))

    result = watched(*ASK)

    assert result.out == "ok\n"
    assert result.err.startswith(f"{CLEARED}waiting for m (1 s)")
    assert result.err.endswith(CLEARED)


def test_the_seconds_give_way_to_reasoning(watched: Watcher, fake: FakeProxy, shown: Event) -> None:
    """What the model thinks begins on a clean line."""
    fake.on_chat(late(shown, thinking("hm")))

    assert watched(*SHOW).err.endswith(f"{CLEARED}hm\n")


def test_the_seconds_give_way_to_an_error(watched: Watcher, fake: FakeProxy, shown: Event) -> None:
    """The error stands on a line of its own."""
    failure = {"error": {"message": "litellm.APIError: exploded", "code": "500"}}
    fake.on_chat(late(shown, Answer(pieces=sse(failure), content_type=EVENT_TYPE)))

    assert f"{CLEARED}error: " in watched(*ASK).err


def test_the_seconds_give_way_to_a_note(
    watched: Watcher, fake: FakeProxy, shown: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said while it goes on, such as a wait, stands on a line of its own."""
    monkeypatch.setattr("litectl.actions.pausing.time.sleep", lambda _: None)

    def answer(_: Request) -> Answer:
        if len(fake.requests) > 1:
            return chat_answer("ok")
        shown.wait(20)
        return error_answer(429, "throttling_error", "litellm.RateLimitError: slow", retry_after="0")

    fake.on_chat(answer)
    result = watched(*ASK, "--retries", "1")

    assert result.out == "ok\n"
    assert f"{CLEARED}note: rate limited: slow; trying again in 0 s (try 2 of 2)\n" in result.err


@pytest.mark.parametrize("arguments", [(), ("-q",)])
@pytest.mark.parametrize("terminal", [True, False])
def test_a_quick_answer_shows_no_seconds(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...], *, terminal: bool
) -> None:
    """Nobody waits for less than a second, and a pipe sees nothing at all."""
    fake.on_chat(chat_answer("ok"))

    assert litectl(*ASK, *arguments, terminal=terminal) == (0, "ok\n", "")
