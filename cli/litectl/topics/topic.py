"""What a topic of the help consists of. Pure."""

from typing import NamedTuple


class Section(NamedTuple):
    r"""
    A part of a topic: *text*, then *rows* of a name and what it means, each sentence in backtick style.

    The *text* is paragraphs as in the help of a command: a line `\b` begins one that is not wrapped.
    *headings* are those of the two columns where the rows are a table.
    """

    title: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, str] = ("", "")


class Topic(NamedTuple):
    """A *title*, what is to be known first, and the sections."""

    title: str
    text: str
    sections: tuple[Section, ...]
