"""Asks a proxy which skills its Skill Hub has."""

import time

from litectl.errors import LitectlError
from litectl.skills.refusals import is_usual, lack
from litectl.skills.rows import BODY_LIMIT, Rows, hub_rows
from litectl.wire.proxy import Proxy

PLUGINS = "/claude-code/plugins"
MARKETPLACE = "/claude-code/marketplace.json"
_PUBLIC_INSTEAD = (401, 403, 404, 500)  # statuses of a proxy that may still have the public list


def fetch_hub(proxy: Proxy, *, seconds: float) -> tuple[Rows, LitectlError | None]:
    """
    Return the skills of the hub within *seconds*: all that this key may see, and None.

    Where the proxy refuses these, those of its public list, which has the enabled ones only, and why.
    Raises the error of the refusal when both are refused.
    """
    deadline = time.monotonic() + seconds
    try:
        return _rows(proxy, PLUGINS, seconds), None
    except LitectlError as error:
        if is_usual(error) or error.details.get("status") not in _PUBLIC_INSTEAD:
            raise
        return _public_rows(proxy, deadline, error), error


def _public_rows(proxy: Proxy, deadline: float, refusal: LitectlError) -> Rows:
    try:
        return _rows(proxy, MARKETPLACE, deadline - time.monotonic())
    except LitectlError:
        raise refusal from None


def _rows(proxy: Proxy, path: str, seconds: float) -> Rows:
    return hub_rows(proxy.get_json(path, seconds=seconds, limit=BODY_LIMIT, refusal=lack).document)
