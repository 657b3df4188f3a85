"""The finding of the completion: does TAB work in the shell of the user?"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from litectl.doctor.finding import Finding, ok, warning

_FILE_LIMIT = 2**20  # bytes of a start-up file


class Shell(NamedTuple):
    """
    A shell: where it looks for a script, below the home and on the system, and where it is *shipped*.

    *startup* is the file below the home where a line may load the script *sourced*.
    """

    of_user: Sequence[str]
    of_system: Sequence[str]
    shipped: str
    startup: str | None = None
    sourced: str = ""


SHELLS = {
    "bash": Shell(
        (
            ".local/share/bash-completion/completions/litectl",
            ".local/share/bash-completion/completions/litectl.bash",
            ".bash_completion.d/litectl",
        ),
        (
            "/usr/share/bash-completion/completions/litectl",
            "/usr/local/share/bash-completion/completions/litectl",
            "/opt/homebrew/share/bash-completion/completions/litectl",
            "/etc/bash_completion.d/litectl",
        ),
        "share/bash-completion/completions/litectl",
        ".bashrc",
        "litectl.bash",
    ),
    "zsh": Shell(
        (".zfunc/_litectl", ".zsh/completions/_litectl", ".oh-my-zsh/completions/_litectl"),
        (
            "/usr/share/zsh/site-functions/_litectl",
            "/usr/local/share/zsh/site-functions/_litectl",
            "/opt/homebrew/share/zsh/site-functions/_litectl",
            "/usr/share/zsh/vendor-completions/_litectl",
        ),
        "share/zsh/site-functions/_litectl",
        ".zshrc",
        "_litectl",
    ),
    "fish": Shell(
        (".config/fish/completions/litectl.fish",),
        (
            "/usr/share/fish/vendor_completions.d/litectl.fish",
            "/usr/local/share/fish/vendor_completions.d/litectl.fish",
            "/opt/homebrew/share/fish/vendor_completions.d/litectl.fish",
            "/etc/fish/completions/litectl.fish",
        ),
        "share/fish/vendor_completions.d/litectl.fish",
    ),
}


def examine_completion(
    shell: str | None, home: Path | None, *, prefix: Path | None = None, system: Path = Path("/")
) -> Finding:
    """
    Return whether the completion is installed for *shell*, the value of SHELL.

    *prefix* is where litectl is installed, and *system* the root of the system's own places.
    """
    name = "completion"
    known = SHELLS.get(Path(shell or "").name)
    if known is None:
        said = f"there is none for `{Path(shell).name}`" if shell else "SHELL is not set"
        return ok(name, f"{said}; there is one for {', '.join(SHELLS)}")
    shipped = (prefix or Path(sys.prefix)) / known.shipped
    places = [home / place for place in known.of_user] if home else []
    places += [system / place.lstrip("/") for place in known.of_system]
    found = next((path for path in places if _is(path.is_file)), None)
    if found is not None:
        return _installed(found, shipped)
    if home and known.startup and known.sourced in _text(home / known.startup):
        return ok(name, f"loaded by {home / known.startup}")
    source = shipped if _is(shipped.is_file) else Path("completions", shipped.name)
    target = f"~/{known.of_user[0]}"
    remedy = f"`mkdir -p {Path(target).parent} && cp {quote(str(source))} {target}`, then open a new shell"
    return warning(name, f"not installed for {Path(shell or '').name}: TAB completes no commands", remedy)


def _installed(found: Path, shipped: Path) -> Finding:
    name, current = "completion", _text(shipped)
    if current and found != shipped and _text(found) != current:
        remedy = f"`cp {quote(str(shipped))} {quote(str(found))}`"
        return warning(name, f"{found} is of another version of litectl", remedy)
    return ok(name, str(found))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_FILE_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""


def _is(test: Callable[[], bool]) -> bool:
    try:
        return test()
    except OSError:
        return False
