"""
A run of one who only looks on: nothing is renewed, kept or mended.

A token that is made is used and forgotten, a login that is due is not renewed, and a file that
others may read stays as it is.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Self

from litectl.run.caller import Caller
from litectl.run.runtime import Runtime
from litectl.run.transport import Transport

if TYPE_CHECKING:
    from litectl.credentials.tokencache import TokenCache
    from litectl.profiles.profile import ProfileStore


class Onlooker(Caller):
    """
    The caller of a run that changes nothing.

    *warnings* say what another run would warn of.
    """

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.warnings: list[str] = []

    def bearer(self) -> str | None:
        """Return the token to send, also one that is due; raises `RenewalDue` when it has ended."""
        from litectl.credentials.tokens import is_due, is_over
        from litectl.credentials.vault import with_secrets
        from litectl.doctor.acceptance import RenewalDue

        stored, name, now = self.credential.stored, self.credential.profile, self._runtime.now()
        if stored is None or name is None or not stored.is_renewable or not is_due(stored.expires_at, now):
            return super().bearer()
        if is_over(stored.expires_at, now):
            raise RenewalDue(f"the login of profile `{name}` has ended, and can be renewed")
        self._token = with_secrets(name, stored).secret
        self._mask(self._token)
        return self._token

    def _renewed(self, refused: str | None) -> str | None:  # noqa: ARG002  # the caller's signature
        """Make no new token in place of the *refused* one: that it is refused is what is to be found."""
        return None

    def _warn(self, text: str) -> None:
        self.warnings.append(text)

    def _token_cache(self, identity: str) -> "TokenCache | None":  # noqa: ARG002  # the caller's signature
        """Keep no token, and take none that is kept: whether one can be made is what is to be found."""
        return None


class OnlookingRuntime(Runtime):
    """A run that changes nothing: its caller is an `Onlooker`, and the file of profiles is read as it is."""

    @classmethod
    def like(cls, runtime: Runtime) -> Self:
        """Return one with the variables, the terminal and the options of *runtime*."""
        other = cls(runtime.environment.all(), runtime.terminal)
        other.options = runtime.options
        return other

    @cached_property
    def requests(self) -> list[str]:
        """What was asked of the proxy so far, and how it ended."""
        return []

    @cached_property
    def transport(self) -> Transport:
        """How the proxy is reached; each request is kept."""

        def keep(text: str) -> None:
            self.requests.append(text)
            self.terminal.trace(text)

        return Transport(self, keep)

    @cached_property
    def caller(self) -> Onlooker:
        """Who calls the proxy."""
        return Onlooker(self)

    @cached_property
    def profile_store(self) -> "ProfileStore":
        """The file of profiles, which is not mended: that would hide what is to be found."""
        from litectl.profiles.profile import ProfileStore

        return ProfileStore(self.paths.profiles, None)
