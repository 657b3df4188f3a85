"""The command line of a key helper: its words, and what they name."""

import re
import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from litectl.errors import UsageError

_SHELLS = {"sh", "bash", "zsh", "dash", "ksh", "fish", "ssh"}
_OPERATOR = re.compile(r"\|[|&]?|&&?|;|<<?|&>>?|\d?>>?(?:&\d|/dev/null)?")
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_KEY = re.compile(r"(?:sk-|eyJ|litellm_login_)\S*")


def split_command(text: str) -> list[str]:
    """
    Return the words of the command *text*, as a POSIX shell would split them.

    A leading `!`, which other clients want, is dropped, and `~/` of the program is
    the home directory. No shell runs: `$NAME`, `*` and the like stay as they are.
    Raises `UsageError`, which never repeats the command, for one that is
    empty, cannot be split, or is surely meant for a shell.
    """
    try:
        words = shlex.split(text.strip().removeprefix("!"), comments=False)
    except ValueError:
        raise UsageError("the key helper has a quote that never ends", hint="close the quote") from None
    if not words or not words[0]:
        raise UsageError("the key helper is empty", hint="give a command that prints a key")
    if len(words) == 1 and _KEY.fullmatch(words[0]):
        raise UsageError(
            "the key helper looks like a key; it is a command that prints one",
            hint="store a key with `litectl login --api-key-file PATH`",
        )
    if "\0" in text:
        raise UsageError("the key helper has a NUL character", hint="give a command that prints a key")
    if _wants_shell(words):
        raise UsageError(
            "the key helper is written for a shell, and no shell runs it",
            hint="put it into a script and give its path, or give `sh -c '...'`",
        )
    if words[0].startswith("~/"):
        words[0] = _at_home(words[0])
    return words


def is_relative(text: str) -> bool:
    """Tell whether the command *text* names a file that another directory has not, or has another of."""
    try:
        words = split_command(text)
    except UsageError:
        # Said when it is run.
        return False
    return _is_relative_program(words[0]) or any(map(_is_here, words))


def made_absolute(text: str) -> str:
    """Return the command *text* with its relative paths made absolute, to be run from any directory."""
    words = split_command(text)
    # What follows `-c` is the text of a program, though it may look like a path.
    texts = {text for option, text in pairwise(words) if option == "-c"}
    relative = {word for word in words if "/" in word and word not in texts and _is_here(word)}
    relative |= {words[0]} if _is_relative_program(words[0]) else set()
    paths = {word: str(Path(word).absolute()) for word in relative}
    return shlex.join(paths.get(word, word) for word in words) if paths else text


def _is_relative_program(word: str) -> bool:
    """Tell whether *word*, the first of a command, is a path, which is not searched for as a name is."""
    return "/" in word and not Path(word).is_absolute()


def _is_here(word: str) -> bool:
    """Tell whether *word* is the path of something, as seen from the current directory."""
    try:
        return not Path(word).is_absolute() and Path(word).exists()
    except (OSError, ValueError):
        # Longer than a path, or with a NUL.
        return False


def _wants_shell(words: Sequence[str]) -> bool:
    """Tell whether a word before the name of a shell is an operator or a substitution, or sets a variable."""
    if _ASSIGNMENT.fullmatch(words[0]):
        return True
    for word in words:
        if Path(word).name in _SHELLS:
            return False
        if _OPERATOR.fullmatch(word) or _VARIABLE.match(word) or "$(" in word or "`" in word:
            return True
    return False


def _at_home(path: str) -> str:
    try:
        return str(Path(path).expanduser())
    except RuntimeError:
        # Without a home there is no such program either, which is said when it is run.
        return path
