"""Calls a tool, exactly once: nobody knows what a tool does, so what was sent is never sent again."""

import re
from collections.abc import Mapping
from functools import partial

from litectl.errors import (
    ContextError,
    IncompleteError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    ProxyError,
    RateLimitError,
    Stopped,
    TimedOutError,
    ToolError,
    UpstreamError,
)
from litectl.failures.envelopes import readable
from litectl.mcp.arguments import show_command
from litectl.mcp.refusals import refusal_of
from litectl.mcp.result import ToolResult, bounded, for_model, plain_text, result_of
from litectl.mcp.servers import SERVER_CREDENTIAL, header_hint
from litectl.mcp.tools import Tool
from litectl.text.jsontext import number
from litectl.wire.proxy import Proxy

PATH = "/mcp-rest/tools/call"
CALL_SECONDS = 120.0  # the proxy gives a server 60
_UNKNOWN = "the tool may have run all the same, so its outcome is unknown"
_LOOK = "see whether it ran before you call it again"
_UNAVAILABLE = 503  # of a proxy, or of what is before it, that passed nothing on
# How the proxy, and no tool, says that a server refused what it was sent.
_REFUSED_UPSTREAM = re.compile(r"HTTPStatusError: Client error '40[13]\b[^\n]{0,60} for url\b")


def call_tool(
    proxy: Proxy, tool: Tool, arguments: Mapping[str, object], *, seconds: float = CALL_SECONDS
) -> ToolResult:
    """
    Return what *tool* gives for *arguments*, within *seconds*.

    Raises `ToolError` when the tool says that it failed; otherwise as `try_tool`.
    """
    result = try_tool(proxy, tool, arguments, seconds=seconds)
    if result.is_error:
        raise _failure(tool, result, proxy)
    return result


def try_tool(
    proxy: Proxy, tool: Tool, arguments: Mapping[str, object], *, seconds: float = CALL_SECONDS
) -> ToolResult:
    """
    Return the result as `call_tool`, also one that says that the tool failed.

    Raises what `refusal_of` makes of a refusal, `NotAllowedError` when the server refused the credential,
    and what `Proxy.send` raises. Where the tool may have run although no result came, the message says so.
    """
    document = {"server_id": tool.server_id, "name": tool.name, "arguments": dict(arguments)}
    refusal = partial(refusal_of, root=proxy.root, server=tool.server)
    try:
        answer = proxy.send("POST", PATH, document=document, seconds=seconds, refusal=refusal)
        result = result_of(answer.document)
    except Stopped as stopped:
        error = stopped.error
        raise Stopped(type(error)(f"{error.message}; {_UNKNOWN}", hint=_LOOK)) from stopped
    except LitectlError as error:
        if not may_have_run(error):
            error.hint = _hint(error)
            raise
        # What a class says by itself is to try again, which is what has to be thought over here.
        own = error.hint if isinstance(error, TimedOutError) or error.hint != type(error).hint else None
        raise type(error)(
            f"{error.message}; {_UNKNOWN}",
            hint="; ".join(filter(None, [own, _LOOK])),
            details=error.details,
        ) from error
    if result.is_error and _REFUSED_UPSTREAM.match(result.text):
        raise _refused(tool, result, proxy)
    return result


def _hint(error: LitectlError) -> str | None:
    """Return the hint of *error*, which may be for a question to a model, as one for a call."""
    if isinstance(error, ContextError):
        return "send shorter arguments"
    if isinstance(error, RateLimitError):
        seconds = number(error.details.get("retry_after"))
        wait = "wait" if seconds is None else f"wait {seconds:g} seconds"
        return f"{wait} and call it again; or ask the operator of the proxy for a higher limit"
    return error.hint


def may_have_run(error: LitectlError) -> bool:
    """Tell whether the tool may have run, for all that the *error* of its call says."""
    if isinstance(error, NetworkError):
        return error.was_sent
    if isinstance(error, UpstreamError):
        return error.details.get("status") != _UNAVAILABLE
    # An answer that is none has no status: only a failure tells it.
    return isinstance(error, IncompleteError | ProxyError) and "status" not in error.details


def _failure(tool: Tool, result: ToolResult, proxy: Proxy) -> ToolError:
    said, details = _told(result, proxy)
    return ToolError(
        f"the tool `{readable(tool.name)}` failed: {said or 'it does not say why'}",
        hint=f"see its arguments with `{show_command(tool.path)}`",
        details=details,
    )


def _refused(tool: Tool, result: ToolResult, proxy: Proxy) -> NotAllowedError:
    said, details = _told(result, proxy)
    return NotAllowedError(
        f"the MCP server refused its credential, or wants one: {said}",
        hint=header_hint(tool.server),
        details={"reason": SERVER_CREDENTIAL, **details},
    )


def _told(result: ToolResult, proxy: Proxy) -> tuple[str, dict[str, object]]:
    """Return what *result* says in one line, and as the details of an error."""
    text = proxy.without_secrets(plain_text(result))  # before it is cut, since a part is found by no mask
    return readable(text), {
        "text": for_model(result._replace(text=text)),
        "result": bounded(result.document),
    }
