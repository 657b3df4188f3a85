"""Asks a proxy which tools its servers offer, and which servers there are."""

from collections.abc import Callable

from litectl.errors import LitectlError, NetworkError
from litectl.mcp.entries import tools_in
from litectl.mcp.limits import BODY_LIMIT
from litectl.mcp.servers import Server, servers_in
from litectl.mcp.tools import ToolList
from litectl.wire.proxy import Proxy

PATH = "/mcp-rest/tools/list"
SERVERS_PATH = "/v1/mcp/server"
LIST_SECONDS = 35.0  # the proxy gives its servers 30
SERVERS_SECONDS = 10.0  # for which it asks nobody


def fetch_tools(proxy: Proxy, *, seconds: float, now: float) -> ToolList:
    """
    Return the tools that the *proxy* lists at *now*, seconds since 1970, within *seconds*.

    Raises as `Proxy.get_json` and `entries.tools_in` do.
    """
    return tools_in(proxy.get_json(PATH, seconds=seconds, limit=BODY_LIMIT, is_kept=True).document, now)


def fetch_servers(
    proxy: Proxy, *, seconds: float = SERVERS_SECONDS, trace: Callable[[str], None] = lambda _: None
) -> list[Server]:
    """
    Return what the *proxy* says of its servers, within *seconds*; nothing where this key may not know.

    *trace* is told why there is nothing. Raises `NetworkError`.
    """
    try:
        answer = proxy.get_json(SERVERS_PATH, seconds=seconds, limit=BODY_LIMIT, is_kept=True)
        return servers_in(answer.document)
    except NetworkError:
        raise
    except LitectlError as error:  # the tools are listed, which is what counts
        trace(f"the servers are not described: {error.message}")
        return []
