"""`litectl mcp tools`."""

from typing import Annotated

import typer

from litectl.commands.options import (
    Columns,
    ServerHeader,
    SharedOptionsCommand,
    StrictServers,
    add_server_headers,
    new_app,
    runtime_of,
)

app = new_app()


@app.command(cls=SharedOptionsCommand)
def list_tools(
    context: typer.Context,
    server: Annotated[
        str | None, typer.Option("--server", metavar="NAME", help="Only the tools of this server")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Only tools with these words in name or description"),
    ] = None,
    strict: StrictServers = False,
    columns: Columns = None,
    server_header: ServerHeader = None,
) -> None:
    """
    List the tools of the MCP servers

    \b
        litectl mcp tools --search ticket
        litectl mcp tools --server tracker --columns name,arguments

    The list is kept for 24 hours; `litectl mcp servers` asks anew. Servers that did not
    list their tools are named on stderr when the list is fetched, later with `-v` or
    `--server`; with `--strict` that is exit 7 every time, after the list. On
    a terminal descriptions are cut to one line, and arguments that may be left out
    stand in brackets; `litectl mcp show TOOL` shows all.

    Columns and JSON fields: name, server, server_id, description, arguments (names, those
    that are required first), required, problem. The problem is empty, or why the
    arguments cannot be checked before a call. The JSON document has fetched_at,
    left_out (tools that are not in the list, counted by the reason) and tools.
    """
    from litectl.mcp.choice import choose_server, outcome_of, with_words
    from litectl.mcp.servers import counted
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.output.times import timestamp
    from litectl.output.tools import TOOL_COLUMNS, TOOL_TABLE, tool_columns
    from litectl.run.toolbox import tell_failures
    from litectl.text.lines import one_line

    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    choose_columns(columns or TOOL_COLUMNS, tool_columns())
    listed = runtime.toolbox.current()
    tools = listed.tools if server is None else choose_server(listed, server)
    tools = with_words(tools, search)
    default = TOOL_COLUMNS
    if is_for_people(runtime.terminal, runtime.options.format) and not any(tool.problem for tool in tools):
        default = TOOL_TABLE
    known = tool_columns(tools, runtime.terminal.width)
    shown = choose_columns(columns or default, known)
    about = {"fetched_at": timestamp(listed.fetched_at), "left_out": dict(listed.left_out)}
    no_match = f"no tools match `{one_line(search)}`" if search else ""
    listing = Listing("tools", known, shown, tools, about, no_match)
    print_listing(runtime.terminal, listing, runtime.options.format)
    if left_out := counted(listed.left_out):
        runtime.terminal.note(left_out)
    failed = listed.failed
    if server is not None:
        failed = [outcome for outcome in failed if outcome == outcome_of(listed, server)]
    hints = ["see with `litectl mcp servers` whether one wants a credential of yours"] if strict else []
    # What is known for hours is no news to who comes again, such as cron.
    if strict or server is not None or runtime.toolbox.has_asked or runtime.terminal.verbose:
        tell_failures(runtime.terminal, failed, hints, strict=strict)
