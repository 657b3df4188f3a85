"""Asks a proxy which skills it offers, origin by origin."""

import time
from collections.abc import Sequence

from litectl.errors import LitectlError, UnreachableError
from litectl.skills.api import fetch_stored
from litectl.skills.hub import fetch_hub
from litectl.skills.inventory import Refusal, SkillList, told
from litectl.skills.refusals import most_telling
from litectl.skills.rows import Rows
from litectl.skills.skill import HUB, ORIGINS
from litectl.wire.proxy import Proxy

LIST_SECONDS = 30.0


def list_skills(proxy: Proxy, *, seconds: float, origins: Sequence[str] = ORIGINS) -> SkillList:
    """
    Return the skills of *origins*, asked one after the other within *seconds* in all.

    Each has its share of the seconds that are left, so that a slow one leaves some to the others.
    An origin that refuses is a refusal in the list; raises what tells most of them when all do, and
    at once when the proxy cannot be reached.
    """
    deadline = time.monotonic() + seconds
    found: dict[str, Rows] = {}
    refusals: list[Refusal] = []
    for number, origin in enumerate(origins):
        left = (deadline - time.monotonic()) / (len(origins) - number)
        refusal: LitectlError | None = None
        try:
            if origin == HUB:
                found[origin], refusal = fetch_hub(proxy, seconds=left)
            else:
                found[origin] = fetch_stored(proxy, origin, seconds=left)
        except UnreachableError:
            raise
        except LitectlError as error:
            refusal = error
        if refusal is not None:
            refusals.append(Refusal(origin, refusal, is_partial=origin in found))
    if not found:
        raise _refused_by_all(refusals)
    skills = [skill for rows in found.values() for skill in rows.skills]
    left_out = sum(rows.left_out for rows in found.values())
    return SkillList(skills, refusals, left_out, [origin for origin in found if found[origin].is_cut])


def _refused_by_all(refusals: Sequence[Refusal]) -> LitectlError:
    """Return the most telling of the *refusals*, with the words of all."""
    telling = most_telling(each.error for each in refusals)
    message = telling.message
    if len({each.error.message for each in refusals}) > 1:
        message = f"no skills could be listed: {told(refusals)}"
    refused = [each.as_json() for each in refusals]
    return type(telling)(message, hint=telling.hint, details={**telling.details, "refused": refused})
