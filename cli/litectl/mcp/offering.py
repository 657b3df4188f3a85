"""Tools as a model is offered them: which ones, what it calls them, and their definitions. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import groupby

from litectl.mcp.tools import Outcome, Tool, ToolList

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what OpenAI and Anthropic take
_ODD = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST = 64
_DIGITS = 8  # of a hash, where names would be the same
_NO_ARGUMENTS: Mapping[str, object] = {"type": "object", "properties": {}}


def is_pattern(name: str) -> bool:
    """Tell whether *name* stands for any names that look like it."""
    return "*" in name or "?" in name


def found_by(listed: ToolList, name: str) -> list[Tool]:
    """
    Return those of the *listed* tools that *name* names, in which only `*` and `?` are special.

    It is a server, else `server/tool`, else a tool: a server may call its tools what it likes,
    and takes the place of no other one by that.
    """
    pattern = name.replace("[", "[[]")
    kinds: list[Callable[[Tool], Sequence[str]]] = [lambda tool: tool.server_names, lambda tool: tool.paths]
    is_path = listed.is_below_server(name) or ("/" in name and is_pattern(name))
    if not is_path:
        kinds.append(lambda tool: [tool.name])
    for names_of in kinds:
        if found := [
            tool for tool in listed.tools if any(fnmatchcase(each, pattern) for each in names_of(tool))
        ]:
            return found
    return []


def failed_by(listed: ToolList, names: Sequence[str]) -> list[Outcome]:
    """Return how those servers of *listed* failed whose tools the patterns among *names* would name."""
    patterns = [name.partition("/")[0].replace("[", "[[]") for name in names if is_pattern(name)]
    return [
        outcome for outcome in listed.failed if any(fnmatchcase(outcome.server, each) for each in patterns)
    ]


def named(listed: ToolList, names: Sequence[str]) -> list[Tool]:
    """Return those of the *listed* tools that any of *names* names."""
    found = {identity(tool) for name in names for tool in found_by(listed, name)}
    return [tool for tool in listed.tools if identity(tool) in found]


def identity(tool: Tool) -> tuple[str, str]:
    """Return what tells *tool* from all others."""
    return tool.server_id, tool.name


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


def references(chosen: Sequence[Tool]) -> list[dict[str, object]]:
    """
    Return the `mcp` tools that let the proxy itself list and run the *chosen* ones.

    Each is named, since the proxy lists them anew, and a server may have others by then.
    """
    return [
        {
            "type": "mcp",
            "server_label": "litellm",
            "server_url": f"litellm_proxy/mcp/{server}",
            "require_approval": "never",
            "allowed_tools": [tool.name for tool in group],
        }
        for server, group in groupby(sorted(chosen, key=_server_of), key=_server_of)
    ]


def _server_of(tool: Tool) -> str:
    return tool.server


def _hash(tool: Tool) -> str:
    return sha256(
        f"{tool.server_id}\0{tool.server}\0{tool.name}".encode("utf-8", "backslashreplace")
    ).hexdigest()[:_DIGITS]
