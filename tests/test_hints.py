"""What a hint tells to run."""

import pytest

from litectl.failures.hints import for_profile
from litectl.profiles.profile import Profile
from program import Litectl
from senders import store_profiles


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (None, None),
        ("check the disk", "check the disk"),
        ("run `litectl login`", "run `litectl login --profile dev`"),
        ("run `litectl login --profile other`", "run `litectl login --profile other`"),
        ("see `litectl ask --help`", "see `litectl ask --help`"),
        ("see `litectl help environment`", "see `litectl help environment`"),
        ("choose with `litectl profiles use NAME`", "choose with `litectl profiles use NAME`"),
        ("see `litectl mcp show -- -x`", "see `litectl mcp show --profile dev -- -x`"),
        (
            "`litectl doctor`, or `curl URL | litectl ask`",
            "`litectl doctor --profile dev`, or `curl URL | litectl ask`",
        ),
    ],
)
def test_a_command_of_a_hint_is_about_the_profile_that_was_meant(hint: str | None, told: str | None) -> None:
    """The option is added where it counts, and to no command that names a profile or needs none."""
    assert for_profile(hint, "dev") == told


def test_a_hint_keeps_the_profile_of_the_command_line(litectl: Litectl) -> None:
    """A command of it can be pasted, and is not about the default profile; also in JSON."""
    store_profiles(
        Profile("dead", "http://127.0.0.1:9"), Profile("other", "http://127.0.0.1:8"), default="other"
    )

    said = litectl("models", "list", "--profile", "dead")
    document = litectl("models", "list", "--profile", "dead", "--json")
    unnamed = litectl("models", "list")

    assert "hint: find out why with `litectl doctor --profile dead`" in said.err
    assert document.error["hint"] == "find out why with `litectl doctor --profile dead`"
    assert unnamed.err.endswith("`litectl doctor`\n")


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_a_limit_of_discovery_that_is_none_is_said(litectl: Litectl, text: str) -> None:
    """Exit 3 names the variable, instead of another limit than the one that was meant."""
    name = "LITELLM_DISCOVERY_TIMEOUT_MS"

    result = litectl("models", "list", variables={name: text})

    assert result.code == 3
    assert f"{name} is not a number of milliseconds" in result.err
