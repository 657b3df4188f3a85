"""TLS: which proxies are trusted, what is said of the others, and that nothing is sent to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from certificates import ANSWERED, KEY, QUESTION, asking, refused, secured, written
from fake_proxy import FakeProxy, json_answer
from program import Litectl, Program

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TOMORROW = datetime.now(UTC) + timedelta(days=1)
# Colour, a title, a cleared screen, C1's way of the same, a line of its own, and text from right to left.
ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b2J\nerror: forged\r\u202egnp\t"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give the authority of a company."""
    return trustme.CA(organization_name="Blue Company")


@pytest.fixture(scope="module")
def stranger() -> trustme.CA:
    """Give an authority that has signed nothing of the proxy."""
    return trustme.CA(organization_name="Somebody Else")


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[FakeProxy]:
    """Give a proxy on https whose certificate the company has signed."""
    with secured(authority.issue_cert("localhost")) as running:
        yield running


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Give the file to trust the company with."""
    return written(tmp_path / "company.pem", authority.cert_pem)


@pytest.fixture
def other_bundle(stranger: trustme.CA, tmp_path: Path) -> str:
    """Give the file to trust somebody else with."""
    return written(tmp_path / "stranger.pem", stranger.cert_pem)


def test_a_certificate_that_nobody_vouches_for_is_described(litectl: Litectl, server: FakeProxy) -> None:
    """The error names whose certificate it is, who signed it, until when, and every way to trust that."""
    said = refused(litectl(*QUESTION, variables=asking(server)))

    assert f"the certificate of {server.root} is not trusted" in said
    assert "(for localhost, issued by Blue Company, valid until " in said
    assert all(way in said for way in ("--ca-bundle", "SSL_CERT_FILE", "litectl profiles set ca_bundle"))
    assert server.requests == []


def test_the_description_is_in_json_too(litectl: Litectl, server: FakeProxy) -> None:
    """With `--json` it is one object of the class `network`."""
    result = litectl(*QUESTION, "--json", variables=asking(server))

    assert (result.code, result.error["code"]) == (5, "network")
    assert "issued by Blue Company" in result.error["message"]
    assert "--ca-bundle" in result.error["hint"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "list"),
        ("models", "refresh"),
        ("login", "--api-key-file", "-"),
        ("login", "--device"),
        ("login", "--pkce", "--no-browser"),
        ("login", "--paste", "--virtual-key", "--no-verify"),
        ("whoami",),
    ],
)
def test_no_command_sends_anything_to_a_stranger(
    litectl: Litectl, server: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """Whatever would have been sent, from a question to a pasted token, stays here."""
    result = litectl(*arguments, stdin=b"sk-piped-key-0002\n", variables=asking(server))

    assert server.requests == []
    assert "is not trusted" in result.err
    assert "sk-piped-key-0002" not in result.out + result.err


def test_a_login_does_not_make_a_stranger_trusted(litectl: Litectl, server: FakeProxy) -> None:
    """`--no-verify` is about the key; every request after it verifies the certificate."""
    login = ("login", "--base-url", server.root, "--api-key-file", "-", "--no-verify")
    assert litectl(*login, stdin=KEY.encode(), variables=asking(server)).code == 0

    refused(litectl(*QUESTION, variables=asking(server)))

    assert server.requests == []


@pytest.mark.parametrize("option", ["--insecure", "-k", "--no-check-certificate", "--no-verify-tls"])
def test_no_option_switches_verification_off(litectl: Litectl, option: str) -> None:
    """What other tools have for it is unknown here."""
    assert litectl(*QUESTION, option).code == 2


@pytest.mark.parametrize("name", ["PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE", "NODE_TLS_REJECT_UNAUTHORIZED"])
def test_no_variable_switches_verification_off(program: Program, server: FakeProxy, name: str) -> None:
    """What weakens other programs is not read."""
    refused(program(*QUESTION, variables=asking(server, **{name: "0"})))

    assert server.requests == []


# Which of the three places name the company's authority, the others naming a stranger's.
@pytest.mark.parametrize(
    ("option", "profile", "variable", "is_trusted"),
    [
        ("company", None, None, True),
        (None, "company", None, True),
        (None, None, "company", True),
        ("company", "stranger", "stranger", True),
        ("stranger", "company", "company", False),
        (None, "company", "stranger", True),
        (None, "stranger", "company", False),
    ],
)
def test_the_option_comes_before_the_profile_and_that_before_the_variable(
    litectl: Litectl,
    server: FakeProxy,
    bundle: str,
    other_bundle: str,
    option: str | None,
    profile: str | None,
    variable: str | None,
    is_trusted: bool,
) -> None:
    """The nearest one that names authorities is the only one that counts; it replaces the others."""
    paths = {"company": bundle, "stranger": other_bundle}
    litectl("profiles", "add", "lab", "--base-url", server.root)
    if profile:
        assert litectl("profiles", "set", "--profile", "lab", f"ca_bundle={paths[profile]}").code == 0
    given = ["--ca-bundle", paths[option]] if option else []
    named = {"SSL_CERT_FILE": paths[variable]} if variable else {}

    result = litectl(*QUESTION, *given, variables=asking(server, **named))

    assert (result == ANSWERED) is is_trusted
    assert len(server.requests) == is_trusted
    if not is_trusted:
        refused(result)


def test_a_login_remembers_whom_to_trust(litectl: Litectl, server: FakeProxy, bundle: str) -> None:
    """`login --ca-bundle` verifies with it, and every later command uses it without being told."""
    server.on("GET", "/v1/models", json_answer({"data": []}))
    nothing = {"LITECTL_BASE_URL": "", "LITECTL_API_KEY": ""}
    login = ("login", "--base-url", server.root, "--api-key-file", "-", "--ca-bundle", bundle)

    assert litectl(*login, stdin=KEY.encode(), variables=nothing).code == 0

    assert litectl(*QUESTION, variables=nothing) == ANSWERED


def test_whom_a_profile_trusts_is_not_trusted_elsewhere(
    litectl: Litectl, server: FakeProxy, bundle: str
) -> None:
    """The authorities of one proxy do not vouch for another."""
    litectl("profiles", "add", "lab", "--base-url", "https://lab.example.com", "--ca-bundle", bundle)

    refused(litectl(*QUESTION, variables=asking(server)))

    assert server.requests == []


@pytest.mark.parametrize("content", [None, b"", b"junk", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
@pytest.mark.parametrize("by_variable", [False, True])
def test_authorities_that_cannot_be_read_are_named(
    litectl: Litectl, server: FakeProxy, tmp_path: Path, content: bytes | None, by_variable: bool
) -> None:
    """A missing or broken file is an error that names it; nothing else is trusted instead."""
    path = tmp_path / "broken.pem"
    if content is not None:
        path.write_bytes(content)
    given = () if by_variable else ("--ca-bundle", str(path))
    named = {"SSL_CERT_FILE": str(path)} if by_variable else {}

    assert str(path) in refused(litectl(*QUESTION, *given, variables=asking(server, **named)))

    assert server.requests == []


def test_a_directory_without_certificates_trusts_nobody(
    litectl: Litectl, server: FakeProxy, tmp_path: Path
) -> None:
    """An empty directory replaces the system's store too."""
    said = refused(litectl(*QUESTION, "--ca-bundle", str(tmp_path), variables=asking(server)))

    assert "is not trusted" in said
    assert server.requests == []


def test_a_certificate_for_another_name_is_refused(
    litectl: Litectl, authority: trustme.CA, bundle: str
) -> None:
    """A trusted authority alone is not enough; the hint is to use the name that is in it."""
    with secured(authority.issue_cert("proxy.example.com", "10.0.0.1")) as server:
        said = refused(litectl(*QUESTION, "--ca-bundle", bundle, variables=asking(server)))

    assert "for proxy.example.com, 10.0.0.1, issued by Blue Company" in said
    assert "hint: use the name that the certificate is for" in said
    assert server.requests == []


@pytest.mark.parametrize(
    ("begins", "ends", "message"),
    [
        (YESTERDAY - timedelta(days=1), YESTERDAY, "it has expired"),
        (TOMORROW, TOMORROW + timedelta(days=1), "it is not valid yet"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(
    litectl: Litectl, authority: trustme.CA, bundle: str, begins: datetime, ends: datetime, message: str
) -> None:
    """One that has ended, or has not begun, is told as that, with the clock as a suspect."""
    certificate = authority.issue_cert("localhost", not_before=begins, not_after=ends)
    with secured(certificate) as server:
        said = refused(litectl(*QUESTION, "--ca-bundle", bundle, variables=asking(server)))

    assert message in said
    assert f"valid until {ends:%b}" in said
    assert "check the clock" in said
    assert server.requests == []


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--debug",)])
@pytest.mark.parametrize("on_terminal", [False, True])
def test_names_in_a_certificate_do_not_drive_the_terminal(
    litectl: Litectl, arguments: tuple[str, ...], on_terminal: bool
) -> None:
    """A stranger may call itself anything; it stays on one line, shows no escape, and is cut."""
    evil = trustme.CA(organization_name=f"{ESCAPES}{'long' * 12}"[:64])
    names = [f"name-{number}.example.com" for number in range(500)]
    certificate = evil.issue_cert(*names, common_name=ESCAPES, organization_name=ESCAPES)
    with secured(certificate) as server:
        result = litectl(*QUESTION, *arguments, terminal=on_terminal, variables=asking(server))

    assert result.code == 5
    assert "for name-0.example.com, name-1.example.com" in result.err
    assert not set(result.err) & set("\x07\x9b\r\u202e\t")
    assert "\x1b]" not in result.err
    assert "\x1b[31mred" not in result.err
    assert not [line for line in result.err.splitlines() if line.startswith("error: forged")]
    assert len(result.err) < 2000


def test_a_certificate_without_alternative_names_shows_its_subject(litectl: Litectl) -> None:
    """The common name of an old certificate is shown, scrubbed as everything else."""
    evil = trustme.CA(organization_name=ESCAPES)
    with secured(evil.issue_cert(common_name=f"old{ESCAPES}")) as server:
        said = refused(litectl(*QUESTION, variables=asking(server)))

    assert "(for old" in said
    assert not set(said) & set("\x1b\x07\x9b\r\u202e\t")


def test_https_to_a_port_that_speaks_http_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """The error is about TLS, and the hint is to check the port."""
    said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": fake.root.replace("http:", "https:")}))

    assert "no TLS connection to https://127.0.0.1:" in said
    assert "check the port" in said
    assert fake.requests == []


def test_http_to_a_port_that_speaks_https_is_said(litectl: Litectl, server: FakeProxy) -> None:
    """The hint is that it may want https; what it sent is not shown as bytes."""
    said = refused(litectl(*QUESTION, variables={"LITECTL_BASE_URL": server.root.replace("https:", "http:")}))

    assert "http://localhost:" in said
    assert "wants https" in said
    assert "bytearray" not in said
    assert server.requests == []
