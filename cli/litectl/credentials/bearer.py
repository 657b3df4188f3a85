"""
The bearer token of a run: what a credential stands for now.

A key is the token itself, also that in a variable. A helper is run, Google and a browser login are
asked for a new token when the old one is due. All of them keep it for the next
process, one process at a time makes a new one, and a token that the proxy
refused is made anew once.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from litectl.credentials.chain import NONE, Credential
from litectl.credentials.stored import GCLOUD, HELPER, KEYCHAIN, VARIABLE, StoredCredential
from litectl.credentials.tokens import Token, is_due, is_over, jwt_expiry
from litectl.credentials.vault import keep_renewed, with_secrets
from litectl.environment import HELPER_IS_RUNNING
from litectl.errors import AuthError, ConfigError, NetworkError, UpstreamError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from litectl.credentials.adc import AuthorizedUser
    from litectl.credentials.tokencache import TokenCache
    from litectl.profiles.profile import ProfileStore
    from litectl.wire.proxy import Proxy

RENEWAL_SECONDS = 30.0  # for what has to be renewed now
_SHORT_SECONDS = 5.0  # while the old token still works


class Services(NamedTuple):
    """
    What making a token may need.

    *connect* gives a `Proxy` at a root, without a credential. *token_cache* gives
    the cache of an identity, or None where nothing can be kept. *helper_seconds* tells
    how long a helper's key is kept that does not tell its own end, 0 for not
    at all; *variables* is its environment. *now* is seconds since 1970. A login is
    renewed within *seconds*, and while that runs no signal tears it: *held_back*.
    """

    store: "Callable[[], ProfileStore]"
    connect: "Callable[[str], Proxy]"
    token_cache: "Callable[[str], TokenCache | None]"
    authorized_user: "Callable[[], AuthorizedUser]"
    helper_seconds: Callable[[], float]
    variables: Mapping[str, str]
    now: Callable[[], float]
    warn: Callable[[str], None]
    seconds: float
    held_back: "Callable[[], AbstractContextManager[None]]"


def bearer(credential: Credential, services: Services, *, refused: str | None = None) -> str | None:
    """
    Return the token to send for *credential*, None when there is none to send.

    *refused* is a token that the proxy did not accept; then a new one is made, and
    None tells that nobody can make one. Raises `AuthError` for a credential
    that has ended, before any request, and what the source raises.
    """
    if credential.kind == NONE:
        return None
    if credential.kind == HELPER:
        return _of_helper(credential, services, refused)
    if credential.kind == GCLOUD:
        return _of_google(credential, services, refused)
    if credential.profile is None or credential.stored is None or credential.kind == VARIABLE:
        if refused is not None or credential.secret is None:
            return None
        _require_time_left(credential.secret, f"the token from {credential.source}", services.now())
        return credential.secret
    return _of_login(credential.profile, credential.stored, services, refused)


def _of_helper(credential: Credential, services: Services, refused: str | None) -> str:
    from litectl.credentials.helper import run_helper
    from litectl.credentials.tokencache import obtain

    def make() -> Token:
        secret = run_helper(credential.command or "", variables=services.variables)
        _require_time_left(secret, "the token that the key helper printed", services.now())
        return Token(secret, _end_of_helper_key(secret, services))

    # What a profile keeps in the keychain has no place in a file.
    # A helper that runs litectl must not wait here for its own end.
    is_inside = HELPER_IS_RUNNING in services.variables
    kept = services.helper_seconds() > 0 and credential.place != KEYCHAIN and not is_inside
    cache = services.token_cache(credential.identity) if kept else None
    return obtain(cache, make, now=services.now, refused=refused).secret


def _end_of_helper_key(secret: str, services: Services) -> float:
    from litectl.credentials.tokens import EARLY_SECONDS

    told = jwt_expiry(secret)
    # A token is used until five minutes before its end; for a key without one the time to keep is all.
    return told if told is not None else services.now() + services.helper_seconds() + EARLY_SECONDS


def _require_time_left(token: str, whose: str, now: float) -> None:
    """Raise `AuthError` for a JSON Web Token that has ended."""
    expires_at = jwt_expiry(token)
    if is_over(expires_at, now):
        raise AuthError(f"{whose} has ended: {_times(expires_at, now)}", hint="get a new one, or log in")


def _of_google(credential: Credential, services: Services, refused: str | None) -> str:
    from litectl.credentials.adc import fetch_token
    from litectl.credentials.tokencache import obtain

    def make() -> Token:
        return fetch_token(services.connect, services.authorized_user(), now=services.now())

    cache = services.token_cache(credential.identity) if credential.place != KEYCHAIN else None
    return obtain(cache, make, now=services.now, refused=refused).secret


def _of_login(name: str, stored: StoredCredential, services: Services, refused: str | None) -> str | None:
    """Return the token of a stored key or login, renewed when it is due or was refused."""
    login = login_command(name)
    needs_new = refused is not None or is_due(stored.expires_at, services.now())
    if needs_new and stored.is_renewable:
        return _renewed(name, stored, services, refused)
    if refused is not None:
        return None
    if is_over(stored.expires_at, services.now()):
        ended = _times(stored.expires_at, services.now())
        raise AuthError(f"the credential of profile `{name}` has ended: {ended}", hint=f"run `{login}`")
    if needs_new:
        services.warn(f"the credential of profile `{name}` ends within five minutes: run `{login}`")
    return with_secrets(name, stored).secret


def login_command(name: str) -> str:
    """Return what to run to log in anew as profile *name*."""
    return f"litectl login --profile {name}"


def _renewed(name: str, stored: StoredCredential, services: Services, refused: str | None) -> str:
    """Return a new token of the login, or the old one while it lasts when no new one is to be had."""
    can_wait = refused is None and not is_over(stored.expires_at, services.now())
    patience = min(_SHORT_SECONDS if can_wait else RENEWAL_SECONDS, services.seconds)
    try:
        with services.store().renewing(name, seconds=patience), services.held_back():
            return _refreshed(name, stored, services, refused, patience)
    except (NetworkError, UpstreamError, ConfigError) as error:
        if not can_wait:
            raise
        services.warn(f"the login of profile `{name}` cannot be renewed yet: {error.message}")
        return with_secrets(name, stored).secret


def _refreshed(
    name: str, stored: StoredCredential, services: Services, refused: str | None, seconds: float
) -> str:
    """
    Return a new token of the login, made by this process or by the one that was quicker.

    A refresh token works once, so the new pair is stored before it is used.
    """
    from litectl.credentials.oauth import refresh

    store = services.store()
    known = _still_stored(store, name, stored)
    current = with_secrets(name, known)
    was_renewed = known.expires_at != stored.expires_at and not is_over(known.expires_at, services.now())
    if current.secret != refused and (was_renewed or not is_due(known.expires_at, services.now())):
        return current.secret
    # Shows that the store can be written before the refresh token is spent.
    store.change(lambda profiles: profiles)
    try:
        with services.connect(current.root) as proxy:
            renewed = refresh(proxy, current, now=services.now(), seconds=seconds)
    except AuthError as error:
        error.hint = f"run `{login_command(name)}`"
        raise
    keep_renewed(store, name, known, renewed, services.warn)
    return renewed.secret


def _still_stored(store: "ProfileStore", name: str, stored: StoredCredential) -> StoredCredential:
    """Return what profile *name* has by now in place of *stored*; raises `AuthError` when it is no login."""
    profile = store.load().by_name.get(name)
    known = profile and profile.credential
    if known is not None and (known.kind, known.root) == (stored.kind, stored.root):
        return known
    raise AuthError(
        f"the login of profile `{name}` was ended or replaced in the meantime",
        hint=f"try again, or run `{login_command(name)}`",
    )


def _times(expires_at: float | None, now: float) -> str:
    """Say both times: when the clock of this machine is wrong, that is the news."""
    from datetime import UTC, datetime

    ended, here = (
        datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
        for moment in (expires_at or 0, now)
    )
    return f"at {ended}, and it is {here} on this machine"
