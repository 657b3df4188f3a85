"""`litectl api`: what is printed of the answer, as it came, and of its pages."""

import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from threading import Event

import pytest

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, error_answer, json_answer, sse
from litectl.actions.api import calling as api_calling
from program import Litectl, Program

BYTES = bytes(range(256)) * 3
CHAT = "/v1/chat/completions"
X = "/v1/x"


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_the_body_is_printed_byte_for_byte(
    program: Program, fake: FakeProxy, options: tuple[str, ...]
) -> None:
    """Whatever it is, nothing is added, taken away or understood."""
    fake.on("GET", X, Answer(pieces=[BYTES, b"\r\n\0", BYTES * 400], content_type="audio/mpeg"))

    with program.started("api", X, *options) as process:
        out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, b"")
    assert out == BYTES + b"\r\n\0" + BYTES * 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{ "b": 1.0,\t"a":1e400 }', "application/json"),
        (b"", "application/json"),
        (b"<html>Sign in</html>", "text/html"),
        (b'{"error": "only a word"}', "application/json"),
        (b"\xef\xbb\xbf[1]\n\n", "text/plain"),
    ],
)
def test_a_success_is_not_judged(litectl: Litectl, fake: FakeProxy, body: bytes, content_type: str) -> None:
    """It is raw: JSON is not written anew, and a page of HTML is as good as anything."""
    fake.on("GET", X, Answer(pieces=[body], content_type=content_type))

    assert litectl("api", X) == (0, body.decode(), "")


def test_a_body_that_comes_compressed_is_unpacked(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing compressed is asked for, but a gateway may send it."""
    packed = Answer(pieces=[gzip.compress(b'{"a": 1}' * 100)], headers=(("content-encoding", "gzip"),))
    fake.on("GET", X, packed)

    assert litectl("api", X) == (0, '{"a": 1}' * 100, "")


def test_status_and_headers_are_printed_with_i(litectl: Litectl, fake: FakeProxy) -> None:
    """They stand before the body as they came, each as often as it came, but no secret that was sent."""
    headers = (
        ("X-Team", "blue"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-echo", "sk-test-key-0001"),
    )
    fake.on("GET", X, Answer(201, [b"body"], "text/plain", headers))

    result = litectl("api", X, "-i")

    head, _, body = result.out.partition("\n\n")
    assert (result.code, body) == (0, "body")
    assert head.splitlines()[0] == "HTTP/1.1 201 Created"
    assert head.splitlines()[-4:] == ["X-Team: blue", "set-cookie: a=1", "set-cookie: b=2", "x-echo: ***"]


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_a_terminal_is_shown_text_only(litectl: Litectl, fake: FakeProxy, options: tuple[str, ...]) -> None:
    """What it would act on is taken out, also when it comes in halves, and the line is ended."""
    pieces = [b"\x1b[31mred\xe2", b"\x80\xae \xc3", b"\xbc\xff\x07", b"end"]
    fake.on("GET", X, Answer(pieces=pieces, content_type="text/plain", headers=(("x-a", "b"),)))

    result = litectl("api", X, *options, terminal=True)
    with_head = litectl("api", X, "-i", *options, terminal=True)

    assert (result.code, result.out) == (0, "[31mred ü\ufffdend\n")
    assert with_head.out.endswith("\nx-a: b\n\n[31mred ü\ufffdend\n")


def test_a_terminal_is_not_shown_what_is_no_text(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 1 says where to put it."""
    fake.on("GET", X, Answer(pieces=[b"\x89PNG\r\n\x1a\n\0\0\0"], content_type="image/png"))

    result = litectl("api", X, terminal=True, variables={"NO_COLOR": "1"})

    assert (result.code, result.out) == (1, "")
    assert "error: the body is not text, which a terminal cannot show\nhint: add `> FILE`\n" in result.err


def test_an_event_stream_is_printed_as_it_arrives(program: Program, fake: FakeProxy) -> None:
    """Each event is there before the next one is sent; `--stream` does so with anything."""
    more = Event()
    events = sse({"a": 1}, {"a": 2})
    fake.on("POST", CHAT, Answer(pieces=[events[0], more, events[1]], content_type=EVENT_TYPE))

    with program.started("api", CHAT, "-d", '{"stream": true}') as process:
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 1000) == events[0]
        more.set()
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out, err) == (0, events[1], b"")


def test_a_body_is_printed_as_it_arrives_with_stream(program: Program, fake: FakeProxy) -> None:
    """Without it nothing is printed before the body is whole."""
    more = Event()
    fake.on("GET", X, Answer(pieces=[b"one\n", more, b"two\n"], content_type="text/plain"))

    with program.started("api", X, "--stream") as process, program.started("api", X) as other:
        assert process.stdout is not None
        assert other.stdout is not None
        assert os.read(process.stdout.fileno(), 1000) == b"one\n"
        deadline = time.monotonic() + 20
        while len(fake.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.set_blocking(other.stdout.fileno(), False)
        with pytest.raises(BlockingIOError):
            os.read(other.stdout.fileno(), 1000)
        os.set_blocking(other.stdout.fileno(), True)
        more.set()
        assert process.communicate(timeout=30) == (b"two\n", b"")
        assert other.communicate(timeout=30) == (b"one\ntwo\n", b"")


@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_a_large_body_needs_no_memory(program: Program, fake: FakeProxy, options: tuple[str, ...]) -> None:
    """One of 100 MB takes no more than a small one, and comes whole."""
    block = b"x" * 10**6
    fake.on("GET", "/big", Answer(pieces=(block for _ in range(100)), content_type="text/plain"))
    fake.on("GET", "/small", Answer(pieces=[b"x"], content_type="text/plain"))
    script = (
        "import resource, subprocess, sys;"
        "run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
        "size = sum(len(piece) for piece in iter(lambda: run.stdout.read(10**6), b''));"
        "code = run.wait();"
        "print(size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
    )
    measured = Program([sys.executable, "-c", script, *program.command], program.variables)

    (small, least), (big, most) = (
        map(int, measured("api", path, *options).out.split()) for path in ("/small", "/big")
    )

    assert (small, big) == (1, 100 * 10**6)
    assert (most - least) * 1024 < 50 * 10**6  # KiB on Linux


def numbered(total: int) -> Callable[[Request], Answer]:
    """Return what answers with one of *total* pages."""

    def answer(request: Request) -> Answer:
        number = int(request.path.partition("page=")[2] or 1)
        return json_answer({"keys": [f"key-{number}"], "current_page": number, "total_pages": total})

    return answer


def test_pages_are_printed_one_after_another(litectl: Litectl, fake: FakeProxy) -> None:
    """Each is a line of its own; the parameters stay, only the page changes."""
    fake.on("GET", "/key/list", numbered(3))

    result = litectl("api", "/key/list?size=1", "--paginate")

    assert (result.code, result.err) == (0, "")
    assert [json.loads(line)["keys"] for line in result.out.splitlines()] == [["key-1"], ["key-2"], ["key-3"]]
    assert [each.path for each in fake.requests] == [
        "/key/list?size=1",
        "/key/list?size=1&page=2",
        "/key/list?size=1&page=3",
    ]


def test_pages_are_printed_as_they_come(program: Program, fake: FakeProxy) -> None:
    """The first is there before the second."""
    more = Event()

    def answer(request: Request) -> Answer:
        if "page=2" in request.path:
            more.wait(20)
        return numbered(2)(request)

    fake.on("GET", "/key/list", answer)

    with program.started("api", "/key/list", "--paginate") as process:
        assert process.stdout is not None
        assert b"key-1" in os.read(process.stdout.fileno(), 1000)
        more.set()
        out, _ = process.communicate(timeout=30)

    assert (process.returncode, json.loads(out)["keys"]) == (0, ["key-2"])


def test_a_cursor_is_followed(litectl: Litectl, fake: FakeProxy) -> None:
    """The next page begins after the last row of this one."""

    def answer(request: Request) -> Answer:
        after = request.path.partition("after=")[2]
        return json_answer(
            {"data": [{"id": f"{after}x"}], "has_more": len(after) < 2, "last_id": f"{after}x"}
        )

    fake.on("GET", "/v1/files", answer)

    result = litectl("api", "/v1/files", "--paginate")

    assert [each.path for each in fake.requests] == ["/v1/files", "/v1/files?after=x", "/v1/files?after=xx"]
    assert (result.code, len(result.out.splitlines())) == (0, 3)


def test_what_has_no_pages_is_printed_once(litectl: Litectl, fake: FakeProxy) -> None:
    """A note says so."""
    for body in (b'{"data": []}', b"[]", b"plain", b'{"a": 1}\n'):
        fake.on("GET", X, Answer(pieces=[body], content_type="text/plain"))

        shown = f"{body.decode().rstrip()}\n"
        assert litectl("api", X, "--paginate") == (0, shown, "note: the answer has no pages\n")
    assert len(fake.requests) == 4
    fake.on("GET", X, Answer(pieces=[]))
    assert litectl("api", X, "--paginate").out == ""


def test_a_cursor_that_is_no_line_is_shown_as_one(litectl: Litectl, fake: FakeProxy) -> None:
    """It is the proxy's text, in an error of ours."""
    fake.on("GET", X, json_answer({"next_cursor": "a\nerror: b\x1b[31m"}))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(result.err.splitlines())) == (1, 2)
    assert result.err.startswith("error: the pages go in a circle: cursor=a error: b [31m follows twice\n")


def test_pages_that_go_in_a_circle_end(litectl: Litectl, fake: FakeProxy) -> None:
    """A server that minds no parameter would be asked for ever."""
    fake.on("GET", X, json_answer({"page": 1, "total_pages": 9}))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(fake.requests), len(result.out.splitlines())) == (1, 2, 2)
    assert result.err.startswith("error: the pages go in a circle: page=2 follows twice\n")


def test_there_are_not_endless_pages(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a thousand it is an error, since the list is not whole; exactly so many are fine."""
    assert api_calling._MOST_PAGES == 1000
    monkeypatch.setattr(api_calling, "_MOST_PAGES", 5)
    fake.on("GET", "/fits", numbered(5))
    fake.on("GET", "/more", numbered(6))

    fits, more = litectl("api", "/fits", "--paginate"), litectl("api", "/more", "--paginate")

    assert (fits.code, more.code, len(fake.requests)) == (0, 1, 10)
    assert more.err.startswith("error: the list has more than 5 pages\nhint: ask for larger pages")


@pytest.mark.parametrize(
    ("second", "code", "lines"),
    [
        (error_answer(429, "throttling_error", "slow down"), 8, 2),
        (json_answer({"data": []}), 11, 2),
        (Answer(pieces=[b"<html>"], content_type="text/html"), 11, 2),
        (json_answer({"data": [], "has_more": True}), 11, 2),
        (Answer(pieces=[b'{"half'], cut=True), 11, 1),
    ],
)
def test_a_page_that_fails_is_the_end(
    litectl: Litectl, fake: FakeProxy, second: Answer, code: int, lines: int
) -> None:
    """What came is printed, and the exit code says that the list is not whole."""
    fake.on("GET", X, lambda request: second if "page=2" in request.path else numbered(3)(request))

    result = litectl("api", X, "--paginate")

    assert (result.code, len(result.out.splitlines()), len(fake.requests)) == (code, lines, 2)


def test_the_time_is_for_all_pages(litectl: Litectl, fake: FakeProxy) -> None:
    """Many quick pages do not take longer than what was allowed."""

    def slow(request: Request) -> Answer:
        time.sleep(0.1)
        return numbered(1000)(request)

    fake.on("GET", X, slow)
    started = time.monotonic()

    result = litectl("api", X, "--paginate", "--timeout", "0.6")

    assert time.monotonic() - started < 5
    assert result.code in (5, 11)
    assert 1 < len(fake.requests) < 10


def test_a_page_on_a_terminal_ends_its_line_once(litectl: Litectl, fake: FakeProxy) -> None:
    """Also with headers, which stand before each page."""
    fake.on("GET", "/key/list", numbered(2))

    result = litectl("api", "/key/list", "--paginate", terminal=True)
    with_heads = litectl("api", "/key/list", "--paginate", "-i")

    assert [json.loads(line)["current_page"] for line in result.out.splitlines()] == [1, 2]
    assert with_heads.out.count("HTTP/1.1 200 OK\n") == 2
