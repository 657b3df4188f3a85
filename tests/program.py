"""The program under test: run in this process, as a process of its own, or on a terminal."""

import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

from leaks import Watch
from litectl.environment import Environment
from litectl.main import run
from litectl.run.runtime import Runtime
from litectl.terminal.terminal import Terminal

_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
# Makes the terminal on stdin the one that /dev/tty means, then becomes the program behind it.
TAKE_TERMINAL = (sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL)
DEADLINE = 30.0  # seconds until a process that does not end fails the test


class Result(NamedTuple):
    """What a run printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The JSON error on the last line of stderr."""
        return json.loads(self.err.splitlines()[-1])


class Stream(BytesIO):
    """A stream in memory that says whether it is a terminal."""

    def __init__(self, content: bytes = b"", *, is_terminal: bool = False) -> None:
        super().__init__(content)
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Tell what the test wants to be true."""
        return self.is_terminal


class Screen:
    """A terminal over streams in memory."""

    def __init__(
        self,
        variables: dict[str, str] | None = None,
        *,
        stdin: bytes = b"",
        terminals: str = "",
    ) -> None:
        self.stdin, self.stdout, self.stderr = (
            Stream(content, is_terminal=name in terminals)
            for name, content in (("stdin", stdin), ("stdout", b""), ("stderr", b""))
        )
        self.terminal = Terminal(
            Environment(variables or {}), stdin=self.stdin, stdout=self.stdout, stderr=self.stderr
        )

    @property
    def out(self) -> str:
        """What is on stdout."""
        return self.stdout.getvalue().decode()

    @property
    def err(self) -> str:
        """What is on stderr."""
        return self.stderr.getvalue().decode()


class Litectl:
    """The real `main`, run in this process."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        terminal: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Result:
        """
        Run `litectl` with *arguments*.

        With *terminal* all three streams are terminals, and *stdin* is what a
        person types; otherwise it is what a pipe carries. Raises `Leak` for a
        secret on a stream.
        """
        environ = {**os.environ, **self.variables, **(variables or {})}
        watch = Watch(arguments, environ, stdin)
        environment = Environment(environ)
        out, err = Stream(is_terminal=terminal), Stream(is_terminal=terminal)
        with tempfile.TemporaryFile() as piped:
            piped.write(stdin)
            piped.seek(0)
            source: Any = Stream(stdin, is_terminal=True) if terminal else piped
            runtime = Runtime(environ, Terminal(environment, stdin=source, stdout=out, stderr=err))
            code = run(arguments, runtime)
        result = Result(int(code), out.getvalue().decode(), err.getvalue().decode())
        watch.check(result.out, result.err)
        return result


class Program:
    """The program as a process of its own."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self.command = list(command)
        self.variables = dict(variables)

    def environ(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a run."""
        return {**os.environ, **self.variables, **(variables or {})}

    def __call__(
        self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> Result:
        """Run `litectl` with *arguments* in a pipe and wait for it; raises `Leak` for a secret."""
        watch = Watch(arguments, self.environ(variables), stdin)
        done = subprocess.run(
            [*self.command, *arguments],
            input=stdin,
            capture_output=True,
            env=self.environ(variables),
            timeout=DEADLINE,
            check=False,
        )
        result = Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode())
        watch.check(result.out, result.err)
        return result

    @contextmanager
    def started(self, *arguments: str, **settings: Any) -> Iterator["subprocess.Popen[bytes]"]:
        """Give the process while it runs, with pipes; it is killed when the block is left."""
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        streams |= {"stderr": subprocess.PIPE, "env": self.environ()} | settings
        with subprocess.Popen([*self.command, *arguments], **streams) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def on_terminal(self, *arguments: str, typed: Sequence[tuple[str, str]] = ()) -> tuple[int, str]:
        """
        Run `litectl` on a pseudo-terminal and return its exit code and all it showed.

        *typed* has pairs: when the first has been shown, the second is typed.
        Raises `Leak` for a secret that it showed.
        """
        watch = Watch(arguments, self.environ(), b"")
        screen, streams = pty.openpty()
        process = subprocess.Popen(
            [*TAKE_TERMINAL, *self.command, *arguments],
            stdin=streams,
            stdout=streams,
            stderr=streams,
            env=self.environ(),
            start_new_session=True,
        )
        os.close(streams)
        shown, waiting, deadline = b"", list(typed), time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            if not select.select([screen], [], [], 0.5)[0]:
                continue
            try:
                chunk = os.read(screen, 65536)
            except OSError:  # Linux ends a pseudo-terminal so
                break
            if not chunk:
                break
            shown += chunk
            if waiting and waiting[0][0].encode() in shown:
                os.write(screen, waiting.pop(0)[1].encode() + b"\n")
        os.close(screen)
        code, text = process.wait(DEADLINE), shown.decode("utf-8", "replace")
        watch.check(text, "")
        return code, text
