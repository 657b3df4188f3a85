"""
Which tools a model is offered, and who runs the calls it makes of them: this program, or the proxy.

The edge that joins the options of `ask` and the list of tools to `litectl.mcp`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import IncompleteError, NotAllowedError, NotFoundError, UsageError
from litectl.failures.envelopes import readable

if TYPE_CHECKING:
    from litectl.exchange.answer import Answer
    from litectl.mcp.servers import Server
    from litectl.mcp.tools import Tool, ToolList
    from litectl.run.runtime import Runtime

LOCAL, PROXY = "local", "proxy"
ENGINES = (LOCAL, PROXY)


class ToolUse(NamedTuple):
    """
    The options that say which tools a model may use: *names* of tools and servers, with `*` and `?`.

    *engine* runs the calls. Run here, they take *max_steps* turns of the model at most, *confirm* has
    a person asked before each, and those that *allow* names run unasked.
    """

    names: Sequence[str] = ()
    engine: str = LOCAL
    max_steps: int | None = None
    confirm: bool = False
    allow: Sequence[str] = ()


class Offer(NamedTuple):
    """
    What a model is offered: *definitions*, and *tools* by the names in these where the calls are run here.

    *use* is how they may be used, *allowed* the identities of those that `--allow` names.
    """

    definitions: Sequence[Mapping[str, object]]
    use: ToolUse
    tools: "Mapping[str, Tool]"
    allowed: Collection[tuple[str, str]] = ()

    @property
    def is_local(self) -> bool:
        """Whether the calls are run here, and not by the proxy."""
        return self.use.engine == LOCAL


def offer_of(runtime: "Runtime", use: ToolUse) -> Offer | None:
    """Return what *use* offers, None for nothing; raises `UsageError` and `NotFoundError`."""
    _require_sense(runtime, use)
    if not use.names:
        return None
    from litectl.mcp.offering import by_wire_name, definitions, references

    listed = _listed(runtime, use.names)
    chosen = _chosen(runtime, listed, use.names)
    if use.engine == PROXY:
        return Offer(references(chosen), use, {})
    tools = by_wire_name(chosen)
    return Offer(definitions(tools), use, tools, _allowed(runtime, listed._replace(tools=chosen), use.allow))


def _listed(runtime: "Runtime", names: Sequence[str]) -> "ToolList":
    """Return the list of tools: a new one where the kept one has nothing that one of *names* names."""
    from litectl.mcp.offering import found_by

    started = runtime.now()
    listed = runtime.toolbox.current()
    is_kept = listed.fetched_at < started and not runtime.offline
    if is_kept and not all(found_by(listed, name) for name in names):
        return runtime.toolbox.fetch()
    return listed


def _require_sense(runtime: "Runtime", use: ToolUse) -> None:
    """Raise `UsageError` for options that cannot be kept."""
    if use.engine not in ENGINES:
        raise UsageError(f"unknown engine: {use.engine}", hint=f"`--engine` takes {' or '.join(ENGINES)}")
    kept = {"--max-steps": use.max_steps is not None, "--confirm": use.confirm, "--allow": bool(use.allow)}
    given = [option for option, is_given in kept.items() if is_given]
    if not use.names and (given or use.engine != LOCAL):
        raise UsageError(
            f"`{(given or ['--engine'])[0]}` is about the tools of `--mcp`",
            hint="name tools with `--mcp NAME`",
        )
    if use.engine == PROXY and given:
        raise UsageError(
            f"`{given[0]}` cannot be kept where the proxy runs the tools", hint="leave `--engine proxy` out"
        )
    if use.confirm and not use.allow and not runtime.terminal.can_prompt:
        raise UsageError(
            "nobody can be asked here before a call",
            hint="say what may run unasked with `--allow NAME`, or leave `--confirm` out",
        )


def _found(listed: "ToolList", name: str, servers: "Callable[[], Sequence[Server]]" = tuple) -> "list[Tool]":
    """
    Return the tools of *listed* that *name* names: those of a server, one, or what looks like a pattern.

    Raises `UsageError` for a tool that several servers have, the error of `servers.unlisted` for a server
    that failed, and `NotFoundError` for nothing. A server that has no tools is nothing, also where another
    one calls a tool so.
    """
    from litectl.mcp.choice import choose, outcome_of
    from litectl.mcp.offering import found_by, is_pattern
    from litectl.mcp.servers import unlisted
    from litectl.mcp.tools import OK

    found = found_by(listed, name)
    is_tool = not is_pattern(name) and not any(name in tool.server_names for tool in found)
    outcome = outcome_of(listed, name) if is_tool else None
    if outcome is not None and outcome.status != OK:
        raise unlisted(outcome, servers)
    if outcome is not None:
        raise NotFoundError(
            f"the server `{readable(name)}` has no tools", hint="see the servers with `litectl mcp servers`"
        )
    if not found and (is_pattern(name) or "/" not in name):
        raise _unknown(listed, name)
    return [choose(listed, name, servers=servers)] if is_tool else found


def _unknown(listed: "ToolList", name: str) -> NotFoundError:
    from litectl.text.nearness import did_you_mean, near

    servers = listed.server_names - {tool.server_id for tool in listed.tools}
    meant = near(name, servers) or near(name, {tool.name for tool in listed.tools})
    return NotFoundError(
        f"no MCP server or tool is called {readable(name)}",
        hint=did_you_mean(meant) or "see them with `litectl mcp tools`",
    )


def _allowed(runtime: "Runtime", offered: "ToolList", names: Sequence[str]) -> set[tuple[str, str]]:
    """Return the identities of the tools that *names* let run unasked; raises `UsageError`."""
    from litectl.mcp.offering import identity

    allowed: set[tuple[str, str]] = set()
    for name in names:
        try:
            allowed |= {identity(tool) for tool in _found(offered, name)}
        except (NotFoundError, NotAllowedError):
            runtime.terminal.warn(f"`--allow {name}` names none of the tools that are offered")
    return allowed


def _chosen(runtime: "Runtime", listed: "ToolList", names: Sequence[str]) -> "list[Tool]":
    """Return the tools that *names* name; raises as `_found`."""
    from litectl.mcp.offering import failed_by, named
    from litectl.mcp.servers import failures
    from litectl.text.jsontext import visible

    if sentence := failures(failed_by(listed, names)):
        runtime.terminal.warn(sentence)
    for name in names:
        _found(listed, name, runtime.toolbox.servers)
    chosen = named(listed, names)
    for tool in chosen:
        if tool.problem:
            runtime.terminal.warn(f"{visible(tool.path)} is not offered to the model: {tool.problem}")
    usable = [tool for tool in chosen if not tool.problem]
    if not usable:
        from litectl.mcp.arguments import show_command

        raise UsageError(
            "none of these tools can be offered to a model",
            hint=f"see why with `{show_command(chosen[0].path)}`",
        )
    return usable


def require_engine(protocol: str) -> None:
    """Raise `UsageError` for a wire protocol by which the proxy runs no tools."""
    from litectl.exchange.protocols import CHAT, MESSAGES

    if protocol == MESSAGES:
        raise UsageError(
            f"the proxy runs no tools by the protocol {protocol}",
            hint=f"say `--protocol {CHAT}`, or leave `--engine proxy` out",
        )


def without_own_calls(answer: "Answer") -> "Answer":
    """
    Return *answer* without the calls in it, which the proxy has run.

    Raises `IncompleteError` when it ended with calls instead of an answer.
    """
    if answer.is_blank:
        raise IncompleteError(
            "the proxy ended with calls of tools that it did not run",
            hint="ask again, or leave `--engine proxy` out",
            details=answer.so_far(),
        )
    answer.tool_calls = ()
    return answer
