"""`litectl sandbox`: a real proxy with mock models on this machine."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app("Run a real LiteLLM proxy with mock models on this machine, without keys or cost")


@app.command("install", cls=SharedOptionsCommand)
def install(context: typer.Context) -> None:
    """
    Install a real LiteLLM proxy, about 740 MB, into an environment of its own

    It is put under your data directory, never beside litectl. Uses uv when it
    is there, else venv and pip.
    """
    from litectl.sandbox import Sandbox

    runtime = runtime_of(context)
    sandbox = Sandbox(runtime.paths.sandbox)
    steps = sandbox.install(runtime.environment.get("PATH"))
    step = next(steps, None)
    while step is not None:
        with runtime.terminal.progress(step):
            step = next(steps, None)
    runtime.terminal.say(f"the sandbox is installed in {runtime.paths.sandbox}")


@app.command("run", cls=SharedOptionsCommand, context_settings={"ignore_unknown_options": True})
def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- CMD...", help="The command and its arguments")],
) -> None:
    """
    Start the proxy, run a command against it, and stop it

    The command finds it through LITECTL_BASE_URL and LITECTL_API_KEY; its exit
    code is returned.

    \b
        litectl sandbox run -- litectl models list
        litectl sandbox run -- sh -c 'litectl ask -m mock-hello -p Hi | wc -w'
    """
    from contextlib import ExitStack

    from litectl.sandbox import Sandbox, run_command

    runtime = runtime_of(context)
    sandbox = Sandbox(runtime.paths.sandbox)
    sandbox.require_installed()
    variables = runtime.environment.all()
    with ExitStack() as stack:
        with runtime.terminal.progress("starting the sandbox"):
            proxy = stack.enter_context(sandbox.running(variables))
        code = run_command(command, variables, proxy)
    raise typer.Exit(code)
