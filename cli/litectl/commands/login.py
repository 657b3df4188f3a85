"""`litectl login`: which proxy, which way, and the credential that comes of it, checked and stored."""

from typing import Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

app = new_app()

Verify = Annotated[
    bool, typer.Option("--verify/--no-verify", help="Ask the proxy whether it accepts the key")
]
Model = Annotated[
    str | None, typer.Option("--model", "-m", metavar="MODEL", help="The default model of `ask`")
]
Helper = Annotated[
    str | None,
    typer.Option("--helper", metavar="CMD", help="Use the key that this command prints, run when needed"),
]
KeyVariable = Annotated[
    str | None,
    typer.Option(
        "--key-variable", metavar="NAME", help="Use the key in this environment variable, read when needed"
    ),
]
Gcloud = Annotated[
    bool, typer.Option("--gcloud", help="Use Google's application default credentials of this machine")
]
Pkce = Annotated[bool, typer.Option("--pkce", help="Single sign-on in a browser on this machine")]
Device = Annotated[
    bool, typer.Option("--device", help="Single sign-on with a code, in a browser on any machine")
]
Paste = Annotated[
    bool, typer.Option("--paste", help="Paste a token from the proxy's own page, or pipe it in")
]
Browser = Annotated[
    bool | None, typer.Option("--browser/--no-browser", help="Open the page, or only show its address")
]
Team = Annotated[
    str | None, typer.Option("--team", metavar="TEAM", help="The id or name of the team to log in for")
]
VirtualKey = Annotated[
    bool | None,
    typer.Option("--virtual-key/--no-virtual-key", help="With `--paste`: make a virtual key from the token"),
]
Keychain = Annotated[
    bool | None,
    typer.Option("--keychain/--no-keychain", help="Keep the secret in the OS keychain, or in the file"),
]


@app.command(cls=SharedOptionsCommand)
def login(
    context: typer.Context,
    *,
    helper: Helper = None,
    key_variable: KeyVariable = None,
    gcloud: Gcloud = False,
    pkce: Pkce = False,
    device: Device = False,
    paste: Paste = False,
    browser: Browser = None,
    team: Team = None,
    virtual_key: VirtualKey = None,
    keychain: Keychain = None,
    verify: Verify = True,
    model: Model = None,
) -> None:
    """
    Log in to a proxy and remember it as a profile

    On a terminal it asks for what is missing: the URL, then browser or API key.
    Unattended, the key comes from a file, a pipe or a helper:

    \b
        pass show proxy | litectl login --base-url https://litellm.example.com --api-key-file -
        litectl login --base-url https://litellm.example.com --helper 'vault read -field=key proxy'
        litectl login --base-url https://litellm.example.com --key-variable LAB_KEY

    With `--key-variable` the name of the variable is stored, never its value. Where it
    is not set, empty or `undefined`, the profile has no key, and nothing is sent.

    A new login replaces the one of the same account; another account of the same
    proxy becomes a second profile, unless `--profile` names the one to replace.
    The options `--header`, `--auth-header`, `--ca-bundle`, `--client-cert`, `--client-key`
    and `--allow-http` are remembered with the profile.
    """
    from litectl.actions.login import ways
    from litectl.actions.login.logging_in import Wishes, log_in

    runtime = runtime_of(context)
    chosen = {
        ways.KEY: runtime.options.api_key_file is not None,
        ways.HELPER: helper is not None,
        ways.VARIABLE: key_variable is not None,
        ways.GCLOUD: gcloud,
        ways.PKCE: pkce,
        ways.DEVICE: device,
        ways.PASTE: paste,
    }
    source = helper or key_variable
    log_in(runtime, Wishes(chosen, source, browser, team, virtual_key, keychain, verify, model))
