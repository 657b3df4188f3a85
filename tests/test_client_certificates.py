"""Client certificates: how litectl says who it is to a proxy that wants more than a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from certificates import ANSWERED, KEY, QUESTION, asking, refused, secured, written
from fake_proxy import FakeProxy, json_answer
from program import Litectl, Program


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give the authority that signs for the proxy and for its clients."""
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> trustme.LeafCert:
    """Give the certificate of a client."""
    return authority.issue_cert("someone@example.com")


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[FakeProxy]:
    """Give a proxy that talks only with who has a certificate."""
    with secured(authority.issue_cert("localhost"), clients=authority) as running:
        yield running


@pytest.fixture
def variables(server: FakeProxy, authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """Give the variables of a run that trusts the proxy."""
    return asking(server, SSL_CERT_FILE=written(tmp_path / "authority.pem", authority.cert_pem))


@pytest.fixture
def cert_path(certificate: trustme.LeafCert, tmp_path: Path) -> str:
    """Give the file of the certificate alone."""
    return written(tmp_path / "client.pem", *certificate.cert_chain_pems)


@pytest.fixture
def key_path(certificate: trustme.LeafCert, tmp_path: Path) -> str:
    """Give the file of its key alone."""
    return written(tmp_path / "client.key", certificate.private_key_pem)


@pytest.fixture
def both_path(certificate: trustme.LeafCert, tmp_path: Path) -> str:
    """Give a file with both."""
    return written(tmp_path / "both.pem", certificate.private_key_and_cert_chain_pem)


@pytest.fixture
def locked_path(certificate: trustme.LeafCert, tmp_path: Path) -> str:
    """Give a file with the key, which only a passphrase opens."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    path = tmp_path / "locked.key"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase"))
    )
    return str(path)


def test_certificate_and_key_of_two_files(
    litectl: Litectl, variables: dict[str, str], cert_path: str, key_path: str
) -> None:
    """`--client-cert` and `--client-key` together say who asks."""
    options = ("--client-cert", cert_path, "--client-key", key_path)

    assert litectl(*QUESTION, *options, variables=variables) == ANSWERED


def test_certificate_and_key_of_one_file(litectl: Litectl, variables: dict[str, str], both_path: str) -> None:
    """A file that holds both needs no second option."""
    assert litectl(*QUESTION, "--client-cert", both_path, variables=variables) == ANSWERED


def test_a_login_remembers_the_certificate(
    litectl: Litectl, server: FakeProxy, variables: dict[str, str], cert_path: str, key_path: str
) -> None:
    """`login --client-cert` uses it at once, and every later command without being told."""
    server.on("GET", "/v1/models", json_answer({"data": []}))
    variables |= {"LITECTL_BASE_URL": "", "LITECTL_API_KEY": ""}
    options = ("--client-cert", cert_path, "--client-key", key_path, "--api-key-file", "-")

    login = litectl("login", "--base-url", server.root, *options, stdin=KEY.encode(), variables=variables)

    assert login.code == 0
    assert litectl(*QUESTION, variables=variables) == ANSWERED


def test_the_key_comes_from_where_the_certificate_does(
    litectl: Litectl,
    server: FakeProxy,
    variables: dict[str, str],
    cert_path: str,
    key_path: str,
    both_path: str,
) -> None:
    """With `--client-cert` the profile's key, which belongs to the profile's certificate, is left alone."""
    litectl("profiles", "add", "lab", "--base-url", server.root)
    litectl("profiles", "set", "--profile", "lab", f"client_cert={cert_path}", f"client_key={key_path}")
    Path(key_path).write_text("junk")

    refused(litectl(*QUESTION, variables=variables))

    assert litectl(*QUESTION, "--client-cert", both_path, variables=variables) == ANSWERED


def test_a_certificate_is_shown_to_its_own_proxy_only(
    litectl: Litectl, variables: dict[str, str], both_path: str
) -> None:
    """The certificate of one profile does not say who asks at another proxy."""
    litectl("profiles", "add", "lab", "--base-url", "https://lab.example.com", "--client-cert", both_path)

    refused(litectl(*QUESTION, variables=variables))


def test_a_proxy_that_wants_one_is_understood(
    litectl: Litectl, server: FakeProxy, variables: dict[str, str]
) -> None:
    """Without a certificate the error is about TLS, and the hint is the option to give one with."""
    said = refused(litectl(*QUESTION, variables=variables))

    assert server.root in said
    assert "--client-cert" in said
    assert server.requests == []


def test_a_certificate_of_a_stranger_is_refused(
    litectl: Litectl, server: FakeProxy, variables: dict[str, str], tmp_path: Path
) -> None:
    """One that the proxy does not accept is told in the same way."""
    stranger = trustme.CA().issue_cert("someone@example.com")
    path = written(tmp_path / "stranger.pem", stranger.private_key_and_cert_chain_pem)

    said = refused(litectl(*QUESTION, "--client-cert", path, variables=variables))

    assert "--client-cert" in said
    assert server.requests == []


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_certificate_without_its_key_is_named(
    litectl: Litectl, server: FakeProxy, variables: dict[str, str], cert_path: str, form: tuple[str, ...]
) -> None:
    """A file that lacks the key is refused before anything is sent."""
    result = litectl(*QUESTION, *form, "--client-cert", cert_path, variables=variables)

    assert result.code == 5
    assert f"cannot use the client certificate `{cert_path}`" in result.err
    assert "--client-key" in result.err
    assert server.requests == []


@pytest.mark.parametrize("option", ["--client-cert", "--client-key"])
@pytest.mark.parametrize("content", [None, b"", b"junk"])
def test_files_that_cannot_be_used_are_errors(
    litectl: Litectl,
    server: FakeProxy,
    variables: dict[str, str],
    cert_path: str,
    key_path: str,
    tmp_path: Path,
    option: str,
    content: bytes | None,
) -> None:
    """A missing or broken file is said, and nothing is sent without it."""
    broken = tmp_path / "broken.pem"
    if content is not None:
        broken.write_bytes(content)
    given = {"--client-cert": cert_path, "--client-key": key_path, option: str(broken)}
    words = [word for pair in given.items() for word in pair]

    said = refused(litectl(*QUESTION, *words, variables=variables))

    assert "cannot use the client certificate" in said
    assert server.requests == []


def test_the_key_of_another_certificate_is_an_error(
    litectl: Litectl,
    server: FakeProxy,
    authority: trustme.CA,
    variables: dict[str, str],
    cert_path: str,
    tmp_path: Path,
) -> None:
    """Files that do not belong together are said."""
    other = written(tmp_path / "other.key", authority.issue_cert("x@example.com").private_key_pem)

    said = refused(litectl(*QUESTION, "--client-cert", cert_path, "--client-key", other, variables=variables))

    assert "cannot use the client certificate" in said
    assert server.requests == []


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked(
    program: Program, server: FakeProxy, variables: dict[str, str], cert_path: str, locked_path: str
) -> None:
    """On a terminal too no question is put, which nobody would expect in the middle of a pipe."""
    program.variables |= variables

    code, shown = program.on_terminal(
        *QUESTION, "--no-stdin", "--client-cert", cert_path, "--client-key", locked_path
    )

    assert code == 5
    assert "without a passphrase" in shown
    assert "pass phrase" not in shown.lower().replace("without a passphrase", "")
    assert server.requests == []


@pytest.mark.parametrize("with_profile", [False, True])
def test_a_key_without_its_certificate_is_a_usage_error(
    litectl: Litectl,
    server: FakeProxy,
    variables: dict[str, str],
    cert_path: str,
    key_path: str,
    with_profile: bool,
) -> None:
    """`--client-key` alone is not silently ignored, neither where a profile has a certificate of its own."""
    if with_profile:
        litectl("profiles", "add", "lab", "--base-url", server.root, "--client-cert", cert_path)

    result = litectl(*QUESTION, "--client-key", key_path, variables=variables)

    assert result.code == 2
    assert "--client-cert" in result.err
    assert server.requests == []
