"""
The catalog to use now: the cached one, a fresh one, or the old one with a warning.

Younger than 24 hours is used without any network. Older is shown at once on a
terminal while a background process fetches the new one; anywhere else it is
fetched first, and when that fails the old list is better than none.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from litectl.catalog.cache import CatalogCache, Failure
from litectl.catalog.cachefile import DamagedCache
from litectl.catalog.catalog import Catalog, is_stale
from litectl.errors import ConfigError, LitectlError, ProxyError, UpstreamError

if TYPE_CHECKING:
    from litectl.catalog.discovery import Discovery, Outcome

_REFRESH_LOCK_SECONDS = 60.0
_BACK_OFF_SECONDS = 60.0  # without a terminal, where every command tries for itself
_RICHER_SECONDS = 7 * 24 * 3600.0  # how long a list with details is kept while the details cannot be had


class Changes(NamedTuple):
    """The names that a refresh added and removed."""

    added: list[str]
    removed: list[str]


class Refreshed(NamedTuple):
    """A list fetched on demand, what changed, and how each step ended; none when another process asked."""

    catalog: Catalog
    changes: Changes
    outcomes: "Sequence[Outcome]" = ()


class Policy(NamedTuple):
    """
    How a list may be had.

    *fetch* asks the proxy. *start_background* starts a detached refresh, or is
    None where nobody would see the old list first. *offline* forbids the
    network, *automatic* is false when the user switched unasked fetching off.
    *seconds* is the limit of a fetch, and of waiting for another process that fetches.
    *warn* is told what went wrong, *note* that an old list is used.
    """

    fetch: "Callable[[], Discovery]"
    start_background: Callable[[], None] | None
    offline: bool
    automatic: bool
    seconds: float
    warn: Callable[[str], None]
    note: Callable[[str], None]


def current_catalog(cache: CatalogCache | None, policy: Policy, now: float) -> Catalog:
    """
    Return the catalog to use at *now*, seconds since 1970.

    Raises `ConfigError` when there is none and none may be fetched, and the
    error of the fetch when there is no old list to fall back to.
    """
    old = _read(cache, policy.warn)
    if old is not None and cache is not None:
        cache.touch()
        if not is_stale(old.fetched_at, now) or _stays_for_now(cache, policy, old, now):
            return old
    if policy.offline or not policy.automatic:
        return _none_cached(offline=policy.offline)
    try:
        return _fetch_once(cache, policy, old)
    except LitectlError as error:
        if old is None or cache is None:
            raise
        cache.note_failure(error.message)
        policy.warn(f"the model list is older than 24 hours and could not be refreshed: {error.message}")
        return old


def _stays_for_now(cache: CatalogCache, policy: Policy, old: Catalog, now: float) -> bool:
    """Tell whether the stale list *old* is used without waiting for a new one, and say so."""
    failure = cache.last_failure()
    if policy.offline or not policy.automatic:
        policy.note(_age(old, now))
    elif policy.start_background is not None:
        if failure is not None:
            policy.warn(_last_failure(failure))
        if cache.claim_attempt():
            policy.start_background()
            policy.note(f"{_age(old, now)}; a new one is being fetched")
    elif failure is not None and failure.seconds < _BACK_OFF_SECONDS:
        policy.warn(f"{_last_failure(failure)}; `litectl models refresh` tries now")
    else:
        return False
    return True


def refresh(
    cache: CatalogCache,
    fetch: "Callable[[], Discovery]",
    clock: Callable[[], float],
    warn: Callable[[str], None],
) -> Refreshed:
    """
    Fetch the catalog, cache it, and return it with what changed; *clock* gives seconds since 1970.

    One process at a time; one that had to wait takes a list that another asked for after it
    was itself called. Whatever goes wrong is raised and the old list stays; so does an
    empty list, which a proxy in trouble may show.
    """
    called = clock()
    try:
        with cache.refreshing(_REFRESH_LOCK_SECONDS):
            old = _read(cache, lambda _: None)
            if old is not None and called <= old.fetched_at <= clock():
                return Refreshed(old, Changes([], []))
            discovery = _fetched(cache, fetch, old, warn)
            cache.write(discovery.catalog)
    except ConfigError:
        raise  # of this machine, not of the proxy: trying again is not to wait for it
    except LitectlError as error:
        cache.note_failure(error.message)
        raise
    before = {model.name for model in old.models} if old else set()
    after = {model.name for model in discovery.catalog.models}
    changes = Changes(sorted(after - before), sorted(before - after))
    return Refreshed(discovery.catalog, changes, discovery.outcomes)


def _fetch_once(cache: CatalogCache | None, policy: Policy, old: Catalog | None) -> Catalog:
    """Fetch the catalog unless another process does so first, and takes no longer than a fetch may."""
    if cache is None or not cache.is_writable:
        policy.warn("the model list cannot be cached: the cache directory is not writable")
        return policy.fetch().catalog
    with ExitStack() as stack:
        try:
            stack.enter_context(cache.refreshing(policy.seconds))
        except ConfigError as error:
            policy.warn(f"the model list is fetched but not cached: {error.message}")
            return policy.fetch().catalog
        newer = _read(cache, lambda _: None)
        if newer is not None and (old is None or newer.fetched_at != old.fetched_at):
            return newer
        catalog = _fetched(cache, policy.fetch, old, policy.warn).catalog
        try:
            cache.write(catalog)
        except ConfigError as error:
            policy.warn(f"the model list could not be cached: {error.message}")
        return catalog


def _fetched(
    cache: CatalogCache,
    fetch: "Callable[[], Discovery]",
    old: Catalog | None,
    warn: Callable[[str], None],
) -> "Discovery":
    """Return a new discovery, unless it would replace a list that knows more."""
    discovery = fetch()
    if old is not None and old.models:
        if not discovery.catalog.models:
            raise ProxyError(
                "the proxy lists no models; the previous list is kept",
                hint="if that is right, remove the old list with `litectl cache clear`",
            )
        require_as_rich(cache, discovery, old)
    for outcome in discovery.failed:
        warn(f"names or facts may be missing: {outcome.path}: {outcome.detail}")
    return discovery


def require_as_rich(cache: CatalogCache, discovery: "Discovery", old: Catalog) -> None:
    """Raise `UpstreamError` when a step failed that told a part of the *old* list, less than a week ago."""
    is_recent = 0 <= discovery.catalog.fetched_at - old.fetched_at < _RICHER_SECONDS
    if not (discovery.failed and is_recent):
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


def _read(cache: CatalogCache | None, warn: Callable[[str], None]) -> Catalog | None:
    try:
        return cache.read() if cache else None
    except DamagedCache:
        path = cache.path if cache else ""
        warn(f"the cached model list in `{path}` is damaged, or another version's, and is not used")
        return None


def _age(old: Catalog, now: float) -> str:
    if old.fetched_at > now:
        return "the model list is from the future: a clock was wrong"
    hours = int((now - old.fetched_at) // 3600)
    return f"the model list is {f'{hours // 24} days' if hours >= 48 else f'{hours} hours'} old"


def _last_failure(failure: Failure) -> str:
    minutes = int(failure.seconds // 60)
    ago = f"{minutes} min ago" if minutes else "just now"
    return f"the model list is older than 24 hours, and its last refresh, {ago}, failed: {failure.message}"


def _none_cached(*, offline: bool) -> Catalog:
    forbidden = "`--offline` or LITELLM_OFFLINE forbids fetching one"
    why = forbidden if offline else "LITELLM_DISCOVERY_TIMEOUT_MS is 0"
    raise ConfigError(
        f"no model list is cached for this proxy and credential, and {why}",
        hint="fetch it once with `litectl models refresh`, online",
    )
