"""
The ordered chain of credential sources, and which of them may go to which root.

A credential goes only to the root it was issued for: a stored one carries its
root, and what a variable says stays home when its own family's URL variable
names another proxy. Finding a credential runs no helper and asks nobody; that
is done by `litectl.credentials.bearer` when a request is to be sent.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from litectl import environment
from litectl.credentials.stored import API_KEY, FILE, GCLOUD, HELPER, VARIABLE, StoredCredential
from litectl.environment import Environment
from litectl.errors import AuthError, ConfigError, LitectlError, UsageError
from litectl.profiles.target import PROFILE_OPTION, Target
from litectl.wire.root import normalise_root

API_KEY_FILE_OPTION = "--api-key-file"
NONE = "none"

_SCHEME = "bearer"


class KeyVariable(NamedTuple):
    """A variable that gives a credential of *kind*, and the variable of its family that names a proxy."""

    name: str
    url_variable: str
    only_with_url: bool = False
    kind: str = API_KEY


OWN_VARIABLE = KeyVariable(environment.API_KEY, environment.BASE_URL)
# Highest first; tried after the stored credential.
SHARED_VARIABLES = (
    KeyVariable(environment.GCLOUD, environment.LITELLM_BASE_URL, kind=GCLOUD),
    KeyVariable(environment.HELPER, environment.LITELLM_BASE_URL, kind=HELPER),
    KeyVariable(environment.LITELLM_API_KEY, environment.LITELLM_BASE_URL),
    KeyVariable(environment.LITELLM_PROXY_API_KEY, environment.LITELLM_PROXY_URL),
    KeyVariable(environment.OPENAI_API_KEY, environment.OPENAI_BASE_URL, only_with_url=True),
)


class Credential(NamedTuple):
    """
    Where the bearer token of a run comes from.

    *kind* is one of `stored.KINDS` or `NONE`, *source* says it in words.
    *identity* tells one account from another in the cache and outlives a
    rotating token; for Google it has to be completed by that of the account.
    *secret* is the key where it is one, *command* the helper.
    *profile* and *stored* are set for a stored credential. *passed_over* says in
    words which sources had something that is not used.
    """

    kind: str
    source: str
    identity: str
    secret: str | None = None
    command: str | None = None
    profile: str | None = None
    stored: StoredCredential | None = None
    passed_over: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name the source only, so that no secret is printed by accident."""
        return f"Credential(kind={self.kind!r}, source={self.source!r})"

    @property
    def place(self) -> str | None:
        """Where a stored credential lies: `file` or `keychain`."""
        return self.stored.place if self.stored else None


def find_credential(
    target: Target,
    variables: Environment,
    read_key_file: Callable[[], str] | None,
    *,
    without: Collection[str] = (),
) -> Credential:
    """
    Return the credential for *target*: the first of the chain that may go there.

    The chain: `--api-key-file` (*read_key_file* reads it), the stored credential
    of a profile named by `--profile`, LITECTL_API_KEY, the stored credential of
    this root, the variables shared with other tools. Sources in *without* have
    failed and are left out. Raises `ConfigError` when several stored profiles
    fit and none of them is the default, and `AuthError` when the variable is not
    set that a profile has its key from: no other source takes its place.
    """
    if read_key_file is not None:
        return _of_key(read_key_file(), f"`{API_KEY_FILE_OPTION}`")
    passed_over: list[str] = []
    found = (
        credential
        for credential in _candidates(target, variables, passed_over)
        if credential.source not in without
    )
    none = Credential(NONE, "none found", NONE)
    return next(found, none)._replace(passed_over=tuple(passed_over))


def _candidates(target: Target, variables: Environment, passed_over: list[str]) -> Iterator[Credential]:
    """Give what may go to *target*, highest first; each is looked at only when it is asked for."""
    if target.source == PROFILE_OPTION:
        yield from _of_profiles(target, variables)
    yield from _of_variable(OWN_VARIABLE, target, variables, passed_over)
    if target.source != PROFILE_OPTION:
        yield from _of_profiles(target, variables)
    for variable in SHARED_VARIABLES:
        yield from _of_variable(variable, target, variables, passed_over)


def parse_key(text: str, origin: str) -> str:
    """
    Return the key in *text*: trimmed, without a leading `Bearer`.

    Raises `UsageError` when there is none, or more than one word, which could
    not be sent as a header.
    """
    key = text.strip()
    scheme, rest = key[: len(_SCHEME)], key[len(_SCHEME) :]
    if scheme.lower() == _SCHEME and not rest[:1].strip():
        key = rest.strip()
    if key and key.isascii() and key.isprintable() and " " not in key:
        return key
    what = "is empty" if not key else "is not one word of printable ASCII"
    raise UsageError(f"the key from {origin} {what}", hint="give one API key and nothing else")


def family_names(url_variable: str, target: Target, variables: Environment) -> bool:
    """Tell whether *url_variable* is unset or names *target*: what its family says may go there."""
    url = variables.get(url_variable)
    try:
        return url is None or normalise_root(url) == target.root
    except LitectlError:
        return False


def _of_key(key: str, source: str) -> Credential:
    return Credential(API_KEY, source, f"{API_KEY}:{key}", secret=key)


def _of_helper(command: str, source: str) -> Credential:
    return Credential(HELPER, source, f"{HELPER}:{command}", command=command)


def _of_variable(
    variable: KeyVariable, target: Target, variables: Environment, passed_over: list[str]
) -> Iterator[Credential]:
    text = variables.get(variable.name)
    if text is None or (variable.kind == GCLOUD and not variables.flag(variable.name)):
        return
    if variable.only_with_url:
        allowed = target.source == variable.url_variable
    else:
        allowed = family_names(variable.url_variable, target, variables)
    if not allowed:
        passed_over.append(f"{variable.name} is not sent: {variable.url_variable} does not name this proxy")
    elif variable.kind == HELPER:
        yield _of_helper(text, variable.name)
    elif variable.kind == GCLOUD:
        yield _of_google(variable.name)
    else:
        yield _of_key(parse_key(text, variable.name), variable.name)


def _of_profiles(target: Target, variables: Environment) -> Iterator[Credential]:
    profiles = target.candidates if target.profile is None else (target.profile,)
    found = {
        profile.name: profile.credential
        for profile in profiles
        if profile.credential is not None and profile.credential.root == target.root
    }
    if len(found) > 1:
        names = ", ".join(f"`{name}`" for name in found)
        raise ConfigError(
            f"several profiles have a credential for {target.root}: {names}",
            hint=f"choose one with `{PROFILE_OPTION} NAME`",
        )
    for name, stored in found.items():
        yield credential_of(stored, name, variables)._replace(profile=name, stored=stored)


def credential_of(stored: StoredCredential, name: str, variables: Environment) -> Credential:
    """
    Return where the token of *stored*, that of profile *name*, comes from.

    Raises `ConfigError`, and `AuthError` for a variable that is not set.
    """
    source = f"profile `{name}`"
    if stored.kind == HELPER:
        return _of_helper(_required(stored.command, name), source)
    if stored.kind == GCLOUD:
        return _of_google(source)
    if stored.kind == VARIABLE:
        return _of_named_variable(stored.variable or "", name, variables)
    if stored.kind == API_KEY and stored.place == FILE:
        return _of_key(_stored_key(stored, name), source)
    # A key in the keychain is not known yet; its serial stands for it.
    return Credential(stored.kind, source, f"{stored.kind}:{stored.account or name}")


def _of_google(source: str) -> Credential:
    return Credential(GCLOUD, source, GCLOUD)


def _of_named_variable(variable: str, name: str, variables: Environment) -> Credential:
    text = variables.get(variable)
    if text is None:
        raise AuthError(
            f"profile `{name}` takes its key from ${variable}, which is not set",
            hint=f"export {variable} with the key as its value, or log in another way: "
            f"`litectl login --profile {name}`",
        )
    key = parse_key(text, f"${variable}")
    return Credential(VARIABLE, f"${variable} of profile `{name}`", f"{API_KEY}:{key}", secret=key)


def _stored_key(stored: StoredCredential, name: str) -> str:
    try:
        return parse_key(stored.secret, f"profile `{name}`")
    except UsageError as error:
        raise ConfigError(error.message, hint="store it anew with `litectl login`") from error


def _required(command: str | None, name: str) -> str:
    if command:
        return command
    raise ConfigError(
        f"profile `{name}` has a helper without a command", hint="store it anew with `litectl login`"
    )
