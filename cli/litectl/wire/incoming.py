"""An answer that is coming in, and the limits of what is read of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from litectl.wire.access import without

if TYPE_CHECKING:
    from litectl.wire.leanhttpx import httpx

BODY_LIMIT = 100 * 2**20  # bytes of a decoded JSON body; 5,000 deployments have 36 MB
ERROR_BODY_LIMIT = 64 * 2**10  # bytes


class Incoming(NamedTuple):
    """
    An answer that is coming in: its *response*, whose body is still to be read, and the *secrets* sent.

    *require_time* raises when a body that has ended was cut by the time limit.
    """

    response: "httpx.Response"
    require_time: Callable[[], None]
    secrets: Sequence[bytes]

    def without_secrets(self, body: bytes) -> bytes:
        """Return *body* without the key and the header values that were sent."""
        return without(self.secrets, body)
