"""The tools that the servers behind a proxy offer, and how it went to ask these. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

OK = "ok"  # the status of a server that listed its tools


class Tool(NamedTuple):
    """
    A tool of a server behind the proxy.

    *server* is how the server is called: its alias, else its name (*server_name*), else its id.
    *schema* is the JSON Schema of the arguments as it was listed. *problem* says why they cannot
    be checked, so that the tool can only be called with `--no-check`; it is empty for no problem.
    """

    name: str
    server: str
    server_id: str
    server_name: str = ""
    description: str = ""
    schema: Mapping[str, object] = MappingProxyType({})
    problem: str = ""

    @property
    def path(self) -> str:
        """The name that no other tool has: `server/tool`."""
        return f"{self.server}/{self.name}"


class Outcome(NamedTuple):
    """How the listing of one *server* ended: `ok`, or LiteLLM's word for the failure."""

    server: str
    status: str
    tools: int | None = None
    http_status: int | None = None


class ToolList(NamedTuple):
    """
    The tools of a proxy, fetched at *fetched_at*, seconds since 1970.

    *received* entries were in the answer: those of *tools*, and those that were *left_out*, which
    are counted by the reason.
    """

    fetched_at: float
    tools: Sequence[Tool]
    outcomes: Sequence[Outcome] = ()
    received: int = 0
    left_out: Mapping[str, int] = MappingProxyType({})

    @property
    def failed(self) -> list[Outcome]:
        """The servers that did not list their tools."""
        return [outcome for outcome in self.outcomes if outcome.status != OK]

    def find(self, name: str, server: str | None = None) -> list[Tool]:
        """
        Return the tools called *name*, on *server* only where one is named (by alias, name or id).

        Without one `server/tool` is a name, too.
        """
        named = [tool for tool in self.tools if tool.name == name and _is_on(tool, server)]
        if named or server is not None:
            return named
        # The names of servers may have a slash as well.
        return [
            tool
            for tool in self.tools
            if name.endswith(f"/{tool.name}") and _is_on(tool, name[: -len(tool.name) - 1])
        ]


def _is_on(tool: Tool, server: str | None) -> bool:
    return server is None or server in (tool.server, tool.server_name, tool.server_id)
