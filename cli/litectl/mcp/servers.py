"""The servers behind a proxy: what it says of each, and how their listing ended. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from litectl.errors import IncompleteError, LitectlError, NotAllowedError, NotFoundError
from litectl.failures.wording import readable
from litectl.mcp.limits import MOST_ENTRIES, NAME_LIMIT, cut
from litectl.mcp.tools import OK, Outcome, ToolList
from litectl.text.jsontext import object_of, text_in

NO_AUTH = "none"
SERVER_CREDENTIAL = "server_credential"  # the `reason` of an error: not the key of the proxy, the server's
_WORD = re.compile(r"[\w.+-]{1,64}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CREDENTIAL_STATUSES = ("auth_required", "forbidden")
_API_KEY = "api_key"
_MOST_NAMED = 20


class Server(NamedTuple):
    """
    A server behind the proxy.

    *name* is how it is called: its alias, else its name (*server_name*), else its id. *auth* is LiteLLM's
    word for the credential it wants, `none` for none; *transport* is `http`, `sse` or `stdio`.
    """

    name: str
    id: str
    server_name: str = ""
    transport: str = ""
    auth: str = ""
    description: str = ""


class Row(NamedTuple):
    """A server, and how its listing ended; no outcome where the proxy tells of none."""

    server: Server
    outcome: Outcome | None = None


def servers_in(document: object) -> list[Server]:
    """Return the servers of the answer *document*, sorted by name; raises `IncompleteError` for no list."""
    entries = object_of(document).get("servers") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise IncompleteError("the answer of the proxy has no list of servers")
    found = (_server(object_of(entry)) for entry in entries[:MOST_ENTRIES])
    return sorted(server for server in found if server.name and len(server.name) <= NAME_LIMIT)


def rows_of(servers: Iterable[Server], tools: ToolList) -> list[Row]:
    """Return each of *servers*, and each other one that *tools* tell of, with its outcome, by name."""
    outcomes = {outcome.server: outcome for outcome in tools.outcomes}
    rows = []
    for server in servers:
        called = next((name for name in (server.name, server.server_name, server.id) if name in outcomes), "")
        rows.append(Row(server, outcomes.pop(called, None)))
    ids = {tool.server: tool.server_id for tool in tools.tools}
    rows += [Row(Server(name, ids.get(name, "")), outcome) for name, outcome in outcomes.items()]
    return sorted(rows, key=lambda row: row.server)


def told(outcome: Outcome) -> str:
    """Return how the listing of a server that failed ended: `unreachable`, `internal, HTTP 500`."""
    return outcome.status if outcome.http_status is None else f"{outcome.status}, HTTP {outcome.http_status}"


def failures(failed: Sequence[Outcome]) -> str | None:
    """Return the sentence that names the servers that *failed*; None for no such server."""
    if not failed:
        return None
    what = "a server" if len(failed) == 1 else f"{len(failed)} servers"
    named = [f"{readable(outcome.server)} ({told(outcome)})" for outcome in failed[:_MOST_NAMED]]
    more = [f"{len(failed) - _MOST_NAMED} more"] if len(failed) > _MOST_NAMED else []
    return f"{what} did not list any tools: {', '.join([*named, *more])}"


def unlisted(outcome: Outcome, servers: Callable[[], Iterable[Server]]) -> LitectlError:
    """
    Return the error of a server whose listing failed with *outcome*.

    *servers* gives what the proxy says of its servers; it is called where that may tell more.
    """
    described = () if outcome.http_status is None else servers()
    found = (each for each in described if outcome.server in (each.name, each.server_name, each.id))
    row = Row(next(found, Server(outcome.server, "")), outcome)
    message = f"the server `{readable(outcome.server)}` did not list its tools ({told(outcome)})"
    if not _wants_credential(row):
        return NotFoundError(message, hint="see the servers with `litectl mcp servers`")
    hint = credential_hint(row) or header_hint(row.server.name, row.server.auth)
    details = {"status": outcome.http_status, "reason": SERVER_CREDENTIAL}
    return NotAllowedError(message, hint=hint, details=details)


def credential_hint(row: Row) -> str | None:
    """Return how to give the server of *row* a credential, where it failed and may want one of the caller."""
    server = row.server
    if not _wants_credential(row) or not _HEADER_NAME.fullmatch(server.name):
        return None
    return f"`{server.name}` may want a credential of yours: {_header_option(server.name, server.auth)}"


def header_hint(server: str, auth: str = "") -> str:
    """Return how *server*, which wants *auth*, is given a credential of the caller."""
    return f"give the server its credential with {_header_option(server, auth)}"


def _header_option(server: str, auth: str) -> str:
    """Return the option as it can be typed; nobody shall paste what a stranger calls a server."""
    header, value = ("X-Api-Key", "$KEY") if auth == _API_KEY else ("Authorization", "Bearer $TOKEN")
    named = server if _HEADER_NAME.fullmatch(server) else "SERVER"
    return f"`--server-header '{named}: {header}: {value}'`"


def _wants_credential(row: Row) -> bool:
    """Tell whether the server of *row* failed, and may want a credential of the caller."""
    server, outcome = row
    if outcome is None or outcome.status == OK:
        return False
    is_guarded = server.auth not in ("", NO_AUTH)
    return outcome.status in _CREDENTIAL_STATUSES or (is_guarded and outcome.http_status in (401, 403, 500))


def counted(left_out: Mapping[str, int]) -> str | None:
    """Return the line that counts what was *left_out* of a list of tools; None for nothing."""
    if not left_out:
        return None
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()))
    return f"left out of the list: {reasons}"


def _server(fields: Mapping[str, object]) -> Server:
    alias, own, identifier = (text_in(fields, name) for name in ("alias", "server_name", "server_id"))
    auth = NO_AUTH if "auth_type" in fields and fields["auth_type"] is None else _word(fields, "auth_type")
    return Server(
        alias or own or identifier,
        identifier[:NAME_LIMIT],
        own[:NAME_LIMIT],
        _word(fields, "transport"),
        auth,
        cut(text_in(fields, "description") or text_in(object_of(fields.get("mcp_info")), "description")),
    )


def _word(fields: Mapping[str, object], name: str) -> str:
    """Return the word *name* of *fields*; anything else is empty."""
    text = text_in(fields, name)
    return text if _WORD.fullmatch(text) else ""
