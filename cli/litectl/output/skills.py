"""The columns of a list of skills, and one skill in full; their names are the fields of the JSON."""

import json
from operator import attrgetter

from litectl.jsontext import decode
from litectl.output.columns import Column
from litectl.skills.places import Repository, address_of, holder_of, place_of
from litectl.skills.skill import STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from litectl.skills.skill import Skill

DEFAULT_COLUMNS = "name,origin,enabled,version,description"


def skill_columns() -> list[Column]:
    """Return every column of a `Skill`."""
    return [
        Column("name", "Name", attrgetter("name")),
        Column("origin", "Origin", attrgetter("origin")),
        Column("enabled", "Enabled", attrgetter("is_enabled")),
        Column("version", "Version", attrgetter("version")),
        Column("description", "Description", attrgetter("description"), gives_way=True),
        Column("id", "Id", attrgetter("id")),
        Column("source", "Source", _source_text, as_json=_source_json),
        Column("created_at", "Created", attrgetter("created_at")),
        Column("updated_at", "Updated", attrgetter("updated_at")),
    ]


def skill_record(skill: "Skill", *, as_json: bool) -> dict[str, object]:
    """Return all that is known of *skill*; its source as text, or *as_json* as the object it is."""
    return {
        "name": skill.name,
        "origin": skill.origin,
        "id": skill.id,
        "enabled": skill.is_enabled,
        "version": skill.version,
        "description": skill.description,
        "created_at": skill.created_at,
        "updated_at": skill.updated_at,
        "source": skill.source if as_json else _source_text(skill),
        "address": address_of(skill),
        "files": holder_of(skill),
        "files_condition": _condition(skill),
    }


def change_record(skill: "Skill") -> dict[str, object]:
    """Return what a change tells of the *skill* that was changed."""
    return {
        "name": skill.name,
        "id": skill.id,
        "origin": skill.origin,
        "enabled": skill.is_enabled,
        "version": skill.version,
        "description": skill.description,
    }


def _condition(skill: "Skill") -> str | None:
    """Return what has to be done or true so that the files can be had; None for nothing."""
    if skill.origin == STORED:
        return "the operator has set litellm_settings.public_skills_index"
    place = place_of(skill)
    return place.clone_line if isinstance(place, Repository) else None


def _source_text(skill: "Skill") -> str | None:
    """Return the source as JSON on one line."""
    return None if skill.source is None else json.dumps(skill.source, ensure_ascii=False)


def _source_json(text: str | None) -> object:
    return None if text is None else decode(text)
