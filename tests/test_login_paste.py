"""`litectl login --paste`: the token of the proxy's own page, and the virtual key that is made with it."""

import sys
import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from login_shapes import (
    GENERATE,
    MODELS,
    PAGE,
    Browser,
    SingleSignOn,
    credential_in,
    jwt,
    name_of,
    profiles_file,
)
from program import Litectl, Program, Result

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
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy that takes the token, and makes keys with it."""
    found = SingleSignOn(fake)
    found.accepted.add(TOKEN)
    return found


def paste(litectl: Litectl, sso: SingleSignOn, *arguments: str, text: str = f"{TOKEN}\n") -> Result:
    """Log in with *text* on stdin."""
    return litectl("login", "--paste", "--base-url", sso.fake.root, *arguments, stdin=text.encode())


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f"Bearer {TOKEN}\r\n", f"  bearer   {TOKEN}  \n\n"])
def test_a_token_comes_from_stdin(litectl: Litectl, sso: SingleSignOn, isolated: Path, text: str) -> None:
    """Trimmed and without a leading `Bearer`; it is verified, and no key is made unasked."""
    result = paste(litectl, sso, text=text)

    assert (result.code, result.out) == (0, "")
    stored = credential_in(isolated, name_of(sso.fake))
    assert stored == {"kind": "api_key", "root": sso.fake.root, "secret": TOKEN}
    assert sso.asked("GET", MODELS)
    assert not sso.asked("POST", GENERATE)
    assert TOKEN not in result.err


@pytest.mark.parametrize("text", ["", " \n", "Bearer \n", "two words", "smörgås"])
def test_what_is_no_token_is_refused(litectl: Litectl, sso: SingleSignOn, isolated: Path, text: str) -> None:
    """Exit 2, no request, and the text is not repeated."""
    result = paste(litectl, sso, text=text)

    assert result.code == 2
    assert "the key from stdin" in result.err
    assert "words" not in result.err
    assert sso.fake.requests == []
    assert not profiles_file(isolated).exists()


def test_a_refused_token_is_not_stored(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """Exit 4."""
    result = paste(litectl, sso, text="sk-wrong-token-9999")

    assert result.code == 4
    assert "nothing was stored" in result.err
    assert "sk-wrong-token-9999" not in result.err
    assert not profiles_file(isolated).exists()


def test_a_pasted_token_ends_when_it_says(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """A JSON Web Token carries its own end."""
    end = int(time.time()) + 7200
    token = jwt({"exp": end})
    sso.accepted.add(token)

    paste(litectl, sso, text=token)

    assert credential_in(isolated, name_of(sso.fake))["expires_at"] == end


def test_a_virtual_key_is_made_when_asked_for(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """With `--virtual-key` the token is used once, and the key is what is kept."""
    result = paste(litectl, sso, "--virtual-key")

    assert result.code == 0
    stored = credential_in(isolated, name_of(sso.fake))
    assert stored["secret"].startswith("sk-virtual-key-")
    assert stored["user_id"] == "u-123"
    (request,) = sso.asked("POST", GENERATE)
    assert (request.json, request.headers["authorization"]) == ({}, f"Bearer {TOKEN}")
    assert sso.asked("GET", MODELS)[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert not any(secret in result.err for secret in (TOKEN, stored["secret"]))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error_answer(401, "auth_error", "Only proxy admin can be used to hidden"), "HTTP 401"),
        (json_answer({"detail": "hidden"}, 403), "HTTP 403"),
        (Answer(500, [b"Internal Server Error hidden"], "text/plain"), "HTTP 500"),
        (json_answer({"key": None, "hidden": 1}), "no usable key"),
        (Answer(pieces=[b'{"key'], cut=True), "broke the connection off"),
    ],
)
def test_without_a_virtual_key_the_token_is_kept(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, answer: Answer, words: str
) -> None:
    """A warning says why, with the status and without the body; the login is not lost."""
    sso.fake.on("POST", GENERATE, answer)

    result = paste(litectl, sso, "--virtual-key")

    assert result.code == 0
    assert "warning: no virtual key was made" in result.err
    assert words in result.err
    assert "hidden" not in result.err
    assert credential_in(isolated, name_of(sso.fake))["secret"] == TOKEN
    assert len(sso.asked("POST", GENERATE)) == 1


def test_pasting_needs_no_single_sign_on(litectl: Litectl, sso: SingleSignOn) -> None:
    """What the proxy says of itself is not asked: somebody has the token already."""
    sso.tell(sso=False, database=False)

    assert paste(litectl, sso).code == 0


@pytest.mark.parametrize(("answer", "is_made"), [("", True), ("y", True), ("n", False)])
def test_a_person_pastes_the_token_unseen(
    program: Program, sso: SingleSignOn, isolated: Path, answer: str, is_made: bool
) -> None:
    """The page is shown, the token is not echoed, and a key is offered, which Enter accepts."""
    code, shown = program.on_terminal(
        "login",
        "--paste",
        "--no-browser",
        "--base-url",
        sso.fake.root,
        typed=[("token from the page", f"Bearer {TOKEN}"), ("[Y/n]", answer)],
    )

    assert code == 0
    assert f"{sso.fake.root}{PAGE}" in shown
    assert TOKEN not in shown
    assert (credential_in(isolated, name_of(sso.fake))["secret"] != TOKEN) is is_made


# A terminal and no way: browser or key


def test_without_single_sign_on_the_key_is_asked_for_at_once(
    program: Program, sso: SingleSignOn, isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question has one answer only, so it is not put, and no browser is opened."""
    browser = Browser(tmp_path, monkeypatch)
    sso.tell(sso=False, database=True)

    code, shown = program.on_terminal("login", "--base-url", sso.fake.root, typed=[("not shown", TOKEN)])

    assert code == 0
    assert "single sign-on is not configured" in shown
    assert "how to log in" not in shown
    assert browser.visited == []
    assert credential_in(isolated, name_of(sso.fake))["secret"] == TOKEN


def test_a_person_may_choose_the_key(program: Program, sso: SingleSignOn, isolated: Path) -> None:
    """The second answer of the question; the key is not echoed."""
    code, shown = program.on_terminal(
        "login", "--base-url", sso.fake.root, typed=[("how to log in [1]", "2"), ("not shown", TOKEN)]
    )

    assert code == 0
    assert TOKEN not in shown
    assert credential_in(isolated, name_of(sso.fake))["kind"] == "api_key"


def test_a_person_may_choose_the_browser(
    program: Program, sso: SingleSignOn, isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is the default; with a browser here that is PKCE, with the time left shown."""
    Browser(tmp_path, monkeypatch)

    code, shown = program.on_terminal("login", "--base-url", sso.fake.root, typed=[("how to log in [1]", "")])

    assert code == 0
    assert "waiting for the browser (10:00 left)" in shown
    assert credential_in(isolated, name_of(sso.fake))["kind"] == "login"
