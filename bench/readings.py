"""What one run of a command took."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

Command = Sequence[str]

_STOPWATCH = str(Path(__file__).with_name("stopwatch.py"))
_DEADLINE = 60.0  # seconds


class Failed(Exception):
    """A command that is measured does not do what it should."""


class Reading(NamedTuple):
    """One run: its seconds, its processor seconds, its peak memory in KiB; None where it is not known."""

    wall: float
    processor: float | None = None
    peak: float | None = None


def timed(
    command: Command,
    variables: Mapping[str, str],
    stdout: Literal["nowhere", "pipe"] = "nowhere",
    *,
    may_warn: bool = False,
) -> Reading:
    """
    Run *command* to its end and return what it took.

    Raises `Failed` when it fails, or says something on stderr though it must not warn.
    """
    done = run([sys.executable, "-I", "-S", _STOPWATCH, stdout, *command], variables)
    seconds, processor, peak, least, code = done.stdout.split()
    if code != b"0" or (done.stderr and not may_warn):
        fail(command, f"exit code {code.decode()}", done.stderr)
    return Reading(float(seconds), float(processor), int(peak) if int(peak) > int(least) else None)


def output(command: Command, variables: Mapping[str, str]) -> str:
    """Return what *command* prints; raises `Failed` when it fails."""
    return run(command, variables).stdout.decode()


def run(command: Command, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """Run *command* and return its output; raises `Failed` when it fails."""
    try:
        done = subprocess.run(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        fail(command, f"still runs after {_DEADLINE:g} seconds", b"")
    except OSError as error:
        fail(command, f"does not start: {error}", b"")
    if done.returncode:
        fail(command, f"exit code {done.returncode}", done.stderr)
    return done


def fail(command: Command, what: str, stderr: bytes) -> NoReturn:
    """Raise `Failed`: numbers of something that does not work mean nothing."""
    raise Failed(f"{' '.join(command)}: {what}\n{stderr.decode(errors='replace')}".strip())
