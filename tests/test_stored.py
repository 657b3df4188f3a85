"""A credential at rest: the way through the file, what others wrote there, and what tells accounts apart."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.credentials.stored import (
    API_KEY,
    FILE,
    GCLOUD,
    HELPER,
    KEYCHAIN,
    KINDS,
    LOGIN,
    VARIABLE,
    StoredCredential,
    credential_from,
    identifier,
)
from litectl.profiles.profile import Profile, Profiles, ProfileStore

ROOT = "https://proxy.example.com"
FULL = StoredCredential(
    LOGIN,
    ROOT,
    "hidden-token",
    expires_at=1_800_000_000.5,
    refresh_token="hidden-refresh",
    client_id="client",
    token_endpoint=f"{ROOT}/token",
    revocation_endpoint=f"{ROOT}/revoke",
    resource=ROOT,
    user_id="u-1",
    team_id="t-1",
    other={"from_the_future": {"a": [1]}},
)


@pytest.mark.parametrize(
    ("credential", "entry"),
    [
        (StoredCredential(API_KEY, ROOT, "sk-1"), {"kind": API_KEY, "root": ROOT, "secret": "sk-1"}),
        (StoredCredential(GCLOUD, ROOT), {"kind": GCLOUD, "root": ROOT}),
        (
            StoredCredential(HELPER, ROOT, command="vault read"),
            {"kind": HELPER, "root": ROOT, "command": "vault read"},
        ),
        (
            StoredCredential(VARIABLE, ROOT, variable="LAB_KEY"),
            {"kind": VARIABLE, "root": ROOT, "variable": "LAB_KEY"},
        ),
        (
            StoredCredential(API_KEY, ROOT, place=KEYCHAIN),
            {"kind": API_KEY, "root": ROOT, "place": KEYCHAIN},
        ),
        (
            FULL,
            {
                "from_the_future": {"a": [1]},
                "kind": LOGIN,
                "root": ROOT,
                "secret": "hidden-token",
                "expires_at": 1_800_000_000.5,
                "refresh_token": "hidden-refresh",
                "client_id": "client",
                "token_endpoint": f"{ROOT}/token",
                "revocation_endpoint": f"{ROOT}/revoke",
                "resource": ROOT,
                "user_id": "u-1",
                "team_id": "t-1",
            },
        ),
    ],
    ids=["key", "google", "helper", "variable", "keychain", "login"],
)
def test_an_entry_holds_what_is_known_and_gives_it_back(
    credential: StoredCredential, entry: dict[str, object]
) -> None:
    """What is not known is left out, and nothing is lost on the way through JSON."""
    assert credential.as_entry() == entry
    assert credential_from(json.loads(json.dumps(entry))) == credential


_texts = st.text(max_size=10)
_maybe = st.none() | _texts


@given(
    st.builds(
        StoredCredential,
        kind=st.sampled_from(KINDS),
        root=_texts,
        secret=_texts,
        command=_maybe,
        variable=_maybe,
        expires_at=st.none() | st.floats(0, 2e11),
        refresh_token=_maybe,
        client_id=_maybe,
        token_endpoint=_maybe,
        user_id=_maybe,
        team_id=_maybe,
        place=st.sampled_from([FILE, KEYCHAIN]),
        other=st.dictionaries(st.text(min_size=30, max_size=40), _texts | st.integers(), max_size=3),
    )
)
def test_every_credential_survives_the_file(credential: StoredCredential) -> None:
    """Whatever the values are."""
    assert credential_from(json.loads(json.dumps(credential.as_entry()))) == credential


def test_fields_of_a_later_version_are_written_back(tmp_path: Path) -> None:
    """A litectl that does not know them keeps them when it changes something else."""
    path = tmp_path / "profiles.json"
    credential = {"kind": API_KEY, "root": ROOT, "secret": "sk-1", "scopes": ["a"], "hardware": {"id": None}}
    document = {"version": 1, "default": "dev", "profiles": {"dev": {"root": ROOT, "credential": credential}}}
    path.write_text(json.dumps(document))
    store = ProfileStore(path, lambda _: None)

    store.change(lambda profiles: profiles.put(profiles.get("dev")._replace(model="gpt-5.2")))

    stored = json.loads(path.read_text())["profiles"]["dev"]
    assert stored == {"root": ROOT, "model": "gpt-5.2", "credential": credential}


def test_a_known_field_is_never_taken_from_the_unknown_ones() -> None:
    """What this litectl says of itself wins over a field of the same name that was kept."""
    credential = StoredCredential(API_KEY, ROOT, "sk-new", other={"secret": "sk-old", "root": "https://evil"})

    assert credential.as_entry() == {"kind": API_KEY, "root": ROOT, "secret": "sk-new"}


@pytest.mark.parametrize("missing", ["kind", "root"])
@pytest.mark.parametrize("value", [..., None, 5, [], {}, True])
def test_an_entry_without_its_kind_or_root_is_damaged(missing: str, value: object) -> None:
    """Nobody could tell where it may be sent."""
    entry = {"kind": API_KEY, "root": ROOT, "secret": "sk-1", missing: value}
    if value is ...:
        del entry[missing]

    with pytest.raises((KeyError, TypeError)):
        credential_from(entry)


@pytest.mark.parametrize(
    "field",
    [
        "secret",
        "command",
        "refresh_token",
        "client_id",
        "token_endpoint",
        "revocation_endpoint",
        "resource",
        "user_id",
        "team_id",
        "place",
        "variable",
    ],
)
@pytest.mark.parametrize("value", [5, 1.5, True, [], ["x"], {}])
def test_a_field_of_another_type_is_damage(field: str, value: object) -> None:
    """It is refused as a whole: half a login is none."""
    with pytest.raises(TypeError, match=field):
        credential_from({"kind": LOGIN, "root": ROOT, field: value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (0, 0.0),
        (1_800_000_000, 1_800_000_000.0),
        (1.5, 1.5),
        ("1800000000", None),
        (True, None),
        (-1, None),
        (1e20, None),
        (10**400, None),
        (float("nan"), None),
        (float("inf"), None),
        ([], None),
    ],
)
def test_a_time_that_is_none_counts_as_not_known(value: object, expected: float | None) -> None:
    """The proxy decides then whether the token has ended."""
    entry = {"kind": API_KEY, "root": ROOT, "secret": "sk-1", "expires_at": value}

    assert credential_from(entry).expires_at == expected


def test_a_null_counts_as_absent() -> None:
    """As JSON of other writers has it."""
    assert credential_from(
        {"kind": API_KEY, "root": ROOT, "secret": None, "place": None}
    ) == StoredCredential(API_KEY, ROOT)


def test_a_printed_credential_shows_no_secret(tmp_path: Path) -> None:
    """Nor does what it is a part of."""
    profile = Profile("dev", ROOT, FULL)

    assert "hidden" not in f"{FULL!r} {FULL} {profile!r} {Profiles().put(profile)!r}"
    assert repr(FULL) == f"StoredCredential(kind='login', root='{ROOT}', place='file')"


def test_what_goes_to_the_keychain_is_every_secret_and_nothing_else() -> None:
    """The file keeps what tells whose it is and when it ends."""
    rest = FULL.without_secrets(KEYCHAIN)

    assert FULL.secrets == {"secret": "hidden-token", "refresh_token": "hidden-refresh"}
    assert rest.secrets == {}
    assert "hidden" not in json.dumps(rest.as_entry())
    assert rest == FULL._replace(secret="", refresh_token=None, place=KEYCHAIN)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (FULL, FULL._replace(secret="renewed", refresh_token="renewed", expires_at=None), True),
        (FULL, FULL._replace(client_id="another registration"), True),
        (FULL, FULL._replace(user_id="u-2"), False),
        (FULL, FULL._replace(team_id="t-2"), False),
        (FULL, FULL._replace(team_id=None), False),
        (FULL._replace(user_id=None), FULL._replace(user_id=None, secret="renewed"), True),
        (StoredCredential(LOGIN, ROOT, "a"), StoredCredential(LOGIN, ROOT, "b"), False),
        (StoredCredential(API_KEY, ROOT, "sk-1"), StoredCredential(API_KEY, ROOT, "sk-2"), False),
        (StoredCredential(HELPER, ROOT, command="a"), StoredCredential(HELPER, ROOT, command="b"), False),
        (
            StoredCredential(VARIABLE, ROOT, variable="A"),
            StoredCredential(VARIABLE, ROOT, variable="B"),
            False,
        ),
        (
            StoredCredential(VARIABLE, ROOT, variable="A"),
            StoredCredential(VARIABLE, ROOT, variable="A"),
            True,
        ),
        (StoredCredential(GCLOUD, ROOT), StoredCredential(GCLOUD, ROOT), True),
    ],
)
def test_accounts_are_told_apart_by_what_outlives_a_token(
    one: StoredCredential, other: StoredCredential, is_same: bool
) -> None:
    """User and team of a login, the key itself, the command of a helper, the name of a variable."""
    assert (one.account == other.account) == is_same


@pytest.mark.parametrize(("endpoint", "expected"), [(f"{ROOT}/token", True), (None, False)])
def test_a_login_with_a_token_endpoint_can_be_renewed(endpoint: str | None, expected: bool) -> None:
    """Wherever its refresh token lies."""
    login = FULL.without_secrets(KEYCHAIN)._replace(token_endpoint=endpoint)

    assert login.is_renewable == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("u-1", "u-1"),
        ("alice@example.com", "alice@example.com"),
        ("ünicode", "ünicode"),
        ("", None),
        ("x" * 5000, None),
        ("a\nb", None),
        ("a\x1b[0m", None),
        (5, None),
        (None, None),
        (["u-1"], None),
    ],
)
def test_an_id_is_a_short_printable_text(value: object, expected: str | None) -> None:
    """Anything else that a proxy sends is no id."""
    assert identifier(value) == expected
