"""What to do about a model that failed its check, which has a fixed question and no options of one. Pure."""

from collections.abc import Mapping

from litectl.errors import (
    ContextError,
    GuardrailError,
    IncompleteError,
    LitectlError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    UnsupportedParameterError,
    UpstreamError,
)

_TELL = "tell the operator of the proxy"
_NOT_ALLOWED = "_model_access_denied"  # the end of such types of errors
_TIME_OUT_STATUS = 408
_TIME_OUT_WORDS = ("timed out", "timeout")
_FIXED: Mapping[type[LitectlError], str] = {
    ContextError: f"the question is short and fixed, so the model is set up wrongly at the proxy: {_TELL}",
    GuardrailError: "the question is fixed and harmless: ask the operator of the proxy about its guardrails",
}


def remedy(error: LitectlError, name: str, again: str) -> str | None:
    """
    Return what to do about *error* of the model *name*, which is quoted for a shell.

    *again* is the command that asks the model once more and shows the whole answer.
    """
    if isinstance(error, UnsupportedParameterError):
        return f"its list of parameters is wrong: see `litectl models show {name}`, tell the operator"
    if isinstance(error, RateLimitError):
        wait = error.details.get("retry_after")
        return f"wait {wait:g} seconds and try again" if isinstance(wait, float | int) else error.hint
    if isinstance(error, NotFoundError) and error.hint == NotFoundError.hint:
        return _of_unknown(error, name)
    if isinstance(error, UpstreamError) and error.hint == UpstreamError.hint:
        return _of_backend(error, again)
    is_cut = isinstance(error, IncompleteError) and "--max-tokens" in (error.hint or "")
    if is_cut or error.hint == ProxyError.hint:
        return f"see what comes back with `{again}`"
    return _FIXED.get(type(error), error.hint)


def _of_unknown(error: NotFoundError, name: str) -> str:
    if str(error.details.get("type")).endswith(_NOT_ALLOWED):
        return "it is listed, but this key may not use it: ask the operator of the proxy"
    return (
        f"it is listed, so it is set up wrongly at the proxy: see its backend with "
        f"`litectl models show {name}`, and {_TELL}"
    )


def _of_backend(error: UpstreamError, again: str) -> str:
    text = error.message.lower()
    if error.details.get("status") == _TIME_OUT_STATUS or any(word in text for word in _TIME_OUT_WORDS):
        return f"the proxy's own time-out of the model was reached, not `--timeout`: {_TELL} if it stays so"
    return f"try `{again}`, and {_TELL} if it stays so"
