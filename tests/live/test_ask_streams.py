"""`ask` while an answer streams through a real proxy: how soon it is seen, and what ends with it."""

import os
import signal
import time
from collections.abc import Sequence
from typing import Any

import pytest

from live.test_ask import PROTOCOLS, every_wire, question
from live.upstream import Upstream
from program import DEADLINE, Litectl, Program

pytestmark = pytest.mark.live

BEGINNING = b"echo: "


def read_beginning(process: Any) -> bytes:
    """Return the beginning of what *process* prints, as soon as it is there."""
    seen = b""
    while len(seen) < len(BEGINNING) and (piece := os.read(process.stdout.fileno(), len(BEGINNING))):
        seen += piece
    return seen


def await_request(upstream: Upstream) -> None:
    """Wait until the provider has been asked."""
    deadline = time.monotonic() + DEADLINE
    while not upstream.bodies:
        assert time.monotonic() < deadline, "nobody asked"
        time.sleep(0.01)


@every_wire
def test_the_first_text_is_seen_before_the_rest_is_there(
    process: Program, upstream: Upstream, protocol: str, provider: str
) -> None:
    """What the provider has said is printed while it holds back the rest."""
    with process.started(*question(protocol, f"{provider}-held", "-p", "Hi")) as running:
        seen = read_beginning(running)
        upstream.gate.set()
        out, err = running.communicate(timeout=DEADLINE)

    assert (running.returncode, seen, out, err) == (0, BEGINNING, b"Hi\n", b"")


@every_wire
def test_ctrl_c_stops_the_provider(
    process: Program, upstream: Upstream, protocol: str, provider: str
) -> None:
    """SIGINT in the middle of an answer is exit 130, and the provider writes no more that would be billed."""
    with process.started(*question(protocol, f"{provider}-endless", "-p", "Hi")) as running:
        assert read_beginning(running) == BEGINNING
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=DEADLINE)

    assert (running.returncode, b"Traceback" in err) == (130, False)
    assert upstream.dropped.wait(5)


@pytest.mark.parametrize(
    "more", [("--no-stream",), ("--json",), ("--show-reasoning",)], ids=lambda more: more[0]
)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_answer_that_is_not_shown_is_stopped_too(
    process: Program, upstream: Upstream, more: Sequence[str], number: signal.Signals, code: int
) -> None:
    """However the answer is printed, it is streamed on the wire, so that a signal stops the provider."""
    with process.started(*question("chat", "openai-endless", "-p", "Hi", *more)) as running:
        await_request(upstream)
        running.send_signal(number)
        running.communicate(timeout=DEADLINE)

    assert running.returncode == code
    assert upstream.dropped.wait(5)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_reader_that_goes_stops_the_provider(process: Program, upstream: Upstream, protocol: str) -> None:
    """A pipe that closes early is no failure, and ends the answer for the provider as well."""
    with process.started(*question(protocol, "anthropic-endless", "-p", "Hi")) as running:
        assert read_beginning(running) == BEGINNING
        assert running.stdout is not None
        running.stdout.close()
        code = running.wait(DEADLINE)

    assert code == 0
    assert upstream.dropped.wait(5)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_that_does_not_come_in_time_is_given_up(asking: Litectl, protocol: str) -> None:
    """`--timeout` bounds the wait for the first word, which a proxy spends in silence."""
    started = time.monotonic()

    result = asking(*question(protocol, "openai-late", "-p", "Hi"), "--timeout", "0.5")

    assert (result.code, result.out) == (5, "")
    assert "--timeout" in result.err
    assert time.monotonic() - started < 5


def test_what_came_in_time_is_kept(asking: Litectl) -> None:
    """An answer that outlasts `--timeout` is printed as far as it came, and is exit 11."""
    result = asking(*question("chat", "openai-endless", "-p", "Hi"), "--timeout", "0.5")

    assert result.code == 11
    assert result.out.startswith("echo: echo: ")
    assert "--timeout" in result.err
