"""What the routes of skills say when they refuse, in words that no other route has. Pure."""

import re
from collections.abc import Iterable

from litectl.errors import (
    AuthError,
    LitectlError,
    NetworkError,
    NotAllowedError,
    NotFoundError,
    ProxyError,
    RateLimitError,
    UpstreamError,
)
from litectl.failures.envelopes import read_envelope
from litectl.failures.wording import RAW_LIMIT
from litectl.skills.skill import ANTHROPIC, HUB, STORED

NO_DATABASE, NO_ANTHROPIC_KEY = "no_database", "no_anthropic_key"
_WORDS = {
    "DB not connected": NO_DATABASE,
    "Prisma client is not initialized": NO_DATABASE,
    "ANTHROPIC_API_KEY": NO_ANTHROPIC_KEY,
}
_LACKS = {
    NO_DATABASE: ("the proxy has no database to keep skills in", "DATABASE_URL"),
    NO_ANTHROPIC_KEY: ("the proxy has no key for the skills at Anthropic", "ANTHROPIC_API_KEY"),
}
# Of several refusals the first of these is told.
_TELLING: tuple[type[LitectlError], ...] = (
    *(AuthError, RateLimitError, NetworkError, UpstreamError, ProxyError),
)
_GONE = re.compile(r"\bskill .*not found", re.IGNORECASE)
_HAS_VERSIONS = re.compile(r"existing versions|versions first", re.IGNORECASE)
_KEEPER = {HUB: "Skill Hub", STORED: "store of skills", ANTHROPIC: "account at Anthropic for skills"}


def lack(status: int, body: bytes) -> LitectlError | None:
    """Return the error of an answer that tells what the proxy lacks for skills, None for every other one."""
    text = read_envelope(body).message
    reason = next((reason for words, reason in _WORDS.items() if words in text), None)
    if reason is None:
        return None
    message, variable = _LACKS[reason]
    hint = f"its operator can give it one: {variable}"
    return ProxyError(message, hint=hint, details={**_details(status, text), "reason": reason})


def is_usual(error: LitectlError) -> bool:
    """Tell whether *error* only says how many proxies are: without what skills need."""
    return error.details.get("reason") in _LACKS


def most_telling(errors: Iterable[LitectlError]) -> LitectlError:
    """Return the one of *errors*, of which there is one at least, that the user can do most about."""
    return min(errors, key=_rank)


def refusal_of(status: int, body: bytes, *, name: str, origin: str) -> LitectlError | None:
    """Return the error of an answer that refuses to change the skill *name* of *origin*, None for others."""
    if error := lack(status, body):
        return error
    text = read_envelope(body).message
    details = _details(status, text)
    if origin == HUB:
        return _of_hub(status, text, name, details)
    return _of_skills(status, text, name, origin, details)


def _of_hub(status: int, text: str, name: str, details: dict[str, object]) -> LitectlError | None:
    if status in (401, 403) and "Only proxy admin" in text:
        return NotAllowedError(
            "this key may not change the Skill Hub: only an admin of the proxy may",
            hint="use a key with an admin role, or ask the operator of the proxy",
            details=details,
        )
    if status == 409:
        return ProxyError(
            f"the Skill Hub has a skill `{name}` already",
            hint=f"choose another `--name`, or see that one with `litectl skills show {name}`",
            details=details,
        )
    if status == 404 and "not found" in text:
        return _gone(name, details)
    if status in (404, 405):
        return _no_route(HUB, details)
    return None


def _of_skills(
    status: int, text: str, name: str, origin: str, details: dict[str, object]
) -> LitectlError | None:
    if status in (404, 500) and _GONE.search(text):
        return _gone(name, details)
    if status == 400 and origin == ANTHROPIC and _HAS_VERSIONS.search(text):
        return ProxyError(
            f"Anthropic deletes no skill `{name}` that has versions",
            hint="delete its versions first, in Anthropic's console",
            details=details,
        )
    if status in (404, 405) and text in ("Not Found", "Method Not Allowed"):
        return _no_route(origin, details)
    return None


def _gone(name: str, details: dict[str, object]) -> NotFoundError:
    hint = "see the skills of this proxy with `litectl skills list`"
    return NotFoundError(f"the proxy has no skill `{name}`", hint=hint, details=details)


def _no_route(origin: str, details: dict[str, object]) -> ProxyError:
    return ProxyError(
        f"this proxy has no {_KEEPER[origin]}: its LiteLLM is too old, or the URL is not its root",
        hint="check the URL with `litectl doctor`",
        details=details,
    )


def _rank(error: LitectlError) -> tuple[bool, int]:
    places = (number for number, kind in enumerate(_TELLING) if isinstance(error, kind))
    return is_usual(error), next(places, len(_TELLING))


def _details(status: int, text: str) -> dict[str, object]:
    return {"status": status, "proxy_message": text[:RAW_LIMIT]}
