"""The answers of a proxy about its MCP servers: what is read from them, whatever else they hold. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from litectl.errors import IncompleteError, LitectlError, NotAllowedError, ProxyError, UpstreamError
from litectl.failures.hints import GATEWAY_HINT
from litectl.failures.wording import readable
from litectl.mcp.limits import (
    MOST_ENTRIES,
    MOST_TOOLS,
    NAME_LIMIT,
    TOOL_NAME_LIMIT,
    checked,
    cut,
)
from litectl.mcp.tools import OK, Outcome, Tool, ToolList
from litectl.text.jsontext import object_of, text_in

INVALID, NO_SERVER, DUPLICATE, OVER_CAP = "invalid-tool", "no-server", "duplicate", "tool-cap"
UNKNOWN = "unknown"  # the status of a server of which nothing readable is told
_PARTIAL = "partial_failure"
_DENIED = "access_denied"
_NO_SERVERS = "key is not allowed to access any MCP servers"
_WRONG_ADDRESS = "'ip_filtering'"
_UNEXPECTED = "An unexpected error occurred: "
_OPERATOR_HINT = "ask the operator of the proxy for MCP servers"
_STATUS_LIMIT = 64  # characters

_Fields = Mapping[str, object]


class _Server(NamedTuple):
    """Whose a tool is: how the server is called, its id, and its own name, which may be empty."""

    label: str
    id: str
    name: str


def tools_in(document: object, fetched_at: float) -> ToolList:
    """
    Return the tools of the answer *document*, fetched at *fetched_at*, seconds since 1970.

    Sorted by server and name, since the order on the wire is none. Raises the error that an
    answer carries in spite of its HTTP 200, `IncompleteError` for what is no such answer,
    and `ProxyError` for a list that is too long to be looked at.
    """
    fields = object_of(document)
    if error := _error_in(fields):
        raise error
    raw = document if isinstance(document, list) else fields.get("tools")
    if not isinstance(raw, list):
        raise IncompleteError("the answer of the proxy has no list of tools", hint=GATEWAY_HINT)
    if len(raw) > MOST_ENTRIES:
        raise ProxyError(
            f"the proxy lists {len(raw):,} tools, and more than {MOST_ENTRIES:,} are not read",
            hint="ask the operator of the proxy for a key with fewer MCP servers",
        )
    found, left_out = _distinct(raw)
    tools = [_tool(server, entry) for server, entry in found[:MOST_TOOLS]]
    left_out[OVER_CAP] += len(found) - len(tools)
    outcomes = _outcomes(fields.get("server_outcomes"), [server for server, _ in found])
    return ToolList(fetched_at, tools, outcomes, len(raw), dict(+left_out))


def _error_in(fields: _Fields) -> LitectlError | None:
    """Return the error of an answer without tools that a status of 200 hides."""
    error = fields.get("error")
    if not error or (error == _PARTIAL and (fields.get("tools") or fields.get("server_outcomes"))):
        return None
    text = text_in(fields, "message") or text_in(object_of(error), "message") or text_in(fields, "error")
    shown = readable(text.removeprefix(_UNEXPECTED)) or "it does not say why"
    details = {"status": 200, "type": readable(text_in(fields, "error")) or None}
    if error == _DENIED or _NO_SERVERS in text:
        return NotAllowedError(
            "this key is not allowed to use any MCP server", hint=_OPERATOR_HINT, details=details
        )
    if _WRONG_ADDRESS in text:
        return NotAllowedError(
            f"the proxy offers no MCP server to this machine: {shown}", hint=_OPERATOR_HINT, details=details
        )
    return UpstreamError(f"the proxy cannot list its tools: {shown}", details=details)


def _distinct(raw: Iterable[object]) -> tuple[list[tuple[_Server, _Fields]], Counter[str]]:
    """Return the entries that are tools, in order and each once, and what was left out by the reason."""
    found: dict[tuple[str, str], tuple[_Server, _Fields]] = {}
    left_out: Counter[str] = Counter()
    for entry in raw:
        fields = object_of(entry)
        name, server = text_in(fields, "name"), _server_of(fields)
        if not name or max(len(name), *map(len, server)) > NAME_LIMIT:
            left_out[INVALID] += 1
        elif not server.label:
            left_out[NO_SERVER] += 1
        elif (server.id, name) in found:
            left_out[DUPLICATE] += 1
        else:
            found[server.id, name] = server, fields
    return [
        found[key] for key in sorted(found, key=lambda key: (found[key][0].label, key[1], key[0]))
    ], left_out


def _server_of(fields: _Fields) -> _Server:
    info = object_of(fields.get("mcp_info"))
    alias, name, identifier = (
        text_in(info, field) or text_in(fields, field) for field in ("alias", "server_name", "server_id")
    )
    label = alias or name or identifier
    return _Server(label, identifier or name or label, name)


def _tool(server: _Server, fields: _Fields) -> Tool:
    name = text_in(fields, "name")
    schema = fields.get("inputSchema")
    known = checked(fields.get("input_schema") if schema is None else schema)
    problem = f"its name has more than {TOOL_NAME_LIMIT} characters" if len(name) > TOOL_NAME_LIMIT else ""
    if not f"{server.label}{name}".isprintable():  # in a question it could say something of its own
        problem = "its name has characters that cannot be printed"
    return Tool(
        name,
        server.label,
        server.id,
        server.name,
        cut(text_in(fields, "description", "title")),
        known.schema,
        problem or known.problem,
    )


def _outcomes(document: object, servers: Iterable[_Server]) -> list[Outcome]:
    """Return how it went for each server that *document* tells of, or that has tools."""
    servers = list(servers)
    counts = Counter(server.label for server in servers)
    labels = {called: server.label for server in servers for called in (server.id, server.name)}
    told = {}
    for called, fields in islice(object_of(document).items(), MOST_ENTRIES):
        if called.strip() and len(called) <= NAME_LIMIT:
            label = called if called in counts else labels.get(called, called)
            told[label] = _outcome(label, object_of(fields), counts.get(label))
    told |= {label: Outcome(label, OK, count) for label, count in counts.items() if label not in told}
    return [told[label] for label in sorted(told)]


def _outcome(label: str, fields: _Fields, count: int | None) -> Outcome:
    """Return the outcome that *fields* tell; of a server that listed *count* tools, at least that."""
    status = readable(text_in(fields, "status")[:_STATUS_LIMIT]) or (OK if count else UNKNOWN)
    told = _number(fields.get("tool_count"), 0, MOST_ENTRIES)
    return Outcome(
        label, status, count if told is None else told, _number(fields.get("http_status"), 100, 599)
    )


def _number(value: object, least: int, most: int) -> int | None:
    """Return *value* when it is a number from *least* to *most*, else None."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= most else None
