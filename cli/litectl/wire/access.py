"""What every request carries to say who asks, and what of it no answer may be quoted with. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from litectl.wire.headers import AUTHORIZATION, OWN_KEY_HEADER, merged, secrets_in

_CREDENTIAL_NAME = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
_SHORTEST_CREDENTIAL = 12  # characters
# Who asks, what is exchanged and how; a header of a question may not say it otherwise.
_WHO_AND_WHAT = {AUTHORIZATION.lower(), OWN_KEY_HEADER, "accept", "accept-encoding", "content-type"}


class Access(NamedTuple):
    """
    What every request carries to say who asks.

    *secret* is the key or token, None for none; it goes into *auth_header*, as
    `Bearer` in `Authorization` and bare in every other. It wins over an
    extra header of the same name.
    """

    secret: str | None = None
    auth_header: str = AUTHORIZATION
    headers: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        """Leave every value out, so that no secret is printed by accident."""
        return f"Access(auth_header={self.auth_header!r}, headers={list(self.headers)!r})"

    @property
    def all_headers(self) -> dict[str, str]:
        """Every header that says who asks, and the extra ones."""
        if self.secret is None:
            return dict(self.headers)
        value = f"Bearer {self.secret}" if self.auth_header.lower() == "authorization" else self.secret
        # A proxy believes its own key header before `Authorization`: nobody else may speak in it.
        extra = {
            name: text
            for name, text in self.headers.items()
            if name.lower() != OWN_KEY_HEADER or text == self.secret
        }
        return merged(extra, {self.auth_header: value})

    @property
    def secrets(self) -> list[bytes]:
        """What a server must not be quoted with, also as JSON and URLs write it, longest first."""
        values = [text for value in self.headers.values() for text in secrets_in(value)]
        values += [self.secret] if self.secret else []
        return _forms(values)

    @property
    def credentials(self) -> list[bytes]:
        """
        Those of the secrets that are credentials for certain, and long enough to be nothing else.

        The value of any other header may rightly be in an answer, such as the name of a team.
        """
        named = (value for name, value in self.headers.items() if _CREDENTIAL_NAME.search(name))
        values = [text for value in named for text in secrets_in(value)]
        values += [self.secret] if self.secret else []
        return _forms([value for value in values if len(value) >= _SHORTEST_CREDENTIAL])

    def without_who(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return *headers* without those that say who asks, in which only the credential may speak."""
        who = {self.auth_header.lower(), OWN_KEY_HEADER}
        return {name: value for name, value in headers.items() if name.lower() not in who}

    def without_who_and_what(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return *headers* without those that say who asks, by any credential, and what is exchanged."""
        said = {*_WHO_AND_WHAT, self.auth_header.lower()}
        return {name: value for name, value in headers.items() if name.lower() not in said}


def without(secrets: Sequence[bytes], body: bytes) -> bytes:
    """
    Return *body* without the *secrets*, which a server may repeat.

    To be called before anything is cut off: a part of a key is found by no mask.
    """
    for secret in secrets:
        body = body.replace(secret, b"***")
    return body


def _forms(secrets: Sequence[str]) -> list[bytes]:
    """Return how *secrets* may be written, the longest first."""
    forms = {*secrets, *(json.dumps(secret)[1:-1] for secret in secrets)}
    forms |= {quote(secret, safe=safe) for secret in secrets for safe in ("", "/")}
    return [form.encode() for form in sorted(forms, key=len, reverse=True)]
