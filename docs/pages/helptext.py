"""The text of a help: paragraphs, and blocks that stay as they are."""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

_MARK = "\b"  # Typer's, on the line before a block


class Block(NamedTuple):
    """A paragraph on one line, or with *is_verbatim* lines that are not wrapped."""

    text: str
    is_verbatim: bool = False


def blocks(text: str) -> Iterator[Block]:
    """Give the blocks of *text*, which are apart by empty lines."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        first, _, rest = part.partition("\n")
        if first.strip() == _MARK:
            yield Block(dedent(rest), is_verbatim=True)
        elif part.strip():
            yield Block(" ".join(part.split()))
