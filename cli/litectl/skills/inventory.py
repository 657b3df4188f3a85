"""The skills of all origins, and which of them could not be asked. Pure."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from litectl.errors import LitectlError, NotFoundError
from litectl.skills.absence import is_usual
from litectl.skills.skill import ORIGINS, Skill

_NEAR = 3


class Refusal(NamedTuple):
    """An *origin* that did not list its skills, and why; *is_partial* when it listed the public ones."""

    origin: str
    error: LitectlError
    is_partial: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether this is how most proxies are: without what the origin needs."""
        return is_usual(self.error)

    def as_json(self) -> dict[str, object]:
        """Return the public JSON form."""
        return {
            "origin": self.origin,
            "code": self.error.code,
            "message": self.error.message,
            "partial": self.is_partial,
        }


class SkillList(NamedTuple):
    """
    The *skills* of a proxy, those of the hub first, and the *refusals* of origins.

    *left_out* counts entries that had neither a name nor an id, *cut* names the origins that
    have more skills than they listed.
    """

    skills: Sequence[Skill]
    refusals: Sequence[Refusal] = ()
    left_out: int = 0
    cut: Sequence[str] = ()

    def find(self, name: str) -> list[Skill]:
        """Return the skills that are called *name*, or have it as their id: the preferred one first."""
        named = [skill for skill in self.skills if skill.name == name]
        found = named or [skill for skill in self.skills if skill.id == name]
        return sorted(found, key=lambda skill: ORIGINS.index(skill.origin))

    def require(self, name: str) -> list[Skill]:
        """Return what `find` does; raises `NotFoundError`, with near names, when that is nothing."""
        if found := self.find(name):
            return found
        unasked = [f"{each.origin}: {each.error.message}" for each in self.refusals if not each.is_usual]
        more = f"; not everybody could be asked: {'; '.join(unasked)}" if unasked else ""
        near = " or ".join(f"`{other}`" for other in self.near(name))
        raise NotFoundError(
            f"unknown skill: {name}{more}",
            hint=f"did you mean {near}?" if near else "see all skills with `litectl skills list --all`",
            details={"refused": [each.as_json() for each in self.refusals]},
        )

    def near(self, name: str) -> list[str]:
        """Return up to three names that look like *name*, first those that have it as a part."""
        names = {skill.name.lower(): skill.name for skill in self.skills if skill.name.isprintable()}
        wanted = name.lower()
        parts = sorted((other for other in names if wanted and wanted in other), key=len)
        found = dict.fromkeys([*parts[:_NEAR], *get_close_matches(wanted, names, n=_NEAR)])
        return [names[match] for match in found][:_NEAR]
