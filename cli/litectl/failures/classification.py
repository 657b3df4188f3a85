"""
The error that an answer stands for: its class decides the exit code.

The order of the evidence is status, `error.type`, the `litellm.<Class>` prefix, headers, and only then
text, so that a rate limit never looks like a context error. A proxy reports some limits of a provider as
a bad request; there only type and prefix count, since any text may speak of limits. Pure.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from litectl.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    ContextError,
    GuardrailError,
    LitectlError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    UnsupportedParameterError,
    UpstreamError,
)
from litectl.failures.envelopes import Envelope, envelope_of, read_envelope
from litectl.failures.hints import ROOT_HINT
from litectl.failures.phrases import (
    is_guardrail_as_failure,
    speaks_of_context,
    speaks_of_guardrail,
    speaks_of_quota,
    speaks_of_unknown_model,
)
from litectl.failures.wording import RAW_LIMIT, class_prefixes, readable

_BUDGET_PREFIX = re.compile(r"\A(?:Budget has been exceeded! |ExceededBudget: )")
_EVIDENCE_LIMIT = 16_000  # characters that decide the class
_ERROR_STATUS = re.compile(r"[45][0-9]{2}")
# What LiteLLM says, with the status of a bad request, when a stream has an error instead of its next piece.
_UNREAD = ", Got unexpected response from "
_SDK_ADVICE = (" To drop ", " Set drop_params=")  # begins with it; for programs that are Python
_LIMIT_TYPES = ("throttling_error", "rate_limit_error", "rate_limit_exceeded", "all_deployments_in_cooldown")
# The status that an error inside an HTTP 200 would have had, by its type or its code.
_STATUS_OF_WORD = {
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "context_length_exceeded": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "throttling_error": 429,
    "insufficient_quota": 429,
}


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

    Its code is a string, a status or a word; without a usable one the failure is the server's.
    """
    error = document.get("error")
    code, kind = (str(error.get(name)) for name in ("code", "type")) if isinstance(error, dict) else ("", "")
    if _ERROR_STATUS.fullmatch(code):
        status = int(code)
    else:
        status = _STATUS_OF_WORD.get(code) or _STATUS_OF_WORD.get(kind) or 500
    return error_from_envelope(status, envelope_of(document), headers)


class _Said(NamedTuple):
    """
    What an answer said: its *status*, LiteLLM's word for it, and its text.

    *classes* are those of LiteLLM that the text begins with, *text* is without advice on
    fallbacks, and *shown* is the line for people.
    """

    status: int
    kind: str
    classes: frozenset[str]
    text: str
    shown: str
    headers: Mapping[str, str]
    details: dict[str, object]


def error_from_envelope(
    status: int, envelope: Envelope, headers: Mapping[str, str] | None = None
) -> LitectlError:
    """Return the error of an *envelope*, which may also have come inside an HTTP 200 stream."""
    said = _said(status, envelope, headers or {})
    for certain in (_budget, _model, _limit):
        if error := certain(said):
            return error
    return _BY_STATUS.get(status, _by_range)(said)


def _said(status: int, envelope: Envelope, headers: Mapping[str, str]) -> _Said:
    from litectl.failures.embedded import unwrapped

    details: dict[str, object] = {
        "status": status,
        "type": envelope.type or None,
        "call_id": headers.get("x-litellm-call-id"),
        "proxy_message": envelope.message[:RAW_LIMIT],
    }
    text = envelope.message[:_EVIDENCE_LIMIT].partition("\n\nLiteLLM: ")[0]
    shown = readable(unwrapped(text)) or f"HTTP {status} without a message"
    return _Said(status, envelope.type, frozenset(class_prefixes(text)), text, shown, headers, details)


def _budget(said: _Said) -> LitectlError | None:
    """Return the error of a budget that is used up: the proxy's own, or the provider's quota."""
    if said.kind == "budget_exceeded" or (
        said.status in (400, 422, 429) and "Budget has been exceeded" in said.text
    ):
        return BudgetError(f"budget exceeded: {_BUDGET_PREFIX.sub('', said.shown)}", details=said.details)
    if said.status == 402 or (said.status in (400, 403, 429) and speaks_of_quota(said.text)):
        return BudgetError(
            f"the provider's quota is used up: {said.shown}",
            hint="waiting does not help; tell the operator of the proxy",
            details={**said.details, "reason": "quota"},
        )
    return None


def _model(said: _Said) -> LitectlError | None:
    """Return the error of a model that does not exist, or that this key may not use."""
    is_unknown = said.status == 400 and speaks_of_unknown_model(said.text)
    if said.kind.endswith("_model_access_denied") or is_unknown:
        return NotFoundError(
            f"unknown model, or not allowed for this key: {said.shown}", details=said.details
        )
    return None


def _limit(said: _Said) -> LitectlError | None:
    """Return the error of a rate limit, also of one that came with another status."""
    if said.status != 429 and said.kind not in _LIMIT_TYPES and "RateLimitError" not in said.classes:
        return None
    from litectl.failures.ratelimits import rate_limit, told

    limit = rate_limit(said.text, said.headers)
    if "Databricks" in said.text or "REQUEST_LIMIT_EXCEEDED" in said.text:
        who = "the administrators of the Databricks workspace"
    else:
        who = "the operator of the proxy"
    return RateLimitError(
        f"rate limited: {said.shown}{told(limit, said.shown)}",
        hint=f"wait {limit.retry_after:g} seconds and try again; or choose a smaller model, "
        f"a shorter prompt or a lower `--max-tokens`; or ask {who} for a higher limit",
        details={**said.details, **limit._asdict()},
    )


def _bad_request(said: _Said) -> LitectlError:
    if said.kind == "no_db_connection":
        return AuthError(
            "the proxy refused the credential (it has no database, so it knows its master key only)",
            details=said.details,
        )
    if "ContextWindowExceededError" in said.classes:
        return _too_long(said)
    if "ContentPolicyViolationError" in said.classes:
        return _guarded(said)
    if "UnsupportedParamsError" not in said.classes:
        if speaks_of_context(said.text):
            return _too_long(said)
        if speaks_of_guardrail(said.text):
            return _guarded(said)
        if _UNREAD in said.text:
            return UpstreamError(f"the model's provider failed: {said.shown}", details=said.details)
    return _unsupported(said) or ProxyError(
        f"the proxy refused the request: {said.shown}", details=said.details
    )


def _too_long(said: _Said) -> ContextError:
    return ContextError(f"the prompt is too long for the model: {said.shown}", details=said.details)


def _guarded(said: _Said) -> GuardrailError:
    return GuardrailError(
        f"refused by a guardrail or content filter: {said.shown}",
        details={**said.details, "reason": "guardrail"},
    )


def _unsupported(said: _Said) -> UnsupportedParameterError | None:
    """Return the error of parameters that the model does not take, None when it names none."""
    from litectl.failures.refusals import refused_parameters

    names = refused_parameters(said.text)
    if not names and "UnsupportedParamsError" not in said.classes:
        return None
    word = "unsupported parameter" if len(names) < 2 else "unsupported parameters"
    listed = " " + ", ".join(f"`{name}`" for name in names) if names else ""
    shown = said.shown
    for advice in _SDK_ADVICE:
        shown = shown.partition(advice)[0]
    return UnsupportedParameterError(
        f"{word}{listed}: {shown}",
        details={**said.details, "reason": "unsupported_parameter", "parameters": names},
    )


def _unauthorized(said: _Said) -> LitectlError:
    if said.kind == "authentication_error" or "AuthenticationError" in said.classes:
        return _refused_upstream(said, "the proxy's own credential")
    if "Only proxy admin" in said.text:
        return NotAllowedError(
            f"this key may not do that: {said.shown}",
            hint="use a key with an admin role",
            details=said.details,
        )
    if "Rejected Request" in said.text:
        return ProxyError(f"the proxy refused the request: {said.shown}", details=said.details)
    return AuthError(f"the proxy refused the credential: {said.shown}", details=said.details)


def _forbidden(said: _Said) -> LitectlError:
    if speaks_of_guardrail(said.text):
        return _guarded(said)
    if said.kind == "permission_error" or said.classes:
        return _refused_upstream(said, "the request")
    return NotAllowedError(f"the proxy does not allow this: {said.shown}", details=said.details)


def _refused_upstream(said: _Said, what: str) -> UpstreamError:
    return UpstreamError(
        f"the model's provider refused {what}: {said.shown}",
        hint="your key is fine; tell the operator of the proxy",
        details={**said.details, "reason": "upstream_auth"},
    )


def _not_found(said: _Said) -> LitectlError:
    if "NotFoundError" in said.text:
        return NotFoundError(
            f"the model's provider does not know the model: {said.shown}", details=said.details
        )
    return ProxyError(
        f"the proxy has no such route: {said.shown}",
        hint=ROOT_HINT,
        details=said.details,
    )


def _too_large(said: _Said) -> ContextError:
    return ContextError(f"the request is too large for the proxy: {said.shown}", details=said.details)


def _by_range(said: _Said) -> LitectlError:
    """Return the error of a status that has no reader of its own."""
    if said.status >= 500 and is_guardrail_as_failure(said.shown):
        return _guarded(said)
    if said.status >= 500 or said.status == 408:
        return UpstreamError(
            f"the proxy or its backend failed ({said.status}): {said.shown}",
            details={**said.details, **_wait(said)},
        )
    return ProxyError(f"the proxy answered {said.status}: {said.shown}", details=said.details)


def _wait(said: _Said) -> dict[str, object]:
    """Return how long to wait, where the headers of a failure say that."""
    from litectl.failures.ratelimits import HEADER, rate_limit

    limit = rate_limit("", said.headers)
    if limit.retry_after_source != HEADER:
        return {}
    return {"retry_after": limit.retry_after, "retry_after_source": HEADER}


_BY_STATUS = {
    400: _bad_request,
    401: _unauthorized,
    403: _forbidden,
    404: _not_found,
    413: _too_large,
    422: _bad_request,
}


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
