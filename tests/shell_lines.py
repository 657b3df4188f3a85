"""The command lines of litectl in lines of a shell."""

import re
import shlex
from collections.abc import Iterator

_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_PUNCTUATION = frozenset("();<>|&")
_BEFORE = ("do", "then", "!", "--", "if", "while")  # words that a command may follow
_PROGRAM = "litectl"


def calls(line: str) -> Iterator[list[str]]:
    """Give the arguments of each call of litectl in *line*, also in `$(...)`."""
    for text in (_SUBSTITUTION.sub("SUBSTITUTED", line), *_SUBSTITUTION.findall(line)):
        words = shlex.shlex(text, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        yield from _calls([*words])


def _calls(words: list[str]) -> Iterator[list[str]]:
    for place, word in enumerate(words):
        before = words[place - 1] if place else ";"
        if word == _PROGRAM and (before in _BEFORE or _PUNCTUATION.issuperset(before)):
            yield [*_until_end(words[place + 1 :])]


def _until_end(words: list[str]) -> Iterator[str]:
    for word in words:
        if _PUNCTUATION.issuperset(word):
            return
        yield word
