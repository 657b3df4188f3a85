"""What the proxy says when it does not change a skill, in the words of the routes of skills. Pure."""

import re

from litectl.envelopes import read_envelope
from litectl.errors import LitectlError, NotAllowedError, NotFoundError, ProxyError, UpstreamError
from litectl.skills.skill import ANTHROPIC, HUB, STORED

_LIST_HINT = "see the skills of this proxy with `litectl skills list`"
_NO_DATABASE = ("DB not connected", "Prisma client is not initialized")
_GONE = re.compile(r"\bskill\b.* not found|\bskill not found", re.IGNORECASE)
_HAS_VERSIONS = re.compile(r"existing versions|versions first", re.IGNORECASE)
_KEEPER = {HUB: "Skill Hub", STORED: "store of skills", ANTHROPIC: "account at Anthropic for skills"}


def refusal_of(status: int, body: bytes, *, name: str, origin: str) -> LitectlError | None:
    """Return the error of an answer that refuses to change the skill *name* of *origin*, None for others."""
    text = read_envelope(body).message
    details = {"status": status, "proxy_message": text[:4000]}
    if any(mark in text for mark in _NO_DATABASE):
        return UpstreamError(
            f"this proxy has no {_KEEPER[origin]}: it has no database",
            hint="its operator can give it one: DATABASE_URL",
            details={**details, "reason": "no_database"},
        )
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
        return gone(name, details)
    if status in (404, 405):
        return _no_route(HUB, details)
    return None


def _of_skills(
    status: int, text: str, name: str, origin: str, details: dict[str, object]
) -> LitectlError | None:
    if status in (404, 500) and _GONE.search(text):
        return gone(name, details)
    if status == 500 and "is required for Skills API" in text:
        return UpstreamError(
            f"this proxy has no {_KEEPER[ANTHROPIC]}: it has no key for it",
            hint="its operator can give it one: ANTHROPIC_API_KEY",
            details={**details, "reason": "no_anthropic_key"},
        )
    if status == 400 and origin == ANTHROPIC and _HAS_VERSIONS.search(text):
        return ProxyError(
            f"Anthropic deletes no skill `{name}` that has versions",
            hint="delete its versions first, in Anthropic's console",
            details=details,
        )
    if status in (404, 405) and text in ("Not Found", "Method Not Allowed"):
        return _no_route(origin, details)
    return None


def gone(name: str, details: dict[str, object] | None = None) -> NotFoundError:
    """Return the error of a skill that is not there, or not any more."""
    return NotFoundError(f"the proxy has no skill `{name}`", hint=_LIST_HINT, details=details)


def _no_route(origin: str, details: dict[str, object]) -> ProxyError:
    return ProxyError(
        f"this proxy has no {_KEEPER[origin]}: its LiteLLM is too old, or the URL is not its root",
        hint="check the URL with `litectl whoami --offline`",
        details=details,
    )
