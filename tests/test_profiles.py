"""Profiles and the file they live in: private, whole, and shared by many processes."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from litectl.credentials.stored import StoredCredential
from litectl.errors import ConfigError, UsageError
from litectl.profiles.profile import Profile, Profiles, ProfileStore, profile_for_login
from litectl.storage.files import write_private

ROOT = "https://proxy.example.com"
OTHER_ROOT = "https://other.example.com"
CREDENTIAL = StoredCredential("api_key", ROOT, "sk-secret-0001")
DEV = Profile("dev", ROOT, CREDENTIAL, model="gpt-5.2", allow_http=True)
BARE = Profile("bare", OTHER_ROOT)
ADMIN = Profile("admin", ROOT)
HOST, HOST_2 = Profile("proxy.example.com", ROOT), Profile("proxy.example.com-2", ROOT)
FULL = Profile(
    "full",
    ROOT,
    StoredCredential("login", ROOT, "token", expires_at=1.5, refresh_token="renew", user_id="u-1"),
    auth_header="x-litellm-api-key",
    ca_bundle="/etc/ca.pem",
    client_cert="/etc/client.pem",
    client_key="/etc/client.key",
    keychain=True,
    headers={"x-team": "$TEAM"},
    models={"gpt-5.2": {"max_input_tokens": 5}},
    other={"from_the_future": [1]},
)


def store_in(directory: Path) -> tuple[ProfileStore, list[Path]]:
    """Return a store in *directory*, and the list that it appends the paths it had to tighten to."""
    tightened: list[Path] = []
    return ProfileStore(directory / "litectl" / "profiles.json", tightened.append), tightened


def mode_of(path: Path) -> int:
    """Return the permission bits of *path*."""
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Run the body under *mask*."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


# The file


def test_without_a_file_there_are_no_profiles(tmp_path: Path) -> None:
    """A first run starts empty, and reading creates nothing."""
    store, _ = store_in(tmp_path)

    assert Profiles() == store.load()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "profiles",
    [
        Profiles(),
        Profiles().put(BARE),
        Profiles().put(DEV).put(BARE),
        Profiles().put(BARE).put(DEV).use("dev"),
        Profiles().put(DEV).put(BARE).remove("dev"),
        Profiles().put(FULL),
        Profiles().put(Profile("näme", ROOT, model="modèle ☃")),
        Profiles().put(Profile("odd", ROOT, model="bytes of the shell: \udcff")),
    ],
    ids=["none", "bare", "two", "second is default", "no default", "full", "not ascii", "not text"],
)
def test_what_is_stored_is_what_is_loaded(tmp_path: Path, profiles: Profiles) -> None:
    """Profiles, their order, their settings and the default survive the way through the file."""
    store, _ = store_in(tmp_path)

    returned = store.change(lambda _: profiles)
    loaded = store_in(tmp_path)[0].load()

    assert profiles == returned == loaded
    assert list(profiles.by_name) == list(loaded.by_name)


def test_a_change_sees_what_is_stored_now(tmp_path: Path) -> None:
    """An edit is applied to the file as another process left it, not to what was loaded before."""
    first, second = store_in(tmp_path)[0], store_in(tmp_path)[0]
    first.load()
    second.change(lambda profiles: profiles.put(DEV))

    first.change(lambda profiles: profiles.put(BARE))

    assert list(second.load().by_name) == ["dev", "bare"]


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """The file is JSON that a person can read, with a version and a note that it is private."""
    store, _ = store_in(tmp_path)
    store.change(lambda profiles: profiles.put(DEV).put(BARE))

    document = json.loads((tmp_path / "litectl" / "profiles.json").read_text())

    assert document == {
        "version": 1,
        "about": "Profiles and credentials of litectl. Keep this file private.",
        "default": "dev",
        "profiles": {
            "dev": {
                "root": ROOT,
                "model": "gpt-5.2",
                "allow_http": True,
                "credential": {"kind": "api_key", "secret": "sk-secret-0001", "root": ROOT},
            },
            "bare": {"root": OTHER_ROOT},
        },
    }


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o177, 0o777], ids=oct)
def test_files_are_the_owners_alone_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    """The file and its lock are 0600 and every directory made for them 0700."""
    path = tmp_path / "made" / "litectl" / "profiles.json"

    with umask(mask):
        ProfileStore(path, lambda _: None).change(lambda profiles: profiles.put(DEV))

    modes = {found.name: oct(mode_of(found)) for found in [*path.parents[:2], *path.parent.iterdir()]}
    assert {
        "made": oct(0o700),
        "litectl": oct(0o700),
        "profiles.json": oct(0o600),
        ".profiles.json.lock": oct(0o600),
    } == modes


@pytest.mark.parametrize(
    ("directory_mode", "file_mode", "names"),
    [
        (0o700, 0o600, []),
        (0o700, 0o400, []),
        (0o700, 0o644, ["profiles.json"]),
        (0o700, 0o620, ["profiles.json"]),
        (0o755, 0o600, ["litectl"]),
        (0o777, 0o666, ["profiles.json", "litectl"]),
    ],
)
def test_wide_permissions_are_taken_away_and_reported(
    tmp_path: Path, directory_mode: int, file_mode: int, names: list[str]
) -> None:
    """Reading a file that others may read mends it, says so once, and keeps what the owner may do."""
    store, tightened = store_in(tmp_path)
    store.change(lambda profiles: profiles.put(DEV))
    path = tmp_path / "litectl" / "profiles.json"
    path.chmod(file_mode)
    path.parent.chmod(directory_mode)

    loaded = [store.load(), store.load()]

    assert names == [found.name for found in tightened]
    assert (file_mode & 0o700, directory_mode & 0o700) == (mode_of(path), mode_of(path.parent))
    assert [Profiles().put(DEV)] * 2 == loaded


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"version": 2, "profiles": {}}',
        b'{"version": "1", "profiles": {}}',
        b'{"version": 1}',
        b'{"version": 1, "profiles": null}',
        b'{"version": 1, "profiles": []}',
        b'{"version": 1, "profiles": {"dev": null}}',
        b'{"version": 1, "profiles": {"dev": "https://proxy.example.com"}}',
        b'{"version": 1, "profiles": {"dev": {}}}',
        b'{"version": 1, "profiles": {"dev": {"root": 4000}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "credential": {}}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "credential": []}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "headers": []}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "headers": null}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "headers": {"x-team": 5}}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "models": []}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "models": {"gpt": []}}}}',
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "credential": {"kind": "api_key"}}}}',
        *(
            b'{"version": 1, "profiles": {"dev": {"root": "https://a", "parameters": %s}}}' % table
            for table in (
                b"[]",
                b"null",
                b'"x"',
                b'{"stream": true}',
                b'{"messages": []}',
                b'{"api_base": "https://evil.example.com"}',
                b'{"x y": 1}',
                b'{"temperature": NaN}',
                b'{"user": "\\ud800"}',
                b'{"deep": %s1%s}' % (b"[" * 200, b"]" * 200),
            )
        ),
        b'{"version": 1, "profiles": {"dev": {"root": "proxy.example.com"}}}',
        b'{"version": 1, "profiles": {"d\\ud800v": {"root": "https://a"}}}',
        *(
            b'{"version": 1, "profiles": {"dev": {"root": "https://a", "credential": {"kind": "variable",'
            b' "root": "https://a"%s}}}}' % field
            for field in (
                b"",
                b', "variable": ""',
                b', "variable": "sk-hidden"',
                b', "variable": "eyJhidden"',
            )
        ),
    ],
    ids=lambda content: repr(content[-70:]),
)
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    """Neither reading nor changing touches a file that cannot be understood; the message names it."""
    path = tmp_path / "profiles.json"
    write_private(path, content)
    store = ProfileStore(path, lambda _: None)

    for attempt in (store.load, lambda: store.change(lambda profiles: profiles.put(DEV))):
        with pytest.raises(ConfigError) as caught:
            attempt()
        assert f"`{path}`" in caught.value.message
        assert "hidden" not in str(caught.value.as_json())

    assert content == path.read_bytes()


NO_SIZES: list[object] = [0, -1, 1.5, "128000", True, None, [], 10**12, 10**400]


@pytest.mark.parametrize(
    ("entry", "profile"),
    [
        ({"root": ROOT, "model": 5}, Profile("dev", ROOT)),
        ({"root": ROOT, "model": None}, Profile("dev", ROOT)),
        ({"root": ROOT, "allow_http": "true"}, Profile("dev", ROOT)),
        ({"root": ROOT, "allow_http": 1}, Profile("dev", ROOT)),
        ({"root": ROOT, "credential": None}, Profile("dev", ROOT)),
        ({"root": ROOT, "keychain": "yes", "auth_header": 1, "ca_bundle": []}, Profile("dev", ROOT)),
        *(({"root": ROOT, "context_size": size}, Profile("dev", ROOT)) for size in NO_SIZES),
        ({"root": ROOT, "new_setting": []}, Profile("dev", ROOT, other={"new_setting": []})),
    ],
)
def test_settings_that_make_no_sense_count_as_unset(
    tmp_path: Path, entry: dict[str, object], profile: Profile
) -> None:
    """Only a real true allows plain http, only text is a model; unknown settings are kept, not used."""
    path = tmp_path / "profiles.json"
    document = {"version": 1, "default": ["dev"], "profiles": {"dev": entry}}
    write_private(path, json.dumps(document).encode())

    assert Profiles({"dev": profile}) == ProfileStore(path, lambda _: None).load()


def test_a_credential_of_an_unknown_kind_is_refused_by_its_name(tmp_path: Path) -> None:
    """What a later version wrote is neither used nor thrown away."""
    path = tmp_path / "profiles.json"
    entry = {"root": ROOT, "credential": {"kind": "passkey", "root": ROOT, "secret": "sk-hidden"}}
    content = json.dumps({"version": 1, "profiles": {"dev": entry}}).encode()
    write_private(path, content)
    store = ProfileStore(path, lambda _: None)

    with pytest.raises(ConfigError, match="unknown kind: `passkey`"):
        store.change(lambda profiles: profiles.put(BARE))

    assert content == path.read_bytes()


def test_a_change_leaves_the_file_and_its_lock_only(tmp_path: Path) -> None:
    """No temporary file stays after many changes."""
    store, _ = store_in(tmp_path)

    for number in range(5):
        store.change(lambda profiles, number=number: profiles.put(Profile(f"p{number}", ROOT)))  # type: ignore[misc]

    assert {"profiles.json", ".profiles.json.lock"} == {
        found.name for found in (tmp_path / "litectl").iterdir()
    }


def test_an_edit_that_fails_changes_nothing(tmp_path: Path) -> None:
    """An error of the edit is passed on, the file stays, and the lock is free again."""
    store, _ = store_in(tmp_path)
    store.change(lambda profiles: profiles.put(DEV))

    with pytest.raises(ConfigError, match="unknown profile: nobody"):
        store.change(lambda profiles: profiles.remove("nobody"))

    assert Profiles().put(DEV).put(BARE) == store.change(lambda profiles: profiles.put(BARE))


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_directory_that_cannot_be_made_is_a_configuration_error(tmp_path: Path, where: str) -> None:
    """A file in the place of the directory is named, and is no crash."""
    (tmp_path / "file").touch()
    store = ProfileStore(tmp_path / where / "profiles.json", lambda _: None)

    assert Profiles() == store.load()
    with pytest.raises(ConfigError, match="cannot create"):
        store.change(lambda profiles: profiles.put(DEV))


# The values


def test_no_secret_is_in_a_printed_profile() -> None:
    """What ends up in a traceback or a log does not give the secret away."""
    profiles = Profiles().put(DEV).put(DEV._replace(headers={"x-secret": "sk-secret-0002"}))

    printed = f"{CREDENTIAL!r} {CREDENTIAL} {DEV!r} {profiles!r} {profiles}"

    assert "sk-secret" not in printed
    assert ROOT in printed


def test_logging_out_forgets_the_credential_only() -> None:
    """A profile without its credential is still the same profile."""
    assert Profile("dev", ROOT, None, model="gpt-5.2", allow_http=True) == DEV.without_credential()


def test_the_first_profile_becomes_the_default() -> None:
    """Later ones do so only when asked, or when they are new and no default is left."""
    profiles = Profiles().put(DEV).put(BARE)

    assert profiles.default == DEV
    assert profiles.put(BARE, make_default=True).default == BARE
    assert profiles.remove("dev").put(BARE).default is None
    assert Profiles().put(DEV).remove("dev").put(BARE).default == BARE


def test_removing_a_profile_keeps_the_default_unless_it_was_the_one() -> None:
    """No other profile becomes the default by itself."""
    profiles = Profiles().put(DEV).put(BARE)

    assert profiles.remove("bare").default == DEV
    assert profiles.remove("dev").default_name is None


def test_an_unknown_profile_is_named_with_the_known_ones() -> None:
    """Whoever mistypes a name sees which there are."""
    for look_up in (Profiles().put(DEV).put(BARE).get, Profiles().put(DEV).put(BARE).use):
        with pytest.raises(ConfigError, match="unknown profile: prod") as caught:
            look_up("prod")
        assert "`dev`, `bare`" in (caught.value.hint or "")
    with pytest.raises(ConfigError) as caught:
        Profiles().get("prod")
    assert "none yet" in (caught.value.hint or "")


def test_profiles_of_one_root_come_with_the_default_first() -> None:
    """Several accounts of one proxy are told apart by their profiles."""
    profiles = Profiles().put(BARE).put(DEV).put(ADMIN)

    assert profiles.with_root(ROOT) == [DEV, ADMIN]
    assert profiles.use("admin").with_root(ROOT) == [ADMIN, DEV]
    assert profiles.with_root("https://nowhere.example.com") == []


# Logging in


@pytest.mark.parametrize(
    ("stored", "name", "replaceable", "expected"),
    [
        # No name: a profile of this root that may be replaced, the default one first, else a new one.
        ([], None, [], Profile("proxy.example.com", ROOT)),
        ([BARE], None, ["bare"], Profile("proxy.example.com", ROOT)),
        ([DEV], None, ["dev"], DEV),
        ([DEV], None, [], Profile("proxy.example.com", ROOT)),
        ([ADMIN, DEV], None, ["admin", "dev"], ADMIN),
        ([ADMIN, DEV], None, ["dev"], DEV),
        # The name of the host is taken by another account: the first number that is free.
        ([HOST], None, [], Profile("proxy.example.com-2", ROOT)),
        ([HOST, HOST_2], None, [], Profile("proxy.example.com-3", ROOT)),
        ([HOST, HOST_2], None, ["proxy.example.com-2"], HOST_2),
        ([Profile("proxy.example.com", OTHER_ROOT)], None, [], Profile("proxy.example.com-2", ROOT)),
        # A name: that profile, with its settings, whoever it belonged to, or a new one.
        ([], "work", [], Profile("work", ROOT)),
        ([DEV], "work", ["dev"], Profile("work", ROOT)),
        ([ADMIN, DEV], "dev", [], DEV),
        ([], "Team_1.eu:4000-x", [], Profile("Team_1.eu:4000-x", ROOT)),
    ],
)
def test_a_login_fills_the_profile_of_its_account(
    stored: list[Profile], name: str | None, replaceable: list[str], expected: Profile
) -> None:
    """A second login renews the profile of its account; another account or another name is another one."""
    profiles = Profiles()
    for profile in stored:
        profiles = profiles.put(profile)

    assert expected == profile_for_login(profiles, name, ROOT, lambda known: known.name in replaceable)


def test_a_login_never_turns_a_profile_to_another_proxy() -> None:
    """A name that is taken by another root is refused, with the way out."""
    with pytest.raises(ConfigError, match=f"profile `bare` is for {OTHER_ROOT}, not for {ROOT}") as caught:
        profile_for_login(Profiles().put(BARE), "bare", ROOT, lambda _: True)

    assert "litectl profiles remove bare" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["", " ", "-x", "a b", "a/b", "ä", "a\n", "$(x)", "x" * 101])
def test_a_name_that_could_not_be_typed_safely_is_refused(name: str) -> None:
    """Spaces, shell characters and a leading dash make no name."""
    with pytest.raises(UsageError, match="a profile name has"):
        profile_for_login(Profiles(), name, ROOT, lambda _: True)


@pytest.mark.parametrize(
    "root",
    [
        "http://localhost:4000",
        "https://proxy.example.com/llm/team",
        "http://[::1]:4000",
        "https://proxy.example.com/~team/a%20b",
        "https://bücher.example.com",
        "https://proxy.example.com/" + "x" * 200,
    ],
)
def test_the_name_of_a_new_profile_can_be_given_back(root: str) -> None:
    """The name that a login makes up is one that `--profile` takes at the next login."""
    made = profile_for_login(Profiles(), None, root, lambda _: True)

    assert made == profile_for_login(Profiles().put(made), made.name, root, lambda _: True)
