"""
Which tools there are, for this run: the list of its proxy, cached or fetched as the rules of the cache say.

The edge that joins options, variables and the caller to `litectl.mcp`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from litectl.errors import ConfigError, LitectlError, PartialError
from litectl.run.lister import is_there, settled

if TYPE_CHECKING:
    from litectl.mcp.cache import ToolCache
    from litectl.mcp.servers import Server
    from litectl.mcp.tools import Outcome, ToolList
    from litectl.run.runtime import Runtime
    from litectl.terminal.terminal import Terminal
    from litectl.wire.proxy import Proxy

_MOST_HINTS = 3  # in one line


class Toolbox:
    """The tools of the proxy and credential of a run."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self.has_asked = False  # whether the proxy was asked for its tools
        self.header_servers: Sequence[str] = ()  # that a header of the caller is for

    @property
    def cache(self) -> "ToolCache | None":
        """The cached list; None where nothing can be kept."""
        return self._runtime.lister.where_kept(self.require_cache)

    def require_cache(self) -> "ToolCache":
        """Return the cached list; raises `ConfigError` where nothing can be kept."""
        from litectl.mcp.cache import ToolCache

        runtime = self._runtime
        return ToolCache(runtime.paths.tool_lists, runtime.lister.fingerprint(), runtime.target.root)

    def current(self) -> "ToolList":
        """Return the list to use now, cached or fetched as the rules of the model list say."""
        from litectl.storage.kept import current

        policy = self._runtime.lister.policy("tool list", self._seconds)
        listed = settled(lambda: current(self.cache, self._accepted, policy, self._runtime.now()))
        self._tell_strangers(listed)
        return listed

    def cached(self) -> "ToolList | None":
        """Return the cached list, however old; None when there is no usable one. The proxy is never asked."""
        listed = self._kept()
        if listed is not None:
            self._tell_strangers(listed)
        return listed

    def _kept(self) -> "ToolList | None":
        if not is_there(lambda: self._runtime.paths.tool_lists):
            return None
        from litectl.storage.kept import read_usable

        return read_usable(self.cache)

    def fetch(self, proxy: "Proxy | None" = None) -> "ToolList":
        """Ask *proxy*, or the one of this run, which tools there are now, and keep the list."""
        if proxy is None:
            with self._runtime.open_proxy() as opened:
                return self.fetch(opened)
        from litectl.mcp.replacement import completed

        fetched = self._fetched(proxy)
        self._tell_strangers(fetched)
        cache = self.cache
        if cache is None:
            return fetched
        listed = completed(fetched, self._kept())
        try:
            cache.write(listed)
        except ConfigError as error:
            self._runtime.terminal.trace(f"the tool list is not kept: {error.message}")
        return listed

    def _tell_strangers(self, listed: "ToolList") -> None:
        """Warn once of a header for a server that *listed* does not have; its credential reaches nobody."""
        wanted, self.header_servers = self.header_servers, ()
        if not wanted:
            return
        from litectl.text.nearness import did_you_mean, near

        known = {name.lower() for name in listed.server_names}  # as names of headers are compared
        for name in wanted:
            if name.lower() not in known:
                meant = did_you_mean(near(name, {outcome.server for outcome in listed.outcomes}))
                self._runtime.terminal.warn(
                    f"no MCP server is called `{name}`, so it gets no header: "
                    f"{meant or 'see them with `litectl mcp servers`'}"
                )

    def servers(self) -> "Sequence[Server]":
        """Ask what servers there are, to explain a failure: nothing where that cannot be asked."""
        from litectl.mcp.listing import fetch_servers

        try:
            with self._runtime.open_proxy() as proxy:
                return fetch_servers(proxy, trace=self._runtime.terminal.trace)
        except LitectlError as error:
            self._runtime.terminal.trace(f"the servers are not described: {error.message}")
            return ()

    def refresh(self) -> "ToolList":
        """Fetch the list and keep it; raises what goes wrong, also when the old list is to stay."""
        from litectl.storage.kept import refresh

        waiting = self._runtime.terminal.waiting
        new, _ = settled(lambda: refresh(self.require_cache(), self._accepted, self._runtime.now, waiting))
        return new

    def _accepted(self, old: "ToolList | None") -> "ToolList":
        """Ask the proxy; raises also when the *old* list is to stay."""
        from litectl.mcp.replacement import accepted

        with self._runtime.lister.asked_as_expected() as proxy:
            return accepted(self._fetched(proxy), old)

    def _fetched(self, proxy: "Proxy") -> "ToolList":
        from litectl.mcp.listing import fetch_tools

        self.has_asked = True
        return fetch_tools(proxy, seconds=self._seconds(), now=self._runtime.now())

    def _seconds(self) -> float:
        """The limit of a fetch; longer than that of models, since the proxy waits for its servers."""
        from litectl.mcp.listing import LIST_SECONDS

        return self._runtime.options.timeout or LIST_SECONDS


def tell_failures(
    terminal: "Terminal", failed: "Sequence[Outcome]", hints: Sequence[str], *, strict: bool
) -> None:
    """Warn of the servers that *failed*, with *hints*; where it is *strict*, raise `PartialError`."""
    from litectl.mcp.servers import failures

    problem = failures(failed)
    if problem is None:
        return
    if strict:
        otherwise = "tell the operator of the proxy, or leave `--strict` out"
        raise PartialError(problem, hint="; ".join([*hints[:_MOST_HINTS], otherwise]))
    terminal.warn(problem)
    for hint in hints:
        terminal.note(hint)
