"""Findings as they are printed: their columns, and the page for people."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from litectl.counting import counted
from litectl.doctor.finding import FAILURE, SKIPPED, counts
from litectl.output.columns import Column
from litectl.terminal import Terminal, scrub

if TYPE_CHECKING:
    from litectl.doctor.finding import Finding

FINDING_COLUMNS = "status,name,detail,remedy"
_COLOURS = {"ok": "32", "warning": "33", "failure": "31", "skipped": "2"}
_REMEDY_COLOUR = "36"
_STATUS_WIDTH, _NAME_WIDTH = 7, 21
_GAP = "  "
_LEAST_TEXT = 20  # characters of a line of text, however narrow the terminal


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


def print_page(terminal: Terminal, findings: "Iterable[Finding]") -> "list[Finding]":
    """
    Print each of *findings* as soon as it is there, with what to do under it, and return them.

    Those that were skipped for one reason are one line: what is wrong is to be seen.
    """
    printed: list[Finding] = []
    held: list[Finding] = []
    for finding in _awaited(terminal, findings):
        printed.append(finding)
        if held and (finding.status, finding.detail) != (held[0].status, held[0].detail):
            _print(terminal, held)
            held = []
        held.append(finding)
        if finding.status != SKIPPED:
            _print(terminal, held)
            held = []
    if held:
        _print(terminal, held)
    return printed


def _awaited(terminal: Terminal, findings: "Iterable[Finding]") -> "Iterator[Finding]":
    """Give *findings*, and show how long the next one takes."""
    coming = iter(findings)
    while True:
        with terminal.waiting("looking"):
            finding = next(coming, None)
        if finding is None:
            return
        yield finding


def _print(terminal: Terminal, findings: "Sequence[Finding]") -> None:
    shown = findings[0] if len(findings) == 1 else _joined(findings)
    terminal.write_drawn("".join(_lines(shown, terminal.width, colour=terminal.has_colour())))


def _joined(findings: "Sequence[Finding]") -> "Finding":
    names = ", ".join(finding.name for finding in findings)
    return findings[0]._replace(name=f"{len(findings)} more", detail=f"{findings[0].detail} ({names})")


def _lines(finding: "Finding", width: int, *, colour: bool) -> Iterator[str]:
    beginning, indent = " " * (_STATUS_WIDTH + 2), " " * (_STATUS_WIDTH + _NAME_WIDTH + 2 * len(_GAP))
    room = max(width - len(indent), _LEAST_TEXT)
    first, *rest = wrap(scrub(finding.detail), room, break_on_hyphens=False) or [""]
    status = _coloured(finding.status.ljust(_STATUS_WIDTH), _COLOURS[finding.status], colour=colour)
    yield f"{status}{_GAP}{finding.name.ljust(_NAME_WIDTH)}{_GAP}{first}".rstrip() + "\n"
    yield from (f"{indent}{line}\n" for line in rest)
    if finding.remedy:
        # A command is to be copied, so no word of it is broken.
        lines = wrap(
            f"-> {scrub(finding.remedy)}",
            max(width - len(beginning), _LEAST_TEXT),
            subsequent_indent="   ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        yield from (f"{beginning}{_coloured(line, _REMEDY_COLOUR, colour=colour)}\n" for line in lines)


def _coloured(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def summary(findings: "Iterable[Finding]") -> str:
    """Return how many of *findings* there are of each status, and which one to begin with."""
    listed = list(findings)
    told = ", ".join(_told(status, count) for status, count in counts(listed).items() if count)
    first = next((finding.name for finding in listed if finding.status == FAILURE), None)
    return told if first is None else f"{told}: begin with `{first}`"


def _told(status: str, count: int) -> str:
    return counted(count, status) if status in ("warning", "failure") else f"{count} {status}"
