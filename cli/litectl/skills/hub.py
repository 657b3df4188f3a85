"""Asks a proxy which skills its Skill Hub has."""

import time
from typing import NamedTuple

from litectl.errors import IncompleteError, LitectlError
from litectl.proxy import Proxy
from litectl.skills.absence import absence, is_usual
from litectl.skills.rows import Rows, hub_rows

PLUGINS = "/claude-code/plugins"
MARKETPLACE = "/claude-code/marketplace.json"
_SHORTEST_SECONDS = 0.001
BODY_LIMIT = 16 * 2**20  # bytes
_PUBLIC_INSTEAD = (401, 403, 404, 500)  # statuses of a proxy that may still have the public list


class HubAnswer(NamedTuple):
    """The *rows* of the hub, and why they are only those of its public list, None when they are all."""

    rows: Rows
    refusal: LitectlError | None = None


def fetch_hub(proxy: Proxy, *, seconds: float) -> HubAnswer:
    """
    Return the skills of the hub within *seconds*: all that this key may see.

    From the public list, which has the enabled ones only, where the proxy refuses the other one.
    Raises the error of that other one when both are refused.
    """
    deadline = time.monotonic() + seconds
    try:
        return HubAnswer(_rows(proxy, PLUGINS, seconds))
    except LitectlError as error:
        if is_usual(error) or error.details.get("status") not in _PUBLIC_INSTEAD:
            raise
        return HubAnswer(_public_rows(proxy, deadline, error), error)


def _public_rows(proxy: Proxy, deadline: float, refusal: LitectlError) -> Rows:
    try:
        return _rows(proxy, MARKETPLACE, max(deadline - time.monotonic(), _SHORTEST_SECONDS))
    except LitectlError:
        raise refusal from None


def _rows(proxy: Proxy, path: str, seconds: float) -> Rows:
    answer = proxy.get_json(path, seconds=seconds, limit=BODY_LIMIT, refusal=absence)
    rows = hub_rows(answer.document)
    if rows is None:
        raise IncompleteError(
            f"the answer of {path} has no list of skills",
            hint="check that the URL is the root of a LiteLLM proxy: `litectl whoami --offline`",
        )
    return rows
