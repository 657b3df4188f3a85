"""
Write the picture of the README: a run of litectl against the sandbox.

Each command is run on a pseudo-terminal, and what it shows is drawn as it is: nothing is
replaced, the commands are those that show the same in every run. With `--check` nothing is
written; the exit code is 1 when the picture is not what would be drawn.
"""

import argparse
import os
import pty
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from litectl.errors import LitectlError
from litectl.sandbox.sandbox import Sandbox
from litectl.storage.paths import Paths
from picture.drawing import drawn

PICTURE = Path(__file__).resolve().parent / "picture.svg"
TITLE = "litectl in a terminal: it lists models, asks them, and fails with an exit code"
COMMANDS = (
    "litectl models list",
    "litectl ask -m mock-hello -p 'Say hello'",
    "litectl ask -m mock-long -p 'Write a long answer' | head -n 2",
    "litectl cost -m mock-hello --input-tokens 120000 --output-tokens 2000",
    "litectl ask -m mock-rate-limited -p Hi",
    "echo $?",
)
BEFORE = "litectl models refresh --quiet"  # the first command would show how long that takes
WIDTH, HEIGHT = 84, 40
_SIZE = f"stty cols {WIDTH} rows {HEIGHT}; "
_PROMPT = "\x1b[32m$\x1b[0m \x1b[1m{}\x1b[0m\n"


def main() -> int:
    """Write or check the picture and return the exit code."""
    parser = argparse.ArgumentParser(description="Write the picture of the README.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the picture is stale")
    is_check = parser.parse_args().check
    try:
        picture = drawn(shown(), width=WIDTH, title=TITLE)
    except LitectlError as error:
        print(f"error: {error}", file=sys.stderr)
        return int(error.exit_code)
    if not is_check:
        PICTURE.write_text(picture, encoding="utf-8")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture:
        print(
            f"error: docs/{PICTURE.name} is stale; write it anew with `make generated`",
            file=sys.stderr,
        )
        return 1
    return 0


def shown() -> str:
    """Return what a terminal shows of the commands; raises `LitectlError` when there is no sandbox."""
    with tempfile.TemporaryDirectory() as home, Sandbox(Paths().sandbox).running(dict(os.environ)) as proxy:
        programs = Path(home) / "programs"
        programs.mkdir()
        program = programs / "litectl"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m litectl "$@"\n')
        program.chmod(0o755)
        variables = {
            "HOME": home,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "LITECTL_BASE_URL": proxy.root,
            "LITECTL_API_KEY": proxy.key,
        }
        return _on_terminal(variables)


def _on_terminal(variables: Mapping[str, str]) -> str:
    """Run the commands, each with the exit code of the one before it, and return what is seen."""
    _, code = _run(BEFORE, variables)
    seen = ""
    for command in COMMANDS:
        output, code = _run(f"(exit {code}); {command}", variables)
        seen += f"{_PROMPT.format(command)}{output}"
    return seen


def _run(command: str, variables: Mapping[str, str]) -> tuple[str, int]:
    """Return what *command* shows on a terminal, and its exit code."""
    process, screen = pty.fork()
    if process == 0:
        os.execvpe("bash", ["bash", "--norc", "-c", _SIZE + command], variables)  # noqa: S606, S607  # the reader's
    shown = b""
    while piece := _read(screen):
        shown += piece
    os.close(screen)
    _, status = os.waitpid(process, 0)
    return shown.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # Linux ends a pseudo-terminal so
        return b""


if __name__ == "__main__":
    sys.exit(main())
