"""The contract of a browser login, which a proxy has at `/.well-known/litellm-cli-auth`, checked."""

from typing import TYPE_CHECKING, NamedTuple

from litectl.errors import ConfigError, LoginUnavailableError
from litectl.failures.wording import readable
from litectl.wire.root import is_loopback, normalise_root, same_origin

if TYPE_CHECKING:
    from litectl.wire.answers import Reply
    from litectl.wire.proxy import Proxy

CONTRACT_SECONDS = 10.0
CONTRACT_PATH = "/.well-known/litellm-cli-auth"
NOT_THERE = (401, 403, 404, 405)  # the statuses of a proxy that has no such login
_CONTRACT_VERSION = 1
_CHALLENGE_METHOD = "S256"
_LONGEST_URL = 2000  # characters
_SHOWN = 100  # characters of an address in a message


class Contract(NamedTuple):
    """What a proxy says about its browser login: where to send what, all of it on its own origin."""

    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str
    revocation_endpoint: str | None
    resource: str


def fetch_contract(proxy: "Proxy", *, seconds: float = CONTRACT_SECONDS) -> Contract:
    """
    Return the contract of the browser login at *proxy*, checked.

    Nothing but the question is sent. Raises `LoginUnavailableError` when there
    is none or one that must not be followed, and `NetworkError`.
    """
    reply = proxy.reply("GET", CONTRACT_PATH, seconds=seconds)
    if reply.status in NOT_THERE or (reply.status == 200 and not isinstance(reply.document, dict)):
        raise LoginUnavailableError(f"{proxy.root} does not offer a login with a browser on this machine")
    if reply.status != 200:
        raise LoginUnavailableError(
            f"{proxy.root} answered {reply.status} when asked how to log in with a browser"
        )
    _require_version(reply, proxy.root)
    _require_issuer(reply, proxy.root)
    revocation = reply.field("revocation_endpoint")
    return Contract(
        _own_address(reply, "authorization_endpoint", proxy.root),
        _own_address(reply, "token_endpoint", proxy.root),
        _own_address(reply, "registration_endpoint", proxy.root),
        None if revocation is None else _own_address(reply, "revocation_endpoint", proxy.root),
        _own_address(reply, "resource", proxy.root),
    )


def _require_version(reply: "Reply", root: str) -> None:
    version, methods = reply.field("contract_version"), reply.field("code_challenge_methods_supported")
    if isinstance(version, bool) or version != _CONTRACT_VERSION:
        raise LoginUnavailableError(f"{root} offers a browser login of a version that litectl does not know")
    if not isinstance(methods, list) or _CHALLENGE_METHOD not in methods:
        raise LoginUnavailableError(f"the browser login of {root} lacks PKCE with S256 (RFC 7636)")


def _require_issuer(reply: "Reply", root: str) -> None:
    """
    Raise unless the proxy calls itself by the address it was asked at.

    A proxy behind something that terminates TLS, or that has another name
    inside, is the common case; its addresses would then lead nowhere.
    """
    issuer = reply.field("issuer")
    if not isinstance(issuer, str) or not issuer:
        raise LoginUnavailableError(f"the browser login of {root} does not say whose it is")
    try:
        own = normalise_root(issuer)
    except ConfigError:
        own = ""
    if own == normalise_root(root):
        return
    hint = f"its operator has to set PROXY_BASE_URL to {root}"
    # Nobody is sent from https to plain http, nor to their own machine instead of the proxy's.
    if own.startswith("https:") or (own and is_loopback(own) and is_loopback(root)):
        hint += ", or you use the address that the proxy gives"
    raise LoginUnavailableError(f"the proxy says it is {_shown(issuer)}, not {root}", hint=hint)


def _own_address(reply: "Reply", name: str, root: str) -> str:
    value = reply.field(name)
    if not isinstance(value, str) or len(value) > _LONGEST_URL or not value.isascii():
        raise LoginUnavailableError(f"the browser login of {root} has no usable `{name}`")
    if not same_origin(root, value):
        raise LoginUnavailableError(
            f"the browser login of {root} has its `{name}` elsewhere: {_shown(value)}",
            hint=f"its operator has to set PROXY_BASE_URL to {root}",
        )
    return value


def _shown(address: str) -> str:
    """Return *address* from the proxy as it may be shown: one short line, without a password."""
    return readable(readable(address).rpartition("@")[2], _SHOWN)
