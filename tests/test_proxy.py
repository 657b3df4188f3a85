"""The proxy on the wire: what httpx raises becomes our errors, and a read is repeated once."""

import ssl

import httpx
import pytest
from pytest_httpx import HTTPXMock

from litectl.errors import ConnectionLostError, LitectlError, NetworkError
from litectl.wire.proxy import Access, Proxy
from litectl.wire.tls import tls_error

ROOT = "https://proxy.example.com"
PATH = "/v1/models"


def _broken_by(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError(str(cause))
    error.__cause__ = cause
    return error


RAISED = [
    (httpx.ConnectTimeout("timed out"), NetworkError, f"no connection to {ROOT} within 10 s"),
    (httpx.ReadTimeout("timed out"), NetworkError, f"no complete answer from {ROOT} within 30 s"),
    (httpx.WriteTimeout("timed out"), NetworkError, f"no complete answer from {ROOT} within 30 s"),
    (
        _broken_by(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")),
        NetworkError,
        f"no TLS connection to {ROOT}: ",
    ),
    (httpx.ProxyError("407 Proxy Authentication Required"), NetworkError, "the HTTP proxy on the way to "),
    (httpx.ReadError("[Errno 104] Connection reset by peer"), NetworkError, "the connection to "),
    (httpx.DecodingError("incorrect header check"), NetworkError, "the connection to "),
]
LOST = [
    (
        httpx.ConnectError("[Errno -2] Name or service not known"),
        f"cannot connect to {ROOT}: Name or ",
    ),
    (httpx.RemoteProtocolError("Server disconnected without sending a response."), f"{ROOT} broke the "),
]


@pytest.mark.parametrize(("raised", "expected", "message"), RAISED, ids=lambda value: type(value).__name__)
def test_what_httpx_raises_becomes_a_network_error(
    httpx_mock: HTTPXMock, raised: Exception, expected: type[LitectlError], message: str
) -> None:
    """Each failure of the network names the proxy and the cause, and has a hint; it is not repeated."""
    httpx_mock.add_exception(raised)

    with Proxy(ROOT, Access("sk-test")) as proxy, pytest.raises(expected) as caught:
        proxy.get_json(PATH)

    assert caught.value.message.startswith(message)
    assert caught.value.hint
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize(("raised", "message"), LOST, ids=lambda value: type(value).__name__)
def test_a_read_is_repeated_once_when_the_connection_was_lost(
    httpx_mock: HTTPXMock, raised: Exception, message: str
) -> None:
    """A connection that was not made, or ended with nothing received, is tried a second time only."""
    for _ in range(2):
        httpx_mock.add_exception(raised)
    said: list[str] = []

    with Proxy(ROOT, trace=said.append) as proxy, pytest.raises(ConnectionLostError) as caught:
        proxy.get_json(PATH)

    assert caught.value.message.startswith(message)
    assert any("trying once more" in line for line in said)
    assert len(httpx_mock.get_requests()) == 2


def test_a_failure_is_not_blamed_on_the_tls_of_an_earlier_one() -> None:
    """What failed before, perhaps at another server, does not say why this request failed."""
    earlier = NetworkError("no TLS connection to another server")
    earlier.__cause__ = ssl.SSLError(1, "wrong version")
    error = httpx.ReadError("[Errno 104] Connection reset by peer")
    error.__context__ = earlier

    assert tls_error(ROOT, error, look=False) is None
    assert tls_error(ROOT, _broken_by(ssl.SSLError(1, "wrong version")), look=False) is not None


def test_a_question_is_sent_exactly_once(httpx_mock: HTTPXMock) -> None:
    """A POST is never repeated: what the proxy received may have been billed."""
    httpx_mock.add_exception(httpx.RemoteProtocolError("Server disconnected without sending a response."))

    with (
        Proxy(ROOT) as proxy,
        pytest.raises(ConnectionLostError),
        proxy.stream("/v1/chat/completions", {}, seconds=5, call_id="call-1"),
    ):
        pytest.fail("there is no answer")

    assert len(httpx_mock.get_requests()) == 1


def test_only_a_credential_that_exists_is_sent(httpx_mock: HTTPXMock) -> None:
    """Without a key there is no Authorization header at all."""
    for secret in ("sk-test", None):
        httpx_mock.add_exception(httpx.ReadTimeout("timed out"))
        with Proxy(ROOT, Access(secret)) as proxy, pytest.raises(NetworkError):
            proxy.get_json(PATH)

    with_key, without_key = httpx_mock.get_requests()
    assert with_key.headers["authorization"] == "Bearer sk-test"
    assert "authorization" not in without_key.headers
