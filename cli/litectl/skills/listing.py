"""Asks a proxy which skills it offers, origin by origin."""

import time
from collections.abc import Sequence

from litectl.errors import (
    AuthError,
    LitectlError,
    NetworkError,
    ProxyError,
    RateLimitError,
    UnreachableError,
    UpstreamError,
)
from litectl.proxy import Proxy
from litectl.skills.absence import is_usual
from litectl.skills.api import Found, fetch_stored
from litectl.skills.hub import fetch_hub
from litectl.skills.inventory import Refusal, SkillList
from litectl.skills.skill import HUB, ORIGINS

LIST_SECONDS = 30.0
_SHORTEST_SECONDS = 0.001
_TELLING: tuple[type[LitectlError], ...] = (
    AuthError,
    RateLimitError,
    NetworkError,
    UpstreamError,
    ProxyError,
)  # the first one is told


def list_skills(
    proxy: Proxy, *, seconds: float = LIST_SECONDS, origins: Sequence[str] = ORIGINS
) -> SkillList:
    """
    Return the skills of *origins*, asked one after the other within *seconds* in all.

    Each has its share of the seconds that are left, so that a slow one leaves some to the others.
    An origin that refuses is a refusal in the list; raises what tells most of them when all do, and
    at once when the proxy cannot be reached.
    """
    deadline = time.monotonic() + seconds
    found: dict[str, Found] = {}
    refusals: list[Refusal] = []
    for number, origin in enumerate(origins):
        left = (deadline - time.monotonic()) / (len(origins) - number)
        try:
            found[origin], refusal = _asked(proxy, origin, max(left, _SHORTEST_SECONDS))
        except UnreachableError:
            raise
        except LitectlError as error:
            refusal = error
        if refusal is not None:
            refusals.append(Refusal(origin, refusal, is_partial=origin in found))
    if not found:
        raise _refused_by_all(refusals)
    skills = [skill for answer in found.values() for skill in answer.skills]
    left_out = sum(answer.left_out for answer in found.values())
    return SkillList(skills, refusals, left_out, [origin for origin in found if found[origin].is_cut])


def _asked(proxy: Proxy, origin: str, seconds: float) -> tuple[Found, LitectlError | None]:
    """Return the skills of *origin*, and why they are not all of them where that was refused."""
    if origin == HUB:
        rows, refusal = fetch_hub(proxy, seconds=seconds)
        return Found(*rows), refusal
    return fetch_stored(proxy, origin, seconds=seconds), None


def _refused_by_all(refusals: Sequence[Refusal]) -> LitectlError:
    """Return the most telling of the *refusals*, with the words of all."""
    telling = min((each.error for each in refusals), key=_rank)
    messages = dict.fromkeys(each.error.message for each in refusals)
    if len(messages) == 1:
        message = telling.message
    else:
        listed = "; ".join(f"{each.origin}: {each.error.message}" for each in refusals)
        message = f"no skills could be listed: {listed}"
    refused = [each.as_json() for each in refusals]
    details = {**telling.details, "refused": refused}
    return type(telling)(message, hint=telling.hint, details=details)


def _rank(error: LitectlError) -> tuple[bool, int]:
    places = (number for number, kind in enumerate(_TELLING) if isinstance(error, kind))
    return is_usual(error), next(places, len(_TELLING))
