"""
A terminal's text as an SVG picture. Pure.

The picture brings its own background, so it is readable on light and dark pages. It loads nothing: no font
from elsewhere, no script.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple

_ADVANCE, _LINE, _MARGIN, _BAR = 8.4, 20, 16, 32  # pixels; a font of 14 pixels advances so in most browsers
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_ERASE = re.compile(r"\x1b\[[0-9]*K")
_CLASSES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}
_STYLE = """text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
text { fill: #d8dee9; white-space: pre }
.bold { font-weight: bold } .dim { fill: #8a93a5 } .red { fill: #ff7b72 } .green { fill: #7ee787 }
.yellow { fill: #e3b341 } .cyan { fill: #76d9e6 }"""


class Cell(NamedTuple):
    """One letter, and how it looks: the name of a class, or nothing."""

    letter: str
    look: str


def drawn(shown: str, *, width: int, title: str) -> str:
    """
    Return the picture of what a terminal of *width* columns has *shown*; it is called *title*.

    Raises `ValueError` for a control sequence that is no colour, since it would be drawn as it is.
    """
    rows = [row for line in shown.removesuffix("\n").split("\n") for row in _rows(_cells(line), width)]
    size = (round(width * _ADVANCE) + 2 * _MARGIN, len(rows) * _LINE + _BAR + 2 * _MARGIN)
    texts = "\n".join(text for number, row in enumerate(rows) for text in _texts(row, number))
    dots = "".join(
        f'<circle cx="{_MARGIN + 4 + 18 * place}" cy="16" r="5" fill="#5a6375"/>' for place in range(3)
    )
    extent = f'width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {extent} role="img">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
<rect width="100%" height="100%" rx="8" fill="#1e222a"/>
{dots}
{texts}
</svg>
"""


def _cells(line: str) -> list[Cell]:
    """Return the cells of *line*; what a carriage return wrote over is gone."""
    last = _ERASE.sub("", line.rstrip("\r").rpartition("\r")[2])
    looks, place, cells = "", 0, []
    for found in _SGR.finditer(last):
        cells += [Cell(letter, looks) for letter in last[place : found.start()]]
        looks, place = _look(found[1]), found.end()
    cells += [Cell(letter, looks) for letter in last[place:]]
    strange = sorted({cell.letter for cell in cells if not cell.letter.isprintable()})
    if strange:
        raise ValueError(f"{strange} is not drawn: {line!r}")
    return cells


def _look(codes: str) -> str:
    return " ".join(_CLASSES[code] for code in codes.split(";") if code in _CLASSES)


def _rows(cells: list[Cell], width: int) -> Iterator[list[Cell]]:
    """Give the rows of one line, which a terminal folds at its edge."""
    for start in range(0, max(len(cells), 1), width):
        yield cells[start : start + width]


def _texts(row: list[Cell], number: int) -> Iterator[str]:
    """Give the runs of one look, each at its column and as long as it is in any font."""
    column, height = 0, _BAR + _MARGIN + number * _LINE + 8
    for look, run in groupby(row, lambda cell: cell.look):
        letters = "".join(cell.letter for cell in run)
        if letters.strip():
            left, length = _MARGIN + column * _ADVANCE, len(letters) * _ADVANCE
            place = f'x="{left:.1f}" y="{height}" textLength="{length:.1f}"'
            kind = f' class="{look}"' if look else ""
            yield f'<text {place}{kind} xml:space="preserve">{escape(letters, quote=False)}</text>'
        column += len(letters)
