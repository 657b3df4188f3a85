"""
A login: which proxy, which way, and the credential that comes of it, checked and stored.

The edge that joins the options of `login` and the terminal to `litectl.credentials`.
"""

import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from litectl import environment
from litectl.actions.login.checking import verify
from litectl.actions.login.storage import known_profile, profile_name, revoke_replaced, store_login
from litectl.actions.login.unattended import has_key_now, unattended
from litectl.actions.login.ways import (
    DEVICE,
    PASTE,
    PKCE,
    UNATTENDED,
    asked_way,
    one_way,
    require_fitting,
)
from litectl.errors import UsageError

if TYPE_CHECKING:
    from litectl.credentials.browser_login import Wishes as BrowserWishes
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.vault import Kept
    from litectl.run.runtime import Runtime


_FLOWS = {PKCE: "pkce", DEVICE: "device", PASTE: "paste"}


class Wishes(NamedTuple):
    """
    The options of `login`, each as it was given; what is None was not, and the person may be asked.

    *ways* tell which option chose a way, and *source* is the command or the variable of one.
    """

    ways: Mapping[str, bool]
    source: str | None
    browser: bool | None
    team: str | None
    virtual_key: bool | None
    keychain: bool | None
    verify: bool
    model: str | None


def log_in(runtime: "Runtime", wishes: Wishes) -> None:
    """Log in as *wishes* say, store what came of it as the default profile, and say so."""
    way = one_way(wishes.ways)
    require_fitting(way, team=wishes.team, virtual_key=wishes.virtual_key)
    name = profile_name(runtime)
    root = _read_root(runtime, name)
    runtime = runtime.aimed_at(root, known_profile(runtime, name, root))
    way = way or asked_way(runtime)
    if way in UNATTENDED:
        found = unattended(runtime, root, way, wishes.source or "")
        if wishes.verify and has_key_now(runtime, found):
            verify(runtime, found)
    else:
        found = _with_browser(runtime, root, way, wishes)
    kept = store_login(runtime, name, found, keychain=wishes.keychain, model=wishes.model)
    revoke_replaced(runtime, kept)
    _report(runtime, kept)


def _read_root(runtime: "Runtime", name: str | None) -> str:
    """Return the root to log in to: named by option or variable, that of the profile, or asked for."""
    from litectl.actions.login.dialogue import typed_root
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


def _with_browser(runtime: "Runtime", root: str, way: str, wishes: Wishes) -> "StoredCredential":
    """Return the credential of a way that uses a browser: this one's, or any in which a page is opened."""
    from litectl.actions.login.dialogue import login_dialogue, pasted_login
    from litectl.credentials.browser_login import log_in as log_in_by_flow

    flow = _flow(runtime, way, wishes)
    dialogue = login_dialogue(runtime.terminal, browser=flow.browser)

    def paste() -> "StoredCredential":
        # What the proxy makes of a token needs no check; the token itself may be anything.
        check = (lambda found: verify(runtime, found)) if wishes.verify else (lambda _: None)
        return pasted_login(runtime, root, dialogue, virtual_key=wishes.virtual_key, check=check)

    with runtime.transport.connect(root) as proxy:
        return log_in_by_flow(proxy, dialogue, flow, paste, now=runtime.now, note=runtime.terminal.note)


def _flow(runtime: "Runtime", way: str, wishes: Wishes) -> "BrowserWishes":
    from litectl.credentials.browser import is_likely
    from litectl.credentials.browser_login import Wishes as BrowserWishes

    likely = is_likely(runtime.environment, sys.platform) if wishes.browser is None else wishes.browser
    return BrowserWishes(
        _FLOWS.get(way),
        wishes.team,
        likely,
        runtime.login_hours,
        is_piped=not runtime.terminal.stdin_is_terminal,
        seconds=runtime.options.timeout or math.inf,
    )


def _report(runtime: "Runtime", kept: "Kept") -> None:
    """Say which profile it is now, and which variables come before it."""
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
