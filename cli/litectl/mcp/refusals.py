"""What the proxy says when it does not call a tool, which no other route says. Pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from litectl.errors import GuardrailError, LitectlError, NotAllowedError, NotFoundError, ProxyError
from litectl.failures.envelopes import envelope_of
from litectl.failures.wording import RAW_LIMIT, readable
from litectl.mcp.servers import SERVER_CREDENTIAL, header_hint
from litectl.text.jsontext import decode

_NAMED_VARIABLES = 20
_UNEXPECTED = "An unexpected error occurred: "
_UNKNOWN_TOOL = re.compile(r"Tool .{1,500} not found", re.DOTALL)
_FORBIDDEN_TOOL = re.compile(
    r"Tool .{1,500} is not (?:allowed for|in the pinned tool list)|User not allowed to call this tool"
    r"|Tool .{1,500} belongs to MCP server",
    re.DOTALL,
)
_FORBIDDEN_ARGUMENTS = re.compile(r"Parameters \[.{1,2000}\] are not allowed for tool", re.DOTALL)
_NO_CREDENTIAL = re.compile(r"misconfigured: (?:MCPAuth\b|.{1,100} requires a usable upstream credential)")
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")
_PATH = re.compile(r"/[!-.0-~][!-~]{0,500}")  # of the proxy itself


class _Said(NamedTuple):
    """What was said: its *status*, LiteLLM's word for it, its text, the line for people, other *fields*."""

    status: int
    kind: str
    text: str
    shown: str
    fields: Mapping[str, object]
    root: str
    server: str

    def details(self, **more: object) -> dict[str, object]:
        """Return the details of an error, and *more*."""
        kind = None if not self.kind or self.kind == self.text else self.kind[:RAW_LIMIT]
        return {"status": self.status, "type": kind, "proxy_message": self.text[:RAW_LIMIT], **more}


def refusal_of(status: int, body: bytes, *, root: str = "", server: str = "") -> LitectlError | None:
    """
    Return the error for the answer of *status* with *body* to the call of a tool of *server*.

    None where the words are those of every route. *root* is that of the proxy, for the addresses it names.
    """
    said = _said(status, body, root, server)
    if said is None:
        return None
    for reader in _READERS:
        if error := reader(said):
            return error
    return None


def _said(status: int, body: bytes, root: str, server: str) -> _Said | None:
    try:
        document = decode(body)
    except ValueError:
        return None
    detail = document.get("detail") if isinstance(document, dict) else None
    if not isinstance(detail, dict | str) or not detail:
        return None
    kind, text = envelope_of({"detail": detail})
    text = text.removeprefix(_UNEXPECTED)
    shown = readable(text) or f"HTTP {status} without a message"
    return _Said(status, kind, text, shown, detail if isinstance(detail, dict) else {}, root, server)


def _server(said: _Said) -> LitectlError | None:
    """Return the error of a server that does not exist, or that this key may not use."""
    if (said.status, said.kind) not in ((404, "server_not_found"), (403, "access_denied")):
        return None
    return NotFoundError(
        f"unknown MCP server, or not allowed for this key: {said.shown}",
        hint="see the servers this key may use with `litectl mcp servers`",
        details=said.details(),
    )


def _tool(said: _Said) -> LitectlError | None:
    """Return the error of a tool that the proxy does not know, or that this key may not call."""
    if said.status in (404, 500) and _UNKNOWN_TOOL.fullmatch(said.text):
        # A proxy knows a tool from the last time that its server listed it.
        return NotFoundError(
            f"the proxy knows no such tool, or its server does not answer: {said.shown}",
            hint="see with `litectl mcp servers` whether it answers and wants a credential, "
            "and its tools with `litectl mcp tools`",
            details=said.details(),
        )
    if said.status == 403 and _FORBIDDEN_TOOL.match(said.text):
        return NotFoundError(
            f"unknown tool, or not allowed for this key: {said.shown}",
            hint="see the tools this key may call with `litectl mcp tools`",
            details=said.details(),
        )
    return None


def _arguments(said: _Said) -> LitectlError | None:
    """Return the error of arguments that the operator does not allow."""
    if said.status != 403 or not _FORBIDDEN_ARGUMENTS.match(said.text):
        return None
    return ProxyError(
        f"the proxy does not allow these arguments: {said.shown}",
        hint="leave them out, or ask the operator of the proxy to allow them",
        details=said.details(),
    )


def _guardrail(said: _Said) -> LitectlError | None:
    """Return the error of a guardrail that refused the arguments, or what the tool gave."""
    if said.status != 400 or said.kind not in ("guardrail_violation", "blocked_pii_entity"):
        return None
    return GuardrailError(
        f"refused by a guardrail or content filter: {said.shown}",
        hint="change the arguments, or ask the operator of the proxy about its guardrails",
        details=said.details(reason="guardrail"),
    )


def _program(said: _Said) -> LitectlError | None:
    """Return the error of an operator who admits certain programs only."""
    reason = said.fields.get("details")
    if said.status != 403 or said.kind != "Forbidden" or not isinstance(reason, str):
        return None
    return NotAllowedError(
        f"the proxy admits certain programs only: {readable(reason)}",
        hint="send the header that it names with `--header`, or ask the operator of the proxy",
        details=said.details() | {"proxy_message": reason[:RAW_LIMIT]},
    )


def _credential(said: _Said) -> LitectlError | None:
    """
    Return the error of a server that wants a credential of its own.

    Another key for the proxy would change nothing, which is what its class says.
    """
    hint = header_hint(said.server)
    if said.status == 500 and _NO_CREDENTIAL.match(said.text):
        message = f"the MCP server wants a credential: {said.shown}"
    elif said.status == 401 and re.match(r"unauthorized\b", said.text, re.IGNORECASE):
        message = f"the MCP server refused its credential, or wants one: {said.shown}"
    elif said.kind == "byok_auth_required" or said.status == 412:
        message = f"the proxy has no credential of yours for the MCP server: {said.shown}"
        hint = f"store one in the web interface of the proxy; or {hint}"
    else:
        return None
    return NotAllowedError(message, hint=hint, details=said.details(reason=SERVER_CREDENTIAL))


def _variables(said: _Said) -> LitectlError | None:
    """Return the error of a server that wants values which the caller has to set."""
    missing = said.fields.get("missing")
    if said.kind != "missing_user_env_vars" or not isinstance(missing, list):
        return None
    names = [readable(name) for name in missing[:_NAMED_VARIABLES] if isinstance(name, str)]
    address = _address(said)
    listed = ", ".join(f"`{name}`" for name in names) or "which it does not name"
    return NotAllowedError(
        f"the MCP server{_name(said)} wants values of yours that are not set: {listed}",
        hint=f"set them at {address}" if address else "set them in the web interface of the proxy",
        details=said.details(reason=SERVER_CREDENTIAL, missing=names, setup_url=address),
    )


def _name(said: _Said) -> str:
    name = said.fields.get("server_name") or said.fields.get("server_id")
    return f" `{readable(name)}`" if isinstance(name, str) else ""


def _address(said: _Said) -> str | None:
    """Return the web page where the values can be set, None for what is none."""
    url = said.fields.get("setup_url")
    if not isinstance(url, str):
        return None
    if _PATH.fullmatch(url) and said.root:
        return f"{said.root}{url}"
    return url if _ADDRESS.fullmatch(url) else None


_READERS = (_server, _tool, _arguments, _guardrail, _program, _variables, _credential)
