"""Refusals that say how a proxy is, not that anything went wrong: it lacks what skills need. Pure."""

from litectl.errors import LitectlError, UpstreamError

_FIRST_ERROR = 400
_NO_DATABASE = (b"DB not connected", b"Prisma client is not initialized")
_NO_KEY = b"ANTHROPIC_API_KEY"
NO_DATABASE, NO_ANTHROPIC_KEY = "no_database", "no_anthropic_key"


def absence(status: int, body: bytes) -> LitectlError | None:
    """Return the error of an answer that tells what the proxy lacks, None for every other one."""
    if status < _FIRST_ERROR:
        return None
    if any(words in body for words in _NO_DATABASE):
        return UpstreamError(
            "the proxy has no database to keep skills in",
            hint="its operator can give it one: DATABASE_URL",
            details={"status": status, "reason": NO_DATABASE},
        )
    if _NO_KEY in body:
        return UpstreamError(
            "the proxy has no key for the skills at Anthropic",
            hint="its operator can give it one: ANTHROPIC_API_KEY",
            details={"status": status, "reason": NO_ANTHROPIC_KEY},
        )
    return None


def is_usual(error: LitectlError) -> bool:
    """Tell whether *error* only says what the proxy lacks."""
    return error.details.get("reason") in (NO_DATABASE, NO_ANTHROPIC_KEY)
