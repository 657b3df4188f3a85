"""
Who calls: the credential of a run, the token it stands for, and the proxy asked with that.

The edge that joins options, variables and profiles to `litectl.credentials`.
Finding out who calls costs a file; the token itself is made when a request is to be sent.
"""

import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from litectl import environment
from litectl.errors import AuthError, ConfigError, LitectlError, NetworkError

if TYPE_CHECKING:
    from litectl.credentials.adc import AuthorizedUser
    from litectl.credentials.bearer import Services
    from litectl.credentials.chain import Credential
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.tokencache import TokenCache
    from litectl.run.runtime import Runtime
    from litectl.wire.proxy import Proxy

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
        reader = self._key_in_file if runtime.options.api_key_file else None
        return find_credential(runtime.target, runtime.environment, reader, without=self._failed)

    def _key_in_file(self) -> str:
        from litectl.run.key_file import read_key_file

        return read_key_file(self._runtime)

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
                with self._getting_token(credential.kind):
                    self._token = bearer(credential, self._services)
                break
            except (AuthError, NetworkError) as error:
                if credential.kind != GCLOUD:
                    raise
                credential = self._credential = self._next(credential, error)
        self._mask(self._token)
        return self._token

    def _getting_token(self, kind: str) -> AbstractContextManager[object]:
        """Show that a token is waited for, but not above a helper, which may ask on the terminal itself."""
        from litectl.credentials.stored import HELPER

        return nullcontext() if kind == HELPER else self._runtime.terminal.waiting("getting the token")

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

        with self._runtime.transport.connect(stored.root) as proxy:
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
            connect=self._runtime.transport.connect,
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
                f"{environment.HELPER_TTL} is not a number of seconds",
                hint="0 runs the helper for every command",
            )
        return seconds

    # How

    def open_proxy(self) -> "Proxy":
        """
        Return the proxy of this run, asked as its caller; raises `ConfigError` where that is forbidden.

        It is for one thread; others open their own, and all have the same token.
        """
        transport = self._runtime.transport
        transport.check(self._runtime.target.root)
        token = self.bearer()
        proxy = transport.proxy(token, renew=lambda: self._renewed(token))
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

    @property
    def shown_headers(self) -> dict[str, str]:
        """The headers that say who asks, and the extra ones, without any secret; no token is made."""
        from litectl.credentials.chain import NONE
        from litectl.text.keys import masked
        from litectl.wire.headers import AUTHORIZATION, merged

        transport, credential = self._runtime.transport, self.credential
        name, extra = transport.auth_header or AUTHORIZATION, dict.fromkeys(transport.extra_headers, "***")
        if credential.kind == NONE:
            return extra
        shown = masked(credential.secret or "")
        return merged(extra, {name: f"Bearer {shown}" if name.lower() == AUTHORIZATION.lower() else shown})
