"""Findings as they are printed: their columns, and the page for people."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

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
    """Print each of *findings* as soon as it is there, with what to do under it, and return them."""
    printed = []
    for finding in findings:
        terminal.write_drawn("".join(_lines(finding, terminal.width, colour=terminal.has_colour())))
        printed.append(finding)
    return printed


def _lines(finding: "Finding", width: int, *, colour: bool) -> Iterator[str]:
    indent = " " * (_STATUS_WIDTH + _NAME_WIDTH + 2 * len(_GAP))
    room = max(width - len(indent), _LEAST_TEXT)
    first, *rest = wrap(scrub(finding.detail), room, break_on_hyphens=False) or [""]
    status = _coloured(finding.status.ljust(_STATUS_WIDTH), _COLOURS[finding.status], colour=colour)
    yield f"{status}{_GAP}{finding.name.ljust(_NAME_WIDTH)}{_GAP}{first}".rstrip() + "\n"
    yield from (f"{indent}{line}\n" for line in rest)
    if finding.remedy:
        lines = wrap(f"-> {scrub(finding.remedy)}", room, subsequent_indent="   ", break_on_hyphens=False)
        yield from (f"{indent}{_coloured(line, _REMEDY_COLOUR, colour=colour)}\n" for line in lines)


def _coloured(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def summary(findings: "Iterable[Finding]") -> str:
    """Return how many of *findings* there are of each status, and which one to begin with."""
    from litectl.doctor.finding import FAILURE, counts

    listed = list(findings)
    told = ", ".join(f"{count} {status}" for status, count in counts(listed).items() if count)
    first = next((finding.name for finding in listed if finding.status == FAILURE), None)
    return told if first is None else f"{told}: begin with `{first}`"
