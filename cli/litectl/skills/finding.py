"""Finds the skill that a person means, by its name or its id."""

from collections.abc import Iterator, Sequence

from litectl.errors import LitectlError, NotFoundError, UsageError
from litectl.proxy import Proxy
from litectl.skills.refusals import gone
from litectl.skills.skill import HUB, ORIGINS, Skill


def resolve(proxy: Proxy, name: str, origin: str | None, *, seconds: float) -> Skill:
    """
    Return the skill with this *name* or id, of *origin* only where one is given.

    Raises `NotFoundError` when there is none and `UsageError` when there are several.
    """
    if origin is not None and origin not in ORIGINS:
        raise UsageError(f"there is no origin `{origin}`", hint=f"it is one of {', '.join(ORIGINS)}")
    listed = _listed(proxy, [origin] if origin else ORIGINS, seconds)
    found = [skill for skill in listed if name in (skill.id, skill.name)]
    if not found:
        raise gone(name)
    if len(found) > 1:
        choices = ", ".join(f"{skill.id} ({skill.origin})" for skill in found)
        raise UsageError(
            f"several skills are called `{name}`: {choices}", hint="say which by its id, or with `--origin`"
        )
    return found[0]


def resolve_for_hub(proxy: Proxy, name: str, *, seconds: float) -> Skill:
    """Return the skill *name* of the Skill Hub, else the one of another origin; raises as `resolve`."""
    try:
        return resolve(proxy, name, HUB, seconds=seconds)
    except NotFoundError:
        return resolve(proxy, name, None, seconds=seconds)


def _listed(proxy: Proxy, origins: Sequence[str], seconds: float) -> list[Skill]:
    """Return the skills of *origins*; raises what went wrong when none of these answered."""
    skills: list[Skill] = []
    failures: list[LitectlError] = []
    for origin in origins:
        try:
            skills += _of_origin(proxy, origin, seconds)
        except LitectlError as error:
            failures.append(error)
    if len(failures) == len(origins):
        raise failures[0]
    return skills


def _of_origin(proxy: Proxy, origin: str, seconds: float) -> Iterator[Skill]:
    if origin == HUB:
        path, array, id_field, name_field = "/claude-code/plugins", "plugins", "name", "name"
    else:
        path = f"/v1/skills?beta=true&limit=100&custom_llm_provider={origin}"
        array, id_field, name_field = "data", "id", "display_title"
    document = proxy.get_json(path, seconds=seconds).document
    rows = document.get(array) if isinstance(document, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get(id_field), str):
            name = row.get(name_field) or row[id_field]
            yield Skill(str(name), row[id_field], origin, is_enabled=row.get("enabled") is not False)
