"""The pages of what is true of all commands."""

from collections.abc import Iterator

from litectl.topics.files import NOTES, PLACES
from litectl.topics.topic import Section, Topic
from pages import mark
from pages.helptext import blocks


def topic_page(topic: Topic) -> str:
    """Return the page of *topic*, which `litectl help` shows, too."""
    parts = map(mark.of_block, blocks(topic.text))
    return mark.page(topic.title, [*parts, *(part for each in topic.sections for part in _section(each))])


def files_page() -> str:
    """Return the page of the files, with what may be taken away."""
    rows = [
        (mark.code(place.path), place.mode, mark.prose(place.holds), mark.prose(place.removal))
        for place in PLACES
    ]
    table = mark.table(("file or directory", "mode", "what is in it", "when it may go, and how"), rows)
    return mark.page("Files", [table, *(part for note in NOTES for part in _section(note))])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield from map(mark.of_block, blocks(section.text))
    if section.rows:
        rows = ((_name(name), mark.prose(meaning)) for name, meaning in section.rows)
        yield mark.table(section.headings, rows)


def _name(name: str) -> str:
    """Return the *name* of a row: code, unless it is a sentence."""
    is_code = "`" not in name and name.strip("-, ").replace("_", "").replace("-", "").isalnum()
    return mark.code(name) if is_code else mark.prose(name)
