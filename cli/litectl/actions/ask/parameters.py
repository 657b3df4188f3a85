"""
The parameters of a question: those of the profile, those that were given, and what nobody asked for by name.

The edge that joins the options of `ask` and the profile to `litectl.exchange`.
"""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from litectl.errors import UsageError
from litectl.exchange.protocols import MESSAGES
from litectl.exchange.spend import spend_headers
from litectl.exchange.typed import parse_parameters

if TYPE_CHECKING:
    from litectl.actions.ask.requesting import Wishes
    from litectl.exchange.backend import Backend
    from litectl.exchange.question import Message
    from litectl.run.runtime import Runtime

_EFFORT_NAMES = ("reasoning_effort", "thinking")
_SESSION_KEY = "prompt_cache_key"
_LONGEST_KEY = 64  # characters that OpenAI takes of it


def wanted_parameters(runtime: "Runtime", wishes: "Wishes", made: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that are wanted: of the profile, then those that were given."""
    options: dict[str, object] = {
        "temperature": require_finite(wishes.temperature, "--temperature"),
        "max_tokens": wishes.max_tokens,
        "drop_params": wishes.drop_params or None,
        "fallbacks": _named(wishes.fallbacks) or None,
    }
    chosen = {name: value for name, value in options.items() if value is not None}
    given = {**chosen, **made}
    typed = parse_parameters(wishes.parameters)
    by_option = {*given, *(_EFFORT_NAMES if wishes.effort is not None else ())}
    if twice := sorted(typed.keys() & by_option):
        raise UsageError(f"{', '.join(twice)}: given by an option and by `--param`", hint="give it once")
    return {**_defaults(runtime, typed.keys() | by_option), **typed, **given}


def _defaults(runtime: "Runtime", given: Collection[str]) -> dict[str, object]:
    """Return the parameters of the profile that nothing *given* replaces, by whatever name."""
    from litectl.exchange.limits import NAMES as LIMITS

    profile = runtime.target.settings_profile
    replaced = {name for names in (LIMITS, _EFFORT_NAMES) if not {*names}.isdisjoint(given) for name in names}
    found = profile.parameters if profile else {}
    return {name: value for name, value in found.items() if name not in replaced}


def require_finite(number: float | None, option: str) -> float | None:
    """Return *number*; raises `UsageError` for NaN and infinity."""
    if number is not None and not isfinite(number):
        raise UsageError(f"`{option}` is not a finite number: {number:g}", hint=f"for example `{option} 1`")
    return number


def _named(fallbacks: Sequence[str]) -> list[str]:
    """Return the models of *fallbacks*; raises `UsageError` for one without a name."""
    if "" in fallbacks:
        raise UsageError("`--fallback` is empty", hint="name a model, or leave `--fallback` out")
    return list(fallbacks)


def unasked_parameters(
    wanted: Mapping[str, object],
    messages: "Sequence[Message]",
    wishes: "Wishes",
    backend: "Backend",
    chosen: str,
) -> dict[str, object]:
    """Return what nobody asked for by its name: the cache key of a session, the tools of earlier calls."""
    from litectl.exchange.parameters import plan

    added: dict[str, object] = {}
    session = wishes.session or ""
    if 0 < len(session) <= _LONGEST_KEY and _SESSION_KEY not in wanted and chosen != MESSAGES:
        key = {_SESSION_KEY: session}
        if _SESSION_KEY in plan(key, backend, chosen).parameters:
            added |= key
    takes_tools = backend.parameters is None or "tools" in backend.parameters
    if "tools" not in wanted and takes_tools and any("tool_calls" in message for message in messages):
        from litectl.exchange.tools import stub_tools

        # Some backends refuse a history of calls to tools that nobody defines.
        added |= {"tools": stubs} if (stubs := stub_tools(messages)) else {}
    return added


def headers_of(wishes: "Wishes") -> dict[str, str]:
    """Return the headers of the request; whoever tries again here keeps the proxy from doing so too."""
    headers = spend_headers(wishes.tags, wishes.metadata, wishes.session)
    if wishes.proxy_retries is not None:
        headers["x-litellm-num-retries"] = str(wishes.proxy_retries)
    elif wishes.retries:
        headers["x-litellm-num-retries"] = "0"
    return headers
