r"""
The arguments of a tool as they are typed: `key=value`, `key:=JSON` and `key@PATH`.

The first of `=`, `:=` and `@` in a word ends the key, and what comes after it is not looked at
again; in a key `\=`, `\:`, `\@` and `\\` stand for themselves. Pure.
"""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from litectl.errors import UsageError
from litectl.mcp.kinds import ANY, Kind, kind, kind_of
from litectl.schemas.checking import read_document
from litectl.text.counting import with_article
from litectl.text.jsontext import can_be_written, decode
from litectl.text.lines import short_line

TEXT, JSON, FILE = "=", ":=", "@"  # what ends a key, and says what follows
_WORD = re.compile(r"((?:\\[=:@\\]|\\|(?!:=)[^=@\\])*+)(:=|=|@)(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([=:@\\])")
_FORMS = "an argument is key=value, key:=JSON or key@PATH"
_DEEPEST = 100  # levels of JSON inside each other
_SHOWN = 40  # characters of a value
_PATH_LIMIT = 300  # characters of the name of a tool that is to be typed
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_CONSTANTS: Mapping[str, tuple[str, object]] = {
    "null": ("null", None),
    "true": ("boolean", True),
    "false": ("boolean", False),
}


class _Word(NamedTuple):
    """One argument as typed: *sign* says what *rest* is."""

    name: str
    sign: str
    rest: str


class _Misfit(Exception):
    """A text is no value of its kind; the text of the exception says of which."""


def arguments_of(
    words: Sequence[str],
    *,
    given: Mapping[str, object] | None,
    schema: Mapping[str, object],
    path: str,
    read: Callable[[str], str],
) -> dict[str, object]:
    """
    Return the arguments of *words* for the tool *path*, typed as its *schema* says, after those *given*.

    A value that may be a string is one, as it is; a number, boolean, null, array or object is read where
    only such is allowed. An array is its JSON, or collected: each word gives an item. *read* returns the
    text of the file at a path; it is called when every word is known to be well formed. Raises
    `UsageError`, which shows the start of what was typed, and nothing of a file.
    """
    by_name: dict[str, list[_Word]] = {}
    for text in words:
        word = _word(text)
        by_name.setdefault(word.name, []).append(word)
    arguments = dict(given or {})
    for name, typed in by_name.items():
        _require_once(name, typed, kind_of(name, schema), is_given=name in arguments)
    for name, typed in by_name.items():
        try:
            arguments[name] = _value(typed, kind_of(name, schema), schema, read)
        except _Misfit as misfit:
            raise UsageError(
                str(misfit),
                hint=f"see what the tool takes with `{show_command(path)}`; key:=JSON gives any value",
            ) from None
    for name, value in arguments.items():
        _require_sendable(name, value)
    return arguments


def quoted(name: str, limit: int = 60) -> str:
    """Return *name* as a message shows it: one line in backticks, of *limit* characters."""
    return f"`{short_line(name, limit)}`"


def show_command(path: str) -> str:
    """Return what to run to see what the tool *path* takes."""
    tool = short_line(path, _PATH_LIMIT)
    return f"litectl mcp show {'-- ' * tool.startswith('-')}{shlex.quote(tool)}"


def _word(text: str) -> _Word:
    found = _WORD.fullmatch(text)
    if found is None:
        raise UsageError(f"{quoted(text, _SHOWN)} is not an argument", hint=_FORMS)
    name, sign, rest = _ESCAPED.sub(r"\1", found[1]), found[2], found[3]
    if not name:
        raise UsageError(
            f"`{sign}` begins an argument without a name", hint=f"{_FORMS}; `--args` takes a whole object"
        )
    if sign == FILE and not rest:
        raise UsageError(f"argument {quoted(name)} names no file after the `@`", hint=_FORMS)
    return _Word(name, sign, rest)


def _require_once(name: str, typed: Sequence[_Word], wanted: Kind, *, is_given: bool) -> None:
    """Raise `UsageError` for an argument that comes twice, unless each time gives an item."""
    if is_given:
        raise UsageError(
            f"argument {quoted(name)} is given twice: as a word and in the object of arguments",
            hint="leave one of them out",
        )
    collects = wanted.is_known and "array" in wanted.types
    if len(typed) > 1 and not (collects and all(word.sign != JSON for word in typed)):
        hint = "give a list as one JSON text: key:=[...]"
        raise UsageError(f"argument {quoted(name)} is given twice", hint=hint)


def _value(
    typed: Sequence[_Word], wanted: Kind, schema: Mapping[str, object], read: Callable[[str], str]
) -> object:
    """Return the value of the words of one argument."""
    if typed[0].sign == JSON:
        return _json(typed[0])
    items = kind(wanted.items, schema)
    if len(typed) > 1:
        return [_typed(word, items, ANY, read) for word in typed]
    return _typed(typed[0], wanted, items, read)


def _json(word: _Word) -> object:
    try:
        return read_document(word.rest)
    except ValueError as error:
        raise UsageError(
            f"argument {quoted(word.name)} is {error}", hint="a plain text is given as key=value"
        ) from None


def _typed(word: _Word, wanted: Kind, items: Kind, read: Callable[[str], str]) -> object:
    """Return the value that *word* stands for, of the kind *wanted*; raises `_Misfit`."""
    text = read(word.rest) if word.sign == FILE else word.rest
    try:
        return _parsed(text, wanted, items, is_file=word.sign == FILE)
    except _Misfit as misfit:
        shown = f'"{short_line(text, _SHOWN)}"' if word.sign == TEXT else f"the file {quoted(word.rest)}"
        raise _Misfit(f"argument {quoted(word.name)} {misfit}: {shown}") from None


def _parsed(text: str, wanted: Kind, items: Kind, *, is_file: bool) -> object:
    """Return the value of *text*: a string where that is allowed, else what it is; raises `_Misfit`."""
    if not wanted.is_known or wanted.allows(text):
        return text
    plain = text.strip() if is_file else text  # a file ends with a line break
    for read in (_constant, _number, _structure):
        found = read(plain, wanted)
        if found is not _NOTHING:
            return found
    if "string" in wanted.types:
        return text  # none of those that are allowed; what checks the arguments says which
    if "array" in wanted.types and not plain.lstrip().startswith("["):
        return [_item(text, items, is_file=is_file)]
    raise _Misfit(f"is not {with_article(wanted.label)}")


def _item(text: str, wanted: Kind, *, is_file: bool) -> object:
    try:
        return _parsed(text, wanted, ANY, is_file=is_file)
    except _Misfit:
        raise _Misfit(f"is neither an array nor an item of one ({wanted.label})") from None


_NOTHING = object()  # that a text is none of what was looked for


def _constant(text: str, wanted: Kind) -> object:
    name, value = _CONSTANTS.get(text, ("", None))
    return value if name in wanted.types else _NOTHING


def _number(text: str, wanted: Kind) -> object:
    is_whole = _INTEGER.fullmatch(text) is not None
    if not is_whole and ("number" not in wanted.types or not _NUMBER.fullmatch(text)):
        return _NOTHING
    if not wanted.types & {"integer", "number"}:
        return _NOTHING
    value = _decoded(text)
    return value if can_be_written(value, levels=1) else _NOTHING


def _structure(text: str, wanted: Kind) -> object:
    for name, bracket in (("object", "{"), ("array", "[")):
        if name in wanted.types and text.lstrip().startswith(bracket):
            return _decoded(text)
    return _NOTHING


def _decoded(text: str) -> object:
    try:
        return decode(text)
    except ValueError:
        return _NOTHING


def _require_sendable(name: str, value: object) -> None:
    """Raise `UsageError` unless *value* is JSON of UTF-8 text and finite numbers, not nested too deeply."""
    is_sendable = can_be_written(value, levels=_DEEPEST)
    try:
        json.dumps([name, value] if is_sendable else name, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, or a byte that is no UTF-8
        is_sendable = False
    if not is_sendable:
        raise UsageError(
            f"argument {quoted(name)} cannot be sent as JSON",
            hint=f"give UTF-8 text and finite numbers, at most {_DEEPEST} levels deep",
        )
