"""The detached refresh: a process of its own that outlives the command that started it."""

import subprocess
import sys
from collections.abc import Sequence


def start_refresh(arguments: Sequence[str]) -> None:
    """
    Start `litectl models refresh --quiet` with *arguments*, which say which proxy and profile.

    Its streams are closed and it has a session of its own, so no pipe and no
    terminal waits for it. Nothing is imported from the current directory (`-P`).
    The environment is inherited; no secret is an argument.
    """
    command = [sys.executable, "-P", *_this_program(), "models", "refresh", "--quiet", *arguments]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _this_program() -> Sequence[str]:
    """Return what starts this program anew: the single file that it came in, or its module."""
    loader = getattr(sys.modules["__main__"], "__loader__", None)
    archive = getattr(loader, "archive", None)  # of the one that loads from zip files
    return [archive] if isinstance(archive, str) else ["-m", "litectl"]
