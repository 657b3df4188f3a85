"""Where a skill of the Skill Hub lies: the forms that the hub takes. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from litectl.errors import UsageError

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+")
_FOLDER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*(?:/[a-zA-Z0-9][a-zA-Z0-9._-]*)*")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_SHORT_SSH = re.compile(r"[A-Za-z0-9_.]+@[A-Za-z0-9.-]+:[^\s:@]+")
_GIT_SCHEMES = ("https", "http", "ssh", "git")
_OPTIONS = "`--github`, `--url`, `--git-subdir` and `--archive`"


def source_of(
    *,
    github: str | None = None,
    url: str | None = None,
    git_subdir: tuple[str, str] | None = None,
    archive: str | None = None,
    sha256: str | None = None,
) -> Mapping[str, str] | None:
    """
    Return the source that one of the options names, as the hub calls it; None when none does.

    Raises `UsageError` for two of them, for one that the hub would refuse, and for an address with
    a password: the hub shows its sources to everybody.
    """
    if sum(option is not None for option in (github, url, git_subdir, archive)) > 1:
        raise UsageError("a skill lies in one place", hint=f"give one of {_OPTIONS}")
    if sha256 is not None and archive is None:
        raise UsageError("`--sha256` is for an archive", hint="give it with `--archive URL`")
    if github is not None:
        return _github(github)
    if url is not None:
        return {"source": "url", "url": _git_address(url)}
    if git_subdir is not None:
        address, folder = git_subdir
        return {"source": "git-subdir", "url": _git_address(address), "path": _folder(folder)}
    return None if archive is None else _archive(archive, sha256)


def is_repository(name: str) -> bool:
    """Tell whether *name* is that of a repository of GitHub, `OWNER/REPOSITORY`."""
    return bool(_REPOSITORY.fullmatch(name))


def is_git_address(url: str) -> bool:
    """
    Tell whether *url* is the address of a git repository on another machine.

    What git may run a program for, as `ext::`, is none; nor is what begins with a hyphen.
    """
    is_short = url.isprintable() and _SHORT_SSH.fullmatch(url)
    return bool(is_short) or _scheme_with_host(url) in _GIT_SCHEMES


def is_https(url: str) -> bool:
    """Tell whether *url* is an address with https and a host."""
    return _scheme_with_host(url) == "https"


def _github(repository: str) -> dict[str, str]:
    if not is_repository(repository):
        raise UsageError(
            f"not a repository of GitHub: {_shown(repository)}", hint="say `--github OWNER/REPOSITORY`"
        )
    return {"source": "github", "repo": repository}


def _git_address(url: str) -> str:
    _require_no_password(url)
    if not is_git_address(url):
        raise UsageError(
            f"not the address of a git repository: {_shown(url)}",
            hint="for example `https://git.example.com/team/skills.git`",
        )
    return url


def _folder(path: str) -> str:
    if not _FOLDER.fullmatch(path):
        raise UsageError(
            f"not a folder of a repository: {_shown(path)}",
            hint="say `plugins/my-skill`: names of letters, digits, dots, hyphens and underscores",
        )
    return path


def _archive(url: str, sha256: str | None) -> dict[str, str]:
    _require_no_password(url)
    if not is_https(url):
        raise UsageError(
            f"not the https address of an archive: {_shown(url)}",
            hint="for example `https://files.example.com/my-skill.zip`",
        )
    source = {"source": "archive", "url": url}
    if sha256 is None:
        return source
    if not _DIGEST.fullmatch(sha256):
        raise UsageError("not a SHA-256: it has 64 hexadecimal digits", hint="`sha256sum FILE` prints it")
    return {**source, "sha256": sha256.lower()}


def _require_no_password(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # it is refused for what it is
    # A token is often given as the user of a web address; of ssh the user is no secret.
    is_web_user = parts.scheme in ("https", "http") and parts.username is not None
    if is_web_user or parts.password is not None:
        raise UsageError(
            "the address has a user or a password, and the hub shows its sources to everybody",
            hint="leave these out; git asks whoever fetches the skill",
        )


def _scheme_with_host(url: str) -> str | None:
    """Return the scheme of a *url* that has a host, else None."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme if parts.hostname and not parts.netloc.startswith("-") else None


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:200])
