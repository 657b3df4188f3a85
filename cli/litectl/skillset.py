"""
Which skills there are, for this run.

The edge that joins options and the caller to `litectl.skills`.
"""

from typing import TYPE_CHECKING

from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime
    from litectl.skills.inventory import SkillList
    from litectl.skills.skill import Skill


def skills_of(runtime: "Runtime", proxy: "Proxy", origin: str | None = None) -> "SkillList":
    """
    Ask *proxy* for its skills of *origin*, or of all, and say on stderr what is missing.

    Raises `UsageError` for an unknown origin.
    """
    from litectl.skills.listing import LIST_SECONDS, list_skills
    from litectl.skills.skill import ORIGINS

    if origin is not None and origin not in ORIGINS:
        raise UsageError(f"unknown origin: {origin}", hint=f"the origins are {', '.join(ORIGINS)}")
    seconds = runtime.options.timeout or LIST_SECONDS
    listed = list_skills(proxy, seconds=seconds, origins=ORIGINS if origin is None else (origin,))
    _tell_what_is_missing(runtime, listed)
    return listed


def skill_called(runtime: "Runtime", proxy: "Proxy", name: str, origin: str | None = None) -> "Skill":
    """
    Return the skill called *name*, or with it as its id, and say which others are called so.

    Raises `NotFoundError` when there is none.
    """
    first, *others = skills_of(runtime, proxy, origin).require(name)
    same = [other.id for other in others if other.origin == first.origin]
    elsewhere = dict.fromkeys(other.origin for other in others if other.origin != first.origin)
    if same:
        runtime.terminal.note(f"others are called so, too; the id tells them apart: {', '.join(same)}")
    if elsewhere:
        runtime.terminal.note(
            f"this one is of {first.origin}; also in {', '.join(elsewhere)}: choose with `--origin`"
        )
    return first


def _tell_what_is_missing(runtime: "Runtime", listed: "SkillList") -> None:
    terminal = runtime.terminal
    for refusal in listed.refusals:
        tell = terminal.trace if refusal.is_usual else terminal.warn
        what = "only the public skills" if refusal.is_partial else "no skills"
        tell(f"{what} of {refusal.origin}: {refusal.error.message}")
    for origin in listed.cut:
        terminal.warn(f"{origin} has more skills than it lists")
    if listed.left_out:
        terminal.warn(f"entries without a name and an id, which are left out: {listed.left_out}")
