"""
A credential at rest: what a login leaves in a profile.

The root it was issued for is part of it, and it is never sent to another.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from litectl.text.jsontext import moment

API_KEY = "api_key"  # a key, or a token that nobody can renew
HELPER = "helper"  # a command that prints a key
GCLOUD = "gcloud"  # Google's application default credentials of this machine
LOGIN = "login"  # a token of a browser login, perhaps with a refresh token
VARIABLE = "variable"  # the name of an environment variable that holds a key
KINDS = (API_KEY, HELPER, GCLOUD, LOGIN, VARIABLE)

FILE = "file"
KEYCHAIN = "keychain"

_ID_LIMIT = 256  # characters


class StoredCredential(NamedTuple):
    """
    What a login leaves behind.

    *kind* is one of `KINDS`. *secret* is the key or the access token; empty for a
    helper, whose *command* is kept, for a *variable*, whose name is kept, for Google,
    and while it lies in the keychain (*place*). *expires_at* is seconds since 1970, None
    for never or not known. *refresh_token* and what it needs (RFC 6749, 6) renew the token;
    *revocation_endpoint* (RFC 7009) ends it. *serial* tells one key in the keychain from the
    next. *other* holds what else the file says, which is written back as it was.
    """

    kind: str
    root: str
    secret: str = ""
    command: str | None = None
    expires_at: float | None = None
    refresh_token: str | None = None
    client_id: str | None = None
    token_endpoint: str | None = None
    revocation_endpoint: str | None = None
    resource: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    place: str = FILE
    serial: str | None = None
    variable: str | None = None
    other: Mapping[str, object] = MappingProxyType({})

    def __repr__(self) -> str:
        """Leave the secrets out, so that they are not printed by accident."""
        return f"StoredCredential(kind={self.kind!r}, root={self.root!r}, place={self.place!r})"

    @property
    def account(self) -> str:
        """What tells this account from another of the same root; it outlives a token that is renewed."""
        if self.kind == HELPER:
            return self.command or ""
        if self.kind == VARIABLE:
            return self.variable or ""
        if self.kind == API_KEY:
            return self.secret or self.serial or ""
        return f"{self.user_id or self.client_id or self.secret}:{self.team_id or ''}"

    @property
    def place_of_secret(self) -> str | None:
        """Where its secret lies, `file` or `keychain`; None for a kind that has none."""
        return self.place if self.kind in (API_KEY, LOGIN) else None

    @property
    def is_renewable(self) -> bool:
        """Whether the login came with a refresh token, so that no person is needed for a new token."""
        return self.token_endpoint is not None

    @property
    def secrets(self) -> dict[str, str]:
        """The parts that a keychain takes, by field."""
        parts = {"secret": self.secret, "refresh_token": self.refresh_token}
        return {field: part for field, part in parts.items() if part}

    def without_secrets(self, place: str) -> "StoredCredential":
        """Return what stays in the file when the secrets lie in *place*."""
        return self._replace(secret="", refresh_token=None, place=place)

    def as_entry(self) -> dict[str, object]:
        """Return the JSON form; what is not known is left out."""
        defaults = StoredCredential._field_defaults
        known = {field: getattr(self, field) for field in _FIELDS}
        return {
            **self.other,
            **{field: value for field, value in known.items() if value != defaults.get(field)},
        }


def identifier(value: object) -> str | None:
    """Return *value* when it can be the id of a user or team: a short printable text; else None."""
    is_usable = isinstance(value, str) and 0 < len(value) <= _ID_LIMIT and value.isprintable()
    return str(value) if is_usable else None


_FIELDS = tuple(field for field in StoredCredential._fields if field != "other")
_TIMES = ("expires_at",)
_REQUIRED = ("kind", "root")


def credential_from(entry: Mapping[str, object]) -> StoredCredential:
    """Return the credential of a JSON *entry*; raises `TypeError` or `KeyError` when it is damaged."""
    fields: dict[str, object] = {}
    for name in _FIELDS:
        value = entry[name] if name in _REQUIRED else entry.get(name)
        if value is None:
            continue
        if name in _TIMES:
            value = moment(value)
        elif not isinstance(value, str):
            raise TypeError(name)
        fields[name] = value
    other = {name: value for name, value in entry.items() if name not in _FIELDS}
    return StoredCredential(**fields, other=other)  # type: ignore[arg-type]  # checked one by one
