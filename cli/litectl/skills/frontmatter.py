"""What SKILL.md says of itself in its front matter. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litectl.text.jsontext import decode

_FENCE = "---"
_FIELD = re.compile(r"(name|description):(?:[ \t]+(.*))?")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?")
_DOUBLE_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")[ \t]*(?:#.*)?')
_SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)'[ \t]*(?:#.*)?")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_OTHER_KINDS = "&*!{[%@`\"'|>"  # what a value begins with that is no plain text
_NOTHING = ("", "~", "null")


class FrontMatter(NamedTuple):
    """The name and the description of a skill, None for what is not said."""

    name: str | None = None
    description: str | None = None


def read_front_matter(text: str) -> FrontMatter:
    """
    Return what the *text* of SKILL.md says between its first line, `---`, and the next such line.

    Two fields of the YAML there are read: `name:` and `description:` at the beginning of a line, with
    a plain or quoted text that may go on in indented lines, which become one line. Anchors, aliases, tags,
    lists, mappings, quoted keys and the escapes that only YAML has are not supported: their field counts
    as not said.
    """
    head, _ = _parts(text)
    return FrontMatter(**dict(_fields(head)))


def without_front_matter(text: str) -> str:
    """Return what the *text* of SKILL.md has behind its front matter, all of it where there is none."""
    return "".join(_parts(text)[1])


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Return the lines between the two fences of *text*, and those behind them with their ends."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    fences = [line.rstrip() for line in lines]
    if not lines or fences[0] != _FENCE or _FENCE not in fences[1:]:
        return [], lines
    end = fences.index(_FENCE, 1)
    return "".join(lines[1:end]).splitlines(), lines[end + 1 :]


def _fields(lines: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    for number, line in enumerate(lines):
        if field := _FIELD.fullmatch(line):
            yield field[1], _value((field[2] or "").strip(), _continuation(lines[number + 1 :]))


def _continuation(lines: Sequence[str]) -> list[str]:
    """Return the indented *lines* before the first one that is not."""
    found = []
    for line in lines:
        if line.strip() and not line.startswith((" ", "\t")):
            break
        found.append(line.strip())
    return found


def _value(first: str, rest: Sequence[str]) -> str | None:
    """Return the text that begins with *first*, on one line."""
    if _BLOCK.fullmatch(first):
        return " ".join(filter(None, rest)) or None
    text = " ".join(filter(None, [first, *rest]))
    if quoted := _DOUBLE_QUOTED.fullmatch(text):
        return _unescaped(quoted[1])
    if quoted := _SINGLE_QUOTED.fullmatch(text):
        return quoted[1].replace("''", "'") or None
    if text.startswith(tuple(_OTHER_KINDS)):
        return None
    plain = " ".join(filter(None, (_COMMENT.sub("", line).strip() for line in [first, *rest])))
    return None if plain in _NOTHING else plain


def _unescaped(quoted: str) -> str | None:
    """Return the text in double quotes, which YAML writes as JSON does but for rare escapes."""
    try:
        value = decode(quoted.replace("\t", " "))
    except ValueError:
        return None
    return " ".join(value.split()) or None if isinstance(value, str) else None
