"""Calls a tool, exactly once: nobody knows what a tool does, so what was sent is never sent again."""

import re
from collections.abc import Mapping
from functools import partial

from litectl.envelopes import readable
from litectl.errors import (
    ContextError,
    IncompleteError,
    LitectlError,
    NetworkError,
    ProxyError,
    RateLimitError,
    Stopped,
    TimedOutError,
    ToolError,
    UnreachableError,
    UpstreamError,
)
from litectl.jsontext import number
from litectl.mcp.refusals import SERVER_HEADER_HINT, refusal_of
from litectl.mcp.result import ToolResult, bounded, for_model, plain_text, result_of
from litectl.proxy import Proxy

PATH = "/mcp-rest/tools/call"
CALL_SECONDS = 120.0  # the proxy gives a server 60
_UNKNOWN = "the tool may have run all the same, so its outcome is unknown"
_LOOK = "see whether it ran before you call it again"
# What httpx calls the failures of a connection over which nothing was sent yet.
_UNSENT = {"ConnectError", "ConnectTimeout", "ProxyError"}
_UNAVAILABLE = 503  # of a proxy, or of what is before it, that passed nothing on
_REFUSED_UPSTREAM = re.compile(r"\b40[13]\b[^\n]{0,60} for url\b", re.IGNORECASE)


def call_tool(
    proxy: Proxy, server: str, name: str, arguments: Mapping[str, object], *, seconds: float = CALL_SECONDS
) -> ToolResult:
    """
    Return what the tool *name* of *server*, its id or name, gives for *arguments*, within *seconds*.

    Raises `ToolError` when the tool says that it failed; otherwise as `try_tool`.
    """
    result = try_tool(proxy, server, name, arguments, seconds=seconds)
    if result.is_error:
        raise _failure(name, result, proxy)
    return result


def try_tool(
    proxy: Proxy, server: str, name: str, arguments: Mapping[str, object], *, seconds: float = CALL_SECONDS
) -> ToolResult:
    """
    Return the result as `call_tool`, also one that says that the tool failed.

    Raises what `refusal_of` makes of a refusal and what `Proxy.send` raises. Where the tool may have run
    although no result came, the message says so.
    """
    document = {"server_id": server, "name": name, "arguments": dict(arguments)}
    refusal = partial(refusal_of, root=proxy.root)
    try:
        answer = proxy.send("POST", PATH, document=document, seconds=seconds, refusal=refusal)
        return result_of(answer.document)
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
        return not isinstance(error, UnreachableError) and type(error.__cause__).__name__ not in _UNSENT
    if isinstance(error, UpstreamError):
        return error.details.get("status") != _UNAVAILABLE
    # An answer that is none has no status: only a failure tells it.
    return isinstance(error, IncompleteError | ProxyError) and "status" not in error.details


def _failure(name: str, result: ToolResult, proxy: Proxy) -> ToolError:
    text = proxy.without_secrets(plain_text(result))  # before it is cut, since a part is found by no mask
    said = readable(text) or "it does not say why"
    return ToolError(
        f"the tool `{readable(name)}` failed: {said}",
        hint=SERVER_HEADER_HINT if _REFUSED_UPSTREAM.search(text) else None,
        details={"text": for_model(result._replace(text=text)), "result": bounded(result.document)},
    )
