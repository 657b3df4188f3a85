"""
The examples of `--help`, which the reference repeats.

They name proxies, models and files of the reader, so they are not run; each command of them is
read as it is when it is typed.
"""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.main import get_command

from litectl.app import app
from litectl.commands.options import SharedOptionsCommand
from program import Litectl

_EXAMPLE = re.compile(r"^ {4,}(.*\blitectl .*)$", re.MULTILINE)
# What ends a command, and what stands for the output of another one.
_END = re.compile(r"^(?:[|;&<>()]+|[012]?>.*)$")


def helps(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the help of *command*, which *path* calls, and of all below it."""
    yield path, command.help or ""
    context = typer.Context(command)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from helps(command.get_command(context, name), (*path, name))


def commands_in(line: str) -> Iterator[list[str]]:
    """Give the arguments of each litectl that *line* of a shell runs, also in a substitution."""
    for inner in re.findall(r"\$\((litectl [^()]*)\)", line):
        yield from commands_in(inner)
    lexer = shlex.shlex(re.sub(r"\$\([^()]*\)", "X", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    while "litectl" in words:
        words = words[words.index("litectl") + 1 :]
        end = next((place for place, word in enumerate(words) if _END.match(word)), len(words))
        yield words[:end]


EXAMPLES = [
    (" ".join(path) or "litectl", line)
    for path, text in helps(get_command(app))
    for line in _EXAMPLE.findall(text)
]


@pytest.mark.parametrize(("path", "line"), EXAMPLES, ids=[f"{path}: {line}" for path, line in EXAMPLES])
def test_an_example_can_be_typed(
    path: str, line: str, litectl: Litectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commands and options are there, and take such values."""
    monkeypatch.setattr(SharedOptionsCommand, "invoke", lambda *_: None)

    results = [litectl(*arguments) for arguments in commands_in(line)]

    assert results
    assert {(result.code, result.err) for result in results} == {(0, "")}


def test_a_mistake_in_an_example_is_found() -> None:
    """In pipes, substitutions and behind what is run in the sandbox."""
    line = (
        'key=$(litectl token) litectl sandbox run -- litectl ask --x "a | b" >file | litectl y; echo litectl'
    )

    assert list(commands_in(line)) == [
        ["token"],
        ["sandbox", "run", "--", "litectl", "ask", "--x", "a | b"],
        ["ask", "--x", "a | b"],
        ["y"],
        [],
    ]
