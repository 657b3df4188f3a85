"""
Texts to embed: the arguments, files, or the lines of what is piped in.

The edge that joins these options of `embed`, files and stdin to whoever sends them.
"""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.inputs import STDIN, piped_text, read_file
from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime

_WAYS = "give it as an argument, pipe it in, or name a file with `-f`"


class Source(NamedTuple):
    """The options that say where texts are: themselves, files, and whether each line of a file is one."""

    texts: Sequence[str]
    files: Sequence[str]
    lines: bool


class Item(NamedTuple):
    """
    The text of *number*, counted from 0, and where it comes from.

    *file* is None for an argument and for stdin; a text that *is_whole* is all of its file.
    """

    number: int
    text: str
    file: str | None = None
    is_whole: bool = False


def texts_of(runtime: "Runtime", source: Source) -> list[Item]:
    """Return the texts of *source*, and say how many lines are left out; raises `UsageError` for none."""
    texts: list[Item] = []
    left_out = 0
    for item in _items(runtime, source):
        if item.text.strip():
            texts.append(item)
        else:  # counted and not kept: there may be millions
            left_out += 1
    if not texts:
        raise UsageError("there is no text to embed", hint=_WAYS)
    if file := next(filter(_is_file, source.texts), None):
        named = shlex.quote(file)
        runtime.terminal.note(f"`{file}` is a file, and was taken as text: for its content say `-f {named}`")
    if left_out:
        lines = "1 empty line is" if left_out == 1 else f"{left_out} empty lines are"
        runtime.terminal.note(f"{lines} left out; `index` counts them all the same")
    return texts


def _items(runtime: "Runtime", source: Source) -> Iterator[Item]:
    """Give the texts: the arguments, then the files; without any of them the lines of what is piped in."""
    if STDIN in source.texts:
        raise UsageError("`-` is not text", hint="read stdin as one text with `-f -`, or pipe lines in")
    number = 0
    for text in source.texts:
        yield Item(number, _checked(text, number))
        number += 1
    piped_lines = [] if source.texts or source.files else [STDIN]
    has_read_stdin = False
    for path in (*source.files, *piped_lines):
        if path == STDIN and has_read_stdin:
            raise UsageError("`-f -` is given twice", hint="stdin can be read once")
        has_read_stdin = has_read_stdin or path == STDIN
        for item in _items_of(runtime, path, number, by_line=source.lines or path in piped_lines):
            yield item
            number += 1


def _checked(text: str, number: int) -> str:
    """Return *text*, an argument; raises `UsageError` for one that no model would get as it is."""
    from litectl.exchange.question import check_argument

    if not text.strip():
        raise UsageError(f"text {number + 1} is empty", hint="no model takes an empty text")
    return check_argument(text, f"text {number + 1}")


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name
        return False


def _items_of(runtime: "Runtime", path: str, first: int, *, by_line: bool) -> Iterator[Item]:
    """Give the text of the file *path*, or, with *by_line*, each of its lines, from number *first* on."""
    content = _content(runtime, path)
    file = None if path == STDIN else path
    if by_line:
        for number, line in enumerate(_lines(content), first):
            yield Item(number, line, file)
    elif not content.strip():
        raise UsageError(f"{f'`{path}`' if file else 'stdin'} is empty", hint="no model takes an empty text")
    else:
        yield Item(first, content, file, is_whole=True)


def _content(runtime: "Runtime", path: str) -> str:
    if path != STDIN:
        return read_file(path).content
    text = piped_text(runtime, way_out=_WAYS)
    if text is None:
        raise UsageError("there is no text to embed", hint=_WAYS)
    return text


def _lines(content: str) -> list[str]:
    """Return the lines of *content*, which newlines end and nothing else, so that a number is a line's."""
    lines = content.removesuffix("\n").split("\n") if content else []
    return [line.removesuffix("\r") for line in lines]
