"""
The MCP server of the documentation, a tracker of tickets, over stdio.

The proxy starts it for each list and each call, so it keeps nothing.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}
LABELS = {"type": "array", "items": TEXT}
Arguments = dict[str, Any]


def _tool(
    name: str, description: str, required: tuple[str, ...] = (), **properties: object
) -> dict[str, object]:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"name": name, "description": description, "inputSchema": schema}


TOOLS = [
    _tool("add", "Add two integers", ("a", "b"), a=NUMBER, b=NUMBER),
    _tool("create", "Create a ticket", ("title",), title=TEXT, labels=LABELS, text=TEXT),
    _tool("close", "Close a ticket", ("id",), id=NUMBER),
    _tool("search", "Search the tickets", ("query",), query=TEXT),
]
_DOES: dict[str, Callable[[Arguments], object]] = {
    "add": lambda given: given["a"] + given["b"],
    "create": lambda given: {"id": 17, "title": given["title"], "labels": given.get("labels", [])},
    "close": lambda given: f"ticket {given['id']} is closed",
    "search": lambda _: [{"id": 17, "title": "Disk is full"}],
}


def _called(name: str, arguments: Arguments) -> dict[str, object]:
    result = _DOES[name](arguments)
    text = result if isinstance(result, str) else json.dumps(result)
    structured = {"structuredContent": result} if isinstance(result, dict) else {}
    return {"content": [{"type": "text", "text": text}], "isError": False, **structured}


def _result(method: str, parameters: Arguments) -> object:
    if method == "initialize":
        server = {"name": "tracker", "version": "1.0.0"}
        version = parameters["protocolVersion"]
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}
    if method == "tools/list":
        return {"tools": TOOLS}
    return _called(parameters["name"], parameters.get("arguments") or {}) if method == "tools/call" else None


def main() -> None:
    """Answer the requests of stdin until it ends."""
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue
        result = _result(request["method"], request.get("params") or {})
        failure = {"code": -32601, "message": f"Method not found: {request['method']}"}
        outcome = {"error": failure} if result is None else {"result": result}
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **outcome}), flush=True)


if __name__ == "__main__":
    main()
