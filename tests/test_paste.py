"""The pasted token: the key that is made with it, and when the token itself is kept."""

import base64
import json

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.credentials.paste import Exchanged, exchange_for_virtual_key, stored_token
from litectl.credentials.stored import API_KEY, StoredCredential
from litectl.wire.proxy import Access, Proxy

NOW = 1_800_000_000.0
TOKEN = "pasted-token"
KEY = "sk-made-hidden"
GENERATE = "/key/generate"


def jwt(claims: object) -> str:
    """Return an unsigned JSON Web Token with *claims*."""
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "c2ln"])


def exchange(fake: FakeProxy, answer: Answer, token: str = TOKEN) -> Exchanged:
    """Return what comes of *token* at a proxy that answers so."""
    fake.on("POST", GENERATE, answer)
    with Proxy(fake.root, Access(token)) as proxy:
        return exchange_for_virtual_key(proxy, token, now=NOW)


def test_a_key_is_made_with_the_token(fake: FakeProxy) -> None:
    """One request: an empty object, with the pasted token as its credential."""
    document = {"key": KEY, "expires": None, "user_id": "u-123", "team_id": "t-1", "token": "hash"}

    found = exchange(fake, json_answer(document))

    expected = StoredCredential(API_KEY, fake.root, KEY, user_id="u-123", team_id="t-1")
    assert found == Exchanged(expected, None)
    (request,) = fake.requests
    assert (request.method, request.path, request.json) == ("POST", GENERATE, {})
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("2027-01-15T08:00:01Z", NOW + 1),
        ("2027-01-15T09:00:01+01:00", NOW + 1),
        ("2027-01-15T08:00:01", NOW + 1),
        ("2027-01-15T08:00:01.500000+00:00", NOW + 1.5),
        (None, None),
        ("never", None),
        (1_900_000_000, None),
        ([], None),
    ],
)
def test_a_key_ends_when_the_proxy_says(fake: FakeProxy, expires: object, expected: float | None) -> None:
    """ISO 8601 with or without a zone; without a readable time the key counts as one without an end."""
    found = exchange(fake, json_answer({"key": KEY, "expires": expires}))

    assert (found.credential.secret, found.credential.expires_at) == (KEY, expected)


@pytest.mark.parametrize("junk", [7, [], "", "x" * 257, "a\nb"])
def test_an_id_that_is_none_is_not_kept(fake: FakeProxy, junk: object) -> None:
    """A usable key is worth more than the names around it."""
    credential = exchange(fake, json_answer({"key": KEY, "user_id": junk, "team_id": junk})).credential

    assert (credential.secret, credential.user_id, credential.team_id) == (KEY, None, None)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (json_answer({"error": "hidden"}, 401), "the proxy does not let this token make a key (HTTP 401)"),
        (json_answer({"error": "hidden"}, 403), "the proxy does not let this token make a key (HTTP 403)"),
        (json_answer({"key": KEY}, 400), "the proxy made no key (HTTP 400)"),
        (json_answer({"key": KEY}, 302, location="/x"), "the proxy made no key (HTTP 302)"),
        (Answer(500, [b"hidden"], "text/plain"), "the proxy made no key (HTTP 500)"),
        (Answer(200, [b"<html>hidden"], "text/html"), "the proxy's answer has no usable key"),
        (Answer(200, [b""]), "the proxy's answer has no usable key"),
        (json_answer([KEY]), "the proxy's answer has no usable key"),
        (json_answer({}), "the proxy's answer has no usable key"),
        (json_answer({"key": None}), "the proxy's answer has no usable key"),
        (json_answer({"key": [KEY]}), "the proxy's answer has no usable key"),
        (json_answer({"key": ""}), "the proxy's answer has no usable key"),
        (json_answer({"key": "sk-hidden two"}), "the proxy's answer has no usable key"),
        (json_answer({"key": "sk-hidden\r\nx: y"}), "the proxy's answer has no usable key"),
        (
            json_answer({"key": KEY, "expires": "2027-01-15T08:00:00Z"}),
            "the proxy made a key that has ended already",
        ),
    ],
)
def test_without_a_key_the_token_is_kept(fake: FakeProxy, answer: Answer, failure: str) -> None:
    """The words say why, with the status and never with the body."""
    found = exchange(fake, answer)

    assert found == Exchanged(StoredCredential(API_KEY, fake.root, TOKEN), failure)


def test_a_broken_answer_is_not_asked_for_again(fake: FakeProxy) -> None:
    """A second request might make a second key that nobody knows of."""
    found = exchange(fake, Answer(pieces=[b'{"key'], cut=True))

    assert found.credential.secret == TOKEN
    assert "broke the connection off" in (found.failure or "")
    assert len(fake.requests) == 1


def test_a_proxy_that_is_away_leaves_the_token() -> None:
    """The login is not lost because a key could not be made."""
    with FakeProxy() as gone:
        root = gone.root

    with Proxy(root, Access(TOKEN)) as proxy:
        found = exchange_for_virtual_key(proxy, TOKEN, now=NOW)

    assert found.credential == StoredCredential(API_KEY, root, TOKEN)
    assert "cannot connect" in (found.failure or "")


def test_a_kept_token_ends_when_it_says_itself(fake: FakeProxy) -> None:
    """A JSON Web Token carries its end with it."""
    token = jwt({"exp": 1_800_000_600})

    assert exchange(fake, json_answer({}, 500), token).credential.expires_at == 1_800_000_600.0


@pytest.mark.parametrize("token", ["sk-key", "a.b.c", jwt({}), jwt({"exp": "soon"}), jwt([])])
def test_a_token_that_says_nothing_has_no_known_end(token: str) -> None:
    """Opaque tokens and claims without a usable `exp` are kept until the proxy refuses them."""
    assert stored_token("https://proxy.example.com", token) == StoredCredential(
        API_KEY, "https://proxy.example.com", token
    )
