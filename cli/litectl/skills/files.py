"""The files of a skill, from the proxy or from where its hub says that they are."""

import hashlib
import shlex

from litectl.errors import LitectlError, NetworkError, NotFoundError, ProxyError, UsageError
from litectl.skills.api import SKILLS, path_segment
from litectl.skills.archive import MANIFEST, MOST_BYTES, manifest, unpacked
from litectl.skills.places import Archive, Repository, place_of
from litectl.skills.refusals import lack
from litectl.skills.skill import ANTHROPIC, STORED, Skill
from litectl.wire.proxy import Proxy
from litectl.wire.tls import Tls

ARCHIVE_SECONDS = 60.0
_NOT_FOUND = 404
_UNUSABLE = b"No installable skill archive"
_OPTION_IN_HINT = ("--allow-private", "--ca-bundle")


def stored_archive(proxy: Proxy, skill: Skill, *, seconds: float) -> bytes:
    """Return the zip of a *skill* that the proxy keeps; raises `NotFoundError` when it gives none."""
    path = f"{SKILLS}/{path_segment(skill.id)}/archive"
    return proxy.get_bytes(path, limit=MOST_BYTES, seconds=seconds, refusal=_refusal)


def hub_archive(place: Archive, *, seconds: float, allow_private: bool, tls: Tls) -> bytes:
    """
    Return the zip at *place*, fetched without any credential.

    Raises `ProxyError` when it is not the one of the SHA-256, and what `download` raises.
    """
    from litectl.wire.download import download

    try:
        content = download(
            place.url, limit=MOST_BYTES, seconds=seconds, allow_private=allow_private, tls=tls
        ).content
    except (UsageError, NetworkError) as error:
        if any(option in (error.hint or "") for option in _OPTION_IN_HINT):
            raise
        raise _of_archive(error, place) from error
    found = hashlib.sha256(content).hexdigest()
    if place.sha256 is not None and found != place.sha256:
        raise ProxyError(
            f"the archive is not the one of the hub: its SHA-256 is {found}, not {place.sha256}",
            hint="do not use it, and tell the operator of the proxy",
            details={"reason": "wrong_checksum"},
        )
    return content


def require_archive(skill: Skill) -> Archive:
    """Return where the zip of a *skill* of the hub is; raises `NotFoundError`, with what to do, for none."""
    place = place_of(skill)
    if isinstance(place, Archive):
        return place
    if isinstance(place, Repository):
        inside = f"; the skill is in its folder {place.path!r}" if place.path else ""
        raise NotFoundError(
            f"the files of `{skill.shown}` are in a git repository{inside}",
            hint=f"fetch it with `{place.clone_line}`",
            details={"reason": "git", "command": place.clone_line, "path": place.path},
        )
    if skill.origin == ANTHROPIC:
        message = f"`{skill.shown}` is kept by Anthropic, and the proxy does not pass its files on"
    else:
        message = f"the hub does not say where the files of `{skill.shown}` are"
    raise NotFoundError(message, hint="ask the operator of the proxy", details={"reason": "no_files"})


def skill_text(proxy: Proxy, skill: Skill, *, seconds: float) -> str:
    """Return the SKILL.md of *skill*, within *seconds*; raises `NotFoundError` when the proxy has none."""
    if skill.origin != STORED:
        raise NotFoundError(
            "the proxy does not keep its files", hint="see where they are: `litectl skills show`"
        )
    text = manifest(unpacked(stored_archive(proxy, skill, seconds=seconds)))
    if text is None:
        raise NotFoundError(f"it has no `{MANIFEST}` in UTF-8", hint="create it anew from a folder")
    return text


def _of_archive(error: LitectlError, place: Archive) -> LitectlError:
    """Return *error* in the words of an archive, of which the user typed nothing."""
    kind = type(error)
    if isinstance(error, UsageError):
        kind = NotFoundError if "status" in error.details else ProxyError
    hint = f"see whether it is there: `curl -fLO {shlex.quote(place.url)}`"
    return kind(error.message, hint=hint, details=error.details)


def _refusal(status: int, body: bytes) -> LitectlError | None:
    if status != _NOT_FOUND:
        return lack(status, body)
    if _UNUSABLE in body:
        return NotFoundError(
            "the proxy keeps no files of this skill that could be unpacked",
            hint="it was stored without files, or without a `SKILL.md`; create it anew from a folder",
            details={"status": status, "reason": "no_files"},
        )
    return NotFoundError(
        "the proxy does not give the files of its skills to anybody",
        hint="its operator can allow it, for all of them and everybody: "
        "`litellm_settings.public_skills_index: true`",
        details={"status": status, "reason": "not_published"},
    )
