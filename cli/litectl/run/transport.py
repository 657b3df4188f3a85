"""
How a run reaches its proxy: extra headers, TLS and limits, and the proxies opened with them.

The edge that joins options, variables and the profile to `litectl.wire`.
"""

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from litectl import environment
from litectl.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy
    from litectl.wire.tls import Tls


class Transport:
    """How the proxy of a run is reached; *trace* is told of each request."""

    def __init__(self, runtime: "Runtime", trace: Callable[[str], None]) -> None:
        self._runtime, self._trace = runtime, trace

    def check(self, root: str) -> None:
        """Raise `ConfigError` unless *root* may be asked: online, and over https where that is needed."""
        from litectl.wire.root import check_transport

        check_transport(root, allow_http=self.allows_http(root))
        self._runtime.require_online()

    def allows_http(self, root: str) -> bool:
        """Tell whether plain http to *root* is allowed, by its profile, an option or a variable."""
        runtime, profile = self._runtime, self._runtime.target.settings_profile
        allowed = profile is not None and profile.allow_http and profile.root == root
        return allowed or runtime.options.allow_http or runtime.environment.flag(environment.ALLOW_HTTP)

    def connect(self, root: str, secret: str | None = None) -> "Proxy":
        """
        Return the server at *root*, asked with *secret* or without any credential.

        What was said of this run's proxy, headers and TLS, is for no other server.
        """
        from litectl.wire.proxy import Proxy
        from litectl.wire.tls import Tls

        runtime = self._runtime
        self.check(root)
        if root == runtime.target.root:
            proxy = self.proxy(secret, renew=lambda: None)
        else:
            tls = Tls(runtime.environment.get(environment.SSL_CERT_FILE))
            proxy = Proxy(
                root,
                tls=tls,
                trace=self._trace,
                waiting=lambda: self._waiting(root),
                most_seconds=self._most_seconds,
            )
        proxy.unreachable_hint = "check the URL, and whether the proxy runs"
        return proxy

    def proxy(self, secret: str | None, renew: Callable[[], str | None]) -> "Proxy":
        """Return the proxy of this run, asked with *secret*; *renew* gives another one when it is refused."""
        from litectl.wire.access import Access
        from litectl.wire.headers import AUTHORIZATION
        from litectl.wire.proxy import Proxy

        access = Access(secret, self.auth_header or AUTHORIZATION, self.extra_headers)
        root = self._runtime.target.root
        return Proxy(
            root,
            access,
            tls=self.tls,
            renew=renew,
            trace=self._trace,
            waiting=lambda: self._waiting(root),
            most_seconds=self._most_seconds,
        )

    def _waiting(self, root: str) -> "AbstractContextManager[object]":
        return self._runtime.terminal.waiting(f"waiting for {root}")

    @property
    def _most_seconds(self) -> float:
        return self._runtime.options.timeout or math.inf

    @property
    def auth_header(self) -> str | None:
        """The header that takes the key where it is another one than `Authorization`."""
        profile = self._runtime.target.settings_profile
        return self._runtime.options.auth_header or (profile.auth_header if profile else None)

    @cached_property
    def extra_headers(self) -> Mapping[str, str]:
        """The headers that go to the proxy of this run besides those that say who asks."""
        from litectl.credentials.extra_headers import extra_headers
        from litectl.wire.headers import secrets_in

        runtime = self._runtime
        headers = extra_headers(runtime.target, runtime.environment, runtime.options.header)
        for value in headers.values():
            for secret in secrets_in(value):
                runtime.terminal.mask(secret)
        return headers

    @property
    def tls(self) -> "Tls":
        """How TLS connections are made: which authorities are trusted, and what is shown to the proxy."""
        from litectl.wire.tls import Tls

        options, profile = self._runtime.options, self._runtime.target.settings_profile
        if options.client_key and not options.client_cert:
            raise UsageError(
                "`--client-key` says nothing without its certificate", hint="add `--client-cert PATH`"
            )
        bundle = options.ca_bundle or (profile and profile.ca_bundle)
        # The key belongs to its certificate: both come from the same place.
        pair = options if options.client_cert or profile is None else profile
        return Tls(
            bundle or self._runtime.environment.get(environment.SSL_CERT_FILE),
            pair.client_cert,
            pair.client_key,
        )
