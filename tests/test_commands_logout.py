"""`litectl logout`: what is forgotten here, and what is ended at the proxy."""

import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from key_login import KEY, accept_key, login
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import REVOKE, SingleSignOn, credential_in, profiles_file, store_login, store_profile
from program import Litectl


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable."""
    return Litectl({})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy with browser logins."""
    return SingleSignOn(fake)


def test_a_key_is_forgotten_and_the_profile_stays(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """The key is gone from the file, the proxy is still the default; a second logout is no failure."""
    accept_key(fake)
    login(litectl, fake.root)

    assert litectl("logout").code == 0

    assert KEY not in profiles_file(isolated).read_text()
    assert fake.root == litectl("whoami", "--offline", "--json").json["base_url"]
    assert litectl("token").code == 4
    again = litectl("logout")
    assert again.code == 0
    assert "has no credential" in again.err


def test_a_login_is_ended_at_the_proxy(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """Its refresh token is revoked, without any credential, and both tokens are forgotten."""
    tokens = store_login(isolated, sso, ends_in=7200)

    result = litectl("logout")

    assert (result.code, result.out) == (0, "")
    assert "logged out of" in result.err
    assert "and the login is ended at the proxy" in result.err
    (request,) = sso.asked("POST", REVOKE)
    assert "authorization" not in request.headers
    assert sso.revoked == [tokens["refresh_token"]]
    assert credential_in(isolated) == {}
    assert "llm_srefresh" not in profiles_file(isolated).read_text()


def test_logout_as_json_tells_whether_the_login_was_ended(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """One object: profile, root, and `revoked`."""
    store_login(isolated, sso, ends_in=7200)
    expected = {"schema_version": 1, "profile": "work", "base_url": sso.fake.root}

    assert litectl("logout", "--json").json == {**expected, "revoked": True}
    assert litectl("logout", "--json").json == {**expected, "revoked": False}


def test_no_revoke_asks_nobody(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """The login is forgotten on this machine only."""
    store_login(isolated, sso, ends_in=7200)

    result = litectl("logout", "--no-revoke")

    assert result.code == 0
    assert "ended at the proxy" not in result.err
    assert sso.fake.requests == []
    assert credential_in(isolated) == {}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_answer({}, 503), 12),
        (json_answer({"error": "invalid_request"}, 400), 4),
        (Answer(pieces=[b"{"], cut=True), 5),
        (json_answer({}, 307, location="http://127.0.0.1:9/"), 12),
    ],
)
def test_a_failing_revocation_forgets_nothing(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, answer: Answer, code: int
) -> None:
    """Else the login would live on, out of reach; the way out is named."""
    store_login(isolated, sso, ends_in=7200)
    before = profiles_file(isolated).read_bytes()
    sso.fake.on("POST", REVOKE, answer)

    result = litectl("logout")

    assert result.code == code
    assert "nothing was forgotten" in result.err
    assert "--no-revoke" in result.err
    assert profiles_file(isolated).read_bytes() == before


def test_a_proxy_that_is_away_forgets_nothing(litectl: Litectl, isolated: Path) -> None:
    """Exit 5; with `--no-revoke` it works without the proxy."""
    with FakeProxy() as gone:
        store_login(isolated, SingleSignOn(gone), ends_in=7200)

    result = litectl("logout")

    assert result.code == 5
    assert credential_in(isolated)["kind"] == "login"
    assert litectl("logout", "--no-revoke").code == 0
    assert credential_in(isolated) == {}


def test_a_login_without_revocation_is_just_forgotten(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """A token of `/sso/cli` has no refresh token, and nothing to revoke."""
    token = StoredCredential(LOGIN, fake.root, "litellm_login_1", expires_at=time.time() + 60)
    store_profile(isolated, Profile("work", fake.root, token))

    result = litectl("logout")

    assert result.code == 0
    assert fake.requests == []
    assert credential_in(isolated) == {}


def test_an_ended_login_can_be_logged_out(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """It is revoked as it is, without being renewed first."""
    tokens = store_login(isolated, sso, ends_in=-60)

    assert litectl("logout").code == 0
    assert sso.renewals == 0
    assert sso.revoked == [tokens["refresh_token"]]


def test_only_the_named_profile_is_logged_out(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """`--profile` chooses it, whatever is the default."""
    for name in ("work", "home"):
        store_login(isolated, sso, ends_in=7200, name=name)

    assert litectl("logout", "--profile", "work").code == 0

    assert credential_in(isolated, "work") == {}
    assert credential_in(isolated, "home")["kind"] == "login"


def test_nothing_is_revoked_elsewhere(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """A file that names another server for the revocation gets no token sent there."""
    with FakeProxy() as other:
        store_login(isolated, sso, ends_in=7200)
        path = profiles_file(isolated)
        path.write_text(path.read_text().replace(sso.fake.root + REVOKE, other.root + REVOKE))

        result = litectl("logout")

        assert result.code == 4
        assert "names an address elsewhere" in result.err
        assert other.requests == []
    assert credential_in(isolated)["kind"] == "login"


def test_logging_out_of_nothing_is_a_configuration_error(litectl: Litectl) -> None:
    """Exit 3 when no profile is stored."""
    result = litectl("logout")

    assert result.code == 3
    assert "hint: " in result.err
