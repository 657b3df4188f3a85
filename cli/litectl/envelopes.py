"""
The error envelopes of a LiteLLM proxy, read and classified.

A proxy speaks four of them: `{"error": {...}}`, `{"detail": ...}` (management
and MCP routes), `{"type": "error", "error": {...}}` (`/v1/messages`) and plain
text or HTML. The order of the evidence is status, `error.type`, the
`litellm.<Class>` prefix, headers, and only then text, so that a rate limit
never looks like a context error. Pure: no I/O.
"""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from litectl.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    ContextError,
    LitectlError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    UpstreamError,
)
from litectl.jsontext import decode

_BUDGET_PREFIX = re.compile(r"\A(?:Budget has been exceeded! |ExceededBudget: )")
_MESSAGE_LIMIT = 500  # characters shown
_RAW_LIMIT = 4000  # characters kept in the JSON form
# Advice on fallbacks, for the operator: 240 and more characters after the message.
_ROUTING_TAIL = re.compile(r"\n\nLiteLLM: .*|\s*model=\S+ context_window_fallbacks=.*", re.DOTALL)
_ERROR_STATUS = re.compile(r"[45][0-9]{2}")
_HEADING = re.compile(r"<title>([^<]+)</title>|<h1>([^<]+)</h1>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_CLASS_PREFIX = re.compile(r"^(?:litellm\.)?[A-Za-z]*(?:Error|Timeout): ")
_CONTEXT_TEXT = re.compile(
    r"ContextWindowExceededError|prompt is too long|maximum context length|context_length_exceeded",
    re.IGNORECASE,
)
_UNKNOWN_MODEL_TEXT = re.compile(
    r"no healthy deployments for this model|Invalid model name passed", re.IGNORECASE
)
_QUOTA_TEXT = re.compile(r"insufficient_quota|exceeded your current quota", re.IGNORECASE)
_WAIT_TEXT = re.compile(r"(?:retry_after\W{1,9}|try again in )([\d.hms]{1,30})", re.IGNORECASE)
_DURATION_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|[hms])?")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "": 1.0}
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
# In the order in which they are believed: the proxy's own limiter, then the upstream's hint.
_WAIT_HEADERS = (
    ("retry-after-ms", 0.001),
    ("retry-after", 1.0),
    ("llm_provider-retry-after-ms", 0.001),
    ("llm_provider-retry-after", 1.0),
)


class Envelope(NamedTuple):
    """What an error answer says: LiteLLM's word for it, and its text as sent."""

    type: str
    message: str


def read_envelope(body: bytes) -> Envelope:
    """Return type and message of an error *body* in any of the four forms."""
    text = body.decode("utf-8", "replace").strip()
    try:
        document = decode(text)
    except ValueError:
        return Envelope("", _text_of_page(text))
    return envelope_of(document)


def envelope_of(document: object) -> Envelope:
    """Return type and message of a decoded error *document*."""
    if isinstance(document, dict):
        for key in ("error", "detail"):
            inner = document.get(key)
            if isinstance(inner, dict):
                text = inner.get("message") or inner.get("error") or json.dumps(inner)
                kind = inner.get("type") or inner.get("error") or ""
                return Envelope(str(kind), text if isinstance(text, str) else json.dumps(text))
            if inner:
                return Envelope("", inner if isinstance(inner, str) else json.dumps(inner))
    return Envelope("", json.dumps(document))


def error_from_answer(
    status: int, headers: Mapping[str, str], body: bytes, *, has_credential: bool
) -> LitectlError:
    """
    Return the error that an HTTP answer of *status* stands for.

    *headers* has lower-case names. *has_credential* tells whether the request
    carried a key: without one, some refusals only mean that one is needed.
    """
    if 300 <= status < 400:
        return _redirect(status, headers)
    envelope = read_envelope(body)
    if not has_credential and _asks_for_key(status, envelope, headers):
        return AuthError(
            "no credential found, and the proxy asks for one",
            hint="log in with `litectl login`, or set LITECTL_API_KEY",
            details={"status": status},
        )
    return error_from_envelope(status, envelope, headers)


def error_in_answer(document: Mapping[str, object], headers: Mapping[str, str] | None = None) -> LitectlError:
    """
    Return the error that *document* carries inside an HTTP 200.

    Its code is a string; without a usable one the failure is the server's.
    """
    error = document.get("error")
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if _ERROR_STATUS.fullmatch(code) else 500
    return error_from_envelope(status, envelope_of(document), headers)


def error_from_envelope(
    status: int, envelope: Envelope, headers: Mapping[str, str] | None = None
) -> LitectlError:
    """Return the error of an *envelope*, which may also have come inside an HTTP 200 stream."""
    headers = headers or {}
    details: dict[str, object] = {
        "status": status,
        "type": envelope.type or None,
        "call_id": headers.get("x-litellm-call-id"),
        "proxy_message": envelope.message[:_RAW_LIMIT],
    }
    shown = readable(envelope.message) or f"HTTP {status} without a message"
    kind, text = envelope.type, envelope.message
    if kind == "budget_exceeded" or (status in (400, 422, 429) and "Budget has been exceeded" in text):
        return BudgetError(f"budget exceeded: {_BUDGET_PREFIX.sub('', shown)}", details=details)
    if kind.endswith("_model_access_denied") or (status == 400 and _UNKNOWN_MODEL_TEXT.search(text)):
        return NotFoundError(f"unknown model, or not allowed for this key: {shown}", details=details)
    by_status = {400: _bad_request, 401: _unauthorized, 403: _forbidden, 404: _not_found, 429: _too_many}
    if status in by_status:
        return by_status[status](kind, text, shown, {**details, "retry_after": _wait(text, headers)})
    if status == 413:
        return ContextError(f"the request is too large for the proxy: {shown}", details=details)
    if status >= 500 or status == 408:
        return UpstreamError(f"the proxy or its backend failed ({status}): {shown}", details=details)
    return ProxyError(f"the proxy answered {status}: {shown}", details=details)


def readable(message: str) -> str:
    """Return *message* as one bounded line: routing advice cut, class prefixes and controls gone."""
    text = _ROUTING_TAIL.sub("", message[:_RAW_LIMIT])
    while prefix := _CLASS_PREFIX.match(text):
        text = text[prefix.end() :]
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 1] + "…"


Details = dict[str, object]


def _bad_request(kind: str, text: str, shown: str, details: Details) -> LitectlError:
    if kind == "no_db_connection":
        return AuthError(
            "the proxy refused the credential (it has no database, so it knows its master key only)",
            details=details,
        )
    if _CONTEXT_TEXT.search(text):
        return ContextError(f"the prompt is too long for the model: {shown}", details=details)
    return ProxyError(f"the proxy refused the request: {shown}", details=details)


def _unauthorized(kind: str, text: str, shown: str, details: Details) -> LitectlError:
    if kind == "authentication_error":
        return UpstreamError(
            f"the model's provider refused the proxy's own credential: {shown}",
            hint="your key is fine; tell the operator of the proxy",
            details=details,
        )
    if "Only proxy admin" in text:
        return NotAllowedError(
            f"this key may not do that: {shown}", hint="use a key with an admin role", details=details
        )
    if "Rejected Request" in text:
        return ProxyError(f"the proxy refused the request: {shown}", details=details)
    return AuthError(f"the proxy refused the credential: {shown}", details=details)


def _forbidden(kind: str, _text: str, shown: str, details: Details) -> LitectlError:
    if kind == "permission_error":
        return UpstreamError(f"the model's provider refused the request: {shown}", details=details)
    return NotAllowedError(f"the proxy does not allow this: {shown}", details=details)


def _not_found(_kind: str, text: str, shown: str, details: Details) -> LitectlError:
    if "NotFoundError" in text:
        return NotFoundError(f"the model's provider does not know the model: {shown}", details=details)
    return ProxyError(
        f"the proxy has no such route: {shown}",
        hint="check that the URL is the root of a LiteLLM proxy: `litectl whoami --offline`",
        details=details,
    )


def _too_many(_kind: str, text: str, shown: str, details: Details) -> LitectlError:
    if _QUOTA_TEXT.search(text):
        return BudgetError(
            f"the provider's quota is used up: {shown}",
            hint="waiting does not help; tell the operator of the proxy",
            details=details,
        )
    seconds = details["retry_after"]
    wait = f"wait {seconds:g} seconds and try again" if isinstance(seconds, float) else None
    return RateLimitError(f"rate limited: {shown}", hint=wait, details=details)


def _wait(text: str, headers: Mapping[str, str]) -> float | None:
    for name, unit in _WAIT_HEADERS:
        value = headers.get(name, "").strip()
        if _SECONDS.fullmatch(value):
            return float(value) * unit
    found = _WAIT_TEXT.search(text)
    parts = _DURATION_PART.findall(found[1]) if found else []
    return sum(float(amount) * _UNIT_SECONDS[unit] for amount, unit in parts) if parts else None


def _asks_for_key(status: int, envelope: Envelope, headers: Mapping[str, str]) -> bool:
    # A proxy without its database package answers a missing key with a bare 500.
    bare = status == 500 and headers.get("content-type", "").startswith("text/plain")
    refused = status == 401 and envelope.type != "authentication_error"
    return refused or bare or envelope.type == "no_db_connection"


def _redirect(status: int, headers: Mapping[str, str]) -> LitectlError:
    target = readable(headers.get("location", ""))
    if not target:
        return ProxyError(f"the proxy answered {status} and nothing else", details={"status": status})
    return ConfigError(
        f"the proxy redirects to {target}, and a credential never follows a redirect",
        hint="use the final address of the proxy as the URL",
        details={"status": status},
    )


def _text_of_page(text: str) -> str:
    """Return the title or first heading of an HTML page, or what is left of *text* without its tags."""
    beginning = text[:_RAW_LIMIT]
    if heading := _HEADING.search(beginning):
        return (heading[1] or heading[2]).strip()
    return _TAG.sub(" ", beginning)
