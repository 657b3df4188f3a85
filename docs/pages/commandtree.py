"""
The commands of litectl, described for the reference and the man pages.

Walks the real commands, so what is written is what `--help` says.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import typer
from typer.main import get_command

from litectl.app import app
from litectl.commands.options import shared_options
from pages.helptext import Block, blocks

PROGRAM = "litectl"


class Parameter(NamedTuple):
    """An option or an argument: *shown* as the help shows it, and what it *means*."""

    shown: str
    means: str


class Command(NamedTuple):
    """
    A command or a group: *path* is the words that call it, without the program.

    *usage* is what follows these words; *summary* the first sentence of the help and *text* the rest.
    *options* are its own, besides the shared ones; *commands* are those of a group.
    """

    path: tuple[str, ...]
    usage: str
    summary: str
    text: tuple[Block, ...]
    arguments: tuple[Parameter, ...]
    options: tuple[Parameter, ...]
    commands: tuple["Command", ...]

    @property
    def line(self) -> str:
        """The whole command as it is typed."""
        return " ".join((PROGRAM, *self.path))

    @property
    def page(self) -> str:
        """The name of its man page."""
        return "-".join((PROGRAM, *self.path))

    def walk(self) -> Iterator["Command"]:
        """Give this command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def describe() -> Command:
    """Return the root of the real commands."""
    return _described(get_command(app), (), None)


def shared() -> tuple[Parameter, ...]:
    """Return the options that every command has."""
    context = typer.Context(get_command(app))
    return tuple(Parameter(*record) for each in shared_options() if (record := each.get_help_record(context)))


def _described(command: Any, path: tuple[str, ...], parent: typer.Context | None) -> Command:
    name = path[-1] if path else PROGRAM
    context = typer.Context(command, parent=parent, info_name=name, **command.context_settings)
    arguments, options = _parameters(command, context)
    summary, *text = blocks(command.help or "")
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    return Command(
        path,
        " ".join(command.collect_usage_pieces(context)),
        summary.text,
        tuple(text),
        arguments,
        options,
        tuple(_described(command.get_command(context, each), (*path, each), context) for each in names),
    )


def _parameters(command: Any, context: typer.Context) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """Return the arguments of *command*, and the options that are its own."""
    everywhere = {option.name for option in shared_options()}
    arguments: list[Parameter] = []
    options: list[Parameter] = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or parameter.name in everywhere:
            continue
        kind = arguments if parameter.param_type_name == "argument" else options
        kind.append(Parameter(*record))
    return tuple(arguments), tuple(options)
