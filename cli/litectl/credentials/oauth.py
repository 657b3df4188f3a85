"""
What OAuth says on the wire to a LiteLLM proxy: the requests of a login's life.

A login begins with a code (RFC 6749, 4.1) of a client that has registered
itself (RFC 7591), is renewed with a refresh token (RFC 6749, 6), which works
once, and ends with a revocation (RFC 7009). Every `proxy` here is one without a
credential, whatever is sent goes to its own origin, and of an error answer
nothing is repeated but a word that the standards define.
"""

from typing import TYPE_CHECKING

from litectl.credentials.contract import NOT_THERE, Contract
from litectl.credentials.stored import LOGIN, StoredCredential, identifier
from litectl.credentials.tokens import is_bearer
from litectl.errors import AuthError, LitectlError, LoginUnavailableError, UpstreamError
from litectl.text.jsontext import number
from litectl.wire.root import same_origin

if TYPE_CHECKING:
    from litectl.wire.answers import Reply
    from litectl.wire.proxy import Proxy

REQUEST_SECONDS = 30.0
# Lifetime in seconds of a token whose answer does not tell it, which RFC 6749, 5.1 allows. The proxy
# always tells; without any end the token would never be renewed before it is refused.
ASSUMED_LIFETIME = 3600.0
_LONGEST_LIFETIME = 10 * 365 * 86_400.0  # seconds; a later time could not be written as a date
_CLIENT_NAME = "litectl"
_LONGEST_WORD = 4096  # characters of a client id; a real one has about 200
_TEMPORARY = (408, 429)  # and every 5xx
# RFC 6749, 4.1.2.1 and 5.2; RFC 7009, 2.2.1; RFC 7591, 3.2.2; RFC 8628, 3.5; RFC 8707, 2.
_ERROR_WORDS = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_client",
        "invalid_client_metadata",
        "invalid_grant",
        "invalid_redirect_uri",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "server_error",
        "slow_down",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "unsupported_token_type",
    }
)
_LOG_IN_AGAIN = "log in again with `litectl login`"
_START_AGAIN = "start again with `litectl login`"


def register(
    proxy: "Proxy", contract: Contract, redirect_uri: str, *, seconds: float = REQUEST_SECONDS
) -> str:
    """
    Register litectl as a public client with *redirect_uri* and return its client id (RFC 7591).

    Raises `LoginUnavailableError` when no client may register itself,
    `AuthError` for a refusal or an unusable answer, `UpstreamError` when the
    proxy failed, and `NetworkError`.
    """
    document = {
        "client_name": _CLIENT_NAME,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    reply = proxy.reply("POST", contract.registration_endpoint, document=document, seconds=seconds)
    if reply.status in NOT_THERE:
        raise LoginUnavailableError(
            f"{proxy.root} does not let litectl register for a browser login ({reply.status})"
        )
    if reply.status not in (200, 201):
        raise refusal(reply, f"{proxy.root} did not register litectl", hint=_START_AGAIN)
    client_id = reply.field("client_id")
    if not _is_word(client_id):
        raise AuthError(f"{proxy.root} registered litectl without a usable client id", hint=_START_AGAIN)
    registered = reply.field("redirect_uris")
    if registered is not None and registered != [redirect_uri]:
        raise AuthError(f"{proxy.root} registered another redirect URI than the one of this login")
    return str(client_id)


def exchange_code(
    proxy: "Proxy",
    contract: Contract,
    *,
    code: str,
    redirect_uri: str,
    client_id: str,
    verifier: str,
    now: float,
    seconds: float = REQUEST_SECONDS,
) -> StoredCredential:
    """
    Return the login that the authorization *code* stands for (RFC 6749, 4.1.3; RFC 7636, 4.5).

    *now* is seconds since 1970. A code works once, so this is never repeated.
    Raises `AuthError` for a refusal or an unusable answer, `UpstreamError` when the
    proxy failed, and `NetworkError`.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "code_verifier": verifier,
        "resource": contract.resource,
    }
    reply = proxy.reply("POST", contract.token_endpoint, form=form, seconds=seconds)
    if reply.status != 200:
        raise refusal(reply, f"{proxy.root} refused to finish the login", hint=_START_AGAIN)
    return credential_from_answer(
        reply,
        root=proxy.root,
        now=now,
        token_endpoint=contract.token_endpoint,
        revocation_endpoint=contract.revocation_endpoint,
        client_id=client_id,
        resource=contract.resource,
    )


def refresh(
    proxy: "Proxy", credential: StoredCredential, *, now: float, seconds: float = REQUEST_SECONDS
) -> StoredCredential:
    """
    Return *credential* with a new token, and a new refresh token when the proxy gave one (RFC 6749, 6).

    The refresh token is spent by this, so the result has to be stored before it
    is used. Raises `UpstreamError` for a failure that passes (408, 429, 5xx, or a
    redirect or page of something in between), `AuthError` when the login has
    ended, and `NetworkError`.
    """
    token, endpoint = credential.refresh_token, credential.token_endpoint
    if not token or not endpoint:
        raise AuthError(f"the login at {credential.root} cannot be renewed", hint=_LOG_IN_AGAIN)
    _require_own(proxy, credential, endpoint)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    form |= {"client_id": credential.client_id} if credential.client_id else {}
    form |= {"resource": credential.resource} if credential.resource else {}
    reply = proxy.reply("POST", endpoint, form=form, seconds=seconds)
    # A page with status 200 is no proxy's: it comes from something in between, and the token is not spent.
    if reply.status != 200 or not isinstance(reply.document, dict):
        raise refusal(reply, f"the login at {proxy.root} has ended", hint=_LOG_IN_AGAIN)
    renewed = credential_from_answer(
        reply, root=proxy.root, now=now, token_endpoint=endpoint, revocation_endpoint=None
    )
    return credential._replace(
        secret=renewed.secret,
        expires_at=renewed.expires_at,
        refresh_token=renewed.refresh_token or token,
        user_id=renewed.user_id or credential.user_id,
        team_id=renewed.team_id or credential.team_id,
    )


def revoke(proxy: "Proxy", credential: StoredCredential, *, seconds: float = REQUEST_SECONDS) -> None:
    """
    End the login at *proxy*: its refresh token works no more (RFC 7009).

    Tokens that were made with it live on until their own end. Raises
    `AuthError` when there is nothing to revoke or the proxy refused,
    `UpstreamError` when it failed, and `NetworkError`.
    """
    token, endpoint = credential.refresh_token, credential.revocation_endpoint
    if not token or not endpoint:
        raise AuthError(
            f"the login at {credential.root} cannot be revoked: the proxy gave no way to do so",
            hint="it ends by itself",
        )
    _require_own(proxy, credential, endpoint)
    form = {"token": token, "token_type_hint": "refresh_token"}
    form |= {"client_id": credential.client_id} if credential.client_id else {}
    reply = proxy.reply("POST", endpoint, form=form, seconds=seconds)
    if not 200 <= reply.status < 300:
        raise refusal(reply, f"{proxy.root} did not revoke the login", hint="it ends by itself; or try again")


def _require_own(proxy: "Proxy", credential: StoredCredential, endpoint: str) -> None:
    """Raise `AuthError` unless the login and its *endpoint* belong to *proxy*; a file may say anything."""
    if credential.root != proxy.root:
        raise AuthError(f"the login is one at {credential.root}, not at {proxy.root}", hint=_LOG_IN_AGAIN)
    if not same_origin(proxy.root, endpoint):
        raise AuthError(
            f"the login at {proxy.root} names an address elsewhere, to which nothing is sent",
            hint=_LOG_IN_AGAIN,
        )


def credential_from_answer(
    reply: "Reply",
    *,
    root: str,
    now: float,
    token_endpoint: str,
    revocation_endpoint: str | None,
    client_id: str | None = None,
    resource: str | None = None,
) -> StoredCredential:
    """
    Return the login of a token endpoint's answer (RFC 6749, 5.1; RFC 6750).

    *now* is seconds since 1970. The endpoints, *client_id* and *resource* are
    what a renewal needs, and are left out when there is no refresh token. A
    token without `expires_in` is taken to live for `ASSUMED_LIFETIME`. Raises
    `AuthError` for any other status than 200, and for an answer that cannot be used.
    """
    secret, refresh_token = reply.field("access_token"), reply.field("refresh_token")
    kind, told = reply.field("token_type"), reply.field("expires_in")
    lifetime = ASSUMED_LIFETIME if told is None else number(told)
    flaws = {
        f"it has the status {reply.status}": reply.status != 200,
        "it is not a JSON object": not isinstance(reply.document, dict),
        "it has no usable access token": not is_bearer(secret),
        "its token is not a bearer token": kind is not None and not _is_bearer_type(kind),
        "its lifetime is not a positive number": not lifetime,
        "its refresh token cannot be used": refresh_token is not None and not is_bearer(refresh_token),
    }
    if flaw := next((flaw for flaw, is_there in flaws.items() if is_there), None):
        raise AuthError(f"the answer of {root} to the login cannot be used: {flaw}", hint=_LOG_IN_AGAIN)
    login = StoredCredential(
        LOGIN,
        root,
        str(secret),
        expires_at=now + min(lifetime or 0.0, _LONGEST_LIFETIME),
        user_id=identifier(reply.field("user_id")),
        team_id=identifier(reply.field("team_id")),
    )
    if refresh_token is None:
        return login
    return login._replace(
        refresh_token=str(refresh_token),
        client_id=client_id,
        token_endpoint=token_endpoint,
        revocation_endpoint=revocation_endpoint,
        resource=resource,
    )


def error_word(value: object) -> str | None:
    """Return the OAuth error code *value* when it is one that the standards define, else None."""
    return value if isinstance(value, str) and value in _ERROR_WORDS else None


def refusal(reply: "Reply", what: str, *, hint: str) -> LitectlError:
    """
    Return the error of an answer that is no success: *what* happened, with its status.

    It is an `UpstreamError` where trying again later may help, as for everything
    but a 4xx; else an `AuthError` with *hint*. Of the answer only a known error code is named.
    """
    word = error_word(reply.field("error"))
    if word is None and not isinstance(reply.document, dict):
        word = "not JSON"
    shown = f"{reply.status}, {word}" if word else f"{reply.status}"
    details: dict[str, object] = {"status": reply.status}
    if 400 <= reply.status < 500 and reply.status not in _TEMPORARY:
        return AuthError(f"{what} ({shown})", hint=hint, details=details)
    return UpstreamError(f"the proxy failed, or something on the way to it ({shown})", details=details)


def _is_bearer_type(kind: object) -> bool:
    """Tell whether *kind* is `bearer` in any case (RFC 6749, 7.1)."""
    return isinstance(kind, str) and kind.lower() == "bearer"


def _is_word(value: object) -> bool:
    """Tell whether *value* is what RFC 6749, A calls VSCHAR, and not empty."""
    return (
        isinstance(value, str) and 0 < len(value) <= _LONGEST_WORD and value.isascii() and value.isprintable()
    )
