"""`litectl mcp`: the tools of the MCP servers behind the proxy."""

from litectl.lazy import Entry, new_group

VERBS = {
    "servers": Entry("litectl.commands.mcp.servers", "List the MCP servers, and whether they answer"),
    "tools": Entry("litectl.commands.mcp.tools", "List the tools of the servers"),
    "show": Entry("litectl.commands.mcp.show", "Show one tool and its arguments"),
    "call": Entry("litectl.commands.mcp.call", "Call a tool and print its result"),
}

app = new_group("List and call the tools of the MCP servers behind the proxy", VERBS)
