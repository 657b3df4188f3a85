"""`litectl login`: read the URL and the key, have the key verified, store both."""

from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.profiles import Profiles
    from litectl.runtime import Runtime

app = new_app()


@app.command(cls=SharedOptionsCommand)
def login(
    context: typer.Context,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Ask the proxy whether it accepts the key")
    ] = True,
    model: Annotated[
        str | None, typer.Option("--model", "-m", metavar="MODEL", help="The default model of `ask`")
    ] = None,
) -> None:
    """
    Log in to a proxy with an API key and remember it as a profile

    On a terminal it asks for the URL and the key. Unattended, the key comes
    from a file or a pipe:

    \b
        pass show proxy | litectl login --base-url https://litellm.example.com --api-key-file -
    """
    from litectl.credentials.chain import API_KEY_KIND
    from litectl.profiles import StoredCredential, profile_for_login

    runtime = runtime_of(context)
    root = _read_root(runtime)
    key = _read_key(runtime, root)
    if verify:
        _verify(runtime, root, key)

    def edit(profiles: "Profiles") -> "Profiles":
        profile = profile_for_login(profiles, runtime.options.profile, root)
        filled = profile._replace(
            credential=StoredCredential(API_KEY_KIND, key, root),
            model=model or profile.model,
            allow_http=runtime.options.allow_http or profile.allow_http,
        )
        return profiles.put(filled, make_default=True)

    stored = runtime.profile_store.change(edit)
    runtime.terminal.say(f"logged in to {root} as profile `{stored.default_name}`, now the default")
    _warn_of_variables(runtime)


def _warn_of_variables(runtime: "Runtime") -> None:
    """Say which variables come before the login that was just stored."""
    from litectl import environment

    names = (environment.PROFILE, environment.BASE_URL, environment.API_KEY)
    ahead = [name for name in names if runtime.environment.get(name)]
    if ahead:
        runtime.terminal.warn(f"set in the environment, and used before this login: {', '.join(ahead)}")


def _read_root(runtime: "Runtime") -> str:
    """Return the root to log in to: named by option or variable, that of the profile, or asked for."""
    from litectl import environment
    from litectl.errors import UsageError
    from litectl.root import normalise_root

    options, variables = runtime.options, runtime.environment
    profile = runtime.profiles.by_name.get(options.profile or "")
    url = options.base_url or (profile.root if profile else variables.get(environment.BASE_URL))
    if url:
        return normalise_root(url)
    if not runtime.terminal.can_prompt:
        raise UsageError("which proxy to log in to?", hint="name it with `--base-url URL`")
    default = runtime.profiles.default
    known = default.root if default else variables.get(environment.LITELLM_BASE_URL)
    question = f"proxy URL [{known}]" if known else "proxy URL"
    return normalise_root(runtime.terminal.ask(question, flag="--base-url URL") or known or "")


def _read_key(runtime: "Runtime", root: str) -> str:
    from litectl.credentials.chain import parse_key

    if runtime.options.api_key_file:
        return runtime.read_key_file()
    typed = runtime.terminal.ask_hidden(f"API key for {root}", flag="--api-key-file PATH")
    key = parse_key(typed, "the prompt")
    runtime.terminal.mask(key)
    return key


def _verify(runtime: "Runtime", root: str, key: str) -> None:
    from litectl.credentials.check import check_credential
    from litectl.errors import AuthError, NetworkError
    from litectl.proxy import DEFAULT_SECONDS

    try:
        known = runtime.profiles.by_name.get(runtime.options.profile or "")
        allowed = known is not None and known.root == root and known.allow_http
        with runtime.connect(root, key, allow_http=allowed) as proxy:
            over_budget = check_credential(proxy, seconds=runtime.options.timeout or DEFAULT_SECONDS)
    except AuthError as error:
        error.hint = "nothing was stored; check that the key is whole and belongs to this proxy"
        raise
    except NetworkError as error:
        error.hint = "nothing was stored; check the URL, or store it unchecked with `--no-verify`"
        raise
    if over_budget is not None:
        runtime.terminal.warn(f"the key is valid, but {over_budget.message}")
