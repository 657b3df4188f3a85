"""Text as Markdown."""

import re
from collections.abc import Iterable, Sequence

from pages.helptext import Block

_CODE = re.compile(r"(`[^`]*`)")
_SPECIAL = re.compile(r"([\\<*\[\]]|\b_|_\b)")
_ANCHOR_LOST = re.compile(r"[^\w\- ]")
GENERATED = "<!-- Written by docs/write_reference.py from the code; `make generated` writes it anew. -->"


def page(title: str, parts: Iterable[str]) -> str:
    """Return a page with *title* and *parts*."""
    return "\n\n".join([GENERATED, f"# {title}", *parts]) + "\n"


def prose(text: str) -> str:
    """Return the sentences *text*, whose code stands in backticks, with nothing else that is special."""
    pieces = _CODE.split(text)
    return "".join(piece if piece.startswith("`") else _SPECIAL.sub(r"\\\1", piece) for piece in pieces)


def code(text: str) -> str:
    """Return *text* as code within a line."""
    return f"`{text}`"


def verbatim(text: str) -> str:
    """Return *text* as a block that stays as it is: it is read by people, and run by nobody."""
    return f"```text\n{text}\n```"


def of_block(block: Block) -> str:
    """Return *block* as a paragraph or as code."""
    return verbatim(block.text) if block.is_verbatim else prose(block.text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar in a cell stays one."""
    lines = [headings, ["---"] * len(headings), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def anchor(heading: str) -> str:
    """Return the fragment by which *heading* is reached."""
    return "#" + _ANCHOR_LOST.sub("", heading.lower()).replace(" ", "-")
