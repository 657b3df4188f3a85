"""`litectl mcp`: the tools of the MCP servers behind the proxy."""

import typer

from litectl.lazy import Entry, LazyGroup

VERBS = {
    "servers": Entry("litectl.commands.mcp.servers", "List the MCP servers, and whether they answer"),
    "tools": Entry("litectl.commands.mcp.tools", "List the tools of the servers"),
    "show": Entry("litectl.commands.mcp.show", "Show one tool and its arguments"),
    "call": Entry("litectl.commands.mcp.call", "Call a tool and print its result"),
}


class ToolsGroup(LazyGroup):
    """The noun with its verbs."""

    entries = VERBS


app = typer.Typer(
    help="List and call the tools of the MCP servers behind the proxy",
    cls=ToolsGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def mcp() -> None:
    """List and call the tools of the MCP servers behind the proxy"""
