"""
An MCP server over stdio that starts at once: JSON-RPC by hand, without the `mcp` package.

A proxy starts it for each list and each call, and to load the package takes most of a second.
"""

import json
import sys
from typing import Any

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}


def _tool(name: str, description: str, **properties: object) -> dict[str, object]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": description, "inputSchema": schema}


TOOLS = [_tool("add", "Add two integers", a=NUMBER, b=NUMBER), _tool("echo", "Say a text again", text=TEXT)]


def _called(name: str, arguments: dict[str, Any]) -> dict[str, object]:
    text = str(arguments["a"] + arguments["b"]) if name == "add" else str(arguments["text"])
    return {"content": [{"type": "text", "text": text}], "isError": False}


def _result(method: str, parameters: dict[str, Any]) -> object:
    if method == "initialize":
        server = {"name": "stdio-tools", "version": "1.0.0"}
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
