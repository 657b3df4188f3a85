"""Answers of the MCP routes, as a fake proxy gives them."""

from collections.abc import Mapping, Sequence

from answers import stream, tool_piece
from fake_proxy import Answer, FakeProxy, json_answer

LIST, CALL = "/mcp-rest/tools/list", "/mcp-rest/tools/call"
TWO_INTEGERS = {
    "type": "object",
    "properties": {"a": {"type": "integer", "description": "The first"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}
ONE_TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


def tool_entry(name: str, server: str = "math", schema: object = None, **more: object) -> dict[str, object]:
    """Return the entry of a tool in the list of a proxy; without *schema* it takes no arguments."""
    info = {"server_name": server, "alias": None, "server_id": f"id-of-{server}"}
    schema = {"type": "object", "properties": {}} if schema is None else schema
    return {"name": name, "description": f"What {name} does", "inputSchema": schema, "mcp_info": info} | more


ADD, ECHO = tool_entry("add", schema=TWO_INTEGERS), tool_entry("echo", "words", ONE_TEXT)


def tool_list(
    *entries: Mapping[str, object], outcomes: Mapping[str, object] | None = None, **more: object
) -> Answer:
    """Return the list of these *entries*, in which all servers answered unless *outcomes* says otherwise."""
    document = {"tools": list(entries), "error": None, "message": "Successfully retrieved tools"}
    return json_answer({**document, "server_outcomes": dict(outcomes or {}), **more})


def tool_result(
    *content: Mapping[str, object] | str, structured: object = None, is_error: bool = False
) -> Answer:
    """Return the result of a call; a text stands for a content of that text."""
    blocks = [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]
    return json_answer({"content": blocks, "structuredContent": structured, "isError": is_error})


def serve_tools(fake: FakeProxy, *entries: Mapping[str, object]) -> None:
    """Let *fake* list these tools, add and echo for none, and answer `5` to every call."""
    fake.on("GET", LIST, tool_list(*(entries or (ADD, ECHO))))
    fake.on("POST", CALL, tool_result("5"))


def calls_sent(fake: FakeProxy) -> Sequence[object]:
    """Return the bodies of the calls that *fake* was sent."""
    return [request.json for request in fake.requests if request.path == CALL]


def calling(name: str, arguments: str = "{}", identifier: str = "call_1") -> Answer:
    """Return the streamed chat answer of a model that calls the tool *name*."""
    return stream(tool_piece(id=identifier, name=name, arguments=arguments), finish="tool_calls")
