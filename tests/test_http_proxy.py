"""HTTP proxies of the environment: used for other machines only, and blamed for their own failures."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from certificates import ANSWERED, KEY, QUESTION, refused, secured, written
from fake_proxy import FakeProxy, json_answer
from http_proxy import REFUSED, http_proxy
from program import Litectl

NAME = "proxy.example.com"
PASSWORD = "hidden-password"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give the authority of the proxy."""
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProxy]:
    """Give a proxy on https that has a name of another machine, and is on this one."""
    look_up = socket.getaddrinfo

    def found(host: Any, *arguments: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if host in (NAME, NAME.encode()) else host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with secured(authority.issue_cert(NAME)) as running:
        running.root = running.root.replace("localhost", NAME)
        yield running


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """Give the variables of a run that trusts the proxy."""
    return {"SSL_CERT_FILE": written(tmp_path / "authority.pem", authority.cert_pem)}


def port_of(server: FakeProxy) -> int:
    """Return the port of *server*."""
    return int(server.root.rpartition(":")[2])


def test_a_request_goes_through_the_http_proxy(
    litectl: Litectl, server: FakeProxy, trusting: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTPS_PROXY is asked for a tunnel, and gets neither the key nor any header of the request."""
    with http_proxy(to=port_of(server)) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{tunnel.address}")
        result = litectl(
            *QUESTION,
            "--header",
            "x-extra: hidden-header-value",
            "--debug",
            variables={"LITECTL_BASE_URL": server.root, **trusting},
        )

    assert (result.code, result.out) == (0, "Hello\n")
    assert [head.partition("\r\n")[0] for head in tunnel.heads] == [
        f"CONNECT {NAME}:{port_of(server)} HTTP/1.1"
    ]
    assert not [secret for secret in (KEY, "hidden-header-value") if secret in tunnel.heads[0]]
    assert PASSWORD not in result.err


def test_behind_an_http_proxy_a_certificate_is_verified_too(
    litectl: Litectl, server: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sits in the tunnel and shows a certificate of its own gets no request."""
    with http_proxy(to=port_of(server)) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{tunnel.address}")
        said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root}))

    assert "is not trusted" in said
    assert "--ca-bundle" in said
    assert server.requests == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("form", [(), ("--debug",)])
def test_an_http_proxy_that_is_down_is_blamed(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    form: tuple[str, ...],
) -> None:
    """The error names it by host and port, without its password, and which variables to look at."""
    with http_proxy() as closed:
        pass
    monkeypatch.setenv(variable, f"http://user:{PASSWORD}@{closed.address}")

    result = litectl(*QUESTION, *form, variables={"LITECTL_BASE_URL": server.root, **trusting})

    assert result.code == 5
    assert f"cannot connect to the HTTP proxy {closed.address} on the way to {server.root}" in result.err
    assert all(name in result.err for name in ("HTTPS_PROXY", "NO_PROXY"))
    assert PASSWORD not in result.err
    assert server.requests == []


@pytest.mark.parametrize("noise", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_what_is_no_http_proxy_is_named(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    noise: bytes,
) -> None:
    """A connection that breaks off on the way may be its fault."""
    with http_proxy(refusal=noise) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{tunnel.address}")
        result = litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root, **trusting})

    assert result.code == 5
    assert f"hint: it goes through the HTTP proxy {tunnel.address}: check HTTPS_PROXY" in result.err
    assert PASSWORD not in result.err


@pytest.mark.parametrize(
    ("refusal", "word"),
    [
        (REFUSED, "407"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "502"),
    ],
)
def test_an_http_proxy_that_refuses_is_blamed(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    refusal: bytes,
    word: str,
) -> None:
    """A refused tunnel is the HTTP proxy's failure, told with what it said and not as a refused key."""
    with http_proxy(refusal=refusal) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{tunnel.address}")
        said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root, **trusting}))

    assert f"the HTTP proxy {tunnel.address} on the way to {server.root} failed: {word}" in said
    assert "HTTPS_PROXY" in said
    assert PASSWORD not in said
    assert server.requests == []


@pytest.mark.parametrize("refusal", [b"", b"junk\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nnot TLS at all"])
def test_an_http_proxy_that_answers_junk_is_a_network_error(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    refusal: bytes,
) -> None:
    """Whatever stands in between, it is exit 5 with a hint, and nothing arrives."""
    with http_proxy(refusal=refusal) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{tunnel.address}")
        said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root, **trusting}))

    assert PASSWORD not in said
    assert server.requests == []


@pytest.mark.parametrize("exception", [NAME, ".example.com", "example.com", "*", f"other.example, {NAME}"])
def test_no_proxy_leads_around_it(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    exception: str,
) -> None:
    """A host that NO_PROXY names is asked directly."""
    with http_proxy() as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{tunnel.address}")
        monkeypatch.setenv("NO_PROXY", exception)

        assert litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root, **trusting}) == ANSWERED

    assert tunnel.heads == []


def test_a_proxy_that_no_proxy_names_is_described(
    litectl: Litectl, server: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Around the HTTP proxy the certificate that was not trusted is looked at, and none is blamed."""
    with http_proxy() as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{tunnel.address}")
        monkeypatch.setenv("NO_PROXY", NAME)
        said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root}))

    assert f"(for {NAME}, issued by" in said
    assert tunnel.address not in said
    assert (tunnel.heads, server.requests) == ([], [])


def test_this_machine_needs_no_http_proxy(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy on loopback is asked directly whatever the variables say."""
    fake.on("GET", "/v1/models", json_answer({"data": []}))
    with http_proxy() as tunnel:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://{tunnel.address}")

        assert litectl("whoami").code == 0

    assert tunnel.heads == []
    assert fake.requests[0].path == "/v1/models"


@pytest.mark.parametrize("address", [f"socks5://user:{PASSWORD}@127.0.0.1:1", f"http://user:{PASSWORD}@[::1"])
def test_an_http_proxy_that_cannot_be_used_is_a_configuration_error(
    litectl: Litectl, server: FakeProxy, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """An address that is none, or one of SOCKS, is exit 3 and is not repeated."""
    monkeypatch.setenv("HTTPS_PROXY", address)

    result = litectl(*QUESTION, "--debug", variables={"LITECTL_BASE_URL": server.root})

    assert result.code == 3
    assert "HTTPS_PROXY" in result.err
    assert PASSWORD not in result.err


@pytest.mark.parametrize(
    "form", ["http://{}/", "http://{}", "{}", "{}/", "http://user:hidden-password@{}/path/"]
)
def test_an_http_proxy_is_blamed_by_host_and_port(
    litectl: Litectl,
    server: FakeProxy,
    trusting: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    """However its variable is written: with a slash at the end, a path, a user, or without a scheme."""
    monkeypatch.setenv("HTTPS_PROXY", form.format("127.0.0.1:1"))

    said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root, **trusting}))

    assert f"cannot connect to the HTTP proxy 127.0.0.1:1 on the way to {server.root}" in said
    assert PASSWORD not in said
