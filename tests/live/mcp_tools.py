"""
An MCP server whose tools work, fail, dawdle and count; run by the sandbox's own interpreter.

    python mcp_tools.py [--secret TOKEN]

It speaks streamable http, prints the port of loopback that it listens on, before anything slow is loaded,
and ends when its stdin does: its parent holds that open. With a secret it answers 401 to whoever does not
know that.
"""

import argparse
import asyncio
import base64
import os
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Thread
from typing import Any, Literal, TypedDict

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
BLOB = bytes(range(16))
_CALLS: Counter[str] = Counter()
_LOG: list[str] = []

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class Weather(TypedDict):
    """What the weather is like."""

    city: str
    degrees: float
    tags: list[str]


# The tools. A docstring is what a client is told.


def add(a: int, b: int) -> int:
    """Add two integers"""
    _CALLS["add"] += 1
    return a + b


def echo(text: str, repeat: int = 1) -> str:
    """Say a text again"""
    _CALLS["echo"] += 1
    return " ".join([text] * repeat)


def reflect(
    text: str = "",
    size: Literal["small", "large"] = "small",
    tags: list[str] | None = None,
    exact: bool = False,  # an argument of the tool
    ratio: float | None = None,
) -> dict[str, object]:
    """Give back the arguments as they arrived"""
    _CALLS["reflect"] += 1
    return {"text": text, "size": size, "tags": tags, "exact": exact, "ratio": ratio}


def fail(reason: str = "boom") -> str:
    """Fail, and say why"""
    from mcp.server.mcpserver.exceptions import ToolError  # type: ignore[import-not-found]  # of the sandbox

    _CALLS["fail"] += 1
    raise ToolError(reason)


async def slow(seconds: float = 3.0) -> str:
    """Answer after some seconds"""
    _CALLS["slow"] += 1
    await asyncio.sleep(seconds)
    return f"slept {seconds:g}"


def weather(city: str) -> Weather:
    """Tell the weather of a city"""
    _CALLS["weather"] += 1
    return {"city": city, "degrees": 21.5, "tags": ["dry", "sunny"]}


def image() -> Any:
    """Show a picture of one dot"""
    from mcp.server.mcpserver import Image  # type: ignore[import-not-found]  # of the sandbox

    _CALLS["image"] += 1
    return Image(data=PNG, format="png")


def audio() -> Any:
    """Give a sound of no length"""
    from mcp.server.mcpserver import Audio

    _CALLS["audio"] += 1
    return Audio(data=WAV, format="wav")


def resource() -> Any:
    """Give a file of sixteen bytes"""
    from mcp.types import BlobResourceContents, EmbeddedResource  # type: ignore[import-not-found]  # of the sandbox

    _CALLS["resource"] += 1
    content = base64.b64encode(BLOB).decode()
    uri, kind = "file:///reports/sixteen.bin", "application/octet-stream"
    return EmbeddedResource(resource=BlobResourceContents(uri=uri, mime_type=kind, blob=content))


def multi() -> list[Any]:
    """Say two things, and show a picture"""
    from mcp.server.mcpserver import Image

    _CALLS["multi"] += 1
    return ["first", "second", Image(data=PNG, format="png")]


def big(kib: int = 64) -> str:
    """Say much"""
    _CALLS["big"] += 1
    return "x" * (kib * 1024)


def log(entry: str) -> list[str]:
    """Keep an entry, and give all that were kept"""
    _CALLS["log"] += 1
    _LOG.append(entry)
    return list(_LOG)


def count(tool: str) -> int:
    """Tell how often a tool of this server was called"""
    return _CALLS[tool]


STRUCTURED: tuple[Callable[..., object], ...] = (add, echo, reflect, fail, slow, weather, log, count)
UNSTRUCTURED: tuple[Callable[..., object], ...] = (image, audio, resource, multi, big)


def _server() -> Any:
    from mcp.server.mcpserver import MCPServer

    server = MCPServer(name="tools", version="1.0.0", log_level="CRITICAL")
    for tool in STRUCTURED:
        server.add_tool(tool)
    for tool in UNSTRUCTURED:
        server.add_tool(tool, structured_output=False)
    return server


def _guarded(application: Application, secret: str) -> Application:
    """Return *application* for those only who show *secret*."""

    async def guard(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and headers.get(b"authorization") != f"Bearer {secret}".encode():
            challenge = [
                (b"content-type", b"application/json"),
                (b"www-authenticate", b'Bearer realm="tools"'),
            ]
            await send({"type": "http.response.start", "status": 401, "headers": challenge})
            await send({"type": "http.response.body", "body": b'{"error":"invalid_token"}'})
        else:
            await application(scope, receive, send)

    return guard


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _serve(secret: str | None) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    # Whoever connects from now on waits in the queue of the socket.
    print(listener.getsockname()[1], flush=True)
    Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn  # type: ignore[import-not-found]  # of the sandbox

    application = _server().streamable_http_app(stateless_http=True)
    if secret is not None:
        application = _guarded(application, secret)
    uvicorn.Server(uvicorn.Config(application, log_level="critical")).run(sockets=[listener])


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--secret")
    _serve(parser.parse_args().secret)


if __name__ == "__main__":
    main()
