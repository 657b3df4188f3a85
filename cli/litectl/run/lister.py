"""
What is there, for this run: the catalog of its proxy, cached or fetched as the rules of the cache say.

The edge that joins options, variables and the caller to `litectl.catalog`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from litectl import environment
from litectl.errors import ConfigError, LitectlError
from litectl.storage.paths import NoHomeError

if TYPE_CHECKING:
    from litectl.catalog.cache import CatalogCache
    from litectl.catalog.cachefile import Entry
    from litectl.catalog.catalog import Catalog
    from litectl.catalog.discovery import Discovery
    from litectl.catalog.replacement import Refreshed
    from litectl.catalog.rows import Deployment
    from litectl.exchange.backend import Backend
    from litectl.profiles.profile import Overrides
    from litectl.run.runtime import Runtime
    from litectl.storage.kept import Policy
    from litectl.wire.proxy import Proxy

Result = TypeVar("Result")

_DISCOVERY_SECONDS = 5.0
_HEALTH_SECONDS = 120.0  # a proxy asks all its models for that, each of them for up to a minute


class CredentialChanged(Exception):
    """Another credential than expected was sent, so another list is to be read and written."""


class Lister:
    """The catalog of the proxy and credential of a run."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    @property
    def cache(self) -> "CatalogCache | None":
        """The cached catalog; None where nothing can be kept."""
        return self.where_kept(self.require_cache)

    def require_cache(self) -> "CatalogCache":
        """Return the cached catalog; raises `ConfigError` where nothing can be kept."""
        from litectl.catalog.cache import CatalogCache

        return CatalogCache(self._runtime.paths.catalogs, self.fingerprint(), self._runtime.target.root)

    def fingerprint(self) -> str:
        """Return what names the lists of this proxy and credential; raises `ConfigError`."""
        from litectl.catalog.fingerprint import fingerprint

        runtime = self._runtime
        identity, headers = runtime.credential.identity, runtime.transport.extra_headers
        return fingerprint(runtime.paths.fingerprint_secret, runtime.target.root, identity, headers)

    def where_kept(self, require_cache: Callable[[], Result]) -> Result | None:
        """Return the cache that *require_cache* gives; None where nothing can be kept."""
        _ = self._runtime.transport.extra_headers  # what is wrong with those is no matter of the cache
        try:
            return require_cache()
        except ConfigError as error:
            self._runtime.terminal.trace(f"no cache: {error.message}")
            return None

    def policy(self, noun: str, seconds: Callable[[], float]) -> "Policy":
        """Return how the list that is called *noun* may be had; *seconds* gives the limit of its fetch."""
        from litectl.storage.kept import Policy

        runtime = self._runtime
        return Policy(
            noun,
            start_background=self._start_background if self._may_refresh_behind() else None,
            offline=runtime.offline,
            automatic=self._automatic_seconds > 0,
            seconds=seconds,
            warn=runtime.terminal.warn,
            note=runtime.terminal.note,
            waiting=runtime.terminal.waiting,
        )

    @contextmanager
    def asked_as_expected(self) -> "Iterator[Proxy]":
        """Give the proxy of this run; raises `CredentialChanged` before it is asked as somebody else."""
        runtime = self._runtime
        identity = runtime.credential.identity
        with runtime.open_proxy() as proxy:
            if runtime.credential.identity != identity:
                raise CredentialChanged
            yield proxy

    @property
    def overrides(self) -> "Overrides":
        """What the profile says of models."""
        profile = self._runtime.target.settings_profile
        return profile.overrides if profile else {}

    def current(self) -> "Catalog":
        """Return the catalog to use now, with the overrides of the profile."""
        catalog = self.listed()
        if not self.overrides:
            return catalog
        from litectl.catalog.overrides import override

        return catalog._replace(models=override(catalog.models, self.overrides))

    def listed(self) -> "Catalog":
        """Return the catalog to use now, as the proxy lists it."""
        from litectl.storage.kept import current

        policy = self.policy("model list", lambda: self.seconds)

        def listed() -> "Catalog":
            cache = self.cache
            return current(cache, lambda old: self._accepted(cache, old), policy, self._runtime.now())

        return settled(listed)

    def cached(self, name: str) -> "Entry | None":
        """
        Return what the cache and the profile say of the model *name*, None when that is nothing.

        However old the cache is; the proxy is never asked.
        """
        if not self._has_lists():
            return None
        from litectl.storage.listfile import DamagedCache

        cache = self.cache
        try:
            entry = cache.entry(name) if cache else None
        except DamagedCache:
            self._runtime.terminal.trace("the cached model list is damaged and is not used")
            return None
        if entry is None or name not in self.overrides:
            return entry
        from litectl.catalog.overrides import override

        return entry._replace(model=override([entry.model], self.overrides)[0])

    def backend(self, name: str) -> "Backend":
        """Return all that the cache and the profile know of the model *name*; the proxy is never asked."""
        from litectl.exchange.backend import Backend

        entry, refused = self.cached(name), self.refused(name)
        if entry is None:
            return Backend(name, refused=refused)
        return Backend(name, entry.model, entry.deployments, refused)

    def refused(self, name: str) -> "Sequence[str]":
        """Return the parameters that the model *name* refused since the list was fetched."""
        cache = self.cache if self._has_lists() else None
        return cache.refused(name) if cache else ()

    def remember_refused(self, name: str, parameters: "Sequence[str]") -> None:
        """Remember that the model *name* refused *parameters*, where anything can be kept."""
        cache = self.cache
        try:
            if cache:
                cache.remember_refused(name, parameters)
        except ConfigError as error:
            self._runtime.terminal.trace(f"not remembered: {error.message}")

    def cached_catalog(self) -> "Catalog | None":
        """Return the cached list as the proxy gave it, however old; None when there is no usable one."""
        if not self._has_lists():
            return None
        from litectl.storage.kept import read_usable

        return read_usable(self.cache)

    def deployments_of(self, catalog: "Catalog", name: str) -> "list[Deployment]":
        """Return the deployments of *name* in *catalog*; none, with a warning, when they are lost."""
        if catalog.deployments:
            return [row for row in catalog.deployments if row["name"] == name]
        entries = self._known_of(lambda cache: [cache.entry(name)])
        return next((entry.deployments for entry in entries if entry is not None), [])

    def groups_of(self, catalog: "Catalog") -> "dict[str, list[Deployment]]":
        """Return the deployments of every model of *catalog* by its name, as `deployments_of`."""
        from litectl.catalog.rows import grouped

        if catalog.deployments:
            return grouped(catalog.deployments)
        entries = self._known_of(lambda cache: cache.entries())
        return {entry.model.name: entry.deployments for entry in entries}

    def _known_of(self, read: "Callable[[CatalogCache], list[Result]]") -> "list[Result]":
        from litectl.storage.listfile import DamagedCache

        cache = self.cache
        try:
            return read(cache) if cache else []
        except DamagedCache:
            self._runtime.terminal.warn(
                "what is known of the deployments is damaged: `litectl models refresh` mends it"
            )
            return []

    def refresh(self, *, allow_health: bool = False) -> "Refreshed":
        """Fetch the catalog and keep it; raises what goes wrong."""
        from litectl.catalog.replacement import refresh

        return settled(
            lambda: refresh(
                self.require_cache(),
                lambda: self._fetch(allow_health=allow_health),
                self._runtime.now,
                self._runtime.terminal.warn,
                self._runtime.terminal.waiting,
            )
        )

    def discover(self) -> "Discovery":
        """Ask the proxy what it offers now, and how that was found; kept where it can be and may."""
        from litectl.catalog.replacement import refresh

        discovery = settled(self._fetch)
        terminal, cache = self._runtime.terminal, self.cache
        try:
            if cache:
                refresh(cache, lambda: discovery, self._runtime.now, terminal.trace)
        except LitectlError as error:
            terminal.trace(f"the model list is not kept: {error.message}")
        return discovery

    def fetch(self, cached: "Catalog") -> "Catalog":
        """
        Return the catalog as the proxy has it now, to compare it with the *cached* one, which stays.

        Raises `UpstreamError` when a step failed that the cached one owes something to.
        """
        from litectl.catalog.replacement import require_as_rich

        discovery = settled(self._fetch)
        require_as_rich(self.require_cache(), discovery, cached)
        return discovery.catalog

    def _accepted(self, cache: "CatalogCache | None", old: "Catalog | None") -> "Catalog":
        """Ask the proxy; raises also when the *old* list is to stay."""
        from litectl.catalog.replacement import accepted

        return accepted(cache, self._fetch(), old, self._runtime.terminal.warn)

    def _fetch(self, *, allow_health: bool = False) -> "Discovery":
        """Ask the proxy; raises `CredentialChanged` before it does so as somebody else."""
        from litectl.catalog.discovery import discover

        runtime = self._runtime
        seconds = max(self.seconds, _HEALTH_SECONDS) if allow_health else self.seconds
        with self.asked_as_expected() as proxy:
            return discover(
                proxy,
                seconds=runtime.options.timeout or seconds,
                now=runtime.now(),
                allow_health=allow_health,
                trace=runtime.terminal.trace,
            )

    @property
    def seconds(self) -> float:
        """The limit of a fetch that was asked for, also where unasked ones are switched off."""
        return self._runtime.options.timeout or self._automatic_seconds or _DISCOVERY_SECONDS

    @property
    def _automatic_seconds(self) -> float:
        """The limit of a whole discovery in seconds; 0 means never unasked. Raises `ConfigError`."""
        milliseconds = self._runtime.environment.number(
            environment.DISCOVERY_TIMEOUT_MS, _DISCOVERY_SECONDS * 1000
        )
        if milliseconds is None:
            raise ConfigError(
                f"{environment.DISCOVERY_TIMEOUT_MS} is not a number of milliseconds",
                hint="5000 is usual; 0 fetches no list unasked",
            )
        return milliseconds / 1000

    def _has_lists(self) -> bool:
        return is_there(lambda: self._runtime.paths.catalogs)

    def _may_refresh_behind(self) -> bool:
        """Tell whether another process may fetch the list: no helper has to run, no secret is an argument."""
        from litectl.credentials.stored import HELPER

        options = self._runtime.options
        in_ci = self._runtime.environment.flag(environment.CI)
        on_terminal = self._runtime.terminal.stdout_is_terminal and not in_ci
        needs_us = options.api_key_file == "-" or options.header or self._runtime.credential.kind == HELPER
        return on_terminal and not needs_us

    def _start_background(self) -> None:
        from litectl.catalog.background import start_refresh

        options = self._runtime.options
        names = (
            "profile",
            "base_url",
            "api_key_file",
            "auth_header",
            "ca_bundle",
            "client_cert",
            "client_key",
        )
        given = [(name, value) for name in names if (value := getattr(options, name))]
        arguments = [word for name, value in given for word in (f"--{name.replace('_', '-')}", value)]
        start_refresh([*arguments, "--allow-http"] if options.allow_http else arguments)


def settled(call: Callable[[], Result]) -> Result:
    """Return what *call* gives; once more when it found that another credential is sent."""
    try:
        return call()
    except CredentialChanged:
        return call()


def is_there(directory: Callable[[], Path]) -> bool:
    """Tell whether anything was ever cached in *directory*; costs nothing, and makes no fingerprint."""
    try:
        return directory().is_dir()
    except (NoHomeError, OSError):  # a directory that may not be looked into has none for this user
        return False
