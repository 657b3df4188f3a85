"""Whether the proxy accepts a new credential, asked before it is stored."""

from typing import TYPE_CHECKING

from litectl.errors import AuthError, ConnectionLostError, NetworkError, TimedOutError

if TYPE_CHECKING:
    from litectl.credentials.stored import StoredCredential
    from litectl.run.runtime import Runtime

# What to look at when the proxy refuses a credential, by its kind.
_CHECKS = {
    "api_key": "check that the key is whole and belongs to this proxy",
    "helper": "check that the helper prints a key of this proxy",
    "variable": "check that the value of the variable is a key of this proxy",
    "gcloud": "check that this proxy takes Google's tokens, of this account",
}


def verify(runtime: "Runtime", found: "StoredCredential") -> None:
    """Raise unless the proxy accepts the credential that was *found*, and say what can be done about it."""
    from litectl.credentials.check import check_credential
    from litectl.wire.proxy import DEFAULT_SECONDS

    token = runtime.caller.token_of(found)
    try:
        with runtime.transport.connect(found.root, token) as proxy:
            over_budget = check_credential(proxy, seconds=runtime.options.timeout or DEFAULT_SECONDS)
    except AuthError as error:
        error.hint = f"nothing was stored; {_CHECKS[found.kind]}"
        raise
    except NetworkError as error:
        # Where nobody answers, or not yet, it may be right all the same; where TLS fails it is not.
        is_away = isinstance(error, ConnectionLostError | TimedOutError)
        unverified = ", or store it unverified with `--no-verify`" if is_away else ""
        error.hint = f"nothing was stored; {error.hint}{unverified}"
        raise
    if over_budget is not None:
        runtime.terminal.warn(f"the key is valid, but {over_budget.message}")
