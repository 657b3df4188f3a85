"""How `ask` ends when somebody ends it: Ctrl-C, and a reader of stdout that goes, at any moment."""

import os
import re
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, chunk, sse
from litectl.wire.reader import reader_watched
from program import Program

ASK = ("ask", "-m", "m", "-p", "Hi", "--no-stdin")
FORMS: dict[str, tuple[str, ...]] = {"streamed": (), "whole": ("--no-stream",), "json": ("--json",)}
SECONDS = 20.0
MANY = 1000  # pieces
INTERRUPTED = b"error: interrupted\n"


class Model:
    """
    What answers: *first* at once, and more without end after `go`.

    `asked` is set when a question has come, `began` when the headers were sent, `floods` when much of
    the answer was, `stopped` when the connection was dropped after they began.
    """

    def __init__(self, fake: FakeProxy, first: str = "") -> None:
        self.first = first
        self.go = Event()
        self.asked, self.began, self.floods, self.stopped = Event(), Event(), Event(), Event()
        fake.on_chat(self._answer)

    def _answer(self, _request: Request) -> Answer:
        self.asked.set()
        return Answer(pieces=self._pieces(), content_type=EVENT_TYPE)

    def _pieces(self) -> Iterator[bytes | Event]:
        self.began.set()
        try:
            if self.first:
                yield from sse(chunk(self.first))
            yield self.go
            for number in count():
                yield from sse(chunk("more "))
                if number == MANY:
                    self.floods.set()
        finally:
            self.stopped.set()


def read_first(process: "subprocess.Popen[bytes]", text: bytes) -> None:
    """Wait until *process* has printed *text*."""
    assert process.stdout is not None
    found = b""
    while len(found) < len(text):
        found += os.read(process.stdout.fileno(), len(text) - len(found))
    assert found == text


# Ctrl-C


def interrupted(process: "subprocess.Popen[bytes]") -> tuple[int, bytes, bytes]:
    """Interrupt *process* and return its code, what is left on its stdout, and its stderr."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err


def test_ctrl_c_before_the_connection(program: Program, fake: FakeProxy, tmp_path: Path) -> None:
    """While the key is being made: exit 130, and nothing was sent."""
    running = tmp_path / "running"
    os.mkfifo(running)
    helper = f"sh -c {shlex.quote(f'echo > {running}; exec sleep 60')}"
    variables = {"LITECTL_API_KEY": "", "LITELLM_API_KEY_HELPER": helper}

    with program.started(*ASK, env=program.environ(variables)) as process:
        running.read_bytes()
        assert interrupted(process) == (130, b"", INTERRUPTED)

    assert fake.requests == []


@pytest.mark.parametrize("form", FORMS)
def test_ctrl_c_while_the_headers_are_awaited(program: Program, fake: FakeProxy, form: str) -> None:
    """A model that thinks before it begins: exit 130, and the connection is dropped."""
    held, asked = Event(), Event()

    def answer(_request: Request) -> Answer:
        asked.set()
        held.wait(SECONDS)
        return Answer(500)

    fake.on_chat(answer)
    with program.started(*ASK, *FORMS[form]) as process:
        assert asked.wait(SECONDS)
        code, out, err = interrupted(process)
    held.set()

    assert (code, out) == (130, b"")
    assert b'"interrupted"' in err if form == "json" else err == INTERRUPTED


@pytest.mark.parametrize("form", FORMS)
def test_ctrl_c_in_a_flood(program: Program, fake: FakeProxy, form: str) -> None:
    """At any place: exit 130, stdout has the beginning of the answer, and the model is stopped."""
    model = Model(fake, "one ")
    model.go.set()

    with program.started(*ASK, *FORMS[form]) as process:
        if form == "streamed":
            read_first(process, b"one " + b"more " * MANY)
        else:
            assert model.floods.wait(SECONDS)
        code, out, err = interrupted(process)

    assert model.stopped.wait(SECONDS)
    assert code == 130
    assert re.fullmatch(rb"(more )*m?o?r?e?", out)
    assert b'"interrupted"' in err if form == "json" else err == INTERRUPTED


def test_ctrl_c_while_nobody_reads(program: Program, fake: FakeProxy) -> None:
    """A reader that has stopped reading, as a pager does, holds nobody back from Ctrl-C."""
    model = Model(fake, "one ")
    model.go.set()
    source, sink = os.pipe()

    with program.started(*ASK, stdout=sink) as process:
        while select.select([], [sink], [], 0)[1]:
            time.sleep(0.01)
        code, _, err = interrupted(process)
    os.close(source)
    os.close(sink)

    assert (code, err) == (130, INTERRUPTED)
    assert model.stopped.wait(SECONDS)


@pytest.mark.parametrize("missing", ["the finish", "the end mark", "nothing"])
def test_ctrl_c_right_at_the_end(program: Program, fake: FakeProxy, missing: str) -> None:
    """The text is all there; an answer that is whole may also just end as one."""
    go, pause = Event(), Event()
    pieces = sse(chunk("all of it"), chunk(finish="stop"), "[DONE]")
    held = {"the finish": 1, "the end mark": 2, "nothing": 3}[missing]
    fake.on_chat(Answer(pieces=[pieces[0], go, *pieces[1:held], pause], content_type=EVENT_TYPE))

    with program.started(*ASK) as process:
        read_first(process, b"all of it")
        go.set()
        code, out, err = interrupted(process)
    pause.set()

    if missing == "nothing" and code == 0:
        assert (out, err) == (b"\n", b"")
    else:
        assert (code, err) == (130, INTERRUPTED)
        assert out in ({b"", b"\n"} if missing == "nothing" else {b""})


# A reader that goes


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("moment", ["before the headers", "before the text", "after the text"])
def test_a_reader_that_goes_ends_the_wait(program: Program, fake: FakeProxy, form: str, moment: str) -> None:
    """Exit 0 without a word though the model says nothing more, and the connection is dropped."""
    held = Event()
    model = Model(fake, "one\n" if moment == "after the text" else "")
    answered = model._answer

    def late(request: Request) -> Answer:
        answer = answered(request)
        held.wait(SECONDS)
        return answer

    if moment == "before the headers":
        fake.on_chat(late)
    with program.started(*ASK, *FORMS[form]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert (model.asked if moment == "before the headers" else model.began).wait(SECONDS)
        if moment == "after the text" and form == "streamed":
            read_first(process, b"one\n")
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait(SECONDS)
    held.set()
    model.go.set()

    assert (code, err) == (0, b"")
    assert moment == "before the headers" or model.stopped.wait(SECONDS)


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_that_goes_in_a_flood_ends_it(program: Program, fake: FakeProxy, form: str) -> None:
    """Exit 0 without a word, and the model is stopped."""
    model = Model(fake, "one\n")
    model.go.set()

    with program.started(*ASK, *FORMS[form]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if form == "streamed":
            read_first(process, b"one\nmore more ")
        else:
            assert model.floods.wait(SECONDS)
        process.stdout.close()
        assert (process.stderr.read(), process.wait(SECONDS)) == (b"", 0)

    assert model.stopped.wait(SECONDS)


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_that_was_never_there_is_no_failure(program: Program, fake: FakeProxy, form: str) -> None:
    """Exit 0 without a word, as for one that has read enough."""
    Model(fake)
    source, sink = os.pipe()
    os.close(source)

    with program.started(*ASK, *FORMS[form], stdout=sink) as process:
        os.close(sink)
        _, err = process.communicate(timeout=SECONDS)

    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_into_a_file_is_not_watched(
    program: Program, fake: FakeProxy, tmp_path: Path, form: str
) -> None:
    """A file has no reader that goes."""
    fake.on_chat(Answer(pieces=sse(chunk("all", finish="stop"), "[DONE]"), content_type=EVENT_TYPE))

    with (tmp_path / "out").open("wb") as out, program.started(*ASK, *FORMS[form], stdout=out) as process:
        assert process.wait(SECONDS) == 0

    assert "all" in (tmp_path / "out").read_text()


def test_a_watch_that_is_over_calls_nobody() -> None:
    """A reader that goes after the block is noticed by the next write only, and no thread is left."""
    source, sink = os.pipe()
    gone: list[str] = []

    with reader_watched(lambda: gone.append("gone"), sink):
        os.write(sink, b"x")
    os.close(source)
    with reader_watched(lambda: gone.append("closed"), 1_000_000):
        pass

    assert gone == []
    called = Event()
    with reader_watched(called.set, sink):
        assert called.wait(SECONDS)
    os.close(sink)
