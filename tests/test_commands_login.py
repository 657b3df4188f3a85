"""`litectl login` with a key, and `litectl token`."""

import json
import sys
from pathlib import Path

import pytest

from fake_proxy import FakeProxy, error_answer, json_answer
from key_login import KEY, accept_key, login
from login_shapes import profiles_file
from program import Litectl, Program


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""
    accept_key(fake)
    return Litectl({})


@pytest.fixture
def logged_in(litectl: Litectl, fake: FakeProxy) -> Litectl:
    """Run the real `main` after a login to the fake proxy."""
    login(litectl, fake.root)
    return litectl


def test_login_unattended_stores_a_private_profile(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """A key from stdin is verified and stored 0600 in a 0700 directory, without a word on stdout."""
    result = login(litectl, f"{fake.root}/v1/")

    name = fake.root.removeprefix("http://")
    assert (result.code, result.out) == (0, "")
    assert f"logged in to {fake.root} as profile `{name}`, now the default\n" == result.err
    assert profiles_file(isolated).stat().st_mode & 0o777 == 0o600
    assert profiles_file(isolated).parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(profiles_file(isolated).read_text())["profiles"][name]["credential"]["secret"] == KEY


def test_login_reads_a_key_file(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """`--api-key-file PATH` reads the key, with or without `Bearer` before it."""
    (tmp_path / "key").write_text(f"Bearer {KEY}\n")

    assert litectl("login", "--base-url", fake.root, "--api-key-file", str(tmp_path / "key")).code == 0


def test_a_refused_key_is_not_stored(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """A key that the proxy refuses is exit 4, is not shown, and nothing is stored."""
    result = login(litectl, fake.root, key="sk-wrong-key-9999")

    assert result.code == 4
    assert "nothing was stored" in result.err
    assert "sk-wrong-key-9999" not in result.err
    assert not profiles_file(isolated).exists()


def test_a_refused_key_leaves_the_stored_one(logged_in: Litectl, fake: FakeProxy) -> None:
    """A failed login does not touch the login before it."""
    login(logged_in, fake.root, key="sk-wrong-key-9999")

    assert f"{KEY}\n" == logged_in("token").out


def test_login_without_a_database_knows_a_wrong_key(litectl: Litectl, fake: FakeProxy) -> None:
    """A proxy without a database says 400 to a wrong key; that is a refused key too."""
    fake.on("GET", "/v1/models", error_answer(400, "no_db_connection", "No connected db."))

    assert login(litectl, fake.root).code == 4


def test_a_key_without_budget_is_accepted_with_a_warning(litectl: Litectl, fake: FakeProxy) -> None:
    """A used-up budget is not a wrong key."""
    fake.on("GET", "/v1/models", error_answer(422, "budget_exceeded", "Budget has been exceeded!"))

    result = login(litectl, fake.root)

    assert result.code == 0
    assert "warning: the key is valid, but budget exceeded" in result.err


def test_no_verify_asks_nobody(litectl: Litectl, fake: FakeProxy) -> None:
    """`--no-verify` stores the key without any request."""
    assert login(litectl, fake.root, "--no-verify", key="sk-whatever-0000").code == 0
    assert fake.requests == []


def test_login_to_nobody_is_a_network_error(litectl: Litectl, isolated: Path) -> None:
    """An unreachable proxy is exit 5, names `--no-verify`, and nothing is stored."""
    result = login(litectl, "http://127.0.0.1:9")

    assert result.code == 5
    assert "--no-verify" in result.err
    assert not profiles_file(isolated).exists()


def test_login_to_another_server_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """A server that answers 200 with something else is not taken for a proxy."""
    fake.on("GET", "/v1/models", json_answer({"hello": "world"}))

    result = login(litectl, fake.root)

    assert result.code == 1
    assert "not as a LiteLLM proxy" in result.err


@pytest.mark.parametrize("missing", ["url", "key"])
def test_login_in_a_pipe_never_asks(litectl: Litectl, fake: FakeProxy, missing: str) -> None:
    """What is missing in a pipe is a usage error that names the option."""
    arguments = ["--api-key-file", "-"] if missing == "url" else ["--base-url", fake.root]

    result = litectl("login", *arguments, stdin=KEY.encode())

    assert result.code == 2
    assert {"url": "--base-url", "key": "--api-key-file"}[missing] in result.err


@pytest.mark.parametrize("forbid", [{"CI": "true"}, {}])
def test_prompts_can_be_forbidden_on_a_terminal(litectl: Litectl, forbid: dict[str, str]) -> None:
    """CI and `--no-input` forbid questions on a terminal too."""
    arguments = [] if forbid else ["--no-input"]

    result = litectl("login", *arguments, terminal=True, variables=forbid, stdin=b"http://localhost\n")

    assert result.code == 2
    assert "--base-url" in result.err


def test_login_on_a_terminal_asks_for_url_and_hidden_key(litectl: Litectl, fake: FakeProxy) -> None:
    """A person is asked for both, and the key is not echoed."""
    program = Program([sys.executable, "-m", "litectl"], {})

    code, shown = program.on_terminal(
        "login", typed=[("proxy URL", fake.root), ("how to log in [1]", "2"), ("not shown", KEY)]
    )

    assert code == 0
    assert f"logged in to {fake.root}" in shown
    assert KEY not in shown
    assert f"{KEY}\n" == litectl("token").out


def test_the_url_is_asked_for_until_it_is_one(litectl: Litectl, fake: FakeProxy) -> None:
    """What is no URL is said with what was meant, and the address of a page leads to its proxy."""
    program = Program([sys.executable, "-m", "litectl"], {})
    host = fake.root.removeprefix("http://")

    code, shown = program.on_terminal(
        "login",
        typed=[
            ("proxy URL, such as", host),
            (f"did you mean `{fake.root}`?", f"{fake.root}/ui"),
            ("how to log in [1]", "2"),
            ("not shown", KEY),
        ],
    )

    assert code == 0
    assert f"not a proxy URL: {host}" in shown
    assert "`/ui` at its end is left out" in shown
    assert f"logged in to {fake.root} as" in shown


def test_token_is_the_key_and_nothing_else(logged_in: Litectl) -> None:
    """Another tool can use `litectl token` as its key helper."""
    assert (0, f"{KEY}\n", "") == logged_in("token")


def test_token_as_json_is_one_object(logged_in: Litectl) -> None:
    """With `--json` the token is a field, as everywhere."""
    result = logged_in("token", "--json")

    assert (result.code, result.err) == (0, "")
    assert result.json == {"schema_version": 1, "token": KEY}


def test_token_without_a_credential_is_an_error(litectl: Litectl) -> None:
    """Without a credential stdout stays empty and the exit is 4."""
    result = litectl("token")

    assert (result.code, result.out) == (4, "")
    assert "litectl login" in result.err


def test_a_stored_key_never_goes_to_another_root(logged_in: Litectl, fake: FakeProxy) -> None:
    """Neither an option nor a variable sends the stored key to another root."""
    with FakeProxy() as other:
        other.on("GET", "/v1/models", json_answer({"data": []}))
        logged_in("whoami", "--base-url", other.root)
        logged_in("whoami", variables={"LITECTL_BASE_URL": other.root})
        logged_in("models", "list", "--base-url", f"{fake.root}/prefix")

        assert other.requests
        assert not [request for request in other.requests if "authorization" in request.headers]
        assert "authorization" not in fake.requests[-1].headers


def test_a_redirect_is_not_followed(logged_in: Litectl, fake: FakeProxy) -> None:
    """A redirect to another host gets nothing, and is exit 3 naming its target."""
    with FakeProxy() as other:
        moved = json_answer({}, 307, location=f"{other.root}/v1/models")
        fake.on("GET", "/v1/models", moved)

        result = logged_in("whoami")

        assert result.code == 3
        assert other.root in result.err
        assert other.requests == []


def test_plain_http_to_another_machine_is_refused(litectl: Litectl) -> None:
    """A key does not go over plain http to another host, and the refusal names the ways to allow it."""
    result = login(litectl, "http://proxy.internal.example")

    assert result.code == 3
    assert all(way in result.err for way in ("--allow-http", "LITECTL_ALLOW_HTTP", "allow_http"))


def test_the_profile_can_allow_plain_http(litectl: Litectl, isolated: Path) -> None:
    """`login --allow-http` is remembered by the profile."""
    login(litectl, "http://proxy.internal.example", "--no-verify", "--allow-http")

    profile = json.loads(profiles_file(isolated).read_text())["profiles"]["proxy.internal.example"]
    assert profile["allow_http"] is True


def test_a_stored_key_that_cannot_be_sent_is_said(logged_in: Litectl, isolated: Path) -> None:
    """A key that somebody broke in the file is a configuration error, not a crash."""
    profiles_file(isolated).write_text(profiles_file(isolated).read_text().replace(KEY, "sk-smörgås-key"))

    result = logged_in("models", "list")

    assert result.code == 3
    assert "litectl login" in result.err
