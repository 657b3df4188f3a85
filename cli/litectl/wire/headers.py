"""
Extra headers: read from options, variables and profiles, checked before they are stored or sent.

Names are compared without case. What says who asks always wins over an extra
header of the same name. Pure.
"""

import math
import re
from collections.abc import Callable, Mapping

from litectl.errors import ConfigError, LitectlError, UsageError
from litectl.text.jsontext import decode

AUTHORIZATION = "Authorization"
OWN_KEY_HEADER = "x-litellm-api-key"  # which a LiteLLM proxy believes before `Authorization`
_FOR_SERVER = "x-mcp-"  # how the name of a header begins that the proxy hands on to an MCP server
_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"  # RFC 9110, 5.6.2
_VALUE = r"[\x20-\x7e\t]{0,8192}"  # RFC 9110, 5.5, without its obsolete part
_SCHEME = r"(?i)(?:bearer|basic|token|key|api-?key) +"
_SHORTEST_SECRET = 8  # characters; a shorter value is a word, not a credential
_REFERENCE = r"\$(?:\$|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})"
# These say where a request goes and where it ends; another value would break or redirect it.
_RESERVED = {"connection", "content-length", "host", "transfer-encoding", "upgrade", "te", "trailer"}


def parse_header(text: str) -> tuple[str, str]:
    """Return name and value of *text*, `Name: value`; raises `UsageError`."""
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError(
            "a header is `Name: value`, and there is no colon", hint="for example `--header 'x-team: blue'`"
        )
    return check_header(name.strip(), value.strip())


def parse_server_header(text: str) -> str:
    """
    Return the text of the header by which the proxy hands on another one to an MCP server.

    *text* is `SERVER: Name: value`; the proxy takes `x-mcp-SERVER-Name`. Raises `UsageError`.
    """
    server, colon, rest = text.partition(":")
    if not colon or ":" not in rest or not server.strip():
        raise UsageError(
            "a header for an MCP server is `SERVER: Name: value`",
            hint="for example `--server-header 'github: Authorization: Bearer $GITHUB_TOKEN'`",
        )
    name, value = parse_header(rest)
    check_header_name(sent := f"{_FOR_SERVER}{server.strip()}-{name}")
    return f"{sent}: {value}"


def check_header(name: str, value: str) -> tuple[str, str]:
    """Return *name* and *value* when they can be sent; raises `UsageError`, never with the value."""
    check_header_name(name)
    if not re.fullmatch(_VALUE, value):
        raise UsageError(
            f"the value of header {name} is not one line of printable ASCII",
            hint="give the plain value, without line breaks",
        )
    return name, value


def secrets_in(value: str) -> list[str]:
    """Return what is not to be shown of a header's *value*: all of it, and the credential after a scheme."""
    scheme = re.match(_SCHEME, value)
    return [
        text for text in (value, value[scheme.end() :] if scheme else "") if len(text) >= _SHORTEST_SECRET
    ]


def check_header_name(name: str) -> str:
    """Return *name* when a header may be called so; raises `UsageError`."""
    if not re.fullmatch(_NAME, name):
        raise UsageError(
            "a header name has letters, digits and `-` only", hint="for example `--header 'x-team: blue'`"
        )
    if name.lower() in _RESERVED:
        raise UsageError(f"header {name} belongs to the connection", hint="leave it out")
    return name


def parse_headers_variable(text: str, variable: str) -> dict[str, str]:
    """Return the headers of *variable*, whose value *text* is a JSON object; raises `ConfigError`."""
    hint = f"""{variable} is a JSON object: '{{"x-team": "blue"}}'"""
    try:
        document = decode(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConfigError(f"{variable} is not a JSON object", hint=hint)
    headers: dict[str, str] = {}
    for name, value in document.items():
        if not (isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))):
            raise ConfigError(f"{variable}: the value of {name} is not text, number or boolean", hint=hint)
        shown = value if isinstance(value, str) else str(value).lower()
        try:
            headers |= [check_header(name, shown)]
        except LitectlError as error:
            raise ConfigError(f"{variable}: {error.message}", hint=hint) from error
    return headers


def resolve_references(name: str, value: str, lookup: Callable[[str], str | None]) -> str:
    """
    Return *value* of header *name* with `$NAME` and `${NAME}` replaced by *lookup*; `$$` is a dollar.

    Raises `ConfigError` for what cannot be sent, and for a name that is not set: a
    header that silently lacks is a refusal that nobody understands.
    """

    def replaced(match: re.Match[str]) -> str:
        reference = match[1] or match[2]
        if reference is None:
            return "$"
        found = lookup(reference)
        if found is None:
            raise ConfigError(
                f"header {name} refers to ${reference}, which is not set",
                hint=f"set {reference}, or write $$ for a dollar that stands for itself",
            )
        return found

    sent = re.sub(_REFERENCE, replaced, value)
    try:
        check_header(name, sent)
    except UsageError as error:
        raise ConfigError(error.message, hint="check the header, and what it refers to") from error
    return sent


def shown_value(value: str) -> str:
    """Return *value* as it may be shown: its references and the word `Bearer`; all else may be a secret."""
    shown, end = "", 0
    for match in re.finditer(_REFERENCE, value):
        if match[1] or match[2]:
            shown += _hidden(value[end : match.start()]) + match[0]
            end = match.end()
    return shown + _hidden(value[end:])


def _hidden(literal: str) -> str:
    return literal if literal.strip().lower() in ("", "bearer") else "***"


def without_server_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """
    Return *headers* without those for MCP servers, which are the caller's own credentials there.

    A proxy may be set to hand all headers that begin with `x-` on to the provider of a model.
    """
    return {name: value for name, value in headers.items() if not name.lower().startswith(_FOR_SERVER)}


def merged(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return all headers of *layers*; of the same name in any case, the last one counts."""
    by_lower = {name.lower(): (name, value) for layer in layers for name, value in layer.items()}
    return dict(by_lower.values())
