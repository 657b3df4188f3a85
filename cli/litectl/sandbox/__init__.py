"""
The sandbox: a real LiteLLM proxy with mock models on this machine.

sandbox  installed into an environment of its own, started and stopped
models   its mock models (pure)
tools    the MCP server behind it, a program of its own
"""
