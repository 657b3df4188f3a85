"""
The command tree of litectl, described for the writers of the completions.

Walks the real commands, so that a new verb or option needs no second mention.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import typer
from typer.main import get_command
from values import FIRST_WORDS, TEXT, Value, value_after, value_at

from litectl.app import app

PROGRAM = "litectl"
_SHORT_HELP_LIMIT = 200  # characters, enough for every first sentence


class Option(NamedTuple):
    """
    An option: its *names*, such as `--model` and `-m`, and its *value*, None for a flag.

    A shared one is not for the commands *but*, where its name means something else.
    """

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    metavar: str = ""
    is_repeatable: bool = False
    but: tuple[tuple[str, ...], ...] = ()


class Argument(NamedTuple):
    """An argument: its *value*, and the *metavar* that stands for it."""

    value: Value
    metavar: str


class Command(NamedTuple):
    """
    A command or a group: *path* is the words that call it, without the program.

    *options* are its own, besides the shared ones. *rest* is each argument after the first.
    """

    path: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    commands: tuple["Command", ...] = ()
    argument: Argument | None = None
    rest: Argument | None = None

    @property
    def line(self) -> str:
        """The whole command as it is typed."""
        return " ".join((PROGRAM, *self.path))

    def walk(self) -> Iterator["Command"]:
        """Give this command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


class Tree(NamedTuple):
    """All commands, and the options that each of them takes."""

    root: Command
    shared: tuple[Option, ...]


def describe() -> Tree:
    """Return the tree of the real commands."""
    root = _described(get_command(app), (), None)
    shared = tuple(_shared(list(root.walk())))
    return Tree(_without(root, shared), shared)


def _shared(commands: Sequence[Command]) -> Iterator[Option]:
    """
    Give the options that all *commands* have.

    A name of one that some command has for another option stands alone, with those commands as `but`.
    """
    for option in commands[0].options:
        if not all(_names_in(command, option) for command in commands):
            continue
        missing = {
            name: tuple(command.path for command in commands if name not in _names_in(command, option))
            for name in option.names
        }
        if names := tuple(name for name in option.names if not missing[name]):
            yield option._replace(names=names)
        for name in option.names:
            if missing[name]:
                yield option._replace(names=(name,), but=missing[name])


def _names_in(command: Command, option: Option) -> tuple[str, ...]:
    """Return under which of its names *command* has *option*."""
    return next((own.names for own in command.options if _is_part(own, option)), ())


def _is_part(option: Option, whole: Option) -> bool:
    """Tell whether *option* is *whole*, but for names and commands that it is not for."""
    return set(option.names) <= set(whole.names) and option == whole._replace(names=option.names, but=())


def _described(command: Any, path: tuple[str, ...], parent: typer.Context | None) -> Command:
    context = typer.Context(
        command, parent=parent, info_name=path[-1] if path else PROGRAM, **command.context_settings
    )
    parameters = command.get_params(context)
    options = tuple(
        option
        for parameter in parameters
        if parameter.param_type_name == "option"
        for option in _options(parameter, path)
    )
    arguments = [
        argument
        for parameter in parameters
        if parameter.param_type_name == "argument"
        for argument in _arguments(parameter, path)
    ]
    short_help = command.get_short_help_str(_SHORT_HELP_LIMIT)
    if path in FIRST_WORDS:
        words = [(*path, word) for word in FIRST_WORDS[path]]
        metavar = arguments[-1].metavar
        commands = tuple(Command(word, "", options, (), Argument(value_at(*word), metavar)) for word in words)
        return Command(path, short_help, options, commands)
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    commands = tuple(_described(command.get_command(context, name), (*path, name), context) for name in names)
    return Command(path, short_help, options, commands, *arguments[:2])


def _options(parameter: Any, path: tuple[str, ...]) -> Iterator[Option]:
    """Give *parameter* as an option; a switch with a negative gives both."""
    if not parameter.is_flag:
        names = _long_first(parameter.opts)
        value = next((found for name in names if (found := value_at(*path, name)) != TEXT), TEXT)
        yield Option(names, parameter.help, value, parameter.metavar or "NUMBER", parameter.multiple)
        return
    for opts in (parameter.opts, parameter.secondary_opts):
        if opts:
            yield Option(_long_first(opts), parameter.help)


def _arguments(parameter: Any, path: tuple[str, ...]) -> Iterator[Argument]:
    """Give *parameter* as an argument, and as the next one where it takes several that are looked up."""
    line = (*path, parameter.name)
    first = Argument(value_at(*line), parameter.metavar)
    yield first
    if parameter.nargs == -1 and first.value.kind not in ("program", "text"):
        yield Argument(value_after(*line), parameter.metavar)


def _long_first(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in an order that is always the same; Typer keeps those of the help in a set."""
    return tuple(sorted(names, key=len, reverse=True))


def _without(command: Command, shared: tuple[Option, ...]) -> Command:
    """Return *command* and all below it without the *shared* options."""
    names = {name for option in shared if command.path not in option.but for name in option.names}
    own = tuple(option for option in command.options if not names.issuperset(option.names))
    return command._replace(
        options=own, commands=tuple(_without(child, shared) for child in command.commands)
    )
