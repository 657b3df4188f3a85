"""The certificate that a proxy shows: whose it is, who signed it, and until when."""

import socket
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from litectl.errors import NetworkError, TimedOutError, UnreachableError
from litectl.wire.deadline import Deadline
from litectl.wire.httpproxies import http_proxy_of
from litectl.wire.tls import Tls, certificate_shown, tls_error
from litectl.wire.x509 import issuer_of, subject_of

FEW_DAYS = 14  # until a certificate ends: time to have it renewed
_DAY = 24 * 3600.0  # seconds


class Certificate(NamedTuple):
    """
    A certificate that was verified: its *subject*, its *issuer*, and when it ends, in seconds since 1970.

    *protocol* is that of the connection, such as `TLSv1.3`.
    """

    subject: str
    issuer: str
    ends_at: float
    protocol: str

    def days_left(self, now: float) -> int:
        """Return the whole days from *now*, in seconds since 1970, until it ends; below 0 when it has."""
        return int((self.ends_at - now) // _DAY)


def served_certificate(root: str, tls: Tls, *, seconds: float) -> Certificate | None:
    """
    Return the certificate that the proxy at *root*, an https URL, shows to who trusts as *tls* says.

    None where it cannot be looked at, as behind an HTTP proxy. Raises `NetworkError` when it is not trusted.
    """
    if http_proxy_of(root) is not None:
        return None
    parts = urlsplit(root)
    host, port = parts.hostname or "", parts.port or 443
    context = tls.context()
    deadline = Deadline(seconds)
    try:
        with socket.create_connection((host, port), deadline.left()) as plain:
            plain.settimeout(deadline.left())
            with context.wrap_socket(plain, server_hostname=host) as connection:
                return _certificate_of(connection)
    except TimeoutError as error:
        raise TimedOutError(f"no TLS connection to {root} within {seconds:.3g} s") from error
    except ssl.SSLError as error:
        raise tls_error(root, error, look=True) or NetworkError(f"no TLS connection to {root}") from error
    except (OSError, UnicodeError) as error:  # the second is of a name that no name service takes
        reason = getattr(error, "strerror", None) or "its name cannot be looked up"
        raise UnreachableError(f"cannot connect to {root}: {reason}") from error


def _certificate_of(connection: ssl.SSLSocket) -> Certificate | None:
    found = _verified(connection)
    try:
        ends_at = ssl.cert_time_to_seconds(str(found.get("notAfter")))
    except ValueError:
        return None
    return Certificate(subject_of(found), issuer_of(found), float(ends_at), connection.version() or "TLS")


def _verified(connection: ssl.SSLSocket) -> Mapping[str, Any]:
    """Return what the certificate of *connection*, which was verified, says."""
    # Where the system verifies, and not OpenSSL, Python does not tell it.
    return connection.getpeercert() or certificate_shown(connection) or {}
