"""`litectl mcp call`."""

from typing import Annotated

import typer

from litectl.commands.options import (
    ServerHeader,
    SharedOptionsCommand,
    add_server_headers,
    new_app,
    runtime_of,
)

app = new_app()


@app.command(cls=SharedOptionsCommand)
def call_tool(
    context: typer.Context,
    *,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The name of a tool, or SERVER/TOOL")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Its arguments: key=value, key:=JSON or key@PATH"),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="NAME", help="The server that has the tool, by name or id"),
    ] = None,
    args: Annotated[
        str | None, typer.Option("--args", metavar="JSON", help="All arguments as JSON; `-` is stdin")
    ] = None,
    stdin: Annotated[
        bool,
        typer.Option("--stdin/--no-stdin", help="Read arguments that are piped in, or leave stdin alone"),
    ] = True,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Check the arguments by the tool's schema, or do not")
    ] = True,
    structured: Annotated[
        bool, typer.Option("--structured", help="Print the structured result as JSON, where there is one")
    ] = False,
    output_dir: Annotated[
        str | None, typer.Option("--output-dir", metavar="DIR", help="Save images and other files here")
    ] = None,
    server_header: ServerHeader = None,
) -> None:
    """
    Call a tool and print its result

    The call is sent once. After a time-out nobody knows whether the tool ran.

    \b
        litectl mcp call add a=2 b=3
        litectl mcp call search query='a=b' tags:='["x", "y"]' body@notes.txt
        echo '{"city": "Oslo"}' | litectl mcp call weather --structured | jq .temp_c

    A value behind `=` is never anything but text, typed as the tool's schema says,
    also with `--no-check`; `:=` takes any JSON, and `@` the text of a file. Without
    arguments a JSON object is read from stdin, when one is piped in and the tool
    takes arguments; in a loop that reads from stdin say `--no-stdin`.

    The answer is awaited for 120 seconds, or for those of `--timeout`.

    With `--json` the result as it came: content, structuredContent, isError; with
    `--output-dir` also saved, the paths of its files. A tool that fails is exit 1, a
    credential that its server wants exit 4, an unknown tool exit 6.
    """
    from litectl.actions.tool_calling import Call, Output, call

    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    wanted = Call(tool, server, arguments or (), args, stdin, check)
    call(runtime, wanted, Output(structured, output_dir))
