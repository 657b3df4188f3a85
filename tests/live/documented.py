"""
The world of the documentation: the proxy that its pages speak of, and what a reader has at hand.

The proxy has the mock models of the sandbox, and those the pages name, which repeat what they are told and
call the tools that they are told to call (see `live.upstream`). A page begins in a directory of its own
with the files that its commands read.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litectl.sandbox.models import EMBEDDER, EMBEDDER_FILE
from litectl.sandbox.models import configuration as mock_models
from live import tracker
from live.behind import entry
from live.mcp_tools import PNG
from live.upstream_errors import ANTHROPIC, OPENAI, SECRET

REPOSITORY = Path(__file__).parents[2]
DEFAULT_MODEL = "gpt-5.2"
SKILL = "summarise"
_PRICES = {"input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05}  # US dollars
_LEVELS = {"supports_reasoning": True, "supports_vision": True, "supports_function_calling": True}
_MODELS = {
    "gpt-5.2": (OPENAI, "chat"),
    "gpt-5-mini": (OPENAI, "chat"),
    "claude-sonnet-4-5": (ANTHROPIC, "chat"),
    "claude-haiku-4-5": (ANTHROPIC, "chat"),
    "text-embedding-3-small": (OPENAI, "embedding"),
}
# A command that prints a key, or takes what it is given, and is not everywhere.
_KEY_PRINTERS = ("pass", "vault", "op", "gcloud", "secret-tool")
_TAKERS = ("mail", "logger", "notify-send")
_TICKETS = "41\n42\n"
_TEXTS = {
    "app.log": "10:00 started\n10:05 error: disk is full\n10:06 stopped\n",
    "notes.md": "# Notes\n\nRivers run to the sea.\n",
    "chapter-1.md": "A river.\n",
    "chapter-2.md": "A mountain.\n",
    "lines.txt": "A river\nA mountain\n",
    "words": "river\nmountain\n",
    "ids": _TICKETS,
    "main.py": 'print("Hello")\n',
    "request.json": '{"model": "gpt-5.2", "messages": [{"role": "user", "content": "Hi"}]}\n',
    "in.jsonl": "{}\n",
    "summarise/SKILL.md": "---\nname: summarise\ndescription: Says it in a few lines\n---\n\nBe short.\n",
    ".gitignore": "env.sh\nkey\n",
}
_NUMBERS = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
_FUNCTION = {"name": "add", "description": "Add two integers", "parameters": _NUMBERS}
TOOLS = [{"type": "function", "function": _FUNCTION}]


def configuration(directory: Path, upstream: str, python: Path) -> Path:
    """Write the configuration of the proxy into *directory* and return its path."""
    command = (str(python), "-I", tracker.__file__)
    document: dict[str, Any] = mock_models(command)
    for name, (provider, mode) in _MODELS.items():
        model = entry(name, upstream, provider, name, **(_PRICES if mode == "chat" else {}))
        limits = {"max_input_tokens": 200000, "max_output_tokens": 32000, **_LEVELS}
        document["model_list"].append(
            model | {"model_info": {"mode": mode, **(limits if mode == "chat" else {})}}
        )
    document["mcp_servers"] = {"tracker": document["mcp_servers"].pop("sandbox")}
    (directory / EMBEDDER_FILE).write_text(EMBEDDER)
    path = directory / "config.yaml"
    path.write_text(json.dumps(document))
    return path


def settings(upstream: str) -> dict[str, str]:
    """Return what the proxy finds in its environment: its account at Anthropic, which is at *upstream*."""
    account = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_API_BASE": f"{upstream}/anthropic"}
    return {"LITELLM_ENABLE_MCP_STDIO": "true", **account}


def variables(home: Path, root: str, key: str) -> dict[str, str]:
    """Return the environment of a reader at *home*, who has *key* for the proxy at *root*."""
    programs = home / ".programs"
    return {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PROXY": root,
        "OTHER": other_address(root),
        "PROXY_KEY": key,
        "LAB_KEY": key,
        "TEAM": "red",
    }


def other_address(root: str) -> str:
    """Return another address of the proxy at *root*."""
    return root.replace("127.0.0.1", "localhost")


def furnish(home: Path, environ: Mapping[str, str], sandbox: Path) -> Path:
    """
    Make the home of a reader whose environment is *environ*, and return where the page begins.

    It has the *sandbox* as a link, so that a page may remove what litectl keeps.
    """
    directory = home / "work"
    data = home / ".local/share/litectl"
    data.mkdir(parents=True)
    (data / "sandbox").symlink_to(sandbox)
    for name, text in _TEXTS.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (directory / "photo.png").write_bytes(PNG)
    (directory / "tools.json").write_text(json.dumps(TOOLS))
    (directory / "key").write_text(environ["PROXY_KEY"])
    for name in ("examples", "completions"):
        (directory / name).symlink_to(REPOSITORY / name)
    _programs(home / ".programs")
    _changed_checkout(directory, environ)
    return directory


def _programs(directory: Path) -> None:
    directory.mkdir()
    lines = {"litectl": f'exec {sys.executable} -m litectl "$@"'}
    lines |= dict.fromkeys(_KEY_PRINTERS, 'echo "$PROXY_KEY"') | dict.fromkeys(_TAKERS, "cat >/dev/null")
    for name, line in lines.items():
        path = directory / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)


def _changed_checkout(directory: Path, environ: Mapping[str, str]) -> None:
    """Make *directory* a checkout of git in which a file has changed."""
    who = ("-c", "user.name=Me", "-c", "user.email=me@example.com")
    for arguments in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *arguments], cwd=directory, env=environ, check=True, stdin=subprocess.DEVNULL)
    (directory / "main.py").write_text('print("Hello, world")\n')
