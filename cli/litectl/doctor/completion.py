"""The finding of the completion: does TAB work in the shell of the user?"""

from pathlib import Path
from shlex import quote

from litectl.completion.places import Places
from litectl.completion.scripts import is_ours, script_of
from litectl.completion.shells import SHELLS, Homes, Shell, shell_of
from litectl.doctor.finding import Finding, ok, warning
from litectl.errors import ConfigError

_NAME = "completion"


def examine_completion(path: str | None, homes: Homes | None, *, system: Path = Path("/")) -> Finding:
    """
    Return whether the completion is installed for the shell *path*, the value of SHELL.

    *homes* are the directories of the user, None without a home, and *system* the root of the system's own.
    """
    shell = shell_of(path)
    if shell is None:
        said = f"there is none for `{Path(path).name}`" if path else "SHELL is not set"
        return ok(_NAME, f"{said}; there is one for {', '.join(SHELLS)}")
    places, remedy = Places(shell, homes, system), f"`litectl completion {shell.name} --install`"
    found = places.found()
    if found is not None:
        return _installed(shell, places, found, remedy)
    if startup := places.sourcing():
        return ok(_NAME, f"loaded by {startup}")
    return warning(
        _NAME,
        f"not installed for {shell.name}: TAB completes no commands",
        f"{remedy}, then open a new shell",
    )


def _installed(shell: Shell, places: Places, found: Path, remedy: str) -> Finding:
    """Return the finding of a shell whose completion was *found*: is it loaded, and is it this one?"""
    is_usual = found == places.usual
    if is_usual and (missing := places.missing()):
        detail = f"{found} is there, and nothing lets {shell.name} look for it"
        return warning(_NAME, detail, f"add this line to {missing.startup}: {missing.line}")
    if not _is_current(shell, found):
        how = remedy if is_usual else f"`litectl completion {shell.name} > {quote(str(found))}`"
        return warning(_NAME, f"{found} is of another version of litectl", how)
    return ok(_NAME, str(found))


def _is_current(shell: Shell, found: Path) -> bool:
    """Tell whether *found* is the script of this version, or nothing that can be compared."""
    try:
        content = found.read_bytes()
        return content == script_of(shell) or not is_ours(content)
    except (OSError, ConfigError):
        return True
