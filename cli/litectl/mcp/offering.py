"""Tools as a model is offered them: which ones, what it calls them, and their definitions. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import groupby

from litectl.mcp.tools import Tool

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what OpenAI and Anthropic take
_ODD = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST = 64
_DIGITS = 8  # of a hash, where names would be the same
_NO_ARGUMENTS: Mapping[str, object] = {"type": "object", "properties": {}}


def matches(pattern: str, tool: Tool) -> bool:
    """Tell whether *pattern*, with `*` and `?` as in a shell, names *tool*, its server, or `server/tool`."""
    names = (tool.name, tool.path, tool.server, tool.server_name, tool.server_id)
    return any(fnmatchcase(name, pattern) for name in names if name)


def named(tools: Iterable[Tool], patterns: Sequence[str]) -> list[Tool]:
    """Return those of *tools* that any of *patterns* names."""
    return [tool for tool in tools if any(matches(pattern, tool) for pattern in patterns)]


def by_wire_name(tools: Sequence[Tool]) -> dict[str, Tool]:
    """
    Return *tools* by the names that a model calls them by.

    A tool's own name where no other one has it and every provider takes it, else
    `server-tool` without odd characters, and with a hash where that is too long or not the only one.
    """
    uses = Counter(tool.name for tool in tools)
    free = {tool.name: tool for tool in tools if uses[tool.name] == 1 and _NAME.fullmatch(tool.name)}
    others = [tool for tool in tools if free.get(tool.name) is not tool]
    plain = [_ODD.sub("_", f"{tool.server}-{tool.name}") for tool in others]
    taken = Counter([*free, *plain])
    for tool, name in zip(others, plain, strict=True):
        is_clear = taken[name] == 1 and len(name) <= _LONGEST
        free[name if is_clear else f"{name[: _LONGEST - _DIGITS - 1]}-{_hash(tool)}"] = tool
    return free


def definitions(tools: Mapping[str, Tool]) -> list[dict[str, object]]:
    """Return the definitions of *tools* by their wire names, in the words of chat completions."""
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": tool.description,
                "parameters": dict(tool.schema or _NO_ARGUMENTS),
            },
        }
        for name, tool in tools.items()
    ]


def references(chosen: Sequence[Tool], listed: Sequence[Tool]) -> list[dict[str, object]]:
    """
    Return the `mcp` tools that let the proxy itself list and run the *chosen* ones of those *listed*.

    A server whose tools are all chosen is named alone.
    """
    offered = Counter(tool.server for tool in listed)
    found: list[dict[str, object]] = []
    for server, group in groupby(sorted(chosen, key=_server_of), key=_server_of):
        names = [tool.name for tool in group]
        reference: dict[str, object] = {
            "type": "mcp",
            "server_label": "litellm",
            "server_url": f"litellm_proxy/mcp/{server}",
            "require_approval": "never",
        }
        if len(names) < offered[server]:
            reference["allowed_tools"] = names
        found.append(reference)
    return found


def _server_of(tool: Tool) -> str:
    return tool.server


def _hash(tool: Tool) -> str:
    return sha256(
        f"{tool.server_id}\0{tool.server}\0{tool.name}".encode("utf-8", "backslashreplace")
    ).hexdigest()[:_DIGITS]
