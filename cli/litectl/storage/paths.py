"""
Where litectl keeps its files, as platformdirs says for this system.

On Linux: profiles in `$XDG_CONFIG_HOME/litectl`, the cached lists in
`$XDG_CACHE_HOME/litectl`, the cache's local secret, short-lived tokens and what the
last refresh came to in `$XDG_STATE_HOME/litectl`, and the sandbox in `$XDG_DATA_HOME/litectl`.
"""

import os
import sys
from functools import cached_property
from pathlib import Path

from litectl.errors import ConfigError

_UNDER_HOME = {"config": "/.config", "cache": "/.cache", "state": "/.local/state", "data": "/.local/share"}


class NoHomeError(ConfigError):
    """The user has no home directory; commands that need no files work all the same."""

    hint = "set HOME, or XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME and XDG_DATA_HOME"


class Paths:
    """The files and directories of one user; nothing is created by asking."""

    @cached_property
    def profiles(self) -> Path:
        """The profiles with their credentials."""
        return self._directory("config") / "profiles.json"

    @cached_property
    def catalogs(self) -> Path:
        """The directory of cached catalogs, one file per fingerprint."""
        return self._directory("cache") / "catalogs"

    @cached_property
    def tool_lists(self) -> Path:
        """The directory of cached tool lists, one file per fingerprint."""
        return self._directory("cache") / "tools"

    @cached_property
    def skill_lists(self) -> Path:
        """The directory of kept lists of skills, one file per fingerprint."""
        return self._directory("cache") / "skills"

    @cached_property
    def fingerprint_secret(self) -> Path:
        """The random secret that keys the fingerprints; kept apart from the cache it protects."""
        return self._directory("state") / "fingerprint.key"

    @cached_property
    def tokens(self) -> Path:
        """The directory of short-lived tokens; not in the cache, which people share and back up."""
        return self._directory("state") / "tokens"

    @cached_property
    def last_refresh(self) -> Path:
        """What the last refresh of every profile came to; its lock keeps a second one out meanwhile."""
        return self._directory("state") / "last_refresh.json"

    @property
    def home(self) -> Path | None:
        """The home directory, where other tools keep their files; None without one."""
        try:
            if os.environ.get("HOME", "/").startswith("/") or sys.platform == "win32":
                return Path.home()
            import pwd

            # As platformdirs has it: an empty or relative HOME counts as unset.
            return Path(pwd.getpwuid(os.getuid()).pw_dir)
        except (RuntimeError, KeyError):
            return None

    @cached_property
    def sandbox(self) -> Path:
        """The directory of the sandbox: the proxy's own environment and its logs."""
        return self._directory("data") / "sandbox"

    @staticmethod
    def _directory(kind: str) -> Path:
        if sys.platform == "linux" and (known := _on_linux(kind)):
            return known
        import platformdirs

        try:
            found = Path(getattr(platformdirs, f"user_{kind}_dir")("litectl", appauthor=False))
        except RuntimeError:
            raise NoHomeError("there is no home directory to keep files in") from None
        if not found.is_absolute():
            raise NoHomeError(f"there is no home directory to keep files in: {found} is relative")
        return found


def _on_linux(kind: str) -> Path | None:
    """
    Return what platformdirs says on Linux, None where the environment does not tell.

    Importing platformdirs takes four percent of a command that answers from disk.
    """
    given, home = os.environ.get(f"XDG_{kind.upper()}_HOME", ""), os.environ.get("HOME", "")
    if given.startswith("/"):
        return Path(given, "litectl")
    return Path(home.rstrip("/") + _UNDER_HOME[kind], "litectl") if home.startswith("/") else None
