"""The extra headers of a run: whose they are, and to which proxy they go."""

import json

import pytest

from litectl import environment
from litectl.credentials.extra_headers import extra_headers
from litectl.environment import Environment
from litectl.errors import ConfigError, UsageError
from litectl.profiles.profile import Profile
from litectl.profiles.target import BASE_URL_OPTION, PROFILE_OPTION, Target

ROOT = "https://proxy.example.com"
OTHER_ROOT = "https://other.example.com"
DEV = Profile("dev", ROOT, headers={"x-profile": "dev"})
ADMIN = Profile("admin", ROOT, headers={"x-profile": "admin"})


def target(profile: Profile | None = None, *candidates: Profile) -> Target:
    """Return the proxy, named by *profile* or by its URL while *candidates* are stored for it."""
    if profile is not None:
        return Target(ROOT, PROFILE_OPTION, profile, (profile,))
    return Target(ROOT, BASE_URL_OPTION, None, candidates)


def variable(headers: dict[str, object], url: str | None = None) -> Environment:
    """Return an environment with LITELLM_HEADERS, and with LITELLM_BASE_URL when *url* is given."""
    variables = {environment.HEADERS: json.dumps(headers)}
    return Environment(variables | ({} if url is None else {environment.LITELLM_BASE_URL: url}))


def test_without_any_there_are_none() -> None:
    """Nothing is made up."""
    assert extra_headers(target(), Environment({}), ()) == {}


@pytest.mark.parametrize(
    ("url", "is_sent"),
    [(None, True), ("", True), (ROOT, True), (f"{ROOT}/v1", True), (OTHER_ROOT, False), ("no URL", False)],
)
def test_those_of_the_variable_obey_its_family(url: str | None, is_sent: bool) -> None:
    """LITELLM_HEADERS goes out when LITELLM_BASE_URL is unset or names this proxy."""
    found = extra_headers(target(), variable({"x-secret": "1"}, url), ())

    assert found == ({"x-secret": "1"} if is_sent else {})


def test_a_variable_for_another_proxy_is_not_even_read() -> None:
    """A mistake in what is not used stops nobody."""
    variables = Environment({environment.HEADERS: "junk", environment.LITELLM_BASE_URL: OTHER_ROOT})

    assert extra_headers(target(), variables, ()) == {}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (target(DEV), {"x-profile": "dev"}),
        (target(None, DEV), {"x-profile": "dev"}),
        (target(None, DEV, ADMIN), {}),
        (target(None), {}),
        (target(DEV._replace(root=OTHER_ROOT)), {}),
    ],
    ids=["named", "the only one", "one of two", "none", "of another root"],
)
def test_those_of_a_profile_go_to_its_root_only(where: Target, expected: dict[str, str]) -> None:
    """The named profile's, or those of the only one of this root; between two nothing is guessed."""
    assert extra_headers(where, Environment({}), ()) == expected


def test_the_last_source_wins_in_any_spelling() -> None:
    """The option comes before the profile, and that before the variable."""
    profile = DEV._replace(headers={"X-Two": "profile", "x-three": "profile"})
    variables = variable({"x-one": "variable", "x-two": "variable", "x-three": "variable"})

    found = extra_headers(target(profile), variables, ["X-Three: first", "x-THREE: last", "x-four: option"])

    assert found == {"x-one": "variable", "X-Two": "profile", "x-THREE": "last", "x-four": "option"}


@pytest.mark.parametrize("value", ["$TEAM", "${TEAM}"])
def test_references_are_resolved_whatever_they_came_from(value: str) -> None:
    """A shell that did not, a file and a variable may all refer to variables."""
    variables = Environment({environment.HEADERS: json.dumps({"x-one": value}), "TEAM": "blue"})
    profile = DEV._replace(headers={"x-two": value})

    found = extra_headers(target(profile), variables, [f"x-three: {value}"])

    assert found == dict.fromkeys(("x-one", "x-two", "x-three"), "blue")


def test_a_header_that_lost_its_place_may_refer_to_anything() -> None:
    """Only what is sent has to be there."""
    profile = DEV._replace(headers={"x-team": "$NOT_SET"})

    assert extra_headers(target(profile), Environment({}), ["X-Team: blue"]) == {"X-Team": "blue"}


@pytest.mark.parametrize("unset", ["", " ", "undefined"])
def test_a_reference_to_a_variable_that_counts_as_unset_is_an_error(unset: str) -> None:
    """An empty header is not what anybody wanted to send."""
    with pytest.raises(ConfigError, match="x-team"):
        extra_headers(target(DEV._replace(headers={"x-team": "$TEAM"})), Environment({"TEAM": unset}), ())


def test_each_source_has_its_own_kind_of_error() -> None:
    """A wrong option is a usage error; a wrong variable or file is one of configuration."""
    with pytest.raises(UsageError):
        extra_headers(target(), Environment({}), ["no colon"])
    with pytest.raises(ConfigError, match="LITELLM_HEADERS"):
        extra_headers(target(), Environment({environment.HEADERS: "[]"}), ())
    with pytest.raises(ConfigError, match="x-team"):
        extra_headers(target(DEV._replace(headers={"x-team": "bl\nue"})), Environment({}), ())
