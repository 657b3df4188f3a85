"""`litectl login` with a browser: PKCE, which way is taken when, and what an end of it leaves behind."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from login_shapes import (
    CODE,
    CONTRACT,
    PAGE,
    PKCE,
    START,
    TOKEN,
    Browser,
    SingleSignOn,
    credential_in,
    name_of,
    poll_fast,
    profiles_file,
    shown_page,
)
from program import Litectl, Program

LATER = ("with your browser", "1")


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable of litectl's."""
    return Litectl({})


@pytest.fixture
def program() -> Program:
    """Run the real program as a process of its own, without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy that offers PKCE and the code of `/sso/cli`."""
    return SingleSignOn(fake, PKCE, CODE)


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Give the user a browser, which follows the page to its end."""
    return Browser(tmp_path, monkeypatch)


@pytest.fixture
def fast_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll without the seconds that a person takes."""
    poll_fast(monkeypatch)


# PKCE


def test_a_pkce_login_is_stored_with_all_that_renews_it(
    litectl: Litectl, sso: SingleSignOn, browser: Browser, isolated: Path
) -> None:
    """The browser goes through the proxy's page and comes back; the tokens and their end are kept."""
    root, before = sso.fake.root, time.time()

    result = litectl("login", "--pkce", "--base-url", f"{root}/v1")

    assert (result.code, result.out) == (0, "")
    assert f"logged in to {root} as profile `{name_of(sso.fake)}`, now the default" in result.err
    stored = credential_in(isolated, name_of(sso.fake))
    assert before + 86_400 <= stored.pop("expires_at") <= time.time() + 86_400
    (tokens,) = sso.issued
    assert stored == {
        "kind": "login",
        "root": root,
        "secret": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "client_id": stored["client_id"],
        "token_endpoint": f"{root}/token",
        "revocation_endpoint": f"{root}/revoke",
        "resource": root,
        "user_id": "u-123",
    }
    assert profiles_file(isolated).stat().st_mode & 0o777 == 0o600
    (page,) = browser.opened
    assert page.startswith(f"{root}/authorize?")


def test_a_pkce_login_shows_neither_code_nor_token(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """The address to open is shown, the secrets are not, also with `--verbose`."""
    result = litectl("login", "--pkce", "--base-url", sso.fake.root, "-v")

    (tokens,) = sso.issued
    assert "Open this page in a browser:" in result.err
    assert f"{sso.fake.root}/authorize?" in result.err
    assert not any(secret in result.err for secret in (tokens["access_token"], tokens["refresh_token"]))
    assert "llm_gcode" not in result.err


def test_no_request_of_a_login_carries_a_credential(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """A key of the environment has no business in a login."""
    variables = {"LITECTL_API_KEY": "sk-ambient-key-0001", "LITECTL_BASE_URL": sso.fake.root}

    result = litectl("login", "--pkce", variables=variables)

    assert result.code == 0
    assert not any("authorization" in request.headers for request in sso.fake.requests)
    assert "used before this login: LITECTL_BASE_URL, LITECTL_API_KEY" in result.err


def test_login_as_json_is_the_profile_without_its_secrets(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """The one object on stdout is the profile; nothing of a token is in it."""
    result = litectl("login", "--pkce", "--base-url", sso.fake.root, "-m", "gpt-5.2", "--json")

    assert result.code == 0
    shown = result.json
    assert shown["schema_version"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown["expires_at"])
    expected = {
        "name": name_of(sso.fake),
        "base_url": sso.fake.root,
        "default": True,
        "credential": "login",
        "credential_place": "file",
        "user_id": "u-123",
        "team_id": None,
        "model": "gpt-5.2",
    }
    assert expected.items() <= shown.items()
    assert not any(str(value) in result.out for value in sso.issued[0].values() if "_" in str(value))


def test_a_denied_login_stores_nothing(
    litectl: Litectl, sso: SingleSignOn, browser: Browser, isolated: Path
) -> None:
    """Whoever says no on the page ends the login with exit 4, and no other way is tried."""
    sso.denies = True

    result = litectl("login", "--pkce", "--base-url", sso.fake.root)

    assert result.code == 4
    assert "the login was denied" in result.err
    assert not profiles_file(isolated).exists()
    assert not sso.asked("POST", START)


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("/register", json_answer({"error": "invalid_client_metadata"}, 400), 4),
        ("/register", json_answer({}, 500), 12),
        (TOKEN, json_answer({"error": "invalid_grant", "error_description": "hidden"}, 400), 4),
        (TOKEN, json_answer({"error": "temporarily_unavailable"}, 503), 12),
        (TOKEN, json_answer({"access_token": "hidden one"}), 4),
        (TOKEN, json_answer({}, 307, location="http://127.0.0.1:9/hidden"), 12),
    ],
)
def test_a_failing_step_stores_nothing(
    litectl: Litectl,
    sso: SingleSignOn,
    browser: Browser,
    isolated: Path,
    path: str,
    answer: Answer,
    code: int,
) -> None:
    """Each has its exit code, none repeats what the proxy wrote, and the login is not there."""
    sso.fake.on("POST", path, answer)

    result = litectl("login", "--pkce", "--base-url", sso.fake.root)

    assert result.code == code
    assert "hidden" not in result.err
    assert not profiles_file(isolated).exists()


def test_a_new_login_ends_the_one_it_replaces(
    litectl: Litectl, sso: SingleSignOn, browser: Browser, isolated: Path
) -> None:
    """The same account again is the same profile; its old refresh token is revoked."""
    for _ in range(2):
        assert litectl("login", "--pkce", "--base-url", sso.fake.root).code == 0

    first, second = sso.issued
    assert sso.revoked == [first["refresh_token"]]
    assert credential_in(isolated, name_of(sso.fake))["refresh_token"] == second["refresh_token"]
    assert litectl("profiles", "list", "--columns", "name").out == f"{name_of(sso.fake)}\n"


def test_an_old_login_that_cannot_be_revoked_is_no_failure(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """The new login counts; the failure is only traced."""
    litectl("login", "--pkce", "--base-url", sso.fake.root)
    sso.fake.on("POST", "/revoke", json_answer({}, 503))

    quiet = litectl("login", "--pkce", "--base-url", sso.fake.root)
    verbose = litectl("login", "--pkce", "--base-url", sso.fake.root, "-v")

    assert (quiet.code, verbose.code) == (0, 0)
    assert "revoked" not in quiet.err
    assert "the login before was not revoked" in verbose.err


def test_no_browser_only_shows_the_address(program: Program, sso: SingleSignOn, browser: Browser) -> None:
    """With `--no-browser` nothing is opened; whoever opens the address finishes the login."""
    with program.started("login", "--pkce", "--no-browser", "--base-url", sso.fake.root) as process:
        shown = shown_page(process)
        assert browser.visited == []
        subprocess.run([sys.executable, "-m", "webbrowser", shown], check=True, capture_output=True)
        assert process.wait(20) == 0

    assert browser.visited == [shown]


# Which way


def test_pkce_gives_way_to_a_code_and_a_code_to_a_pasted_token(
    program: Program, fake: FakeProxy, browser: Browser
) -> None:
    """A proxy that offers neither is asked for both in turn; the token comes from its page then."""
    sso = SingleSignOn(fake, PKCE)
    fake.on("GET", CONTRACT, json_answer({"detail": "Not Found"}, 404))
    sso.accepted.add("sk-pasted-token-01")

    code, shown = program.on_terminal(
        "login", "--base-url", fake.root, typed=[LATER, ("not shown", "sk-pasted-token-01"), ("[Y/n]", "n")]
    )

    assert code == 0
    assert shown.count("trying another way") == 2
    asked = [request.path for request in fake.requests]
    assert asked.index(CONTRACT) < asked.index(START)
    assert f"{fake.root}{PAGE}" in shown
    assert "sk-pasted-token-01" not in shown


def test_a_token_pasted_as_the_last_resort_is_verified(
    program: Program, fake: FakeProxy, isolated: Path, browser: Browser
) -> None:
    """A wrong one is exit 4, and is not stored."""
    SingleSignOn(fake, PKCE)
    fake.on("GET", CONTRACT, json_answer({"detail": "Not Found"}, 404))

    code, shown = program.on_terminal(
        "login", "--base-url", fake.root, typed=[LATER, ("not shown", "sk-wrong-token-99"), ("[Y/n]", "n")]
    )

    assert code == 4
    assert "nothing was stored" in shown
    assert not profiles_file(isolated).exists()


def test_pkce_gives_way_to_a_code(
    litectl: Litectl, fake: FakeProxy, browser: Browser, fast_polls: None
) -> None:
    """Where there is a browser but no PKCE the code is taken, and its page opened."""
    SingleSignOn(fake, CODE)

    result = litectl("login", "--base-url", fake.root, terminal=True, stdin=b"1\n")

    assert result.code == 0
    assert "does not offer a login with a browser on this machine; trying another way" in result.err
    assert "Verification code: CWHN-MK9B" in result.err


@pytest.mark.parametrize("extra", [["--no-browser"], ["--team", "t-1"]])
def test_without_a_browser_or_with_a_team_the_code_comes_first(
    litectl: Litectl, sso: SingleSignOn, browser: Browser, fast_polls: None, extra: list[str]
) -> None:
    """PKCE needs a browser on this machine, and leaves the team to the page."""
    sso.teams = {"t-1": "Red"}

    result = litectl("login", "--base-url", sso.fake.root, *extra, terminal=True, stdin=b"1\n")

    assert result.code == 0
    assert not sso.asked("GET", CONTRACT)
    assert sso.asked("POST", START)


@pytest.mark.parametrize("way", ["--pkce", "--device"])
def test_a_way_that_was_named_is_the_only_one(
    litectl: Litectl, fake: FakeProxy, browser: Browser, way: str
) -> None:
    """Where the proxy does not offer it, exit 4 and no other way; no page is opened."""
    SingleSignOn(fake, CODE if way == "--pkce" else PKCE)

    result = litectl("login", way, "--base-url", fake.root)

    assert result.code == 4
    assert "does not offer a login" in result.err
    assert "hint: " in result.err
    assert browser.opened == []


@pytest.mark.parametrize("way", ["--pkce", "--device"])
@pytest.mark.parametrize(
    ("sso_configured", "database", "words"),
    [
        (False, True, "single sign-on is not configured"),
        (True, False, "has no database"),
        (None, False, "has no database"),
    ],
)
def test_a_login_that_cannot_work_is_said_at_once(
    litectl: Litectl,
    sso: SingleSignOn,
    browser: Browser,
    way: str,
    sso_configured: bool | None,
    database: bool,
    words: str,
) -> None:
    """Nobody waits ten minutes in front of a page that leads nowhere: exit 4, no browser, no login begun."""
    sso.tell(sso=sso_configured, database=database)

    result = litectl("login", way, "--base-url", sso.fake.root)

    assert result.code == 4
    assert words in result.err
    assert "litectl login --api-key-file PATH" in result.err
    assert browser.opened == []
    assert {request.method for request in sso.fake.requests} == {"GET"}


def test_an_old_proxy_that_tells_nothing_is_tried(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """Without the two routes nothing is known, and the login begins."""
    sso.tell(sso=None, database=None)

    assert litectl("login", "--pkce", "--base-url", sso.fake.root).code == 0


def test_without_terminal_and_way_the_options_are_named(
    litectl: Litectl, sso: SingleSignOn, browser: Browser
) -> None:
    """Nobody can be asked in a pipe: exit 2 naming the options, and no request."""
    result = litectl("login", "--base-url", sso.fake.root)

    assert result.code == 2
    assert all(option in result.err for option in ("--api-key-file", "--helper", "--gcloud", "--device"))
    assert sso.fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pkce", "--device"], "--pkce and --device exclude each other"),
        (["--paste", "--api-key-file", "-"], "exclude each other"),
        (["--pkce", "--team", "t-1"], "the page asks for the team"),
        (["--paste", "--team", "t-1"], "there is no team to choose"),
        (["--device", "--virtual-key"], "--virtual-key"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    litectl: Litectl, sso: SingleSignOn, arguments: list[str], words: str
) -> None:
    """Before anything is asked of anybody."""
    result = litectl("login", "--base-url", sso.fake.root, *arguments)

    assert result.code == 2
    assert words in result.err
    assert sso.fake.requests == []


# Ctrl-C


@pytest.mark.parametrize("way", ["--pkce", "--device"])
def test_ctrl_c_while_waiting_leaves_nothing(
    program: Program, sso: SingleSignOn, isolated: Path, way: str
) -> None:
    """Exit 130, no file and no listener, also when it comes in the middle of the wait."""
    sso.pending = 10**6
    with program.started("login", way, "--no-browser", "--base-url", sso.fake.root) as process:
        query = parse_qs(urlsplit(shown_page(process)).query)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert not profiles_file(isolated).exists()
    for redirect_uri in query.get("redirect_uri", []):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(redirect_uri).port or 0), 5)
