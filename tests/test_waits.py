"""Every wait: on a terminal something is shown while it goes on, and it has a limit."""

import os
from collections.abc import Callable
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer
from litectl.environment import Environment
from litectl.main import run
from litectl.run.runtime import Runtime
from litectl.terminal.terminal import Terminal
from program import Litectl, Result, Screen, Stream

CLEARED = "\r\x1b[K"

# What asks the proxy, with what it says meanwhile where that is not the address of the proxy.
ASKING: list[tuple[tuple[str, ...], str]] = [
    (("models", "list"), ""),
    (("models", "show", "m"), ""),
    (("models", "refresh"), ""),
    (("models", "export", "--to", "json"), ""),
    (("models", "test", "m", "--yes"), "0 of "),
    (("ask", "-m", "m", "-p", "Hi", "--no-stdin"), "waiting for m ("),
    (("ask", "-m", "m", "-p", "Hi", "--no-stdin", "--no-stream"), "waiting for m ("),
    (("ask", "-m", "m", "-p", "Hi", "--no-stdin", "--mcp", "*"), ""),
    (("ask", "-m", "m", "-p", "Hi", "--no-stdin", "--skills"), ""),
    (("embed", "-m", "m", "Hi"), "embedding: 0 of 1 texts ("),
    (("tokens", "-m", "m", "-p", "Hi"), ""),
    (("cost", "-m", "m", "-p", "Hi"), ""),
    (("mcp", "servers"), ""),
    (("mcp", "tools"), ""),
    (("mcp", "show", "add"), ""),
    (("mcp", "call", "add", "a=1"), ""),
    (("skills", "list"), ""),
    (("skills", "show", "s"), ""),
    (("skills", "enable", "s"), ""),
    (("skills", "disable", "s"), ""),
    (("skills", "delete", "s", "--yes"), ""),
    (("skills", "download", "s"), ""),
    (("skills", "create", "--github", "o/r", "--name", "s", "--yes"), ""),
    (("keys", "list"), ""),
    (("keys", "show"), ""),
    (("keys", "create"), ""),
    (("keys", "delete", "ci", "--yes"), ""),
    (("spend",), ""),
    (("spend", "--by", "model"), ""),
    (("whoami",), ""),
    (("api", "/health"), "/health ("),
    (("smoke",), "0 of "),
    (("doctor",), "looking ("),
    (("login", "--profile", "new", "--key-variable", "LAB_KEY"), ""),
    (("login", "--profile", "new", "--device", "--no-browser"), ""),
    (("login", "--profile", "new", "--pkce", "--no-browser"), ""),
]
# These go on where nobody answers, and say so in their report, or need more than one answer.
_REPORTING = ("smoke", "doctor", "api", "whoami", "login")


class Watched(Stream):
    """A terminal that tells when *text* is shown on it."""

    def __init__(self, text: str, shown: Event) -> None:
        super().__init__(is_terminal=True)
        self._text, self._shown = text.encode(), shown

    def write(self, data: bytes) -> int:  # type: ignore[override]  # what is written are bytes
        """Take *data*."""
        written = super().write(data)
        if self._text in self.getvalue():
            self._shown.set()
        return written


@pytest.fixture
def shown() -> Event:
    """Give what is set when the wait is shown."""
    return Event()


@pytest.fixture
def slow(fake: FakeProxy, shown: Event, monkeypatch: pytest.MonkeyPatch) -> FakeProxy:
    """Give a proxy that answers, with an error, when the wait for it is shown."""
    monkeypatch.setattr("litectl.terminal.terminal._FIRST_SECOND", 0.01)

    def answer(_: Request) -> Answer:
        shown.wait(20)
        return error_answer(500, "x", "no")

    monkeypatch.setattr(fake, "answer_to", answer)
    return fake


@pytest.fixture
def watched(litectl: Litectl, shown: Event) -> Callable[..., Result]:
    """Run the real `main` on a terminal where *text* is looked for."""

    def result_of(*arguments: str, text: str) -> Result:
        environ = {**os.environ, **litectl.variables, "NO_COLOR": "1", "LAB_KEY": "sk-of-the-lab-1"}
        out, err = Stream(is_terminal=True), Watched(text, shown)
        terminal = Terminal(Environment(environ), stdin=Stream(is_terminal=True), stdout=out, stderr=err)
        code = run(arguments, Runtime(environ, terminal))
        return Result(int(code), out.getvalue().decode(), err.getvalue().decode())

    return result_of


@pytest.mark.parametrize(("words", "text"), ASKING, ids=[" ".join(words) for words, _ in ASKING])
def test_who_waits_for_the_proxy_sees_it(
    watched: Callable[..., Result], slow: FakeProxy, shown: Event, words: tuple[str, ...], text: str
) -> None:
    """A terminal says from the first second on what is waited for, and takes the line away at the end."""
    result = watched(*words, "--base-url", slow.root, text=text or f"waiting for {slow.root} (")

    assert slow.requests
    assert shown.is_set(), result.err
    assert not result.err.rsplit(CLEARED, 1)[-1].startswith("waiting")


@pytest.mark.parametrize(("terminals", "variables"), [("", {}), ("stderr", {"TERM": "dumb"})])
def test_where_nothing_can_move_a_short_wait_is_silent(
    monkeypatch: pytest.MonkeyPatch, terminals: str, variables: dict[str, str]
) -> None:
    """Neither a log nor a dumb terminal gets a line for each request."""
    monkeypatch.setattr("litectl.terminal.terminal._FIRST_SECOND", 0.0)
    screen = Screen(variables, terminals=terminals)

    with screen.terminal.waiting("waiting"):
        pass

    assert screen.err == ""


def test_a_wait_inside_of_another_shows_nothing() -> None:
    """There is one line, and it says what the person waits for."""
    screen = Screen(terminals="stderr")

    with screen.terminal.progress("the whole"):
        begun = screen.terminal._ticker  # what draws is nobody else's matter
        with screen.terminal.waiting("a part"):
            assert screen.terminal._ticker is begun

    assert screen.terminal._ticker is None


def test_a_wait_takes_no_line_of_data_away() -> None:
    """On one terminal the line that stdout has begun stays."""
    screen = Screen(terminals="stdout stderr")
    screen.terminal.write("half a line")

    with screen.terminal.waiting("waiting"):
        assert screen.terminal._ticker is None


@pytest.mark.parametrize("words", [words for words, _ in ASKING if words[0] not in _REPORTING], ids=" ".join)
def test_every_wait_has_a_limit(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A proxy that says nothing is given up after `--timeout`."""
    ended = Event()

    def answer(_: Request) -> Answer:
        ended.wait(20)
        return error_answer(500, "x", "no")

    monkeypatch.setattr(fake, "answer_to", answer)
    try:
        result = litectl(*words, "--timeout", "0.2")
    finally:
        ended.set()

    assert result.code in (5, 7), result.err
    assert " within 0." in result.err  # all of it, or the share of one request
