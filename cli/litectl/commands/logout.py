"""`litectl logout`."""

from typing import TYPE_CHECKING

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.profiles import Profiles

app = new_app()


@app.command(cls=SharedOptionsCommand)
def logout(context: typer.Context) -> None:
    """
    Forget the stored credential of a profile

    The profile itself stays, with its URL and default model; `litectl profiles
    remove NAME` takes that away too.
    """
    runtime = runtime_of(context)
    profile = runtime.target.require_profile()
    name = profile.name
    if profile.credential is None:
        runtime.terminal.say(f"profile `{name}` has no credential")
        return

    def edit(profiles: "Profiles") -> "Profiles":
        return profiles.put(profiles.get(name).without_credential())

    runtime.profile_store.change(edit)
    runtime.terminal.say(f"logged out of {profile.root} (profile `{name}`)")
