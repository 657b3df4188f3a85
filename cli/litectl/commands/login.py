"""`litectl login`: which proxy, which way, and the credential that comes of it, checked and stored."""

import math
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from litectl.commands.options import SharedOptionsCommand, new_app, runtime_of

if TYPE_CHECKING:
    from litectl.credentials.browser_login import Wishes
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.vault import Kept
    from litectl.run.runtime import Runtime

app = new_app()

# The options that choose the way to log in; `BROWSER` is the choice among the three that use one.
KEY, HELPER, GCLOUD, VARIABLE = "--api-key-file", "--helper", "--gcloud", "--key-variable"
PKCE, DEVICE, PASTE = "--pkce", "--device", "--paste"
BROWSER = "browser"

# What to look at when the proxy refuses a credential, by its kind.
_CHECKS = {
    "api_key": "check that the key is whole and belongs to this proxy",
    "helper": "check that the helper prints a key of this proxy",
    "variable": "check that the value of the variable is a key of this proxy",
    "gcloud": "check that this proxy takes Google's tokens, of this account",
}

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
    typer.Option("--virtual-key/--no-virtual-key", help="With --paste: make a virtual key from the token"),
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

    With --key-variable the name of the variable is stored, never its value. Where it
    is not set, empty or `undefined`, the profile has no key, and nothing is sent.

    A new login replaces the one of the same account; another account of the same
    proxy becomes a second profile, unless --profile names the one to replace.
    The options --header, --auth-header, --ca-bundle, --client-cert, --client-key
    and --allow-http are remembered with the profile.
    """
    from litectl.actions.login.storage import known_profile, profile_name, revoke_replaced, store_login

    runtime = runtime_of(context)
    ways = {
        KEY: runtime.options.api_key_file is not None,
        HELPER: helper is not None,
        VARIABLE: key_variable is not None,
        GCLOUD: gcloud,
        PKCE: pkce,
        DEVICE: device,
        PASTE: paste,
    }
    way = _one_way(ways)
    _require_fitting(way, team=team, virtual_key=virtual_key)
    name = profile_name(runtime)
    root = _read_root(runtime, name)
    runtime.aim_at(root, known_profile(runtime, name, root))
    way = way or _asked_way(runtime)
    if way in (KEY, HELPER, VARIABLE, GCLOUD):
        found = _unattended(runtime, root, way, helper or key_variable or "")
        if verify and _has_key_now(runtime, found):
            _verify(runtime, found)
    else:
        wishes = _wishes(runtime, way, team=team, browser=browser)
        found = _with_browser(runtime, root, wishes, virtual_key=virtual_key, verify=verify)
    kept = store_login(runtime, name, found, keychain=keychain, model=model)
    revoke_replaced(runtime, kept)
    _report(runtime, kept)


def _one_way(ways: dict[str, bool]) -> str | None:
    """Return the way that was chosen by an option, None for one to be asked for; raises `UsageError`."""
    from litectl.errors import UsageError

    chosen = [way for way, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other", hint="choose one of them")
    return next(iter(chosen), None)


def _require_fitting(way: str | None, *, team: str | None, virtual_key: bool | None) -> None:
    from litectl.errors import UsageError

    if team is not None and way not in (None, DEVICE):
        why = "the page asks for the team" if way == PKCE else "there is no team to choose"
        raise UsageError(f"`--team` does not go with `{way}`: {why}", hint="use it with `--device`")
    if virtual_key is not None and way != PASTE:
        raise UsageError("`--virtual-key` goes with `--paste` only", hint="add `--paste`, or leave it out")


def _read_root(runtime: "Runtime", name: str | None) -> str:
    """Return the root to log in to: named by option or variable, that of the profile, or asked for."""
    from litectl import environment
    from litectl.actions.login.dialogue import typed_root
    from litectl.errors import UsageError
    from litectl.wire.root import normalise_root

    options, variables = runtime.options, runtime.environment
    profile = runtime.profiles.by_name.get(name or "")
    url = options.base_url or (profile.root if profile else variables.get(environment.BASE_URL))
    if url:
        return normalise_root(url)
    if not runtime.terminal.can_prompt:
        raise UsageError("which proxy to log in to?", hint="name it with `--base-url URL`")
    default = runtime.profiles.default
    known = default.root if default else variables.get(environment.LITELLM_BASE_URL)
    return typed_root(runtime.terminal, known)


def _asked_way(runtime: "Runtime") -> str:
    """Ask for browser or key; without single sign-on there is only the key."""
    from litectl.actions.login.dialogue import asks_for_browser
    from litectl.credentials.offer import fetch_offer, require_sso
    from litectl.errors import LoginUnavailableError, UsageError

    if not runtime.terminal.can_prompt:
        raise UsageError(
            "how to log in? nobody can be asked here",
            hint="say `--api-key-file -` for a key on stdin, `--helper CMD`, `--key-variable NAME`, "
            "`--gcloud`, or `--device`, which shows a page and a code",
        )
    with runtime.caller.connect(runtime.target.root) as proxy:
        try:
            require_sso(fetch_offer(proxy), proxy.root)
        except LoginUnavailableError as error:
            runtime.terminal.note(error.message)
            return KEY
    return BROWSER if asks_for_browser(runtime.terminal) else KEY


def _unattended(runtime: "Runtime", root: str, way: str, given: str) -> "StoredCredential":
    """Return the credential of a way that needs no browser; *given* is the command, or the variable."""
    if way == KEY:
        return _with_key(runtime, root)
    if way == GCLOUD:
        return _with_google(runtime, root)
    return _with_helper(root, given) if way == HELPER else _with_variable(root, given)


def _with_key(runtime: "Runtime", root: str) -> "StoredCredential":
    from litectl.credentials.chain import parse_key
    from litectl.credentials.stored import API_KEY, StoredCredential
    from litectl.credentials.tokens import jwt_expiry

    if runtime.options.api_key_file:
        key = runtime.caller.read_key_file()
    else:
        typed = runtime.terminal.ask_hidden(f"API key for {root}", flag="--api-key-file PATH")
        key = parse_key(typed, "the prompt")
        runtime.terminal.mask(key)
    return StoredCredential(API_KEY, root, key, expires_at=jwt_expiry(key))


def _with_helper(root: str, command: str) -> "StoredCredential":
    from litectl.credentials.commandline import made_absolute
    from litectl.credentials.stored import HELPER as KIND
    from litectl.credentials.stored import StoredCredential

    return StoredCredential(KIND, root, command=made_absolute(command))


def _with_variable(root: str, name: str) -> "StoredCredential":
    from litectl.credentials.stored import VARIABLE as KIND
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.variable import check_variable_name

    return StoredCredential(KIND, root, variable=check_variable_name(name))


def _has_key_now(runtime: "Runtime", found: "StoredCredential") -> bool:
    """Tell whether there is a key to ask the proxy with; says so where its variable is not set."""
    if found.variable is None or runtime.environment.get(found.variable) is not None:
        return True
    runtime.terminal.warn(f"{found.variable} is not set here, so the proxy was not asked about its key")
    return False


def _with_google(runtime: "Runtime", root: str) -> "StoredCredential":
    from litectl.credentials.stored import GCLOUD as KIND
    from litectl.credentials.stored import StoredCredential

    _ = runtime.caller.authorized_user  # raises when this machine has none
    return StoredCredential(KIND, root)


def _wishes(runtime: "Runtime", way: str, *, team: str | None, browser: bool | None) -> "Wishes":
    from litectl.credentials.browser import is_likely
    from litectl.credentials.browser_login import Wishes

    likely = is_likely(runtime.environment, sys.platform) if browser is None else browser
    names = {PKCE: "pkce", DEVICE: "device", PASTE: "paste"}
    return Wishes(
        names.get(way),
        team,
        likely,
        runtime.login_hours,
        is_piped=not runtime.terminal.stdin_is_terminal,
        seconds=runtime.options.timeout or math.inf,
    )


def _with_browser(
    runtime: "Runtime", root: str, wishes: "Wishes", *, virtual_key: bool | None, verify: bool
) -> "StoredCredential":
    from litectl.actions.login.dialogue import login_dialogue, pasted_login
    from litectl.credentials.browser_login import log_in

    terminal = runtime.terminal
    dialogue = login_dialogue(terminal, browser=wishes.browser)

    def paste() -> "StoredCredential":
        # What the proxy makes of a token needs no check; the token itself may be anything.
        check = (lambda found: _verify(runtime, found)) if verify else (lambda _: None)
        return pasted_login(runtime, root, dialogue, virtual_key=virtual_key, check=check)

    with runtime.caller.connect(root) as proxy:
        return log_in(proxy, dialogue, wishes, paste, now=runtime.now, note=terminal.note)


def _verify(runtime: "Runtime", found: "StoredCredential") -> None:
    from litectl.credentials.check import check_credential
    from litectl.errors import AuthError, ConnectionLostError, NetworkError, TimedOutError
    from litectl.wire.proxy import DEFAULT_SECONDS

    token = runtime.caller.token_of(found)
    try:
        with runtime.caller.connect(found.root, token) as proxy:
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


def _report(runtime: "Runtime", kept: "Kept") -> None:
    """Say which profile it is now, and which variables come before it."""
    from litectl import environment
    from litectl.output.listing import print_record
    from litectl.output.profiles import profile_record

    profile = kept.profile
    if runtime.wants_json:
        print_record(runtime.terminal, profile_record(profile, profile.name), runtime.options.format)
    team = profile.credential and profile.credential.team_id
    for_team = f" for team `{team}`" if team else ""
    runtime.terminal.say(
        f"logged in to {profile.root}{for_team} as profile `{profile.name}`, now the default"
    )
    names = (environment.PROFILE, environment.BASE_URL, environment.API_KEY)
    # The variable that named this very profile leads to it.
    ahead = [name for name in names if runtime.environment.get(name) not in (None, profile.name)]
    if profile.model and runtime.environment.get(environment.MODEL) not in (None, profile.model):
        ahead.append(environment.MODEL)
    if ahead:
        runtime.terminal.warn(f"set in the environment, and used before this login: {', '.join(ahead)}")
