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
    command = [sys.executable, "-P", "-m", "litectl", "models", "refresh", "--quiet", *arguments]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
