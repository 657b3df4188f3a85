"""`litectl sandbox`: a real proxy with mock models on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime
    from litectl.sandbox.sandbox import RunningProxy, Sandbox

app = new_app("Run a real LiteLLM proxy with mock models on this machine, without keys or cost")

Config = Annotated[
    str | None,
    typer.Option("--config", metavar="PATH", help="Your own LiteLLM configuration, not the mock models"),
]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, metavar="N", help="Where to listen, not a free port")
]


@app.command("install", cls=SharedOptionsCommand)
def install(context: typer.Context) -> None:
    """
    Install a real LiteLLM proxy, about 740 MB

    \b
        litectl sandbox install

    It is put into an environment of its own under your data directory, never
    beside litectl. Uses uv when it is there, else venv and pip.

    JSON fields: path, the directory that it is installed in.
    """
    from litectl.output.listing import print_record
    from litectl.sandbox.installation import Installation

    runtime = runtime_of(context)
    steps = Installation(runtime.paths.sandbox).install(runtime.environment.get("PATH"))
    step = next(steps, None)
    while step is not None:
        with runtime.terminal.progress(step):
            step = next(steps, None)
    runtime.terminal.say(f"the sandbox is installed in `{runtime.paths.sandbox}`")
    if runtime.wants_json:
        print_record(runtime.terminal, {"path": str(runtime.paths.sandbox)}, runtime.options.format)


@app.command("run", cls=SharedOptionsCommand, context_settings={"allow_interspersed_args": False})
def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- CMD...", help="The command and its arguments")],
    config: Config = None,
) -> None:
    """
    Start the proxy, run a command against it, and stop it

    The command finds it through LITECTL_BASE_URL and LITECTL_API_KEY; its exit
    code is returned.

    \b
        litectl sandbox run -- litectl models list
        litectl sandbox run -- sh -c 'litectl ask -m mock-hello -p Hi | wc -w'
        litectl sandbox run --config proxy.yaml -- litectl models list
    """
    from litectl.sandbox.command import run_command

    runtime = runtime_of(context)
    with _started(runtime, config, None) as (_, proxy):
        code = run_command(command, runtime.environment.all(), proxy)
    raise typer.Exit(code)


@app.command("start", cls=SharedOptionsCommand)
def start(context: typer.Context, config: Config = None, port: Port = None) -> None:
    """
    Start the proxy and print the lines that point litectl at it

    It runs until Ctrl-C or SIGTERM, which stop it and end with 130 or 143 as
    everywhere. The two export lines come when it is ready, after some seconds:

    \b
        litectl sandbox start > env.sh &
        while kill -0 $! && ! [ -s env.sh ]; do sleep 1; done
        . ./env.sh; litectl ask -m mock-hello -p Hi; kill $!

    With `--config` the proxy gets all of your variables and works in the directory of
    that file; the key is the master key of the configuration, where it sets one.

    JSON fields: base_url, api_key, config (null for the mock models), log.
    """
    from contextlib import suppress

    from litectl.environment import API_KEY, BASE_URL
    from litectl.errors import ReaderGone, UsageError
    from litectl.output.exports import exports
    from litectl.output.listing import print_record

    runtime = runtime_of(context)
    terminal = runtime.terminal
    if runtime.options.format is not None and not runtime.wants_json:
        raise UsageError("`sandbox start` prints lines for a shell", hint="use `--json` for one object")
    with _started(runtime, config, port) as (sandbox, proxy):
        with suppress(ReaderGone):  # whoever read the lines has them
            if runtime.wants_json:
                used = config and str(Path(config).absolute())
                record = {"base_url": proxy.root, "api_key": proxy.key, "config": used}
                print_record(terminal, {**record, "log": str(sandbox.log)}, runtime.options.format)
            else:
                terminal.write(exports("sh", {BASE_URL: proxy.root, API_KEY: proxy.key}))
        if terminal.stderr_is_terminal:
            terminal.note(f"it runs until Ctrl-C; its log is `{sandbox.log}`")
        sandbox.wait(proxy)


@contextmanager
def _started(
    runtime: "Runtime", config: str | None, port: int | None
) -> "Iterator[tuple[Sandbox, RunningProxy]]":
    """Give the sandbox and its proxy, with the models of the file *config* if there is one."""
    from contextlib import ExitStack

    from litectl.sandbox.own_configuration import variables_for
    from litectl.sandbox.sandbox import Sandbox

    sandbox = Sandbox(runtime.paths.sandbox)
    sandbox.installation.require_installed()
    variables, settings, path = runtime.environment.all(), dict[str, str](), None
    if config is not None:
        path = Path(config)
        settings = variables_for(path, variables, sandbox.installation.python)
    with ExitStack() as stack:
        with runtime.terminal.progress("starting the sandbox"):
            proxy = stack.enter_context(sandbox.running(variables, path, settings, port))
        yield sandbox, proxy
