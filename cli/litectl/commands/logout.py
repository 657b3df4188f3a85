"""`litectl logout`."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.profiles.profile import Profiles

app = new_app()

Revoke = Annotated[
    bool, typer.Option("--revoke/--no-revoke", help="End a browser login at the proxy too, where it can be")
]


@app.command(cls=SharedOptionsCommand)
def logout(context: typer.Context, revoke: Revoke = True) -> None:
    """
    Forget the stored credential of a profile

    \b
        litectl logout
        litectl logout --profile lab

    A browser login is also ended at the proxy; when that fails nothing is forgotten.
    The profile itself stays, with its URL and default model; `litectl profiles
    remove NAME` takes that away too.
    """
    from litectl.actions.login.ending import end_login
    from litectl.output.listing import print_record

    runtime = runtime_of(context)
    profile = runtime.target.require_profile()
    name, revoked = profile.name, False
    if profile.credential is not None:

        def without(profiles: "Profiles") -> "Profiles":
            return profiles.put(profiles.get(name).without_credential())

        revoked = end_login(runtime, profile, without, revoke=revoke)
    if runtime.wants_json:
        record = {"profile": name, "base_url": profile.root, "revoked": revoked}
        print_record(runtime.terminal, record, runtime.options.format)
    if profile.credential is None:
        runtime.terminal.say(f"profile `{name}` has no credential")
    else:
        ended = ", and the login is ended at the proxy" if revoked else ""
        runtime.terminal.say(f"logged out of {profile.root} (profile `{name}`){ended}")
