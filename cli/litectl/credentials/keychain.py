"""
The OS keychain, through the optional package `keyring`; this module is the only user of it.

One entry per profile holds all secrets of it, so a token and its refresh token are
replaced together, and a person who is asked for leave is asked once. The entry carries the
root that it was issued for. Windows takes 1,280 characters, less than a
browser login has; there it is refused, and the file keeps it.

A backend may ask a person, wait for a service that does not answer, or raise anything; each
call is bounded in time, and everything is translated.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from litectl.errors import AuthError, ConfigError
from litectl.failures.wording import readable
from litectl.text.jsontext import decode
from litectl.wire.bounded import TimeIsOver, within

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "litectl"
KEYCHAIN_SECONDS = 3.0
_NAME_LIMIT = 60  # characters of a backend's name
_NONE = ("keyring.backends.fail", "keyring.backends.null")
_FILE_HINT = "keep the secrets in litectl's own file with `litectl login --no-keychain`"
_LOGIN_HINT = f"log in again with `litectl login`, or {_FILE_HINT}"

Result = TypeVar("Result")


class KeychainError(ConfigError):
    """The keychain does not do what it was asked."""

    hint = _FILE_HINT


class Keychain:
    """
    The entry of *account*, the name of a profile, whose secrets were issued for *root*.

    *seconds* bounds each call; more of it leaves a person time to unlock the keychain.
    """

    def __init__(self, account: str, root: str, *, seconds: float = KEYCHAIN_SECONDS) -> None:
        self._account = account
        self._root = root
        self._seconds = seconds

    def read(self) -> dict[str, str]:
        """Return the secrets by field; raises `AuthError` when there is none to be had for this root."""
        try:
            text = _within(self._seconds, lambda keyring: keyring.get_password(SERVICE, self._account))
        except KeychainError as error:
            raise AuthError(error.message, hint=_and_login(error.hint)) from error
        if text is None:
            raise AuthError(f"the OS keychain has no entry {self._shown}", hint=_LOGIN_HINT)
        try:
            document = decode(text)
        except (ValueError, TypeError):
            document = None
        fields = document.get("fields") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(fields, dict) or not fields:
            raise AuthError(f"the entry {self._shown} in the OS keychain is damaged", hint=_LOGIN_HINT)
        if document.get("root") != self._root:
            raise AuthError(
                f"the entry {self._shown} in the OS keychain is for another proxy", hint=_LOGIN_HINT
            )
        if not all(isinstance(value, str) and value for value in fields.values()):
            raise AuthError(f"the entry {self._shown} in the OS keychain is damaged", hint=_LOGIN_HINT)
        return {str(name): str(value) for name, value in fields.items()}

    def write(self, fields: Mapping[str, str]) -> None:
        """
        Replace the entry by *fields*, and read it back.

        Raises `KeychainError`; then nothing of them is left, as far as the keychain lets itself be tidied.
        """
        text = json.dumps({"root": self._root, "fields": dict(fields)}, separators=(",", ":"))

        def replace(keyring: "KeyringBackend") -> bool:
            keyring.set_password(SERVICE, self._account, text)
            if keyring.get_password(SERVICE, self._account) == text:
                return True
            with suppress(Exception):  # a part that stays is of no use to anybody
                keyring.delete_password(SERVICE, self._account)
            return False

        if not _within(self._seconds, replace):
            raise KeychainError("the OS keychain did not keep the secrets whole")

    def delete(self) -> None:
        """Remove the entry, which may be missing; raises `KeychainError` when it stays."""

        def remove(keyring: "KeyringBackend") -> bool:
            if keyring.get_password(SERVICE, self._account) is None:
                return True
            keyring.delete_password(SERVICE, self._account)
            return keyring.get_password(SERVICE, self._account) is None

        if not _within(self._seconds, remove):
            raise KeychainError(f"the OS keychain did not remove the entry {self._shown}")

    @property
    def _shown(self) -> str:
        return f"`{SERVICE}` / `{readable(self._account)}`"


def backend_name(*, seconds: float = KEYCHAIN_SECONDS) -> str:
    """Return what the keychain of this machine is called, such as `SecretService`; raises `KeychainError`."""
    return _within(seconds, _name)


def _name(keyring: "KeyringBackend") -> str:
    # The chainer asks several in turn.
    chained = getattr(keyring, "backends", None) or (keyring,)
    names = (str(each.name).removesuffix(" Keyring") for each in chained)
    return readable(", ".join(names))[:_NAME_LIMIT]


def _within(seconds: float, job: "Callable[[KeyringBackend], Result]") -> Result:
    """
    Return what *job* gives when it is handed the keychain; raises `KeychainError`.

    A backend has no time limit; one that hangs is left behind.
    """

    def run() -> Result:
        try:
            return job(_keyring())  # finding the backend asks services, too
        except BaseException as failure:  # whatever a backend throws, a panic of Rust too
            raise _translated(failure) from failure

    try:
        return within(seconds, run)
    except TimeIsOver:
        raise KeychainError(
            f"the OS keychain did not answer within {seconds:g} s",
            hint=f"unlock it, or {_FILE_HINT}",
        ) from None


def _keyring() -> "KeyringBackend":
    try:
        import keyring
    except ImportError as error:
        raise KeychainError(
            "the OS keychain needs the package `keyring`",
            hint=f"install it with `pip install 'litectl[keychain]'`, or {_FILE_HINT}",
        ) from error
    found = keyring.get_keyring()
    if type(found).__module__.startswith(_NONE):
        raise _no_keychain()
    return found


def _no_keychain() -> KeychainError:
    return KeychainError("there is no OS keychain on this machine")


def _translated(failure: BaseException) -> KeychainError:
    """Return our error for *failure*; its text is not shown, a backend may put anything there."""
    if isinstance(failure, KeychainError):
        return failure
    kinds = [kind.__name__ for kind in type(failure).__mro__]
    if "NoKeyringError" in kinds:
        return _no_keychain()
    if "KeyringLocked" in kinds:
        return KeychainError("the OS keychain is locked", hint=f"unlock it, or {_FILE_HINT}")
    return KeychainError(f"the OS keychain failed: {readable(kinds[0])[:_NAME_LIMIT]}")


def _and_login(hint: str | None) -> str:
    return f"{hint}, or log in again with `litectl login`"
