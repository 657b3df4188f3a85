"""
A keychain for processes, by the interface of `keyring`.

`PYTHON_KEYRING_BACKEND=fake_keyring.FileKeychain` installs it. FAKE_KEYRING_FILE is where its
entries lie, FAKE_KEYRING_MODE how it behaves: `works`, `full`, `locked` or `hangs`.
"""

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError


class FileKeychain(KeyringBackend):
    """Entries in a JSON file, by `service/account`."""

    priority = 1
    name = "File Keyring"

    def get_password(self, service: str, username: str) -> str | None:
        """Return the entry."""
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the entry, unless it is full."""
        if os.environ["FAKE_KEYRING_MODE"] == "full":
            raise PasswordSetError("full")
        self._keep({**self._entries(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Remove the entry."""
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not found")
        self._keep(entries)

    def _entries(self) -> dict[str, str]:
        mode = os.environ["FAKE_KEYRING_MODE"]
        if mode == "hangs":
            time.sleep(60)
        if mode == "locked":
            raise KeyringLocked("the text of a backend, which may hold anything")
        path = Path(os.environ["FAKE_KEYRING_FILE"])
        entries: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return entries

    def _keep(self, entries: dict[str, str]) -> None:
        Path(os.environ["FAKE_KEYRING_FILE"]).write_text(json.dumps(entries))
