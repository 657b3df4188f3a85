"""Where a login ends: its time, what it may not fall back to, and what it says before it stores anything."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import trustme

from certificates import secured
from fake_proxy import Answer, FakeProxy
from login_shapes import (
    CODE,
    CONTRACT,
    GATEWAY,
    GATEWAY_BEGIN,
    GATEWAY_METADATA,
    GATEWAY_TOKEN,
    GENERATE,
    PAGE,
    PKCE,
    START,
    UI_CONFIG,
    SingleSignOn,
    profiles_file,
)
from program import Litectl, Program

TOKEN = "sk-pasted-token-0042"


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable of litectl's."""
    return Litectl({})


@pytest.fixture
def program() -> Program:
    """Run the real program as a process of its own, without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {})


@pytest.fixture
def untrusted() -> Iterator[FakeProxy]:
    """Give a proxy on https that nobody vouches for."""
    with secured(trustme.CA().issue_cert("localhost")) as server:
        yield server


@pytest.mark.parametrize(("flow", "way"), [(PKCE, "--pkce"), (CODE, "--device"), (GATEWAY, "--device")])
def test_a_login_waits_as_long_as_was_said(
    litectl: Litectl, fake: FakeProxy, isolated: Path, flow: str, way: str
) -> None:
    """`--timeout` bounds the time for the person at the browser: exit 4, and nothing is stored."""
    SingleSignOn(fake, flow).pending = 10**6
    started = time.monotonic()

    result = litectl("login", way, "--no-browser", "--base-url", fake.root, "--timeout", "1")

    assert result.code == 4
    assert 1 <= time.monotonic() - started < 5
    assert "nobody finished the login in the browser within 1 s" in result.err
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize(
    ("flow", "way", "method", "path"),
    [
        (CODE, "--device", "GET", UI_CONFIG),
        (PKCE, "--pkce", "GET", CONTRACT),
        (PKCE, "--pkce", "POST", "/register"),
        (CODE, "--device", "POST", START),
        (GATEWAY, "--device", "GET", GATEWAY_METADATA),
        (GATEWAY, "--device", "POST", GATEWAY_BEGIN),
        (GATEWAY, "--device", "POST", GATEWAY_TOKEN),
    ],
)
def test_no_request_of_a_login_takes_longer_than_was_said(
    litectl: Litectl, fake: FakeProxy, flow: str, way: str, method: str, path: str
) -> None:
    """`--timeout` bounds each of them too: exit 5 that names the limit."""
    SingleSignOn(fake, flow)
    fake.on(method, path, Answer(pieces=[Event()]))
    started = time.monotonic()

    result = litectl("login", way, "--no-browser", "--base-url", fake.root, "--timeout", "0.5")

    assert result.code == 5
    assert time.monotonic() - started < 4
    assert "within 0.5 s" in result.err


def test_a_certificate_that_is_not_trusted_is_no_reason_to_look_away(
    litectl: Litectl, untrusted: FakeProxy, isolated: Path
) -> None:
    """A key that is stored unverified could not be used there either."""
    result = litectl("login", "--base-url", untrusted.root, "--api-key-file", "-", stdin=TOKEN.encode())

    assert result.code == 5
    assert "nothing was stored" in result.err
    assert "--ca-bundle" in result.err
    assert "--no-verify" not in result.err
    assert untrusted.requests == []
    assert not profiles_file(isolated).exists()


def test_a_port_that_speaks_no_tls_is_none_either(litectl: Litectl, fake: FakeProxy) -> None:
    """The URL is wrong, so what is stored for it would be."""
    url = fake.root.replace("http:", "https:")

    result = litectl("login", "--base-url", url, "--api-key-file", "-", stdin=TOKEN.encode())

    assert result.code == 5
    assert "--no-verify" not in result.err


@pytest.mark.parametrize("way", [("--paste",), ("--paste", "--virtual-key")])
def test_a_person_without_single_sign_on_is_told_before_the_page(
    program: Program, fake: FakeProxy, way: tuple[str, ...]
) -> None:
    """There is no page to copy a token from: exit 4 at once, and nothing is asked."""
    SingleSignOn(fake).tell(sso=False, database=True)

    code, shown = program.on_terminal("login", *way, "--no-browser", "--base-url", fake.root)

    assert code == 4
    assert f"single sign-on is not configured on {fake.root}" in shown
    assert PAGE not in shown
    assert "not shown" not in shown


def test_a_pipe_without_single_sign_on_brings_a_token_from_elsewhere(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """What the proxy offers is not asked."""
    sso = SingleSignOn(fake)
    sso.tell(sso=False, database=False)
    sso.accepted.add(TOKEN)

    assert litectl("login", "--paste", "--base-url", fake.root, stdin=TOKEN.encode()).code == 0


def test_a_token_that_is_refused_makes_no_key(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """It is checked first: exit 4, and `/key/generate` is not asked."""
    sso = SingleSignOn(fake)

    result = litectl(
        "login", "--paste", "--virtual-key", "--base-url", fake.root, stdin=b"sk-wrong-token-9999"
    )

    assert result.code == 4
    assert sso.asked("POST", GENERATE) == []
    assert not profiles_file(isolated).exists()


def test_a_login_for_a_team_is_never_one_for_another(
    program: Program, fake: FakeProxy, isolated: Path
) -> None:
    """Only the code can be told a team; a proxy without it is exit 4, and no token is asked for."""
    SingleSignOn(fake, PKCE)

    code, shown = program.on_terminal(
        "login", "--team", "t-1", "--no-browser", "--base-url", fake.root, typed=[("how to log in [1]", "1")]
    )

    assert code == 4
    assert "does not offer a login with a code" in shown
    assert "token from the page" not in shown
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize("option", ["--virtual-key", "--no-virtual-key"])
@pytest.mark.parametrize("way", [(), ("--device",), ("--api-key-file", "-"), ("--helper", "true")])
def test_a_virtual_key_is_made_of_a_pasted_token_only(
    litectl: Litectl, fake: FakeProxy, option: str, way: tuple[str, ...]
) -> None:
    """Exit 2 that names the option to add, before anything is asked."""
    result = litectl("login", *way, option, "--base-url", fake.root, stdin=TOKEN.encode())

    assert result.code == 2
    assert "hint: add `--paste`, or leave it out" in result.err
    assert fake.requests == []


@pytest.mark.parametrize("hours", ["soon", "0", "-1", "inf", "nan"])
def test_wrong_hours_of_a_login_are_named(
    litectl: Litectl, fake: FakeProxy, isolated: Path, hours: str
) -> None:
    """Exit 3 before the browser, and not another time than the one that was meant."""
    SingleSignOn(fake, CODE)
    name = "LITELLM_CLI_JWT_EXPIRATION_HOURS"

    result = litectl("login", "--device", "--base-url", fake.root, variables={name: hours})

    assert result.code == 3
    assert f"{name} is not a number of hours" in result.err
    assert fake.requests == []
    assert not profiles_file(isolated).exists()
