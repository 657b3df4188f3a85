"""The OS keychain: what is kept in it, and every way in which a backend may fail."""
# ruff: noqa: ARG002  # the methods of a backend have the parameters of the library

import json
import sys
import time
from collections.abc import Callable
from threading import Event

import keyring
import keyring.backends.fail
import keyring.backends.null
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

from litectl.credentials.keychain import SERVICE, Keychain, KeychainError, backend_name
from litectl.errors import AuthError, ConfigError, ExitCode
from memory_keychain import Working, without_keychain

ROOT = "https://proxy.example.com"
FIELDS = {"secret": "sk-hidden", "refresh_token": "hidden-refresh"}


class Truncating(Working):
    """A keychain that keeps a part only."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the beginning."""
        super().set_password(service, username, password[:20])


class Forgetful(Working):
    """A keychain that keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing."""


class Stubborn(Working):
    """A keychain that removes nothing."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove nothing."""


class Failing(Working):
    """A keychain that raises whatever it is asked."""

    def __init__(self, failure: BaseException) -> None:
        super().__init__()
        self.failure = failure

    def get_password(self, service: str, username: str) -> str | None:
        """Raise."""
        raise self.failure

    def set_password(self, service: str, username: str, password: str) -> None:
        """Raise."""
        raise self.failure

    def delete_password(self, service: str, username: str) -> None:
        """Raise."""
        raise self.failure


class Hanging(Working):
    """A keychain that waits for somebody to unlock it."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = Event()

    def get_password(self, service: str, username: str) -> str | None:
        """Wait."""
        self.unlocked.wait(20)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Wait."""
        self.unlocked.wait(20)


Install = Callable[[KeyringBackend], None]


@pytest.fixture(autouse=True)
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give what makes a backend the keychain of this test; without it there is none."""
    without_keychain(monkeypatch)
    return keyring.set_keyring


@pytest.fixture
def working(install: Install) -> Working:
    """Give a keychain that works."""
    backend = Working()
    install(backend)
    return backend


def read_error(*, seconds: float = 3.0) -> AuthError:
    """Return the error of reading the entry."""
    with pytest.raises(AuthError) as caught:
        Keychain("dev", ROOT, seconds=seconds).read()
    assert "hidden" not in str(caught.value.as_json())
    assert "litectl login" in (caught.value.hint or "")
    assert "--no-keychain" in (caught.value.hint or "")
    return caught.value


def keychain_error(call: Callable[[Keychain], object], *, seconds: float = 3.0) -> KeychainError:
    """Return the error of *call*."""
    with pytest.raises(KeychainError) as caught:
        call(Keychain("dev", ROOT, seconds=seconds))
    assert "hidden" not in str(caught.value.as_json())
    assert "--no-keychain" in (caught.value.hint or "")
    return caught.value


def write(keychain: Keychain) -> None:
    """Write secrets."""
    keychain.write(FIELDS)


@pytest.mark.parametrize("fields", [FIELDS, {"secret": "sk-hidden"}, {"secret": "x" * 5000, "more": 'ä"\\'}])
def test_secrets_are_kept_and_read(working: Working, fields: dict[str, str]) -> None:
    """What is written is read again, from one entry of the service that bears the profile's name."""
    Keychain("dev", ROOT).write(fields)

    assert Keychain("dev", ROOT).read() == fields
    assert list(working.entries) == [(SERVICE, "dev")]


def test_profiles_have_entries_of_their_own(working: Working) -> None:
    """Writing and removing one leaves the other."""
    Keychain("dev", ROOT).write({"secret": "sk-dev"})
    Keychain("admin", ROOT).write({"secret": "sk-admin"})

    Keychain("admin", ROOT).delete()

    assert Keychain("dev", ROOT).read() == {"secret": "sk-dev"}
    assert len(working.entries) == 1


@pytest.mark.usefixtures("working")
def test_all_secrets_are_replaced_together() -> None:
    """No refresh token of an older login stays beside a new secret."""
    Keychain("dev", ROOT).write(FIELDS)
    Keychain("dev", ROOT).write({"secret": "sk-new"})

    assert Keychain("dev", ROOT).read() == {"secret": "sk-new"}


@pytest.mark.usefixtures("working")
def test_a_missing_entry_is_told() -> None:
    """Somebody removed it, or the file came from another machine."""
    assert read_error().message == "the OS keychain has no entry `litectl` / `dev`"


@pytest.mark.parametrize("root", ["https://other.example.com", f"{ROOT}/team", "http://proxy.example.com"])
@pytest.mark.usefixtures("working")
def test_an_entry_goes_only_to_the_root_it_was_issued_for(root: str) -> None:
    """An entry of the same name that belongs to another proxy is not used."""
    Keychain("dev", root).write(FIELDS)

    assert read_error().message == "the entry `litectl` / `dev` in the OS keychain is for another proxy"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-hidden",
        '{"root": "https://proxy.example.com", "fields": {"secret": "sk-hid',
        "[" * 100_000,
        "null",
        "[]",
        "{}",
        json.dumps({"root": ROOT}),
        json.dumps({"root": ROOT, "fields": None}),
        json.dumps({"root": ROOT, "fields": {}}),
        json.dumps({"root": ROOT, "fields": ["sk-hidden"]}),
        json.dumps({"root": ROOT, "fields": {"secret": ""}}),
        json.dumps({"root": ROOT, "fields": {"secret": 1}}),
        json.dumps({"root": ROOT, "fields": {"secret": "sk-hidden", "refresh_token": None}}),
        b"\xff",
        1,
    ],
)
def test_an_entry_that_was_changed_by_hand_is_damaged(working: Working, text: str) -> None:
    """Junk of any kind is told, and not shown."""
    working.entries[SERVICE, "dev"] = text

    assert read_error().message == "the entry `litectl` / `dev` in the OS keychain is damaged"


@pytest.mark.parametrize("root", [None, 1, [ROOT], "missing"])
def test_an_entry_without_a_root_goes_nowhere(working: Working, root: object) -> None:
    """Only the very root counts."""
    entry = {"root": root, "fields": FIELDS}
    working.entries[SERVICE, "dev"] = json.dumps(entry if root != "missing" else {"fields": FIELDS})

    assert read_error().message.endswith("is for another proxy")


class OwnError(Exception):
    """An error that only its backend knows."""


class LockedLater(KeyringLocked):
    """A kind of being locked."""


FAILURES = [
    (KeyringLocked("hidden"), "the OS keychain is locked"),
    (LockedLater("hidden"), "the OS keychain is locked"),
    (NoKeyringError("hidden"), "there is no OS keychain on this machine"),
    (InitError("hidden"), "the OS keychain failed: InitError"),
    (KeyringError("hidden"), "the OS keychain failed: KeyringError"),
    (RuntimeError("hidden"), "the OS keychain failed: RuntimeError"),
    (OwnError("hidden"), "the OS keychain failed: OwnError"),
    (SystemExit("hidden"), "the OS keychain failed: SystemExit"),
    (KeyboardInterrupt("hidden"), "the OS keychain failed: KeyboardInterrupt"),
    (ImportError("hidden"), "the OS keychain failed: ImportError"),
]


@pytest.mark.parametrize(("failure", "message"), FAILURES, ids=lambda value: type(value).__name__)
def test_whatever_a_backend_raises_is_translated(
    install: Install, failure: BaseException, message: str
) -> None:
    """Reading, writing and removing say in words what is wrong, without the backend's own text."""
    install(Failing(failure))

    errors = [read_error(), keychain_error(write), keychain_error(Keychain.delete)]

    assert {error.message for error in errors} == {message}


def test_the_classes_decide_the_exit_code() -> None:
    """A secret that cannot be read is a matter of who asks, one that cannot be kept of the machine."""
    assert read_error().exit_code == ExitCode.AUTH
    assert keychain_error(write).exit_code == ExitCode.CONFIG
    assert issubclass(KeychainError, ConfigError)


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_a_backend_that_keeps_nothing_is_no_keychain(
    install: Install, backend: Callable[[], KeyringBackend]
) -> None:
    """The two stand-ins of the package are not taken for one."""
    install(backend())

    errors = [
        read_error(),
        keychain_error(write),
        keychain_error(Keychain.delete),
        keychain_error(lambda _: backend_name()),
    ]

    assert {error.message for error in errors} == {"there is no OS keychain on this machine"}


def test_a_missing_package_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keychain is an extra; without it everything else works."""
    monkeypatch.setitem(sys.modules, "keyring", None)

    errors = [
        read_error(),
        keychain_error(write),
        keychain_error(Keychain.delete),
        keychain_error(lambda _: backend_name()),
    ]

    assert {error.message for error in errors} == {"the OS keychain needs the package `keyring`"}
    assert all("pip install 'litectl[keychain]'" in (error.hint or "") for error in errors)


def test_a_backend_that_waits_is_left_behind(install: Install) -> None:
    """A prompt that nobody sees does not hold a command for longer than its limit."""
    backend = Hanging()
    install(backend)

    started = time.monotonic()
    errors = [
        read_error(seconds=0.05),
        keychain_error(write, seconds=0.05),
        keychain_error(Keychain.delete, seconds=0.05),
    ]
    took = time.monotonic() - started
    backend.unlocked.set()

    assert {error.message for error in errors} == {"the OS keychain did not answer within 0.05 s"}
    assert took < 5


@pytest.mark.parametrize("backend", [Truncating, Forgetful])
def test_what_was_not_kept_whole_is_noticed(install: Install, backend: Callable[[], Working]) -> None:
    """Writing reads back; a part of the secrets is not left there."""
    keychain = backend()
    install(keychain)

    error = keychain_error(write)

    assert error.message == "the OS keychain did not keep the secrets whole"
    assert keychain.entries == {}


@pytest.mark.usefixtures("working")
def test_an_entry_is_removed() -> None:
    """Afterwards there is none, and removing it again is fine."""
    Keychain("dev", ROOT).write(FIELDS)

    Keychain("dev", ROOT).delete()
    Keychain("dev", ROOT).delete()

    assert "no entry" in read_error().message


def test_an_entry_that_stays_is_told(install: Install) -> None:
    """Removing looks whether it has gone."""
    install(Stubborn())
    Keychain("dev", ROOT).write(FIELDS)

    error = keychain_error(Keychain.delete)

    assert error.message == "the OS keychain did not remove the entry `litectl` / `dev`"


def test_the_backend_has_a_name(install: Install, working: Working) -> None:
    """Its name is shown without what every name ends with; a chain names all of its members."""

    class Chain(Working):
        name = "chain"
        backends = (working, working)

    names = [backend_name()]
    install(Chain())

    assert [*names, backend_name()] == ["Working", "Working, Working"]


def test_asking_for_the_name_is_bounded_too(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding the backend may hang, as it asks services."""
    found = Event()

    def find() -> KeyringBackend:
        found.wait(20)
        return Working()

    monkeypatch.setattr(keyring, "get_keyring", find)
    try:
        with pytest.raises(KeychainError, match=r"within 0\.05 s"):
            backend_name(seconds=0.05)
    finally:
        found.set()
