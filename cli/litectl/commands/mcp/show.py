"""`litectl mcp show`."""

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
def show_tool(
    context: typer.Context,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The name of a tool, or `server/tool`")],
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="NAME", help="The server that has the tool, by name or id"),
    ] = None,
    server_header: ServerHeader = None,
) -> None:
    """
    Show one tool and its arguments

    \b
        litectl mcp show add
        litectl mcp show tracker/create --json | jq .schema

    One row for each argument: name, type, required, default, description. The fields
    of an object are rows of their own, `address.city`, or `items[].name` in an array.

    JSON fields: name, server, server_id, description, problem (null, or why the arguments
    cannot be checked before a call) and schema, the JSON Schema as the server gives it.
    """
    from litectl.mcp.choice import choose
    from litectl.output.tool_page import print_tool_page

    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    found = choose(runtime.toolbox.current(), tool, server, runtime.toolbox.servers)
    print_tool_page(runtime.terminal, found, runtime.options.format)
