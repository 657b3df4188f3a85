"""Which proxy a run talks to: every source that can name one, and what beats what."""

from itertools import combinations

import pytest

from litectl import environment
from litectl.environment import Environment
from litectl.errors import ConfigError
from litectl.profiles.profile import Profile, Profiles
from litectl.profiles.target import (
    BASE_URL_OPTION,
    BUILT_IN,
    DEFAULT_PROFILE,
    PROFILE_OPTION,
    ROOT_ORDER,
    Target,
    choose_target,
)
from litectl.wire.root import DEFAULT_ROOT

ROOT = "https://proxy.example.com"
KINDS = dict(ROOT_ORDER)
SOURCES = list(KINDS)
# A profile and a URL of the same rank must agree instead of one beating the other.
RIVALS = {(PROFILE_OPTION, BASE_URL_OPTION), (environment.PROFILE, environment.BASE_URL)}


def root_of(source: str) -> str:
    """Return the root that *source* names in these tests, another one for each source."""
    return DEFAULT_ROOT if source == BUILT_IN else f"https://rank-{SOURCES.index(source)}.example.com"


def target_of(values: dict[str, str], profiles: Profiles) -> Target:
    """Return the proxy chosen when the sources have *values*, options and variables alike."""
    values = dict(values)
    options = values.pop(PROFILE_OPTION, None), values.pop(BASE_URL_OPTION, None)
    return choose_target(*options, Environment(values), profiles)


def target_named_by(*sources: str) -> Target:
    """Return the proxy chosen when exactly these *sources* name one, each its own."""
    stored = {source: Profile(source, root_of(source)) for source in SOURCES if KINDS[source] == "profile"}
    profiles = Profiles(stored, DEFAULT_PROFILE if DEFAULT_PROFILE in sources else None)
    values = {
        source: source if KINDS[source] == "profile" else root_of(source)
        for source in sources
        if source not in (DEFAULT_PROFILE, BUILT_IN)
    }
    return target_of(values, profiles)


def profiles_of(*stored: Profile, default: str | None = None) -> Profiles:
    """Return *stored* as profiles with the one called *default* as the default."""
    return Profiles({profile.name: profile for profile in stored}, default)


def test_the_order_is_options_then_own_variables_then_the_store_then_shared_variables() -> None:
    """The order is a promise: changing it sends people's prompts elsewhere."""
    assert ROOT_ORDER == (
        ("--profile", "profile"),
        ("--base-url", "url"),
        ("LITECTL_PROFILE", "profile"),
        ("LITECTL_BASE_URL", "url"),
        ("the default profile", "profile"),
        ("LITELLM_BASE_URL", "url"),
        ("LITELLM_PROXY_URL", "url"),
        ("OPENAI_BASE_URL", "url"),
        ("the built-in default", "url"),
    )


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_alone_names_the_proxy(source: str) -> None:
    """Each source works by itself, and the answer says which one it was."""
    target = target_named_by(source)

    assert (root_of(source), source) == (target.root, target.source)


@pytest.mark.parametrize(
    ("higher", "lower"), [pair for pair in combinations(SOURCES, 2) if pair not in RIVALS]
)
def test_every_source_beats_every_lower_one(higher: str, lower: str) -> None:
    """Of two sources the one that stands first in the order names the proxy."""
    target = target_named_by(higher, lower)

    assert (root_of(higher), higher) == (target.root, target.source)


@pytest.mark.parametrize(("profile", "url"), sorted(RIVALS))
def test_a_profile_and_a_url_of_one_rank_must_agree(profile: str, url: str) -> None:
    """Two answers to the same question are refused, and both are named."""
    with pytest.raises(ConfigError) as caught:
        target_named_by(profile, url)

    assert profile in (caught.value.hint or "")
    assert url in (caught.value.hint or "")


@pytest.mark.parametrize(("profile", "url"), sorted(RIVALS))
def test_a_profile_and_a_url_of_one_rank_may_say_the_same(profile: str, url: str) -> None:
    """The same proxy in another form is no disagreement, and the profile counts."""
    stored = Profile("dev", ROOT)

    target = target_of({profile: "dev", url: "HTTPS://Proxy.example.com:443/v1/"}, profiles_of(stored))

    assert Target(ROOT, profile, stored, (stored,)) == target


@pytest.mark.parametrize(
    "values",
    [
        {PROFILE_OPTION: "dev", environment.BASE_URL: "https://other.example.com"},
        {PROFILE_OPTION: "dev", environment.PROFILE: "nobody"},
        {PROFILE_OPTION: "dev", environment.OPENAI_BASE_URL: "no URL"},
        {BASE_URL_OPTION: ROOT, environment.PROFILE: "nobody", environment.BASE_URL: "no URL"},
    ],
)
def test_what_is_beaten_is_not_even_looked_at(values: dict[str, str]) -> None:
    """A broken or disagreeing value of a lower rank stops nobody."""
    assert target_of(values, profiles_of(Profile("dev", ROOT))).root == ROOT


@pytest.mark.parametrize("unset", ["", "   ", "undefined", " undefined\n"])
@pytest.mark.parametrize(
    "source", [source for source in SOURCES if source.startswith(("LITECTL_", "LITELLM_", "OPENAI_"))]
)
def test_an_empty_or_undefined_variable_counts_as_unset(source: str, unset: str) -> None:
    """A wrapper that exports nothing, or the word `undefined`, names no proxy."""
    assert Target(DEFAULT_ROOT, BUILT_IN, None, ()) == target_of({source: unset}, Profiles())


@pytest.mark.parametrize("source", [PROFILE_OPTION, environment.PROFILE])
def test_an_unknown_profile_is_refused(source: str) -> None:
    """A mistyped profile never falls through to another proxy."""
    with pytest.raises(ConfigError, match="unknown profile: prod"):
        target_of({source: "prod", environment.LITELLM_BASE_URL: ROOT}, profiles_of(Profile("dev", ROOT)))


def test_a_default_profile_that_is_gone_is_refused() -> None:
    """A file whose default names nobody is not answered with another proxy."""
    with pytest.raises(ConfigError, match="unknown profile: gone"):
        target_of({}, profiles_of(Profile("dev", ROOT), default="gone"))


@pytest.mark.parametrize(
    "source", [source for source, kind in ROOT_ORDER if kind == "url" and source != BUILT_IN]
)
def test_an_unusable_url_is_refused(source: str) -> None:
    """A broken URL never falls through to another proxy."""
    with pytest.raises(ConfigError, match="not a proxy URL"):
        target_of({source: "proxy.example.com"}, Profiles())


@pytest.mark.parametrize(
    "source", [source for source, kind in ROOT_ORDER if kind == "url" and source != BUILT_IN]
)
def test_a_url_is_normalised(source: str) -> None:
    """Every source may give the address in any of its forms."""
    assert target_of({source: " HTTPS://Proxy.example.com:443/v1/ "}, Profiles()).root == ROOT


# Profiles of a proxy that a URL named

DEV, ADMIN = Profile("dev", ROOT), Profile("admin", ROOT)
ELSEWHERE = Profile("elsewhere", "https://other.example.com")


@pytest.mark.parametrize(
    ("profiles", "profile", "candidates", "settings"),
    [
        (profiles_of(), None, (), None),
        (profiles_of(ELSEWHERE, default="elsewhere"), None, (), None),
        (profiles_of(DEV, ELSEWHERE), None, (DEV,), DEV),
        (profiles_of(DEV, ELSEWHERE, default="dev"), DEV, (DEV,), DEV),
        (profiles_of(DEV, ADMIN, ELSEWHERE, default="elsewhere"), None, (DEV, ADMIN), None),
        (profiles_of(DEV, ADMIN, default="admin"), ADMIN, (ADMIN, DEV), ADMIN),
    ],
    ids=["none stored", "other proxy", "one", "the default", "several", "several with the default"],
)
def test_a_url_finds_the_profiles_of_its_proxy(
    profiles: Profiles, profile: Profile | None, candidates: tuple[Profile, ...], settings: Profile | None
) -> None:
    """The settings of the default or of the only profile apply; of several others none does."""
    target = target_of({BASE_URL_OPTION: ROOT}, profiles)

    assert Target(ROOT, BASE_URL_OPTION, profile, candidates) == target
    assert settings == target.settings_profile


def test_the_profile_in_use_can_be_required() -> None:
    """A command that changes a profile gets the one whose settings apply."""
    assert target_of({}, profiles_of(DEV, ADMIN, default="dev")).require_profile() == DEV


@pytest.mark.parametrize(
    ("profiles", "message", "hint"),
    [
        (profiles_of(DEV, ADMIN), "several profiles are for .*: `dev`, `admin`", "--profile NAME"),
        (profiles_of(ELSEWHERE), "no profile is stored for", "`litectl login`"),
        (profiles_of(), "no profile is stored for", f"`litectl profiles add NAME --base-url {ROOT}`"),
    ],
)
def test_a_command_that_needs_one_profile_says_when_there_is_not_just_one(
    profiles: Profiles, message: str, hint: str
) -> None:
    """Several and none are refused with what to do."""
    target = target_of({BASE_URL_OPTION: ROOT}, profiles)

    with pytest.raises(ConfigError, match=message) as caught:
        target.require_profile()

    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, False),
        ("", False),
        ("0", False),
        ("FALSE", False),
        ("undefined", False),
        ("1", True),
        ("true", True),
        ("no", True),
    ],
)
def test_a_switch_is_on_unless_it_says_otherwise(value: str | None, expected: bool) -> None:
    """Variables that switch something are off when unset, `0` or `false`."""
    variables = {} if value is None else {environment.OFFLINE: value}

    assert expected == Environment(variables).flag(environment.OFFLINE)


def test_every_variable_has_a_meaning() -> None:
    """The documentation of the environment is complete."""
    names = {value for name, value in vars(environment).items() if name.isupper() and isinstance(value, str)}

    assert names == set(environment.MEANINGS)
