"""
The fingerprint that names a cached catalog: which proxy, asked as whom.

A keyed hash with a random secret of this user, so that nobody who reads the
cache can test guesses of a key against it, and it costs microseconds.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from litectl.errors import ConfigError
from litectl.storage.files import locked, write_private

try:
    # The same class that hashlib gives, without OpenSSL, which hashlib loads for the other
    # hashes and which would cost every cached command a tenth of its time.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

_SECRET_BYTES = 32
_DIGEST_BYTES = 16


def fingerprint(
    secret_file: Path, root: str, identity: str, headers: Mapping[str, str] = MappingProxyType({})
) -> str:
    """
    Return 32 hexadecimal digits for *root* asked as *identity* with the extra *headers*.

    *secret_file* is made at first use. Raises `ConfigError` when it can
    neither be read nor made.
    """
    extra = sorted(f"\0{name.lower()}:{value}" for name, value in headers.items())
    message = f"{root}\0{identity}{''.join(extra)}".encode("utf-8", "backslashreplace")
    return blake2b(message, key=_secret(secret_file), digest_size=_DIGEST_BYTES).hexdigest()


def _secret(path: Path) -> bytes:
    secret = _stored(path)
    if len(secret) == _SECRET_BYTES:
        return secret
    with locked(path):
        # Another process may have made one at the same moment.
        if len(_stored(path)) < _SECRET_BYTES:
            write_private(path, os.urandom(_SECRET_BYTES))
        return _stored(path)


def _stored(path: Path) -> bytes:
    try:
        return path.read_bytes()[:_SECRET_BYTES]
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise ConfigError(
            f"cannot read `{path}`: {error.strerror}", hint="check the permissions of the file"
        ) from error
