"""
The command tree of litectl, described for the writers of the completions.

Walks the real commands, so that a new verb or option needs no second mention;
only what a value can be stands here, since Typer does not know it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import typer
from typer.main import get_command

from litectl.app import app
from litectl.catalog.differences import FIELDS
from litectl.catalog.selection import MODES
from litectl.commands.options import FORMATS
from litectl.exchange.attachments import MEDIA_TYPES
from litectl.exchange.protocols import NAMES
from litectl.exchange.reasoning import EFFORTS
from litectl.exports.targets import MODULES
from litectl.output.caches import cache_columns
from litectl.output.exports import SHELLS, TOOLS
from litectl.output.models import model_columns
from litectl.output.profiles import profile_columns
from litectl.output.skills import skill_columns
from litectl.output.tools import server_columns, tool_columns
from litectl.profile_settings import SETTINGS
from litectl.skills.skill import ORIGINS

PROGRAM = "litectl"
# The documented commands that tell what is known on this machine; they never use the network.
_QUERIES = {
    "@MODELS@": "models list --offline --mode all --columns name --format tsv",
    "@PROFILES@": "profiles list --columns name --format tsv",
    "@TOOLS@": "mcp tools --offline --columns name,server --format tsv",
    "@SERVERS@": "mcp tools --offline --columns server --format tsv",
    "@ARGUMENTS@": "mcp show --offline --format tsv",
}
_SHORT_HELP_LIMIT = 200  # characters, enough for every first sentence


class Value(NamedTuple):
    """
    What can be typed for an option or an argument.

    `words` is one of *words* and `list` several of them with commas between;
    `models`, `profiles`, `tools`, `servers`, the last two together and `files` are looked
    up when they are asked for, and so are the `arguments` of the tool that stands before them;
    `program` is the command line of another program, `text` is anything.
    """

    kind: Literal[
        "words",
        "list",
        "models",
        "profiles",
        "tools",
        "servers",
        "tools_and_servers",
        "arguments",
        "files",
        "program",
        "text",
    ]
    words: tuple[str, ...] = ()


class Option(NamedTuple):
    """An option: its *names*, such as `--model` and `-m`, and its *value*, None for a flag."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    metavar: str = ""
    is_repeatable: bool = False


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


_TEXT = Value("text")
_MODELS = Value("models")
_PROFILES = Value("profiles")
_FILES = Value("files")
_TOOLS = Value("tools")
_TOOLS_AND_SERVERS = Value("tools_and_servers")
_FLAGS = Value("words", ("true", "false"))
_AUTH_HEADERS = Value("words", ("authorization", "x-litellm-api-key", "x-api-key"))
_COLUMNS = tuple(column.name for column in model_columns())

# By option or, where a name means different things, by the whole line.
_VALUES = {
    "--profile": _PROFILES,
    "--api-key-file": _FILES,
    "--format": Value("words", FORMATS),
    "--model": _MODELS,
    "--file": _FILES,
    "--messages": _FILES,
    "--tool-results": _FILES,
    "--tools": _FILES,
    "--schema": _FILES,
    "--save": _FILES,
    "--fallback": _MODELS,
    "--effort": Value("words", EFFORTS),
    "--attach-type": Value("words", tuple(MEDIA_TYPES)),
    "--ca-bundle": _FILES,
    "--client-cert": _FILES,
    "--client-key": _FILES,
    "--auth-header": _AUTH_HEADERS,
    "env --shell": Value("words", SHELLS),
    "env --for": Value("words", TOOLS),
    "models list --sort": Value("words", _COLUMNS),
    "models list --columns": Value("list", _COLUMNS),
    "--protocol": Value("words", NAMES),
    "--mode": Value("words", MODES),
    "models show name": _MODELS,
    "models diff profiles": _PROFILES,
    "models diff --fields": Value("list", FIELDS),
    "models export --to": Value("words", tuple(MODULES)),
    "cache show --columns": Value("list", tuple(column.name for column in cache_columns())),
    "profiles list --columns": Value("list", tuple(column.name for column in profile_columns())),
    "profiles use name": _PROFILES,
    "profiles remove name": _PROFILES,
    "profiles show name": _PROFILES,
    "profiles set model": _MODELS,
    "profiles set allow_http": _FLAGS,
    "profiles set keychain": _FLAGS,
    "profiles set auth_header": _AUTH_HEADERS,
    "profiles set ca_bundle": _FILES,
    "profiles set client_cert": _FILES,
    "profiles set client_key": _FILES,
    "sandbox run command": Value("program"),
    "--mcp": _TOOLS_AND_SERVERS,
    "--allow": _TOOLS_AND_SERVERS,
    "--engine": Value("words", ("local", "proxy")),
    "--server": Value("servers"),
    "--output-dir": _FILES,
    "mcp servers --columns": Value("list", tuple(column.name for column in server_columns())),
    "mcp tools --columns": Value("list", tuple(column.name for column in tool_columns())),
    "skills list --columns": Value("list", tuple(column.name for column in skill_columns())),
    "mcp show tool": _TOOLS,
    "mcp call tool": _TOOLS,
    "mcp call arguments": Value("arguments"),
    "--origin": Value("words", ORIGINS),
    "--zip": _FILES,
    "skills create folder": _FILES,
}
# A first argument that decides what the second can be is described as commands.
_FIRST_WORDS = {("profiles", "set"): tuple(SETTINGS)}


def describe() -> Tree:
    """Return the tree of the real commands."""
    root = _described(get_command(app), (), None)
    everywhere = [set(command.options) for command in root.walk()]
    shared = tuple(option for option in root.options if all(option in options for options in everywhere))
    return Tree(_without(root, shared), shared)


def with_queries(script: str) -> str:
    """Return *script* with the command lines of litectl in place of their marks, such as `@MODELS@`."""
    for mark, query in _QUERIES.items():
        script = script.replace(mark, query)
    return script


def value_options(options: Iterable[Option]) -> list[str]:
    """Return the names in *options* that a value follows."""
    return [name for option in options if option.value for name in option.names]


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
        Argument(_value((*path, parameter.name)), parameter.metavar)
        for parameter in parameters
        if parameter.param_type_name == "argument"
    ]
    short_help = command.get_short_help_str(_SHORT_HELP_LIMIT)
    if path in _FIRST_WORDS:
        words = [(*path, word) for word in _FIRST_WORDS[path]]
        metavar = arguments[-1].metavar
        commands = tuple(Command(word, "", options, (), Argument(_value(word), metavar)) for word in words)
        return Command(path, short_help, options, commands)
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    commands = tuple(_described(command.get_command(context, name), (*path, name), context) for name in names)
    return Command(path, short_help, options, commands, *arguments)


def _options(parameter: Any, path: tuple[str, ...]) -> Iterator[Option]:
    """Give *parameter* as an option; a switch with a negative gives both."""
    if not parameter.is_flag:
        names = _long_first(parameter.opts)
        value = next((found for name in names if (found := _value((*path, name))) != _TEXT), _TEXT)
        yield Option(names, parameter.help, value, parameter.metavar or "NUMBER", parameter.multiple)
        return
    for opts in (parameter.opts, parameter.secondary_opts):
        if opts:
            yield Option(_long_first(opts), parameter.help)


def _long_first(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* in an order that is always the same; Typer keeps those of the help in a set."""
    return tuple(sorted(names, key=len, reverse=True))


def _value(line: tuple[str, ...]) -> Value:
    """Return what can be typed at *line*: a path and the name of an option or argument."""
    return _VALUES.get(" ".join(line)) or _VALUES.get(line[-1]) or _TEXT


def _without(command: Command, shared: tuple[Option, ...]) -> Command:
    """Return *command* and all below it without the *shared* options."""
    own = tuple(option for option in command.options if option not in shared)
    return command._replace(
        options=own, commands=tuple(_without(child, shared) for child in command.commands)
    )
