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

    @property
    def server_names(self) -> list[str]:
        """What its server may be called by: alias, name and id."""
        return [name for name in (self.server, self.server_name, self.server_id) if name]

    @property
    def paths(self) -> list[str]:
        """Its path by each of these names, which may have a slash themselves."""
        return [f"{server}/{self.name}" for server in self.server_names]


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

    @property
    def server_names(self) -> set[str]:
        """What the servers may be called by: alias, name and id, of those that failed what is told."""
        named = {outcome.server for outcome in self.outcomes}
        return named.union(server for tool in self.tools for server in tool.server_names)

    def find(self, name: str, server: str | None = None) -> list[Tool]:
        """
        Return the tools called *name*, on *server* only where one is named (by alias, name or id).

        Without one `server/tool` is a name, too, and before a tool that another server calls so.
        """
        if server is None and (found := [tool for tool in self.tools if name in tool.paths]):
            return found
        if server is None and self.is_below_server(name):
            return []
        return [
            tool
            for tool in self.tools
            if tool.name == name and (server is None or server in tool.server_names)
        ]

    def is_below_server(self, name: str) -> bool:
        """
        Tell whether *name* begins with a server and a slash, so that it is no tool of another one.

        Servers that did not list their tools count, too: nobody takes their place meanwhile.
        """
        return any(name.startswith(f"{server}/") for server in self.server_names)
