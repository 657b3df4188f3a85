"""Redirects: none is followed, so nothing that says who asks goes where an answer points."""

import time
from collections.abc import Iterator

import pytest

from fake_proxy import CHAT, FakeProxy, json_answer
from litectl.credentials.stored import API_KEY, HELPER, LOGIN, StoredCredential
from litectl.profiles.profile import Profile
from program import Litectl
from senders import ASK, store_profiles

KEY = "sk-hidden-key-0001"
SECRET_HEADER = "hidden-header-0001"
STATUSES = (301, 302, 303, 307, 308)
COMMANDS = {
    "ask": ASK,
    "models list": ("models", "list"),
    "models refresh": ("models", "refresh"),
    "whoami": ("whoami",),
    "login": ("login", "--api-key-file", "-"),
}
ROUTES = (
    ("POST", CHAT),
    ("GET", "/model/info"),
    ("GET", "/v1/model/info"),
    ("GET", "/v1/models"),
    ("GET", "/models"),
    ("GET", "/key/info"),
)


@pytest.fixture
def other() -> Iterator[FakeProxy]:
    """Give the server that redirects lead to."""
    with FakeProxy() as server:
        yield server


def redirect(fake: FakeProxy, location: str, status: int) -> None:
    """Let *fake* answer everything with a redirect to *location*."""
    for method, path in ROUTES:
        fake.on(method, path, json_answer({}, status, location=location))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_redirect_to_another_proxy_is_an_error_and_asks_nobody(
    litectl: Litectl, fake: FakeProxy, other: FakeProxy, command: str, status: int
) -> None:
    """Exit 3 names where it leads; neither key nor extra headers go there, and they are not shown."""
    redirect(fake, f"{other.root}/v1/models", status)

    result = litectl(
        *COMMANDS[command],
        "--base-url",
        fake.root,
        "--header",
        f"x-secret: {SECRET_HEADER}",
        variables={"LITECTL_API_KEY": KEY},
        stdin=KEY.encode() if command == "login" else b"",
    )

    assert result.code == 3
    assert result.out == "" or command == "whoami"
    assert other.root in result.err
    assert other.requests == []
    assert "hidden" not in result.out + result.err
    assert all(request.headers["x-secret"] == SECRET_HEADER for request in fake.requests)


@pytest.mark.parametrize(
    "location",
    [
        "{root}/v1/models",
        "/elsewhere/v1/models",
        "//{netloc}/v1/models",
        "http://localhost:{port}/v1/models",
        "https://127.0.0.1:{port}/v1/models",
        "http://{netloc}@127.0.0.1:9/",
    ],
)
def test_a_redirect_to_the_proxy_itself_is_not_followed_either(
    litectl: Litectl, fake: FakeProxy, location: str
) -> None:
    """The same host under another name, path or scheme is as wrong an address as another host."""
    netloc = fake.root.removeprefix("http://")
    place = location.format(root=fake.root, netloc=netloc, port=netloc.partition(":")[2])
    fake.on_chat(json_answer({}, 307, location=place))

    assert litectl(*ASK).code == 3
    assert [request.path for request in fake.requests] == [CHAT]


@pytest.mark.parametrize("location", ["javascript:alert(1)", "mailto:x", "http://x/\x1b[31m", "http://[::1"])
@pytest.mark.parametrize("command", [*COMMANDS, "api"])
def test_a_redirect_to_no_address_is_an_error_as_any_other(
    litectl: Litectl, fake: FakeProxy, command: str, location: str
) -> None:
    """Nothing is tried again, since somebody answered."""
    redirect(fake, location, 302)
    words = {**COMMANDS, "api": ("api", "/v1/models")}[command]

    result = litectl(*words, stdin=KEY.encode() if command == "login" else b"")

    assert result.code == 3
    assert "redirect" in result.err
    assert "\x1b" not in result.err
    assert len({request.path for request in fake.requests}) == len(fake.requests)


@pytest.mark.parametrize("status", STATUSES)
def test_a_refresh_token_follows_no_redirect(fake: FakeProxy, other: FakeProxy, status: int) -> None:
    """Renewing a login sends its refresh token to the address that the login came with, and nowhere else."""
    fake.on("POST", "/token", json_answer({}, status, location=f"{other.root}/token"))
    login = StoredCredential(
        LOGIN,
        fake.root,
        "hidden-old-token",
        expires_at=time.time() - 60,
        refresh_token="hidden-refresh",
        client_id="client",
        token_endpoint=f"{fake.root}/token",
    )
    store_profiles(Profile("dev", fake.root, login), default="dev")

    result = Litectl({})(*ASK)

    assert result.code not in (0, 70)
    assert [request.path for request in fake.requests] == ["/token"]
    assert other.requests == []
    assert "hidden" not in result.out + result.err


@pytest.mark.parametrize(
    "endpoint", ["{other}/token", "http://localhost:{port}/token", "//evil.example/token"]
)
def test_a_refresh_token_goes_to_no_endpoint_of_another_host(
    fake: FakeProxy, other: FakeProxy, endpoint: str
) -> None:
    """A file in which somebody changed the token endpoint does not give the login away."""
    login = StoredCredential(
        LOGIN,
        fake.root,
        "hidden-old-token",
        expires_at=time.time() - 60,
        refresh_token="hidden-refresh",
        client_id="client",
        token_endpoint=endpoint.format(other=other.root, port=fake.root.rpartition(":")[2]),
    )
    store_profiles(Profile("dev", fake.root, login), default="dev")

    result = Litectl({})(*ASK)

    assert result.code == 4
    assert other.requests == fake.requests == []
    assert "hidden" not in result.out + result.err


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", [API_KEY, HELPER])
def test_a_stored_credential_follows_no_redirect(
    fake: FakeProxy, other: FakeProxy, kind: str, status: int
) -> None:
    """Nor the headers of its profile; a key under another header's name is no exception."""
    redirect(fake, f"{other.root}{CHAT}", status)
    credential = StoredCredential(kind, fake.root, KEY)
    if kind == HELPER:
        credential = StoredCredential(kind, fake.root, command=f"echo {KEY}")
    profile = Profile(
        "dev",
        fake.root,
        credential,
        auth_header="x-litellm-api-key",
        headers={"x-secret": SECRET_HEADER},
    )
    store_profiles(profile, default="dev")

    result = Litectl({})(*ASK)

    assert result.code == 3
    assert [request.headers["x-litellm-api-key"] for request in fake.requests] == [KEY]
    assert other.requests == []
