"""A profile that has its key from a variable it names: login, requests, other tools, logout."""

import json
from pathlib import Path

import pytest

from fake_proxy import CHAT, FakeProxy, chat_answer, error_answer, model_info
from key_login import KEY, accept_key, login
from login_shapes import credential_in, jwt, profiles_file
from memory_keychain import without_keychain
from program import Litectl, Program, Result
from senders import ASK

OTHER_KEY = "sk-other-key-5678"
UNSET = "profile `lab` takes its key from $LAB_KEY, which is not set"


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""
    accept_key(fake)
    fake.on_models(model_info("gpt-5.2"))
    fake.on_chat(chat_answer("Hello"))
    return Litectl({})


def log_in(litectl: Litectl, fake: FakeProxy, *arguments: str, key: str | None = KEY) -> Result:
    """Log in as profile `lab` with a key variable that holds *key*, which stays set."""
    litectl.variables |= {} if key is None else {"LAB_KEY": key}
    words = ("--profile", "lab", "--base-url", fake.root, "--key-variable", "LAB_KEY")
    return litectl("login", *words, *arguments)


def sent(fake: FakeProxy) -> set[str | None]:
    """Return every credential that came with a request."""
    return {request.headers.get("authorization") for request in fake.requests}


# login


def test_a_login_checks_the_key_and_stores_the_name(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """The value is sent once to the proxy, and is in no file."""
    result = log_in(litectl, fake)

    assert (result.code, result.out) == (0, "")
    assert result.err == f"logged in to {fake.root} as profile `lab`, now the default\n"
    assert credential_in(isolated, "lab") == {"kind": "variable", "root": fake.root, "variable": "LAB_KEY"}
    assert sent(fake) == {f"Bearer {KEY}"}
    assert KEY not in profiles_file(isolated).read_text()


def test_a_refused_key_of_a_variable_is_not_stored(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """As any other key: exit 4, and what to look at."""
    result = log_in(litectl, fake, key=OTHER_KEY)

    assert result.code == 4
    assert "nothing was stored; check that the value of the variable is a key of this proxy" in result.err
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize("value", [None, "", " ", "undefined"])
def test_a_variable_that_is_not_set_yet_is_stored_unchecked(
    litectl: Litectl, fake: FakeProxy, isolated: Path, value: str | None
) -> None:
    """Nobody is asked, and that is said."""
    result = log_in(litectl, fake, key=value)

    assert result.code == 0
    assert "warning: LAB_KEY is not set here, so the proxy was not asked about its key\n" in result.err
    assert fake.requests == []
    assert credential_in(isolated, "lab")["variable"] == "LAB_KEY"


def test_no_verify_asks_nobody_about_the_variable(litectl: Litectl, fake: FakeProxy) -> None:
    """Whether it is set or not, and without a word on it."""
    results = [log_in(litectl, fake, "--no-verify", key=key) for key in (None, "sk-whatever-0000")]

    assert [(result.code, "warning" in result.err) for result in results] == [(0, False)] * 2
    assert fake.requests == []


@pytest.mark.parametrize("name", ["sk-hidden-key-0001", "hidden key", "$HIDDEN", "", "eyJhiddenhidden"])
def test_a_key_in_the_place_of_its_variable_is_refused(
    litectl: Litectl, fake: FakeProxy, isolated: Path, name: str
) -> None:
    """Exit 2, the hint says what goes there, and neither screen nor file has it."""
    result = litectl("login", "--base-url", fake.root, "--key-variable", name, "--debug")

    assert result.code == 2
    assert "the NAME of an environment variable" in result.err
    assert "hidden" not in result.err.lower()
    assert not profiles_file(isolated).exists()
    assert fake.requests == []


@pytest.mark.parametrize(
    "other", [("--helper", "cat key"), ("--gcloud",), ("--api-key-file", "-"), ("--pkce",)]
)
def test_a_key_variable_excludes_the_other_ways(
    litectl: Litectl, fake: FakeProxy, other: tuple[str, ...]
) -> None:
    """One login has one credential."""
    result = log_in(litectl, fake, *other)

    assert result.code == 2
    assert "exclude each other" in result.err


def test_another_variable_is_another_account(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """The same one replaces its profile; a new one is a second profile of the proxy."""
    log_in(litectl, fake)
    words = ("login", "--base-url", fake.root, "--key-variable")

    again = litectl(*words, "LAB_KEY")
    other = litectl(*words, "TEAM_KEY", variables={"TEAM_KEY": KEY})

    assert "as profile `lab`" in again.err
    assert "as profile `lab`" not in other.err
    stored = json.loads(profiles_file(isolated).read_text())["profiles"]
    assert [entry["credential"]["variable"] for entry in stored.values()] == ["LAB_KEY", "TEAM_KEY"]


def test_a_second_account_takes_neither_parameters_nor_context_size_along(
    litectl: Litectl, fake: FakeProxy
) -> None:
    """They are the first one's own, as its model is; how to reach the proxy is the same."""
    log_in(litectl, fake)
    litectl("profiles", "set", "model=gpt-5.2", "context_size=5", "parameters.user=a", "headers.x-team=blue")

    litectl("login", "--base-url", fake.root, "--key-variable", "TEAM_KEY", variables={"TEAM_KEY": KEY})

    shown = litectl("profiles", "show", "--json").json
    assert shown["key_variable"] == "TEAM_KEY"
    assert (shown["model"], shown["context_size"], shown["parameters"]) == (None, None, {})
    assert set(shown["headers"]) == {"x-team"}


def test_a_name_needs_no_keychain(
    litectl: Litectl, fake: FakeProxy, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no secret to put there, and the next login does not look for one."""
    without_keychain(monkeypatch)
    first = log_in(litectl, fake, "--keychain")
    second = litectl("login", "--base-url", fake.root, "--key-variable", "LAB_KEY")
    token = litectl("token")

    assert (first.code, second.code, token.out) == (0, 0, f"{KEY}\n")
    assert "keychain" not in first.err + second.err + token.err
    assert list(json.loads(profiles_file(isolated).read_text())["profiles"]) == ["lab"]


# Requests


def test_the_key_is_read_anew_for_every_run(litectl: Litectl, fake: FakeProxy) -> None:
    """Another value is another key at once, and another account in the cache."""
    log_in(litectl, fake)
    fake.requests.clear()

    tokens = [litectl("token", variables={"LAB_KEY": key}).out for key in (KEY, OTHER_KEY)]
    for key in (KEY, OTHER_KEY):
        litectl("models", "list", variables={"LAB_KEY": key})

    assert tokens == [f"{KEY}\n", f"{OTHER_KEY}\n"]
    assert sent(fake) == {f"Bearer {KEY}", f"Bearer {OTHER_KEY}"}


COMMANDS = [
    ASK,
    ("models", "list"),
    ("models", "list", "--offline"),
    ("models", "refresh"),
    ("models", "show", "gpt-5.2"),
    ("models", "export", "--to", "json"),
    ("whoami",),
    ("whoami", "--offline"),
    ("token",),
    ("env",),
]


@pytest.mark.parametrize("value", [None, "", "undefined"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_variable_that_is_not_set_sends_no_request_at_all(
    litectl: Litectl, fake: FakeProxy, command: tuple[str, ...], value: str | None
) -> None:
    """Exit 4 naming the variable: neither its name nor the key of another source goes out."""
    log_in(litectl, fake)
    litectl("models", "list")
    fake.requests.clear()
    others = dict.fromkeys(("LITELLM_API_KEY", "LITELLM_PROXY_API_KEY", "OPENAI_API_KEY"), OTHER_KEY)
    litectl.variables = others | ({} if value is None else {"LAB_KEY": value})

    result = litectl(*command)

    assert (result.code, result.out) == (4, "")
    assert result.err.startswith(f"error: {UNSET}\nhint: export LAB_KEY")
    assert fake.requests == []


def test_an_unset_variable_is_an_error_for_scripts_too(litectl: Litectl, fake: FakeProxy) -> None:
    """One object with the code, as every error with `--json`."""
    log_in(litectl, fake, key=None)

    error = litectl("token", "--json").error

    assert (error["code"], error["message"], error["exit_code"]) == ("auth", UNSET, 4)


def test_the_key_of_a_variable_goes_to_its_own_proxy_only(litectl: Litectl, fake: FakeProxy) -> None:
    """No option and no variable sends it to another root."""
    log_in(litectl, fake)
    with FakeProxy() as other:
        accept_key(other)
        litectl("whoami", "--base-url", other.root)
        litectl("models", "list", variables={"LITECTL_BASE_URL": other.root})

        assert other.requests
        assert sent(other) == {None}


def test_a_refused_key_is_not_sent_twice(litectl: Litectl, fake: FakeProxy) -> None:
    """Nobody can renew it; the hint names the variable, not a new login."""
    log_in(litectl, fake)
    fake.requests.clear()
    fake.on("GET", "/v1/models", error_answer(401, "expired_key", "Authentication Error - Expired Key"))

    result = litectl("whoami")

    assert result.code == 4
    assert "the credential is from $LAB_KEY of profile `lab`: correct it there" in result.err
    assert len(fake.requests) == 1


def test_a_token_that_has_ended_is_not_sent(litectl: Litectl, fake: FakeProxy) -> None:
    """A JSON Web Token in the variable tells its own end."""
    log_in(litectl, fake)
    fake.requests.clear()

    result = litectl(*ASK, variables={"LAB_KEY": jwt({"exp": 1_000_000_000})})

    assert result.code == 4
    assert "the token from $LAB_KEY of profile `lab` has ended" in result.err
    assert fake.requests == []


def test_a_question_carries_the_key(program: Program, litectl: Litectl, fake: FakeProxy) -> None:
    """Through the real program, whose environment is its own."""
    log_in(litectl, fake)
    fake.requests.clear()
    cleared = {"LITECTL_API_KEY": "", "LITECTL_BASE_URL": ""}

    set_there = program(*ASK, "--no-stdin", variables={**cleared, "LAB_KEY": KEY})
    unset_there = program(*ASK, "--no-stdin", variables=cleared)

    assert (set_there.code, set_there.out, unset_there.code) == (0, "Hello\n", 4)
    assert [(request.path, request.headers["authorization"]) for request in fake.requests] == [
        (CHAT, f"Bearer {KEY}")
    ]


# What is shown, and other tools


def test_whoami_names_the_variable_and_masks_its_value(litectl: Litectl, fake: FakeProxy) -> None:
    """Where the key comes from can be read, not the key."""
    log_in(litectl, fake)

    record = litectl("whoami", "--json").json

    assert record["api_key_source"] == "$LAB_KEY of profile `lab`"
    assert (record["credential"], record["credential_place"], record["accepted"]) == ("variable", None, True)
    assert record["api_key"] == f"sk-...{KEY[-4:]}"


def test_profiles_show_the_name_of_the_variable(litectl: Litectl, fake: FakeProxy) -> None:
    """Whether it is set or not."""
    log_in(litectl, fake, key=None)

    listed = litectl("profiles", "list", "--columns", "name,credential").out
    shown = litectl("profiles", "show", "--json").json
    lines = litectl("profiles", "show").out.splitlines()

    assert listed == "lab\tvariable\n"
    assert (shown["credential"], shown["key_variable"]) == ("variable", "LAB_KEY")
    assert "key_variable\tLAB_KEY" in lines


def test_a_shell_is_given_the_key_of_now(litectl: Litectl, fake: FakeProxy) -> None:
    """`env` prints what `token` does."""
    log_in(litectl, fake)

    assert f"export OPENAI_API_KEY='{KEY}'" in litectl("env", "--for", "openai").out.splitlines()


def test_another_tool_is_told_the_variable(litectl: Litectl, fake: FakeProxy) -> None:
    """It reads it itself, without a command; `--key-variable` names another one all the same."""
    log_in(litectl, fake)

    def exported(tool: str, *arguments: str) -> Result:
        return litectl("models", "export", "--to", tool, *arguments)

    assert exported("pi").json["providers"]["litellm"]["apiKey"] == "$LAB_KEY"
    assert exported("json").json["api_key"] == {"variable": "LAB_KEY"}
    assert 'export LITELLM_API_KEY="${LAB_KEY}"' in exported("env").out.splitlines()
    assert exported("opencode").json["provider"]["litellm"]["env"] == ["LAB_KEY"]
    assert "opencode reads the key from LAB_KEY, as this profile does" in exported("opencode").err
    assert exported("json", "--key-variable", "OTHER").json["api_key"] == {"variable": "OTHER"}
    renamed = exported("opencode", "--key-variable", "OTHER")
    assert 'export OTHER="$(litectl token --profile lab)"' in renamed.err


# The end


def test_logout_forgets_the_variable(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Also when it is not set; the profile stays, and has no credential."""
    log_in(litectl, fake, key=None)

    result = litectl("logout")

    assert result.err == f"logged out of {fake.root} (profile `lab`)\n"
    assert credential_in(isolated, "lab") == {}
    assert litectl("token").code == 4


def test_a_new_login_takes_the_place_of_the_variable(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """As the hint says, when the variable is not to be had."""
    log_in(litectl, fake, key=None)

    assert login(litectl, fake.root, "--profile", "lab").code == 0

    assert credential_in(isolated, "lab") == {"kind": "api_key", "root": fake.root, "secret": KEY}
    assert litectl("token").out == f"{KEY}\n"
