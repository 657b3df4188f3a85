"""
The login with a browser on this machine: authorization code with PKCE (RFC 6749, 7636 and 8252).

The browser takes the person to the proxy and comes back to a listener on
loopback with a code; only who made the verifier can turn the code into a token.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from litectl.credentials.callback import Callback, Listener
from litectl.credentials.contract import Contract, fetch_contract
from litectl.credentials.dialogue import Dialogue
from litectl.credentials.oauth import error_word, exchange_code, register
from litectl.credentials.patience import WAITING, nobody_came
from litectl.credentials.stored import StoredCredential
from litectl.errors import AuthError

if TYPE_CHECKING:
    from litectl.wire.proxy import Proxy

WAIT_SECONDS = 600.0  # as long as the proxy keeps the page on which a person agrees
_RANDOM_BYTES = 32  # RFC 7636, 4.1 and 7.1: 256 bits


def log_in(
    proxy: "Proxy", dialogue: Dialogue, *, now: Callable[[], float], limit: float = WAIT_SECONDS
) -> StoredCredential:
    """
    Return the login of the person who goes through the browser within *limit* or `WAIT_SECONDS`.

    *proxy* is one without a credential; *now* gives seconds since 1970. Raises
    `LoginUnavailableError` before a page is shown when the proxy does not offer
    this, `AuthError` when the person or the proxy refused or nobody came,
    `UpstreamError` and `NetworkError`.
    """
    wait_seconds = min(limit, WAIT_SECONDS)
    contract = fetch_contract(proxy)
    state, verifier = _random_word(), new_verifier()
    with Listener(state) as listener:
        redirect_uri = listener.redirect_uri
        client_id = register(proxy, contract, redirect_uri)
        url = authorize_url(
            contract,
            client_id=client_id,
            redirect_uri=redirect_uri,
            state=state,
            code_challenge=challenge(verifier),
        )
        dialogue.show_page(url, None)
        with dialogue.waiting(WAITING, wait_seconds):
            code = _code_of(listener.wait(wait_seconds), wait_seconds)
    return exchange_code(
        proxy,
        contract,
        code=code,
        redirect_uri=redirect_uri,
        client_id=client_id,
        verifier=verifier,
        now=now(),
    )


def new_verifier() -> str:
    """Return a new code verifier: 43 characters of base64url (RFC 7636, 4.1)."""
    return _random_word()


def challenge(verifier: str) -> str:
    """Return the S256 code challenge of *verifier* (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def authorize_url(
    contract: Contract, *, client_id: str, redirect_uri: str, state: str, code_challenge: str
) -> str:
    """
    Return the page of the proxy on which the login begins (RFC 6749, 4.1.1; RFC 7636, 4.3).

    A query that the endpoint has already is kept (RFC 6749, 3.1).
    """
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "resource": contract.resource,
        }
    )
    parts = urlsplit(contract.authorization_endpoint)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query).geturl()


def _random_word() -> str:
    return secrets.token_urlsafe(_RANDOM_BYTES)


def _code_of(callback: Callback | None, wait_seconds: float) -> str:
    """Return the code that the browser brought; raises `AuthError` when it brought none."""
    if callback is None:
        raise nobody_came(
            wait_seconds, "start again; with a browser on another machine use `litectl login --device`"
        )
    if callback.code is not None:
        return callback.code
    if callback.error == "access_denied":
        raise AuthError("the login was denied", hint="start again with `litectl login`, and allow it")
    word = error_word(callback.error) or "unknown error"
    raise AuthError(
        f"the proxy ended the login in the browser ({word})",
        hint="choose another way to log in: `litectl login --help`",
    )
