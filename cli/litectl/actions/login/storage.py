"""Where a login goes: into which profile, with which settings, and what becomes of the one before."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litectl.credentials.stored import StoredCredential
    from litectl.credentials.vault import Kept
    from litectl.profiles.profile import Profile
    from litectl.run.runtime import Runtime

_REVOCATION_SECONDS = 5.0  # nobody waits longer for what is only tidy


def profile_name(runtime: "Runtime") -> str | None:
    """Return the name of the profile to fill; a variable does not hold against the URL of an option."""
    from litectl import environment
    from litectl.wire.root import normalise_root

    options = runtime.options
    name = options.profile or runtime.environment.get(environment.PROFILE)
    profile = runtime.profiles.by_name.get(name or "")
    is_elsewhere = options.base_url and profile and normalise_root(options.base_url) != profile.root
    return options.profile if is_elsewhere else name


def known_profile(runtime: "Runtime", name: str | None, root: str) -> "Profile | None":
    """Return the stored profile to log in to anew, or one of the same root that tells how to reach it."""
    from litectl.profiles.profile import profile_for_login

    profiles = runtime.profiles
    profile = profile_for_login(profiles, name, root, lambda _: True)
    if profile.name in profiles.by_name:
        return profile
    return next(iter(profiles.with_root(root)), None)


def store_login(
    runtime: "Runtime",
    name: str | None,
    found: "StoredCredential",
    *,
    keychain: bool | None,
    model: str | None,
) -> "Kept":
    """Put *found* into the profile *name*, or into the one it belongs to, and return what was kept."""
    from litectl.credentials.vault import keep_login, may_replace

    terminal, known, now = runtime.terminal, runtime.target.settings_profile, runtime.now()
    rival = None if name else _rival(runtime, found)
    question = f"profile `{rival}` has another account of this proxy; replace it? no adds a profile"
    if rival and not (terminal.can_prompt and terminal.questions.confirm(question, flag="--profile NAME")):
        rival = None

    def settings(profile: "Profile") -> "Profile":
        return with_options(_reached_as(profile, known), runtime)._replace(
            model=model or profile.model,
            keychain=profile.keychain if keychain is None else keychain,
        )

    return keep_login(
        runtime.profile_store,
        name,
        found,
        settings,
        lambda profile: profile.name == rival or may_replace(profile, found, now),
        terminal.warn,
    )


def with_options(profile: "Profile", runtime: "Runtime") -> "Profile":
    """Return *profile* with the shared options that say how to reach its proxy, as they were given."""
    from litectl.profiles.typed import absolute
    from litectl.wire.headers import merged, parse_header

    options = runtime.options
    return profile._replace(
        allow_http=options.allow_http or profile.allow_http,
        auth_header=options.auth_header or profile.auth_header,
        ca_bundle=absolute(options.ca_bundle) or profile.ca_bundle,
        client_cert=absolute(options.client_cert) or profile.client_cert,
        client_key=absolute(options.client_key) or profile.client_key,
        headers=merged(profile.headers, dict(map(parse_header, options.header))),
    )


def _reached_as(profile: "Profile", known: "Profile | None") -> "Profile":
    """Return *profile*, when it is new with the settings of the *known* one that the login was made with."""
    if known is None or profile._replace(name="", root="") != type(profile)("", ""):
        return profile
    return known._replace(
        name=profile.name,
        root=profile.root,
        credential=None,
        model=None,
        context_size=None,
        parameters={},
        keychain=False,
        other={},
    )


def _rival(runtime: "Runtime", found: "StoredCredential") -> str | None:
    """Return the profile of this root that holds another account, when none is free for this one."""
    from litectl.credentials.vault import may_replace

    known = runtime.profiles.with_root(found.root)
    if any(may_replace(profile, found, runtime.now()) for profile in known):
        return None
    return known[0].name if known else None


def revoke_replaced(runtime: "Runtime", kept: "Kept") -> None:
    """End the login that was replaced; the new one counts, so a failure is only traced."""
    from litectl.errors import LitectlError

    old, new = kept.replaced, kept.profile.credential
    if old is None or new is None or old.refresh_token in (None, new.refresh_token):
        return
    try:
        runtime.caller.revoke(old, seconds=_REVOCATION_SECONDS)
    except LitectlError as error:
        runtime.terminal.trace(f"the login before was not revoked: {error.message}")
