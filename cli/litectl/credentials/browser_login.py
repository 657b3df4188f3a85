"""
A login with the browser: the ways in their order, and when each is tried.

PKCE first, because it renews itself; it needs a browser on this machine. Then
the device flows, whose page may be opened anywhere. Pasting a token is the
last resort. A way that the proxy does not offer gives way to the next.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from litectl.credentials import device, gateway, pkce
from litectl.credentials.dialogue import Dialogue
from litectl.credentials.offer import fetch_offer, require_sso
from litectl.credentials.stored import StoredCredential
from litectl.errors import LoginUnavailableError
from litectl.wire.proxy import Proxy

PKCE, DEVICE, PASTE = "pkce", "device", "paste"


class Wishes(NamedTuple):
    """
    How the person wants to log in.

    *way* is one of the three, or None for the first that works; *team* an id or
    name; *browser* tells whether one can be opened here. *lifetime_hours* is
    how long a login lasts when the proxy does not say. *is_piped* tells that a token
    to paste comes from elsewhere than the proxy's page. *seconds* limits the waiting.
    """

    way: str | None
    team: str | None
    browser: bool
    lifetime_hours: float
    is_piped: bool = False
    seconds: float = math.inf

    @property
    def ways(self) -> Sequence[str]:
        """The ways to try, in their order."""
        if self.way is not None:
            return (self.way,)
        if self.team is not None:
            return (DEVICE,)  # the only one that can be told a team
        # PKCE needs a browser on this machine.
        return (PKCE, DEVICE, PASTE) if self.browser else (DEVICE, PASTE)


def log_in(
    proxy: Proxy,
    dialogue: Dialogue,
    wishes: Wishes,
    paste: Callable[[], StoredCredential],
    *,
    now: Callable[[], float],
    note: Callable[[str], None],
) -> StoredCredential:
    """
    Return the credential of a browser login, by the first of the ways that the proxy offers.

    *paste* is the last one. Raises `LoginUnavailableError` at once where the proxy
    has no single sign-on, and what the way itself raises.
    """
    steps = {
        PKCE: lambda: pkce.log_in(proxy, dialogue, now=now, limit=wishes.seconds),
        DEVICE: lambda: _with_code(proxy, dialogue, wishes, now=now, note=note),
        PASTE: paste,
    }
    if not (wishes.way == PASTE and wishes.is_piped):
        require_sso(fetch_offer(proxy), proxy.root)
    *before, last = wishes.ways
    for way in before:
        try:
            return steps[way]()
        except LoginUnavailableError as error:
            note(f"{error.message}; trying another way")
    return steps[last]()


def _with_code(
    proxy: Proxy,
    dialogue: Dialogue,
    wishes: Wishes,
    *,
    now: Callable[[], float],
    note: Callable[[str], None],
) -> StoredCredential:
    """Log in with a code: by RFC 8628, which renews itself; it cannot choose a team that was named."""
    try:
        endpoints = gateway.fetch_endpoints(proxy) if wishes.team is None else None
        if endpoints is not None:
            return gateway.log_in(proxy, endpoints, dialogue, now=now, limit=wishes.seconds)
    except LoginUnavailableError as error:
        note(f"{error.message}; trying another way")
    return device.log_in(
        proxy,
        dialogue,
        team=wishes.team,
        now=now,
        lifetime_hours=wishes.lifetime_hours,
        limit=wishes.seconds,
    )
