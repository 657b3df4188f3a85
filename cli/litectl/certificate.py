"""The certificate that a proxy shows: whose it is, who signed it, and until when."""

import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from litectl.counting import some_of
from litectl.envelopes import readable
from litectl.errors import NetworkError, TimedOutError, UnreachableError
from litectl.httpproxies import http_proxy_of
from litectl.tls import Tls, tls_error

_NAME_LIMIT = 80  # characters of a name in a certificate, where anybody may write anything
_NAMES_SHOWN = 3
_SHORTEST_SECONDS = 0.001


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
    if http_proxy_of(root) is not None:
        return None
    parts = urlsplit(root)
    host, port = parts.hostname or "", parts.port or 443
    context = tls.context()
    deadline = time.monotonic() + seconds
    try:
        with socket.create_connection((host, port), seconds) as plain:
            plain.settimeout(max(deadline - time.monotonic(), _SHORTEST_SECONDS))
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
    subject, issuer = _subject(found), _name(found.get("issuer"))
    return Certificate(subject, issuer, float(ends_at), connection.version() or "TLS")


def _verified(connection: ssl.SSLSocket) -> Mapping[str, Any]:
    """Return what the certificate of *connection*, which was verified, says."""
    told = connection.getpeercert()
    if told:
        return told
    # Where the system verifies, and not OpenSSL, Python has no public way to read it.
    chain: Any = getattr(connection, "_sslobj", None)
    try:
        shown: Mapping[str, Any] = chain.get_unverified_chain()[0].get_info()
    except (AttributeError, TypeError, IndexError):
        return {}
    return shown


def _subject(found: Mapping[str, Any]) -> str:
    """Return the names that the certificate is for, else whose it says it is."""
    names = [value for _, value in found.get("subjectAltName", ())]
    return some_of(names, _NAMES_SHOWN, _shown) if names else _name(found.get("subject"))


def _name(pairs: Any) -> str:
    fields = {key: value for group in pairs or () for key, value in group}
    shown = [_shown(fields[key]) for key in ("commonName", "organizationName") if key in fields]
    return " of ".join(shown) or "nobody"


def _shown(text: object) -> str:
    """Return *text* of a stranger's certificate as one short line, without what drives a terminal."""
    line = readable(str(text))
    return line if len(line) <= _NAME_LIMIT else line[: _NAME_LIMIT - 1] + "…"
