"""Which models of a catalog to show, and in which order. Pure."""

from collections.abc import Iterable
from operator import attrgetter

from litectl.catalog.rows import CONVERSATION_MODES, MIXED, Model
from litectl.text.wordsearch import matching

ANY_MODE = "all"
_UNKNOWN = (None, "")
_SHOWN_MODES = (*CONVERSATION_MODES, MIXED)  # unless one is asked for


def select(models: Iterable[Model], *, mode: str | None, search: str | None) -> list[Model]:
    """
    Return the *models* of *mode* whose name or provider has every word of *search*.

    Without a mode those that can hold a conversation, and mixed groups, so that they are
    seen; `all` is every mode.
    """
    if mode is None:
        chosen = [model for model in models if model.mode in _SHOWN_MODES]
    else:
        chosen = [model for model in models if mode in (ANY_MODE, model.mode)]
    return matching(chosen, search, lambda model: f"{model.name} {model.providers}")


def sort(models: Iterable[Model], field: str, *, reverse: bool = False) -> list[Model]:
    """Return *models* ordered by *field*, then by name; those that lack it come last."""
    rows = sorted(models, key=attrgetter("name"))
    read = attrgetter(field)
    known = [row for row in rows if read(row) not in _UNKNOWN]
    unknown = [row for row in rows if read(row) in _UNKNOWN]
    return sorted(known, key=read, reverse=reverse) + unknown
