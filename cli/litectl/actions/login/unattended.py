"""The credential of a way to log in that needs no browser: a key, a helper, a variable, or Google's."""

from typing import TYPE_CHECKING

from litectl.actions.login.ways import GCLOUD, HELPER, KEY
from litectl.credentials import stored
from litectl.credentials.stored import StoredCredential
from litectl.run.key_file import read_key_file

if TYPE_CHECKING:
    from litectl.run.runtime import Runtime


def unattended(runtime: "Runtime", root: str, way: str, given: str) -> StoredCredential:
    """Return the credential of a way that needs no browser; *given* is the command, or the variable."""
    if way == KEY:
        return _with_key(runtime, root)
    if way == GCLOUD:
        return _with_google(runtime, root)
    return _with_helper(root, given) if way == HELPER else _with_variable(root, given)


def _with_key(runtime: "Runtime", root: str) -> StoredCredential:
    from litectl.credentials.chain import parse_key
    from litectl.credentials.tokens import jwt_expiry

    if runtime.options.api_key_file:
        key = read_key_file(runtime)
    else:
        typed = runtime.terminal.questions.ask_hidden(f"API key for {root}", flag="--api-key-file PATH")
        key = parse_key(typed, "the prompt")
        runtime.terminal.mask(key)
    return StoredCredential(stored.API_KEY, root, key, expires_at=jwt_expiry(key))


def _with_helper(root: str, command: str) -> StoredCredential:
    from litectl.credentials.commandline import made_absolute

    return StoredCredential(stored.HELPER, root, command=made_absolute(command))


def _with_variable(root: str, name: str) -> StoredCredential:
    from litectl.credentials.variable import check_variable_name

    return StoredCredential(stored.VARIABLE, root, variable=check_variable_name(name))


def _with_google(runtime: "Runtime", root: str) -> StoredCredential:

    _ = runtime.caller.authorized_user  # raises when this machine has none
    return StoredCredential(stored.GCLOUD, root)


def has_key_now(runtime: "Runtime", found: StoredCredential) -> bool:
    """Tell whether there is a key to ask the proxy with; says so where its variable is not set."""
    if found.variable is None or runtime.environment.get(found.variable) is not None:
        return True
    runtime.terminal.warn(f"{found.variable} is not set here, so the proxy was not asked about its key")
    return False
