"""The columns of a list of skills, and one skill in full; their names are the fields of the JSON."""

import json
from operator import attrgetter

from litectl.jsontext import decode
from litectl.output.columns import Column, one_line
from litectl.skills.places import Repository, address_of, holder_of, place_of
from litectl.skills.skill import STORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from litectl.skills.skill import Skill

_GAP = 2  # spaces between two columns
_LEAST_DESCRIPTION = 20  # cells
DEFAULT_COLUMNS = "name,origin,enabled,version,description"


def skill_columns(skills: "Sequence[Skill]" = (), width: int = 0) -> list[Column]:
    """Return every column of a `Skill`; a description has what the *skills* leave of *width* cells."""
    from litectl.output.tools import shortened

    room = _room(skills, width)
    return [
        Column("name", "Name", attrgetter("name")),
        Column("origin", "Origin", attrgetter("origin")),
        Column("enabled", "Enabled", attrgetter("is_enabled")),
        Column("version", "Version", attrgetter("version")),
        Column(
            "description",
            "Description",
            attrgetter("description"),
            for_people=lambda text: shortened(one_line(text), room),
            gives_way=True,
        ),
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


def _room(skills: "Sequence[Skill]", width: int) -> int:
    """Return how many cells the other columns of the default table leave for a description."""
    from litectl.output.tools import cells

    columns = [
        ["Name", *(skill.name for skill in skills)],
        ["Origin", *(skill.origin for skill in skills)],
        ["Enabled"],
        ["Version", *(skill.version or "" for skill in skills)],
    ]
    taken = sum(max(map(cells, texts)) + _GAP for texts in columns)
    return max(width - taken, _LEAST_DESCRIPTION)


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
