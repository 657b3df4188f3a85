"""
The key helper: a command of the user's that prints the key to use now.

It is run without a shell, so nothing in a setting is expanded or chained; its
output is a secret and is never shown. Loaded only when a helper is run.
"""

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from litectl.credentials.chain import parse_key
from litectl.credentials.commandline import split_command
from litectl.credentials.tokens import is_bearer
from litectl.environment import HELPER_IS_RUNNING
from litectl.errors import AuthError, UsageError
from litectl.failures.wording import readable

HELPER_SECONDS = 10.0
_OUTPUT_LIMIT = 64 * 2**10  # bytes of each stream
_LOOK_SECONDS = 0.05  # until the end of the helper is noticed when another process holds its streams
_GRACE_SECONDS = 0.2  # for what is in the pipes then
_END_SECONDS = 1.0  # until a killed helper has gone
_LINE_LIMIT = 4000  # characters of a line that can be shown at all
_SHOWN_LIMIT = 200  # characters of it
_NAME_LIMIT = 60  # characters of its name
_SHORTEST_SECRET = 6  # characters; hiding fewer would tear words apart

# Long, with letters and digits, as a token is and few words are.
_TOKEN = re.compile(r"(?=[\w+.=-]*\d)(?=[\w+.=-]*[A-Za-z])[\w+.=-]{16,}")
_PIECES = re.compile(r"[\s=:,;'\"]+")
_RUN_IT = "run it by hand: it has to print the key and nothing else, without asking for anything"


class Outcome(NamedTuple):
    """How a helper ended: its status, negative for a signal, and what it wrote to each stream."""

    status: int
    out: bytes
    err: bytes


def run_helper(
    command: str, *, seconds: float = HELPER_SECONDS, variables: Mapping[str, str] | None = None
) -> str:
    """
    Return the key that *command* prints within *seconds*.

    stdin is closed, and *variables*, by default those of this process, are its
    environment. It has a session of its own: it is killed as a whole when it is
    late or the run is stopped, and has no terminal to wait for an answer on.
    What it leaves running in the background is not waited for. Raises
    `UsageError` as `split_command`, else `AuthError` with the name of the program,
    and the last line of its stderr when it failed.
    """
    words = split_command(command)
    name = readable(Path(words[0]).name)[:_NAME_LIMIT] or "?"
    if variables is not None and HELPER_IS_RUNNING in variables:
        raise AuthError(
            f"the key helper `{name}` runs litectl, which would run the helper again",
            hint="give the litectl in the helper a key of its own, for example with `--api-key-file`",
        )
    outcome = _Run(words, name, variables).outcome(seconds)
    if outcome.status != 0:
        raise _failed(words, name, outcome)
    try:
        key = parse_key(outcome.out.decode("utf-8", "replace"), f"the helper `{name}`")
    except UsageError as error:
        raise AuthError(error.message, hint=_RUN_IT) from None
    if not is_bearer(key):
        raise AuthError(f"the key from the helper `{name}` is too long", hint=_RUN_IT)
    return key


class _Run:
    """
    One run of a helper.

    It is started in a thread of its own, as a signal raises in the main thread only: one that
    arrives while the program starts would lose the process that has to be killed.
    """

    def __init__(self, words: Sequence[str], name: str, variables: Mapping[str, str] | None) -> None:
        self._words = words
        self._name = name
        self._environment = None if variables is None else {**variables, HELPER_IS_RUNNING: "1"}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._failures: list[Exception] = []
        self._is_started = Event()
        self._written = {"out": bytearray(), "err": bytearray()}

    def outcome(self, seconds: float) -> Outcome:
        """Wait for the end, *seconds* at most, and return how it went; the helper has ended afterwards."""
        deadline = time.monotonic() + seconds
        try:
            Thread(target=self._start, name="helper", daemon=True).start()
            self._is_started.wait()
            for failure in self._failures:
                raise _not_started(self._name, failure) from None
            process = self._processes[0]
            self._read(process, deadline)
            status = process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            raise AuthError(
                f"the helper `{self._name}` did not end within {seconds:g} s", hint=_RUN_IT
            ) from None
        finally:
            self._end()
        return Outcome(status, bytes(self._written["out"]), bytes(self._written["err"]))

    def _start(self) -> None:
        try:
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                bufsize=0,
                start_new_session=True,
            )
            self._processes.append(process)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            self._failures.append(error)
        finally:
            self._is_started.set()

    def _read(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        """Read both streams until both are closed, the helper itself has ended, or *deadline*."""
        with selectors.DefaultSelector() as selector:
            for stream, kind in ((process.stdout, "out"), (process.stderr, "err")):
                assert stream is not None
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, kind)
            has_ended = False
            while selector.get_map() and (left := deadline - time.monotonic()) > 0:
                if not has_ended and process.poll() is not None:
                    # What it wrote itself is in the pipes now; another process may go on writing.
                    has_ended = True
                    deadline = min(deadline, time.monotonic() + _GRACE_SECONDS)
                ready = selector.select(0 if has_ended else min(_LOOK_SECONDS, left))
                if has_ended and not ready:
                    return
                for key, _ in ready:
                    if not self._take(key.fd, key.data):
                        selector.unregister(key.fileobj)

    def _take(self, descriptor: int, kind: str) -> bool:
        """Take what is there of a stream; tell whether more may come."""
        piece = os.read(descriptor, _OUTPUT_LIMIT)
        written = self._written[kind]
        written += piece
        if kind == "err":
            # Only its end is shown.
            del written[:-_OUTPUT_LIMIT]
        elif len(written) > _OUTPUT_LIMIT:
            raise AuthError(
                f"the helper `{self._name}` prints more than {_OUTPUT_LIMIT // 2**10} KiB", hint=_RUN_IT
            )
        return bool(piece)

    def _end(self) -> None:
        """Close the streams, and kill the helper with all it started unless it has ended by itself."""
        self._is_started.wait(_END_SECONDS)
        for process in self._processes:
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                stream.close()
            # The number of a process that has ended may be another's.
            if process.poll() is None:
                # It may have become somebody whom we cannot kill, as `sudo` does.
                with suppress(OSError, subprocess.TimeoutExpired):
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(_END_SECONDS)


def _not_started(name: str, failure: Exception) -> AuthError:
    """Return the error of a program that could not be started because of *failure*."""
    if isinstance(failure, FileNotFoundError):
        return AuthError(
            f"the helper `{name}` was not found",
            hint="give its whole path, and check that the interpreter in its first line is there",
        )
    if isinstance(failure, PermissionError):
        return AuthError(f"the helper `{name}` may not be run", hint="make it executable: `chmod u+x PATH`")
    reason = getattr(failure, "strerror", None) or "it is not a command"
    return AuthError(
        f"the helper `{name}` cannot be run: {reason}",
        hint="give a program, or a script whose first line is `#!/bin/sh` or the like",
    )


def _failed(words: Sequence[str], name: str, outcome: Outcome) -> AuthError:
    """Return the error of a helper that ended badly."""
    how = f"failed with exit status {outcome.status}"
    if outcome.status < 0:
        how = f"was killed by signal {-outcome.status}"
    said = _last_line(words, outcome)
    return AuthError(f"the helper `{name}` {how}" + (f": {said}" if said else ""), hint=_RUN_IT)


def _last_line(words: Sequence[str], outcome: Outcome) -> str:
    """Return the last line of stderr, with nothing of the arguments and of stdout, which may be secrets."""
    lines = outcome.err.decode("utf-8", "replace").rstrip().splitlines()
    if not lines or len(lines[-1]) > _LINE_LIMIT:
        return ""
    line = lines[-1]
    texts = [*words[1:], outcome.out.decode("utf-8", "replace")]
    pieces = {piece for text in texts for piece in (text, *_PIECES.split(text))}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= _SHORTEST_SECRET:
            line = line.replace(piece, "***")
    return readable(_TOKEN.sub("***", line))[:_SHOWN_LIMIT]
