"""
TLS: whom to trust, who we are, and what is wrong with a certificate.

The system's trust store is the default, because company proxies are signed by
company CAs. Verification is never switched off for anything that is sent.
"""

import socket
import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from litectl.errors import LitectlError, NetworkError
from litectl.wire.x509 import issuer_of, subject_of

_LOOK_SECONDS = 3.0
# OpenSSL's numbers of what X.509 verification found.
_EXPIRED = {10: "it has expired", 9: "it is not valid yet"}
_OTHER_HOST = (62, 64)
_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "HANDSHAKE_FAILURE",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
)


class Tls(NamedTuple):
    """
    How TLS connections are made.

    *ca_bundle* is a PEM file, or a directory as OpenSSL has it, to trust instead
    of the system's store. *client_cert* and *client_key* are PEM files that say
    who we are; the key may be in the file of the certificate.
    """

    ca_bundle: str | None = None
    client_cert: str | None = None
    client_key: str | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context of a connection; raises `NetworkError` for a file that cannot be used."""
        context = self._trusting()
        if self.client_cert:
            try:
                context.load_cert_chain(self.client_cert, self.client_key, password=_no_passphrase)
            except (OSError, ValueError) as error:
                raise NetworkError(
                    f"cannot use the client certificate `{self.client_cert}`: {_reason(error)}",
                    hint="give PEM files without a passphrase with `--client-cert` and `--client-key`",
                ) from error
        return context

    def _trusting(self) -> ssl.SSLContext:
        if self.ca_bundle is None:
            import truststore

            return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        path = Path(self.ca_bundle)
        try:
            if path.is_dir():
                return ssl.create_default_context(capath=self.ca_bundle)
            return ssl.create_default_context(cafile=self.ca_bundle)
        except OSError as error:
            raise NetworkError(
                f"cannot load the certificates in `{path}`: {_reason(error)}",
                hint="name a PEM file of CA certificates with `--ca-bundle PATH` or SSL_CERT_FILE, "
                "or name none to use the system's store",
            ) from error


@cache
def unused_context() -> ssl.SSLContext:
    """Return a context for plain http, which never uses it; loading certificates would cost 50 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def tls_error(root: str, error: BaseException, *, look: bool) -> NetworkError | None:
    """
    Return what to say when *error* comes from TLS on the way to *root*, else None.

    With *look* the certificate itself is fetched to name it, on a connection
    of its own over which nothing is sent.
    """
    cause = _ssl_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _not_trusted(root, cause, look=look)
    if cause is None:
        return None
    # One that Python made, and not OpenSSL, has no reason.
    reason = getattr(cause, "reason", None) or str(cause)
    if "ALERT" in reason and any(alert in reason for alert in _ALERTS):
        return NetworkError(
            f"{root} refused the TLS connection: {reason}",
            hint="it may want a client certificate: give one with `--client-cert PATH`",
        )
    return NetworkError(
        f"no TLS connection to {root}: {reason}",
        hint="check the port, and whether this proxy speaks https at all",
    )


def _not_trusted(root: str, cause: ssl.SSLCertVerificationError, *, look: bool) -> NetworkError:
    shown = _certificate_of(root) if look else None
    reason = _EXPIRED.get(cause.verify_code, cause.verify_message)
    message = f"the certificate of {root} is not trusted: {reason}" + (f" ({shown})" if shown else "")
    if cause.verify_code in _EXPIRED:
        hint = "check the clock of this machine; else the operator has to renew the certificate"
    elif cause.verify_code in _OTHER_HOST:
        hint = "use the name that the certificate is for in the URL"
    else:
        hint = (
            "name the CA that signed it with `--ca-bundle PATH` or SSL_CERT_FILE, "
            "keep it with `litectl profiles set ca_bundle PATH`, or add it to the system's store"
        )
    return NetworkError(message, hint=hint)


def _certificate_of(root: str) -> str | None:
    """Return subject, issuer and validity of the certificate that *root* shows, or None."""
    parts = urlsplit(root)
    address = (parts.hostname or "", parts.port or 443)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Only to look at what was refused: nothing is sent over this connection.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(address, _LOOK_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as connection,
        ):
            found = certificate_shown(connection)
    except OSError:
        # The refusal itself is reported; this would only have added to it.
        return None
    if not found:
        return None
    return f"for {subject_of(found)}, issued by {issuer_of(found)}, valid until {found.get('notAfter')}"


def certificate_shown(connection: ssl.SSLSocket) -> Mapping[str, Any] | None:
    """Return what the certificate says that was shown on *connection*, None where it cannot be read."""
    # Python has no public way to read a certificate that it did not itself accept.
    shown: Any = getattr(connection, "_sslobj", None)
    try:
        found: Mapping[str, Any] = shown.get_unverified_chain()[0].get_info()
    except (AttributeError, TypeError, IndexError):
        return None
    return found


def _ssl_cause(error: BaseException | None) -> ssl.SSLError | None:
    # An error of ours is an earlier failure, which this one was met while handling.
    while error is not None and not isinstance(error, LitectlError):
        if isinstance(error, ssl.SSLError):
            return error
        # httpcore raises its own error while it handles that of OpenSSL, and names no cause.
        error = error.__cause__ or error.__context__
    return None


def _no_passphrase() -> str:
    """Give no passphrase; without this OpenSSL would ask for one on the terminal."""
    return ""


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
