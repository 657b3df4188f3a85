"""
The device authorization grant (RFC 8628) of the proxy's gateway for Claude Code.

Offered where `general_settings.enable_claude_code_gateway` is on. Its login has a
refresh token, so no person is needed for weeks; the proxy takes the first team of
the user.
"""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from litectl.credentials.device import is_code, not_understood, require_started
from litectl.credentials.dialogue import Dialogue
from litectl.credentials.oauth import credential_from_answer
from litectl.credentials.patience import AGAIN, REQUEST_SECONDS, WAITING, Patience, seconds_to_wait
from litectl.credentials.stored import StoredCredential
from litectl.credentials.tokens import is_bearer
from litectl.errors import AuthError, ConnectionLostError, LoginUnavailableError, NetworkError
from litectl.text.jsontext import number
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy
from litectl.wire.root import same_origin

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_METADATA = "/claude_code_gateway/.well-known/oauth-authorization-server"
_URL_LIMIT = 2048  # characters
_DEFAULT_INTERVAL, _LONGEST_INTERVAL = 5.0, 60.0  # seconds
_SLOWER_SECONDS = 5.0
# The errors that end the polling (RFC 6749, 5.2 and RFC 8628, 3.5), in words.
_ENDED = {
    "access_denied": "the login was denied",
    "expired_token": "the login has expired, or was used already",
    "invalid_grant": "the proxy does not accept the login",
}


class Endpoints(NamedTuple):
    """Where the gateway's flow is spoken: absolute URLs on the origin of the proxy (RFC 8414, 2)."""

    device_authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str | None


class _Authorization(NamedTuple):
    """A login that has begun (RFC 8628, 3.2): whoever has *device_code* gets its token."""

    device_code: str
    user_code: str
    page: str
    seconds: float
    interval: float

    def __repr__(self) -> str:
        """Leave the device code out, so that it is not printed by accident."""
        return f"_Authorization(page={self.page!r})"


def fetch_endpoints(proxy: Proxy, *, seconds: float = 5.0) -> Endpoints | None:
    """
    Return where *proxy* speaks the device flow, None when it does not offer it.

    Raises `LoginUnavailableError` when an endpoint is not on the proxy's own origin,
    `NetworkError` when nobody answers.
    """
    reply = proxy.reply("GET", _METADATA, seconds=seconds)
    grants = reply.field("grant_types_supported")
    if reply.status != 200 or (isinstance(grants, list) and GRANT not in grants):
        return None
    device, token, revocation = (reply.field(name) for name in Endpoints._fields)
    if device is None or token is None:
        return None
    return Endpoints(
        _own(proxy.root, device),
        _own(proxy.root, token),
        None if revocation is None else _own(proxy.root, revocation),
    )


def log_in(
    proxy: Proxy,
    endpoints: Endpoints,
    dialogue: Dialogue,
    *,
    now: Callable[[], float],
    limit: float = math.inf,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> StoredCredential:
    """
    Return the login token that the person gets by typing the code of *dialogue*'s page.

    *now* gives seconds since 1970; *limit* is as there. Raises as `device.log_in` does.
    """
    begun = _begin(proxy, endpoints.device_authorization_endpoint)
    patience = Patience.starting(min(begun.seconds, limit), clock, sleep)
    dialogue.show_page(begun.page, begun.user_code)
    with dialogue.waiting(WAITING, patience.seconds):
        answer = _poll(proxy, endpoints.token_endpoint, begun, patience)
    return credential_from_answer(
        answer,
        root=proxy.root,
        now=now(),
        token_endpoint=endpoints.token_endpoint,
        revocation_endpoint=endpoints.revocation_endpoint,
    )


def _begin(proxy: Proxy, endpoint: str) -> _Authorization:
    reply = proxy.reply("POST", endpoint, form={}, seconds=REQUEST_SECONDS)
    require_started(reply, proxy.root)
    code, user_code = reply.field("device_code"), reply.field("user_code")
    if not (isinstance(code, str) and is_bearer(code) and isinstance(user_code, str) and is_code(user_code)):
        raise not_understood("the device authorization")
    page, complete = reply.field("verification_uri"), reply.field("verification_uri_complete")
    if not isinstance(page, str):
        raise not_understood("the device authorization")
    page = _own(proxy.root, page)
    if isinstance(complete, str):
        page = _own(proxy.root, complete)
    interval = number(reply.field("interval"))
    pause = _DEFAULT_INTERVAL if interval is None else min(max(interval, 1.0), _LONGEST_INTERVAL)
    return _Authorization(code, user_code, page, seconds_to_wait(reply.field("expires_in")), pause)


class _Pace:
    """The seconds between two polls, which only grow."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def slow_down(self) -> None:
        """Obey the proxy's `slow_down` (RFC 8628, 3.5)."""
        self.seconds += _SLOWER_SECONDS

    def back_off(self) -> None:
        """Ask a proxy that is too slow to answer less often, as RFC 8628, 3.5 demands."""
        self.seconds = min(self.seconds * 2, max(self.seconds, _LONGEST_INTERVAL))


def _poll(proxy: Proxy, endpoint: str, begun: _Authorization, patience: Patience) -> Reply:
    """Return the answer with the token."""
    pace = _Pace(begun.interval)
    form = {"grant_type": GRANT, "device_code": begun.device_code}

    def ask() -> Reply:
        try:
            return proxy.reply("POST", endpoint, form=form, seconds=REQUEST_SECONDS)
        except NetworkError as error:
            if not isinstance(error, ConnectionLostError):
                pace.back_off()
            raise

    for reply in patience.replies(ask, lambda: pace.seconds):
        error = reply.field("error")
        if 200 <= reply.status < 300:
            return reply
        if error == "slow_down":
            pace.slow_down()
        elif error != "authorization_pending":
            raise AuthError(_ending(error, reply.status), hint=AGAIN)
    raise AssertionError  # the replies end with an error


def _ending(error: object, status: int) -> str:
    known = _ENDED.get(error) if isinstance(error, str) else None
    return known or f"the proxy ended the login (HTTP {status})"


def _own(root: str, url: object) -> str:
    """Return *url* when it is on the origin of *root*; secrets and people are sent nowhere else."""
    if isinstance(url, str) and len(url) <= _URL_LIMIT and same_origin(root, url):
        return url
    raise LoginUnavailableError(
        f"the proxy sends its login to another address than {root}",
        hint="use the address that the proxy has for itself, or have its operator set PROXY_BASE_URL",
    )
