"""
Which skills there are, for this run.

The edge that joins options and the caller to `litectl.skills`.
"""

import shlex
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from litectl.errors import (
    ConfigError,
    LitectlError,
    NotFoundError,
    ProxyError,
    UpstreamError,
    UsageError,
)
from litectl.run.lister import is_there

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.skills.cache import SkillCache
    from litectl.skills.inventory import SkillList
    from litectl.skills.skill import Skill
    from litectl.wire.proxy import Proxy

_MOST_TOLD = 2**20  # bytes of descriptions and texts in one question


def skills_of(runtime: "Runtime", proxy: "Proxy", origin: str | None = None) -> "SkillList":
    """
    Ask *proxy* for its skills of *origin*, or of all, and say on stderr what is missing.

    All of them are kept, for `kept_skills`. Raises `UsageError` for an unknown origin.
    """
    from litectl.skills.listing import LIST_SECONDS, list_skills

    origins = _origins(origin)
    listed = list_skills(proxy, seconds=runtime.options.timeout or LIST_SECONDS, origins=origins)
    _tell_what_is_missing(runtime, listed)
    if origin is None:
        _keep(runtime, listed)
    return listed


def kept_skills(runtime: "Runtime", origin: str | None) -> "SkillList":
    """
    Return the skills of *origin*, or all, as they were last listed, and say on stderr when that was.

    Raises `ConfigError` when none are kept, and `UsageError` for an unknown origin.
    """
    from litectl.output.times import timestamp
    from litectl.skills.inventory import SkillList
    from litectl.storage.listfile import DamagedCache

    origins, kept = _origins(origin), None
    if is_there(lambda: runtime.paths.skill_lists):
        cache = runtime.lister.where_kept(lambda: skill_cache(runtime))
        with suppress(DamagedCache):
            kept = cache.read() if cache else None
    if kept is None:
        raise ConfigError(
            "no skills are kept for this proxy and credential", hint="run `litectl skills list` once, online"
        )
    runtime.terminal.note(f"the skills as they were listed at {timestamp(kept.fetched_at)}")
    return SkillList([skill for skill in kept.skills if skill.origin in origins])


def skill_cache(runtime: "Runtime") -> "SkillCache":
    """Return where the skills are kept; raises `ConfigError` where nothing can be."""
    from litectl.skills.cache import SkillCache

    return SkillCache(runtime.paths.skill_lists, runtime.lister.fingerprint(), runtime.target.root)


def _keep(runtime: "Runtime", listed: "SkillList") -> None:
    try:
        if cache := runtime.lister.where_kept(lambda: skill_cache(runtime)):
            cache.write(listed, runtime.now())
    except ConfigError as error:
        runtime.terminal.trace(f"the skills are not kept: {error.message}")


def _origins(origin: str | None) -> Sequence[str]:
    """Return *origin*, or all; raises `UsageError` for an unknown one."""
    from litectl.skills.skill import ORIGINS

    if origin is not None and origin not in ORIGINS:
        raise UsageError(f"unknown origin: {origin}", hint=f"the origins are {', '.join(ORIGINS)}")
    return ORIGINS if origin is None else (origin,)


def skill_called(runtime: "Runtime", proxy: "Proxy", name: str, origin: str | None) -> "Skill":
    """
    Return the skill called *name*, or with it as its id, and say which others are called so.

    Raises `NotFoundError` when there is none.
    """
    return _preferred(runtime, skills_of(runtime, proxy, origin), name)


def only_skill_called(runtime: "Runtime", proxy: "Proxy", name: str, origin: str | None) -> "Skill":
    """Return what `skill_called` does; raises `UsageError` when others are called *name*, too."""
    first, *others = skills_of(runtime, proxy, origin).require(name)
    if others:
        raise UsageError(
            f"several skills are called {name}: {_named([first, *others])}",
            hint="say which by its id, or with `--origin`",
        )
    return first


def hub_skill_called(runtime: "Runtime", proxy: "Proxy", name: str) -> "Skill":
    """
    Return the skill *name* of the Skill Hub, or where the hub has none that of another origin.

    Raises `NotFoundError` when there is none.
    """
    from litectl.skills.skill import ANTHROPIC, HUB, STORED

    listed = skills_of(runtime, proxy, HUB)
    found = listed.find(name) or _found(runtime, proxy, name, (STORED, ANTHROPIC))
    return found[0] if found else listed.require(name)[0]


def instruction_of(runtime: "Runtime", names: Sequence[str], *, all_skills: bool) -> str:
    """
    Return what a model is told of the skills *names*, and with *all_skills* of each enabled one.

    Those that are named come with their own text where the proxy gives it; of the others the description
    is told. Empty, with a note, where there is no skill. Raises `NotFoundError` for a name that no skill
    has, and `UsageError` for a disabled skill or more than 1 MiB.
    """
    from litectl.skills.prompt import skills_element

    with runtime.open_proxy() as proxy:
        listed = skills_of(runtime, proxy)
        found = [_enabled(_preferred(runtime, listed, name)) for name in dict.fromkeys(names)]
        chosen = {(skill.origin, skill.id): skill for skill in found}.values()
        told = [(skill, _text(runtime, proxy, skill)) for skill in chosen]
    if all_skills:
        named = {skill.name for skill in chosen}
        told += [(skill, None) for skill in listed.offered if skill.name not in named]
    if not told:
        runtime.terminal.note("there is no skill that the model could be told of")
    _require_little(told)
    return skills_element(told) if told else ""


def _require_little(told: "Sequence[tuple[Skill, str | None]]") -> None:
    """Raise `UsageError` when descriptions and texts are more than a question takes."""
    texts = [text for _, text in told] + [skill.description for skill, _ in told]
    size = sum(len(text.encode("utf-8", "replace")) for text in texts if text)
    if size > _MOST_TOLD:
        raise UsageError(
            f"the skills have {size:,} bytes of text, and a question takes at most 1 MiB of them",
            hint="name fewer or smaller ones with `--skill NAME`",
        )


def same_named(runtime: "Runtime", proxy: "Proxy", name: str, origin: str) -> str:
    """Return ids and origins of the skills of *origin* that are called *name*; empty for none or unknown."""
    found = _found(runtime, proxy, name, (origin,))
    return _named(skill for skill in found if skill.name == name)


def _found(runtime: "Runtime", proxy: "Proxy", name: str, origins: Sequence[str]) -> "list[Skill]":
    """Return the skills *name* of *origins*; none where these do not list theirs."""
    from litectl.skills.listing import LIST_SECONDS, list_skills

    try:
        listed = list_skills(proxy, seconds=runtime.options.timeout or LIST_SECONDS, origins=origins)
    except LitectlError as error:
        runtime.terminal.trace(f"no skills of {', '.join(origins)}: {error.message}")
        return []
    return listed.find(name)


def _preferred(runtime: "Runtime", listed: "SkillList", name: str) -> "Skill":
    """Return the first skill of *listed* that is called *name*, and say which others are."""
    first, *others = listed.require(name)
    if others:
        runtime.terminal.note(
            f"{name} is the skill of {first.origin} here; others are called so, too, "
            f"and the id tells them apart: {_named(others)}"
        )
    return first


def _enabled(skill: "Skill") -> "Skill":
    if not skill.is_enabled:
        raise UsageError(
            f"the skill {skill.shown} is disabled",
            hint=f"enable it with `litectl skills enable {shlex.quote(skill.shown)}`",
        )
    return skill


def _text(runtime: "Runtime", proxy: "Proxy", skill: "Skill") -> str | None:
    """Return the SKILL.md of *skill*; None, with a note that says why, when the proxy cannot give it."""
    from litectl.skills.files import ARCHIVE_SECONDS, skill_text

    try:
        return skill_text(proxy, skill, seconds=runtime.options.timeout or ARCHIVE_SECONDS)
    except (NotFoundError, ProxyError, UpstreamError) as error:
        what = "description" if skill.description else "name"
        runtime.terminal.note(f"only the {what} of the skill {skill.shown} is sent: {error.message}")
        return None


def _named(skills: "Iterable[Skill]") -> str:
    """Return ids and origins of *skills* on one line."""
    from litectl.failures.wording import readable

    return ", ".join(f"{readable(skill.id)} ({skill.origin})" for skill in skills)


def _tell_what_is_missing(runtime: "Runtime", listed: "SkillList") -> None:
    terminal = runtime.terminal
    for refusal in listed.refusals:
        tell = terminal.trace if refusal.is_usual else terminal.warn
        what = "only the public skills" if refusal.is_partial else "no skills"
        tell(f"{what} of {refusal.origin}: {refusal.error.message}")
    for origin in listed.cut:
        terminal.warn(f"{origin} has more skills than it lists")
    if listed.left_out:
        terminal.warn(
            f"entries without a name, or with one that is too long, are left out: {listed.left_out}"
        )
