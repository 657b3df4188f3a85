"""Every command of the program, as the program itself declares it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import typer
from typer.main import get_command

from litectl.app import app


class Verb(NamedTuple):
    """A command or a group: the words that call it, without the program, and what Typer made of it."""

    path: tuple[str, ...]
    command: Any

    @property
    def is_group(self) -> bool:
        """Whether it has verbs of its own."""
        return hasattr(self.command, "list_commands")

    @property
    def options(self) -> "list[Any]":
        """Its options, the shared ones among them, and `--help`."""
        return [found for found in self._parameters if found.param_type_name == "option"]

    @property
    def arguments(self) -> "list[Any]":
        """Its arguments, in their order."""
        return [found for found in self._parameters if found.param_type_name == "argument"]

    @property
    def names(self) -> list[str]:
        """The names of its options, long and short, those of switches that are off too."""
        return [name for option in self.options for name in (*option.opts, *option.secondary_opts)]

    @property
    def _parameters(self) -> "list[Any]":
        return list(self.command.get_params(typer.Context(self.command)))

    def __str__(self) -> str:
        return " ".join(("litectl", *self.path))


def every_command() -> list[Verb]:
    """Return the root, every noun and every verb."""
    return list(_below(Verb((), get_command(app))))


def _below(verb: Verb) -> Iterator[Verb]:
    yield verb
    if verb.is_group:
        context = typer.Context(verb.command)
        for name in verb.command.list_commands(context):
            yield from _below(Verb((*verb.path, name), verb.command.get_command(context, name)))
