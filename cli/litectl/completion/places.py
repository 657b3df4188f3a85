"""Where the completion of a shell is on this machine, and whether the shell finds it there."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from litectl.completion.shells import Homes, Shell
from litectl.environment import Environment

_FILE_LIMIT = 2**20  # bytes of a start-up file


class Missing(NamedTuple):
    """A *line* that a file of the user should have, and the *startup* file where it belongs."""

    startup: Path
    line: str


class Places:
    """The places of a *shell*: those of the user in *homes*, None without one, and those below *system*."""

    def __init__(self, shell: Shell, homes: Homes | None, system: Path = Path("/")) -> None:
        self._shell = shell
        self._homes = homes
        self._system = system

    @property
    def usual(self) -> Path | None:
        """Where the user's own completion belongs."""
        return next(self._of_user(self._shell.of_user), None)

    def found(self) -> Path | None:
        """Return the completion that the shell would find, if it looks there at all."""
        system = (self._system / place.lstrip("/") for place in self._shell.of_system)
        return next((path for path in (*self._of_user(self._shell.of_user), *system) if _is_file(path)), None)

    def sourcing(self) -> Path | None:
        """Return the startup file that loads a completion itself."""
        return self._startup_with(*self._shell.sourced)

    def missing(self) -> Missing | None:
        """Return the line without which the shell does not find the usual place."""
        shell, usual, startup = self._shell, self.usual, next(self._of_user(self._shell.startup), None)
        if not shell.line or usual is None or startup is None:
            return None
        if any(_is_file(self._system / loader.lstrip("/")) for loader in shell.loaders):
            return None
        if self._startup_with(*shell.sourced, *shell.searched):
            return None
        return Missing(startup, _filled(shell.line, usual))

    def _startup_with(self, *words: str) -> Path | None:
        texts = ((path, _text(path)) for path in self._of_user(self._shell.startup))
        return next((path for path, text in texts if any(word in text for word in words)), None)

    def _of_user(self, templates: Iterable[str]) -> Iterator[Path]:
        if self._homes is not None:
            for template in templates:
                yield Path(template.format_map(self._homes._asdict()))


def homes_of(home: Path | None, environment: Environment) -> Homes | None:
    """Return the directories of the user, as the shells look for them; None where *home* is none."""
    if home is None or not home.is_absolute():
        return None

    def chosen(name: str, usual: str) -> str:
        value = environment.get(name)
        # A relative one is ignored, as the standard of these variables wants it.
        return value if value and value.startswith("/") else str(home / usual)

    return Homes(
        str(home),
        chosen("XDG_CONFIG_HOME", ".config"),
        chosen("XDG_DATA_HOME", ".local/share"),
        chosen("ZDOTDIR", ""),
    )


def _filled(line: str, path: Path) -> str:
    return line.replace("PATH", quote(str(path))).replace("DIRECTORY", quote(str(path.parent)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_FILE_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
