"""The certificate that a proxy shows: whose it is, who signed it, and until when."""

from typing import NamedTuple

from litectl.tls import Tls


class Certificate(NamedTuple):
    """
    A certificate that was verified: its *subject*, its *issuer*, and when it ends, in seconds since 1970.

    *protocol* is that of the connection, such as `TLSv1.3`.
    """

    subject: str
    issuer: str
    ends_at: float
    protocol: str


def served_certificate(root: str, tls: Tls, *, seconds: float) -> Certificate | None:
    """
    Return the certificate that the proxy at *root*, an https URL, shows to who trusts as *tls* says.

    None where it cannot be looked at, as behind an HTTP proxy. Raises `NetworkError` when it is not trusted.
    """
    raise NotImplementedError
