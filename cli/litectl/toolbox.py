"""
Which tools there are, for this run: the list of its proxy, cached or fetched.

The edge that joins options, variables and the caller to `litectl.mcp`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litectl.mcp.tools import ToolList
    from litectl.proxy import Proxy
    from litectl.runtime import Runtime


class Toolbox:
    """The tools of the proxy and credential of a run."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    def current(self) -> "ToolList":
        """Return the list to use now, cached or fetched as the rules of the model list say."""
        return self.cached() or self.fetch()

    def cached(self) -> "ToolList | None":
        """Return the cached list, however old; None when there is no usable one. The proxy is never asked."""
        return None

    def fetch(self, proxy: "Proxy | None" = None) -> "ToolList":
        """Ask *proxy*, or the one of this run, which tools there are now, and keep the list."""
        from litectl.mcp.listing import LIST_SECONDS, fetch_tools

        if proxy is None:
            with self._runtime.open_proxy() as opened:
                return self.fetch(opened)
        seconds = self._runtime.options.timeout or LIST_SECONDS
        return fetch_tools(proxy, seconds=seconds, now=self._runtime.now())
