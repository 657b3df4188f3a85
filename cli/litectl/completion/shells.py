"""The shells that TAB works in, and where each looks for the completion of a program. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from litectl.errors import UsageError


class Homes(NamedTuple):
    """The directories of a user: *home*, and those of the configuration, the data and the start of zsh."""

    home: str
    config: str
    data: str
    zsh: str


class Shell(NamedTuple):
    """
    A shell: its *name*, the file name of its *script*, and where it looks for it.

    The places *of_user*, the first of which is the usual one, and the *startup* files begin with a name
    of `Homes` in braces. A script in the usual place is loaded by a *line* of a startup file, where there
    is one and none of the *loaders* is on the system: `PATH` and `DIRECTORY` stand for the script's.
    A startup file with one of the words *sourced* loads a script itself, and one with a word of
    *searched* has the script found in its usual place.
    """

    name: str
    script: str
    of_user: Sequence[str]
    of_system: Sequence[str] = ()
    startup: Sequence[str] = ()
    line: str = ""
    loaders: Sequence[str] = ()
    sourced: Sequence[str] = ()
    searched: Sequence[str] = ()


_BASH = Shell(
    "bash",
    "litectl.bash",
    (
        "{data}/bash-completion/completions/litectl",
        "{data}/bash-completion/completions/litectl.bash",
        "{home}/.bash_completion.d/litectl",
    ),
    (
        "/usr/share/bash-completion/completions/litectl",
        "/usr/local/share/bash-completion/completions/litectl",
        "/opt/homebrew/share/bash-completion/completions/litectl",
        "/etc/bash_completion.d/litectl",
    ),
    ("{home}/.bashrc",),
    ". PATH",
    (
        "/usr/share/bash-completion/bash_completion",
        "/usr/local/share/bash-completion/bash_completion",
        "/opt/homebrew/share/bash-completion/bash_completion",
        "/etc/bash_completion",
    ),
    ("litectl.bash", "completions/litectl", "litectl completion"),
)
_ZSH = Shell(
    "zsh",
    "_litectl",
    (
        "{home}/.zfunc/_litectl",
        "{home}/.zsh/completions/_litectl",
        "{home}/.oh-my-zsh/completions/_litectl",
    ),
    (
        "/usr/share/zsh/site-functions/_litectl",
        "/usr/local/share/zsh/site-functions/_litectl",
        "/opt/homebrew/share/zsh/site-functions/_litectl",
        "/usr/share/zsh/vendor-completions/_litectl",
    ),
    ("{zsh}/.zshrc",),
    "fpath=(DIRECTORY $fpath); autoload -Uz compinit; compinit",
    (),
    ("_litectl", "litectl completion"),
    (".zfunc", "fpath"),
)
_FISH = Shell(
    "fish",
    "litectl.fish",
    ("{config}/fish/completions/litectl.fish",),
    (
        "/usr/share/fish/vendor_completions.d/litectl.fish",
        "/usr/local/share/fish/vendor_completions.d/litectl.fish",
        "/opt/homebrew/share/fish/vendor_completions.d/litectl.fish",
        "/etc/fish/completions/litectl.fish",
    ),
)
_POWERSHELL = Shell(
    "powershell",
    "litectl.ps1",
    ("{config}/powershell/litectl.ps1",),
    (),
    ("{config}/powershell/Microsoft.PowerShell_profile.ps1", "{config}/powershell/profile.ps1"),
    ". PATH",
    (),
    ("litectl.ps1", "litectl completion"),
)
SHELLS = {shell.name: shell for shell in (_BASH, _ZSH, _FISH, _POWERSHELL)}


def shell_of(path: str | None) -> Shell | None:
    """Return the shell whose program *path* is, as SHELL names it; None for another one."""
    name = (path or "").rpartition("/")[2]
    return SHELLS.get("powershell" if name == "pwsh" else name)


def require_shell(name: str | None, path: str | None) -> Shell:
    """Return the shell *name*, without one that of *path*; raises `UsageError` for any other."""
    if found := shell_of(path if name is None else name):
        return found
    choices = f"one of {', '.join(SHELLS)}"
    if name is not None:
        raise UsageError(f"unknown shell: {name}", hint=choices)
    said = f"there is no completion for `{path}`, which SHELL names" if path else "SHELL is not set"
    raise UsageError(f"which shell? {said}", hint=f"`litectl completion NAME` with {choices}")
