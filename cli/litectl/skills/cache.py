"""
The last list of all skills of one fingerprint, for TAB and `--offline`.

Two lines of JSON: a head that says which list it is, then its skills.
"""

from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from litectl.skills.inventory import SkillList
from litectl.skills.skill import ORIGINS, Skill
from litectl.storage.keptfile import KeptFile
from litectl.storage.listfile import DamagedCache, head_of, json_line, moment, reading
from litectl.text.jsontext import decode

VERSION = 1
_SOURCE = "skills"
_TYPES = (str, str, str, str | None, str | None, bool, dict | None, str | None, str | None)


class KeptSkills(NamedTuple):
    """The *skills* as they were listed at *fetched_at*, in seconds since 1970."""

    fetched_at: float
    skills: list[Skill]


class SkillCache:
    """The kept skills of one fingerprint in *directory*; *root* is the proxy that they are of."""

    def __init__(self, directory: Path, fingerprint: str, root: str) -> None:
        self.file = KeptFile(directory, fingerprint)
        self._root = root

    def read(self) -> KeptSkills | None:
        """Return the kept skills, or None; raises `DamagedCache`."""
        with reading(self.file.path) as file:
            if file is None:
                return None
            head, content = head_of(file, VERSION), file.read()
            fetched_at = moment(head)
            if head.get("root") != self._root or head.get("checksum") != crc32(content) or fetched_at is None:
                raise DamagedCache
            return KeptSkills(fetched_at, _skills_of(decode(content)))

    def write(self, listed: SkillList, fetched_at: float) -> None:
        """
        Replace the kept skills by those of *listed*; raises `ConfigError` when they cannot be written.

        Nothing is written when an origin did not tell all it has: then the old ones say more.
        """
        if listed.cut or any(each.is_partial or not each.is_usual for each in listed.refusals):
            return
        content = json_line(list(listed.skills))
        head = {
            "version": VERSION,
            "root": self._root,
            "source": _SOURCE,
            "fetched_at": fetched_at,
            "skills": len(listed.skills),
            "bytes": len(content),
            "checksum": crc32(content),
        }
        self.file.replace(json_line(head) + content)


def _skills_of(rows: Any) -> list[Skill]:
    """Return the skills that *rows* are; raises `DamagedCache` for any other JSON."""
    try:
        skills = [Skill._make(row) for row in rows]
    except TypeError as error:
        raise DamagedCache from error
    if not all(map(_is_sound, skills)):
        raise DamagedCache
    return skills


def _is_sound(skill: Skill) -> bool:
    return skill.origin in ORIGINS and all(map(isinstance, skill, _TYPES))
