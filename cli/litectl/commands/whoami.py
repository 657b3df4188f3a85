"""`litectl whoami`."""

from typing import TYPE_CHECKING

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.errors import LitectlError
    from litectl.runtime import Runtime

app = new_app()

_VERSION_SECONDS = 5.0


@app.command(cls=SharedOptionsCommand)
def whoami(context: typer.Context) -> None:
    """
    Show which proxy and credential are used, and where each value came from

    Asks the proxy whether it accepts the credential, and exits with 4 when it
    does not. With --offline nothing is asked.
    """
    from litectl.output.listing import print_record
    from litectl.terminal import masked

    runtime = runtime_of(context)
    target, credential = runtime.target, runtime.credential
    profile = target.settings_profile
    version, accepted, failure = (None, None, None) if runtime.offline else _asked(runtime)
    record = {
        "base_url": target.root,
        "base_url_source": target.source,
        "profile": profile.name if profile else None,
        "api_key": masked(credential.secret) if credential.secret else None,
        "api_key_source": credential.source,
        "accepted": accepted,
        "model": profile.model if profile else None,
        "proxy_version": version,
        "profiles_file": _profiles_file(runtime),
    }
    print_record(runtime.terminal, record, runtime.options.format)
    for reason in credential.passed_over:
        runtime.terminal.note(reason)
    if failure is not None:
        raise failure


def _profiles_file(runtime: "Runtime") -> str | None:
    from litectl.paths import NoHomeError

    try:
        return str(runtime.paths.profiles)
    except NoHomeError:
        return None


def _asked(runtime: "Runtime") -> "tuple[str | None, bool | None, LitectlError | None]":
    """Return the proxy's version, whether it accepts the credential, and the failure if not."""
    from litectl.credentials.check import check_credential, proxy_version
    from litectl.errors import AuthError, LitectlError
    from litectl.proxy import DEFAULT_SECONDS

    seconds = runtime.options.timeout or DEFAULT_SECONDS
    try:
        with runtime.open_proxy() as proxy:
            over_budget = check_credential(proxy, seconds=seconds)
            if over_budget is not None:
                runtime.terminal.warn(over_budget.message)
            return proxy_version(proxy, seconds=min(seconds, _VERSION_SECONDS)), True, None
    except LitectlError as error:
        return None, False if isinstance(error, AuthError) else None, error
