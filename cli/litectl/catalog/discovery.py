"""
Discovery: the steps by which a proxy is asked what it offers.

`STEPS` is the order. A step that the proxy refuses, or does not have, gives way
to the next; the source that answered is part of the catalog.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from litectl.catalog.catalog import Catalog
from litectl.catalog.merge import merge
from litectl.catalog.rows import Deployment, deployment_from_info, deployment_from_list
from litectl.errors import AuthError, IncompleteError, LitectlError, NetworkError
from litectl.proxy import Proxy


class Step(NamedTuple):
    """One way to ask: the *source* it is called, the route, and how an entry is read."""

    source: str
    path: str
    read: Callable[[object], Deployment | None]


STEPS = (
    Step("model_info", "/model/info", deployment_from_info),
    Step("models", "/v1/models", deployment_from_list),
)


def discover(
    proxy: Proxy, *, seconds: float, now: float, trace: Callable[[str], None] = lambda _: None
) -> Catalog:
    """
    Return the catalog of *proxy*, by the first of `STEPS` that answers.

    *seconds* bounds the whole discovery. Raises the error of the last step
    when every one failed, and at once when the proxy cannot be reached.
    """
    deadline = time.monotonic() + seconds
    failure: LitectlError | None = None
    for step in STEPS:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        try:
            answer = proxy.get_json(step.path, seconds=remaining)
            deployments = _entries(answer.document, step)
        except NetworkError:
            raise
        except LitectlError as error:
            trace(f"discovery: {step.path} refused: {error.message}")
            failure = _worse(failure, error)
            continue
        trace(f"discovery: {step.path} lists {len(deployments)} deployments")
        return Catalog(step.source, now, merge(deployments), deployments)
    raise failure or NetworkError(f"discovery took longer than {seconds:g} s")


def _worse(first: LitectlError | None, second: LitectlError) -> LitectlError:
    # A key that is refused everywhere is the news, not that the last route was missing too.
    return first if isinstance(first, AuthError) and not isinstance(second, AuthError) else second


def _entries(document: object, step: Step) -> list[Deployment]:
    entries = document.get("data") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise IncompleteError(
            f"the answer of {step.path} has no list of models",
            hint="check that the URL is the root of a LiteLLM proxy: `litectl whoami --offline`",
        )
    rows = (step.read(entry) for entry in entries)
    return [row for row in rows if row is not None]
