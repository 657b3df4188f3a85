"""Findings of the proxy that is meant: which profile and which URL, and who named them."""

from collections.abc import Callable

from litectl import environment
from litectl.doctor.finding import Finding, failure, judged, of_error, ok, warning
from litectl.environment import Environment
from litectl.errors import ConfigError, ExitCode
from litectl.profiles.profile import Profiles
from litectl.profiles.target import BUILT_IN, PROFILE_OPTION, Target
from litectl.wire.pasted import remarks, route_in, without_route
from litectl.wire.root import check_transport, is_loopback


def examine_profile(option: str | None, variables: Environment, profiles: Profiles) -> Finding:
    """Return which profile is meant, and who named it."""
    named = variables.get(environment.PROFILE)
    name, source = (option, PROFILE_OPTION) if option else (named, environment.PROFILE)
    known = ", ".join(f"`{each}`" for each in profiles.by_name) or "none"
    if name:
        profiles.get(name)  # or it is unknown, which is raised
        return ok("profile", f"`{name}`, named by {source}")
    if profiles.default_name and profiles.default is None:
        detail = f"the default profile `{profiles.default_name}` is not stored; stored: {known}"
        return warning("profile", detail, "`litectl profiles use NAME`")
    if profiles.default is not None:
        return ok("profile", f"`{profiles.default.name}` is the default; stored: {known}")
    if profiles.by_name:
        return warning("profile", f"none is the default; stored: {known}", "`litectl profiles use NAME`")
    return ok("profile", "none is stored")


def examine_root(
    target: Target,
    given: str,
    *,
    allow_http: bool,
    has_profiles: bool,
    is_taken: Callable[[str], bool],
) -> Finding:
    """
    Return where the proxy is, by the URL as it was *given*; *allow_http* allows plain http.

    *has_profiles* tells whether any profile is stored. *is_taken* tells whether anybody is there; it is asked
    of the built-in default, which nobody chose.
    """
    root, name = target.root, "base_url"
    settings = target.settings_profile
    of_profile = (
        f", with the settings of profile `{settings.name}`" if settings and not target.profile else ""
    )
    facts = [f"{root}, from {_said_by(target)}{of_profile}", *remarks(given, root)]
    if route := route_in(root):
        detail = f"{root}, from {_said_by(target)}, ends with the route `{route}`"
        remedy = f"give the root of the proxy: {without_route(root)}"
        return failure(name, detail, remedy, ExitCode.CONFIG)
    try:
        check_transport(root, allow_http=allow_http)
    except ConfigError as error:
        return of_error(name, error)
    if target.source == BUILT_IN:
        problem = "no profile is the default" if has_profiles else "nothing is configured"
        remedy = "`litectl profiles use NAME`" if has_profiles else "`litectl login`, or set LITECTL_BASE_URL"
        if not is_taken(root):
            detail = f"{problem}, and the built-in default {root} does not answer"
            return failure(name, detail, remedy, ExitCode.NETWORK)
        return judged(name, facts, [problem], remedy)
    if root.startswith("http:") and not is_loopback(root):
        problem = "plain http: anybody on the way can read the key"
        return judged(name, facts, [problem], "ask the operator of the proxy for https")
    return ok(name, "; ".join(facts))


def _said_by(target: Target) -> str:
    return f"profile `{target.profile.name}` ({target.source})" if target.profile else target.source
