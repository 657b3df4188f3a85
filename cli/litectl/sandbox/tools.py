"""
The MCP server of the sandbox, over stdio: tools that do no harm.

The proxy starts this file with an interpreter of its own for each list and each call, so nothing is
loaded here but JSON; the package `mcp` alone would take most of a second.
"""

import json
import sys
from typing import Any

_NUMBER, _TEXT = {"type": "number"}, {"type": "string"}


def _tool(name: str, description: str, **properties: object) -> dict[str, object]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": description, "inputSchema": schema}


_TOOLS = [
    _tool("add", "Add two numbers", a=_NUMBER, b=_NUMBER),
    _tool("echo", "Say a text again", text=_TEXT),
    _tool("fail", "Fail, whatever it is told"),
]


def _said(tool: str, arguments: dict[str, Any]) -> str:
    """Return what *tool* says; raises `ValueError` when it fails."""
    try:
        if tool == "add":
            return json.dumps(arguments["a"] + arguments["b"])
        if tool == "echo":
            return str(arguments["text"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"these are no arguments of {tool}") from error
    raise ValueError("this tool always fails" if tool == "fail" else f"there is no tool {tool}")


def _called(tool: str, arguments: dict[str, Any]) -> dict[str, object]:
    try:
        text, is_error = _said(tool, arguments), False
    except ValueError as error:
        text, is_error = str(error), True
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def _result(method: str, parameters: dict[str, Any]) -> dict[str, object] | None:
    """Return the answer to a request, and nothing for one that is not known."""
    if method == "initialize":
        version, server = parameters["protocolVersion"], {"name": "sandbox", "version": "1.0.0"}
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}
    if method == "tools/list":
        return {"tools": _TOOLS}
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
