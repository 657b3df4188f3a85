"""Text as a man page, in the macros of man(7)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from litectl import __version__
from litectl.topics.configuration import FILES
from litectl.topics.contents import TOPICS, topic
from litectl.topics.files import NOTES, PLACES
from litectl.topics.topic import Section
from pages.commandtree import Command, Parameter
from pages.helptext import Block, blocks

_CODE = re.compile(r"`([^`]*)`")
# What roff takes for something else, or a terminal shows as another character.
_ESCAPES = str.maketrans(
    {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}
)
_LAST_ASCII = 0x7E
_WIDTH = 80  # characters of a line of the source
# Which part of the first page each topic is, by the names that man pages have for them.
_HEADINGS = {"exit-codes": "EXIT STATUS", "environment": "ENVIRONMENT"}


def man_page(command: Command, root: Command, shared: Sequence[Parameter]) -> str:
    """Return the page of *command*, which is *root* itself or below it."""
    lines = [
        '.\\" Written by docs/write_reference.py from the code; `make generated` writes it anew.',
        f'.TH {command.page.upper()} 1 "" "litectl {__version__}" "litectl"',
        ".SH NAME",
        f"{command.page} \\- {_plain(command.summary)}",
        ".SH SYNOPSIS",
        f".B {_plain(command.line)}",
        _plain(command.usage),
        ".SH DESCRIPTION",
        *_paragraphs([Block(f"{command.summary}."), *command.text]),
        *_listed("ARGUMENTS", command.arguments),
        *_listed("COMMANDS", _commands(command)),
        *_listed("OPTIONS", command.options),
        *(_of_root(shared) if command is root else _of_others()),
        *_see_also(command, root),
    ]
    return "\n".join(lines) + "\n"


def _of_root(shared: Sequence[Parameter]) -> Iterator[str]:
    """Give the sections that only the first page has: what is true of every command."""
    yield from _listed("SHARED OPTIONS", shared, "Every command takes these, before and after its name.")
    for name in TOPICS:
        found = topic(name)
        yield f".SH {_HEADINGS.get(name, name.upper())}"
        yield from _paragraphs([*blocks(found.text)])
        for section in found.sections:
            if section.title != FILES:
                yield from _section(section)
    yield ".SH FILES"
    for place in PLACES:
        yield from _definitions(
            [(place.path, f"{place.holds} (mode {place.mode}). To be removed: {place.removal}.")]
        )
    for note in NOTES:
        yield from _section(note)


def _of_others() -> Iterator[str]:
    yield ".PP"
    yield "The shared options of"
    yield ".BR litectl (1)"
    yield "are taken, too."
    yield ".SH EXIT STATUS"
    yield "0 for success; the code of each kind of failure is in"
    yield ".BR litectl (1)."


def _see_also(command: Command, root: Command) -> Iterator[str]:
    """Give the pages around that of *command*: the group it is in, or those below it."""
    above = [each for each in root.walk() if command in each.commands]
    beside = [each for group in above for each in group.commands if group is not root and each != command]
    pages = [each.page for each in (*above, *beside, *command.commands)]
    yield ".SH SEE ALSO"
    for place, page in enumerate(pages, 1):
        yield f".BR {_plain(page)} (1){',' if place < len(pages) else ''}"


def _commands(command: Command) -> list[Parameter]:
    return [Parameter(child.path[-1], child.summary) for child in command.commands]


def _section(section: Section) -> Iterator[str]:
    yield f".SS {_plain(section.title)}"
    yield from _paragraphs([*blocks(section.text)])
    yield from _definitions(section.rows)


def _listed(title: str, parameters: Sequence[Parameter], text: str = "") -> Iterator[str]:
    if parameters:
        yield f".SH {title}"
        if text:
            yield text
        yield from _definitions(parameters)


def _definitions(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in rows:
        yield ".TP"
        yield f".B {_plain(name.replace('`', ''))}"
        yield _prose(meaning)


def _paragraphs(text: Sequence[Block]) -> Iterator[str]:
    for place, block in enumerate(text):
        if block.is_verbatim:
            yield from (".PP", ".RS 4", ".EX")
            yield from map(_plain, block.text.split("\n"))
            yield from (".EE", ".RE")
        else:
            if place:
                yield ".PP"
            yield _prose(block.text)


def _prose(text: str) -> str:
    """Return *text*, on lines of the usual width, with what stands in backticks in bold."""
    pieces = enumerate(_CODE.split(text))
    marked = "".join(
        f"\\fB{_escaped(piece)}\\fP" if place % 2 else _escaped(piece) for place, piece in pieces
    )
    lines = wrap(marked, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(_shielded, lines))


def _plain(text: str) -> str:
    """Return *text* as it is."""
    return _shielded(_escaped(text))


def _escaped(text: str) -> str:
    """Return *text* in the letters of roff, so that each is shown as itself and can be copied."""
    ascii_only = (c if ord(c) <= _LAST_ASCII else f"\\[u{ord(c):04X}]" for c in text.translate(_ESCAPES))
    return "".join(ascii_only)


def _shielded(line: str) -> str:
    """Return *line* as one that is no request, whatever it begins with."""
    return f"\\&{line}" if line.startswith((".", "'")) else line
