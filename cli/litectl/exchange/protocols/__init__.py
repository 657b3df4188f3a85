"""
The wire protocols of the proxy, one module each.

Each has the same two functions: `body`, the JSON of a request, and `events`,
the events of its answer.
"""
