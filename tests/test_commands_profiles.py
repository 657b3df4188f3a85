"""`litectl profiles add`, `list`, `show`, `use`, `set` and `remove`."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from fake_proxy import FakeProxy, json_answer
from key_login import KEY, accept_key, login
from login_shapes import (
    REVOKE,
    SingleSignOn,
    credential_in,
    name_of,
    profiles_file,
    store_login,
)
from program import Litectl

LAB = "https://lab.example.com"


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""
    accept_key(fake)
    return Litectl({})


def test_removing_the_default_says_that_there_is_none(litectl: Litectl, fake: FakeProxy) -> None:
    """Otherwise every command after it would ask a proxy of this machine; the only one left is named."""
    for name in ("first", "second", "third"):
        login(litectl, fake.root, "--profile", name)

    of_three = litectl("profiles", "remove", "third", "--yes")
    litectl("profiles", "use", "second")
    of_two = litectl("profiles", "remove", "second", "--yes")

    assert "choose one with `litectl profiles use NAME`\n" in of_three.err
    assert "choose one with `litectl profiles use first`\n" in of_two.err
    assert "profiles use" not in litectl("profiles", "remove", "first", "--yes").err


@pytest.fixture
def logged_in(litectl: Litectl, fake: FakeProxy) -> Litectl:
    """Run the real `main` after a login to the fake proxy."""
    login(litectl, fake.root)
    return litectl


def entry_of(home: Path, name: str) -> dict[str, Any]:
    """Return what the file under *home* says of profile *name*."""
    found: dict[str, Any] = json.loads(profiles_file(home).read_text())["profiles"][name]
    return found


def test_profiles_are_listed_used_set_and_removed(logged_in: Litectl, fake: FakeProxy) -> None:
    """Several proxies live side by side, each with its own key and model."""
    with FakeProxy() as other:
        other.on("GET", "/v1/models", json_answer({"data": []}))
        login(logged_in, other.root, "--profile", "work", "-m", "gpt-5.2", key="sk-work-key-4321")

        first, work = logged_in("profiles", "list").out.splitlines()
        assert [name_of(fake), fake.root, "false", "api_key", "", ""] == first.split("\t")
        assert ["work", other.root, "true", "api_key", "", "gpt-5.2"] == work.split("\t")

    assert logged_in("token").out == "sk-work-key-4321\n"
    logged_in("profiles", "use", name_of(fake))
    assert f"{KEY}\n" == logged_in("token").out
    assert logged_in("token", "--profile", "work").out == "sk-work-key-4321\n"
    logged_in("--profile", "work", "profiles", "set", "model=claude")
    assert logged_in("profiles", "list", "--json").json["profiles"][1]["model"] == "claude"
    assert logged_in("profiles", "remove", "work", "--yes").code == 0
    assert "work" not in logged_in("profiles", "list").out


def test_two_keys_for_one_root_are_two_profiles(logged_in: Litectl, fake: FakeProxy) -> None:
    """A second key under another name does not overwrite the first."""
    login(logged_in, fake.root, "--profile", "second", "--no-verify", key="sk-second-key-22")
    name = name_of(fake)

    assert f"{KEY}\n" == logged_in("token", "--profile", name).out
    assert logged_in("token", "--profile", "second").out == "sk-second-key-22\n"


def test_remove_asks_first(logged_in: Litectl, fake: FakeProxy) -> None:
    """Removing a profile asks on a terminal, and needs `--yes` in a pipe."""
    name = name_of(fake)

    piped = logged_in("profiles", "remove", name)
    declined = logged_in("profiles", "remove", name, terminal=True, stdin=b"n\n")
    assert (piped.code, declined.code) == (2, 0)
    assert "--yes" in piped.err
    assert name in logged_in("profiles", "list").out

    logged_in("profiles", "remove", name, terminal=True, stdin=b"y\n")
    assert logged_in("profiles", "list").out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["use", "nope"],
        ["show", "nope"],
        ["remove", "nope", "--yes"],
        ["set", "colour", "red"],
        ["set", "colour=red"],
        ["set", "allow_http", "x"],
        ["set", "model"],
        ["set", "model=a", "b"],
        ["set", "model=a", "colour=red"],
        ["set", "ca_bundle=/nowhere/ca.pem"],
        ["set", "auth_header=two words"],
        ["set", "headers.x-team=a\nb"],
        ["set", "models.gpt-5.2=7"],
        ["set", "context_size=0"],
        ["set", "parameters.stream=false"],
        ["set", "parameters.temperature=NaN"],
        ["set", "parameters.user=\udcff"],
        ["set", "models.gpt-5.2.max_input_tokens=many"],
        ["add", "new"],
        ["add", "two words", "--base-url", "https://lab.example.com"],
        ["add", "new", "--base-url", "ftp://lab.example.com"],
    ],
)
def test_wrong_profile_changes_are_refused(logged_in: Litectl, isolated: Path, arguments: list[str]) -> None:
    """Unknown profiles, settings and values are refused, and the file stays as it was."""
    before = profiles_file(isolated).read_bytes()

    result = logged_in("profiles", *arguments)

    assert result.code in (2, 3)
    assert "hint: " in result.err
    assert before == profiles_file(isolated).read_bytes()


def test_a_wide_store_is_tightened_and_said(logged_in: Litectl, isolated: Path) -> None:
    """A file that others can read is made private at the next use, with a warning."""
    profiles_file(isolated).chmod(0o644)

    result = logged_in("token")

    assert f"{KEY}\n" == result.out
    assert "was open to other users" in result.err
    assert profiles_file(isolated).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 99}', b'{"version":1,"profiles":{"a":{}}}']
)
def test_a_damaged_store_is_said_and_kept(
    litectl: Litectl, fake: FakeProxy, isolated: Path, content: bytes
) -> None:
    """A file that cannot be understood is exit 3, and neither reading nor a login overwrites it."""
    profiles_file(isolated).parent.mkdir(parents=True)
    profiles_file(isolated).write_bytes(content)

    results = [litectl("whoami"), litectl("profiles", "list"), login(litectl, fake.root)]

    assert [result.code for result in results] == [3, 3, 3]
    assert all(str(profiles_file(isolated)) in result.err and "hint: " in result.err for result in results)
    assert content == profiles_file(isolated).read_bytes()


# add


def test_a_profile_is_added_without_a_login(litectl: Litectl, isolated: Path) -> None:
    """URL, model and how to reach the proxy are kept; the first profile is the default; nobody is asked."""
    result = litectl(
        "profiles",
        "add",
        "lab",
        "--base-url",
        f"{LAB}/v1/",
        "--header",
        "x-team: $TEAM",
        "--auth-header",
        "x-litellm-api-key",
        "-m",
        "gpt-5.2",
    )

    assert (result.code, result.out) == (0, "")
    assert f"added profile `lab` for {LAB}, now the default\n" == result.err
    assert entry_of(isolated, "lab") == {
        "root": LAB,
        "model": "gpt-5.2",
        "auth_header": "x-litellm-api-key",
        "headers": {"x-team": "$TEAM"},
    }
    assert profiles_file(isolated).stat().st_mode & 0o777 == 0o600


def test_a_second_profile_does_not_become_the_default(logged_in: Litectl, fake: FakeProxy) -> None:
    """That takes `profiles use`."""
    added = logged_in("profiles", "add", "lab", "--base-url", LAB)

    assert "now the default" not in added.err
    assert f"{KEY}\n" == logged_in("token").out
    assert logged_in("profiles", "use", "lab").err == "profile `lab` is now the default\n"
    assert logged_in("token").code == 4


def test_a_profile_is_not_added_twice(litectl: Litectl, isolated: Path) -> None:
    """Exit 2 naming `profiles set`, and the first one stays."""
    litectl("profiles", "add", "lab", "--base-url", LAB)

    result = litectl("profiles", "add", "lab", "--base-url", "https://other.example.com")

    assert result.code == 2
    assert "litectl profiles set --profile lab" in result.err
    assert entry_of(isolated, "lab")["root"] == LAB


def test_a_login_fills_an_added_profile(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """`login --profile NAME` needs no URL, and keeps what the profile has."""
    litectl("profiles", "add", "lab", "--base-url", fake.root, "-m", "gpt-5.2")

    result = litectl("login", "--profile", "lab", "--api-key-file", "-", stdin=KEY.encode())

    assert result.code == 0
    assert entry_of(isolated, "lab")["model"] == "gpt-5.2"
    assert credential_in(isolated, "lab")["secret"] == KEY


# show and list


def test_a_profile_is_shown_without_its_secrets(logged_in: Litectl, fake: FakeProxy) -> None:
    """The value of a header is shown only when it is a reference to a variable."""
    logged_in("profiles", "set", "headers.x-team=$TEAM", "headers.x-pass=open-sesame", "model=gpt-5.2")
    logged_in("profiles", "set", "models.gpt-5.2.max_input_tokens=1000")

    shown = logged_in("profiles", "show", "--json")

    assert {
        "schema_version": 1,
        "name": name_of(fake),
        "base_url": fake.root,
        "default": True,
        "credential": "api_key",
        "credential_place": "file",
        "helper": None,
        "key_variable": None,
        "expires_at": None,
        "user_id": None,
        "team_id": None,
        "model": "gpt-5.2",
        "context_size": None,
        "allow_http": False,
        "auth_header": None,
        "ca_bundle": None,
        "client_cert": None,
        "client_key": None,
        "keychain": False,
        "headers": {"x-team": "$TEAM", "x-pass": "***"},
        "parameters": {},
        "models": {"gpt-5.2": {"max_input_tokens": 1000}},
    } == shown.json
    flat = dict(line.split("\t") for line in logged_in("profiles", "show", name_of(fake)).out.splitlines())
    assert flat["headers.x-team"] == "$TEAM"
    assert flat["models.gpt-5.2.max_input_tokens"] == "1000"
    assert "open-sesame" not in shown.out + shown.err


def test_profile_show_shows_the_one_in_use(logged_in: Litectl, fake: FakeProxy) -> None:
    """Without a name that is what `--profile` or LITECTL_PROFILE says, else the default."""
    logged_in("profiles", "add", "lab", "--base-url", LAB)

    assert logged_in("profiles", "show", "--json").json["name"] == name_of(fake)
    assert logged_in("profiles", "show", "--json", "--profile", "lab").json["name"] == "lab"
    by_variable = logged_in("profiles", "show", "--json", variables={"LITECTL_PROFILE": "lab"})
    assert by_variable.json["name"] == "lab"


def test_the_list_has_kind_and_end_of_each_credential(
    logged_in: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """As JSON every field is there, null where nothing is known."""
    store_login(isolated, SingleSignOn(fake), ends_in=7200)
    logged_in("profiles", "add", "lab", "--base-url", LAB)

    listed = {row["name"]: row for row in logged_in("profiles", "list", "--json").json["profiles"]}

    assert {name: row["credential"] for name, row in listed.items()} == {
        name_of(fake): "api_key",
        "work": "login",
        "lab": None,
    }
    assert listed["work"]["expires_at"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert (listed["lab"]["expires_at"], listed["work"]["default"]) == (None, True)


# set


def test_several_settings_are_made_at_once(logged_in: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """What was set is said, but for the value of a header; an empty value takes a setting away."""
    pairs = ["model=gpt-5.2", "allow_http=true", "headers.x-pass=open-sesame"]
    result = logged_in("profiles", "set", *pairs)

    assert (result.code, result.out) == (0, "")
    assert "model is now gpt-5.2, allow_http is now true, headers.x-pass is now set" in result.err
    entry = entry_of(isolated, name_of(fake))
    assert (entry["model"], entry["allow_http"], entry["headers"]) == (
        "gpt-5.2",
        True,
        {"x-pass": "open-sesame"},
    )

    logged_in("profiles", "set", "model=", "allow_http=false", "headers.X-Pass=")
    assert set(entry_of(isolated, name_of(fake))) == {"root", "credential"}


def test_default_parameters_are_shown_as_they_are_sent(
    logged_in: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """A number, a list and a text each stay what they are, and the text that is printed tells them apart."""
    pairs = ["parameters.temperature=0.2", 'parameters.stop=["a", "b"]', 'parameters.user="5"']
    pairs += ["parameters.response_format={}", "parameters.seed=null", "parameters.tag=blue team"]

    result = logged_in("profiles", "set", *pairs)

    expected = {
        "temperature": 0.2,
        "stop": ["a", "b"],
        "user": "5",
        "response_format": {},
        "seed": None,
        "tag": "blue team",
    }
    assert (result.code, result.out) == (0, "")
    assert 'parameters.user is now "5"' in result.err
    assert 'parameters.tag is now "blue team"' in result.err
    assert entry_of(isolated, name_of(fake))["parameters"] == expected
    assert logged_in("profiles", "show", "--json").json["parameters"] == expected
    flat = dict(line.split("\t") for line in logged_in("profiles", "show").out.splitlines())
    shown = {name: json.dumps(value) for name, value in expected.items()}
    assert {f"parameters.{name}": text for name, text in shown.items()}.items() <= flat.items()

    logged_in("profiles", "set", *(f"parameters.{name}=" for name in expected))
    assert "parameters" not in entry_of(isolated, name_of(fake))


def test_a_context_size_says_whose_it_is(logged_in: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Without a model it has no effect, and with another one it may be wrong: both are said, once."""
    alone = logged_in("profiles", "set", "context_size=128_000")
    with_model = logged_in("profiles", "set", "context_size=64000", "model=gpt-5.2")
    other_model = logged_in("profiles", "set", "model=claude")
    unrelated = logged_in("profiles", "set", "allow_http=true")
    no_model = logged_in("profiles", "set", "model=")
    nothing = logged_in("profiles", "set", "context_size=")

    assert "warning: the context size has no effect until the profile names a model" in alone.err
    assert f"litectl profiles set --profile {name_of(fake)} model=MODEL" in alone.err
    assert "note: the context size, 64000 tokens, is that of this model now" in other_model.err
    assert "warning: the context size has no effect" in no_model.err
    assert [len(quiet.err.splitlines()) for quiet in (with_model, unrelated, nothing)] == [1, 1, 1]
    assert set(entry_of(isolated, name_of(fake))) == {"root", "credential", "allow_http"}


def test_a_model_behind_the_variable_is_said(logged_in: Litectl, fake: FakeProxy) -> None:
    """A model that LITECTL_MODEL keeps from being used is stored with a warning; no other setting has one."""
    variables = {"LITECTL_MODEL": "gpt-5.2"}

    behind = logged_in("profiles", "set", "model=claude", variables=variables)
    where = ("--base-url", fake.root, "--api-key-file", "-", "-m", "gpt-5")
    again = logged_in("login", *where, stdin=KEY.encode(), variables=variables)
    quiet = [
        logged_in("profiles", "set", setting, variables=variables)
        for setting in ("model=gpt-5.2", "model=", "allow_http=true")
    ]

    assert "warning: set in the environment, and used before this model: LITECTL_MODEL\n" in behind.err
    assert "used before this login: LITECTL_MODEL\n" in again.err
    assert not any("LITECTL_MODEL" in result.err for result in quiet)


def test_a_setting_is_used_by_the_next_request(logged_in: Litectl, fake: FakeProxy) -> None:
    """A header of the profile goes to its proxy, with the variable's value of the moment."""
    logged_in("profiles", "set", "headers.x-team=$TEAM", "auth_header=x-litellm-api-key")

    logged_in("whoami", variables={"TEAM": "red"})

    headers = next(request.headers for request in fake.requests[-2:] if "x-team" in request.headers)
    assert headers["x-team"] == "red"
    assert headers["x-litellm-api-key"] == KEY
    assert "authorization" not in headers


@pytest.mark.parametrize(
    "arguments", [["set", "model=claude"], ["use", "lab"], ["add", "new", "--base-url", LAB]]
)
def test_a_change_as_json_is_the_profile_as_it_is_now(litectl: Litectl, arguments: list[str]) -> None:
    """The same fields as of `profiles show`."""
    litectl("profiles", "add", "lab", "--base-url", LAB)

    changed = litectl("profiles", *arguments, "--json").json

    assert changed == litectl("profiles", "show", changed["name"], "--json").json


# remove


def test_a_removed_profile_is_logged_out_at_the_proxy(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Its refresh token is revoked; no other profile becomes the default."""
    sso = SingleSignOn(fake)
    tokens = store_login(isolated, sso, ends_in=7200)
    litectl("profiles", "add", "lab", "--base-url", LAB)

    removed = litectl("profiles", "remove", "work", "--yes", "--json")

    assert (removed.code, removed.json["name"], removed.json["credential"]) == (0, "work", None)
    assert sso.revoked == [tokens["refresh_token"]]
    assert litectl("profiles", "list", "--columns", "name,default").out == "lab\tfalse\n"


def test_a_profile_that_cannot_be_logged_out_stays(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """`--no-revoke` removes it all the same."""
    store_login(isolated, SingleSignOn(fake), ends_in=7200)
    fake.on("POST", REVOKE, json_answer({}, 503))

    failed = litectl("profiles", "remove", "work", "--yes")

    assert failed.code == 12
    assert "--no-revoke" in failed.err
    assert credential_in(isolated)["kind"] == "login"
    assert litectl("profiles", "remove", "work", "--yes", "--no-revoke").code == 0
    assert litectl("profiles", "list").out == ""


# What is kept, and what is not shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["profiles", "set", "model=gpt-5.2"],
        ["profiles", "add", "lab", "--base-url", LAB],
        ["profiles", "remove", "lost", "--yes"],
        ["logout"],
    ],
)
def test_what_a_later_version_wrote_survives_a_change(
    logged_in: Litectl, isolated: Path, arguments: list[str]
) -> None:
    """Beside the profiles and within each, whatever is done to them."""
    logged_in("profiles", "add", "lost", "--base-url", LAB)
    document = json.loads(profiles_file(isolated).read_text())
    later = {"groups": {"blue": ["x"]}, "sorted": True}
    default = document["profiles"][document["default"]]
    default["colour"] = "blue"
    profiles_file(isolated).write_text(json.dumps({**document, **later}))

    assert logged_in(*arguments).code == 0

    changed = json.loads(profiles_file(isolated).read_text())
    assert {name: changed.get(name) for name in later} == later
    assert changed["profiles"][changed["default"]]["colour"] == "blue"
    assert (changed["version"], changed["about"]) == (document["version"], document["about"])


def test_adding_a_profile_takes_no_key(litectl: Litectl, isolated: Path) -> None:
    """Exit 2 naming what does, instead of a key that is silently not stored."""
    result = litectl("profiles", "add", "lab", "--base-url", LAB, "--api-key-file", "-", stdin=KEY.encode())

    assert result.code == 2
    assert "litectl login --profile lab --api-key-file PATH" in result.err
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("$TEAM", "$TEAM"),
        ("Bearer ${TOKEN}", "Bearer ${TOKEN}"),
        ("open-sesame-$TEAM", "***$TEAM"),
        ("${TEAM}open-sesame", "${TEAM}***"),
        ("open-sesame $A open-sesame $B open-sesame", "***$A***$B***"),
        ("$$open-sesame", "***"),
        ("Bearer open-sesame", "***"),
        ("open-sesame", "***"),
    ],
)
def test_of_a_header_only_what_it_refers_to_is_shown(logged_in: Litectl, value: str, shown: str) -> None:
    """What stands beside a reference may be the secret."""
    logged_in("profiles", "set", f"headers.x-pass={value}")

    result = logged_in("profiles", "show", "--json")

    assert result.json["headers"] == {"x-pass": shown}
    assert "open-sesame" not in result.out + result.err
