"""
The vault: puts the credential of a login into its profile, and its secrets where they lie.

That is the file of profiles, or the OS keychain while the file has the rest.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, NamedTuple

from litectl.credentials.stored import API_KEY, FILE, KEYCHAIN, StoredCredential
from litectl.credentials.tokens import is_over
from litectl.errors import AuthError

if TYPE_CHECKING:
    from litectl.profiles import Profile, Profiles, ProfileStore


class Kept(NamedTuple):
    """A stored login: the *profile*, and the credential it *replaced*."""

    profile: "Profile"
    replaced: StoredCredential | None


def with_secrets(profile: str, credential: StoredCredential) -> StoredCredential:
    """Return *credential* of *profile* with its secrets; raises `AuthError` when the keychain keeps them."""
    if credential.place != KEYCHAIN:
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
    if credential.place != KEYCHAIN:
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
    replaceable: Collection[str],
    warn: Callable[[str], None],
) -> Kept:
    """
    Put the *credential* of a login into the profile *name*, which becomes the default, and return it.

    Without a name it is one of *replaceable*, or a new one: two accounts of one
    proxy never overwrite each other. *settings* adds what else is remembered.
    """
    from litectl.profiles import profile_for_login

    kept: list[Kept] = []

    def may_replace(known: "Profile") -> bool:
        # The same account may have logged in since *replaceable* was found.
        return known.name in replaceable or known.credential is None or _is_same(known.credential, credential)

    def edit(profiles: "Profiles") -> "Profiles":
        profile = settings(profile_for_login(profiles, name, credential.root, may_replace))
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


def replaceable_by(credential: StoredCredential, profiles: "Profiles", now: float) -> list[str]:
    """Return the names of the profiles that hold the same account as *credential*, or one that has ended."""
    return [
        profile.name
        for profile in profiles.with_root(credential.root)
        if profile.credential is not None
        and (
            is_over(profile.credential.expires_at, now)
            or _is_same(_readable(profile.name, profile.credential), credential)
        )
    ]


def _is_same(one: StoredCredential | None, other: StoredCredential) -> bool:
    return one is not None and (one.kind, one.account) == (other.kind, other.account)


def _readable(name: str, credential: StoredCredential) -> StoredCredential | None:
    try:
        return with_secrets(name, credential)
    except AuthError:
        # A keychain that is locked or gone; its entry is written anew.
        return None
