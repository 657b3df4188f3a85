"""The end of a login: revoked at the proxy, where it can be, and forgotten here."""

from typing import TYPE_CHECKING

from litectl.errors import LitectlError

if TYPE_CHECKING:
    from collections.abc import Callable

    from litectl.credentials.stored import StoredCredential
    from litectl.profiles.profile import Profile, Profiles
    from litectl.run.runtime import Runtime


def end_login(
    runtime: "Runtime", profile: "Profile", without: "Callable[[Profiles], Profiles]", *, revoke: bool
) -> bool:
    """
    End the login of *profile*, with *revoke* at the proxy too, and store the profiles *without* it.

    Tells whether it was revoked. Raises what went wrong, before anything is forgotten.
    """
    from litectl.credentials.vault import end_login as end

    runtime = runtime.aimed_at(profile.root, profile)

    def revoke_it(stored: "StoredCredential") -> None:
        try:
            runtime.caller.revoke(stored)
        except LitectlError as error:
            error.hint = (
                "nothing was forgotten; try again, or forget it on this machine only with `--no-revoke`"
            )
            raise

    if profile.credential is not None:
        runtime.caller.forget_token(profile.credential)
    act = revoke_it if revoke else None
    return end(runtime.profile_store, profile.name, act, without, runtime.terminal.warn)
