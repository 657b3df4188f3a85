"""The skills of all origins, and which of them could not be asked. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from litectl.errors import LitectlError, NotFoundError, PartialError
from litectl.skills.refusals import is_usual, most_telling
from litectl.skills.skill import ORIGINS, Skill
from litectl.text.nearness import did_you_mean, near

_ASK = "name it by its id, or ask the operator of the proxy"


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


def told(refusals: Iterable[Refusal]) -> str:
    """Return what *refusals* say on one line; what several say is said once."""
    origins: dict[str, list[str]] = {}
    for each in refusals:
        origins.setdefault(each.error.message, []).append(each.origin)
    return "; ".join(f"{', '.join(named)}: {message}" for message, named in origins.items())


class SkillList(NamedTuple):
    """
    The *skills* of a proxy, those of the hub first, and the *refusals* of origins.

    *left_out* counts entries that had no name or id that can be one, *cut* names the origins that
    have more skills than they listed.
    """

    skills: Sequence[Skill]
    refusals: Sequence[Refusal] = ()
    left_out: int = 0
    cut: Sequence[str] = ()

    @property
    def offered(self) -> list[Skill]:
        """The enabled skills; of several with one name only the first."""
        found: dict[str, Skill] = {}
        for skill in self.skills:
            if skill.is_enabled:
                found.setdefault(skill.name, skill)
        return list(found.values())

    def find(self, name: str) -> list[Skill]:
        """Return the skills that are called *name*, then those that have it as their id: the hub's first."""
        found = [skill for skill in self.skills if name in (skill.name, skill.id)]
        return sorted(found, key=lambda skill: (skill.name != name, ORIGINS.index(skill.origin)))

    def require(self, name: str) -> list[Skill]:
        """
        Return what `find` does; raises `NotFoundError`, with near names, when that is nothing.

        Where an origin did not tell all it has, the skill may be there: then it is the error that is the
        reason, or `PartialError` for a list that was cut.
        """
        if found := self.find(name):
            return found
        doubts = [each for each in self.refusals if not each.is_usual]
        doubts += [
            Refusal(origin, PartialError("it has more skills than it lists", hint=_ASK))
            for origin in self.cut
        ]
        unknown = NotFoundError("", hint="see all skills with `litectl skills list --all`")
        error = most_telling(each.error for each in doubts) if doubts else unknown
        more = f"; not everybody told all: {told(doubts)}" if doubts else ""
        names = near(name, (skill.name for skill in self.skills))
        raise type(error)(
            f"unknown skill: {name}{more}",
            hint=did_you_mean(names) or error.hint or unknown.hint,
            details={**error.details, "refused": [each.as_json() for each in self.refusals]},
        )
