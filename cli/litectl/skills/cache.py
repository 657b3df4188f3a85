"""The last list of all skills of one fingerprint, for TAB and `--offline`."""

from pathlib import Path
from typing import Any, NamedTuple

from litectl.skills.inventory import SkillList
from litectl.skills.skill import ORIGINS, Skill
from litectl.storage.keptfile import KeptFile
from litectl.storage.listfile import DamagedCache
from litectl.storage.wholelist import read_whole, whole_content

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
        found = read_whole(self.file.path, self._root, VERSION)
        return KeptSkills(found.fetched_at, _skills_of(found.document)) if found else None

    def write(self, listed: SkillList, fetched_at: float) -> None:
        """
        Replace the kept skills by those of *listed*; raises `ConfigError` when they cannot be written.

        Nothing is written when an origin did not tell all it has: then the old ones say more.
        """
        if listed.cut or any(each.is_partial or not each.is_usual for each in listed.refusals):
            return
        content = whole_content(
            list(listed.skills),
            kind="skills",
            length=len(listed.skills),
            root=self._root,
            source=_SOURCE,
            version=VERSION,
            fetched_at=fetched_at,
        )
        self.file.replace(content)


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
