"""
One tool, called: it is found, its arguments are read and checked, and its result is printed.

The edge that joins the options of `mcp call`, files and the terminal to `litectl.mcp`.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import LitectlError, OutputError, ReaderGone, UsageError
from litectl.inputs import Inputs, is_piped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litectl.mcp.result import ToolResult
    from litectl.mcp.tools import Tool
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime


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
    given = _given(runtime, inputs, wanted)
    with runtime.open_proxy() as proxy:
        tool = _found(runtime, proxy, wanted)
        arguments = _arguments(runtime, inputs, tool, wanted, given)
        seconds = runtime.options.timeout or CALL_SECONDS
        with runtime.terminal.waiting(f"waiting for {tool.path}"):
            result = call_tool(proxy, tool.server_id, tool.name, arguments, seconds=seconds)
    _deliver(runtime, tool, result, output)


def _deliver(runtime: "Runtime", tool: "Tool", result: "ToolResult", output: Output) -> None:
    """Save the files of *result* and print it; what of the two fails does not undo the other."""
    from litectl.mcp.files import save_blobs
    from litectl.output.tool_result import print_result, print_saved

    terminal, are_saved = runtime.terminal, output.directory is not None

    def show() -> None:
        print_result(
            terminal, result, runtime.options.format, structured=output.structured, are_saved=are_saved
        )

    if output.directory is not None:
        try:
            # Before the printing, for whoever reads stdout may be gone.
            print_saved(terminal, save_blobs(Path(output.directory), tool.name, result.blobs))
        except LitectlError:
            with suppress(OutputError, ReaderGone):
                show()
            raise
    show()


def _given(runtime: "Runtime", inputs: Inputs, wanted: Call) -> "Mapping[str, object] | None":
    """Return the arguments that are JSON, of `--args` or of stdin; None for none. Raises `UsageError`."""
    from litectl.exchange.tools import decoded

    hint = _OBJECT_HINT
    if wanted.arguments == "-":
        text, origin = inputs.text("-", "--args"), "stdin"
    elif wanted.arguments is not None:
        text, origin = wanted.arguments, "`--args`"
    elif wanted.words or not wanted.reads_stdin or inputs.stdin_is_taken or not is_piped(runtime):
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
        raise UsageError(f"{origin} is no JSON object of arguments", hint=hint)
    return document


def _found(runtime: "Runtime", proxy: "Proxy", wanted: Call) -> "Tool":
    """
    Return the tool that is *wanted*: of the cached list, however old, else of a new one.

    Unchecked and with its server named, it need not be in any list.
    """
    from litectl.mcp.choice import choose
    from litectl.mcp.tools import Tool

    cached = runtime.toolbox.cached()
    if cached is not None and cached.find(wanted.name, wanted.server):
        return choose(cached, wanted.name, wanted.server)
    if wanted.server is not None and not wanted.checks:
        return Tool(wanted.name, wanted.server, wanted.server)
    return choose(runtime.toolbox.fetch(proxy), wanted.name, wanted.server)


def _arguments(
    runtime: "Runtime",
    inputs: Inputs,
    tool: "Tool",
    wanted: Call,
    given: "Mapping[str, object] | None",
) -> "Mapping[str, object]":
    """Return the arguments for *tool*, checked against its schema unless that is not wanted."""
    from litectl.mcp.arguments import arguments_of
    from litectl.mcp.fitting import plainly_fits

    def read(path: str) -> str:
        return inputs.text(path, f"@{path}")

    arguments = arguments_of(wanted.words, given=given, schema=tool.schema, read=read)
    if not wanted.checks:
        return arguments
    if tool.problem:
        from litectl.envelopes import readable

        raise UsageError(
            f"the arguments of {readable(tool.path)} cannot be checked: {tool.problem}",
            hint="call it unchecked with `--no-check`",
        )
    if plainly_fits(arguments, tool.schema):
        return arguments
    from litectl.mcp.checking import check, unknown_names, unknown_sentence

    if "additionalProperties" not in tool.schema:  # where others are forbidden, that is an error below
        for name, near in unknown_names(arguments, tool.schema).items():
            runtime.terminal.warn(unknown_sentence(name, near))
    check(arguments, tool.schema, tool.path)
    return arguments
