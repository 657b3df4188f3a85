"""`litectl mcp servers`."""

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litectl.mcp.servers import Server
    from litectl.mcp.tools import ToolList
    from litectl.run.runtime import Runtime

app = new_app()


@app.command(cls=SharedOptionsCommand)
def list_servers(
    context: typer.Context,
    strict: StrictServers = False,
    columns: Columns = None,
    server_header: ServerHeader = None,
) -> None:
    """
    List the MCP servers, and whether they answer

    The proxy asks each of its servers now. One that did not list its tools is named
    on stderr; with `--strict` that is exit 7, after the list.

    The status is `ok`, auth_required, forbidden, rate_limited, timeout, unreachable,
    upstream_error, internal, or unknown; empty where the proxy tells nothing. `auth`
    is the credential that a server wants, `none` for none, and may be one of yours.

    Columns and JSON fields: name, id, status, tools (how many), auth, transport,
    http_status, description. The JSON document has fetched_at and servers.
    """
    from litectl.mcp.servers import credential_hint, rows_of
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import is_for_people, print_listing
    from litectl.output.times import timestamp
    from litectl.output.tools import SERVER_COLUMNS, SERVER_TABLE, server_columns
    from litectl.run.toolbox import tell_failures

    runtime = runtime_of(context)
    add_server_headers(runtime, server_header)
    known = server_columns()
    default = SERVER_TABLE if is_for_people(runtime.terminal, runtime.options.format) else SERVER_COLUMNS
    shown = choose_columns(columns or default, known)
    tools, servers = _cached(runtime) if runtime.offline else _asked(runtime)
    rows = rows_of(servers, tools)
    about = {"fetched_at": timestamp(tools.fetched_at)}
    listing = Listing("servers", known, shown, rows, about)
    print_listing(runtime.terminal, listing, runtime.options.format)
    hints = [hint for row in rows if (hint := credential_hint(row))]
    tell_failures(runtime.terminal, tools.failed, hints, strict=strict)


def _asked(runtime: "Runtime") -> "tuple[ToolList, Sequence[Server]]":
    from litectl.mcp.listing import SERVERS_SECONDS, fetch_servers

    with runtime.open_proxy() as proxy:
        tools = runtime.toolbox.fetch(proxy)
        seconds = runtime.options.timeout or SERVERS_SECONDS
        return tools, fetch_servers(proxy, seconds=seconds, trace=runtime.terminal.trace)


def _cached(runtime: "Runtime") -> "tuple[ToolList, Sequence[Server]]":
    """Return what was known when the tools were listed last."""
    from litectl.output.times import timestamp

    tools = runtime.toolbox.current()
    runtime.terminal.note(f"no server was asked: this is how it was at {timestamp(tools.fetched_at)}")
    return tools, ()
