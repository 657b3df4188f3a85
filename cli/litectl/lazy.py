"""
A group of commands that imports one only when it is called.

Help and suggestions answer from the static table; a command's module is loaded
when its name is resolved.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from typer import Typer
from typer.main import get_command as built

from litectl.commands.options import SharedOptionsGroup, new_app


class Entry(NamedTuple):
    """A command of a group: the module that holds its `app`, and its line in the help."""

    module: str
    help: str


class LazyGroup(SharedOptionsGroup):
    """A group over a table of entries."""

    entries: Mapping[str, Entry] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the table, in its order."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command *cmd_name*, importing its module, or None."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command = built(import_module(entry.module).app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Print the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])


def new_group(help_text: str, verbs: Mapping[str, Entry]) -> Typer:
    """Return the app of the noun that *help_text* describes, with its *verbs*."""

    class Group(LazyGroup):
        entries = verbs

    return new_app(help_text, Group)
