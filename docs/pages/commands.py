"""The page of all commands."""

from collections.abc import Iterator, Sequence

from pages import mark
from pages.commandtree import Command, Parameter

_SHARED = "Shared options"


def commands_page(root: Command, shared: Sequence[Parameter]) -> str:
    """Return the page of *root* and all below it; the *shared* options are told once."""
    commands = list(root.walk())
    rows = [
        (f"[`{command.line}`]({mark.anchor(command.line)})", mark.prose(command.summary))
        for command in commands
        if not command.commands
    ]
    intro = (
        "What `--help` says of each command. Every command and group takes the "
        f"[shared options]({mark.anchor(_SHARED)}), before and after its name."
    )
    parts = [
        intro,
        mark.table(("command", "what it does"), rows),
        f"## {_SHARED}",
        _parameters(shared),
        *(part for command in commands for part in _section(command)),
    ]
    return mark.page("Commands", parts)


def _section(command: Command) -> Iterator[str]:
    yield f"## {command.line}"
    yield f"{mark.prose(command.summary)}."
    yield mark.verbatim(f"{command.line} {command.usage}")
    yield from map(mark.of_block, command.text)
    if command.commands and command.path:
        yield mark.table(
            ("command", "what it does"),
            (
                (f"[`{child.line}`]({mark.anchor(child.line)})", mark.prose(child.summary))
                for child in command.commands
            ),
        )
    if command.arguments:
        yield _parameters(command.arguments, "argument")
    if command.options:
        yield _parameters(command.options)


def _parameters(parameters: Sequence[Parameter], what: str = "option") -> str:
    rows = ((mark.code(each.shown), mark.prose(each.means)) for each in parameters)
    return mark.table((what, "meaning"), rows)
