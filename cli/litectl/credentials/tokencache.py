"""
Short-lived tokens kept across processes, so that not every command makes a new one.

One private file per identity, in a directory that holds nothing else. A file
that cannot be used counts as none: a token can always be made again.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from litectl.credentials.tokens import Token, is_bearer, is_due
from litectl.errors import ConfigError
from litectl.storage.files import locked, read_document, write_document
from litectl.text.jsontext import number

VERSION = 1
LOCK_SECONDS = 15.0  # longer than a helper or Google may take
_CLOCK_SECONDS = 60.0  # that the clocks of two machines with one home directory may differ
_UNUSED_SECONDS = 30 * 24 * 3600.0
_TOUCH_SECONDS = 24 * 3600.0


class TokenCache:
    """
    The kept token of one identity: `NAME.json` in *directory*.

    *name* is a fingerprint, from which nobody finds the identity. Times are seconds since 1970.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.path = directory / f"{name}.json"

    def read(self, now: float) -> Token | None:
        """Return the token while it can be used, else None; nothing is raised for a damaged file."""
        token = _read(self.path, now)
        if token is not None:
            self._touch()
        return token

    def write(self, token: Token, now: float) -> bool:
        """
        Keep *token*, made at *now*, and tell whether it is kept.

        A token that is due already is not, nor anything where nothing can be written. The tokens
        beside it that are due, or that nobody used for 30 days, are removed.
        """
        if is_due(token.expires_at, now):
            return False
        document = {
            "version": VERSION,
            "secret": token.secret,
            "expires_at": token.expires_at,
            "obtained_at": now,
        }
        try:
            write_document(self.path, document)
        except (ConfigError, OSError):
            return False
        self._prune(now)
        return True

    def clear(self) -> None:
        """Forget the token; one that cannot be removed ends by itself."""
        with suppress(OSError):
            self.path.unlink()

    def _touch(self) -> None:
        """Remember that the file is in use, at most once a day."""
        with suppress(OSError):
            if time.time() - self.path.stat().st_mtime > _TOUCH_SECONDS:
                self.path.touch()

    def _prune(self, now: float) -> None:
        """
        Remove the tokens that are of no use, and what a crash left of one.

        A helper's key may be good for years, and must not lie here for longer than
        it is used. Locks stay: another process may hold one, however old it is.
        """
        oldest = time.time() - _UNUSED_SECONDS
        with suppress(OSError):
            for path in self.path.parent.iterdir():
                is_token = path.suffix == ".json"
                is_remnant = path.name.startswith(".") and ".json." in path.name and path.suffix != ".lock"
                with suppress(OSError):  # it vanished, or may not be removed
                    is_old = path.stat().st_mtime < oldest
                    if (is_old and (is_token or is_remnant)) or (is_token and _read(path, now) is None):
                        path.unlink()


def obtain(
    cache: TokenCache | None,
    make: Callable[[], Token],
    *,
    now: Callable[[], float],
    refused: str | None = None,
) -> Token:
    """
    Return the token in *cache*, or the one that *make* gives, which is kept for other processes.

    One process at a time makes one, and those that waited for it take that. *refused* is
    a token that was not accepted: it is not believed any more, but one that
    another process made meanwhile is. Without a *cache*, or where no lock is to be had,
    *make* is simply called. Raises what *make* raises.
    """
    if cache is None:
        return make()
    if token := _usable(cache, now(), refused):
        return token
    with ExitStack() as stack:
        # A token that is made twice is better than a command that fails.
        with suppress(ConfigError, OSError, NotImplementedError):  # a file system without locks
            stack.enter_context(locked(cache.path, seconds=LOCK_SECONDS))
        if token := _usable(cache, now(), refused):
            return token
        token = make()
        if not cache.write(token, now()):
            # What is there is due or was refused.
            cache.clear()
        return token


def _read(path: Path, now: float) -> Token | None:
    """Return the token in the file *path* when it can be used."""
    try:
        document = read_document(path, VERSION) or {}
    except (ConfigError, OSError):
        return None
    secret, end = document.get("secret"), document.get("expires_at")
    obtained_at, expires_at = number(document.get("obtained_at")), number(end)
    if not isinstance(secret, str) or not is_bearer(secret) or obtained_at is None:
        return None
    # When the clock went back, the end that was reckoned with it is wrong.
    is_foreseen = obtained_at <= now + _CLOCK_SECONDS
    if not is_foreseen or (expires_at is None and end is not None) or is_due(expires_at, now):
        return None
    return Token(secret, expires_at)


def _usable(cache: TokenCache, now: float, refused: str | None) -> Token | None:
    token = cache.read(now)
    return None if token is None or token.secret == refused else token
