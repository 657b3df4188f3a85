"""
The shell in which the blocks of one page are run, from top to bottom.

One bash runs them all, so what a block exports, defines, starts or where it goes is there for those below it.
"""

import os
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ
from typing import NamedTuple, Self

from program import TAKE_TERMINAL

SECONDS = 60.0  # until a block has to end
COLUMNS, LINES = 100, 40
_MARK = "\x1e"  # stands behind what each command shows
_READ = "while read -r -u $ORDERS order; do source $order; echo >&$DONE; done"
_ON_SCREEN = "{command}\nlast=$?; printf '{mark}'; (exit $last)\n"
# The trap tells each command that fails, also in a pipe; a `||` or an `if` makes no failure of one.
_IN_PIPE = """set -o pipefail
trap 'printf "%s %s\\n" $LINENO $? >>{failures}' ERR
source {script} </dev/null >{output} 2>&1
trap - ERR
set +o pipefail
"""


class Ran(NamedTuple):
    """How a script went: its *output*, the codes of the lines that failed, and whether all of it was run."""

    output: str
    failures: Mapping[int, int]
    is_whole: bool


class PageShell:
    """A bash on a terminal without colour, in *directory* and with *variables* as its environment."""

    def __init__(self, directory: Path, variables: Mapping[str, str]) -> None:
        self._scratch = Path(tempfile.mkdtemp())
        self._screen, terminal = pty.openpty()
        ioctl(terminal, TIOCSWINSZ, pack("HHHH", LINES, COLUMNS, 0, 0))
        orders, self._orders = os.pipe()
        self._done, done = os.pipe()
        numbers = {"ORDERS": str(orders), "DONE": str(done)}
        self._process = subprocess.Popen(
            [*TAKE_TERMINAL, "bash", "--norc", "-c", _READ],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=directory,
            env={**variables, **numbers, "TERM": "dumb", "COLUMNS": str(COLUMNS)},
            pass_fds=[orders, done],
            start_new_session=True,
        )
        for descriptor in (terminal, orders, done):
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the shell and what it has left in the background."""
        self._end()
        shutil.rmtree(self._scratch)
        for descriptor in (self._screen, self._orders, self._done):
            os.close(descriptor)

    def type(self, commands: Sequence[str]) -> list[str]:
        """Return what each of *commands* shows on the terminal; raises `TimeoutError`."""
        parts = (_ON_SCREEN.format(command=command, mark=_MARK) for command in commands)
        shown = self._run("".join(parts), marks=len(commands)).replace("\r\n", "\n")
        return shown.split(_MARK)[: len(commands)]

    def run(self, script: str) -> Ran:
        """Run *script* apart from the terminal and return how it went; raises `TimeoutError`."""
        names = ("script", "output", "failures", "ended")
        paths = {name: self._scratch / name for name in names}
        for path in paths.values():
            path.unlink(missing_ok=True)
        paths["script"].write_text(f"{script}\necho >{paths['ended']}\n")
        self._run(_IN_PIPE.format(**paths), marks=0)
        failures = paths["failures"].read_text() if paths["failures"].exists() else ""
        pairs = (line.split() for line in failures.splitlines())
        output = paths["output"].read_text(errors="replace")
        return Ran(output, {int(line): int(code) for line, code in pairs}, paths["ended"].exists())

    def _run(self, text: str, marks: int) -> str:
        """Run *text* in the shell and return what the terminal showed, up to as many *marks*."""
        if self._process.poll() is not None:
            raise TimeoutError("the shell was ended by a block above")
        order = self._scratch / "order"
        order.write_text(text)
        os.write(self._orders, f"{order}\n".encode())
        shown, is_done, deadline = b"", False, time.monotonic() + SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            ready, _, _ = select.select([self._screen, self._done], [], [], 1.0)
            if self._screen in ready:
                shown += self._read()
            if self._done in ready:
                is_done = bool(os.read(self._done, 1))
            # What a terminal shows may come after the word that it was written.
            if is_done and shown.count(_MARK.encode()) >= marks:
                return shown.decode("utf-8", "replace")
        how = "the shell has ended" if self._process.poll() is not None else f"no end after {SECONDS:g} s"
        self._end()
        raise TimeoutError(f"{how}: {shown.decode('utf-8', 'replace')}")

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.kill()
        self._process.wait()

    def _read(self) -> bytes:
        try:
            return os.read(self._screen, 65536)
        except OSError:  # Linux ends a pseudo-terminal so
            return b""
