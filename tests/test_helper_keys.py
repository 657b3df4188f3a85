"""The keys that helpers print: kept for whom, asked for again when, and forgotten with their login."""

import shlex
from pathlib import Path

import keyring
import pytest

from fake_proxy import FakeProxy, error_answer
from helpers import Helper
from key_login import KEY, accept_key
from login_shapes import KEY_INFO, MODELS, jwt, name_of
from memory_keychain import Working, without_keychain
from program import Litectl, Program

HELPER, TTL = "LITELLM_API_KEY_HELPER", "LITECTL_API_KEY_HELPER_TTL"
NOT_ALLOWED = {
    "403": error_answer(403, "auth_error", "This route is not for this key"),
    "401": error_answer(401, "auth_error", "Only proxy admin can be used to generate"),
}


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""
    accept_key(fake)
    return Litectl({})


def kept_tokens(home: Path) -> list[Path]:
    """Return the files of the tokens that are kept on disk."""
    return list(home.rglob("tokens/*.json"))


# Whose


def test_a_key_that_depends_on_the_proxy_is_that_proxy_s(litectl: Litectl, tmp_path: Path) -> None:
    """The helper is run once for each proxy, and each gets its own key, again and again."""
    log = tmp_path / "runs"
    body = f'echo "$LITELLM_BASE_URL" >> {log}; echo "sk-key-for-$LITELLM_BASE_URL"'
    litectl.variables[HELPER] = f"sh -c {shlex.quote(body)}"
    roots = ["http://127.0.0.1:7001", "http://127.0.0.1:7002"] * 2

    tokens = [litectl("token", variables={"LITELLM_BASE_URL": root}).out for root in roots]

    assert tokens == [f"sk-key-for-{root}\n" for root in roots]
    assert log.read_text().splitlines() == roots[:2]


@pytest.mark.parametrize("command", ["sh ./get", "sh get", "./get", "sub/../get"])
def test_a_key_of_a_relative_helper_is_that_directory_s(
    litectl: Litectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """The same words are another program in another directory, and what it printed is kept for there."""
    litectl.variables[HELPER] = command
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "get").write_text(f"#!/bin/sh\necho run >> runs\necho sk-key-of-{name}\n")
        (tmp_path / name / "get").chmod(0o700)
    tokens = []

    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        tokens.append(litectl("token").out)

    assert tokens == ["sk-key-of-one\n", "sk-key-of-two\n", "sk-key-of-one\n"]
    assert [(tmp_path / name / "runs").read_text() for name in ("one", "two")] == ["run\n"] * 2


def test_a_key_of_any_other_helper_serves_every_directory(
    litectl: Litectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in its words is of a directory, so it is run once."""
    helper = Helper(tmp_path, KEY)
    litectl.variables[HELPER] = helper.command
    (tmp_path / "elsewhere").mkdir()

    litectl("token")
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert litectl("token").out == f"{KEY}\n"
    assert helper.runs == 1


# Refused, and not allowed


@pytest.mark.parametrize("status", NOT_ALLOWED)
def test_what_a_key_may_not_do_is_no_reason_for_a_new_one(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, status: str
) -> None:
    """A proxy that knows the key and refuses the route would do so for any other of it."""
    helper = Helper(tmp_path, KEY, "sk-another-key-5678")
    litectl.variables |= {HELPER: helper.command, "LITELLM_BASE_URL": fake.root}
    for path in ("/model/info", KEY_INFO):
        fake.on("GET", path, NOT_ALLOWED[status])

    codes = [
        litectl(*command).code for command in (("models", "refresh"), ("whoami",), ("models", "refresh"))
    ]

    assert codes == [0, 0, 0]
    assert helper.runs == 1
    assert {request.headers["authorization"] for request in fake.requests} == {f"Bearer {KEY}"}


def test_a_key_that_may_not_do_what_was_wanted_says_so(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path
) -> None:
    """Exit 4 at the first answer, after one run of the helper."""
    helper = Helper(tmp_path, KEY, "sk-another-key-5678")
    litectl.variables |= {HELPER: helper.command, "LITELLM_BASE_URL": fake.root}
    fake.on("GET", MODELS, NOT_ALLOWED["403"])

    result = litectl("whoami")

    assert result.code == 4
    assert "does not allow this" in result.err
    assert (helper.runs, len(fake.requests)) == (1, 1)


# Forgotten


@pytest.mark.parametrize("command", [("logout",), ("profiles", "remove", "work", "--yes")])
def test_the_kept_key_goes_with_its_login(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Nothing that opens the proxy stays on disk; the key of another login does."""
    helper = Helper(tmp_path, KEY)
    litectl("login", "--profile", "work", "--base-url", fake.root, "--helper", helper.command)
    litectl("token", "--profile", "work")
    (work,) = kept_tokens(isolated)
    litectl("token", variables={HELPER: "echo sk-another-key-5678", "LITECTL_BASE_URL": "http://localhost:1"})
    assert len(kept_tokens(isolated)) == 2

    assert litectl(*command).code == 0

    assert work not in kept_tokens(isolated)
    assert len(kept_tokens(isolated)) == 1


def test_the_end_of_a_helper_in_a_keychain_profile_is_not_about_the_keychain(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper has no secret, so there is no entry to remove, and nothing to warn of."""
    without_keychain(monkeypatch)
    keyring.set_keyring(Working())
    login = ["login", "--keychain", "--base-url", fake.root, "--helper", f"echo {KEY}"]

    assert litectl(*login).code == 0
    result = litectl("logout")

    assert (result.code, result.out) == (0, "")
    assert result.err == f"logged out of {fake.root} (profile `{name_of(fake)}`)\n"


# What is shown of it


def test_a_helper_has_no_place(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """No secret of it lies anywhere, so `whoami` and `profiles show` name no place for one."""
    litectl("login", "--base-url", fake.root, "--helper", Helper(tmp_path, KEY).command)

    assert litectl("whoami", "--json").json["credential_place"] is None
    assert litectl("profiles", "show", "--json").json["credential_place"] is None


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_of_a_helper_only_the_program_is_shown(
    litectl: Litectl, fake: FakeProxy, form: tuple[str, ...]
) -> None:
    """Its words may hold a password."""
    litectl(
        "login", "--no-verify", "--base-url", fake.root, "--helper", "/bin/echo --token hidden-password-1"
    )

    result = litectl("profiles", "show", *form)

    assert "/bin/echo" in result.out
    assert "hidden-password-1" not in result.out + result.err
    assert "--token" not in result.out


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no key for abcdefghij0123456789 here", "no key for *** here"),
        ("bad token eyJhbGciOi.eyJzdWIiOjF9.c2lnbmF0dXJl1", "bad token ***"),
        ("the vault is sealed: try again", "the vault is sealed: try again"),
        ("incomprehensibilities happen", "incomprehensibilities happen"),
    ],
)
def test_what_a_failing_helper_said_is_shown_without_tokens(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, said: str, shown: str
) -> None:
    """Its last line helps, and a long word of letters and digits in it may be the secret."""
    (tmp_path / "give").write_text(f"#!/bin/sh\necho first >&2\necho '{said}' >&2\nexit 3\n")
    (tmp_path / "give").chmod(0o700)
    litectl.variables |= {HELPER: f"{tmp_path}/give", "LITELLM_BASE_URL": fake.root}

    result = litectl("token")

    assert (result.code, result.out) == (4, "")
    assert f"error: the helper `give` failed with exit status 3: {shown}\n" in result.err


# Ended, and how long it is kept


def test_a_helper_that_prints_an_ended_token_is_named(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Exit 4 with both times before any request, and the token is not kept."""
    token = jwt({"exp": 1_700_000_000})
    litectl.variables |= {HELPER: f"echo {token}", "LITELLM_BASE_URL": fake.root}

    result = litectl("models", "list")

    assert (result.code, result.out) == (4, "")
    assert "the token that the key helper printed has ended: at 2023-11-14 22:13 UTC" in result.err
    assert "on this machine" in result.err
    assert token not in result.err
    assert (fake.requests, kept_tokens(isolated)) == ([], [])


@pytest.mark.parametrize("value", ["soon", "-1", "inf", "nan"])
def test_a_wrong_time_to_keep_disturbs_who_runs_a_helper_only(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, value: str
) -> None:
    """With a plain key nothing is kept, so nobody asks; with a helper it is exit 3 and named."""
    helper = Helper(tmp_path, KEY)
    litectl.variables |= {TTL: value, "LITELLM_BASE_URL": fake.root}

    with_key = litectl("whoami", variables={"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": KEY})
    with_helper = litectl("token", variables={HELPER: helper.command})

    assert (with_key.code, with_key.err) == (0, "")
    assert (with_helper.code, with_helper.out) == (3, "")
    assert TTL in with_helper.err
    assert helper.runs == 0


def test_a_helper_that_runs_litectl_with_itself_ends_at_once(program: Program, tmp_path: Path) -> None:
    """The inner litectl does not wait for the key that the outer one waits for."""
    script = tmp_path / "helper"
    script.write_text(f"#!/bin/sh\nexec {shlex.join(program.command)} token\n")
    script.chmod(0o755)
    program.variables = {HELPER: str(script)}

    result = program("token")

    assert result.code == 4
    assert "give the litectl in the helper a key of its own" in result.err
