"""`litectl completion`: TAB in the shell of the user."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, Yes, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.completion.shells import Shell
    from litectl.run.runtime import Runtime

app = new_app()

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[SHELL]", help="One of bash, zsh, fish, powershell; else that of $SHELL", show_default=False
    ),
]
Install = Annotated[bool, typer.Option("--install", help="Put it where the shell looks for it")]


@app.command(cls=SharedOptionsCommand)
def completion(
    context: typer.Context, shell: Name = None, install: Install = False, yes: Yes = False
) -> None:
    """
    Print the completion of a shell, or install it, so that TAB works

    Commands and options are in the script, so TAB starts no program for them;
    names of models, tools, skills and profiles come from what is kept on this
    machine.

    \b
        litectl completion --install
        litectl completion zsh > ~/.zfunc/_litectl

    Only the file of the completion is written, never a start-up file: a line
    that one needs is printed. A file there that is not of litectl is replaced
    with `--yes` only. JSON fields of `--install`: shell, path, written, startup, line.
    """
    from litectl.completion.scripts import script_of
    from litectl.completion.shells import require_shell
    from litectl.errors import UsageError

    runtime = runtime_of(context)
    chosen = require_shell(shell, runtime.environment.get("SHELL"))
    if install:
        _install(runtime, chosen, yes=yes)
        return
    if runtime.options.format is not None:
        raise UsageError("`completion` prints a script", hint="leave the format out, or say `--install`")
    script = script_of(chosen)
    if not runtime.terminal.stdout_is_terminal:
        runtime.terminal.write_bytes(script)
        return
    runtime.terminal.write(script.decode())
    runtime.terminal.note(f"to have it in your shell say `litectl completion {chosen.name} --install`")


def _install(runtime: "Runtime", shell: "Shell", *, yes: bool) -> None:
    from litectl.completion.installing import install
    from litectl.completion.places import Places, homes_of

    terminal, homes = runtime.terminal, homes_of(runtime.paths.home, runtime.environment)
    done = install(
        shell,
        Places(shell, homes),
        lambda path: (
            yes or terminal.questions.confirm(f"replace `{path}`, which is not of litectl?", flag="--yes")
        ),
    )
    if done is None:
        terminal.say("nothing was installed")
        return
    if runtime.options.format is not None:
        from litectl.output.listing import print_record

        startup, line = done.missing or (None, None)
        record = {"shell": shell.name, "path": str(done.path), "written": done.is_new}
        record |= {"startup": str(startup) if startup else None, "line": line}
        print_record(terminal, record, runtime.options.format)
        return
    terminal.say(f"{'installed' if done.is_new else 'installed already:'} {done.path}")
    if done.missing:
        terminal.say(f"now add this line to {done.missing.startup}:\n    {done.missing.line}")
    terminal.say("then open a new shell" if done.missing else "it works in a new shell")
