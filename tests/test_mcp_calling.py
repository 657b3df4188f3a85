"""Calling a tool: sent exactly once, and what is said when nobody knows whether it ran."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from litectl.errors import (
    AuthError,
    ConfigError,
    IncompleteError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    TimedOutError,
    ToolError,
    UnreachableError,
    UpstreamError,
)
from litectl.mcp.calling import CALL_SECONDS, PATH, call_tool, try_tool
from litectl.mcp.tools import Tool
from litectl.wire.access import Access
from litectl.wire.proxy import Proxy

ANSWERS = Path(__file__).parent / "recordings" / "answers"
ADD = {"content": [{"type": "text", "text": "5"}], "structuredContent": {"result": 5}, "isError": False}
UNKNOWN = "; the tool may have run all the same, so its outcome is unknown"
LOOK = "see whether it ran before you call it again"
MIB = 2**20
TOOL = Tool("add", "rig-http", "rig_http")
SERVER_HINT = "give the server its credential with `--server-header 'rig-http: Authorization: Bearer $TOKEN'`"


def recorded(name: str, status: int = 200) -> Answer:
    """Return the recorded answer to the call *name*."""
    return Answer(status, [(ANSWERS / f"mcp-call-{name}.json").read_bytes()])


def failure(
    fake: FakeProxy, answer: Answer | Callable[[Any], Answer], *, seconds: float = 20
) -> LitectlError:
    """Return the error of a call that is answered so, which was sent exactly once."""
    fake.on("POST", PATH, answer)
    with Proxy(fake.root, Access("sk-test-1234")) as proxy, pytest.raises(LitectlError) as caught:
        call_tool(proxy, TOOL, {"a": 2, "b": 3}, seconds=seconds)
    assert [(request.method, request.path) for request in fake.requests] == [("POST", PATH)]
    return caught.value


def test_a_call_names_server_tool_and_arguments(fake: FakeProxy) -> None:
    """The result is what the tool gave."""
    fake.on("POST", PATH, recorded("add"))

    with Proxy(fake.root) as proxy:
        result = call_tool(proxy, TOOL, {"a": 2, "b": 3})

    assert (result.text, result.structured) == ("5", {"result": 5})
    assert [request.json for request in fake.requests] == [
        {"server_id": "rig_http", "name": "add", "arguments": {"a": 2, "b": 3}}
    ]
    assert CALL_SECONDS > 60


# A tool that says that it failed


@pytest.mark.parametrize(
    ("name", "said", "hint"),
    [
        ("fail", "Error executing tool fail", "litectl mcp show rig-http/add"),
        (
            "wrong-argument",
            "Error executing tool add: 2 validation errors for addArguments a Input",
            "litectl mcp show rig-http/add",
        ),
    ],
)
def test_a_tool_that_failed_says_why(fake: FakeProxy, name: str, said: str, hint: str) -> None:
    """In one line with the whole result behind it; nobody is told to call it again for more."""
    error = failure(fake, recorded(name))

    assert (type(error), error.exit_code) == (ToolError, 1)
    assert error.message.startswith(f"the tool `add` failed: {said}")
    assert error.message.isprintable()
    assert hint in (error.hint or "")
    assert "--json" not in (error.hint or "")
    assert error.details["result"] == json.loads((ANSWERS / f"mcp-call-{name}.json").read_text())


@pytest.mark.parametrize("call", [call_tool, try_tool])
def test_a_credential_that_the_server_refused_is_no_failure_of_the_tool(
    fake: FakeProxy, call: Callable[..., object]
) -> None:
    """Exit 4 with the line that gives one, also where a model made the call."""
    fake.on("POST", PATH, recorded("wrong-credential"))

    with Proxy(fake.root) as proxy, pytest.raises(NotAllowedError) as caught:
        call(proxy, TOOL, {}, seconds=20)

    error = caught.value
    assert "Client error '401 Unauthorized' for url 'http" in error.message
    assert (error.exit_code, error.hint, error.details["reason"]) == (4, SERVER_HINT, "server_credential")
    assert error.details["result"]


def test_what_a_tool_was_refused_is_its_own_failure(fake: FakeProxy) -> None:
    """A tool that fetches a page may meet a 403 there, and wants no credential of the caller."""
    text = "Error executing tool get: Client error '403 Forbidden' for url 'https://example.com/'"
    error = failure(fake, json_answer({"content": [{"type": "text", "text": text}], "isError": True}))

    assert (type(error), error.exit_code) == (ToolError, 1)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"isError": True}, "it does not say why"),
        ({"isError": True, "structuredContent": {"code": 7}}, '{"code": 7}'),
        ({"error": {"message": "out of \x1b[31morder"}}, "out of [31morder"),
    ],
)
def test_a_failure_in_another_form_is_one_too(fake: FakeProxy, document: object, said: str) -> None:
    """Without a text, and as an error that came with 200."""
    error = failure(fake, json_answer(document))

    assert (type(error), error.message) == (ToolError, f"the tool `add` failed: {said}")


def test_a_long_failure_is_bounded(fake: FakeProxy) -> None:
    """In the message and in what JSON says of it."""
    content = [{"type": "text", "text": "x" * 2 * MIB}]

    error = failure(fake, json_answer({"content": content, "isError": True}))

    assert len(error.message) < 600
    assert len(json.dumps(error.as_json())) < MIB // 8
    assert error.details["result"] is None


def test_a_failure_can_also_be_read_as_a_result(fake: FakeProxy) -> None:
    """A model is told why, and goes on."""
    fake.on("POST", PATH, recorded("fail"))

    with Proxy(fake.root) as proxy:
        result = try_tool(proxy, TOOL, {}, seconds=20)

    assert (result.is_error, result.text) == (True, "Error executing tool fail")


# What is refused did not run


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (recorded("unknown-tool-500", 500), NotFoundError),
        (recorded("server-down-500", 500), NotFoundError),
        (recorded("unknown-server-404", 404), NotFoundError),
        (recorded("tool-not-allowed-403", 403), NotFoundError),
        (recorded("missing-credential-500", 500), AuthError),
        (recorded("no-server-400", 400), ProxyError),
        (error_answer(401, "token_not_found_in_db", "Authentication Error"), AuthError),
        (error_answer(429, "rate_limit_error", "slow down", retry_after="1"), RateLimitError),
        (json_answer({"detail": "MCP server is not available"}, 503), UpstreamError),
        (Answer(307, headers=(("location", "https://elsewhere.example.com/"),)), ConfigError),
    ],
)
def test_what_was_refused_did_not_run(fake: FakeProxy, answer: Answer, expected: type[LitectlError]) -> None:
    """Nothing is said of an outcome, and it is not sent again."""
    error = failure(fake, answer)

    assert isinstance(error, expected)
    assert "may have run" not in error.message


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (Answer(413), "send shorter arguments"),
        (
            error_answer(429, "rate_limit_error", "slow down", retry_after="7"),
            "wait 7 seconds and call it again; or ask the operator of the proxy for a higher limit",
        ),
    ],
)
def test_the_hint_is_for_a_call(fake: FakeProxy, answer: Answer, hint: str) -> None:
    """No model was asked, and there is no prompt to shorten."""
    assert failure(fake, answer).hint == hint


def test_a_missing_credential_keeps_its_hint_whatever_the_key_is(fake: FakeProxy) -> None:
    """The hint about the key of the proxy would send people the wrong way."""
    fake.on("POST", PATH, recorded("missing-credential-500", 500))

    with Proxy(fake.root, Access("sk-test-1234")) as proxy:
        proxy.refused_hint = "log in again"
        with pytest.raises(AuthError) as caught:
            call_tool(proxy, TOOL, {})

    assert caught.value.hint == SERVER_HINT


def test_the_page_where_values_are_set_is_one_of_the_proxy(fake: FakeProxy) -> None:
    """A proxy that does not know its own address names a path."""
    detail = {"error": "missing_user_env_vars", "missing": ["TOKEN"], "setup_url": "/ui/mcp-servers"}

    error = failure(fake, json_answer({"detail": detail}, 412))

    assert error.hint == f"set them at {fake.root}/ui/mcp-servers"


# What may have run


def test_a_time_out_leaves_the_outcome_open(fake: FakeProxy) -> None:
    """The message says so, and the hint what to do before the next call."""
    never = Event()

    error = failure(fake, Answer(pieces=[b'{"content"', never]), seconds=0.5)
    never.set()

    assert type(error) is TimedOutError
    assert error.message == f"no complete answer from {fake.root} within 0.5 s{UNKNOWN}"
    assert error.hint == f"allow more time with `--timeout SECONDS`; {LOOK}"


@pytest.mark.parametrize(
    ("answer", "expected", "message"),
    [
        (Answer(pieces=[b'{"content":[]'], cut=True), NetworkError, "broke the connection off"),
        (Answer(pieces=[b'{"content":[]']), ProxyError, "the answer is not a LiteLLM proxy's"),
        (Answer(), IncompleteError, "is empty"),
        (Answer(pieces=[b"<title>Log in</title>"], content_type="text/html"), ProxyError, "Log in"),
        (Answer(pieces=(b" " * MIB for _ in range(101))), ProxyError, "is larger than 100 MiB"),
        (json_answer({"status": "ok"}), IncompleteError, "the answer is not a result of a tool"),
        (
            json_answer(
                {"detail": {"error": "timeout", "message": "MCP tool call timed out after 60.0s"}}, 504
            ),
            UpstreamError,
            "MCP tool call timed out after 60.0s",
        ),
        (Answer(502, [b"<h1>Bad Gateway</h1>"], content_type="text/html"), UpstreamError, "Bad Gateway"),
        (
            json_answer({"detail": {"message": "An unexpected error occurred: x"}}, 500),
            UpstreamError,
            "An unexpected error occurred: x",
        ),
    ],
)
def test_a_lost_answer_leaves_the_outcome_open(
    fake: FakeProxy, answer: Answer, expected: type[LitectlError], message: str
) -> None:
    """The class stays what it is, it is sent once, and no hint says to try again."""
    error = failure(fake, answer)

    assert isinstance(error, expected)
    assert message in error.message
    assert error.message.endswith(UNKNOWN)
    assert (error.hint or "").endswith(LOOK)
    assert "try again" not in (error.hint or "")


def test_a_proxy_that_is_not_there_ran_nothing(fake: FakeProxy) -> None:
    """Nothing was sent, so nothing is open."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with Proxy(root) as proxy, pytest.raises(UnreachableError) as caught:
            call_tool(proxy, TOOL, {})

    assert "may have run" not in caught.value.message


@pytest.mark.parametrize(
    ("raised", "is_open"),
    [
        (httpx.ConnectTimeout("timed out"), False),
        (httpx.ProxyError("407 Proxy Authentication Required"), False),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), False),
        (httpx.ReadTimeout("timed out"), True),
        (httpx.WriteError("[Errno 32] Broken pipe"), True),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), True),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), True),
        (httpx.DecodingError("incorrect header check"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_connection_that_was_not_made_leaves_nothing_open(
    httpx_mock: HTTPXMock, raised: Exception, is_open: bool
) -> None:
    """One that was lost does; neither is tried again."""
    httpx_mock.add_exception(raised)

    with Proxy("https://proxy.example.com") as proxy, pytest.raises(NetworkError) as caught:
        call_tool(proxy, TOOL, {})

    assert caught.value.message.endswith(UNKNOWN) == caught.value.was_sent == is_open
    assert len(httpx_mock.get_requests()) == 1


# A connection that was kept


@contextmanager
def keeping_proxy(*, answers_then_closes: bool) -> Iterator[tuple[str, list[bytes], Event]]:
    """
    Give the root of a proxy that keeps connections, the requests it gets, and when it closed the first one.

    Each connection has its first request answered; then it is closed at once, or with the second request.
    """
    requests: list[bytes] = []
    closed = Event()
    body = json.dumps(ADD).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)

    def read(connection: socket.socket) -> bool:
        received = b""
        while (b"\r\n\r\n" not in received or received.startswith(b"POST")) and not received.endswith(b"}"):
            if not (piece := connection.recv(65536)):
                return False
            received += piece
        requests.append(received)
        return True

    def serve(server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                if read(connection):
                    connection.sendall(head + body)
                    if not answers_then_closes:
                        read(connection)
            closed.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests, closed
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def calls_in(requests: list[bytes]) -> int:
    """Return how many of *requests* call a tool."""
    return sum(request.startswith(b"POST ") for request in requests)


def test_a_kept_connection_that_dies_with_the_call_is_not_replaced() -> None:
    """What arrived on it may have run: a new connection would run it twice."""
    with keeping_proxy(answers_then_closes=False) as (root, requests, _), Proxy(root) as proxy:
        proxy.get_json("/v1/models")
        with pytest.raises(NetworkError) as caught:
            call_tool(proxy, TOOL, {}, seconds=20)

    assert (len(requests), calls_in(requests)) == (2, 1)
    assert caught.value.message.endswith(UNKNOWN)


def test_a_kept_connection_that_was_closed_before_costs_no_call() -> None:
    """It is seen to be closed before anything is sent, and the call goes over a new one, once."""
    with keeping_proxy(answers_then_closes=True) as (root, requests, closed), Proxy(root) as proxy:
        proxy.get_json("/v1/models")
        assert closed.wait(10)
        result = call_tool(proxy, TOOL, {}, seconds=20)

    assert (len(requests), calls_in(requests)) == (2, 1)
    assert result.text == "5"
