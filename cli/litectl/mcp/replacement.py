"""A fetched tool list in the place of the cached one: whether it may be, and what it takes over."""

from litectl.mcp.limits import MOST_TOOLS
from litectl.mcp.tools import OK, ToolList
from litectl.storage import kept


def accepted(new: ToolList, old: ToolList | None) -> ToolList:
    """Return *new*, `completed`; raises `ProxyError` when it has no tools and the *old* one has."""
    if old is not None:
        kept.require_any(new.tools, old.tools, "tools")
    return completed(new, old)


def completed(new: ToolList, old: ToolList | None) -> ToolList:
    """
    Return *new* with the tools that the *old* list has of servers that did not answer this time.

    They may be there again a moment later, and are taken over once: from a list of the last week
    in which the server itself listed them. The outcome of the server says that it failed. What is taken
    over counts as received, since it was.
    """
    if old is None or not kept.may_know_more(old, new):
        return new
    answered = {outcome.server for outcome in old.outcomes if outcome.status == OK}
    silent = {outcome.server for outcome in new.failed} & answered
    listed = {(tool.server_id, tool.name) for tool in new.tools}  # a server may fail after some of its tools
    taken = [
        tool
        for tool in old.tools
        if not silent.isdisjoint(tool.server_names) and (tool.server_id, tool.name) not in listed
    ]
    del taken[max(MOST_TOOLS - len(new.tools), 0) :]
    tools = sorted([*new.tools, *taken], key=lambda tool: (tool.server, tool.name))
    return new._replace(tools=tools, received=new.received + len(taken))
