"""Profiles and the file they live in: private, whole, and shared by many processes."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from litectl.credentials.stored import StoredCredential
from litectl.errors import ConfigError, UsageError
from litectl.profiles import Profile, Profiles, ProfileStore, profile_for_login
from litectl.storage import locked, read_document, write_private

ROOT = "https://proxy.example.com"
OTHER_ROOT = "https://other.example.com"
CREDENTIAL = StoredCredential("api_key", ROOT, "sk-secret-0001")
DEV = Profile("dev", ROOT, CREDENTIAL, model="gpt-5.2", allow_http=True)
BARE = Profile("bare", OTHER_ROOT)


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
        Profiles().put(Profile("näme", ROOT, model="modèle ☃")),
        Profiles().put(Profile("odd", ROOT, model="bytes of the shell: \udcff")),
    ],
    ids=["none", "bare", "two", "second is default", "no default", "not ascii", "not text"],
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
        b'{"version": 1, "profiles": {"dev": {"root": "https://a", "credential": {"kind": "api_key"}}}}',
    ],
    ids=lambda content: repr(content[:70]),
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

    assert content == path.read_bytes()


@pytest.mark.parametrize(
    ("entry", "profile"),
    [
        ({"root": ROOT, "model": 5}, Profile("dev", ROOT)),
        ({"root": ROOT, "model": None}, Profile("dev", ROOT)),
        ({"root": ROOT, "allow_http": "true"}, Profile("dev", ROOT)),
        ({"root": ROOT, "allow_http": 1}, Profile("dev", ROOT)),
        ({"root": ROOT, "credential": None}, Profile("dev", ROOT)),
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


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """When the new content cannot take its place the old one stays, and no temporary file."""
    path = tmp_path / "profiles.json"
    path.mkdir()
    (path / "kept").touch()

    with pytest.raises(ConfigError, match="cannot write"):
        write_private(path, b"new")

    assert sorted(str(found.relative_to(tmp_path)) for found in tmp_path.rglob("*")) == [
        "profiles.json",
        "profiles.json/kept",
    ]


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


def test_a_file_that_cannot_be_read_is_a_configuration_error(tmp_path: Path) -> None:
    """A directory in the place of the file is named, and is no crash."""
    with pytest.raises(ConfigError, match="cannot read"):
        read_document(tmp_path, 1)


def test_a_lock_that_is_held_too_long_is_a_configuration_error(tmp_path: Path) -> None:
    """Nobody waits for ever for another process."""
    path = tmp_path / "profiles.json"

    with (
        locked(path),
        pytest.raises(ConfigError, match="another litectl is using"),
        locked(path, seconds=0.05),
    ):
        pytest.fail("the lock was given twice")


ADD_PROFILE = """
import sys
from pathlib import Path
from litectl.profiles import Profile, ProfileStore

path, name = sys.argv[1:]
store = ProfileStore(Path(path), lambda _: None)
print("ready", flush=True)
sys.stdin.readline()
store.change(lambda profiles: profiles.put(Profile(name, "https://proxy.example.com")))
"""


def test_processes_that_add_profiles_at_once_lose_none(tmp_path: Path) -> None:
    """Twenty processes change the file at the same moment; all their profiles are in it, whole."""
    path = tmp_path / "profiles.json"
    names = [f"profile-{number}" for number in range(20)]
    command = [sys.executable, "-c", ADD_PROFILE, str(path)]

    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen([*command, name], stdin=PIPE, stdout=PIPE)) for name in names
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        while any(process.poll() is None for process in processes):
            # What a reader sees at any moment is a whole file.
            ProfileStore(path, lambda _: None).load()
        codes = [process.returncode for process in processes]

    assert codes == [0] * 20
    assert set(names) == set(ProfileStore(path, lambda _: None).load().by_name)
    assert {"profiles.json", ".profiles.json.lock"} == {found.name for found in tmp_path.iterdir()}


# The values


def test_no_secret_is_in_a_printed_profile() -> None:
    """What ends up in a traceback or a log does not give the secret away."""
    profiles = Profiles().put(DEV)

    printed = f"{CREDENTIAL!r} {CREDENTIAL} {DEV!r} {profiles!r} {profiles}"

    assert "sk-secret-0001" not in printed
    assert ROOT in printed


def test_logging_out_forgets_the_credential_only() -> None:
    """A profile without its credential is still the same profile."""
    assert Profile("dev", ROOT, None, model="gpt-5.2", allow_http=True) == DEV.without_credential()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("model", "claude-haiku-4-5", DEV._replace(model="claude-haiku-4-5")),
        ("model", "", DEV._replace(model=None)),
        ("allow_http", "true", DEV),
        ("allow_http", "True", DEV),
        ("allow_http", "false", DEV._replace(allow_http=False)),
        ("allow_http", "FALSE", DEV._replace(allow_http=False)),
        ("allow_http", "", DEV._replace(allow_http=False)),
    ],
)
def test_a_setting_is_changed_as_typed(key: str, value: str, expected: Profile) -> None:
    """A model is any text, a switch is true or false, and nothing unsets either."""
    assert expected == DEV.with_value(key, value)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("allow_http", "yes", "`true` or `false`"),
        ("allow_http", "1", "`true` or `false`"),
        ("root", OTHER_ROOT, "model, allow_http"),
        ("credential", "sk-1", "model, allow_http"),
        ("", "", "model, allow_http"),
    ],
)
def test_a_setting_that_cannot_be_is_a_usage_error(key: str, value: str, named: str) -> None:
    """The hint names what may be given; root and credential are changed by logging in only."""
    with pytest.raises(UsageError) as caught:
        DEV.with_value(key, value)

    assert named in (caught.value.hint or "")


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
    admin = Profile("admin", ROOT)
    profiles = Profiles().put(BARE).put(DEV).put(admin)

    assert [DEV, admin] == profiles.with_root(ROOT)
    assert [admin, DEV] == profiles.use("admin").with_root(ROOT)
    assert profiles.with_root("https://nowhere.example.com") == []


# Logging in


@pytest.mark.parametrize(
    ("stored", "name", "expected"),
    [
        # No name: the profile of this root, the default one first, else a new one after the host.
        ([], None, Profile("proxy.example.com", ROOT)),
        ([BARE], None, Profile("proxy.example.com", ROOT)),
        ([DEV], None, DEV),
        ([Profile("admin", ROOT), DEV], None, Profile("admin", ROOT)),
        # A name: that profile, with its settings, or a new one.
        ([], "work", Profile("work", ROOT)),
        ([DEV], "work", Profile("work", ROOT)),
        ([Profile("admin", ROOT), DEV], "dev", DEV),
        ([], "Team_1.eu:4000-x", Profile("Team_1.eu:4000-x", ROOT)),
    ],
)
def test_a_login_fills_the_profile_of_its_proxy(
    stored: list[Profile], name: str | None, expected: Profile
) -> None:
    """A second login to a proxy renews its profile, unless a name asks for another one."""
    profiles = Profiles()
    for profile in stored:
        profiles = profiles.put(profile)

    assert expected == profile_for_login(profiles, name, ROOT)


def test_a_login_never_turns_a_profile_to_another_proxy() -> None:
    """A name that is taken by another root is refused, with the way out."""
    with pytest.raises(ConfigError, match=f"profile `bare` is for {OTHER_ROOT}, not for {ROOT}") as caught:
        profile_for_login(Profiles().put(BARE), "bare", ROOT)

    assert "litectl profiles remove bare" in (caught.value.hint or "")


@pytest.mark.parametrize("name", ["", " ", "-x", "a b", "a/b", "ä", "a\n", "$(x)", "x" * 101])
def test_a_name_that_could_not_be_typed_safely_is_refused(name: str) -> None:
    """Spaces, shell characters and a leading dash make no name."""
    with pytest.raises(UsageError, match="a profile name has"):
        profile_for_login(Profiles(), name, ROOT)


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
    made = profile_for_login(Profiles(), None, root)

    assert made == profile_for_login(Profiles().put(made), made.name, root)


def test_a_linked_store_stays_a_link(tmp_path: Path) -> None:
    """A store that is a symbolic link, as dotfile managers make it, is written where it points to."""
    real, link = tmp_path / "dotfiles/profiles.json", tmp_path / "config/profiles.json"
    for path in (real, link):
        path.parent.mkdir()
    real.write_text('{"version": 1, "profiles": {}}')
    link.symlink_to(real)

    ProfileStore(link, on_tightened=lambda _: None).change(
        lambda profiles: profiles.put(Profile("work", "https://proxy.example.com"))
    )

    assert link.is_symlink()
    assert "proxy.example.com" in real.read_text()
