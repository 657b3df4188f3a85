"""
The catalog to use now: the cached one, a fresh one, or the old one with a warning.

Younger than 24 hours is used without any network. Older is shown at once on a
terminal while a background process fetches the new one; anywhere else it is
fetched first, and when that fails the old list is better than none.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from litectl.catalog.cache import CatalogCache, DamagedCache, is_stale
from litectl.catalog.catalog import Catalog
from litectl.errors import ConfigError, LitectlError, ProxyError

_REFRESH_LOCK_SECONDS = 60.0


class Changes(NamedTuple):
    """The names that a refresh added and removed."""

    added: list[str]
    removed: list[str]


class Policy(NamedTuple):
    """
    How a list may be had.

    *fetch* asks the proxy. *start_background* starts a detached refresh, or is
    None where nobody would see the old list first. *offline* forbids the
    network, *automatic* is false when the user switched unasked fetching off.
    *seconds* is the limit of a fetch, and of waiting for another process that fetches.
    """

    fetch: Callable[[], Catalog]
    start_background: Callable[[], None] | None
    offline: bool
    automatic: bool
    seconds: float
    warn: Callable[[str], None]


def current_catalog(
    cache: CatalogCache | None, policy: Policy, now: float, *, with_deployments: bool = False
) -> Catalog:
    """
    Return the catalog to use at *now*, seconds since 1970.

    Raises `ConfigError` when there is none and none may be fetched, and the
    error of the fetch when there is no old list to fall back to.
    """
    old = _read(cache, policy.warn, with_deployments=with_deployments)
    if old is not None and cache is not None:
        cache.touch()
        if policy.offline or not is_stale(old.fetched_at, now):
            return old
        if policy.start_background is not None:
            if policy.automatic and cache.claim_attempt():
                policy.start_background()
            return old
    if policy.offline or not policy.automatic:
        return old or _none_cached(offline=policy.offline)
    try:
        return _fetch_once(cache, policy, old, with_deployments=with_deployments)
    except LitectlError as error:
        if old is None:
            raise
        policy.warn(f"the model list is older than 24 hours and could not be refreshed: {error.message}")
        return old


def refresh(cache: CatalogCache, fetch: Callable[[], Catalog]) -> tuple[Catalog, Changes]:
    """
    Fetch the catalog, cache it, and return it with what changed.

    One process at a time. Whatever goes wrong is raised and the old list stays;
    so does an empty list, which a proxy in trouble may show.
    """
    with cache.refreshing(_REFRESH_LOCK_SECONDS):
        old = _read(cache, lambda _: None)
        catalog = _fetched(cache, fetch, old)
        cache.write(catalog)
    before = {model.name for model in old.models} if old else set()
    after = {model.name for model in catalog.models}
    return catalog, Changes(sorted(after - before), sorted(before - after))


def _fetch_once(
    cache: CatalogCache | None, policy: Policy, old: Catalog | None, *, with_deployments: bool
) -> Catalog:
    """Fetch the catalog unless another process does so first, and takes no longer than a fetch may."""
    if cache is None or not cache.is_writable:
        policy.warn("the model list cannot be cached: the cache directory is not writable")
        return policy.fetch()
    with ExitStack() as stack:
        try:
            stack.enter_context(cache.refreshing(policy.seconds))
        except ConfigError as error:
            policy.warn(f"the model list is fetched but not cached: {error.message}")
            return policy.fetch()
        newer = _read(cache, lambda _: None, with_deployments=with_deployments)
        if newer is not None and (old is None or newer.fetched_at > old.fetched_at):
            return newer
        catalog = _fetched(cache, policy.fetch, old)
        try:
            cache.write(catalog)
        except ConfigError as error:
            policy.warn(f"the model list could not be cached: {error.message}")
        return catalog


def _fetched(cache: CatalogCache, fetch: Callable[[], Catalog], old: Catalog | None) -> Catalog:
    catalog = fetch()
    if not catalog.models and old is not None and old.models:
        raise ProxyError(
            "the proxy lists no models; the previous list is kept",
            hint=f"if that is right, remove the old list: `rm {cache.path}`",
        )
    return catalog


def _read(
    cache: CatalogCache | None, warn: Callable[[str], None], *, with_deployments: bool = False
) -> Catalog | None:
    try:
        return cache.read(with_deployments=with_deployments) if cache else None
    except DamagedCache:
        warn(f"the cached model list in `{cache.path if cache else ''}` is damaged and is not used")
        return None


def _none_cached(*, offline: bool) -> Catalog:
    why = "`--offline` forbids fetching one" if offline else "LITELLM_DISCOVERY_TIMEOUT_MS is 0"
    raise ConfigError(
        f"no model list is cached for this proxy and credential, and {why}",
        hint="fetch it with `litectl models refresh`",
    )
