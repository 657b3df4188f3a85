"""`litectl profiles`: the stored proxies."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import Columns, SharedOptionsCommand, Yes, new_app, runtime_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from litectl.profiles.profile import Profile, Profiles
    from litectl.run.runtime import Runtime

app = new_app("Manage the stored proxies: URL, login, headers, certificates, default model")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a profile")]


@app.command("add", cls=SharedOptionsCommand)
def add_profile(
    context: typer.Context,
    name: Name,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="The default model of `ask`")
    ] = None,
    keychain: Annotated[
        bool, typer.Option("--keychain", help="Keep the secrets of its logins in the OS keychain")
    ] = False,
) -> None:
    """
    Add a profile without logging in

    \b
        litectl profiles add lab --base-url https://lab.example.com --header 'x-team: $TEAM'
        litectl login --profile lab

    The URL is `--base-url`; `--header`, `--auth-header`, `--ca-bundle`, `--client-cert`,
    `--client-key` and `--allow-http` are remembered with it.
    """
    from litectl.actions.login.storage import with_options
    from litectl.errors import UsageError
    from litectl.profiles.profile import Profile, check_profile_name
    from litectl.wire.root import normalise_root

    runtime = runtime_of(context)
    if runtime.options.api_key_file is not None:
        raise UsageError(
            "`profiles add` takes no key", hint=f"say `litectl login --profile {name} --api-key-file PATH`"
        )
    if runtime.options.base_url is None:
        raise UsageError(f"which proxy is `{name}`?", hint="name it with `--base-url URL`")
    new = Profile(check_profile_name(name), normalise_root(runtime.options.base_url))
    new = with_options(new, runtime)._replace(model=model, keychain=keychain)

    def edit(profiles: "Profiles") -> "Profiles":
        if name in profiles.by_name:
            raise UsageError(
                f"there is a profile `{name}` already",
                hint=f"change it with `litectl profiles set --profile {name} KEY=VALUE`",
            )
        return profiles.put(new)

    stored = runtime.profile_store.change(edit)
    default = ", now the default" if stored.default_name == name else ""
    _report(runtime, new, stored, f"added profile `{name}` for {new.root}{default}")


@app.command("list", cls=SharedOptionsCommand)
def list_profiles(
    context: typer.Context,
    columns: Columns = None,
) -> None:
    """
    List the stored profiles

    \b
        litectl profiles list
        litectl profiles list --columns name,expires_at

    Columns and JSON fields: name, base_url, default, credential, expires_at, model.
    """
    from litectl.output.columns import Listing, choose_columns
    from litectl.output.listing import print_listing
    from litectl.output.profiles import profile_columns

    runtime = runtime_of(context)
    profiles = runtime.profiles
    known = profile_columns(profiles.default_name)
    shown = choose_columns(columns, known) if columns is not None else known
    listing = Listing("profiles", known, shown, list(profiles.by_name.values()))
    print_listing(runtime.terminal, listing, runtime.options.format)


@app.command("show", cls=SharedOptionsCommand)
def show_profile(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The name of a profile; else the one in use")
    ] = None,
) -> None:
    """
    Show a profile without its secrets

    \b
        litectl profiles show lab

    JSON fields: name, base_url, default, credential, credential_place, helper,
    key_variable, expires_at, user_id, team_id, model, context_size, allow_http,
    auth_header, ca_bundle, client_cert, client_key, keychain, headers, parameters,
    models.
    """
    runtime = runtime_of(context)
    profile = runtime.profiles.get(name) if name is not None else runtime.target.require_profile()
    _print_profile(runtime, profile, runtime.profiles)


@app.command("use", cls=SharedOptionsCommand)
def use_profile(context: typer.Context, name: Name) -> None:
    """
    Make a profile the default

    \b
        litectl profiles use lab
    """
    runtime = runtime_of(context)
    stored = runtime.profile_store.change(lambda profiles: profiles.use(name))
    _report(runtime, stored.get(name), stored, f"profile `{name}` is now the default")


@app.command("set", cls=SharedOptionsCommand)
def set_values(
    context: typer.Context,
    settings: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Settings and their values")],
) -> None:
    """
    Set values of the default profile, or of `--profile NAME`

    \b
        litectl profiles set model=gpt-5.2 'headers.x-team=$TEAM'
        litectl profiles set context_size=128000 parameters.temperature=0.2
        litectl profiles set models.my-model.max_input_tokens=200000

    The keys are model, context_size, allow_http, auth_header, ca_bundle, client_cert,
    client_key, keychain, headers.NAME, parameters.NAME and models.NAME.FIELD. An
    empty value takes one away. A header's value may refer to variables. The
    context size, in tokens, is that of the profile's model. A parameter is JSON,
    or a text where it is none, and goes along with every question of `ask`.
    The fields of a model are mode, max_input_tokens, max_output_tokens,
    input_price, output_price, cache_read_price, cache_write_price,
    safe_max_tokens and the abilities.
    """
    from litectl.profiles.typed import parse_settings, with_setting

    runtime = runtime_of(context)
    name = runtime.target.require_profile().name
    pairs = parse_settings(settings)

    def edit(profiles: "Profiles") -> "Profiles":
        profile = profiles.get(name)
        for key, value in pairs:
            profile = with_setting(profile, key, value)
        return profiles.put(profile)

    stored = runtime.profile_store.change(edit)
    profile = stored.get(name)
    said = ", ".join(f"{key} is now {_shown(key, value)}" for key, value in pairs)
    _report(runtime, profile, stored, f"profile `{name}`: {said}")
    changed = {key for key, _ in pairs}
    _note_context_size(runtime, profile, changed)
    if "model" in changed:
        _warn_of_variable(runtime, profile)


@app.command("remove", cls=SharedOptionsCommand)
def remove_profile(
    context: typer.Context,
    name: Name,
    yes: Yes = False,
    revoke: Annotated[
        bool,
        typer.Option("--revoke/--no-revoke", help="End a browser login at the proxy too, where it can be"),
    ] = True,
) -> None:
    """
    Remove a profile with its credential

    \b
        litectl profiles remove lab --yes
    """
    from litectl.actions.login.ending import end_login

    runtime = runtime_of(context)
    profile = runtime.profiles.get(name)
    if not yes and not runtime.terminal.questions.confirm(
        f"remove profile `{name}` and its credential?", flag="--yes"
    ):
        runtime.terminal.say("nothing was removed")
        return
    end_login(runtime, profile, lambda profiles: profiles.remove(name), revoke=revoke)
    stored = runtime.profile_store.load()
    _report(runtime, profile.without_credential(), stored, f"removed profile `{name}`")
    if stored.by_name and stored.default is None:
        runtime.terminal.note(f"no profile is the default now; choose one with `{stored.line_to_choose}`")


def _shown(key: str, value: str) -> str:
    from litectl.exchange.typed import parse_default
    from litectl.output.profiles import as_json_text
    from litectl.profiles.typed import HEADERS, PARAMETERS

    if not value:
        return "unset"
    if key.startswith(PARAMETERS):
        # Whether it was taken for JSON or for a text is worth seeing.
        return as_json_text(parse_default(key.removeprefix(PARAMETERS), value))
    return "set" if key.startswith(HEADERS) else value


def _note_context_size(runtime: "Runtime", profile: "Profile", changed: "Collection[str]") -> None:
    """Say whose the context size is, where that may surprise: without a model, or with another one."""
    if profile.context_size is None or not {"model", "context_size"} & {*changed}:
        return
    if profile.model is None:
        runtime.terminal.warn(
            "the context size has no effect until the profile names a model: "
            f"`litectl profiles set --profile {profile.name} model=MODEL`"
        )
    elif "context_size" not in changed:
        runtime.terminal.note(f"the context size, {profile.context_size} tokens, is that of this model now")


def _warn_of_variable(runtime: "Runtime", profile: "Profile") -> None:
    """Say that the model of *profile* is not the one that is used, where a variable names another."""
    from litectl import environment

    if profile.model and runtime.environment.get(environment.MODEL) not in (None, profile.model):
        runtime.terminal.warn(f"set in the environment, and used before this model: {environment.MODEL}")


def _report(runtime: "Runtime", profile: "Profile", stored: "Profiles", text: str) -> None:
    """Say what was done, or print the profile as it is now where JSON was asked for."""
    if runtime.wants_json:
        _print_profile(runtime, profile, stored)
    runtime.terminal.say(text)


def _print_profile(runtime: "Runtime", profile: "Profile", stored: "Profiles") -> None:
    from litectl.output.listing import print_record
    from litectl.output.profiles import flattened, profile_record

    record = profile_record(profile, stored.default_name)
    shown = record if runtime.wants_json else flattened(record)
    print_record(runtime.terminal, shown, runtime.options.format)
