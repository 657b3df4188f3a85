"""Who may look: every file and directory that litectl writes is its owner's alone, whatever the umask."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_proxy import FakeProxy, json_answer, model_info
from litectl.storage.files import locked
from login_shapes import PKCE, SingleSignOn, store_login
from program import Litectl, Program
from stored_profiles import StoredProfiles

KEY = "sk-good-key-1234"


@pytest.fixture(autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let files be open to everybody unless somebody says otherwise; a parameter is another umask."""
    before = os.umask(getattr(request, "param", 0))
    yield
    os.umask(before)


@pytest.fixture
def litectl(fake: FakeProxy, isolated: Path) -> Litectl:
    """Run the real `main` in a home that others may look into, against a proxy that has a model."""
    isolated.chmod(0o755)
    fake.on_models(model_info("gpt-5.2"))
    fake.on("GET", "/v1/models", json_answer({"data": []}))
    return Litectl({})


def login(litectl: Litectl | Program, fake: FakeProxy, *words: str) -> None:
    """Log in with a key."""
    given = ("login", "--base-url", fake.root, "--api-key-file", "-", *words)
    assert litectl(*given, stdin=KEY.encode()).code == 0


def open_to_others(home: Path) -> list[str]:
    """Return what is below *home* and not 0600, or 0700 for a directory, with its mode."""
    return [
        f"{path.relative_to(home)} {path.lstat().st_mode & 0o777:o}"
        for path in sorted(home.rglob("*"))
        if path.lstat().st_mode & 0o777 != (0o700 if path.is_dir() else 0o600)
    ]


def names_below(home: Path) -> set[str]:
    """Return the files below *home*, fingerprints left out."""
    return {
        path.name if len(path.stem.strip(".")) < 32 else f"{path.parent.name}/*{path.suffix}"
        for path in home.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o177, 0o777], indirect=True, ids=oct)
def test_everything_is_private(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Profiles, tokens, the local secret, lists and every lock are 0600 in directories that are 0700."""
    store_login(isolated, SingleSignOn(fake, PKCE), ends_in=-10.0)
    litectl("whoami")
    login(litectl, fake, "--profile", "second", "--no-verify")
    litectl("models", "refresh")
    helper = {"LITECTL_BASE_URL": fake.root, "LITELLM_API_KEY_HELPER": "echo sk-of-a-helper-01"}
    litectl("logout", "--profile", "second")
    litectl("logout", "--profile", "work")
    assert litectl("token", variables=helper).out == "sk-of-a-helper-01\n"

    assert {
        "profiles.json",
        ".profiles.json.lock",
        ".work.login.lock",
        "fingerprint.key",
        ".fingerprint.key.lock",
        "tokens/*.json",
        "catalogs/*.json",
    } <= names_below(isolated)
    assert open_to_others(isolated) == []


def test_a_process_of_its_own_does_the_same(fake: FakeProxy, litectl: Litectl, isolated: Path) -> None:
    """The umask of a process is no different from that of the tests."""
    program = Program([sys.executable, "-m", "litectl"], litectl.variables)

    login(program, fake)
    program("models", "refresh")

    assert {"profiles.json", "fingerprint.key"} <= names_below(isolated)
    assert open_to_others(isolated) == []


def test_directories_that_are_there_are_left_alone(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """What other tools share, as `~/.config`, keeps its mode."""
    for name in (".config", ".cache"):
        (isolated / name).mkdir(mode=0o755)

    login(litectl, fake)
    litectl("models", "refresh")

    assert open_to_others(isolated) == [".cache 755", ".config 755"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o777, 0o602])
def test_a_file_of_profiles_that_others_could_read_is_tightened(
    litectl: Litectl, fake: FakeProxy, isolated: Path, mode: int
) -> None:
    """The next command takes away what others may do, says so once, and works."""
    login(litectl, fake)
    path = StoredProfiles(isolated).path
    path.chmod(mode)

    first, second = litectl("token"), litectl("token")

    assert [first.out, second.out] == [f"{KEY}\n"] * 2
    assert first.err == f"warning: `{path}` was open to other users; it is yours alone now\n"
    assert second.err == ""
    assert path.stat().st_mode & 0o077 == 0


def test_a_directory_that_others_could_enter_is_tightened(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Whoever may write there could put another file in the place of ours."""
    login(litectl, fake)
    directory = StoredProfiles(isolated).path.parent
    directory.chmod(0o777)

    result = litectl("token")

    assert f"`{directory}` was open to other users" in result.err
    assert directory.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_private_file_is_not_touched(litectl: Litectl, fake: FakeProxy, isolated: Path, mode: int) -> None:
    """A mode that gives others nothing stays, and nothing is said."""
    login(litectl, fake)
    path = StoredProfiles(isolated).path
    path.chmod(mode)

    assert litectl("token").err == ""
    assert path.stat().st_mode & 0o777 == mode


def test_a_link_stays_and_what_it_leads_to_is_private(
    litectl: Litectl, fake: FakeProxy, isolated: Path, tmp_path: Path
) -> None:
    """A file of profiles that is kept elsewhere, as with the other dotfiles, is replaced there."""
    elsewhere = tmp_path / "dotfiles.json"
    login(litectl, fake)
    path = StoredProfiles(isolated).path
    path.rename(elsewhere)
    elsewhere.chmod(0o644)
    path.symlink_to(elsewhere)

    login(litectl, fake, "--profile", "second")

    assert path.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert "second" in elsewhere.read_text()


def test_nothing_is_left_of_a_write_that_failed(
    litectl: Litectl, fake: FakeProxy, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new file cannot take the place of the old one, no copy of the secrets stays beside it."""
    login(litectl, fake)
    before = StoredProfiles(isolated).content

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    words = ("login", "--base-url", fake.root, "--profile", "second", "--api-key-file", "-")
    result = litectl(*words, stdin=b"sk-second-key-5678")

    assert result.code == 3
    assert "No space left on device" in result.err
    assert StoredProfiles(isolated).content == before
    assert not [path for path in isolated.rglob("*") if path.is_file() and b"second" in path.read_bytes()]


def test_a_lock_is_private_too(tmp_path: Path) -> None:
    """The lock file beside a file says nothing, and others may not hold it."""
    with locked(tmp_path / "new" / "file"):
        lock = tmp_path / "new" / ".file.lock"
        assert lock.stat().st_mode & 0o777 == 0o600
        assert lock.parent.stat().st_mode & 0o777 == 0o700
