"""Entries of the routes become skills, whatever is in them. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from litectl.errors import IncompleteError
from litectl.failures.hints import ROOT_HINT
from litectl.skills.skill import HUB, Skill
from litectl.text.jsontext import can_be_written, object_of, text_in

BODY_LIMIT = 16 * 2**20  # bytes of an answer
NAME_LIMIT = 1024  # characters; what is longer is no name of anything
_SOURCE_LEVELS = 8
_LISTS = ("data", "skills")


class Rows(NamedTuple):
    """
    The *skills* of an origin, or of one answer of it.

    *left_out* counts the entries that have neither a name nor an id, or one that is too long; there are
    more skills when it *is_cut*.
    """

    skills: list[Skill]
    left_out: int = 0
    is_cut: bool = False


def hub_rows(document: object) -> Rows:
    """
    Return the skills in an answer of the Skill Hub; raises `IncompleteError` when it has no list of them.

    The routes of the hub know a skill by its name, so that is the id, too.
    """
    return _rows(object_of(document).get("plugins"), _hub_skill)


def api_rows(document: object, origin: str) -> Rows:
    """Return the skills of *origin* in an answer of `/v1/skills`; raises as `hub_rows`."""
    found = document
    if isinstance(document, dict):
        found = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
    return _rows(found, lambda entry: _api_skill(entry, origin))


def skill_in(entry: Mapping[str, object], name: str, identifier: str, origin: str) -> Skill:
    """Return the skill *name* of *origin* as the fields of *entry* tell it."""
    return Skill(
        name,
        identifier,
        origin,
        description=text_in(entry, "description") or None,
        version=text_in(entry, "version", "latest_version") or None,
        is_enabled=entry.get("enabled") is not False,
        created_at=text_in(entry, "created_at") or None,
        updated_at=text_in(entry, "updated_at") or None,
    )


def _rows(entries: object, skill_of: Callable[[Mapping[str, object]], Skill | None]) -> Rows:
    if not isinstance(entries, list):
        raise IncompleteError("the answer of the proxy has no list of skills", hint=ROOT_HINT)
    skills = [skill for entry in entries if (skill := skill_of(object_of(entry)))]
    return Rows(skills, len(entries) - len(skills))


def _hub_skill(entry: Mapping[str, object]) -> Skill | None:
    name = text_in(entry, "name", "id")
    if not _is_name(name):
        return None
    skill, source = skill_in(entry, name, name, HUB), entry.get("source")
    if isinstance(source, dict) and can_be_written(source, levels=_SOURCE_LEVELS):
        return skill._replace(source=source)
    return skill


def _api_skill(entry: Mapping[str, object], origin: str) -> Skill | None:
    name = text_in(entry, "name", "display_title", "id")
    identifier = text_in(entry, "id") or name
    return skill_in(entry, name, identifier, origin) if _is_name(name) and _is_name(identifier) else None


def _is_name(text: str) -> bool:
    return 0 < len(text) <= NAME_LIMIT
