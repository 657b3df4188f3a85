"""`litectl mcp show`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import (
    ServerHeader,
    SharedOptionsCommand,
    add_server_headers,
    new_app,
    runtime_of,
)

if TYPE_CHECKING:
    from litectl.mcp.tools import Tool
    from litectl.terminal import Terminal

app = new_app()


@app.command(cls=SharedOptionsCommand)
def show_tool(
    context: typer.Context,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The name of a tool, or `server/tool`")],
    server: Annotated[
        str | None, typer.Option("--server", metavar="NAME", help="The server it is on, by name or id")
    ] = None,
    server_header: ServerHeader = None,
) -> None:
    """
    Show one tool and its arguments

    One row for each argument: name, type, required, default, description. The fields
    of an object are rows of their own, `address.city`, or `items[].name` in an array.

    JSON fields: name, server, server_id, description, problem (null, or why the arguments
    cannot be checked before a call) and schema, the JSON Schema as the server gives it.
    """
    from litectl.mcp.choice import choose

    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    found = choose(runtime.toolbox.current(), tool, server, runtime.toolbox.servers)
    _print(runtime.terminal, found, runtime.options.format)


def _print(terminal: "Terminal", tool: "Tool", output_format: str | None) -> None:
    from litectl.mcp.signature import MOST_ROWS, arguments_in
    from litectl.output.columns import Listing
    from litectl.output.listing import print_listing, print_record
    from litectl.output.tools import argument_columns, tool_page, tool_record

    if output_format in ("json", "jsonl"):
        print_record(terminal, tool_record(tool), output_format)
        return
    arguments = arguments_in(tool.schema)
    if output_format == "table" or (output_format is None and terminal.stdout_is_terminal):
        terminal.write(tool_page(tool, arguments, terminal.width))
    else:
        columns = argument_columns()
        print_listing(terminal, Listing("arguments", columns, columns, arguments), output_format)
        if tool.problem:
            terminal.note(f"the arguments cannot be checked: {tool.problem}")
    if len(arguments) == MOST_ROWS:
        terminal.note(f"only the first {MOST_ROWS:,} rows; the schema is whole in `--json`")
