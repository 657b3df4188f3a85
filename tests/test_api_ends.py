"""`litectl api`: how it ends, by the status, the connection, the reader and the system."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import EVENT_TYPE, Answer, FakeProxy, Request, error_answer, json_answer, sse
from litectl.api import route_errors
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import SingleSignOn, store_login
from program import Litectl, Program
from senders import store_profiles

CHAT = "/v1/chat/completions"
X = "/v1/x"


def arrived(request: Request) -> Answer:
    """Answer with what arrived."""
    return json_answer({"method": request.method, "path": request.path, "body": request.body.decode()})


@pytest.mark.parametrize(
    ("status", "kind", "message", "code", "said"),
    [
        (400, "invalid_request_error", "no such field", 1, "the proxy refused the request: no such field"),
        (
            401,
            "auth_error",
            "Authentication Error",
            4,
            "the proxy refused the credential: Authentication Error",
        ),
        (
            403,
            "key_model_access_denied",
            "not yours",
            6,
            "unknown model, or not allowed for this key: not yours",
        ),
        (403, "auth_error", "not your route", 4, "the proxy does not allow this: not your route"),
        (404, "not_found_error", "Key not found", 6, "not found: Key not found"),
        (409, "conflict", "there already", 1, "the proxy answered 409: there already"),
        (413, "x", "large", 10, "the request is too large for the proxy: large"),
        (422, "budget_exceeded", "Budget has been exceeded! Key", 9, "budget exceeded: Key"),
        (429, "throttling_error", "slow down", 8, "rate limited: slow down"),
        (500, "internal_server_error", "oops", 12, "the proxy or its backend failed (500): oops"),
        (503, "x", "later", 12, "the proxy or its backend failed (503): later"),
    ],
)
def test_the_exit_code_is_that_of_the_status(
    litectl: Litectl, fake: FakeProxy, status: int, kind: str, message: str, code: int, said: str
) -> None:
    """The body is on stdout as ever, and what it means on stderr, in words or as JSON."""
    fake.on("POST", X, error_answer(status, kind, message))
    body = {"error": {"message": message, "type": kind, "param": "None", "code": str(status)}}

    result = litectl("api", "POST", X)
    as_json = litectl("api", "POST", X, "--json")

    assert (result.code, result.json) == (code, body)
    assert result.err.startswith(f"error: {said}")
    assert "\nhint: " in result.err
    assert (as_json.code, as_json.json) == (code, body)
    assert (as_json.error["exit_code"], as_json.error["status"]) == (code, status)
    assert len(fake.requests) == 2


def test_an_unknown_route_is_told_from_an_unknown_thing(litectl: Litectl, fake: FakeProxy) -> None:
    """The hint is about routes, and not about models."""
    result = litectl("api", "/v1/modls?a=b")

    assert (result.code, result.out) == (6, '{"detail": "Not Found"}')
    assert result.err == (
        "error: the proxy has no route /v1/modls\n"
        "hint: check the path; `litectl api /routes` has those of the proxy\n"
    )


@pytest.mark.parametrize("status", [300, 304])
def test_an_answer_without_a_success_says_where_the_rest_is(
    litectl: Litectl, fake: FakeProxy, status: int
) -> None:
    """The body is on stdout, also that of a redirect to nowhere."""
    fake.on("GET", X, Answer(status, [b"hi"] if status == 300 else []))

    result = litectl("api", X)

    assert (result.code, result.out) == (1, "hi" if status == 300 else "")
    assert "hint: the proxy's whole answer is on stdout\n" in result.err


def test_a_key_in_a_path_is_not_quoted(litectl: Litectl, fake: FakeProxy) -> None:
    """It reaches the proxy, and no log."""
    key = "sk-hidden-in-path-0001"

    result = litectl("api", f"/keys/{key}/x", "-q", f"key={key}", "--debug")

    assert (result.code, key in result.err) == (6, False)
    assert fake.requests[0].path == f"/keys/{key}/x?key={key}"


def test_a_wrong_method_is_told_the_right_one(litectl: Litectl, fake: FakeProxy) -> None:
    """A proxy says it in a header."""
    fake.on("POST", X, json_answer({"detail": "Method Not Allowed"}, 405, allow="GET, HEAD"))

    result = litectl("api", "POST", X)

    assert result.code == 1
    assert result.err.endswith("hint: this path takes GET, HEAD\n")


def test_an_error_that_is_a_large_page_is_printed_whole(litectl: Litectl, fake: FakeProxy) -> None:
    """Only its beginning decides what it means."""
    page = b"<html><title>Bad Gateway</title>" + b"x" * 200_000
    fake.on("GET", X, Answer(502, [page[:50_000], page[50_000:]], "text/html"))

    result = litectl("api", X)

    assert (result.code, result.out) == (12, page.decode())
    assert result.err.startswith("error: the proxy or its backend failed (502): Bad Gateway\n")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(litectl: Litectl, fake: FakeProxy, status: int) -> None:
    """What is on the proxy can be asked for, exit 1; what is elsewhere is exit 3, as for every command."""
    with FakeProxy() as other:
        fake.on("GET", "/own", json_answer({}, status, location="/ui/?a=b;c"))
        fake.on("GET", "/other", json_answer({}, status, location=f"{other.root}/x"))
        fake.on("GET", "/up", json_answer({}, status, location="//evil.example.com/../x"))
        fake.on("GET", "/none", json_answer({}, status))

        results = {path: litectl("api", path) for path in ("/own", "/other", "/up", "/none")}

        assert [result.code for result in results.values()] == [1, 3, 3, 1]
        assert other.requests == []
    assert results["/own"].err == (
        "error: the proxy redirects to /ui/?a=b;c, which is not followed\n"
        "hint: ask for that: `litectl api GET '/ui/?a=b;c'`\n"
    )
    assert f"redirects to {other.root}/x, which is not followed\nhint: it is another server's" in (
        results["/other"].err
    )
    assert "hint: it is another server's" in results["/up"].err
    assert results["/none"].err.startswith(f"error: the proxy answered {status}: ")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"error": {"message": "slow down", "type": "throttling_error", "code": "429"}}, 8),
        ({"error": {"message": "upstream exploded", "code": "500"}}, 12),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 12),
        ({"type": "error", "code": "rate_limit_exceeded", "message": "slow down"}, 8),
        (
            {
                "type": "response.failed",
                "response": {"error": {"code": "rate_limit_exceeded", "message": "x"}},
            },
            8,
        ),
        ({"type": "response.failed", "response": None}, 12),
        ({"type": "response.created", "response": {"error": None}}, 0),
        ({"choices": [{"delta": {"content": 'an "error" in a text'}}]}, 0),
        ({"error": None}, 0),
        ('"error"', 0),
        ('{"error', 0),
    ],
)
@pytest.mark.parametrize("options", [(), ("--stream",)])
def test_an_error_in_an_event_stream_is_the_exit_code(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, ...], event: object, code: int
) -> None:
    """All of the stream is printed, also what follows the error."""
    events = sse({"a": 1}, event, "[DONE]")
    fake.on("POST", CHAT, Answer(pieces=events, content_type=EVENT_TYPE))

    result = litectl("api", CHAT, "-d", '{"stream": true}', *options)

    assert (result.code, result.out) == (code, b"".join(events).decode())
    assert bool(result.err) == bool(code)


def test_a_long_stream_is_scanned_within_bounds(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What never ends an event is passed on, and not held."""
    monkeypatch.setattr(route_errors, "_SCANNED", 1000)
    fake.on("GET", X, Answer(pieces=[b"data: ", *[b"x" * 300] * 10, b"\n\n"], content_type=EVENT_TYPE))

    result = litectl("api", X)

    assert (result.code, len(result.out)) == (0, 3008)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_breaks_off_is_an_error(litectl: Litectl, fake: FakeProxy, method: str) -> None:
    """Exit 11, with what came where it was printed as it arrived, else with nothing; asked once."""
    fake.on(method, X, Answer(pieces=[b"half"], cut=True))

    whole, live = litectl("api", method, X), litectl("api", method, X, "--stream")

    assert (whole.code, whole.out) == (11, "")
    assert (live.code, live.out) == (11, "half")
    assert live.err.startswith(f"error: the answer broke off: {fake.root} broke the connection off")
    assert len(fake.requests) == 2


@pytest.mark.parametrize("options", [(), ("--stream",), ("--paginate",)])
def test_a_body_that_takes_too_long_is_an_error(
    litectl: Litectl, fake: FakeProxy, options: tuple[str, ...]
) -> None:
    """The time is a total: bytes that drip do not hold a command, and half a body is no success."""
    stop = Event()

    def dripping() -> Iterator[bytes]:
        while not stop.wait(0.05):
            yield b"x"

    fake.on("GET", X, Answer(pieces=dripping(), content_type="text/plain"))
    started = time.monotonic()
    try:
        result = litectl("api", X, "--timeout", "0.5", *options)
    finally:
        stop.set()

    assert time.monotonic() - started < 5
    assert result.code == 11
    assert result.err == (
        f"error: the answer broke off: no complete answer from {fake.root} within 0.5 s\n"
        "hint: allow more time with `--timeout SECONDS`\n"
    )


def test_an_answer_that_does_not_come_leaves_a_change_in_doubt(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 5 says so for a POST, which is sent once, and not for a GET."""
    silent, done = Event(), Answer(pieces=[])

    def late(_: Request) -> Answer:
        silent.wait(20)
        return done

    fake.on("POST", X, late)
    fake.on("GET", X, late)
    try:
        post, get = litectl("api", "POST", X, "--timeout", "0.3"), litectl("api", X, "--timeout", "0.3")
    finally:
        silent.set()

    assert (post.code, get.code) == (5, 5)
    assert "hint: nobody can tell whether it was done; allow more time with `--timeout" in post.err
    assert "hint: allow more time with `--timeout SECONDS`\n" in get.err
    assert [request.method for request in fake.requests] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("method", "tries"), [("GET", 2), ("HEAD", 2), ("POST", 1), ("DELETE", 1), ("PUT", 1)]
)
def test_only_a_read_is_repeated_when_the_connection_is_lost(
    litectl: Litectl, fake: FakeProxy, method: str, tries: int
) -> None:
    """A change is sent exactly once, whatever becomes of it."""

    def hang_up(_: Request) -> Answer:
        raise ConnectionAbortedError

    fake.on(method, X, hang_up)

    result = litectl("api", method, X)

    assert result.code == 5
    assert len(fake.requests) == tries


def test_offline_asks_nobody(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 3, as everywhere."""
    assert litectl("api", X, "--offline").code == 3
    assert fake.requests == []


def test_a_profile_has_its_own_proxy_and_key(fake: FakeProxy, isolated: Path) -> None:
    """The credential of the profile goes to its root."""
    fake.on("GET", X, json_answer({}))
    store_profiles(Profile("work", fake.root, StoredCredential(API_KEY, fake.root, "sk-of-profile-0001")))

    assert Litectl({})("api", X, "--profile", "work").code == 0
    assert fake.requests[0].headers["authorization"] == "Bearer sk-of-profile-0001"


@pytest.mark.parametrize(("method", "code", "renewals"), [("GET", 0, 1), ("HEAD", 0, 1), ("POST", 4, 0)])
def test_a_refused_login_is_renewed_for_reads_only(
    fake: FakeProxy, isolated: Path, method: str, code: int, renewals: int
) -> None:
    """A read is repeated once with the new token; a change is sent exactly once, also when it is refused."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=3600)
    sso.accepted.clear()  # they were taken back
    fake.on(method, X, sso.models)

    result = Litectl({})("api", method, X)

    assert (result.code, sso.renewals) == (code, renewals)
    assert len(sso.asked(method, X)) == 1 + renewals


def test_a_reader_that_goes_ends_it(program: Program, fake: FakeProxy) -> None:
    """Also while nothing comes; that is success, as `head` means it."""
    fake.on("GET", X, Answer(pieces=[b"one\n", Event()], content_type="text/plain"))

    with program.started("api", X, "--stream") as process:
        assert process.stdout is not None
        assert os.read(process.stdout.fileno(), 100) == b"one\n"
        process.stdout.close()
        assert process.wait(15) == 0


def test_a_change_is_sent_though_nobody_reads_the_answer(program: Program, fake: FakeProxy) -> None:
    """What was asked for is done before anybody minds the reader."""
    fake.on("POST", X, json_answer({}))
    reader, writer = os.pipe()
    os.close(reader)

    with program.started("api", "POST", X, stdout=writer) as process:
        os.close(writer)
        assert process.wait(30) == 0

    assert len(fake.requests) == 1


def test_a_signal_ends_it(program: Program, fake: FakeProxy) -> None:
    """Ctrl-C is exit 130."""
    fake.on("GET", X, Answer(pieces=[b"one\n", Event()], content_type="text/plain"))

    with program.started("api", X, "--stream") as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 100)
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 130


def test_a_full_disk_is_an_error(program: Program, fake: FakeProxy) -> None:
    """Exit 1, though the proxy answered."""
    fake.on("GET", X, json_answer({}))

    with Path("/dev/full").open("wb") as full, program.started("api", X, stdout=full) as process:
        _, err = process.communicate(timeout=30)

    assert (process.returncode, err.splitlines()[0]) == (
        1,
        b"error: cannot write to stdout: No space left on device",
    )
