"""Where the files of a skill are, and how they are fetched from there. Pure."""

import re
import shlex
from typing import NamedTuple

from litectl.skills.skill import STORED, Skill
from litectl.skills.sources import is_git_address, is_https, is_repository

PROXY, ARCHIVE, GIT = "proxy", "archive", "git"  # who has the files
_LONGEST_NAME = 64
_NO_NAME = "skill"


class Archive(NamedTuple):
    """A zip at an https *url*, and the SHA-256 it has where one is told, in lower case."""

    url: str
    sha256: str | None = None


class Repository(NamedTuple):
    """A git repository, and the folder *path* in it where the skill is."""

    url: str
    path: str | None = None

    @property
    def clone_line(self) -> str:
        """The command that fetches it, quoted for a shell."""
        return f"git clone -- {shlex.quote(self.url)}"


def place_of(skill: Skill) -> Archive | Repository | None:
    """Return where a skill of the hub is; None for what nobody can fetch, and for other origins."""
    source = skill.source or {}
    texts = {name: value for name, value in source.items() if isinstance(value, str)}
    kind, url = texts.get("source"), texts.get("url", "")
    if kind == "archive":
        return Archive(url, texts.get("sha256", "").lower() or None) if is_https(url) else None
    if kind == "github" and is_repository(texts.get("repo", "")):
        return Repository(f"https://github.com/{texts['repo']}")
    if kind in ("url", "git-subdir") and is_git_address(url):
        return Repository(url, texts.get("path") if kind == "git-subdir" else None)
    return None


def holder_of(skill: Skill) -> str | None:
    """Return who has the files of *skill*: `proxy`, `archive` or `git`; None when nobody gives them."""
    if skill.origin == STORED:
        return PROXY
    place = place_of(skill)
    if isinstance(place, Archive):
        return ARCHIVE
    return GIT if place else None


def fetching_line(skill: Skill) -> str | None:
    """Return the command that fetches the files of *skill*, quoted for a shell; None when nobody has them."""
    place = place_of(skill)
    if isinstance(place, Repository):
        return place.clone_line
    if place is None and skill.origin != STORED:
        return None
    end_of_options = "-- " if skill.id.startswith("-") else ""
    return f"litectl skills download {end_of_options}{shlex.quote(skill.id)}"


def address_of(skill: Skill) -> str | None:
    """Return the address of a skill of the hub on one line, as far as its source tells one."""
    place = place_of(skill)
    if isinstance(place, Repository) and place.path:
        return f"{place.url}#{place.path}"
    return place.url if place else None


def folder_name(name: str) -> str:
    """Return *name* as the name of a folder that is safe everywhere."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-_")
    return safe[:_LONGEST_NAME].rstrip(".-_") or _NO_NAME
