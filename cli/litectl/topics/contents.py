"""The topics of the help, and the modules that have them."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from litectl.topics.topic import Topic


class Entry(NamedTuple):
    """A topic: the module that holds it as `TOPIC`, and its line in the help."""

    module: str
    help: str


TOPICS = {
    "configuration": Entry("litectl.topics.configuration", "Which proxy and key are used, and which files"),
    "environment": Entry("litectl.topics.environment", "The variables that are read"),
    "exit-codes": Entry("litectl.topics.exit_codes", "How each kind of failure ends"),
    "formatting": Entry("litectl.topics.formatting", "What is printed where, and in which format"),
}


def topic(name: str) -> "Topic":
    """Return the topic *name*, one of `TOPICS`."""
    found: Topic = import_module(TOPICS[name].module).TOPIC
    return found
