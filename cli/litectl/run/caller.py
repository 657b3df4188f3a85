"""
Who calls and how: the credential of a run, its extra headers and TLS, and the proxies opened with them.

The edge that joins options, variables and profiles to `litectl.credentials`.
Finding out who calls costs a file; the token itself is made when a request is to be sent.
"""

import math
import sys
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from litectl import environment
from litectl.errors import AuthError, ConfigError, LitectlError, NetworkError, UsageError

if TYPE_CHECKING:
    from litectl.credentials.adc import AuthorizedUser
    from litectl.credentials.bearer import Services
    from litectl.credentials.chain import Credential
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.tokencache import TokenCache
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy
    from litectl.wire.tls import Tls

_KEY_LIMIT = 64 * 2**10  # bytes
_HELPER_SECONDS = 300.0


class Caller:
    """Who a run is to its proxy; everything is found at first use."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._failed: set[str] = set()
        self._credential: Credential | None = None
        self._token: str | None = None
        self._renewing = threading.Lock()

    # Who

    @property
    def credential(self) -> "Credential":
        """The credential for the proxy of this run."""
        if self._credential is None:
            self._credential = self._usable(self._find())
        return self._credential

    def _find(self) -> "Credential":
        from litectl.credentials.chain import find_credential

        runtime = self._runtime
        reader = self.read_key_file if runtime.options.api_key_file else None
        return find_credential(runtime.target, runtime.environment, reader, without=self._failed)

    def _usable(self, credential: "Credential") -> "Credential":
        """Return *credential* with its identity complete, or the next of the chain."""
        self._mask(credential.secret)
        try:
            return self._identified(credential)
        except AuthError as error:
            return self._next(credential, error)

    def _identified(self, credential: "Credential") -> "Credential":
        """Return *credential* with an identity that tells it from all others; raises `AuthError`."""
        from litectl.credentials.stored import GCLOUD, HELPER

        if credential.kind == GCLOUD:
            return credential._replace(identity=self.authorized_user.identity)
        if credential.kind == HELPER:
            from litectl.credentials.commandline import is_relative

            # What it prints may depend on the proxy, and in another directory the same words
            # may be another program.
            where = str(Path.cwd()) if is_relative(credential.command or "") else ""
            identity = f"{credential.identity}@{self._runtime.target.root}@{where}"
            return credential._replace(identity=identity)
        return credential

    def _next(self, credential: "Credential", error: LitectlError) -> "Credential":
        """Return what comes after *credential*, which failed with *error*, or raise that."""
        from litectl.credentials.chain import NONE

        self._failed.add(credential.source)
        following = self._find()
        if following.kind == NONE:
            raise error
        self._warn(f"{error.message}; using {following.source} instead")
        return self._usable(following)

    def bearer(self) -> str | None:
        """
        Return the token to send, None for none.

        When Google's is not to be had the next source is taken, and that is
        said. Raises `AuthError` for a credential that has ended.
        """
        from litectl.credentials.bearer import bearer
        from litectl.credentials.stored import GCLOUD

        credential = self.credential
        while self._token is None:
            try:
                self._token = bearer(credential, self._services)
                break
            except (AuthError, NetworkError) as error:
                if credential.kind != GCLOUD:
                    raise
                credential = self._credential = self._next(credential, error)
        self._mask(self._token)
        return self._token

    def require_bearer(self) -> str:
        """Return the token to hand on to another tool; raises `AuthError` when there is none."""
        token = self.bearer()
        if token is None:
            root = self._runtime.target.root
            raise AuthError(f"no credential found for {root}", hint="log in with `litectl login`")
        return token

    def _renewed(self, refused: str | None) -> str | None:
        """Return a new token in place of the *refused* one, or None; made once for all who ask at a time."""
        from litectl.credentials.bearer import bearer

        with self._renewing:
            if self._token == refused:
                self._token = bearer(self.credential, self._services, refused=refused)
                self._mask(self._token)
            return self._token

    def token_of(self, stored: "StoredCredential") -> str | None:
        """
        Return the token that a login stands for which is not stored yet; raises `AuthError`.

        It is made anew and not kept: it shows that the source works, and where
        tokens may be kept is not settled yet.
        """
        from litectl.credentials.bearer import bearer
        from litectl.credentials.chain import credential_of

        credential = credential_of(stored, "new", self._runtime.environment)
        credential = self._identified(credential._replace(source="this login"))
        token = bearer(credential, self._services._replace(token_cache=lambda _: None))
        self._mask(token)
        return token

    def revoke(self, stored: "StoredCredential", *, seconds: float | None = None) -> None:
        """End the login *stored* at its proxy within *seconds*; raises `NetworkError` or what it says."""
        from litectl.credentials.oauth import revoke

        with self.connect(stored.root) as proxy:
            revoke(proxy, stored, seconds=seconds or self._seconds)

    def forget_token(self, stored: "StoredCredential") -> None:
        """Take away the token that is kept on disk for *stored*, a helper or a Google account."""
        from litectl.credentials.chain import credential_of
        from litectl.credentials.stored import GCLOUD, HELPER

        if stored.kind not in (GCLOUD, HELPER):
            return
        try:
            credential = self._identified(credential_of(stored, "to forget", self._runtime.environment))
        except LitectlError as error:
            self._runtime.terminal.trace(f"no token is kept: {error.message}")
            return
        if cache := self._token_cache(credential.identity):
            cache.clear()

    @property
    def stored(self) -> "StoredCredential | None":
        """What the file holds of the credential of this run by now: a login may have been renewed."""
        name = self.credential.profile
        profile = self._runtime.profile_store.load().by_name.get(name) if name else None
        return profile.credential if profile else self.credential.stored

    def read_key_file(self) -> str:
        """Return the key in the file of `--api-key-file`, `-` being stdin; raises `UsageError`."""
        from litectl.credentials.chain import API_KEY_FILE_OPTION, parse_key

        runtime = self._runtime
        path = runtime.options.api_key_file or ""
        if path == "-":
            content = runtime.read_secret("API key", flag=f"{API_KEY_FILE_OPTION} PATH")
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
        self._mask(key)
        return key

    def _warn(self, text: str) -> None:
        self._runtime.terminal.warn(text)

    def _mask(self, secret: str | None) -> None:
        if secret is not None:
            self._runtime.terminal.mask(secret)

    # What making a token may need

    @cached_property
    def authorized_user(self) -> "AuthorizedUser":
        """The Google account of this machine; raises `AuthError`."""
        from litectl.credentials.adc import adc_path, read_authorized_user

        path = adc_path(self._runtime.environment, self._runtime.paths.home, platform=sys.platform)
        return read_authorized_user(path)

    @cached_property
    def _services(self) -> "Services":
        from litectl.credentials.bearer import Services
        from litectl.signals import held_back

        return Services(
            store=lambda: self._runtime.profile_store,
            connect=self.connect,
            token_cache=self._token_cache,
            authorized_user=lambda: self.authorized_user,
            helper_seconds=self._helper_seconds,
            variables=self._runtime.environment.all(),
            now=self._runtime.now,
            warn=self._warn,
            seconds=self._seconds,
            held_back=held_back,
        )

    @property
    def _seconds(self) -> float:
        from litectl.credentials.bearer import RENEWAL_SECONDS

        return min(self._runtime.options.timeout or RENEWAL_SECONDS, RENEWAL_SECONDS)

    def _token_cache(self, identity: str) -> "TokenCache | None":
        from litectl.catalog.fingerprint import fingerprint
        from litectl.credentials.tokencache import TokenCache

        runtime = self._runtime
        try:
            name = fingerprint(runtime.paths.fingerprint_secret, "", identity)
            return TokenCache(runtime.paths.tokens, name)
        except ConfigError as error:
            runtime.terminal.trace(f"tokens are not kept: {error.message}")
            return None

    def _helper_seconds(self) -> float:
        seconds = self._runtime.environment.number(environment.HELPER_TTL, _HELPER_SECONDS)
        if seconds is None:
            raise ConfigError(
                f"{environment.HELPER_TTL} is no number of seconds",
                hint="0 runs the helper for every command",
            )
        return seconds

    # How

    def open_proxy(self) -> "Proxy":
        """
        Return the proxy of this run, asked as its caller; raises `ConfigError` where that is forbidden.

        It is for one thread; others open their own, and all have the same token.
        """
        self._runtime.check_network(self._runtime.target.root)
        token = self.bearer()
        proxy = self._proxy(token, renew=lambda: self._renewed(token))
        proxy.refused_hint = self._refused_hint
        return proxy

    @property
    def _refused_hint(self) -> str | None:
        """Where the credential that was refused can be mended, or why there was none."""
        from litectl.credentials.bearer import login_command
        from litectl.credentials.chain import NONE
        from litectl.credentials.stored import VARIABLE

        credential = self.credential
        if credential.kind == NONE:
            return next(iter(credential.passed_over), None)
        if credential.profile is not None and credential.kind != VARIABLE:
            return f"log in anew with `{login_command(credential.profile)}`"
        return f"the credential is from {credential.source}: correct it there, or see `litectl whoami`"

    def connect(self, root: str, secret: str | None = None) -> "Proxy":
        """
        Return the server at *root*, asked with *secret* or without any credential.

        What was said of this run's proxy, headers and TLS, is for no other server.
        """
        from litectl.wire.proxy import Proxy
        from litectl.wire.tls import Tls

        runtime = self._runtime
        runtime.check_network(root)
        if root == runtime.target.root:
            proxy = self._proxy(secret, renew=lambda: None)
        else:
            tls = Tls(runtime.environment.get(environment.SSL_CERT_FILE))
            proxy = Proxy(root, tls=tls, trace=self._trace, most_seconds=self._most_seconds)
        proxy.unreachable_hint = "check the URL, and whether the proxy runs"
        return proxy

    @property
    def _most_seconds(self) -> float:
        return self._runtime.options.timeout or math.inf

    def _proxy(self, secret: str | None, renew: Callable[[], str | None]) -> "Proxy":
        from litectl.wire.access import Access
        from litectl.wire.headers import AUTHORIZATION
        from litectl.wire.proxy import Proxy

        access = Access(secret, self.auth_header or AUTHORIZATION, self.extra_headers)
        return Proxy(
            self._runtime.target.root,
            access,
            tls=self.tls,
            renew=renew,
            trace=self._trace,
            most_seconds=self._most_seconds,
        )

    def _trace(self, text: str) -> None:
        self._runtime.terminal.trace(text)

    @property
    def auth_header(self) -> str | None:
        """The header that takes the key where it is another one than `Authorization`."""
        profile = self._runtime.target.settings_profile
        return self._runtime.options.auth_header or (profile.auth_header if profile else None)

    @property
    def shown_headers(self) -> dict[str, str]:
        """The headers that say who asks, and the extra ones, without any secret; no token is made."""
        from litectl.credentials.chain import NONE
        from litectl.text.keys import masked
        from litectl.wire.headers import AUTHORIZATION, merged

        name, credential = self.auth_header or AUTHORIZATION, self.credential
        extra = dict.fromkeys(self.extra_headers, "***")
        if credential.kind == NONE:
            return extra
        shown = masked(credential.secret or "")
        return merged(extra, {name: f"Bearer {shown}" if name.lower() == AUTHORIZATION.lower() else shown})

    @cached_property
    def extra_headers(self) -> Mapping[str, str]:
        """The headers that go to the proxy of this run besides those that say who asks."""
        from litectl.credentials.extra_headers import extra_headers
        from litectl.wire.headers import secrets_in

        runtime = self._runtime
        headers = extra_headers(runtime.target, runtime.environment, runtime.options.header)
        for value in headers.values():
            for secret in secrets_in(value):
                self._mask(secret)
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
