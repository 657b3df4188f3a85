"""
Google's application default credentials: the login of a person, exchanged for access tokens.

Only the `authorized_user` kind is used, which `gcloud auth application-default
login` writes. Loaded only when they are wanted.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litectl import environment
from litectl.credentials.tokens import EARLY_SECONDS, Token, is_bearer
from litectl.environment import Environment
from litectl.errors import AuthError, NetworkError
from litectl.failures.wording import readable
from litectl.text.jsontext import decode, number

if TYPE_CHECKING:
    from litectl.wire.answers import Reply
    from litectl.wire.proxy import Proxy

GOOGLE = "https://oauth2.googleapis.com"
GOOGLE_SECONDS = 10.0
_FILE = "application_default_credentials.json"
_FILE_LIMIT = 2**20  # bytes
_LIFETIME = 3600.0  # seconds, when Google does not say
_USED_SECONDS = 50 * 60.0  # of a token, at most
_LOGIN = "log in to Google with `gcloud auth application-default login`"
_OFFLINE = "a Google login needs Google: check the network, or log in another way with `litectl login`"
_KNOWN_KINDS = {
    "service_account": "a service account's",
    "impersonated_service_account": "an impersonated service account's",
    "external_account": "an external account's",
    "external_account_authorized_user": "an external account's",
}


class AuthorizedUser(NamedTuple):
    """A person's Google login: an OAuth client and its refresh token (RFC 6749, 6)."""

    client_id: str
    client_secret: str
    refresh_token: str

    def __repr__(self) -> str:
        """Leave the secrets out, so that they are not printed by accident."""
        return f"AuthorizedUser(client_id={self.client_id!r})"

    @property
    def identity(self) -> str:
        """What tells this login from another; it holds the refresh token, so keep its fingerprint only."""
        return f"gcloud-adc:authorized_user:{self.client_id}:{self.refresh_token}"


def adc_path(variables: Environment, home: Path | None, *, platform: str) -> Path | None:
    """
    Return the file of the credentials, None when there is none.

    GOOGLE_APPLICATION_CREDENTIALS names it, also when it is missing there; else it
    is looked for where gcloud keeps it. *platform* is a value of `sys.platform`.
    """
    if named := variables.get(environment.GOOGLE_APPLICATION_CREDENTIALS):
        return Path(named)
    places: list[Path] = []
    if config := variables.get(environment.CLOUDSDK_CONFIG):
        places.append(Path(config))
    if home is not None:
        places.append(home / ".config" / "gcloud")
    if platform == "win32" and (appdata := variables.get(environment.APPDATA)):
        places.append(Path(appdata) / "gcloud")
    return next((place / _FILE for place in places if _is_there(place / _FILE)), None)


def read_authorized_user(path: Path | None) -> AuthorizedUser:
    """Return the login in the file *path*; raises `AuthError` when there is none that can be used."""
    if path is None:
        raise AuthError("there are no Google application default credentials", hint=_LOGIN)
    shown = readable(str(path))
    document = _document(path, shown)
    kind = document.get("type")
    if kind != "authorized_user":
        whose = _KNOWN_KINDS.get(kind) if isinstance(kind, str) else None
        what = f"is {whose}" if whose else "is of a kind that is not known"
        raise AuthError(f"`{shown}` {what}; litectl uses a person's", hint=_LOGIN)
    missing = [name for name in AuthorizedUser._fields if not is_bearer(document.get(name))]
    if missing:
        raise AuthError(f"`{shown}` lacks a usable {', '.join(missing)}", hint=_LOGIN)
    return AuthorizedUser(*(str(document[name]) for name in AuthorizedUser._fields))


def fetch_token(
    connect: "Callable[[str], Proxy]", user: AuthorizedUser, *, now: float, seconds: float = GOOGLE_SECONDS
) -> Token:
    """
    Return a new access token of *user* from Google, asked once within *seconds*.

    *connect* gives a `Proxy` at a root, without a credential; *now* is seconds since
    1970. The token is used until five minutes before its end, and 50 minutes
    at most. Raises `AuthError`, which never holds what Google wrote, or
    `NetworkError`.
    """
    form = {"grant_type": "refresh_token", **user._asdict()}
    try:
        with connect(GOOGLE) as google:
            reply = google.reply("POST", "/token", form=form, seconds=seconds)
    except NetworkError as error:
        if error.hint == type(error).hint:
            # The general hint is about the address of the LiteLLM proxy.
            error.hint = _OFFLINE
        raise
    secret = reply.field("access_token")
    if not 200 <= reply.status < 300:
        raise _refused(reply)
    if not isinstance(secret, str) or not is_bearer(secret):
        raise AuthError(f"Google answered {reply.status} without a usable access token", hint=_LOGIN)
    told = number(reply.field("expires_in"))
    lifetime = _LIFETIME if told is None else told
    return Token(secret, now + min(lifetime, _USED_SECONDS + EARLY_SECONDS))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # It cannot be looked at; reading it says why.
        return True


def _document(path: Path, shown: str) -> Mapping[str, object]:
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_LIMIT + 1)
    except FileNotFoundError:
        raise AuthError(f"there is no `{shown}`", hint=_LOGIN) from None
    except OSError as error:
        raise AuthError(
            f"cannot read `{shown}`: {error.strerror}", hint=f"check its permissions, or {_LOGIN}"
        ) from error
    try:
        document = decode(content) if len(content) <= _FILE_LIMIT else None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise AuthError(f"`{shown}` is not a file of Google credentials", hint=_LOGIN)
    return document


def _refused(reply: "Reply") -> AuthError:
    if reply.field("error") == "invalid_grant":  # RFC 6749, 5.2
        return AuthError("the Google login has expired or was revoked", hint=_LOGIN)
    passing = reply.status == 429 or reply.status >= 500
    hint = "try again later" if passing else _LOGIN
    return AuthError(f"Google gave no access token: it answered {reply.status}", hint=hint)
