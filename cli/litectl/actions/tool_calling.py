"""
One tool, called: it is found, its arguments are read and checked, and its result is printed.

The edge that joins the options of `mcp call`, files and the terminal to `litectl.mcp`.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.actions.inputs import Inputs, is_piped
from litectl.errors import LitectlError, OutputError, ReaderGone, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litectl.mcp.result import ToolResult
    from litectl.mcp.tools import Tool
    from litectl.run.runtime import Runtime


_OBJECT_HINT = 'give a JSON object, for example {"city": "Oslo"}'


class Call(NamedTuple):
    """
    The options that say what is called, each as it was given.

    *words* are the arguments as they are typed, *arguments* all of them as JSON.
    """

    name: str
    server: str | None = None
    words: Sequence[str] = ()
    arguments: str | None = None
    reads_stdin: bool = True
    checks: bool = True


class Output(NamedTuple):
    """The options that say what is done with the result."""

    structured: bool = False
    directory: str | None = None


def call(runtime: "Runtime", wanted: Call, output: Output) -> None:
    """Call the tool that is *wanted*, exactly once, and print its result as *output* says."""
    from litectl.mcp.calling import CALL_SECONDS, call_tool
    from litectl.mcp.files import require_directory

    if output.directory is not None:
        require_directory(output.directory)  # a call cannot be repeated for it
    inputs = Inputs(runtime)
    tool = _found(runtime, wanted)
    given = _given(runtime, inputs, wanted, tool)
    arguments = _arguments(runtime, inputs, tool, wanted, given)
    seconds = runtime.options.timeout or CALL_SECONDS
    with runtime.open_proxy() as proxy, runtime.terminal.waiting(f"waiting for {tool.path}"):
        result = call_tool(proxy, tool, arguments, seconds=seconds)
    _deliver(runtime, tool, result, output)


def _deliver(runtime: "Runtime", tool: "Tool", result: "ToolResult", output: Output) -> None:
    """Save the files of *result* and print it; what of the two fails does not undo the other."""
    from litectl.mcp.files import save_blobs
    from litectl.output.tool_result import print_result, print_saved

    def show(saved: "Sequence[Path] | None") -> None:
        print_result(
            runtime.terminal, result, runtime.options.format, structured=output.structured, saved=saved
        )

    if output.directory is None:
        show(None)
        return
    try:
        # Before the printing, for whoever reads stdout may be gone.
        saved = save_blobs(Path(output.directory), tool.name, result.blobs)
    except LitectlError:
        with suppress(OutputError, ReaderGone):
            show(())
        raise
    print_saved(runtime.terminal, saved)
    show(saved)


def _given(runtime: "Runtime", inputs: Inputs, wanted: Call, tool: "Tool") -> "Mapping[str, object] | None":
    """Return the arguments that are JSON, of `--args` or of stdin; None for none. Raises `UsageError`."""
    from litectl.exchange.tools import decoded

    hint = _OBJECT_HINT
    if wanted.arguments == "-":
        text, origin = inputs.text("-", "--args"), "stdin"
    elif wanted.arguments is not None:
        text, origin = wanted.arguments, "`--args`"
    elif wanted.words or not _may_be_piped(runtime, inputs, wanted, tool):
        return None
    else:
        text, origin = inputs.text("-", "the arguments"), "stdin"
        if not text.strip():
            return None
        hint = f"{hint}; `--no-stdin` leaves stdin alone, as in a loop that reads from it"
    try:
        document = decoded(text, origin)
    except UsageError as error:
        error.hint = hint
        raise
    if not isinstance(document, dict):
        raise UsageError(f"{origin} is not a JSON object of arguments", hint=hint)
    return document


def _may_be_piped(runtime: "Runtime", inputs: Inputs, wanted: Call, tool: "Tool") -> bool:
    """
    Tell whether what is piped in may be the arguments for *tool*.

    It is left alone where there are none: it may be the lines of a loop, or never end.
    """
    from litectl.mcp.fitting import takes_nothing

    is_free = wanted.reads_stdin and not inputs.stdin_is_taken
    return is_free and is_piped(runtime) and not takes_nothing(tool.schema)


def _found(runtime: "Runtime", wanted: Call) -> "Tool":
    """
    Return the tool that is *wanted*: of the cached list, however old, else of a new one.

    Unchecked and with its server named, it need not be in any list.
    """
    from litectl.mcp.choice import choose
    from litectl.mcp.tools import Tool

    name, server = wanted.name, wanted.server
    cached = runtime.toolbox.cached()
    if cached is not None and cached.find(name, server):
        return choose(cached, name, server)
    if not wanted.checks:
        first, _, rest = name.partition("/")
        if server is None and rest and (cached is None or first in cached.server_names):
            name, server = rest, first
        if server is not None:
            return Tool(name, server, server)
    return choose(runtime.toolbox.fetch(), name, server, runtime.toolbox.servers)


def _arguments(
    runtime: "Runtime",
    inputs: Inputs,
    tool: "Tool",
    wanted: Call,
    given: "Mapping[str, object] | None",
) -> "Mapping[str, object]":
    """Return the arguments for *tool*, checked against its schema unless that is not wanted."""
    from litectl.mcp.arguments import arguments_of
    from litectl.mcp.fitting import check

    def read(path: str) -> str:
        return inputs.text(path, f"@{path}")

    arguments = arguments_of(wanted.words, given=given, schema=tool.schema, path=tool.path, read=read)
    if wanted.checks:
        check(arguments, tool, runtime.terminal.warn)
    return arguments
