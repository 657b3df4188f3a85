"""
Asks a proxy which skills it keeps, and which ones its account at Anthropic has.

What it keeps itself, LiteLLM 1.106 lists from the beginning whatever page is asked for, but as many as
are asked for; so all are asked for at once. To Anthropic, which gives a hundred, it passes on the page
that a body names, and none that a query does.
"""

import time
from typing import NamedTuple
from urllib.parse import quote, urlencode

from litectl.errors import IncompleteError, LitectlError
from litectl.proxy import Proxy
from litectl.skills.absence import absence
from litectl.skills.rows import Rows, api_rows
from litectl.skills.skill import STORED, Skill

PATH = "/v1/skills"
BODY_LIMIT = 16 * 2**20  # bytes
MOST_PAGES = 50
_STORED_AT_ONCE = 10_000
_ANTHROPIC_AT_ONCE = 100  # its own limit


class Found(NamedTuple):
    """The *skills* of an origin, how many entries were no skill, and whether there are more of them."""

    skills: list[Skill]
    left_out: int
    is_cut: bool = False


class _Page(NamedTuple):
    """One answer: its rows, and how the next one is asked for; None where there is none."""

    rows: Rows
    has_more: bool
    token: str | None


def fetch_stored(proxy: Proxy, origin: str, *, seconds: float) -> Found:
    """
    Return the skills of *origin*, `litellm_proxy` or `anthropic`, within *seconds* for all pages.

    Raises what the first page does; a later one that cannot be had leaves the list cut.
    """
    deadline = time.monotonic() + seconds
    page = _first(proxy, origin, seconds)
    skills, left_out = {skill.id: skill for skill in page.rows.skills}, page.rows.left_out
    for _ in range(1, MOST_PAGES):
        if not page.has_more:
            return Found(list(skills.values()), left_out)
        following = _following(proxy, origin, page, deadline)
        new = [skill for skill in following.rows.skills if skill.id not in skills] if following else []
        if following is None or not new:
            break
        skills.update((skill.id, skill) for skill in new)
        page, left_out = following, left_out + following.rows.left_out
    return Found(list(skills.values()), left_out, is_cut=page.has_more)


def _first(proxy: Proxy, origin: str, seconds: float) -> _Page:
    answer = proxy.get_json(_path(origin), seconds=seconds, limit=BODY_LIMIT, refusal=absence)
    return _page(answer.document, origin)


def _following(proxy: Proxy, origin: str, page: _Page, deadline: float) -> _Page | None:
    """Return the page after *page*, None when it cannot be had."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None
    mark = {"page": page.token} if page.token else {"after_id": page.rows.skills[-1].id}
    try:
        answer = proxy.send("GET", _path(origin, **mark), document=mark, seconds=left)
        return _page(answer.document, origin)
    except LitectlError:
        return None


def _path(origin: str, **more: str) -> str:
    limit = _STORED_AT_ONCE if origin == STORED else _ANTHROPIC_AT_ONCE
    query = {"beta": "true", "limit": str(limit), "custom_llm_provider": origin, **more}
    return f"{PATH}?{urlencode(query, quote_via=quote, errors='replace')}"


def _page(document: object, origin: str) -> _Page:
    rows = api_rows(document, origin)
    if rows is None:
        raise IncompleteError(
            f"the answer of {PATH} has no list of skills",
            hint="check that the URL is the root of a LiteLLM proxy: `litectl whoami --offline`",
        )
    fields = document if isinstance(document, dict) else {}
    token = fields.get("next_page")
    token = token if isinstance(token, str) and token else None
    has_more = bool(rows.skills) and (fields.get("has_more") is True or token is not None)
    return _Page(rows, has_more, token)
