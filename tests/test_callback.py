"""The listener on loopback: which one request counts, and that every other changes nothing."""

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from threading import enumerate as all_threads
from typing import NamedTuple

import pytest

from litectl.credentials import callback
from litectl.credentials.callback import PATH, Callback, Listener
from litectl.errors import LoginUnavailableError

STATE = "state-of-this-login"
CODE = "llm_gcode_1"
GOOD = f"{PATH}?code={CODE}&state={STATE}"
DENIED = f"{PATH}?error=access_denied&state={STATE}"
# No wait of a test that must end for another reason is as long as this.
LONG = 20.0


class Shown(NamedTuple):
    """A page as a browser gets it; header names are in lower case."""

    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Give a listener that runs, and that is quick to end."""
    monkeypatch.setattr(callback, "_POLL_SECONDS", 0.005)
    with Listener(STATE) as running:
        yield running


def port_of(listener: Listener) -> int:
    """Return the port of *listener*, as its redirect URI has it."""
    return int(listener.redirect_uri.removeprefix("http://127.0.0.1:").removesuffix("/callback"))


def ask(listener: Listener, target: str, *, method: str = "GET", hosts: list[str] | None = None) -> Shown:
    """Send one request to *listener*; *hosts* are the values of its Host headers."""
    port = port_of(listener)
    with closing(HTTPConnection("127.0.0.1", port, timeout=LONG)) as connection:
        connection.putrequest(method, target, skip_host=True)
        for host in [f"127.0.0.1:{port}"] if hosts is None else hosts:
            connection.putheader("Host", host.replace("PORT", str(port)))
        connection.endheaders()
        return shown(connection.getresponse())


def shown(answer: HTTPResponse) -> Shown:
    """Return what *answer* has, read to its end."""
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Shown(answer.status, headers, answer.read().decode())


def raw(listener: Listener, request: bytes) -> bytes:
    """Send these bytes and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port_of(listener)), LONG) as connection:
        received = b""
        try:
            connection.sendall(request)
            while piece := connection.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            # It was closed with a part of the request unread.
            pass
    return received


def test_the_browser_brings_a_code(listener: Listener) -> None:
    """A callback with the state of this login is thanked for, and its code is given."""
    page = ask(listener, GOOD)

    assert listener.wait(LONG) == Callback(CODE, None)
    assert page.status == 200
    assert "close this window" in page.text


def test_the_redirect_uri_is_on_loopback(listener: Listener) -> None:
    """The redirect URI has the literal address, as RFC 8252, 7.3 wants it, and a port of its own."""
    with Listener(STATE) as other:
        assert port_of(listener) != port_of(other)
        assert port_of(listener) > 0


def test_no_other_machine_can_connect(listener: Listener) -> None:
    """The port is one of 127.0.0.1, not of every address."""
    assert listener._server.socket.getsockname() == ("127.0.0.1", port_of(listener))


def test_localhost_is_a_name_of_this_machine(listener: Listener) -> None:
    """A browser that was sent to `localhost` is answered too, in any case."""
    ask(listener, GOOD, hosts=["LocalHost:PORT"])

    assert listener.wait(LONG) == Callback(CODE, None)


def test_a_denied_login_is_brought_too(listener: Listener) -> None:
    """An error with the right state ends the wait without a code."""
    page = ask(listener, DENIED)

    assert listener.wait(LONG) == Callback(None, "access_denied")
    assert page.status == 200
    assert "not allowed" in page.text


def test_a_code_is_decoded(listener: Listener) -> None:
    """What the browser escaped is given as it was, and what else the proxy adds is passed over."""
    ask(listener, f"{PATH}?iss=http%3A%2F%2Fp&state={STATE}&code=a%2Fb%2Bc%3D&flag")

    assert listener.wait(LONG) == Callback("a/b+c=", None)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"{PATH}?code={CODE}", 400),
        (f"{PATH}?code={CODE}&state=", 400),
        (f"{PATH}?code={CODE}&state=another", 400),
        (f"{PATH}?code={CODE}&state={STATE}x", 400),
        (f"{PATH}?code={CODE}&state={STATE[:-1]}", 400),
        (f"{PATH}?code={CODE}&state=%F0%9F%98%80", 400),
        (f"{PATH}?code={CODE}&state=%FF%FE", 400),
        (f"{PATH}?code={CODE}&state=%ED%A0%80", 400),
        (f"{PATH}?code={CODE}&state={STATE}&state={STATE}", 400),
        (f"{PATH}?code={CODE}&state={STATE}&state=another", 400),
        (f"{PATH}?code={CODE}&code=other&state={STATE}", 400),
        (f"{PATH}?code={CODE}&error=access_denied&state={STATE}", 400),
        (f"{PATH}?error=access_denied&error=x&state={STATE}", 400),
        (f"{PATH}?error=access_denied", 400),
        (f"{PATH}?error=access_denied&state=another", 400),
        (f"{PATH}?state={STATE}", 400),
        (f"{PATH}?code=&state={STATE}", 400),
        (f"{PATH}?error=&state={STATE}", 400),
        (f"{PATH}?code=a%0Ab&state={STATE}", 400),
        (f"{PATH}?code=%C3%A4&state={STATE}", 400),
        (f"{PATH}?code={'c' * 5000}&state={STATE}", 400),
        (f"{GOOD}{'&x=1' * 50}", 400),
        (PATH, 400),
        (f"{PATH}?", 400),
        (f"{PATH}#code={CODE}&state={STATE}", 404),
        (f"{PATH}/?code={CODE}&state={STATE}", 404),
        (f"/?code={CODE}&state={STATE}", 404),
        (f"/Callback?code={CODE}&state={STATE}", 404),
        (f"/x/..{GOOD}", 404),
        (f"/%63allback?code={CODE}&state={STATE}", 404),
        ("/favicon.ico", 404),
        (f"http://elsewhere.example.com{GOOD}", 404),
        ("*", 404),
    ],
)
def test_nothing_else_counts(listener: Listener, target: str, status: int) -> None:
    """Any other address, state or set of fields is refused, and the wait goes on."""
    page = ask(listener, target)

    assert page.status == status
    assert listener.wait(0) is None

    ask(listener, GOOD)

    assert listener.wait(LONG) == Callback(CODE, None)


def test_a_refused_request_does_not_end_a_wait(listener: Listener) -> None:
    """Who is waiting already goes on to do so until the right one comes."""
    found: list[Callback | None] = []
    waiter = Thread(target=lambda: found.append(listener.wait(LONG)))
    waiter.start()

    ask(listener, "/favicon.ico")
    waiter.join(0.05)
    was_waiting = waiter.is_alive()
    ask(listener, GOOD)
    waiter.join(LONG)

    assert was_waiting
    assert found == [Callback(CODE, None)]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get"])
def test_only_get_is_allowed(listener: Listener, method: str) -> None:
    """Every other method is refused, the right state or not."""
    page = ask(listener, GOOD, method=method)

    assert (page.status, page.headers["allow"]) == (405, "GET")
    assert listener.wait(0) is None


def test_a_head_has_no_body(listener: Listener) -> None:
    """HEAD is refused as well, in the form that HTTP gives it."""
    received = raw(listener, b"HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % GOOD.encode())

    assert received.startswith(b"HTTP/1.1 405 ")
    assert received.endswith(b"\r\n\r\n")
    assert listener.wait(0) is None


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        ["elsewhere.example.com"],
        ["elsewhere.example.com:PORT"],
        ["127.0.0.1"],
        ["localhost"],
        ["127.0.0.1:1"],
        ["127.0.0.1:PORT0"],
        ["x.localhost:PORT"],
        ["localhost.example.com:PORT"],
        ["user@127.0.0.1:PORT"],
        ["[::1]:PORT"],
        ["127.0.0.1:PORT", "elsewhere.example.com"],
        ["127.0.0.1:PORT", "127.0.0.1:PORT"],
        [""],
    ],
)
def test_a_page_elsewhere_cannot_reach_the_listener_by_its_own_name(
    listener: Listener, hosts: list[str]
) -> None:
    """A name that was made to mean 127.0.0.1 is seen in the Host header."""
    page = ask(listener, GOOD, hosts=hosts)

    assert page.status == 400
    assert listener.wait(0) is None


@pytest.mark.parametrize("again", [GOOD, DENIED, f"{PATH}?code=other&state={STATE}"])
@pytest.mark.parametrize("first", [GOOD, DENIED])
def test_the_first_callback_is_the_one(listener: Listener, first: str, again: str) -> None:
    """A second one, as from a reload of the page, is told so and changes nothing."""
    ask(listener, first)
    accepted = listener.wait(LONG)

    page = ask(listener, again)

    assert page.status == 409
    assert "before" in page.text
    assert listener.wait(LONG) == accepted


def test_of_many_callbacks_at_once_one_is_accepted(listener: Listener) -> None:
    """Twenty at the same moment: one is thanked for, and it is its code that is given."""
    pages: dict[str, Shown] = {}

    def bring(code: str) -> None:
        pages[code] = ask(listener, f"{PATH}?code={code}&state={STATE}")

    threads = [Thread(target=bring, args=(f"code-{index}",)) for index in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    thanked = [code for code, page in pages.items() if page.status == 200]

    assert [page.status for page in pages.values()].count(409) == 19
    assert listener.wait(LONG) == Callback(thanked[0], None)


@pytest.mark.parametrize(
    ("target", "method"),
    [
        (GOOD, "GET"),
        (DENIED, "GET"),
        (f"{PATH}?code=%3Cscript%3E&state=x", "GET"),
        ("/<script>", "GET"),
        (GOOD, "POST"),
    ],
)
def test_a_page_is_kept_nowhere_and_repeats_nothing(listener: Listener, target: str, method: str) -> None:
    """No page holds a part of its request, may be cached, or tells another site where it was."""
    page = ask(listener, target, method=method)

    assert page.headers == {
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(page.text)),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "connection": "close",
        **({"allow": "GET"} if page.status == 405 else {}),
    }
    for part in (CODE, STATE, "script", "access_denied", "POST"):
        assert part not in page.text


@pytest.mark.parametrize(
    ("request_lines", "beginning"),
    [
        (b"GET\r\n\r\n", b"<!DOCTYPE"),  # without a version HTTP has no header
        (b"POST /callback\r\n\r\n", b"<!DOCTYPE"),
        (b"GET /callback HTTP/<script>\r\n\r\n", b"<!DOCTYPE"),
        (b"GET /callback HTTP/2.0\r\n\r\n", b"<!DOCTYPE"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"<!DOCTYPE"),
        (b"GET / <script> HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"<script> /callback HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 405 "),
        (f"GET {GOOD}\r\n\r\n".encode(), b"<!DOCTYPE"),
        (f"GET {GOOD} HTTP/1.0\r\n\r\n".encode(), b"HTTP/1.1 400 "),
    ],
)
def test_what_is_no_request_is_answered_without_a_word_of_it(
    listener: Listener, request_lines: bytes, beginning: bytes
) -> None:
    """Junk and other protocols get a page of ours, and the wait goes on."""
    received = raw(listener, request_lines)

    assert received.startswith(beginning)
    assert b"not the answer" in received or b"Only GET" in received
    assert b"script" not in received
    assert listener.wait(0) is None


@pytest.mark.parametrize(
    "flood",
    [
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
        b"a" * 200_000,
    ],
)
def test_a_flood_ends_its_own_connection_only(listener: Listener, flood: bytes) -> None:
    """Lines and headers without end are cut off, and the browser is answered afterwards."""
    received = raw(listener, flood)
    ask(listener, GOOD)

    assert b"aaa" not in received
    assert listener.wait(LONG) == Callback(CODE, None)


def test_silent_and_slow_clients_hold_nobody_up(listener: Listener) -> None:
    """Connections that say nothing, or half of something, do not keep the browser waiting."""
    port = port_of(listener)
    idle = [socket.create_connection(("127.0.0.1", port), LONG) for _ in range(20)]
    for index, connection in enumerate(idle):
        connection.sendall(b"GET /callback?co" if index % 2 else b"")

    ask(listener, GOOD)
    found = listener.wait(LONG)
    for connection in idle:
        connection.close()

    assert found == Callback(CODE, None)


def test_a_silent_client_is_dropped(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, capfd: pytest.CaptureFixture[str]
) -> None:
    """A connection on which nothing is said for some seconds is closed, and nothing is printed."""
    assert 0 < callback._Handler.timeout < 10
    monkeypatch.setattr(callback._Handler, "timeout", 0.05)

    received = raw(listener, b"GET /callback")

    assert received == b""
    assert capfd.readouterr() == ("", "")


def test_a_client_that_goes_away_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, listener: Listener, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever does not take the page has still brought the code, and nothing is printed."""

    def fail(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(callback._Handler, "respond", fail)
    received = raw(listener, f"GET {GOOD} HTTP/1.1\r\nHost: 127.0.0.1:{port_of(listener)}\r\n\r\n".encode())

    assert received == b""
    assert listener.wait(LONG) == Callback(CODE, None)
    assert capfd.readouterr() == ("", "")


def test_the_page_is_sent_before_the_wait_ends(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    """Who waits may end the process at once, and the person has the page by then."""
    waited: list[object] = []
    respond = callback._Handler.respond

    def watched(handler: callback._Handler, status: int, text: str) -> None:
        waited.append(listener.wait(0))
        respond(handler, status, text)

    monkeypatch.setattr(callback._Handler, "respond", watched)
    ask(listener, GOOD)

    assert waited == [None]
    assert listener.wait(LONG) == Callback(CODE, None)


def test_nothing_is_logged(listener: Listener, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither a good nor a bad request leaves a line, for the code is part of the address."""
    ask(listener, GOOD)
    ask(listener, "/favicon.ico")
    ask(listener, GOOD, method="POST")
    raw(listener, b"junk\r\n\r\n")

    assert capfd.readouterr() == ("", "")


def test_nobody_comes(listener: Listener) -> None:
    """Without a callback the wait ends with nothing."""
    assert listener.wait(0.01) is None


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, RuntimeError])
def test_leaving_the_block_closes_everything(error: type[BaseException] | None) -> None:
    """Whatever ends the wait, Ctrl-C too, the port is free and the thread has ended."""
    before = set(all_threads())
    listener = Listener(STATE)
    try:
        with listener:
            ask(listener, "/favicon.ico")
            if error:
                raise error
    except (KeyboardInterrupt, RuntimeError) as caught:
        assert type(caught) is error  # noqa: PT017  # KeyboardInterrupt would end the whole run

    for thread in set(all_threads()) - before:
        thread.join(LONG)

    assert set(all_threads()) == before
    with pytest.raises(ConnectionRefusedError):
        ask(listener, GOOD)


def test_no_port_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing may listen, the way without a listener is named."""

    def refuse(*_: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(callback._Server, "server_bind", refuse)

    with pytest.raises(LoginUnavailableError, match=r"cannot listen on 127\.0\.0\.1") as caught:
        Listener(STATE)

    assert "litectl login --device" in str(caught.value.hint)


def test_a_callback_does_not_show_its_code() -> None:
    """The code is not printed by accident."""
    assert CODE not in repr(Callback(CODE, None))
