"""
The oldest browser login: the proxy's page shows a token, and the person pastes it.

Such a token ends after hours, so a virtual key that lives longer is asked for with it.
"""

from typing import NamedTuple

from litectl.credentials.stored import API_KEY, StoredCredential, identifier
from litectl.credentials.tokens import is_bearer, jwt_expiry, time_of
from litectl.errors import NetworkError
from litectl.wire.proxy import Proxy

PAGE = "/sso/key/generate"  # below the root; begins a login in the browser


class Exchanged(NamedTuple):
    """The credential to store, and in words why it is the pasted token itself, None when it is a new key."""

    credential: StoredCredential
    failure: str | None


def exchange_for_virtual_key(proxy: Proxy, token: str, *, now: float, seconds: float = 10.0) -> Exchanged:
    """
    Return a virtual key made with *token*, or *token* itself when none was made.

    *proxy* is asked with *token* as its credential, once and for at most
    *seconds*; *now* is in seconds since 1970. A proxy that is unreachable, refuses, or
    gives a key that cannot be used or has ended is told in `failure`, and is no error.
    """
    try:
        reply = proxy.reply("POST", "/key/generate", document={}, seconds=seconds)
    except NetworkError as error:
        return Exchanged(stored_token(proxy.root, token), error.message)
    key = reply.field("key")
    expires_at = time_of(reply.field("expires"))
    if not 200 <= reply.status < 300:
        return Exchanged(stored_token(proxy.root, token), _refusal(reply.status))
    if not isinstance(key, str) or not is_bearer(key):
        return Exchanged(stored_token(proxy.root, token), "the proxy's answer has no usable key")
    if expires_at is not None and expires_at <= now:
        return Exchanged(stored_token(proxy.root, token), "the proxy made a key that has ended already")
    made = StoredCredential(
        API_KEY,
        proxy.root,
        key,
        expires_at=expires_at,
        user_id=identifier(reply.field("user_id")),
        team_id=identifier(reply.field("team_id")),
    )
    return Exchanged(made, None)


def stored_token(root: str, token: str) -> StoredCredential:
    """Return *token* as the credential of *root*; it ends when it says, as a JSON Web Token does."""
    return StoredCredential(API_KEY, root, token, expires_at=jwt_expiry(token))


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"the proxy does not let this token make a key (HTTP {status})"
    return f"the proxy made no key (HTTP {status})"
