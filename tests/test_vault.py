"""The vault: which profile a login fills, where its secrets lie, and what becomes of those before."""

from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked

from litectl.credentials.keychain import SERVICE, Keychain
from litectl.credentials.stored import API_KEY, FILE, GCLOUD, HELPER, KEYCHAIN, LOGIN, StoredCredential
from litectl.credentials.vault import (
    Kept,
    forget,
    keep_login,
    keep_renewed,
    may_replace,
    put_away,
    with_secrets,
)
from litectl.errors import AuthError, ConfigError
from litectl.profiles.profile import Profile, Profiles, ProfileStore
from memory_keychain import Working, without_keychain

ROOT, OTHER_ROOT = "https://proxy.example.com", "https://other.example.com"
HOST = "proxy.example.com"
NOW = 1_800_000_000.0
KEY = StoredCredential(API_KEY, ROOT, "sk-one")
OTHER_KEY = StoredCredential(API_KEY, ROOT, "sk-two")
ALICE = StoredCredential(
    LOGIN, ROOT, "token-a", refresh_token="renew-a", user_id="alice", token_endpoint=f"{ROOT}/token"
)
ALICE_AGAIN = ALICE._replace(secret="token-a2", refresh_token="renew-a2", expires_at=NOW + 60)
ALICE_OF_A_TEAM = ALICE._replace(team_id="t-1")
BOB = ALICE._replace(secret="token-b", refresh_token="renew-b", user_id="bob")
VAULT = StoredCredential(HELPER, ROOT, command="vault read one")
OTHER_VAULT = StoredCredential(HELPER, ROOT, command="vault read two")
GOOGLE = StoredCredential(GCLOUD, ROOT)


class Broken(Working):
    """A keychain that gave everything once, and is locked now."""

    def get_password(self, service: str, username: str) -> str | None:
        """Raise."""
        raise KeyringLocked(f"hidden {service} {username}")


@pytest.fixture(autouse=True)
def keychain(monkeypatch: pytest.MonkeyPatch) -> Working:
    """Give a keychain that works."""
    without_keychain(monkeypatch)
    backend = Working()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def warnings() -> list[str]:
    """Give the warnings of the test."""
    return []


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    """Give an empty file of profiles."""
    return ProfileStore(tmp_path / "litectl/profiles.json", lambda _: None)


Login = Callable[..., Kept]


@pytest.fixture
def log_in(store: ProfileStore, warnings: list[str]) -> Login:
    """Give what a login does with its credential, optionally to the profile of a name, or to the keychain."""

    def kept(
        credential: StoredCredential, name: str | None = None, *, to_keychain: bool | None = None
    ) -> Kept:
        def settings(profile: Profile) -> Profile:
            return profile if to_keychain is None else profile._replace(keychain=to_keychain)

        def replaceable(profile: Profile) -> bool:
            return may_replace(profile, credential, NOW)

        return keep_login(store, name, credential, settings, replaceable, warnings.append)

    return kept


def held(store: ProfileStore) -> dict[str, StoredCredential | None]:
    """Return what the file has by profile."""
    return {name: profile.credential for name, profile in store.load().by_name.items()}


# Whose profile it is


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (KEY, KEY, {HOST: KEY}),
        (KEY, OTHER_KEY, {HOST: KEY, f"{HOST}-2": OTHER_KEY}),
        (ALICE, ALICE_AGAIN, {HOST: ALICE_AGAIN}),
        (ALICE, BOB, {HOST: ALICE, f"{HOST}-2": BOB}),
        (ALICE, ALICE_OF_A_TEAM, {HOST: ALICE, f"{HOST}-2": ALICE_OF_A_TEAM}),
        (ALICE, KEY, {HOST: ALICE, f"{HOST}-2": KEY}),
        (VAULT, VAULT, {HOST: VAULT}),
        (VAULT, OTHER_VAULT, {HOST: VAULT, f"{HOST}-2": OTHER_VAULT}),
        (VAULT, KEY, {HOST: VAULT, f"{HOST}-2": KEY}),
        (GOOGLE, GOOGLE, {HOST: GOOGLE}),
        (GOOGLE, KEY, {HOST: GOOGLE, f"{HOST}-2": KEY}),
        # A key that has ended is of no use to anybody; a login of somebody else is his.
        (KEY._replace(expires_at=NOW), OTHER_KEY, {HOST: OTHER_KEY}),
        (
            KEY._replace(expires_at=NOW + 1),
            OTHER_KEY,
            {HOST: KEY._replace(expires_at=NOW + 1), f"{HOST}-2": OTHER_KEY},
        ),
        (
            BOB._replace(expires_at=NOW - 1),
            ALICE,
            {HOST: BOB._replace(expires_at=NOW - 1), f"{HOST}-2": ALICE},
        ),
        (
            BOB._replace(expires_at=NOW - 1),
            KEY,
            {HOST: BOB._replace(expires_at=NOW - 1), f"{HOST}-2": KEY},
        ),
    ],
)
def test_the_same_account_is_replaced_and_another_one_gets_a_profile(
    store: ProfileStore,
    log_in: Login,
    before: StoredCredential,
    now: StoredCredential,
    expected: dict[str, StoredCredential],
) -> None:
    """Two accounts of one proxy never overwrite each other; the one that logged in last is the default."""
    log_in(before)

    kept = log_in(now)

    assert held(store) == expected
    assert store.load().default_name == kept.profile.name == list(expected)[-1]
    assert kept.profile.credential == now
    assert kept.replaced == (before if len(expected) == 1 else None)


def test_each_of_three_accounts_finds_its_own_profile_again(store: ProfileStore, log_in: Login) -> None:
    """Whatever the order of the logins."""
    for credential in (KEY, ALICE, BOB, ALICE_AGAIN, KEY, BOB):
        log_in(credential)

    assert held(store) == {HOST: KEY, f"{HOST}-2": ALICE_AGAIN, f"{HOST}-3": BOB}


def test_the_same_account_of_another_proxy_is_another_profile(store: ProfileStore, log_in: Login) -> None:
    """A key is the key of one proxy."""
    log_in(KEY)
    log_in(KEY._replace(root=OTHER_ROOT))

    assert list(held(store)) == [HOST, "other.example.com"]


def test_a_profile_without_a_credential_is_filled(store: ProfileStore, log_in: Login) -> None:
    """One that was logged out or added keeps its name and settings."""
    store.change(lambda _: Profiles().put(Profile("lab", ROOT, model="gpt-5.2")))

    log_in(KEY)

    assert store.load().by_name == {"lab": Profile("lab", ROOT, KEY, model="gpt-5.2")}


def test_a_name_settles_whose_profile_it_is(store: ProfileStore, log_in: Login) -> None:
    """`--profile` replaces the account of that profile, and never one of another proxy."""
    log_in(KEY, "dev")
    log_in(KEY, "same-key")

    assert log_in(BOB, "dev").replaced == KEY
    assert held(store) == {"dev": BOB, "same-key": KEY}
    with pytest.raises(ConfigError, match="profile `dev` is for"):
        log_in(KEY._replace(root=OTHER_ROOT), "dev")
    assert held(store) == {"dev": BOB, "same-key": KEY}


# Where the secrets are


def test_the_keychain_takes_the_secrets_and_the_file_the_rest(
    store: ProfileStore, log_in: Login, keychain: Working, warnings: list[str]
) -> None:
    """They come back whole, for the same root only."""
    kept = log_in(ALICE, "dev", to_keychain=True)

    [stored] = held(store).values()
    assert stored == kept.profile.credential == ALICE._replace(secret="", refresh_token=None, place=KEYCHAIN)
    assert with_secrets("dev", stored) == ALICE._replace(place=KEYCHAIN)
    assert "renew-a" in keychain.entries[SERVICE, "dev"]
    with pytest.raises(AuthError, match="for another proxy"):
        with_secrets("dev", stored._replace(root=OTHER_ROOT))
    assert warnings == []


def test_the_same_account_is_found_in_the_keychain(store: ProfileStore, log_in: Login) -> None:
    """A key that the file does not have is compared with the one in the keychain."""
    log_in(KEY, to_keychain=True)
    again, other = log_in(KEY), log_in(OTHER_KEY)

    assert [again.profile.name, other.profile.name] == [HOST, f"{HOST}-2"]
    assert again.replaced is not None
    assert again.replaced._replace(serial=None) == KEY._replace(place=KEYCHAIN)


@pytest.mark.parametrize("backend", ["none", "locked"])
def test_a_keychain_that_takes_nothing_leaves_the_secret_in_the_file(
    store: ProfileStore,
    log_in: Login,
    monkeypatch: pytest.MonkeyPatch,
    warnings: list[str],
    backend: str,
) -> None:
    """A login is not lost for it, and it is said."""
    if backend == "none":
        without_keychain(monkeypatch)
    else:
        keyring.set_keyring(Broken())

    kept = log_in(ALICE, "dev", to_keychain=True)

    assert held(store) == {"dev": ALICE}
    assert kept.profile.keychain
    assert [text.partition("; ")[2] for text in warnings] == [
        "the secret is in the file instead, readable by you alone"
    ]
    assert "hidden" not in str(warnings)


@pytest.mark.parametrize(
    ("after", "to_keychain"),
    [(OTHER_KEY, False), (VAULT, True), (GOOGLE, True), (VAULT, False)],
    ids=["to the file", "helper", "google", "helper in the file"],
)
def test_no_old_secret_stays_in_the_keychain(
    log_in: Login, keychain: Working, warnings: list[str], after: StoredCredential, to_keychain: bool
) -> None:
    """A login that puts nothing in the place of the old entry takes that away."""
    log_in(KEY, "dev", to_keychain=True)
    assert keychain.entries

    log_in(after, "dev", to_keychain=to_keychain)

    assert keychain.entries == {}
    assert warnings == []


def test_an_old_secret_that_cannot_be_taken_away_is_told(log_in: Login, warnings: list[str]) -> None:
    """Nobody believes that a secret is gone while a locked keychain has it."""
    log_in(KEY, "dev", to_keychain=True)
    keyring.set_keyring(Broken())

    assert log_in(OTHER_KEY, "dev", to_keychain=False).replaced is None
    assert [text.partition("; ")[2] for text in warnings] == [
        "remove the entry `litectl` / `dev` from it yourself"
    ]


@pytest.mark.parametrize("credential", [KEY, VAULT._replace(place=KEYCHAIN), GOOGLE._replace(place=KEYCHAIN)])
def test_what_has_no_secret_for_the_keychain_does_not_touch_it(
    keychain: Working, warnings: list[str], credential: StoredCredential
) -> None:
    """A key that goes into the file, a helper and Google have nothing to put there."""
    assert put_away("dev", credential, warnings.append) == credential
    assert keychain.entries == {}
    assert with_secrets("dev", KEY) == KEY


def test_forgetting_a_credential_of_the_file_asks_no_keychain(warnings: list[str]) -> None:
    """A keychain that is locked or missing is no concern of such a profile."""
    keyring.set_keyring(Broken())

    forget("dev", KEY, warnings.append)

    assert warnings == []


# Renewal


def test_a_renewed_login_takes_the_place_of_the_one_that_it_renews(
    store: ProfileStore, log_in: Login, warnings: list[str]
) -> None:
    """In the file or the keychain, wherever it was; settings and the default stay."""
    log_in(ALICE, "file")
    log_in(BOB, "keychain", to_keychain=True)
    known = held(store)
    in_file, in_keychain = known["file"], known["keychain"]
    assert in_file is not None
    assert in_keychain is not None

    keep_renewed(store, "file", in_file, in_file._replace(secret="new"), warnings.append)
    full = with_secrets("keychain", in_keychain)._replace(secret="new-b", refresh_token="renew-b2")
    keep_renewed(store, "keychain", in_keychain, full, warnings.append)

    assert held(store) == {"file": ALICE._replace(secret="new"), "keychain": in_keychain}
    assert Keychain("keychain", ROOT).read() == {"secret": "new-b", "refresh_token": "renew-b2"}
    assert store.load().default_name == "keychain"


@pytest.mark.parametrize("meantime", ["removed", "logged out", "another login"])
def test_a_renewed_login_brings_nothing_back(
    store: ProfileStore, log_in: Login, warnings: list[str], meantime: str
) -> None:
    """A profile that was changed while its login was renewed stays as it is."""
    log_in(ALICE, "dev")
    changes: dict[str, Callable[[Profiles], Profiles]] = {
        "removed": lambda profiles: profiles.remove("dev"),
        "logged out": lambda profiles: profiles.put(profiles.get("dev").without_credential()),
        "another login": lambda profiles: profiles.put(Profile("dev", ROOT, BOB)),
    }
    left = store.change(changes[meantime])

    keep_renewed(store, "dev", ALICE, ALICE_AGAIN, warnings.append)

    assert store.load() == left


def test_the_place_of_a_new_profile_is_the_file(log_in: Login) -> None:
    """Nothing goes to the keychain unasked."""
    credential = log_in(KEY).profile.credential

    assert credential is not None
    assert credential.place == FILE
