"""A keychain in memory, by the interface of `keyring`, for tests in this process."""

import keyring.backends.fail
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class Working(KeyringBackend):
    """A keychain in memory."""

    priority = -1  # found by no search, only where a test installs it
    name = "Working Keyring"

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove it."""
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


def without_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no keychain, until `keyring.set_keyring` gives one, and none again after the test."""
    # The package has no way to take one away again, and looking for the real one asks services.
    monkeypatch.setattr(keyring.core, "_keyring_backend", keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
