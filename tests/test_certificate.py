"""The certificate of a proxy: what is read from one that is trusted, and what is said of the others."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from certificates import secured, written
from fake_proxy import FakeProxy
from http_proxy import http_proxy
from litectl.errors import NetworkError, TimedOutError, UnreachableError
from litectl.wire.certificate import served_certificate
from litectl.wire.tls import Tls

AFTER_TOMORROW = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give the authority of a company."""
    return trustme.CA(organization_name="Blue Company")


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> Tls:
    """Trust the company."""
    return Tls(written(tmp_path / "company.pem", authority.cert_pem))


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[FakeProxy]:
    """Give a proxy whose certificate the company has signed, and which ends soon."""
    with secured(authority.issue_cert("localhost", not_after=AFTER_TOMORROW)) as running:
        yield running


def test_a_trusted_certificate_is_read(server: FakeProxy, trusting: Tls) -> None:
    """It says who it is for, who signed it, when it ends and over which protocol; nothing is sent."""
    found = served_certificate(server.root, trusting, seconds=5)

    assert found is not None
    assert found.subject == "localhost"
    assert found.issuer.endswith("Blue Company")
    assert abs(found.ends_at - AFTER_TOMORROW.timestamp()) < 2
    assert found.protocol.startswith("TLSv1.")
    assert server.requests == []


def test_of_many_names_the_first_are_shown(authority: trustme.CA, trusting: Tls) -> None:
    """The rest is counted."""
    names = ["localhost", *(f"proxy-{number}.example.com" for number in range(9))]
    with secured(authority.issue_cert(*names)) as server:
        found = served_certificate(server.root, trusting, seconds=5)

    assert found is not None
    assert found.subject == f"{', '.join(names[:5])} and 5 more"


def test_what_is_not_trusted_is_refused_as_by_every_command(server: FakeProxy, tmp_path: Path) -> None:
    """The error describes the certificate and says how to trust it."""
    stranger = written(tmp_path / "stranger.pem", trustme.CA().cert_pem)

    with pytest.raises(NetworkError, match=r"is not trusted.*Blue Company") as caught:
        served_certificate(server.root, Tls(stranger), seconds=5)

    assert caught.value.hint is not None
    assert "--ca-bundle" in caught.value.hint


def test_plain_http_is_no_tls(fake: FakeProxy) -> None:
    """A port that speaks http is said to."""
    with pytest.raises(NetworkError, match="no TLS connection") as caught:
        served_certificate(fake.root.replace("http:", "https:"), Tls(), seconds=5)

    assert "speaks https" in str(caught.value.hint)


def test_a_port_without_a_listener_is_unreachable() -> None:
    """It is the error of an unreachable proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(UnreachableError, match="cannot connect"):
        served_certificate(f"https://127.0.0.1:{port}", Tls(), seconds=5)


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_said() -> None:
    """A handshake that does not go on ends in time."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        root = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(TimedOutError, match=r"within 0\.2 s"):
            served_certificate(root, Tls(), seconds=0.2)


def test_behind_an_http_proxy_it_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way there leads through somebody else, who is not asked either."""
    with http_proxy() as between:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{between.address}")

        assert served_certificate("https://proxy.example.com", Tls(), seconds=5) is None

    assert between.heads == []
