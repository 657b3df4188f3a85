"""The tools of one MCP server: by LiteLLM's REST routes, and by the protocol itself."""

import json
from collections.abc import Sequence

from proxy.framing import ACCEPTED, NOT_ALLOWED, json_pieces
from proxy.server import Request

TOOLS = 20
TOOL_LIST, TOOL_CALL, ENDPOINT = "/mcp-rest/tools/list", "/mcp-rest/tools/call", "/mcp"

_RESULT = {"content": [{"type": "text", "text": "5"}], "isError": False, "structuredContent": {"result": 5}}


def rest_list() -> list[bytes]:
    """Return the answer of the REST route that lists the tools."""
    info = {"server_name": "bench", "description": None, "server_id": f"{7:032x}", "alias": None}
    outcomes = {"bench": {"status": "ok", "tool_count": TOOLS}}
    tools = [{**tool, "mcp_info": info} for tool in _tools()]
    return json_pieces({"tools": tools, "error": None, "server_outcomes": outcomes})


def no_tools() -> list[bytes]:
    """Return the answer of that route when there are none."""
    return json_pieces({"tools": [], "error": None, "server_outcomes": {}})


def rest_call() -> list[bytes]:
    """Return the answer of the REST route that calls a tool."""
    content = [{"type": "text", "text": "5", "annotations": None}]
    return json_pieces({**_RESULT, "content": content, "_meta": None})


def endpoint(request: Request) -> Sequence[bytes]:
    """Answer a *request* of the protocol, over HTTP without a session, each in JSON."""
    if request.method != "POST":
        return NOT_ALLOWED
    message = json.loads(request.body)
    if "id" not in message:
        return ACCEPTED
    results: dict[str, dict[str, object]] = {
        "initialize": {
            "protocolVersion": message.get("params", {}).get("protocolVersion"),
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "bench", "version": "1"},
        },
        "tools/list": {"tools": _tools()},
        "tools/call": _RESULT,
        "ping": {},
    }
    answer: dict[str, object] = {"jsonrpc": "2.0", "id": message["id"]}
    if message["method"] in results:
        answer["result"] = results[message["method"]]
    else:
        answer["error"] = {"code": -32601, "message": "Method not found"}
    return json_pieces(answer)


def _tools() -> list[dict[str, object]]:
    return [_tool("add", 0), *(_tool(f"tool-{number}", number) for number in range(1, TOOLS))]


def _tool(name: str, number: int) -> dict[str, object]:
    """Return the entry of a tool that takes two integers."""
    properties = {key: {"title": key.upper(), "type": "integer"} for key in ("a", "b")}
    schema = {"type": "object", "properties": properties, "required": ["a", "b"], "title": f"{name}Arguments"}
    described = f"Does what number {number} is there for, with two integers"
    return {"name": name, "title": name, "description": described, "inputSchema": schema}
