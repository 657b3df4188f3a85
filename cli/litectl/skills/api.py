"""
Asks a proxy which skills it keeps, and which ones its account at Anthropic has.

What it keeps itself, LiteLLM 1.106 lists from the beginning whatever page is asked for, but as many as
are asked for; so all are asked for at once. To Anthropic, which gives a hundred, it passes on the page
that a body names, and none that a query does.
"""

import time
from typing import NamedTuple
from urllib.parse import quote, urlencode

from litectl.errors import LitectlError
from litectl.skills.refusals import lack
from litectl.skills.rows import BODY_LIMIT, Rows, api_rows
from litectl.skills.skill import STORED
from litectl.text.jsontext import object_of, text_in
from litectl.wire.proxy import Proxy

SKILLS = "/v1/skills"
MOST_PAGES = 50
_STORED_AT_ONCE = 10_000
_ANTHROPIC_AT_ONCE = 100  # its own limit


class _Page(NamedTuple):
    """One answer: its rows, and how the next one is asked for: by *token*, else by the last id."""

    rows: Rows
    has_more: bool
    token: str


def fetch_stored(proxy: Proxy, origin: str, *, seconds: float) -> Rows:
    """
    Return the skills of *origin*, `litellm_proxy` or `anthropic`, within *seconds* for all pages.

    Raises what the first page does; a later one that cannot be had leaves the list cut.
    """
    deadline = time.monotonic() + seconds
    page = _first(proxy, origin, seconds)
    skills, left_out = {skill.id: skill for skill in page.rows.skills}, page.rows.left_out
    for _ in range(1, MOST_PAGES):
        following = _following(proxy, origin, page, deadline) if page.has_more else None
        new = [skill for skill in following.rows.skills if skill.id not in skills] if following else []
        if following is None or not new:
            break
        skills.update((skill.id, skill) for skill in new)
        page, left_out = following, left_out + following.rows.left_out
    return Rows(list(skills.values()), left_out, is_cut=page.has_more)


def path_of(origin: str, identifier: str = "", **more: str) -> str:
    """Return the path and query for all skills of *origin*, or for the one with this *identifier*."""
    path = f"{SKILLS}/{path_segment(identifier)}" if identifier else SKILLS
    query = {"beta": "true", "custom_llm_provider": origin, **more}
    return f"{path}?{urlencode(query, quote_via=quote, errors='replace')}"


def path_segment(name: str) -> str:
    """Return *name* as one part of a path, whatever is in it."""
    quoted = quote(name, safe="", errors="replace")
    return quoted.replace(".", "%2E") if name in (".", "..") else quoted


def _first(proxy: Proxy, origin: str, seconds: float) -> _Page:
    path = path_of(origin, limit=_limit(origin))
    return _page(proxy.get_json(path, seconds=seconds, limit=BODY_LIMIT, refusal=lack).document, origin)


def _following(proxy: Proxy, origin: str, page: _Page, deadline: float) -> _Page | None:
    """Return the page after *page*, None when it cannot be had."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None
    mark = {"page": page.token} if page.token else {"after_id": page.rows.skills[-1].id}
    path = path_of(origin, limit=_limit(origin), **mark)
    try:
        return _page(proxy.send("GET", path, document=mark, seconds=left).document, origin)
    except LitectlError:
        return None


def _limit(origin: str) -> str:
    return str(_STORED_AT_ONCE if origin == STORED else _ANTHROPIC_AT_ONCE)


def _page(document: object, origin: str) -> _Page:
    rows, fields = api_rows(document, origin), object_of(document)
    token = text_in(fields, "next_page")
    return _Page(rows, bool(rows.skills) and (fields.get("has_more") is True or bool(token)), token)
