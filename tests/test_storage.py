"""Files on disk: whole, locked, left alone when a newer litectl wrote them, and shared by many processes."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.errors import ConfigError
from litectl.profiles.profile import Profile, ProfileStore
from litectl.storage.files import LockedError, locked, read_document, write_private
from program import Litectl
from senders import ASK, let_answer, sent_to, store_profiles


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
from litectl.profiles.profile import Profile, ProfileStore

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


# A file of a newer version


NEWER = json.dumps({"version": 2, "vaults": [{"hidden": "sk-hidden"}], "default": "dev"}).encode()
WRITERS = {
    "login": ("login", "--api-key-file", "-", "--no-verify"),
    "login of a helper": ("login", "--helper", "echo sk-1", "--no-verify"),
    "login by name": ("login", "--profile", "dev", "--api-key-file", "-", "--no-verify"),
    "logout": ("logout",),
    "logout on this machine": ("logout", "--no-revoke"),
    "profiles add": ("profiles", "add", "new"),
    "profiles set": ("profiles", "set", "model=gpt-5.2"),
    "profiles use": ("profiles", "use", "dev"),
    "profiles remove": ("profiles", "remove", "dev", "--yes"),
}
READERS = {
    "profiles list": ("profiles", "list"),
    "profiles show": ("profiles", "show", "dev"),
    "whoami": ("whoami",),
    "token": ("token",),
    "ask": ASK,
    "models list": ("models", "list"),
}


@pytest.mark.parametrize("command", [*WRITERS, *READERS])
def test_a_file_of_a_newer_version_is_never_overwritten(
    fake: FakeProxy, isolated: Path, command: str
) -> None:
    """Every command that reads or writes it is exit 3, names both versions, and asks nobody."""
    let_answer([fake])
    path = store_profiles()
    path.write_bytes(NEWER)
    arguments = (WRITERS | READERS)[command]

    result = Litectl({})(*arguments, "--base-url", fake.root, stdin=b"sk-new-key-0001")

    assert (result.code, result.out) == (3, "")
    assert f"`{path}` has version 2; this litectl reads version 1" in result.err
    assert "hidden" not in result.err
    assert path.read_bytes() == NEWER
    assert fake.requests == []
    assert {found.name for found in path.parent.iterdir()} == {"profiles.json", ".profiles.json.lock"}


def renewable(root: str, *, ends_in: float) -> StoredCredential:
    """Return a login that can be renewed at `/token`."""
    return StoredCredential(
        LOGIN,
        root,
        "hidden-token",
        expires_at=time.time() + ends_in,
        refresh_token="hidden-refresh",
        client_id="client",
        token_endpoint=f"{root}/token",
    )


def upgraded(path: Path, answer: Answer) -> Callable[[Request], Answer]:
    """Return what gives *answer* after a newer litectl has written the file at *path*."""

    def answered(_: Request) -> Answer:
        path.write_bytes(NEWER)
        return answer

    return answered


def test_a_refused_login_is_not_renewed_into_a_newer_file(fake: FakeProxy) -> None:
    """When the file is upgraded while the proxy is asked, the refresh token is not spent."""
    path = store_profiles(Profile("dev", fake.root, renewable(fake.root, ends_in=9999)), default="dev")
    fake.on_chat(upgraded(path, error_answer(401, "expired_key", "Authentication Error - Expired Key")))
    fake.on("POST", "/token", json_answer({"access_token": "hidden-new", "expires_in": 9999}))

    result = Litectl({})(*ASK)

    assert result.code == 3
    assert "has version 2" in result.err
    assert sent_to(fake) == [{"authorization": "Bearer hidden-token"}]
    assert path.read_bytes() == NEWER


def test_a_renewed_login_does_not_overwrite_a_newer_file(fake: FakeProxy) -> None:
    """When it is upgraded while the login is renewed, the new token is not used, as it is not stored."""
    path = store_profiles(Profile("dev", fake.root, renewable(fake.root, ends_in=-1)), default="dev")
    fake.on(
        "POST",
        "/token",
        upgraded(path, json_answer({"access_token": "hidden-new", "refresh_token": "r", "expires_in": 9999})),
    )

    result = Litectl({})(*ASK)

    assert result.code == 3
    assert "hidden" not in result.err
    assert [request.path for request in fake.requests] == ["/token"]
    assert path.read_bytes() == NEWER


def test_the_longest_name_that_a_file_may_have_can_be_written(tmp_path: Path) -> None:
    """The file beside it that becomes it has a shorter one."""
    path = tmp_path / ("é" * 127)

    write_private(path, b"x")

    assert (path.read_bytes(), len(list(tmp_path.iterdir()))) == (b"x", 1)


def test_a_file_system_without_locks_is_made_do_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    """Another process is kept out all the same, and no warning of Python is printed."""
    fcntl = pytest.importorskip("fcntl")

    def missing(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", missing)
    path = tmp_path / "profiles.json"

    with locked(path), pytest.raises(LockedError), locked(path, seconds=0.1):
        pass
    with locked(path):
        pass

    assert [str(found.message) for found in recwarn] == []
