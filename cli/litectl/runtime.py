"""
The runtime of one command: environment, terminal, clock, files, and the proxy they lead to.

The only reader of `os.environ`. Everything costly is built at first use, so a
command that answers from disk never loads the network.
"""

import os
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError, UsageError
from litectl.paths import NoHomeError, Paths
from litectl.terminal import Terminal

if TYPE_CHECKING:
    from litectl.catalog.cache import CatalogCache
    from litectl.credentials.chain import Credential
    from litectl.profiles import Profiles, ProfileStore
    from litectl.proxy import Proxy
    from litectl.settings import Target

_KEY_LIMIT = 64 * 2**10  # bytes


class SharedOptions:
    """The options that work before and after every verb; the defaults until they are given."""

    profile: str | None = None
    base_url: str | None = None
    api_key_file: str | None = None
    allow_http = False
    timeout: float | None = None
    offline = False
    format: str | None = None
    quiet = False
    verbose = False
    debug = False
    no_input = False


class Runtime:
    """What a command may need; built by `main`, and by tests with streams of their own."""

    def __init__(self, variables: Mapping[str, str], terminal: Terminal | None = None) -> None:
        self.environment = Environment(variables)
        self.terminal = terminal or Terminal.of_process(self.environment)
        self.options = SharedOptions()
        self.paths = Paths()
        self.stdin_was_read = False

    @classmethod
    def of_process(cls) -> "Runtime":
        """Return the runtime of this process."""
        return cls(os.environ)

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time()

    @property
    def offline(self) -> bool:
        """Whether the network is forbidden, by `--offline` or LITELLM_OFFLINE."""
        return self.options.offline or self.environment.flag(environment.OFFLINE)

    @property
    def wants_json(self) -> bool:
        """Whether JSON was asked for."""
        return self.options.format in ("json", "jsonl")

    # Which proxy, which key

    @cached_property
    def profile_store(self) -> "ProfileStore":
        """The file of profiles."""
        from litectl.profiles import ProfileStore

        def tightened(path: object) -> None:
            self.terminal.warn(f"`{path}` was open to other users; it is yours alone now")

        return ProfileStore(self.paths.profiles, tightened)

    @cached_property
    def profiles(self) -> "Profiles":
        """The stored profiles; none where there is no home for them."""
        from litectl.profiles import Profiles

        try:
            store = self.profile_store
        except NoHomeError:
            return Profiles()
        return store.load()

    @cached_property
    def target(self) -> "Target":
        """The proxy to talk to."""
        from litectl.settings import choose_target

        return choose_target(self.options.profile, self.options.base_url, self.environment, self.profiles)

    @cached_property
    def credential(self) -> "Credential":
        """The credential for that proxy; masked in every message from now on."""
        from litectl.credentials.chain import find_credential

        reader = self.read_key_file if self.options.api_key_file else None
        credential = find_credential(self.target, self.environment, reader)
        if credential.secret is not None:
            self.terminal.mask(credential.secret)
        return credential

    def read_key_file(self) -> str:
        """Return the key in the file of `--api-key-file`, `-` being stdin; raises `UsageError`."""
        from litectl.credentials.chain import API_KEY_FILE_OPTION, parse_key

        path = self.options.api_key_file or ""
        if path == "-":
            self.stdin_was_read = True
            content = self.terminal.read_stdin(_KEY_LIMIT + 1)
        else:
            try:
                with Path(path).open("rb") as file:
                    content = file.read(_KEY_LIMIT + 1)
            except OSError as error:
                # Somebody may have put the key itself here, so the value is not repeated.
                raise UsageError(
                    f"cannot read the file of `{API_KEY_FILE_OPTION}`: {error.strerror}",
                    hint="give the path of a file that holds the key, or `-` for stdin",
                ) from error
        if len(content) > _KEY_LIMIT:
            raise UsageError("the key is longer than 64 KiB", hint="give one API key and nothing else")
        key = parse_key(content.decode("utf-8", "replace"), "stdin" if path == "-" else "the file")
        self.terminal.mask(key)
        return key

    def open_proxy(self) -> "Proxy":
        """Return the proxy, ready to be asked; raises `ConfigError` when offline or not allowed."""
        profile = self.target.settings_profile
        allowed = profile is not None and profile.allow_http
        proxy = self.connect(self.target.root, self.credential.secret, allow_http=allowed)
        if not self.is_configured:
            proxy.unreachable_hint = "no proxy is configured: log in with `litectl login`"
        return proxy

    def connect(self, root: str, secret: str | None, *, allow_http: bool = False) -> "Proxy":
        """Return the proxy at *root* asked with *secret*; *allow_http* is what its profile says."""
        from litectl.root import check_transport

        flag = self.options.allow_http or self.environment.flag(environment.ALLOW_HTTP)
        check_transport(root, allow_http=allow_http or flag)
        if self.offline:
            way_out = "leave `--offline` out" if self.options.offline else f"unset {environment.OFFLINE}"
            raise ConfigError("this needs the network, which is forbidden", hint=way_out)
        from litectl.proxy import Access, Proxy
        from litectl.tls import Tls

        ca_file = self.environment.get(environment.SSL_CERT_FILE)
        return Proxy(root, Access(secret), tls=Tls(ca_file), trace=self.terminal.trace)

    @property
    def is_configured(self) -> bool:
        """Whether anything at all names a proxy, or only the built-in default does."""
        from litectl.settings import BUILT_IN

        return self.target.source != BUILT_IN

    # The catalog

    @cached_property
    def catalog_cache(self) -> "CatalogCache | None":
        """The cached catalog of this proxy and credential; None where nothing can be kept."""
        root, identity = self.target.root, self.credential.identity
        try:
            return self._catalog_cache(root, identity)
        except ConfigError as error:
            self.terminal.trace(f"no cache: {error.message}")
            return None

    def require_catalog_cache(self) -> "CatalogCache":
        """Return the cached catalog of this proxy and credential; raises `ConfigError`."""
        return self._catalog_cache(self.target.root, self.credential.identity)

    def _catalog_cache(self, root: str, identity: str) -> "CatalogCache":
        from litectl.catalog.cache import CatalogCache
        from litectl.catalog.fingerprint import fingerprint

        name = fingerprint(self.paths.fingerprint_secret, root, identity)
        return CatalogCache(self.paths.catalogs, name)

    @property
    def discovery_seconds(self) -> float:
        """The limit of a whole discovery in seconds; 0 means never unasked."""
        text = self.environment.get(environment.DISCOVERY_TIMEOUT_MS)
        try:
            milliseconds = float(text) if text else 5000.0
        except ValueError:
            milliseconds = 5000.0
        return (milliseconds if 0 <= milliseconds < float("inf") else 5000.0) / 1000
