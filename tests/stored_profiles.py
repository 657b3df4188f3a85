"""The file of profiles under a home, read and changed as no command does it."""

import json
from pathlib import Path
from typing import Any


class StoredProfiles:
    """The file under *home*; its `content` can be put back."""

    def __init__(self, home: Path) -> None:
        self.path = home / ".config/litectl/profiles.json"

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.path.read_bytes()

    @content.setter
    def content(self, content: bytes) -> None:
        self.path.write_bytes(content)

    @property
    def credential(self) -> dict[str, Any]:
        """The stored credential of the default profile."""
        document = json.loads(self.content)
        credential: dict[str, Any] = document["profiles"][document["default"]]["credential"]
        return credential

    def change(self, **fields: object) -> None:
        """Change these *fields* of the credential of the default profile."""
        document = json.loads(self.content)
        document["profiles"][document["default"]]["credential"] |= fields
        self.content = json.dumps(document).encode()
