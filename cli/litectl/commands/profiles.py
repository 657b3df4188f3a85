"""`litectl profiles`: the stored proxies."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app("Manage the stored proxies. `litectl login` adds one")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a profile")]


@app.command("list", cls=SharedOptionsCommand)
def list_profiles(
    context: typer.Context,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="A,B", help="Columns: name, base_url, default, credential, model"),
    ] = None,
) -> None:
    """List the stored profiles"""
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing
    from litectl.output.profiles import profile_columns

    runtime = runtime_of(context)
    profiles = runtime.profiles
    known = profile_columns(profiles.default_name)
    shown = choose_columns(columns, known) if columns is not None else known
    listing = Listing("profiles", known, shown, list(profiles.by_name.values()))
    print_listing(runtime.terminal, listing, runtime.options.format)


@app.command("use", cls=SharedOptionsCommand)
def use_profile(context: typer.Context, name: Name) -> None:
    """Make a profile the default"""
    runtime = runtime_of(context)
    runtime.profile_store.change(lambda profiles: profiles.use(name))
    runtime.terminal.say(f"profile `{name}` is now the default")


@app.command("set", cls=SharedOptionsCommand)
def set_value(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="One of: model, allow_http")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The value; empty takes it away")],
) -> None:
    """
    Set a value of the default profile, or of the one named by --profile

    \b
        litectl profiles set model gpt-5.2
    """
    runtime = runtime_of(context)
    name = runtime.target.require_profile().name
    runtime.profile_store.change(lambda profiles: profiles.put(profiles.get(name).with_value(key, value)))
    runtime.terminal.say(f"profile `{name}`: {key} is now {value or 'unset'}")


@app.command("remove", cls=SharedOptionsCommand)
def remove_profile(
    context: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")] = False,
) -> None:
    """Remove a profile with its credential"""
    runtime = runtime_of(context)
    runtime.profiles.get(name)
    if not yes and not runtime.terminal.confirm(f"remove profile `{name}` and its credential?", flag="--yes"):
        runtime.terminal.say("nothing was removed")
        return
    runtime.profile_store.change(lambda profiles: profiles.remove(name))
    runtime.terminal.say(f"removed profile `{name}`")
