"""The pages of what is true of all commands."""

from collections.abc import Iterator

import markdown
from helptext import blocks

from litectl.topics.files import NOTES, PLACES
from litectl.topics.topic import Section, Topic


def topic_page(topic: Topic) -> str:
    """Return the page of *topic*, which `litectl help` shows, too."""
    parts = map(markdown.of_block, blocks(topic.text))
    return markdown.page(topic.title, [*parts, *(part for each in topic.sections for part in _section(each))])


def files_page() -> str:
    """Return the page of the files, with what may be taken away."""
    rows = [
        (markdown.code(place.path), place.mode, markdown.prose(place.holds), markdown.prose(place.removal))
        for place in PLACES
    ]
    table = markdown.table(("file or directory", "mode", "what is in it", "when it may go, and how"), rows)
    return markdown.page("Files", [table, *(part for note in NOTES for part in _section(note))])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield from map(markdown.of_block, blocks(section.text))
    if section.rows:
        rows = ((_name(name), markdown.prose(meaning)) for name, meaning in section.rows)
        yield markdown.table(section.headings, rows)


def _name(name: str) -> str:
    """Return the *name* of a row: code, unless it is a sentence."""
    is_code = "`" not in name and name.strip("-, ").replace("_", "").replace("-", "").isalnum()
    return markdown.code(name) if is_code else markdown.prose(name)
