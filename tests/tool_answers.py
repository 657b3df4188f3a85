"""A tool list as the fake proxy tells it, read without the rules for what other proxies send."""

from collections.abc import Mapping
from typing import Any

import pytest

from fake_proxy import FakeProxy, json_answer
from litectl.mcp import listing
from litectl.mcp.tools import Outcome, Tool, ToolList
from litectl.wire.proxy import Proxy


def on_tools(
    monkeypatch: pytest.MonkeyPatch, fake: FakeProxy, tools: Mapping[str, list[str]], *, failed: str = ""
) -> None:
    """List the names *tools* of each server from now on; the server *failed* does not answer."""
    fake.on("GET", listing.PATH, json_answer({"tools": tools, "failed": failed}))
    monkeypatch.setattr(listing, "fetch_tools", _fetch_tools)


def _fetch_tools(proxy: Proxy, *, seconds: float, now: float) -> ToolList:
    document: Any = proxy.get_json(listing.PATH, seconds=seconds).document
    tools = [Tool(name, server, server) for server, names in document["tools"].items() for name in names]
    outcomes = [Outcome(server, "ok", len(names)) for server, names in document["tools"].items()]
    if document["failed"]:
        outcomes.append(Outcome(document["failed"], "unreachable"))
    return ToolList(now, tools, outcomes, len(tools))
