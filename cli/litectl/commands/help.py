"""`litectl help`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Words = Annotated[
    list[str] | None, typer.Argument(metavar="[COMMAND...]", help="A command or a topic; else litectl itself")
]


@app.command(cls=SharedOptionsCommand)
def show_help(context: typer.Context, words: Words = None) -> None:
    """
    Show the help of a command, or of a topic

    \b
        litectl help models list
        litectl help exit-codes

    That of a command is what its `--help` shows. The topics are configuration,
    environment, exit-codes and formatting.
    """
    from litectl.topics.contents import TOPICS

    named = words or []
    is_topic = named[:1] and named[0] in TOPICS
    text = _of_topic(context, *named) if is_topic else _of_command(context.find_root(), named)
    runtime_of(context).terminal.write_line(text)


def _of_command(root: Any, words: Sequence[str]) -> str:
    """Return the help of the command that *words* name below *root*; raises `UsageError`."""
    context = root
    for word in words:
        group: Any = context.command
        command = group.get_command(context, word) if hasattr(group, "list_commands") else None
        if command is None:
            raise _unknown(word, context)
        context = typer.Context(command, parent=context, info_name=word, **command.context_settings)
    text: str = context.get_help()
    return text


def _unknown(word: str, context: typer.Context) -> Exception:
    """Return the error that says that *word* is nothing below *context*, and what may be meant."""
    from litectl.commands.unknown import alike, meant
    from litectl.errors import UsageError
    from litectl.text.lines import one_line
    from litectl.text.nearness import did_you_mean
    from litectl.topics.contents import TOPICS

    group: Any = context.command
    path = context.command_path
    names = group.list_commands(context) if hasattr(group, "list_commands") else []
    what = f"`{path}` has no command"
    if context.parent is None:
        what, names = "there is no command or topic", [*names, *TOPICS]
    hint = did_you_mean(alike(word, names)) or meant(path, word, names)
    see = f"see `litectl help{path[len('litectl') :]}`"
    return UsageError(f"{what} `{one_line(word)}`", hint=hint or see)


def _of_topic(context: typer.Context, name: str, *more: str) -> str:
    """Return the topic *name* as the help of a command is written; raises `UsageError` for *more* words."""
    from litectl.errors import UsageError
    from litectl.topics.contents import topic

    if more:
        raise UsageError(f"the topic `{name}` has no parts", hint=f"see all of it with `litectl help {name}`")
    found, formatter = topic(name), context.make_formatter()
    formatter.write(f"{found.title}\n\n")
    with formatter.indentation():
        formatter.write_text(found.text.strip())
    for section in found.sections:
        with formatter.section(section.title):
            if section.text:
                formatter.write_text(section.text.strip())
                formatter.write("\n" if section.rows else "")
            if section.rows:
                formatter.write_dl([(name.replace("`", ""), meaning) for name, meaning in section.rows])
    return formatter.getvalue().rstrip("\n")
