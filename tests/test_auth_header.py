"""The header that takes the key, and extra headers beside it: who wins, and what is never shown."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_proxy import FakeProxy, error_answer, json_answer
from litectl.credentials.stored import API_KEY, HELPER, StoredCredential
from litectl.profiles.profile import Profile
from program import Litectl
from senders import ASK, let_answer, log_in_to_google, sent_to, store_profiles

KEY = "sk-hidden-key-0001"
NAME = "x-litellm-api-key"


@pytest.fixture(autouse=True)
def answering(fake: FakeProxy) -> None:
    """Let the proxy answer every question."""
    let_answer([fake])


def by_variable(root: str, home: Path) -> dict[str, str]:
    """Give the key by litectl's own variable."""
    return {"LITECTL_BASE_URL": root, "LITECTL_API_KEY": KEY}


def by_helper(root: str, home: Path) -> dict[str, str]:
    """Give the key by a helper."""
    return {"LITELLM_BASE_URL": root, "LITELLM_API_KEY_HELPER": f"echo {KEY}"}


def by_google(root: str, home: Path) -> dict[str, str]:
    """Give the key as Google's token."""
    log_in_to_google(home, KEY, now=time.time())
    return {"LITELLM_BASE_URL": root, "LITELLM_GCLOUD_TOKEN_AUTH": "1"}


def by_profile(root: str, home: Path) -> dict[str, str]:
    """Give the key by a stored profile."""
    store_profiles(Profile("dev", root, StoredCredential(API_KEY, root, KEY)), default="dev")
    return {}


@pytest.mark.parametrize("give", [by_variable, by_helper, by_google, by_profile])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, {NAME: KEY}),
        ("X-LiteLLM-API-Key", {NAME: KEY}),
        ("api-key", {"api-key": KEY}),
        ("authorization", {"authorization": f"Bearer {KEY}"}),
    ],
)
def test_the_key_goes_into_the_header_that_is_asked_for_alone(
    fake: FakeProxy,
    isolated: Path,
    give: Callable[[str, Path], dict[str, str]],
    name: str,
    expected: dict[str, str],
) -> None:
    """Bare in every header but Authorization, whatever the key came from; Authorization is left out then."""
    litectl = Litectl(give(fake.root, isolated))

    assert litectl(*ASK, "--auth-header", name).code == 0
    assert sent_to(fake) == [expected]


def test_a_profile_remembers_its_header_and_the_option_comes_before_it(fake: FakeProxy) -> None:
    """`auth_header` of a profile is used for its proxy; `--auth-header` is for one run."""
    profile = Profile("dev", fake.root, StoredCredential(API_KEY, fake.root, KEY), auth_header=NAME)
    store_profiles(profile, default="dev")
    litectl = Litectl({})

    litectl(*ASK)
    litectl(*ASK, "--auth-header", "Authorization")

    assert sent_to(fake) == [{NAME: KEY}, {"authorization": f"Bearer {KEY}"}]


def test_the_header_of_a_profile_is_not_that_of_another_proxy(fake: FakeProxy) -> None:
    """A key for another address goes as every key does."""
    store_profiles(Profile("dev", "http://127.0.0.1:9", auth_header=NAME), default="dev")

    Litectl({"LITECTL_API_KEY": KEY})(*ASK, "--base-url", fake.root)

    assert sent_to(fake) == [{"authorization": f"Bearer {KEY}"}]


@pytest.mark.parametrize(
    ("auth_header", "header", "expected"),
    [
        (None, "Authorization: Basic other", {"authorization": f"Bearer {KEY}"}),
        (None, "AUTHORIZATION: Basic other", {"authorization": f"Bearer {KEY}"}),
        (NAME, "X-LiteLLM-API-Key: other", {NAME: KEY}),
        # A gateway before the proxy may want a credential of its own.
        (NAME, "Authorization: Basic other", {NAME: KEY, "authorization": "Basic other"}),
        # The proxy would believe this one before `Authorization`.
        (None, f"{NAME}: other", {"authorization": f"Bearer {KEY}"}),
        (None, "x-api-key: other", {"authorization": f"Bearer {KEY}", "x-api-key": "other"}),
    ],
)
@pytest.mark.parametrize("source", ["--header", "profile", "LITELLM_HEADERS"])
def test_an_extra_header_never_wins_over_the_key(
    fake: FakeProxy, source: str, auth_header: str | None, header: str, expected: dict[str, str]
) -> None:
    """Whatever it comes from and however it is spelt; two headers carry two credentials."""
    name, value = header.split(": ")
    arguments = ["--auth-header", auth_header] if auth_header else []
    variables = {}
    if source == "--header":
        arguments += ["--header", header]
    elif source == "LITELLM_HEADERS":
        variables[source] = f'{{"{name}": "{value}"}}'
    headers = {name: value} if source == "profile" else {}
    store_profiles(Profile("dev", fake.root, StoredCredential(API_KEY, fake.root, KEY), headers=headers))

    assert Litectl(variables)(*ASK, "--profile", "dev", *arguments).code == 0
    assert sent_to(fake) == [expected]


def test_without_a_key_an_extra_header_may_say_who_asks(fake: FakeProxy) -> None:
    """A gateway's own scheme goes out as it was given when there is no key to send."""
    Litectl({"LITECTL_BASE_URL": fake.root})(*ASK, "--header", "Authorization: Basic dXNlcjpwYXNz")

    assert sent_to(fake) == [{"authorization": "Basic dXNlcjpwYXNz"}]


@pytest.mark.parametrize("name", ["Content-Type", "accept", "X-LiteLLM-Call-Id", "accept-encoding"])
def test_an_extra_header_does_not_change_what_a_request_is(
    litectl: Litectl, fake: FakeProxy, name: str
) -> None:
    """What says how a body is written, and which call it is, stays litectl's own."""
    assert litectl(*ASK, "--header", f"{name}: text/other").code == 0
    assert fake.requests[0].headers[name.lower()] != "text/other"


@pytest.mark.parametrize(
    "header",
    ["x-team", "x team: blue", ": blue", "host: evil.example", "Content-Length: 0", "x-team: bl\nue"],
)
def test_a_header_that_cannot_be_sent_is_a_usage_error(
    litectl: Litectl, fake: FakeProxy, header: str
) -> None:
    """Exit 2 before anything is sent, without the value."""
    result = litectl(*ASK, "--header", header)

    assert result.code == 2
    assert "evil.example" not in result.err
    assert fake.requests == []


@pytest.mark.parametrize("name", ["host", "Content-Length", "x y", "x:y", "", "transfer-encoding"])
def test_a_key_goes_into_no_header_of_the_connection(litectl: Litectl, fake: FakeProxy, name: str) -> None:
    """`--auth-header` takes a name that can carry a key."""
    assert litectl(*ASK, "--auth-header", name).code == 2
    assert fake.requests == []


def test_the_last_of_the_same_header_counts(fake: FakeProxy) -> None:
    """`--header` comes before the profile, and that before the variable, in any spelling."""
    root = fake.root
    profile = Profile("dev", root, headers={"X-Two": "profile", "x-three": "profile"})
    store_profiles(profile, default="dev")
    variables = {"LITELLM_HEADERS": '{"x-one": "variable", "x-two": "variable", "X-THREE": "variable"}'}

    Litectl(variables)(*ASK, "--header", "x-Three: first", "--header", "x-three: last")

    assert sent_to(fake) == [{"x-one": "variable", "x-two": "profile", "x-three": "last"}]


def test_a_reference_that_is_not_set_stops_the_request(fake: FakeProxy) -> None:
    """A header that silently lacks would be a refusal that nobody understands."""
    store_profiles(Profile("dev", fake.root, headers={"x-team": "$TEAM_OF_NOBODY"}), default="dev")

    result = Litectl({})(*ASK)

    assert result.code == 3
    assert "$TEAM_OF_NOBODY" in result.err
    assert fake.requests == []


@pytest.mark.parametrize("arguments", [(), ("--debug",), ("--json",)])
def test_neither_key_nor_header_is_shown_when_the_proxy_repeats_them(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """A server that quotes what it was sent does not get it onto the screen."""
    said = f"no: {KEY} hidden-header-0001 hidden-header-0002"
    fake.on_chat(error_answer(403, "forbidden", said))
    store_profiles(
        Profile(
            "dev",
            fake.root,
            StoredCredential(HELPER, fake.root, command=f"echo {KEY}"),
            headers={"x-other": "hidden-header-0002"},
        )
    )

    result = litectl(
        *ASK,
        *arguments,
        "--profile",
        "dev",
        "--header",
        "x-secret: hidden-header-0001",
        variables={"LITECTL_BASE_URL": ""},
    )

    assert result.code == 4
    assert "hidden" not in result.out + result.err


def test_a_renewed_key_goes_into_the_same_header(fake: FakeProxy, tmp_path: Path) -> None:
    """When the proxy refuses a helper's key the new one replaces it, and the extra headers stay."""
    counter = tmp_path / "count"
    counter.write_text("")
    script = tmp_path / "helper"
    script.write_text(f'#!/bin/sh\nprintf x >> "{counter}"\necho "sk-$(cat "{counter}")"\n')
    script.chmod(0o755)
    fake.on(
        "GET",
        "/v1/models",
        lambda request: (
            json_answer({"data": []})
            if request.headers[NAME] == "sk-xx"
            else error_answer(401, "auth_error", "Authentication Error")
        ),
    )
    store_profiles(
        Profile(
            "dev",
            fake.root,
            StoredCredential(HELPER, fake.root, command=str(script)),
            auth_header=NAME,
            headers={"x-team": "blue"},
        ),
        default="dev",
    )

    assert Litectl({})("whoami", "--json").json["accepted"] is True
    assert sent_to(fake)[:3] == [{NAME: key, "x-team": "blue"} for key in ("sk-x", "sk-xx", "sk-xx")]
