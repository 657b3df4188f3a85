"""Entries of the routes become skills, whatever is in them. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from litectl.jsontext import can_be_written
from litectl.skills.skill import HUB, Skill

_SOURCE_LEVELS = 8
_LISTS = ("data", "skills")


class Rows(NamedTuple):
    """The *skills* of one answer, and how many of its entries have neither a name nor an id."""

    skills: list[Skill]
    left_out: int


def hub_rows(document: object) -> Rows | None:
    """
    Return the skills in an answer of the Skill Hub; None when it has no list of them.

    The routes of the hub know a skill by its name, so that is the id, too.
    """
    plugins = document.get("plugins") if isinstance(document, dict) else None
    return _rows(plugins, _hub_skill) if isinstance(plugins, list) else None


def api_rows(document: object, origin: str) -> Rows | None:
    """Return the skills of *origin* in an answer of `/v1/skills`; None when it has no list of them."""
    found = document
    if isinstance(document, dict):
        found = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
    return _rows(found, lambda entry: _api_skill(entry, origin)) if isinstance(found, list) else None


def _rows(entries: Sequence[object], skill_of: "Callable[[dict[str, object]], Skill | None]") -> Rows:
    skills = [skill for entry in entries if isinstance(entry, dict) and (skill := skill_of(entry))]
    return Rows(skills, len(entries) - len(skills))


def _hub_skill(entry: dict[str, object]) -> Skill | None:
    name = _text(entry, "name", "id")
    if name is None:
        return None
    skill, source = _skill(entry, name, name, HUB), entry.get("source")
    if isinstance(source, dict) and can_be_written(source, levels=_SOURCE_LEVELS):
        return skill._replace(source=source)
    return skill


def _api_skill(entry: dict[str, object], origin: str) -> Skill | None:
    name = _text(entry, "name", "display_title", "id")
    return None if name is None else _skill(entry, name, _text(entry, "id") or name, origin)


def _skill(entry: dict[str, object], name: str, identifier: str, origin: str) -> Skill:
    return Skill(
        name,
        identifier,
        origin,
        description=_text(entry, "description"),
        version=_text(entry, "version", "latest_version"),
        is_enabled=entry.get("enabled") is not False,
        created_at=_text(entry, "created_at"),
        updated_at=_text(entry, "updated_at"),
    )


def _text(entry: dict[str, object], *names: str) -> str | None:
    """Return the first of the fields *names* that is a text and not blank, stripped."""
    texts = (entry.get(name) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
