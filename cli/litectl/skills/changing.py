"""Creates, deletes, enables and disables skills: each by one request, sent once."""

from collections.abc import Mapping, Sequence
from functools import partial

from litectl.errors import IncompleteError, NetworkError, UnreachableError, UpstreamError, UsageError
from litectl.skills.api import path_of, path_segment
from litectl.skills.archive import packed
from litectl.skills.folder import SkillFolder
from litectl.skills.hub import PLUGINS
from litectl.skills.refusals import refusal_of
from litectl.skills.rows import skill_in
from litectl.skills.skill import ANTHROPIC, HUB, STORED, Skill
from litectl.text.jsontext import object_of, text_in
from litectl.wire.content import FilePart
from litectl.wire.proxy import Proxy

CHANGE_SECONDS = 60.0
UPLOAD_SECONDS = 300.0  # 30 MiB take that long on a line of 1 Mbit a second
_DOUBT = "nobody can tell whether it was done: see `litectl skills list` before you try again"


def require_keeper(origin: str, *, has_description: bool) -> None:
    """Raise `UsageError` when *origin* keeps no files, or when it takes no description beside these."""
    if origin not in (STORED, ANTHROPIC):
        raise UsageError(
            f"the files of a skill cannot go to `{origin}`",
            hint=f"say `--origin {STORED}` or `--origin {ANTHROPIC}`",
        )
    if has_description and origin == ANTHROPIC:
        raise UsageError(
            "Anthropic takes the description from SKILL.md only", hint="write it there: `description: TEXT`"
        )


def create_from_folder(proxy: Proxy, folder: SkillFolder, *, origin: str, seconds: float) -> Skill:
    """
    Have the *proxy* keep the skill of *folder*, or with the *origin* `anthropic` its account there.

    Raises what goes wrong.
    """
    form = _stored_form(folder) if origin == STORED else _anthropic_form(folder)
    answer = _sent(proxy, "POST", path_of(origin), folder.name, origin, seconds=seconds, files=form)
    identifier = text_in(answer, "id")
    if not identifier:
        raise IncompleteError("the proxy took the skill, and did not say its id", hint=_DOUBT)
    return skill_in(answer, folder.name, identifier, origin)


def create_from_source(
    proxy: Proxy,
    name: str,
    source: Mapping[str, str],
    *,
    description: str | None = None,
    version: str | None = None,
    seconds: float,
) -> Skill:
    """Have the Skill Hub offer the skill *name*, which lies where *source* says; raises what goes wrong."""
    document = {"name": name, "source": source, "description": description, "version": version}
    document = {field: value for field, value in document.items() if value is not None}
    answer = _sent(proxy, "POST", PLUGINS, name, HUB, seconds=seconds, document=document)
    return skill_in(object_of(answer.get("plugin")), name, name, HUB)._replace(source=source)


def delete(proxy: Proxy, skill: Skill, *, seconds: float) -> None:
    """Delete *skill* where it is kept; raises `NotFoundError` when it is not there any more."""
    path = _hub_path(skill) if skill.origin == HUB else path_of(skill.origin, skill.id)
    _sent(proxy, "DELETE", path, skill.shown, skill.origin, seconds=seconds)


def set_enabled(proxy: Proxy, skill: Skill, *, is_enabled: bool, seconds: float) -> Skill:
    """
    Return *skill* as it is then: offered by the Skill Hub to everybody, or to nobody without a grant.

    Raises `UsageError` for one that is not of the hub, and what goes wrong.
    """
    verb = "enable" if is_enabled else "disable"
    if skill.origin != HUB:
        raise UsageError(
            f"`{skill.shown}` is not a skill of the Skill Hub, and only these can be {verb}d",
            hint="see where each comes from with `litectl skills list`",
        )
    _sent(proxy, "POST", f"{_hub_path(skill)}/{verb}", skill.shown, HUB, seconds=seconds)
    return skill._replace(is_enabled=is_enabled)


def _hub_path(skill: Skill) -> str:
    return f"{PLUGINS}/{path_segment(skill.name)}"


def _stored_form(folder: SkillFolder) -> list[FilePart]:
    """Return the form for the proxy itself, which keeps one file: the archive that it unpacks by itself."""
    parts = [FilePart("display_title", folder.name.encode())]
    if folder.description:
        parts.append(FilePart("description", folder.description.encode("utf-8", "replace")))
    return [*parts, FilePart("files[]", packed(folder.name, folder.files), f"{folder.name}.zip")]


def _anthropic_form(folder: SkillFolder) -> list[FilePart]:
    """Return the form that Anthropic wants: every file, in one folder; the rest it reads in SKILL.md."""
    files = [FilePart("files[]", file.content, f"{folder.name}/{file.path}") for file in folder.files]
    return [FilePart("display_title", folder.name.encode()), *files]


def _sent(
    proxy: Proxy,
    method: str,
    path: str,
    name: str,
    origin: str,
    *,
    seconds: float,
    document: object = None,
    files: Sequence[FilePart] = (),
) -> Mapping[str, object]:
    """Return the object that answers a change of the skill *name*; says so when its outcome is unknown."""
    refusal = partial(refusal_of, name=name, origin=origin)
    try:
        answer = proxy.send(
            method, path, document=document, files=files, seconds=seconds, refusal=refusal
        ).document
    except UnreachableError:
        raise
    except (NetworkError, IncompleteError, UpstreamError) as error:
        if "reason" not in error.details:  # with one it was refused
            error.hint = _DOUBT
        raise
    if not isinstance(answer, dict):
        raise IncompleteError(
            f"the answer to {method} {path.partition('?')[0]} is not an object", hint=_DOUBT
        )
    return answer
