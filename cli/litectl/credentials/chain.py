"""
The ordered chain of credential sources, and which of them may go to which root.

A credential goes only to the root it was issued for: a stored one carries its
root, and a variable's key stays home when its own family's URL variable names
another proxy.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError, LitectlError, UsageError
from litectl.root import normalise_root
from litectl.settings import PROFILE_OPTION, Target

API_KEY_FILE_OPTION = "--api-key-file"
API_KEY_KIND = "api_key"


_BEARER = re.compile(r"\Abearer(\s+|\Z)", re.IGNORECASE)


class KeyVariable(NamedTuple):
    """A variable that holds a key, and the variable of its family that names a proxy."""

    name: str
    url_variable: str
    only_with_url: bool = False


OWN_VARIABLE = KeyVariable(environment.API_KEY, environment.BASE_URL)
# Highest first; tried after the stored credential.
SHARED_VARIABLES = (
    KeyVariable(environment.LITELLM_API_KEY, environment.LITELLM_BASE_URL),
    KeyVariable(environment.LITELLM_PROXY_API_KEY, environment.LITELLM_PROXY_URL),
    KeyVariable(environment.OPENAI_API_KEY, environment.OPENAI_BASE_URL, only_with_url=True),
)


class Credential(NamedTuple):
    """
    What a request carries to say who asks.

    *secret* is the bearer token, None when there is none. *identity* tells one
    account from another in the cache and outlives a rotating token. *passed_over*
    says in words which sources had a key that belongs to another proxy.
    """

    secret: str | None
    source: str
    identity: str
    passed_over: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the source only, so that no secret is printed by accident."""
        return f"Credential(source={self.source!r})"


def find_credential(
    target: Target, variables: Environment, read_key_file: Callable[[], str] | None
) -> Credential:
    """
    Return the credential for *target*: the first of the chain that may go there.

    The chain: `--api-key-file` (*read_key_file* reads it), the stored credential
    of a profile named by `--profile`, LITECTL_API_KEY, the stored credential of
    this root, the variables shared with other tools. Raises `ConfigError` when
    several stored profiles fit and none of them is the default.
    """
    if read_key_file is not None:
        return _credential(read_key_file(), f"`{API_KEY_FILE_OPTION}`")
    if target.source == PROFILE_OPTION and (stored := _stored(target)):
        return stored
    passed_over: list[str] = []
    if key := _from_variable(OWN_VARIABLE, target, variables, passed_over):
        return _credential(key, OWN_VARIABLE.name, passed_over)
    if stored := _stored(target):
        return stored._replace(passed_over=tuple(passed_over))
    for variable in SHARED_VARIABLES:
        if key := _from_variable(variable, target, variables, passed_over):
            return _credential(key, variable.name, passed_over)
    return Credential(None, "none found", "none", tuple(passed_over))


def parse_key(text: str, origin: str) -> str:
    """
    Return the key in *text*: trimmed, without a leading `Bearer`.

    Raises `UsageError` when there is none, or more than one word, which could
    not be sent as a header.
    """
    key = _BEARER.sub("", text.strip())
    if key and key.isascii() and key.isprintable() and " " not in key:
        return key
    what = "is empty" if not key else "is not one word of printable ASCII"
    raise UsageError(f"the key from {origin} {what}", hint="give one API key and nothing else")


def _credential(key: str, source: str, passed_over: list[str] | None = None) -> Credential:
    return Credential(key, source, f"{API_KEY_KIND}:{key}", tuple(passed_over or ()))


def _stored(target: Target) -> Credential | None:
    profiles = target.candidates if target.profile is None else (target.profile,)
    found = {
        profile.name: profile.credential.secret
        for profile in profiles
        if profile.credential is not None and profile.credential.root == target.root
    }
    if len(found) > 1:
        names = ", ".join(f"`{name}`" for name in found)
        raise ConfigError(
            f"several profiles have a credential for {target.root}: {names}",
            hint=f"choose one with `{PROFILE_OPTION} NAME`",
        )
    return next((_from_profile(name, secret) for name, secret in found.items()), None)


def _from_profile(name: str, secret: str) -> Credential:
    try:
        return _credential(parse_key(secret, f"profile `{name}`"), f"profile `{name}`")
    except UsageError as error:
        raise ConfigError(error.message, hint="store it anew with `litectl login`") from error


def _from_variable(
    variable: KeyVariable, target: Target, variables: Environment, passed_over: list[str]
) -> str | None:
    text = variables.get(variable.name)
    if text is None:
        return None
    url = variables.get(variable.url_variable)
    if variable.only_with_url:
        allowed = target.source == variable.url_variable
    else:
        allowed = url is None or _same_root(url, target.root)
    if not allowed:
        passed_over.append(f"{variable.name} is not sent: {variable.url_variable} does not name this proxy")
        return None
    return parse_key(text, variable.name)


def _same_root(url: str, root: str) -> bool:
    try:
        return normalise_root(url) == root
    except LitectlError:
        return False
