"""`litectl logout`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.profiles import Profile, Profiles
    from litectl.runtime import Runtime

app = new_app()

Revoke = Annotated[
    bool, typer.Option("--revoke/--no-revoke", help="End a browser login at the proxy too, where it can be")
]


@app.command(cls=SharedOptionsCommand)
def logout(context: typer.Context, revoke: Revoke = True) -> None:
    """
    Forget the stored credential of a profile

    A browser login is also ended at the proxy; when that fails nothing is forgotten.
    The profile itself stays, with its URL and default model; `litectl profiles
    remove NAME` takes that away too.
    """
    from litectl.credentials.vault import forget
    from litectl.output.listing import print_record

    runtime = runtime_of(context)
    profile = runtime.target.require_profile()
    name, revoked = profile.name, False
    if profile.credential is not None:
        runtime.aim_at(profile.root, profile)
        revoked = revoke and end_login(runtime, profile)

        def edit(profiles: "Profiles") -> "Profiles":
            return profiles.put(profiles.get(name).without_credential())

        runtime.profile_store.change(edit)
        forget(name, profile.credential, runtime.terminal.warn)
    if runtime.wants_json:
        record = {"profile": name, "base_url": profile.root, "revoked": revoked}
        print_record(runtime.terminal, record, runtime.options.format)
    if profile.credential is None:
        runtime.terminal.say(f"profile `{name}` has no credential")
    else:
        ended = ", and the login is ended at the proxy" if revoked else ""
        runtime.terminal.say(f"logged out of {profile.root} (profile `{name}`){ended}")


def end_login(runtime: "Runtime", profile: "Profile") -> bool:
    """
    Revoke the login of *profile* where the proxy offers that, and tell whether it did.

    Raises what went wrong, before anything is forgotten.
    """
    from litectl.credentials.vault import with_secrets
    from litectl.errors import LitectlError

    stored = profile.credential
    if stored is None or stored.revocation_endpoint is None:
        return False
    try:
        runtime.caller.revoke(with_secrets(profile.name, stored))
    except LitectlError as error:
        error.hint = "nothing was forgotten; try again, or forget it on this machine only with `--no-revoke`"
        raise
    return True
