"""The tools of the MCP servers behind the proxy."""
