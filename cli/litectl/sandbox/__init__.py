"""
The sandbox: a real LiteLLM proxy with mock models on this machine.

installation       into an environment of its own;  processes: how those of it end
sandbox            the proxy, started and stopped;  models: its mock models (pure)
tools              the MCP server behind it, a program of its own
own_configuration  one of the caller's, in their place;  command: what is run against it
"""
