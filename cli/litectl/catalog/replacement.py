"""A fetched catalog in the place of the cached one: whether it may be, and what changed."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from litectl.catalog.cache import CatalogCache
from litectl.catalog.catalog import Catalog
from litectl.errors import UpstreamError
from litectl.storage import kept
from litectl.storage.listfile import DamagedCache

if TYPE_CHECKING:
    from litectl.catalog.discovery import Discovery, Outcome


class Changes(NamedTuple):
    """The names that a refresh added and removed."""

    added: list[str]
    removed: list[str]


class Refreshed(NamedTuple):
    """A list fetched on demand, what changed, and how each step ended; none when another process asked."""

    catalog: Catalog
    changes: Changes
    outcomes: "Sequence[Outcome]" = ()


def refresh(
    cache: CatalogCache,
    fetch: "Callable[[], Discovery]",
    clock: Callable[[], float],
    warn: Callable[[str], None],
    waiting: kept.Waiting = nullcontext,
) -> Refreshed:
    """
    Fetch the catalog, cache it, and return it with what changed; *clock* gives seconds since 1970.

    As `kept.refresh`, which says what is raised.
    """
    outcomes: list[Outcome] = []

    def fetched(old: Catalog | None) -> Catalog:
        discovery = fetch()
        outcomes.extend(discovery.outcomes)
        return accepted(cache, discovery, old, warn)

    catalog, old = kept.refresh(cache, fetched, clock, waiting)
    before = {model.name for model in old.models} if old else set()
    after = {model.name for model in catalog.models}
    return Refreshed(catalog, Changes(sorted(after - before), sorted(before - after)), outcomes)


def accepted(
    cache: CatalogCache | None, discovery: "Discovery", old: Catalog | None, warn: Callable[[str], None]
) -> Catalog:
    """Return the catalog of *discovery*, unless it would replace an *old* one that knows more."""
    if cache is not None and old is not None and old.models:
        kept.require_any(discovery.catalog.models, old.models, "models")
        require_as_rich(cache, discovery, old)
    for outcome in discovery.failed:
        warn(f"names or facts may be missing: {outcome.path}: {outcome.detail}")
    return discovery.catalog


def require_as_rich(cache: CatalogCache, discovery: "Discovery", old: Catalog) -> None:
    """Raise `UpstreamError` when a step failed that told a part of the *old* list, less than a week ago."""
    if not (discovery.failed and kept.may_know_more(old, discovery.catalog)):
        return
    told = _sources(cache)
    for outcome in discovery.failed:
        if outcome.source in told:
            raise UpstreamError(
                f"the previous list is kept, since it knows more: {outcome.path}: {outcome.detail}",
                hint="try again later, or remove the old list with `litectl cache clear`",
            )


def _sources(cache: CatalogCache) -> set[str]:
    """Return the steps that told anything of the cached list."""
    try:
        rows = [row for entry in cache.entries() for row in entry.deployments]
    except DamagedCache:
        return set()
    listed = {row.get("source", "") for row in rows}
    return listed | {source for row in rows for source in row.get("filled", {}).values()}
