"""
The vault: puts the credential of a login into its profile, and its secrets where they lie.

That is the file of profiles, or the OS keychain while the file has the rest.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from litectl.credentials.stored import API_KEY, FILE, KEYCHAIN, LOGIN, StoredCredential
from litectl.credentials.tokens import is_over
from litectl.errors import AuthError, ConfigError

if TYPE_CHECKING:
    from litectl.profiles.profile import Profile, Profiles, ProfileStore

_RENEWAL_SECONDS = 30.0  # that a renewal may take


class Kept(NamedTuple):
    """A stored login: the *profile*, and the credential it *replaced*."""

    profile: "Profile"
    replaced: StoredCredential | None


def with_secrets(profile: str, credential: StoredCredential) -> StoredCredential:
    """Return *credential* of *profile* with its secrets; raises `AuthError` when the keychain keeps them."""
    if credential.place_of_secret != KEYCHAIN:
        return credential
    from litectl.credentials.keychain import Keychain

    fields = Keychain(profile, credential.root).read()
    return credential._replace(
        secret=fields.get("secret", ""), refresh_token=fields.get("refresh_token", credential.refresh_token)
    )


def put_away(profile: str, credential: StoredCredential, warn: Callable[[str], None]) -> StoredCredential:
    """
    Put the secrets of *credential* where its `place` says, and return what belongs into the file.

    A keychain that does not take them is told to *warn*, and they go into the file.
    """
    if credential.place != KEYCHAIN or not credential.secrets:
        return credential
    from litectl.credentials.keychain import Keychain, KeychainError

    try:
        Keychain(profile, credential.root).write(credential.secrets)
    except KeychainError as error:
        warn(f"{error.message}; the secret is in the file instead, readable by you alone")
        return credential._replace(place=FILE)
    left = credential.without_secrets(KEYCHAIN)
    if left.kind != API_KEY:
        return left
    from uuid import uuid4

    # Nothing else in the file would tell that it is another key than before.
    return left._replace(serial=uuid4().hex)


def forget(profile: str, credential: StoredCredential, warn: Callable[[str], None]) -> None:
    """Take the secrets of *credential* out of the keychain; what stays there is told to *warn*."""
    if credential.place != KEYCHAIN or credential.kind not in (API_KEY, LOGIN):
        return
    from litectl.credentials.keychain import Keychain, KeychainError

    try:
        Keychain(profile, credential.root).delete()
    except KeychainError as error:
        warn(f"{error.message}; remove the entry `litectl` / `{profile}` from it yourself")


def keep_renewed(
    store: "ProfileStore",
    name: str,
    known: StoredCredential,
    renewed: StoredCredential,
    warn: Callable[[str], None],
) -> None:
    """
    Put *renewed* into the profile *name* in place of the stored *known*.

    A profile that was logged out, logged in anew or removed in the meantime stays as it is.
    """

    def edit(profiles: "Profiles") -> "Profiles":
        profile = profiles.by_name.get(name)
        if profile is None or profile.credential != known:
            return profiles
        return profiles.put(profile._replace(credential=put_away(name, renewed, warn)))

    store.change(edit)


def keep_login(
    store: "ProfileStore",
    name: str | None,
    credential: StoredCredential,
    settings: "Callable[[Profile], Profile]",
    replaceable: "Callable[[Profile], bool]",
    warn: Callable[[str], None],
) -> Kept:
    """
    Put the *credential* of a login into the profile *name*, which becomes the default, and return it.

    Without a name it is one that is *replaceable*, or a new one: two accounts of one
    proxy never overwrite each other. *settings* adds what else is remembered.
    """
    from litectl.profiles.profile import profile_for_login

    kept: list[Kept] = []

    def edit(profiles: "Profiles") -> "Profiles":
        profile = settings(profile_for_login(profiles, name, credential.root, replaceable))
        old = profile.credential
        replaced = None if old is None else _readable(profile.name, old)
        wanted = credential._replace(place=KEYCHAIN if profile.keychain else FILE)
        put = put_away(profile.name, wanted, warn)
        if old is not None and (put.place == FILE or not credential.secrets):
            # Nothing was put in the place of the old entry, be it readable or not.
            forget(profile.name, old, warn)
        profile = profile._replace(credential=put)
        kept.append(Kept(profile, replaced))
        return profiles.put(profile, make_default=True)

    store.change(edit)
    return kept[-1]


def may_replace(profile: "Profile", credential: StoredCredential, now: float) -> bool:
    """
    Tell whether *credential* may take the place of what *profile* holds unasked.

    That is nothing, the same account, or a key that has ended, and not a login that
    can be renewed, or one of another user.
    """
    known = profile.credential
    if known is None or _is_same(_readable(profile.name, known), credential):
        return True
    is_dead = is_over(known.expires_at, now) and not known.is_renewable
    is_other = known.kind != credential.kind or (
        None not in (known.user_id, credential.user_id) and known.user_id != credential.user_id
    )
    return is_dead and not is_other


def end_login(
    store: "ProfileStore",
    name: str,
    revoke: Callable[[StoredCredential], None] | None,
    without: "Callable[[Profiles], Profiles]",
    warn: Callable[[str], None],
) -> bool:
    """
    End the login of profile *name*, with *revoke* where that can be, and store the profiles *without* it.

    Nobody renews it meanwhile, as that would leave a living login behind. Tells
    whether it was revoked; raises what *revoke* raises, before anything is forgotten.
    """
    with store.renewing(name, seconds=_RENEWAL_SECONDS):
        credential = store.load().get(name).credential
        is_revoked = False
        if revoke is not None and credential is not None and credential.revocation_endpoint is not None:
            revoke(with_secrets(name, credential))
            is_revoked = True

        def edit(profiles: "Profiles") -> "Profiles":
            if profiles.get(name).credential != credential:
                raise ConfigError(
                    f"somebody logged in as profile `{name}` in the meantime",
                    hint="log out again to end that too",
                )
            return without(profiles)

        store.change(edit)
    if credential is not None:
        forget(name, credential, warn)
    return is_revoked


def _is_same(one: StoredCredential | None, other: StoredCredential) -> bool:
    return one is not None and (one.kind, one.account) == (other.kind, other.account)


def _readable(name: str, credential: StoredCredential) -> StoredCredential | None:
    try:
        return with_secrets(name, credential)
    except AuthError:
        # A keychain that is locked or gone; its entry is written anew.
        return None
