"""`litectl login`, `logout`, `whoami`, `token` and `profiles`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fake_proxy import FakeProxy, Request, error_answer, json_answer
from program import Litectl, Program

KEY = "sk-good-key-1234"


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""

    def models(request: Request) -> Any:
        if request.headers.get("authorization") == f"Bearer {KEY}":
            return json_answer({"data": [], "object": "list"})
        return error_answer(
            401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token passed"
        )

    fake.on("GET", "/v1/models", models)
    fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": "1.106.2"}))
    return Litectl({})


@pytest.fixture
def logged_in(litectl: Litectl, fake: FakeProxy) -> Litectl:
    """Run the real `main` after a login to the fake proxy."""
    login(litectl, fake.root)
    return litectl


def login(litectl: Litectl, root: str, *arguments: str, key: str = KEY) -> Any:
    """Log in unattended with *key* on stdin."""
    return litectl("login", "--base-url", root, "--api-key-file", "-", *arguments, stdin=key.encode() + b"\n")


def store(home: Path) -> Path:
    """Return the file of profiles under *home*."""
    return home / ".config/litectl/profiles.json"


def test_login_unattended_stores_a_private_profile(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """A key from stdin is verified and stored 0600 in a 0700 directory, without a word on stdout."""
    result = login(litectl, f"{fake.root}/v1/")

    name = fake.root.removeprefix("http://")
    assert (result.code, result.out) == (0, "")
    assert f"logged in to {fake.root} as profile `{name}`, now the default\n" == result.err
    assert store(isolated).stat().st_mode & 0o777 == 0o600
    assert store(isolated).parent.stat().st_mode & 0o777 == 0o700
    assert json.loads(store(isolated).read_text())["profiles"][name]["credential"]["secret"] == KEY


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
    assert not store(isolated).exists()


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
    assert not store(isolated).exists()


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

    code, shown = program.on_terminal("login", typed=[("proxy URL", fake.root), ("not shown", KEY)])

    assert code == 0
    assert f"logged in to {fake.root}" in shown
    assert KEY not in shown
    assert f"{KEY}\n" == litectl("token").out


def test_whoami_says_where_each_value_came_from(logged_in: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Root, key and version are shown with their sources, the key masked."""
    name = fake.root.removeprefix("http://")

    assert {
        "schema_version": 1,
        "base_url": fake.root,
        "base_url_source": "the default profile",
        "profile": name,
        "api_key": "sk-...1234",
        "api_key_source": f"profile `{name}`",
        "accepted": True,
        "model": None,
        "proxy_version": "1.106.2",
        "profiles_file": str(store(isolated)),
    } == logged_in("whoami", "--json").json


def test_whoami_fails_when_the_key_is_refused(logged_in: Litectl) -> None:
    """A refused credential is shown as such and is exit 4."""
    result = logged_in("whoami", "--json", variables={"LITECTL_API_KEY": "sk-wrong-key-9999"})

    assert result.code == 4
    assert (result.json["accepted"], result.json["api_key_source"]) == (False, "LITECTL_API_KEY")


def test_whoami_offline_asks_nobody(logged_in: Litectl, fake: FakeProxy) -> None:
    """With `--offline` the values are shown and nothing is asked."""
    asked = len(fake.requests)

    result = logged_in("whoami", "--offline", "--json")

    assert (result.code, result.json["accepted"]) == (0, None)
    assert asked == len(fake.requests)


def test_token_is_the_key_and_nothing_else(logged_in: Litectl) -> None:
    """Another tool can use `litectl token` as its key helper."""
    assert (0, f"{KEY}\n", "") == logged_in("token")


def test_token_without_a_credential_is_an_error(litectl: Litectl) -> None:
    """Without a credential stdout stays empty and the exit is 4."""
    result = litectl("token")

    assert (result.code, result.out) == (4, "")
    assert "litectl login" in result.err


def test_logout_forgets_the_key_and_keeps_the_profile(
    logged_in: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """After a logout the key is gone from the file, the proxy is still the default."""
    assert logged_in("logout").code == 0

    assert KEY not in store(isolated).read_text()
    assert fake.root == logged_in("whoami", "--offline", "--json").json["base_url"]
    assert logged_in("token").code == 4
    assert logged_in("logout").code == 0


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


def test_profiles_are_listed_used_set_and_removed(logged_in: Litectl, fake: FakeProxy) -> None:
    """Several proxies live side by side, each with its own key and model."""
    with FakeProxy() as other:
        other.on("GET", "/v1/models", json_answer({"data": []}))
        login(logged_in, other.root, "--profile", "work", "-m", "gpt-5.2", key="sk-work-key-4321")

        first, work = logged_in("profiles", "list").out.splitlines()
        assert [fake.root.removeprefix("http://"), fake.root, "false", "api_key", ""] == first.split("\t")
        assert ["work", other.root, "true", "api_key", "gpt-5.2"] == work.split("\t")

    assert logged_in("token").out == "sk-work-key-4321\n"
    logged_in("profiles", "use", fake.root.removeprefix("http://"))
    assert f"{KEY}\n" == logged_in("token").out
    assert logged_in("token", "--profile", "work").out == "sk-work-key-4321\n"
    logged_in("--profile", "work", "profiles", "set", "model", "claude")
    assert json.loads(logged_in("profiles", "list", "--json").out)["profiles"][1]["model"] == "claude"
    assert logged_in("profiles", "remove", "work", "--yes").code == 0
    assert "work" not in logged_in("profiles", "list").out


def test_two_keys_for_one_root_are_two_profiles(logged_in: Litectl, fake: FakeProxy) -> None:
    """A second key under another name does not overwrite the first."""
    login(logged_in, fake.root, "--profile", "second", "--no-verify", key="sk-second-key-22")
    name = fake.root.removeprefix("http://")

    assert f"{KEY}\n" == logged_in("token", "--profile", name).out
    assert logged_in("token", "--profile", "second").out == "sk-second-key-22\n"


def test_remove_asks_first(logged_in: Litectl, fake: FakeProxy) -> None:
    """Removing a profile asks on a terminal, and needs `--yes` in a pipe."""
    name = fake.root.removeprefix("http://")

    piped = logged_in("profiles", "remove", name)
    declined = logged_in("profiles", "remove", name, terminal=True, stdin=b"n\n")
    assert (piped.code, declined.code) == (2, 0)
    assert "--yes" in piped.err
    assert name in logged_in("profiles", "list").out

    logged_in("profiles", "remove", name, terminal=True, stdin=b"y\n")
    assert logged_in("profiles", "list").out == ""


@pytest.mark.parametrize(
    "arguments",
    [["use", "nope"], ["remove", "nope", "--yes"], ["set", "colour", "red"], ["set", "allow_http", "x"]],
)
def test_wrong_profile_changes_are_refused(logged_in: Litectl, isolated: Path, arguments: list[str]) -> None:
    """Unknown profiles, settings and values are refused, and the file stays as it was."""
    before = store(isolated).read_bytes()

    result = logged_in("profiles", *arguments)

    assert result.code in (2, 3)
    assert "hint: " in result.err
    assert before == store(isolated).read_bytes()


def test_a_wide_store_is_tightened_and_said(logged_in: Litectl, isolated: Path) -> None:
    """A file that others can read is made private at the next use, with a warning."""
    store(isolated).chmod(0o644)

    result = logged_in("token")

    assert f"{KEY}\n" == result.out
    assert "was open to other users" in result.err
    assert store(isolated).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 99}', b'{"version":1,"profiles":{"a":{}}}']
)
def test_a_damaged_store_is_said_and_kept(
    litectl: Litectl, fake: FakeProxy, isolated: Path, content: bytes
) -> None:
    """A file that cannot be understood is exit 3, and neither reading nor a login overwrites it."""
    store(isolated).parent.mkdir(parents=True)
    store(isolated).write_bytes(content)

    results = [litectl("whoami"), litectl("profiles", "list"), login(litectl, fake.root)]

    assert [result.code for result in results] == [3, 3, 3]
    assert all(str(store(isolated)) in result.err and "hint: " in result.err for result in results)
    assert content == store(isolated).read_bytes()


def test_many_logins_at_once_lose_nothing(fake: FakeProxy, litectl: Litectl) -> None:
    """Processes that log in at the same moment all find their profile stored."""
    names = [f"profile-{number}" for number in range(8)]
    base = [sys.executable, "-m", "litectl", "login", "--no-verify", "--base-url", fake.root]
    processes = [
        subprocess.Popen(
            [*base, "--profile", name, "--api-key-file", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for name in names
    ]
    for name, process in zip(names, processes, strict=True):
        process.communicate(f"sk-key-of-{name}".encode(), timeout=60)

    assert [process.returncode for process in processes] == [0] * 8
    listed = litectl("profiles", "list", "--columns", "name").out.split()
    assert names == sorted(listed)
    assert [f"sk-key-of-{name}\n" for name in names] == [litectl("token", "--profile", n).out for n in names]


def test_plain_http_to_another_machine_is_refused(litectl: Litectl) -> None:
    """A key does not go over plain http to another host, and the refusal names the ways to allow it."""
    result = login(litectl, "http://proxy.internal.example")

    assert result.code == 3
    assert all(way in result.err for way in ("--allow-http", "LITECTL_ALLOW_HTTP", "allow_http"))


def test_the_profile_can_allow_plain_http(litectl: Litectl, isolated: Path) -> None:
    """`login --allow-http` is remembered by the profile."""
    login(litectl, "http://proxy.internal.example", "--no-verify", "--allow-http")

    profile = json.loads(store(isolated).read_text())["profiles"]["proxy.internal.example"]
    assert profile["allow_http"] is True


def test_a_stored_key_that_cannot_be_sent_is_said(logged_in: Litectl, isolated: Path) -> None:
    """A key that somebody broke in the file is a configuration error, not a crash."""
    store(isolated).write_text(store(isolated).read_text().replace(KEY, "sk-smörgås-key"))

    result = logged_in("models", "list")

    assert result.code == 3
    assert "litectl login" in result.err
