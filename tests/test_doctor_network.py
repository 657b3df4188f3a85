"""Findings of the network: names, HTTP proxies, connections and certificates, on loopback only."""

import errno
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
import trustme

from certificates import secured, written
from fake_proxy import FakeProxy
from http_proxy import http_proxy
from litectl.doctor.finding import FAILURE, OK, SKIPPED, WARNING, Finding
from litectl.doctor.group import Group, examined
from litectl.doctor.network import NAMES, examine_network
from litectl.wire.tls import Tls

REMOTE = "https://proxy.example.com"


@pytest.fixture(autouse=True)
def _on_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a way to this machine itself, which there is, instead of to others."""
    monkeypatch.setattr("litectl.doctor.network.ELSEWHERE", ("127.0.0.1", 9))


def found(
    root: str, *, tls: Tls | None = None, variables: Mapping[str, str] | None = None, seconds: float = 5
) -> dict[str, Finding]:
    """Return the findings by name, also of what is raised."""

    def examine() -> list[Finding]:
        return examine_network(root, tls or Tls(), variables or {}, seconds=seconds, now=time.time())  # type: ignore[return-value]

    group = Group(NAMES, examine)
    return {finding.name: finding for finding in examined([group], time.monotonic)}


def test_a_proxy_on_this_machine_is_connected_to(fake: FakeProxy) -> None:
    """Nothing is sent to it."""
    findings = found(fake.root)

    assert {finding.status for finding in findings.values()} == {OK}
    assert "127.0.0.1" in findings["connect"].detail
    assert fake.requests == []


def test_variables_of_http_proxies_do_not_count_for_this_machine(fake: FakeProxy) -> None:
    """That is said, with what is set."""
    finding = found(fake.root, variables={"HTTPS_PROXY": "http://user:hidden-word@10.0.0.1:3128"})[
        "http_proxy"
    ]

    assert finding.status == OK
    assert "HTTPS_PROXY" in finding.detail
    assert "hidden-word" not in finding.detail


def test_a_name_without_an_address_is_a_failure_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after it is skipped."""

    def lookup(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    for number, words in ((None, "getent hosts nowhere.example.com"), (errno.ENETUNREACH, "to the network")):
        monkeypatch.setattr(socket.socket, "connect", connecting(number))
        findings = found("https://nowhere.example.com")

        assert (findings["dns"].status, findings["dns"].exit_code) == (FAILURE, 5)
        assert "Name or service not known" in findings["dns"].detail
        assert words in str(findings["dns"].remedy)
        assert findings["connect"].detail == "not looked at: `dns` failed"


def connecting(number: int | None) -> Callable[..., None]:
    """Return what connects nothing, with the error *number* of the system, None for none."""

    def connect(*_: object) -> None:
        if number is not None:
            raise OSError(number, os.strerror(number))

    return connect


@pytest.mark.parametrize(
    ("root", "number", "detail", "remedy"),
    [
        ("http://127.0.0.1:1", errno.ECONNREFUSED, "port 1", "check the port, and whether the proxy runs"),
        ("http://[::1]:1", errno.ECONNREFUSED, "port 1", "check the port, and whether the proxy runs"),
        ("https://10.0.0.1", errno.ECONNREFUSED, "port 443", "check the VPN"),
        ("https://10.0.0.1", errno.EHOSTUNREACH, "port 443", "check the VPN"),
        (
            "https://10.0.0.1",
            errno.ENETUNREACH,
            "no route to 10.0.0.1",
            "connect this machine to the network",
        ),
        ("http://127.0.0.1:1", errno.ENETUNREACH, "no route", "connect this machine to the network"),
    ],
)
def test_the_remedy_of_a_connection_that_fails_is_that_of_its_error(
    monkeypatch: pytest.MonkeyPatch, root: str, number: int, detail: str, remedy: str
) -> None:
    """A proxy on this machine needs no VPN, and without a network no port is wrong."""
    monkeypatch.setattr(socket.socket, "connect", connecting(number))

    finding = found(root)["connect"]

    assert finding.status == FAILURE
    assert detail in finding.detail
    assert str(finding.remedy).startswith(remedy)


def test_plain_http_where_https_was_meant_is_named(fake: FakeProxy) -> None:
    """It is asked only after the TLS connection failed; a port that speaks neither is not named."""
    finding = found(fake.root.replace("http:", "https:"))["tls"]

    assert (finding.status, finding.exit_code) == (FAILURE, 5)
    assert finding.remedy == f"plain http answers there: use {fake.root}"


def test_a_name_service_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no time limit of its own."""
    is_over = Event()

    def lookup(*_: object, **__: object) -> object:
        is_over.wait(20)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    started = time.monotonic()

    finding = found("https://slow.example.com", seconds=0.1)["dns"]
    is_over.set()

    assert (finding.status, finding.exit_code) == (FAILURE, 5)
    assert "none within 0.1 s" in finding.detail
    assert time.monotonic() - started < 2


def test_an_address_that_refuses_is_a_warning_while_another_takes_it(
    fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an IPv6 address that nobody listens on."""
    port = int(fake.root.rpartition(":")[2])
    families = ((socket.AF_INET6, ("::1", port, 0, 0)), (socket.AF_INET, ("127.0.0.1", port)))
    answers = [(family, socket.SOCK_STREAM, 6, "", address) for family, address in families]
    lookup = socket.getaddrinfo

    def answer(host: str, *rest: object, **more: object) -> object:
        return answers if host == "localhost" else lookup(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    findings = found(f"http://localhost:{port}")

    assert "::1, 127.0.0.1" in findings["dns"].detail
    assert findings["connect"].status == WARNING
    assert "no connection to [::1]" in findings["connect"].detail


def test_a_port_that_nobody_listens_on_is_a_failure() -> None:
    """The certificate is not looked at then."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    findings = found(f"https://127.0.0.1:{port}")

    assert (findings["connect"].status, findings["connect"].exit_code) == (FAILURE, 5)
    assert str(port) in findings["connect"].detail
    assert findings["tls"].detail == "not looked at: `connect` failed"


@pytest.mark.parametrize(("days", "status"), [(90, OK), (13, WARNING)])
def test_a_certificate_that_ends_soon_is_a_warning(tmp_path: Path, days: int, status: str) -> None:
    """Who it is for, who signed it and the days that are left are said."""
    authority = trustme.CA(organization_name="Blue Company")
    ends = datetime.now(UTC) + timedelta(days=days, hours=1)
    trusted = Tls(written(tmp_path / "ca.pem", authority.cert_pem))
    with secured(authority.issue_cert("localhost", not_after=ends)) as server:
        finding = found(server.root, tls=trusted)["tls"]

    assert finding.status == status
    assert all(word in finding.detail for word in ("localhost", "Blue Company", f"{days} days left"))


def test_a_certificate_that_nobody_vouches_for_is_a_failure() -> None:
    """With how to trust it."""
    with secured(trustme.CA().issue_cert("localhost")) as server:
        finding = found(server.root)["tls"]

    assert (finding.status, finding.exit_code) == (FAILURE, 5)
    assert "--ca-bundle" in str(finding.remedy)


def test_an_http_proxy_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its password is not shown, and the name of the proxy behind it is not looked up here."""
    with http_proxy() as between:
        url = f"http://user:hidden-word@{between.address}"
        monkeypatch.setenv("HTTPS_PROXY", url)
        findings = found(REMOTE, variables={"HTTPS_PROXY": url})

    assert {finding.status for finding in findings.values()} == {OK}
    assert f"requests go through {between.address}" in findings["http_proxy"].detail
    assert "of the HTTP proxy" in findings["dns"].detail
    assert not [each for each in findings.values() if "hidden-word" in each.detail]


@pytest.mark.parametrize("port", ["0", "99999", "x"])
def test_an_http_proxy_without_a_port_that_there_is_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    """Nothing is connected to."""
    url = f"http://user:hidden-word@127.0.0.1:{port}"
    monkeypatch.setenv("HTTPS_PROXY", url)

    finding = found(REMOTE, variables={"HTTPS_PROXY": url})["http_proxy"]

    assert (finding.status, finding.exit_code) == (FAILURE, 3)
    assert "hidden-word" not in finding.detail


def test_an_http_proxy_that_is_down_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy names its variables."""
    with http_proxy() as between:
        address = between.address
    monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")

    finding = found(REMOTE)["connect"]

    assert (finding.status, finding.exit_code) == (FAILURE, 5)
    assert "NO_PROXY" in str(finding.remedy)


@pytest.mark.parametrize(
    ("variables", "status", "words"),
    [
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"}, WARNING, "differ"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://a:1"}, OK, "https_proxy, HTTPS_PROXY"),
        ({"ALL_PROXY": "socks5://a:1"}, FAILURE, "SOCKS"),
        ({"HTTPS_PROXY": "http://user:hidden-word@[::1"}, FAILURE, "cannot be used"),
        ({"HTTP_PROXY": "http://user:hidden-word@a:port"}, FAILURE, "cannot be used"),
        ({"all_proxy": "ftp://user:hidden-word@a"}, FAILURE, "cannot be used"),
        ({"NO_PROXY": "[::1"}, FAILURE, "cannot be used"),
        ({"NO_PROXY": "proxy.example.com"}, OK, "excepted"),
        ({}, OK, "none"),
    ],
)
def test_the_variables_of_http_proxies_are_judged(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], status: str, words: str
) -> None:
    """Both cases of their names are read, and the lower one counts."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    findings = found(REMOTE, variables=variables)

    finding = findings["http_proxy"]
    assert finding.status == status
    assert words in finding.detail
    assert (findings["dns"].status == SKIPPED) == (status == FAILURE)
    assert "hidden-word" not in f"{finding}"
