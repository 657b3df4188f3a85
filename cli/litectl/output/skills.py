"""The columns of a list of skills, one skill in full, what is sent of one, and what was done to it."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from litectl.output.columns import Column, Listing
from litectl.output.listing import print_listing, print_record
from litectl.output.times import same_form
from litectl.skills.places import address_of, fetching_line, holder_of
from litectl.skills.skill import HUB, Skill
from litectl.terminal.terminal import Terminal
from litectl.text.jsontext import decode
from litectl.text.lines import one_line

if TYPE_CHECKING:
    from litectl.skills.folder import SkillFolder

TEXT_COLUMNS = "name,origin,enabled,version,description,id"
_GAP = 2  # spaces between two columns
_LEAST_DESCRIPTION = 20  # cells


def columns_for_people(skills: Sequence[Skill], *, shows_disabled: bool) -> str:
    """Return the columns of a table of *skills*; the id is one of them where names do not tell them apart."""
    are_distinct = len({skill.name for skill in skills}) == len(skills)
    names = ["name", "origin", *(["enabled"] if shows_disabled else []), "description"]
    return ",".join(names if are_distinct else [*names, "id"])


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
        Column("created_at", "Created", lambda skill: same_form(skill.created_at)),
        Column("updated_at", "Updated", lambda skill: same_form(skill.updated_at)),
    ]


def fitted(columns: Sequence[Column], skills: Sequence[Skill], width: int) -> list[Column]:
    """Return *columns* with a description cut, for people, to what the others leave of *width* cells."""
    from litectl.output.tools import cells, shortened

    others = [[each.heading, *each.texts(skills)] for each in columns if each.name != "description"]
    room = max(width - sum(max(map(cells, texts)) + _GAP for texts in others), _LEAST_DESCRIPTION)

    def short(text: str) -> str:
        return shortened(one_line(text), room)

    return [each._replace(for_people=short) if each.name == "description" else each for each in columns]


def skill_record(skill: Skill, *, as_json: bool) -> dict[str, object]:
    """Return all that is known of *skill*; its source as text, or *as_json* as the object it is."""
    return {
        "name": skill.name,
        "origin": skill.origin,
        "id": skill.id,
        "enabled": skill.is_enabled,
        "version": skill.version,
        "description": skill.description,
        "created_at": same_form(skill.created_at),
        "updated_at": same_form(skill.updated_at),
        "source": skill.source if as_json else _source_text(skill),
        "address": address_of(skill),
        "files_from": holder_of(skill),
        "fetch_with": fetching_line(skill),
    }


def change_record(skill: Skill) -> dict[str, object]:
    """Return what a change tells of the *skill* that was changed."""
    return {
        "name": skill.name,
        "id": skill.id,
        "origin": skill.origin,
        "enabled": skill.is_enabled,
        "version": skill.version,
        "description": skill.description,
    }


def place_record(
    name: str, description: str | None, version: str | None, source: Mapping[str, str], *, as_json: bool
) -> dict[str, object]:
    """Return what the Skill Hub would be sent, *source* as a field for each part, or the object it is."""
    record = {"name": name, "origin": HUB, "description": description, "version": version}
    if as_json:
        return {**record, "source": source}
    return {**record, **{f"source.{key}": text for key, text in source.items()}}


def fetched_record(skill: Skill, path: str, files: int | None, size: int) -> dict[str, object]:
    """Return where the files of *skill* are: how many *files*, if that is known, of *size* bytes in all."""
    about = {"name": skill.name, "origin": skill.origin, "id": skill.id}
    return {**about, "path": path, "files": files, "bytes": size}


def print_new(terminal: Terminal, skill: Skill, output_format: str | None) -> None:
    """Say that *skill* was made, and print it: what it is called from now on is its id."""
    terminal.say(f"created skill `{skill.shown}`")
    print_record(terminal, change_record(skill), output_format)


def print_change(terminal: Terminal, skill: Skill, done: str, output_format: str | None) -> None:
    """Say what was *done* to the *skill*; its record is printed only as JSON."""
    terminal.say(f"{done} skill `{skill.shown}`")
    if output_format in ("json", "jsonl"):
        print_record(terminal, change_record(skill), output_format)


def print_files(terminal: Terminal, folder: "SkillFolder", origin: str, output_format: str | None) -> None:
    """Print what would be sent of *folder* to *origin*."""
    columns = [
        Column("path", "Path", attrgetter("path")),
        Column("size", "Bytes", attrgetter("size"), is_number=True),
    ]
    about = {
        "name": folder.name,
        "origin": origin,
        "description": folder.description,
        "size": folder.size,
        "skipped": folder.skipped,
    }
    print_listing(terminal, Listing("files", columns, columns, folder.files, about), output_format)
    _tell_what_is_missing(terminal, folder)


def tell_files(terminal: Terminal, folder: "SkillFolder") -> None:
    """Say which files of *folder* are sent."""
    for file in folder.files:
        terminal.say(f"{file.size:>12,}  {file.path}")
    terminal.say(f"{folder.size:>12,}  bytes in all, of skill `{folder.name}`")
    _tell_what_is_missing(terminal, folder)


def _tell_what_is_missing(terminal: Terminal, folder: "SkillFolder") -> None:
    """Say what is left out of *folder*, and what it does not say."""
    if folder.skipped:
        are = "file or folder is" if folder.skipped == 1 else "files or folders are"
        terminal.note(f"{folder.skipped} hidden {are} left out")
    if not folder.description:
        terminal.warn(
            "SKILL.md does not say what the skill is for: give it a `description:` in its front matter"
        )


def _source_text(skill: Skill) -> str | None:
    """Return the source as JSON on one line."""
    return None if skill.source is None else json.dumps(skill.source, ensure_ascii=False)


def _source_json(text: str | None) -> object:
    return None if text is None else decode(text)
