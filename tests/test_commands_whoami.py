"""`litectl whoami`: which proxy and credential, where each came from, and what the proxy tells of them."""

import shlex
import sys
import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from key_login import KEY, accept_key, login
from litectl.credentials import adc
from litectl.output.times import timestamp
from login_shapes import (
    KEY_INFO,
    MODELS,
    USER_INFO,
    SingleSignOn,
    jwt,
    name_of,
    profiles_file,
    store_login,
)
from program import Litectl

UNKNOWN = dict.fromkeys(
    (
        "expires_at",
        "key_alias",
        "user_id",
        "user_email",
        "user_role",
        "team_id",
        "team_alias",
        "spend",
        "max_budget",
        "user_spend",
        "user_max_budget",
        "budget_reset_at",
    )
)
KEY_ENTRY = {
    "key_name": "sk-...1234",
    "key_alias": "alice",
    "spend": 0.25,
    "expires": "2027-01-15T08:00:00.045000+00:00",
    "models": ["gpt-5.2"],
    "user_id": "u-123",
    "team_id": "t-1",
    "max_budget": 10.0,
    "budget_duration": "30d",
    "budget_reset_at": "2027-02-01T00:00:00+00:00",
    "blocked": None,
}
USER_ENTRY = {
    "user_id": "u-123",
    "user_info": {
        "user_role": "internal_user",
        "max_budget": 50.0,
        "spend": 1.5,
        "user_email": "alice@example.com",
    },
    "keys": [],
    "teams": [{"team_id": "t-1", "team_alias": "Red"}],
}
NOT_IN_TABLE = error_answer(404, "not_found_error", "Key not found in database")


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` without any variable; the proxy accepts one key only."""
    accept_key(fake)
    return Litectl({})


@pytest.mark.parametrize(
    ("variables", "hint"),
    [
        (
            {"LITECTL_API_KEY": "sk-of-nobody-0001"},
            "the credential is from LITECTL_API_KEY: correct it there",
        ),
        (
            {"LITELLM_BASE_URL": "https://other.example.com", "LITELLM_API_KEY": "sk-of-other-0001"},
            "LITELLM_API_KEY is not sent: LITELLM_BASE_URL does not name this proxy",
        ),
    ],
)
def test_a_refusal_says_where_the_key_came_from(
    litectl: Litectl, fake: FakeProxy, variables: dict[str, str], hint: str
) -> None:
    """A login would not help while a variable comes before it, or keeps its key at home."""
    result = litectl("whoami", "--base-url", fake.root, variables=variables)

    assert result.code == 4
    assert f"hint: {hint}" in result.err


@pytest.fixture
def logged_in(litectl: Litectl, fake: FakeProxy) -> Litectl:
    """Run the real `main` after a login to the fake proxy."""
    login(litectl, fake.root)
    return litectl


def know(fake: FakeProxy, *, key: object = None, user: object = None) -> None:
    """Let *fake* tell this of the key and the user."""
    fake.on("GET", KEY_INFO, NOT_IN_TABLE if key is None else json_answer({"key": "5416", "info": key}))
    fake.on("GET", USER_INFO, NOT_IN_TABLE if user is None else json_answer(user))


def test_each_value_is_shown_with_its_source(logged_in: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Root, key and version, the key masked; what nobody tells is null."""
    assert {
        **UNKNOWN,
        "schema_version": 1,
        "base_url": fake.root,
        "base_url_source": "the default profile",
        "profile": name_of(fake),
        "api_key": "sk-...1234",
        "api_key_source": f"profile `{name_of(fake)}`",
        "credential": "api_key",
        "credential_place": "file",
        "accepted": True,
        "model": None,
        "model_source": "none found",
        "proxy_version": "1.106.2",
        "profiles_file": str(profiles_file(isolated)),
    } == logged_in("whoami", "--json").json


def test_the_model_is_the_one_of_the_next_question(logged_in: Litectl, fake: FakeProxy) -> None:
    """That of the variable before that of the profile, with what named it."""
    logged_in("profiles", "set", "model=of-profile")

    ways = [
        logged_in("whoami", "--json", variables=given).json for given in ({}, {"LITECTL_MODEL": "gpt-5.2"})
    ]

    assert [(shown["model"], shown["model_source"]) for shown in ways] == [
        ("of-profile", f"profile `{name_of(fake)}`"),
        ("gpt-5.2", "LITECTL_MODEL"),
    ]


def test_a_virtual_key_is_shown_with_user_team_and_budget(logged_in: Litectl, fake: FakeProxy) -> None:
    """`/key/info` knows the key, `/user/info` its user and the name of the team."""
    know(fake, key=KEY_ENTRY, user=USER_ENTRY)

    shown = logged_in("whoami", "--json").json

    expected = {
        "key_alias": "alice",
        "user_id": "u-123",
        "user_email": "alice@example.com",
        "user_role": "internal_user",
        "team_id": "t-1",
        "team_alias": "Red",
        "spend": 0.25,
        "max_budget": 10.0,
        "user_spend": 1.5,
        "user_max_budget": 50.0,
        "expires_at": "2027-01-15T08:00:00Z",
        "budget_reset_at": "2027-02-01T00:00:00Z",
    }
    assert expected.items() <= shown.items()


def test_a_login_is_shown_although_no_table_of_keys_has_it(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """A login token is 404 at `/key/info`; user and end are known from the login and from `/user/info`."""
    sso = SingleSignOn(fake)
    store_login(isolated, sso, ends_in=7200)
    know(fake, user=USER_ENTRY)

    shown = litectl("whoami", "--json").json

    assert (shown["credential"], shown["credential_place"], shown["accepted"]) == ("login", "file", True)
    assert (shown["user_id"], shown["user_email"]) == ("u-123", "alice@example.com")
    assert shown["expires_at"] >= (timestamp(time.time()) or "")
    assert (shown["spend"], shown["user_spend"]) == (None, 1.5)
    assert shown["api_key"] == f"sk-...{sso.issued[0]['access_token'][-4:]}"


def test_a_helper_is_named_and_its_key_masked(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """The end of the key is what the key says itself."""
    key = jwt({"exp": 1_900_000_000})
    fake.on("GET", MODELS, json_answer({"data": []}))
    script = tmp_path / "helper.py"
    script.write_text(f"print({key!r})\n")
    helper = f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"

    shown = litectl(
        "whoami", "--json", "--base-url", fake.root, variables={"LITELLM_API_KEY_HELPER": helper}
    ).json

    assert (shown["credential"], shown["api_key_source"]) == ("helper", "LITELLM_API_KEY_HELPER")
    assert (shown["credential_place"], shown["profile"]) == (None, None)
    assert shown["expires_at"] == timestamp(1_900_000_000)
    assert shown["api_key"] == f"sk-...{key[-4:]}"


def test_google_is_named(
    litectl: Litectl, fake: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token of this machine's Google account is what the proxy is asked with."""
    monkeypatch.setattr(adc, "GOOGLE", fake.root)
    fake.on("POST", "/token", json_answer({"access_token": KEY, "expires_in": 3600}))
    account = '{"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}'
    (tmp_path / "adc.json").write_text(account)
    variables = {
        "LITELLM_GCLOUD_TOKEN_AUTH": "1",
        "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "adc.json"),
        "LITELLM_BASE_URL": fake.root,
    }

    shown = litectl("whoami", "--json", variables=variables).json

    assert (shown["credential"], shown["api_key_source"]) == ("gcloud", "LITELLM_GCLOUD_TOKEN_AUTH")
    assert (shown["accepted"], shown["base_url_source"]) == (True, "LITELLM_BASE_URL")


def test_no_credential_is_no_credential(litectl: Litectl, fake: FakeProxy) -> None:
    """A proxy may need none; one that does is exit 4."""
    refused = litectl("whoami", "--json", "--base-url", fake.root)
    fake.on("GET", MODELS, json_answer({"data": []}))
    accepted = litectl("whoami", "--json", "--base-url", fake.root)

    assert (refused.code, refused.json["accepted"]) == (4, False)
    assert "no credential found" in refused.error["message"]
    assert (accepted.code, accepted.json["accepted"]) == (0, True)
    assert [accepted.json[name] for name in ("credential", "api_key")] == ["none", None]


def test_a_refused_key_is_exit_4(logged_in: Litectl) -> None:
    """Which key it was is shown all the same, and where it came from."""
    result = logged_in("whoami", "--json", variables={"LITECTL_API_KEY": "sk-wrong-key-9999"})

    assert result.code == 4
    assert (result.json["accepted"], result.json["api_key_source"]) == (False, "LITECTL_API_KEY")
    assert result.json["api_key"] == "sk-...9999"
    assert "sk-wrong-key-9999" not in result.out + result.err


def test_a_key_over_its_budget_is_accepted(logged_in: Litectl, fake: FakeProxy) -> None:
    """The models are refused to it, `/key/info` is not: the budget is shown, with a warning."""
    fake.on("GET", MODELS, error_answer(422, "budget_exceeded", "Budget has been exceeded! Current cost: 12"))
    know(fake, key={**KEY_ENTRY, "spend": 12.0})

    result = logged_in("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (0, True)
    assert (result.json["spend"], result.json["max_budget"]) == (12.0, 10.0)
    assert "warning: budget exceeded" in result.err


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error_answer(500, "internal", "it broke"), 12),
        (Answer(pieces=[b"{"], cut=True), 5),
        (json_answer({"hello": "world"}), 1),
    ],
)
def test_a_failing_proxy_says_nothing_about_the_key(
    logged_in: Litectl, fake: FakeProxy, answer: Answer, code: int
) -> None:
    """Neither accepted nor refused: null, and the exit code of the failure."""
    fake.on("GET", MODELS, answer)

    result = logged_in("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (code, None)


def test_offline_asks_nobody(logged_in: Litectl, fake: FakeProxy) -> None:
    """With `--offline` the values are shown and nothing is asked."""
    asked = len(fake.requests)

    result = logged_in("whoami", "--offline", "--json")

    assert (result.code, result.json["accepted"]) == (0, None)
    assert asked == len(fake.requests)


def test_an_ended_credential_is_exit_4_and_still_shown(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Its end is among the values, and nothing is sent."""
    token = jwt({"exp": int(time.time()) - 60})
    login(litectl, fake.root, "--no-verify", key=token)

    result = litectl("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (4, False)
    assert result.json["expires_at"] < (timestamp(time.time()) or "")
    assert fake.requests == []


def test_a_terminal_shows_what_is_known(logged_in: Litectl, fake: FakeProxy) -> None:
    """Lines of name and value; of the account only what the proxy told."""
    know(fake, key={**KEY_ENTRY, "user_id": None, "team_id": None})

    lines = dict(line.split(None, 1) for line in logged_in("whoami", terminal=True).out.splitlines())

    assert (lines["key_alias"], lines["spend"], lines["base_url"]) == ("alice", "0.25", fake.root)
    assert not {"user_email", "team_alias", "user_spend"} & set(lines)


def test_a_pipe_shows_every_name(logged_in: Litectl) -> None:
    """A script finds each line, empty where nothing is known."""
    lines = dict(line.split("\t") for line in logged_in("whoami").out.splitlines())

    assert set(UNKNOWN) <= set(lines)
    assert (lines["credential"], lines["user_email"]) == ("api_key", "")


def test_money_is_a_plain_decimal(logged_in: Litectl, fake: FakeProxy) -> None:
    """However little it is, no text has an exponent; JSON has the number."""
    know(fake, key={**KEY_ENTRY, "spend": 8.925e-05})

    lines = dict(line.split("\t") for line in logged_in("whoami").out.splitlines())

    assert lines["spend"] == "0.00008925"
    assert logged_in("whoami", "--json").json["spend"] == 8.925e-05


def test_a_source_that_is_passed_over_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """A key of another proxy's variables is not sent, and a note says why."""
    variables = {"LITELLM_BASE_URL": "https://other.example.com", "LITELLM_API_KEY": "sk-other-key-0001"}

    result = litectl("whoami", "--json", "--base-url", fake.root, variables=variables)

    assert (result.code, result.json["credential"]) == (4, "none")
    assert "LITELLM_API_KEY is not sent: LITELLM_BASE_URL does not name this proxy" in result.err
    assert "authorization" not in fake.requests[0].headers
