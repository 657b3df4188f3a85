"""Checks of what a proxy lists: its models, the tools of its MCP servers, its skills."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from litectl.catalog.catalog import Catalog
from litectl.catalog.discovery import Discovery
from litectl.errors import (
    LitectlError,
    NotAllowedError,
    NotFoundError,
    PartialError,
    ProxyError,
    UpstreamError,
)
from litectl.failures.envelopes import readable
from litectl.mcp.servers import SERVER_CREDENTIAL, Server, unlisted
from litectl.mcp.tools import OK, Outcome, ToolList
from litectl.skills.listing import list_skills
from litectl.skills.refusals import is_usual, most_telling
from litectl.skills.skill import HUB, STORED
from litectl.smoke.check import Check, Result, failed, passed, skipped, warned
from litectl.smoke.finding import Absent, Finding
from litectl.smoke.steps import ServerChoice
from litectl.text.counting import counted
from litectl.text.nearness import did_you_mean, near
from litectl.wire.proxy import Proxy

_ALL_SERVERS = ServerChoice()
_OWN_ORIGINS = (HUB, STORED)  # for which the proxy asks nobody else
_NO_ROUTE = (404, 405)
_STEPS_HINT = "see how each step ended with `litectl models refresh -v`"
_OPERATOR_HINT = "tell the operator of the proxy; `litectl mcp servers` shows all servers"


def discovered(discovery: Discovery) -> Finding:
    """Judge how the list was found: a step that failed is a doubt, and so is an empty list."""
    catalog = discovery.catalog
    found = f"{counted(len(catalog.models), 'model')}, from {catalog.source}"
    if not catalog.models:
        return NotFoundError(
            f"the proxy lists no model, in {catalog.source}", hint="ask its operator for some"
        )
    if discovery.failed:
        missing = "; ".join(f"{outcome.path}: {outcome.detail}" for outcome in discovery.failed)
        return UpstreamError(f"{found}; names or facts may be missing: {missing}", hint=_STEPS_HINT)
    return found


def from_source(catalog: Catalog, expected: str) -> Finding:
    """Find out whether the list came from the *expected* source; raises `ProxyError` for another one."""
    if catalog.source != expected:
        raise ProxyError(
            f"the list came from {catalog.source}, not from {expected}",
            hint=_STEPS_HINT,
        )
    return f"the list came from {expected}"


def required(catalog: Catalog, name: str) -> Finding:
    """Find out whether the model *name* is listed; raises `NotFoundError`."""
    if catalog.find(name) is None:
        hint = did_you_mean(catalog.near(name)) or "see them with `litectl models list --mode all`"
        raise NotFoundError(f"the proxy does not list `{readable(name)}`", hint=hint)
    return "listed"


def servers_answer(
    check: Check,
    fetch: Callable[[], ToolList],
    describe: Callable[[], Iterable[Server]],
    given: Collection[str],
    choice: ServerChoice = _ALL_SERVERS,
) -> list[Result]:
    """
    Return how *check* ended for each MCP server of *choice* in the list that *fetch* gives.

    *describe* tells of the servers where one failed; those *given* a header of the caller want no other one.
    One to skip is skipped by name, and one that alone is wanted and is not there fails.
    """
    started = time.monotonic()
    try:
        tools = fetch()
    except LitectlError as error:
        return [_without_tools(check, error, time.monotonic() - started)]
    seconds = time.monotonic() - started
    if not tools.outcomes and not choice.only:
        return [skipped(check, "the proxy has no MCP server that this key may use")]
    described: list[Server] = []

    def known() -> Sequence[Server]:
        described.extend(describe() if not described else ())
        return described

    given_names, only, skip = (_lowered(names) for names in (given, choice.only, choice.skip))
    results = []
    for outcome in tools.outcomes:
        part, name = check._replace(subject=outcome.server), outcome.server.lower()
        if name in skip:
            results.append(skipped(part, "left out by `--skip`"))
        elif name in only or not only:
            is_given = name in given_names
            results.append(_server_answers(part, outcome, known, seconds, is_given=is_given))
    return [*results, *_missing(check, choice.only, [outcome.server for outcome in tools.outcomes])]


def unknown_servers(names: Iterable[str], results: Iterable[Result]) -> list[str]:
    """Return those of the *names* of MCP servers that none of *results* is about."""
    there = _lowered(result.check.subject or "" for result in results)
    return [name for name in names if name.lower() not in there]


def _missing(check: Check, wanted: Iterable[str], listed: Sequence[str]) -> Iterator[Result]:
    """Give a failure for each server that is *wanted* and not *listed*."""
    there = _lowered(listed)
    for name in wanted:
        if name.lower() not in there:
            hint = did_you_mean(near(name, listed)) or "see them with `litectl mcp servers`"
            error = NotFoundError("the proxy lists no such MCP server", hint=hint)
            yield failed(check._replace(subject=name), error, 0.0)


def _lowered(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _without_tools(check: Check, error: LitectlError, seconds: float) -> Result:
    """Return how *check* ends where the list itself cannot be had: most proxies and keys have no server."""
    if isinstance(error, NotAllowedError) or error.details.get("status") in _NO_ROUTE:
        return skipped(check, error.message)
    return failed(check, error, seconds)


def _server_answers(
    check: Check,
    outcome: Outcome,
    describe: Callable[[], Iterable[Server]],
    seconds: float,
    *,
    is_given: bool,
) -> Result:
    if outcome.status == OK:
        return passed(check, counted(outcome.tools or 0, "tool"), seconds)
    error = unlisted(outcome, describe)
    if error.details.get("reason") == SERVER_CREDENTIAL:
        return failed(check, error, seconds) if is_given else warned(check, error, seconds)
    return failed(check, UpstreamError(error.message, hint=_OPERATOR_HINT), seconds)


def skills_answer(proxy: Proxy, *, seconds: float) -> Finding:
    """Find out whether *proxy* lists the skills that it keeps itself; raises what is no usual refusal."""
    try:
        listed = list_skills(proxy, seconds=seconds, origins=_OWN_ORIGINS)
    except LitectlError as error:
        if not _has_no_skills(error):
            raise
        return Absent(error.message)
    errors = [each.error for each in listed.refusals if not _has_no_skills(each.error)]
    if errors:
        raise most_telling(errors)
    if listed.cut:
        return PartialError(
            f"{', '.join(listed.cut)} has more skills than it lists",
            hint="see them with `litectl skills list`",
        )
    return counted(len(listed.skills), "skill")


def _has_no_skills(error: LitectlError) -> bool:
    """Tell whether *error* says that there are none for this key: no database, no route, or no right."""
    return is_usual(error) or isinstance(error, NotAllowedError) or error.details.get("status") in _NO_ROUTE
