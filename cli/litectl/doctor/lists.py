"""Findings of the lists that are kept on this machine, and of how they are refreshed."""

from collections.abc import Collection

from litectl.catalog.cache import CatalogCache
from litectl.doctor.finding import Finding, judged, ok
from litectl.mcp.cache import ToolCache
from litectl.storage.keptfile import Failure, KeptFile
from litectl.storage.lastrefresh import LastRefresh
from litectl.storage.listfile import DamagedCache, is_stale
from litectl.text.counting import counted
from litectl.text.durations import duration_text

_REFRESH = "`litectl models refresh`"
_OLD_REFRESH = 2 * 24 * 3600.0  # seconds; cron has missed a day


def examine_models(cache: CatalogCache | None, now: float) -> Finding:
    """Return how old the cached model list is; *cache* is None where nothing was ever kept."""
    name = "model_list"
    try:
        catalog = cache.read() if cache else None
    except DamagedCache:
        return _damaged(name, cache)
    if cache is None or catalog is None:
        return _none(name, cache)
    fact = f"{counted(len(catalog.models), 'model')} from {catalog.source}"
    return _kept(name, fact, catalog.fetched_at, cache.file, now)


def examine_tools(cache: ToolCache | None, now: float) -> Finding:
    """Return how old the cached list of tools is, and which MCP servers did not list theirs."""
    name = "tool_list"
    try:
        listed = cache.read() if cache else None
    except DamagedCache:
        return _damaged(name, cache)
    if cache is None or listed is None:
        return _none(name, cache)
    servers = {outcome.server for outcome in listed.outcomes}
    fact = f"{counted(len(listed.tools), 'tool')} of {counted(len(servers), 'MCP server')}"
    if listed.failed:
        fact += f", without those of {', '.join(outcome.server for outcome in listed.failed)}"
    return _kept(name, fact, listed.fetched_at, cache.file, now)


def _damaged(name: str, cache: CatalogCache | ToolCache | None) -> Finding:
    facts = [str(cache.file.path)] if cache else []
    return judged(name, facts, ["the cached list is damaged, or another version's"], _REFRESH)


def _none(name: str, cache: CatalogCache | ToolCache | None) -> Finding:
    failed = cache.file.last_failure() if cache else None
    problems = [_failed(failed)] if failed else []
    return judged(name, ["none is cached yet"], problems, _REFRESH if problems else None)


def _kept(name: str, fact: str, fetched_at: float, file: KeptFile, now: float) -> Finding:
    failed = file.last_failure()
    problems = [_failed(failed)] if failed else []
    if is_stale(fetched_at, now):
        problems.append("the cached list is from the future" if fetched_at > now else "older than 24 hours")
    facts = [fact, _age(fetched_at, now), str(file.path)]
    return judged(name, facts, problems, _REFRESH if problems else None)


def _failed(failed: Failure) -> str:
    return f"the last refresh, {duration_text(failed.seconds)} ago, failed: {failed.message}"


def _age(fetched_at: float, now: float) -> str:
    return f"{duration_text(abs(now - fetched_at))} old"


def examine_last_refresh(
    last: LastRefresh | None, now: float, *, stored: Collection[str] | None = None
) -> Finding:
    """
    Return how the last refresh of all profiles went, which cron may run.

    What failed counts for the profiles that are *stored* still; None where nobody knows which are.
    """
    name = "last_refresh"
    if last is None:
        return ok(name, "`litectl models refresh --all-profiles` was never run here")
    failed = [
        f"profile `{each.name}` failed: {each.message}"
        for each in last.failed
        if stored is None or each.name in stored
    ]
    facts = [f"{counted(len(last.profiles), 'profile')}, {_age(last.finished_at, now)}"]
    if now - last.finished_at > _OLD_REFRESH:
        failed.append("it has not run for two days")
    remedy = "`litectl models refresh --all-profiles`, and see to the timer or crontab" if failed else None
    return judged(name, facts, failed, remedy)
