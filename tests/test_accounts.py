"""Several accounts of one proxy: who takes whose place, and what the next one inherits."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.credentials.stored import API_KEY, LOGIN, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import (
    MODELS,
    REVOKE,
    TOKEN,
    Browser,
    SingleSignOn,
    credential_in,
    jwt,
    name_of,
    profiles_file,
    store_profile,
)
from program import Litectl, Result

KEY, OTHER_KEY = "sk-good-key-1234", "sk-other-key-5678"


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable of litectl's."""
    return Litectl({})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy with every login, which takes two keys."""
    found = SingleSignOn(fake)
    found.accepted |= {KEY, OTHER_KEY}
    return found


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Give the user a browser, which follows the page to its end."""
    return Browser(tmp_path, monkeypatch)


def stored(home: Path) -> dict[str, Any]:
    """Return the stored profiles by name."""
    profiles: dict[str, Any] = json.loads(profiles_file(home).read_text())["profiles"]
    return profiles


def login_of(sso: SingleSignOn, user_id: str | None, *, renewable: bool) -> StoredCredential:
    """Return an ended login of *user_id*."""
    root, tokens = sso.fake.root, sso.issue()
    login = StoredCredential(
        LOGIN, root, tokens["access_token"], expires_at=time.time() - 60, user_id=user_id
    )
    if not renewable:
        return login
    return login._replace(
        refresh_token=tokens["refresh_token"],
        client_id="llm_dcrc_0001",
        token_endpoint=root + TOKEN,
        revocation_endpoint=root + REVOKE,
        resource=root,
    )


def log_in(litectl: Litectl, *arguments: str, key: str = KEY, **variables: str) -> Result:
    """Log in with *key* on stdin."""
    words = ["login", "--api-key-file", "-", *arguments]
    return litectl(*words, stdin=key.encode(), variables=variables)


# Who takes whose place


@pytest.mark.parametrize("way", ["--pkce", "--api-key-file"])
@pytest.mark.parametrize(
    ("user_id", "renewable"), [("u-of-somebody-else", True), ("u-of-somebody-else", False), (None, True)]
)
def test_an_ended_login_of_another_account_stays(
    litectl: Litectl,
    sso: SingleSignOn,
    isolated: Path,
    browser: Browser,
    way: str,
    user_id: str | None,
    renewable: bool,
) -> None:
    """It may be renewed at any time, or its user may be back: the new account is a second profile."""
    old = login_of(sso, user_id, renewable=renewable)
    store_profile(isolated, Profile("work", sso.fake.root, old))
    before = credential_in(isolated, "work")

    ways = {"--pkce": ["--pkce"], "--api-key-file": ["--api-key-file", "-"]}
    result = litectl("login", *ways[way], "--base-url", sso.fake.root, stdin=KEY.encode())

    assert result.code == 0
    assert credential_in(isolated, "work") == before
    assert list(stored(isolated)) == ["work", name_of(sso.fake)]
    assert sso.revoked == []


def test_an_ended_key_gives_way_to_a_key(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """It is of no use to anybody, so there is no second profile."""
    ended = int(time.time()) - 60
    old = StoredCredential(API_KEY, sso.fake.root, jwt({"exp": ended}), expires_at=ended)
    store_profile(isolated, Profile("work", sso.fake.root, old))

    assert log_in(litectl, "--base-url", sso.fake.root).code == 0

    assert list(stored(isolated)) == ["work"]
    assert credential_in(isolated)["secret"] == KEY


def test_a_login_of_the_same_user_takes_the_place_of_the_ended_one(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, browser: Browser
) -> None:
    """It is the same account; the old refresh token is revoked."""
    old = login_of(sso, "u-123", renewable=True)
    store_profile(isolated, Profile("work", sso.fake.root, old))

    assert litectl("login", "--pkce", "--base-url", sso.fake.root).code == 0

    assert list(stored(isolated)) == ["work"]
    assert sso.revoked == [old.refresh_token]


def test_a_profile_that_is_named_is_replaced_whatever_it_has(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """`--profile` says so; what was replaced is ended at the proxy."""
    old = login_of(sso, "u-of-somebody-else", renewable=True)
    store_profile(isolated, Profile("work", sso.fake.root, old))

    assert log_in(litectl, "--profile", "work").code == 0

    assert credential_in(isolated)["secret"] == KEY
    assert sso.revoked == [old.refresh_token]


# What the next one inherits


def test_a_second_account_reaches_the_proxy_as_the_first_does(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """What its login was made with is kept; what is of the first account alone is not."""
    fake.on("GET", MODELS, json_answer({"data": []}))
    ways: dict[str, Any] = {
        "allow_http": True,
        "auth_header": "x-litellm-api-key",
        "ca_bundle": str(tmp_path / "authority.pem"),
        "headers": {"x-team": "blue"},
        "models": {"gpt-5.2": {"mode": "chat"}},
    }
    first = StoredCredential(API_KEY, fake.root, OTHER_KEY)
    store_profile(
        isolated, Profile("work", fake.root, first, model="gpt-5.2", keychain=True, other={"x": 1}, **ways)
    )

    result = log_in(litectl, "--base-url", fake.root)

    second = stored(isolated)[name_of(fake)]
    assert result.code == 0
    assert fake.requests[-1].headers["x-team"] == "blue"
    assert fake.requests[-1].headers["x-litellm-api-key"] == KEY
    credential = {"kind": "api_key", "root": fake.root, "secret": KEY}
    assert second == {"root": fake.root, "credential": credential, **ways}
    assert stored(isolated)["work"]["credential"]["secret"] == OTHER_KEY


def test_an_option_of_the_second_login_comes_first(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """Headers are joined, of one name the new one counts."""
    first = StoredCredential(API_KEY, sso.fake.root, OTHER_KEY)
    headers = {"x-team": "blue", "x-room": "7"}
    store_profile(isolated, Profile("work", sso.fake.root, first, headers=headers))

    log_in(litectl, "--base-url", sso.fake.root, "--header", "x-team: green")

    assert stored(isolated)[name_of(sso.fake)]["headers"] == {"x-team": "green", "x-room": "7"}
    assert stored(isolated)["work"]["headers"] == headers


# LITECTL_PROFILE


@pytest.fixture
def two(sso: SingleSignOn, isolated: Path) -> SingleSignOn:
    """Give the proxy of the profiles `work` and, by default, `home`."""
    for name in ("work", "home"):
        store_profile(isolated, Profile(name, sso.fake.root))
    return sso


@pytest.mark.parametrize("options", [[], ["--base-url", "{root}/v1"]])
def test_a_login_fills_the_profile_of_the_variable(
    litectl: Litectl, two: SingleSignOn, isolated: Path, options: list[str]
) -> None:
    """LITECTL_PROFILE names it as `--profile` does, also beside its own URL."""
    arguments = [option.format(root=two.fake.root) for option in options]

    result = log_in(litectl, *arguments, LITECTL_PROFILE="work")

    assert (result.code, "warning" in result.err) == (0, False)
    assert credential_in(isolated, "work")["secret"] == KEY
    assert credential_in(isolated, "home") == {}


def test_the_variable_may_name_a_new_profile(litectl: Litectl, two: SingleSignOn, isolated: Path) -> None:
    """The login makes it."""
    assert log_in(litectl, "--base-url", two.fake.root, LITECTL_PROFILE="lab").code == 0

    assert credential_in(isolated, "lab")["secret"] == KEY


def test_the_option_comes_before_the_variable(litectl: Litectl, two: SingleSignOn, isolated: Path) -> None:
    """The profile of the variable stays as it is."""
    result = log_in(litectl, "--profile", "home", LITECTL_PROFILE="work")

    assert result.code == 0
    assert "used before this login: LITECTL_PROFILE" in result.err
    assert (credential_in(isolated, "work"), credential_in(isolated, "home")["secret"]) == ({}, KEY)


def test_the_variable_does_not_hold_against_another_url(
    litectl: Litectl, two: SingleSignOn, isolated: Path
) -> None:
    """Who names another proxy logs in there, as a profile of its own."""
    with FakeProxy() as other:
        SingleSignOn(other).accepted.add(KEY)
        result = log_in(litectl, "--base-url", other.root, LITECTL_PROFILE="work")

    assert result.code == 0
    assert list(stored(isolated)) == ["work", "home", name_of(other)]
    assert credential_in(isolated, "work") == {}
    assert two.fake.requests == []
