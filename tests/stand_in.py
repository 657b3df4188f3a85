"""A litectl in PATH that writes down how it is called, and answers from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

# Prints the file that fits the query.
_PROGRAM = """\
#!/bin/sh
cd "$(dirname "$0")" && printf '%s\\n' "$*" >>calls
case "$*" in
    *"mcp show "*) cat arguments ;;
    *"mcp tools "*"--columns server "*) cut -f 2 tools ;;
    *"mcp tools "*"--columns name,server "*) cat tools ;;
    *"models list "*"--mode all "*) cat models ;;
    *"models list "*"--mode embedding "*) cat embedding-models ;;
    *"profiles list "*) cat profiles ;;
    *"skills list "*) cat skills ;;
esac
"""


class StandIn(NamedTuple):
    """The litectl of `_PROGRAM`, which is at *place*."""

    place: Path

    @classmethod
    def at(cls, place: Path) -> "StandIn":
        """Put one into the new directory *place*; it knows the tools `add` and `echo`."""
        place.mkdir()
        program = place / "litectl"
        program.write_text(_PROGRAM)
        program.chmod(0o755)
        answers = cls(place)
        answers.tools(("add", "rig"), ("echo", "rig"), ("add", "spare"))
        answers.arguments("a", "b", "base")
        return answers

    def tools(self, *tools: tuple[str, str]) -> None:
        """Let these be the tools, each with its server."""
        text = "".join(f"{name}\t{server}\n" for name, server in tools)
        (self.place / "tools").write_text(text)

    def arguments(self, *names: str) -> None:
        """Let these be the arguments of any tool."""
        (self.place / "arguments").write_text("".join(f"{name}\tstring\tits meaning\n" for name in names))

    def models(self, *names: str, embedding: Sequence[str] = ()) -> None:
        """Let these be the models; those that are *embedding* are such."""
        (self.place / "models").write_text("".join(f"{name}\n" for name in (*names, *embedding)))
        (self.place / "embedding-models").write_text("".join(f"{name}\n" for name in embedding))

    def profiles(self, *names: str) -> None:
        """Let these be the profiles."""
        (self.place / "profiles").write_text("".join(f"{name}\n" for name in names))

    def skills(self, *names: str) -> None:
        """Let these be the skills."""
        (self.place / "skills").write_text("".join(f"{name}\n" for name in names))

    def calls(self) -> list[str]:
        """Return the calls so far."""
        calls = self.place / "calls"
        return calls.read_text().splitlines() if calls.exists() else []
