"""Findings as they are printed: their columns, and the page for people."""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from litectl.doctor.finding import OK, SKIPPED, counts
from litectl.output.columns import Column
from litectl.terminal.controls import scrub
from litectl.terminal.terminal import Terminal
from litectl.text.counting import counted

if TYPE_CHECKING:
    from litectl.doctor.finding import Finding

FINDING_COLUMNS = "status,name,detail,remedy"
_COLOURS = {"ok": "32", "warning": "33", "failure": "31", "skipped": "2"}
_REMEDY_COLOUR = "36"
_STATUS_WIDTH, _NAME_WIDTH = 7, 21
_GAP = "  "
_COMMAND = re.compile(r"`[^`]*`")
_GLUE = "\0"  # of the words of a command; no text that was scrubbed has one
_LEAST_TEXT = 20  # characters of a line of text, however narrow the terminal


class Section(NamedTuple):
    """Findings of one subject, and the names of those that tell the most where all are well."""

    title: str
    telling: Sequence[str]


# By the finding that is the first of each.
SECTIONS = {
    "litectl": Section("program", ("litectl",)),
    "config_directory": Section("files", ()),
    "profile": Section("configuration", ("base_url", "credential")),
    "http_proxy": Section("network", ("connect",)),
    "answer": Section("proxy", ("version",)),
    "token": Section("credential", ("key",)),
    "discovery": Section("models", ("discovery",)),
    "model_list": Section("lists", ()),
    "completion": Section("completion", ()),
}


def finding_columns() -> list[Column]:
    """Return every column of a `Finding`; their names are the fields of the JSON."""
    return [
        Column("name", "Name", lambda finding: finding.name),
        Column("status", "Status", lambda finding: finding.status),
        Column("detail", "Detail", lambda finding: finding.detail),
        Column("remedy", "Remedy", lambda finding: finding.remedy, gives_way=True),
        Column("code", "Code", lambda finding: finding.code),
        Column("exit_code", "Exit code", lambda finding: finding.exit_code, as_json=_number, is_number=True),
        Column("seconds", "Seconds", lambda finding: finding.seconds, is_number=True),
    ]


def _number(exit_code: int | None) -> int | None:
    return None if exit_code is None else int(exit_code)


def print_page(
    terminal: Terminal, findings: "Iterable[Finding]", *, is_folded: bool = False
) -> "list[Finding]":
    """
    Print each of *findings* as soon as it is there, with what to do under it, and return them.

    Those that were skipped for one reason are one line, and where the page *is_folded* those of a
    section that are ok, too: what is wrong is to be seen.
    """
    printed: list[Finding] = []
    held: list[Finding] = []
    section = Section("", ())
    for finding in _awaited(terminal, findings):
        printed.append(finding)
        following = SECTIONS.get(finding.name, section)
        is_ok = finding.status == OK and is_folded
        if held and not _go_together(held[0], finding, is_section=following is section):
            _print(terminal, _joined(held, section, is_folded=is_folded))
            held = []
        section = following
        held.append(finding)
        if finding.status != SKIPPED and not is_ok:
            _print(terminal, finding)
            held = []
    if held:
        _print(terminal, _joined(held, section, is_folded=is_folded))
    return printed


def _go_together(first: "Finding", other: "Finding", *, is_section: bool) -> bool:
    """Tell whether one line can stand for both, of which *is_section* says whether they are of one."""
    if first.status == OK:
        return other.status == OK and is_section
    return (first.status, first.detail) == (other.status, other.detail)


def _awaited(terminal: Terminal, findings: "Iterable[Finding]") -> "Iterator[Finding]":
    """Give *findings*, and show how long the next one takes."""
    coming = iter(findings)
    while True:
        with terminal.waiting("looking"):
            finding = next(coming, None)
        if finding is None:
            return
        yield finding


def _print(terminal: Terminal, finding: "Finding") -> None:
    terminal.write_drawn("".join(_lines(finding, terminal.width, colour=terminal.has_colour())))


def _joined(findings: "Sequence[Finding]", section: Section, *, is_folded: bool) -> "Finding":
    """Return what stands for *findings*, which are all ok, or were skipped for one reason."""
    first, count = findings[0], len(findings)
    if count == 1:
        return first
    if first.status == SKIPPED:
        names = "" if is_folded else f" ({', '.join(finding.name for finding in findings)})"
        return first._replace(name=f"{count} more", detail=f"{first.detail}{names}")
    told = [finding.detail for finding in findings if finding.name in section.telling]
    rest = f"{count - len(told)} more" if told else counted(count, "finding")
    return first._replace(name=section.title, detail="; ".join([*told, rest]))


def _lines(finding: "Finding", width: int, *, colour: bool) -> Iterator[str]:
    beginning, indent = " " * (_STATUS_WIDTH + 2), " " * (_STATUS_WIDTH + _NAME_WIDTH + 2 * len(_GAP))
    is_narrow = width - len(indent) < _LEAST_TEXT
    if is_narrow:  # where the detail stands below the name, not beside it
        indent = beginning
    room = max(width - len(indent), _LEAST_TEXT)
    lines = wrap(scrub(finding.detail), room, break_on_hyphens=False)
    first, *rest = ["", *lines] if is_narrow else lines or [""]
    status = _coloured(finding.status.ljust(_STATUS_WIDTH), _COLOURS[finding.status], colour=colour)
    yield f"{status}{_GAP}{finding.name.ljust(_NAME_WIDTH)}{_GAP}{first}".rstrip() + "\n"
    yield from (f"{indent}{line}\n" for line in rest)
    if finding.remedy:
        remedy = _remedy_lines(scrub(finding.remedy), max(width - len(beginning), _LEAST_TEXT))
        yield from (f"{beginning}{_coloured(line, _REMEDY_COLOUR, colour=colour)}\n" for line in remedy)


def _remedy_lines(remedy: str, room: int) -> Iterator[str]:
    """Give the lines of *remedy*, none of which ends within a command: that is to be copied whole."""
    glued = _COMMAND.sub(lambda command: command[0].replace(" ", _GLUE), remedy)
    lines = wrap(
        f"->{_GLUE}{glued}", room, subsequent_indent="   ", break_on_hyphens=False, break_long_words=False
    )
    return (line.replace(_GLUE, " ") for line in lines)


def _coloured(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def summary(findings: "Iterable[Finding]", *, is_folded: bool = False) -> str:
    """Return how many of *findings* there are of each status, and how to see those that are folded."""
    told = ", ".join(_told(status, count) for status, count in counts(findings).items() if count)
    return f"{told}; `-v` shows each" if is_folded else told


def _told(status: str, count: int) -> str:
    return counted(count, status) if status in ("warning", "failure") else f"{count} {status}"
