"""
A real proxy in front of MCP servers, models that call their tools, and an account with skills at Anthropic.

| server | what is of note |
| --- | --- |
| `alpha`, `beta` | two servers with tools of the same names |
| `local` | the tools of the sandbox, over stdio, configured as `local_tools` with this alias |
| `guarded` | needs `Authorization: Bearer TOKEN` of the caller |
| `limited` | the same server, with the token of the proxy and two tools of it only |
| `dead` | nobody listens |
"""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from litectl.sandbox import tools
from live import mcp_tools
from live.behind import entry
from live.upstream_errors import ANTHROPIC, DATABRICKS, OPENAI, SECRET

TOKEN = "token-of-the-tools"
TOOLS = sorted(tool.__name__ for tool in (*mcp_tools.STRUCTURED, *mcp_tools.UNSTRUCTURED))
LIMITED_TO = ["add", "echo"]
LOCAL_TOOLS = ["add", "echo", "fail"]
# By their outcome, when the caller shows no token.
OUTCOMES = {"alpha": "ok", "beta": "ok", "local": "ok", "limited": "ok", "dead": "unreachable"}
MODELS = {
    "caller": (OPENAI, "echo"),
    "caller-claude": (ANTHROPIC, "echo"),
    "caller-bricks": (DATABRICKS, "echo"),
    "restless": (OPENAI, "restless"),
    "thinker": (ANTHROPIC, "claude-haiku-4-5"),
}
_PROGRAM, _STDIO_PROGRAM = str(Path(mcp_tools.__file__)), str(Path(tools.__file__))


class Servers(NamedTuple):
    """Where the servers are."""

    alpha: str
    beta: str
    guarded: str
    dead: str


@contextmanager
def tool_servers(python: Path) -> Iterator[Servers]:
    """Give the servers, run by *python*; they may still be loading, and let a caller wait for that."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(_started(python, *options)) for options in ((), (), ("--secret", TOKEN))
        ]
        # Bound and not listening: nobody else gets this port, and who connects is refused.
        dead = stack.enter_context(socket.socket())
        dead.bind(("127.0.0.1", 0))
        ports = [*map(_port_of, started), dead.getsockname()[1]]
        yield Servers(*(f"http://127.0.0.1:{port}/mcp" for port in ports))


@contextmanager
def _started(python: Path, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [str(python), "-P", _PROGRAM, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _port_of(process: "subprocess.Popen[bytes]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def settings(upstream: str) -> dict[str, str]:
    """Return what the proxy finds in its environment: its account at Anthropic, which is at *upstream*."""
    return {
        # A configuration may not say this.
        "LITELLM_ENABLE_MCP_STDIO": "true",
        "ANTHROPIC_API_KEY": SECRET,
        "ANTHROPIC_API_BASE": f"{upstream}/anthropic",
    }


def configuration(upstream: str, servers: Servers, python: Path) -> dict[str, object]:
    """Return the configuration of a proxy in front of *servers* and of the providers at *upstream*."""
    return {
        "model_list": [entry(name, upstream, *where) for name, where in MODELS.items()],
        "mcp_servers": _mcp_servers(servers, python),
        "litellm_settings": {"telemetry": False},
    }


def _mcp_servers(servers: Servers, python: Path) -> dict[str, object]:
    stdio: dict[str, object] = {"transport": "stdio", "command": str(python), "alias": "local"}
    return {
        "alpha": _over_http(servers.alpha, description="Tools over http"),
        "beta": _over_http(servers.beta),
        "local_tools": {**stdio, "args": ["-I", _STDIO_PROGRAM], "allow_all_keys": True},
        "guarded": _over_http(servers.guarded, auth_type="bearer_token"),
        "limited": _over_http(
            servers.guarded, auth_type="bearer_token", auth_value=TOKEN, allowed_tools=LIMITED_TO
        ),
        "dead": _over_http(servers.dead),
    }


def _over_http(url: str, **more: str | Sequence[str]) -> dict[str, object]:
    return {"url": url, "transport": "http", "allow_all_keys": True, **more}
