"""Tokens that have ended: told by their own end, before anybody is asked."""

from pathlib import Path

import pytest

from fake_proxy import FakeProxy
from login_shapes import SingleSignOn, jwt, profiles_file
from program import Litectl

ENDED = jwt({"exp": 1_700_000_000})
TOLD = "has ended: at 2023-11-14 22:13 UTC, and it is "


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable of litectl's."""
    return Litectl({})


@pytest.mark.parametrize(
    "command", [("token",), ("env",), ("models", "list"), ("ask", "-m", "x", "-p", "Hi")]
)
@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("LITECTL_BASE_URL", "LITECTL_API_KEY"),
        ("LITELLM_BASE_URL", "LITELLM_API_KEY"),
        ("LITELLM_PROXY_URL", "LITELLM_PROXY_API_KEY"),
        ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    ],
)
def test_an_ended_token_of_a_variable_is_named(
    litectl: Litectl, fake: FakeProxy, url: str, key: str, command: tuple[str, ...]
) -> None:
    """Exit 4 with both times, as the clock of this machine may be the wrong one."""
    result = litectl(*command, variables={url: fake.root, key: ENDED})

    assert (result.code, result.out) == (4, "")
    assert f"error: the token from {key} {TOLD}" in result.err
    assert "on this machine" in result.err
    assert "hint: " in result.err
    assert fake.requests == []


def test_an_ended_token_of_a_file_is_named(litectl: Litectl, fake: FakeProxy, tmp_path: Path) -> None:
    """By the option that gave it."""
    (tmp_path / "key").write_text(ENDED)

    result = litectl("models", "list", "--base-url", fake.root, "--api-key-file", str(tmp_path / "key"))

    assert result.code == 4
    assert f"error: the token from `--api-key-file` {TOLD}" in result.err
    assert fake.requests == []


def test_whoami_says_it_and_shows_the_end(litectl: Litectl, fake: FakeProxy) -> None:
    """Whose token it is and when it ended is what the question was."""
    result = litectl("whoami", "--json", variables={"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": ENDED})

    assert result.code == 4
    assert result.json["expires_at"] == "2023-11-14T22:13:20Z"
    assert TOLD in result.error["message"]
    assert fake.requests == []


@pytest.mark.parametrize("way", [("--paste",), ("--paste", "--virtual-key"), ("--api-key-file", "-")])
def test_an_ended_token_is_no_login(
    litectl: Litectl, fake: FakeProxy, isolated: Path, way: tuple[str, ...]
) -> None:
    """Exit 4 before it is sent, and nothing is stored."""
    SingleSignOn(fake).accepted.add(ENDED)

    result = litectl("login", *way, "--base-url", fake.root, stdin=ENDED.encode())

    assert result.code == 4
    assert f"error: the token from this login {TOLD}" in result.err
    assert fake.requests == []
    assert not profiles_file(isolated).exists()


def test_a_token_that_tells_no_end_is_left_to_the_proxy(litectl: Litectl, fake: FakeProxy) -> None:
    """What looks like a token of three parts may be anything."""
    for token in ("sk-a.b.c", jwt({"sub": "x"}), jwt({"exp": "soon"}), jwt([])):
        result = litectl("token", variables={"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": token})
        assert result.out == f"{token}\n"
