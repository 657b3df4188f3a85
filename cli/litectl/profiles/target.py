"""
Which proxy a run talks to: the precedence of everything that can name one.

The order is data, `ROOT_ORDER`, and the answer remembers which source won.
"""

from collections.abc import Callable
from typing import NamedTuple

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError
from litectl.profiles.profile import Profile, Profiles
from litectl.wire.root import DEFAULT_ROOT, normalise_root

PROFILE_OPTION = "--profile"
BASE_URL_OPTION = "--base-url"
DEFAULT_PROFILE = "the default profile"
BUILT_IN = "the built-in default"

# Highest first: what names the proxy, and whether it names a profile or a URL.
ROOT_ORDER: tuple[tuple[str, str], ...] = (
    (PROFILE_OPTION, "profile"),
    (BASE_URL_OPTION, "url"),
    (environment.PROFILE, "profile"),
    (environment.BASE_URL, "url"),
    (DEFAULT_PROFILE, "profile"),
    (environment.LITELLM_BASE_URL, "url"),
    (environment.LITELLM_PROXY_URL, "url"),
    (environment.OPENAI_BASE_URL, "url"),
    (BUILT_IN, "url"),
)


class Target(NamedTuple):
    """
    The proxy of a run: its root, the source that named it, and the profile if one did.

    *candidates* are the stored profiles of this root, the default one first;
    they may hold its credential although a URL named the proxy.
    """

    root: str
    source: str
    profile: Profile | None
    candidates: tuple[Profile, ...]

    @property
    def settings_profile(self) -> Profile | None:
        """The profile whose settings apply: the named one, the default one, or the only one."""
        if self.profile is not None or len(self.candidates) == 1:
            return self.profile or self.candidates[0]
        return None

    def require_profile(self) -> Profile:
        """Return the profile whose settings apply; raises `ConfigError` when there is not just one."""
        profile = self.settings_profile
        if profile is not None:
            return profile
        if self.candidates:
            names = ", ".join(f"`{candidate.name}`" for candidate in self.candidates)
            raise ConfigError(
                f"several profiles are for {self.root}: {names}",
                hint=f"choose one with `{PROFILE_OPTION} NAME`",
            )
        if self.source == BUILT_IN:
            raise ConfigError(
                "no profile is named, and none is the default",
                hint=f"name a stored one with `{PROFILE_OPTION} NAME`, or add one with `litectl login`",
            )
        from shlex import quote

        raise ConfigError(
            f"no profile is stored for {self.root}",
            hint="add one with `litectl login`, "
            f"or for its settings alone with `litectl profiles add NAME --base-url {quote(self.root)}`",
        )


def choose_target(
    profile_option: str | None, base_url_option: str | None, variables: Environment, profiles: Profiles
) -> Target:
    """
    Return the proxy to talk to, by `ROOT_ORDER`.

    Raises `ConfigError` for an unknown profile, an unusable URL, or a profile
    and a URL of the same rank that name different proxies.
    """
    given = {PROFILE_OPTION: profile_option, BASE_URL_OPTION: base_url_option}
    constants = {DEFAULT_PROFILE: profiles.default_name, BUILT_IN: DEFAULT_ROOT}

    def value_of(source: str) -> str | None:
        return given[source] if source in given else constants.get(source) or variables.get(source)

    source, kind, value = next(
        (source, kind, value) for source, kind in ROOT_ORDER if (value := value_of(source))
    )
    if kind == "url":
        return _target_of_url(normalise_root(value), source, profiles)
    profile = profiles.get(value)
    rival = BASE_URL_OPTION if source == PROFILE_OPTION else environment.BASE_URL
    if source in (PROFILE_OPTION, environment.PROFILE):
        _refuse_disagreement(profile, source, rival, value_of)
    return Target(profile.root, source, profile, (profile,))


def _target_of_url(root: str, source: str, profiles: Profiles) -> Target:
    candidates = tuple(profiles.with_root(root))
    default = candidates[0] if candidates and candidates[0].name == profiles.default_name else None
    return Target(root, source, default, candidates)


def _refuse_disagreement(
    profile: Profile, source: str, rival: str, value_of: Callable[[str], str | None]
) -> None:
    url = value_of(rival)
    if url and normalise_root(url) != profile.root:
        raise ConfigError(
            f"{source} `{profile.name}` is for {profile.root}, but {rival} names another proxy",
            hint=f"leave one of {source} and {rival} out",
        )
