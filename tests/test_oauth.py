"""The OAuth requests of a login: what is sent, what is believed, and what an error is called."""

import math
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.credentials.contract import Contract
from litectl.credentials.oauth import (
    ASSUMED_LIFETIME,
    credential_from_answer,
    error_word,
    exchange_code,
    refresh,
    register,
    revoke,
)
from litectl.credentials.stored import KEYCHAIN, LOGIN, StoredCredential
from litectl.errors import AuthError, LitectlError, LoginUnavailableError, NetworkError, UpstreamError
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy

NOW = 1_800_000_000.0
ROOT = "https://proxy.example.com"
REDIRECT_URI = "http://127.0.0.1:50001/callback"
SECRET_TEXT = "what-no-message-may-repeat"
TOKENS: dict[str, object] = {
    "access_token": "litellm_login_new",
    "token_type": "Bearer",
    "expires_in": 86400,
    "refresh_token": "llm_srefresh_new",
    "user_id": "u-123",
    "team_id": "team-7",
}
HTML = Answer(200, [b"<html><title>Sign in to the guest network</title></html>"], content_type="text/html")
# Statuses after which a renewal may be tried again, and those after which it may not.
TEMPORARY = (408, 429, 500, 502, 503, 504, 302, 307, 308)
FINAL = (400, 401, 403, 404, 405, 410, 422)
# What a field of a token answer must not be, and how that is called.
UNUSABLE: dict[str, tuple[str, list[object]]] = {
    "access_token": (
        "no usable access token",
        [None, "", 5, ["t"], "a b", "a\nb", "a\r\nX: y", "tökén", "t" * 40_000, "a\x00", "\t"],
    ),
    "token_type": (
        "not a bearer token",
        ["mac", "DPoP", "", 1, ["Bearer"], "Bearer ", False],
    ),
    "expires_in": (
        "not a positive number",
        [0, -1, "86400", True, False, math.inf, math.nan, [], {}, 10**400],
    ),
    "refresh_token": (
        "refresh token cannot be used",
        ["", 5, [], "a b", "a\nb", "ü", "r" * 40_000],
    ),
}


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the fake proxy, asked without a credential."""
    with Proxy(fake.root) as opened:
        yield opened


def contract_of(fake: FakeProxy) -> Contract:
    """Return the contract of the fake proxy."""
    root = fake.root
    return Contract(f"{root}/authorize", f"{root}/token", f"{root}/register", f"{root}/revoke", root)


def login_at(fake: FakeProxy, **changes: Any) -> StoredCredential:
    """Return a stored login of the fake proxy."""
    login = StoredCredential(
        LOGIN,
        fake.root,
        "litellm_login_old",
        expires_at=NOW - 1,
        refresh_token="llm_srefresh_old",
        client_id="llm_dcrc_1",
        token_endpoint=f"{fake.root}/token",
        revocation_endpoint=f"{fake.root}/revoke",
        resource=fake.root,
        user_id="u-123",
        team_id="team-7",
    )
    return login._replace(**changes)


def form_of(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that was sent."""
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    return parse_qs(request.body.decode(), keep_blank_values=True, strict_parsing=True)


def exchange(proxy: Proxy, fake: FakeProxy) -> StoredCredential:
    """Exchange a code at the fake proxy."""
    return exchange_code(
        proxy,
        contract_of(fake),
        code="llm_gcode_1",
        redirect_uri=REDIRECT_URI,
        client_id="llm_dcrc_1",
        verifier="verifier-1",
        now=NOW,
    )


def answer_to_login(document: object, status: int = 200) -> StoredCredential:
    """Return what is made of a token endpoint's answer."""
    return credential_from_answer(
        Reply(status, document),
        root=ROOT,
        now=NOW,
        token_endpoint=f"{ROOT}/token",
        revocation_endpoint=f"{ROOT}/revoke",
        client_id="llm_dcrc_1",
        resource=ROOT,
    )


def test_registration_says_what_litectl_is(fake: FakeProxy, proxy: Proxy) -> None:
    """It registers as a public client with one redirect URI."""
    fake.on("POST", "/register", json_answer({"client_id": "llm_dcrc_1"}, 201))

    client_id = register(proxy, contract_of(fake), REDIRECT_URI)

    assert client_id == "llm_dcrc_1"
    assert fake.requests[0].json == {
        "client_name": "litectl",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }


@pytest.mark.parametrize("status", [200, 201])
def test_registration_may_repeat_the_redirect_uri(fake: FakeProxy, proxy: Proxy, status: int) -> None:
    """The proxy's echo of the redirect URI is what was sent."""
    document = {"client_id": "client one", "redirect_uris": [REDIRECT_URI]}
    fake.on("POST", "/register", json_answer(document, status))

    assert register(proxy, contract_of(fake), REDIRECT_URI) == "client one"


@pytest.mark.parametrize(
    "redirect_uris",
    [
        ["http://127.0.0.1:1/callback"],
        [REDIRECT_URI, "https://elsewhere.example.com"],
        [],
        REDIRECT_URI,
        {"0": REDIRECT_URI},
        [[REDIRECT_URI]],
        False,
    ],
)
def test_another_redirect_uri_ends_the_login(fake: FakeProxy, proxy: Proxy, redirect_uris: object) -> None:
    """A client that was registered with anything else would send the code there."""
    fake.on("POST", "/register", json_answer({"client_id": "c", "redirect_uris": redirect_uris}, 201))

    with pytest.raises(AuthError, match="another redirect URI"):
        register(proxy, contract_of(fake), REDIRECT_URI)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "client",
        {"client_id": None},
        {"client_id": ""},
        {"client_id": 5},
        {"client_id": ["c"]},
        {"client_id": "c\r\nx"},
        {"client_id": "ü"},
        {"client_id": "c" * 5000},
    ],
)
def test_a_client_id_is_printable_ascii(fake: FakeProxy, proxy: Proxy, document: object) -> None:
    """A registration without a usable client id is refused, and not repeated in the message."""
    fake.on("POST", "/register", json_answer(document, 201))

    with pytest.raises(AuthError, match="without a usable client id") as caught:
        register(proxy, contract_of(fake), REDIRECT_URI)

    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, LoginUnavailableError),
        (403, LoginUnavailableError),
        (404, LoginUnavailableError),
        (405, LoginUnavailableError),
        (400, AuthError),
        (422, AuthError),
        (429, UpstreamError),
        (500, UpstreamError),
        (303, UpstreamError),
    ],
)
def test_a_refused_registration_says_so(
    fake: FakeProxy, proxy: Proxy, status: int, expected: type[LitectlError]
) -> None:
    """A proxy that lets nobody register does not offer this; other refusals and failures are named."""
    fake.on("POST", "/register", json_answer({"client_id": "c", "error_description": SECRET_TEXT}, status))

    with pytest.raises(expected, match=str(status)) as caught:
        register(proxy, contract_of(fake), REDIRECT_URI)

    assert type(caught.value) is expected
    assert SECRET_TEXT not in str(caught.value.as_json())


def test_a_code_is_exchanged_for_a_login(fake: FakeProxy, proxy: Proxy) -> None:
    """The code goes out with its verifier, and the answer becomes a login that can be renewed and revoked."""
    fake.on("POST", "/token", json_answer(TOKENS))

    login = exchange(proxy, fake)

    assert form_of(fake.requests[0]) == {
        "grant_type": ["authorization_code"],
        "code": ["llm_gcode_1"],
        "redirect_uri": [REDIRECT_URI],
        "client_id": ["llm_dcrc_1"],
        "code_verifier": ["verifier-1"],
        "resource": [fake.root],
    }
    assert login == login_at(
        fake,
        secret="litellm_login_new",
        refresh_token="llm_srefresh_new",
        expires_at=NOW + 86400,
    )


@pytest.mark.parametrize(
    ("answer", "expected", "message"),
    [
        (
            json_answer({"error": "invalid_grant", "error_description": SECRET_TEXT}, 400),
            AuthError,
            "400, invalid_grant",
        ),
        (json_answer({"error": SECRET_TEXT}, 400), AuthError, "(400)"),
        (json_answer({"detail": SECRET_TEXT}, 422), AuthError, "(422)"),
        (
            json_answer({"error": "temporarily_unavailable"}, 503),
            UpstreamError,
            "503, temporarily_unavailable",
        ),
        (json_answer({}, 307, location=f"https://{SECRET_TEXT}.example.com"), UpstreamError, "307"),
        (HTML, AuthError, "not a JSON object"),
        (json_answer({"error": "invalid_grant"}), AuthError, "no usable access token"),
    ],
)
def test_a_refused_code_is_not_a_login(
    fake: FakeProxy, proxy: Proxy, answer: Answer, expected: type[LitectlError], message: str
) -> None:
    """Every refusal is named by its status and a word of the standards only, and asked once."""
    fake.on("POST", "/token", answer)

    with pytest.raises(expected) as caught:
        exchange(proxy, fake)

    assert message in caught.value.message
    assert SECRET_TEXT not in str(caught.value.as_json())
    assert [request.path for request in fake.requests] == ["/token"]


def test_a_login_is_renewed(fake: FakeProxy, proxy: Proxy) -> None:
    """The old refresh token is spent for a new pair; everything else of the login stays."""
    fake.on("POST", "/token", json_answer(TOKENS))
    login = login_at(fake, place=KEYCHAIN, other={"note": "kept"})

    renewed = refresh(proxy, login, now=NOW)

    assert form_of(fake.requests[0]) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["llm_srefresh_old"],
        "client_id": ["llm_dcrc_1"],
        "resource": [fake.root],
    }
    assert renewed == login._replace(
        secret="litellm_login_new", refresh_token="llm_srefresh_new", expires_at=NOW + 86400
    )


def test_a_login_without_a_client_sends_none(fake: FakeProxy, proxy: Proxy) -> None:
    """A login of the device flow has neither client nor resource, and its requests have none either."""
    fake.on("POST", "/token", json_answer(TOKENS))
    fake.on("POST", "/revoke", json_answer({}))
    login = login_at(fake, client_id=None, resource=None)

    refresh(proxy, login, now=NOW)
    revoke(proxy, login)

    assert [sorted(form_of(request)) for request in fake.requests] == [
        ["grant_type", "refresh_token"],
        ["token", "token_type_hint"],
    ]


def test_an_answer_without_a_refresh_token_keeps_the_old_one(fake: FakeProxy, proxy: Proxy) -> None:
    """A proxy that does not rotate leaves the refresh token, the user and the team as they were."""
    fake.on("POST", "/token", json_answer({"access_token": "new", "token_type": "bearer", "expires_in": 60}))
    login = login_at(fake)

    renewed = refresh(proxy, login, now=NOW)

    assert renewed == login._replace(secret="new", expires_at=NOW + 60)


@pytest.mark.parametrize("status", FINAL)
def test_a_login_that_is_refused_has_ended(fake: FakeProxy, proxy: Proxy, status: int) -> None:
    """After a 4xx a person has to log in again."""
    fake.on("POST", "/token", json_answer({"error": "invalid_grant", "message": SECRET_TEXT}, status))

    with pytest.raises(AuthError, match=rf"has ended \({status}, invalid_grant\)") as caught:
        refresh(proxy, login_at(fake), now=NOW)

    assert caught.value.hint == "log in again with `litectl login`"
    assert SECRET_TEXT not in str(caught.value.as_json())


@pytest.mark.parametrize("status", TEMPORARY)
def test_a_failure_that_passes_does_not_end_the_login(fake: FakeProxy, proxy: Proxy, status: int) -> None:
    """A limit, a failure or a redirect of something in between is no reason to log in again."""
    fake.on("POST", "/token", json_answer({"error": "invalid_grant"}, status, location=f"{fake.root}/token"))

    with pytest.raises(UpstreamError, match=str(status)):
        refresh(proxy, login_at(fake), now=NOW)

    assert len(fake.requests) == 1


@pytest.mark.parametrize("answer", [HTML, json_answer(["x"]), Answer(200, [b"{}"], cut=True), Answer(204)])
def test_a_page_instead_of_an_answer_does_not_end_the_login(
    fake: FakeProxy, proxy: Proxy, answer: Answer
) -> None:
    """A login page of a network, or an answer that broke off, is a failure that passes."""
    fake.on("POST", "/token", answer)

    with pytest.raises((UpstreamError, NetworkError)):
        refresh(proxy, login_at(fake), now=NOW)


def test_an_answer_that_cannot_be_used_is_not_kept(fake: FakeProxy, proxy: Proxy) -> None:
    """A renewal with a token that could not be sent is refused."""
    fake.on("POST", "/token", json_answer({**TOKENS, "access_token": "two words"}))

    with pytest.raises(AuthError, match="no usable access token"):
        refresh(proxy, login_at(fake), now=NOW)


@pytest.mark.parametrize("ask", [lambda proxy, login: refresh(proxy, login, now=NOW), revoke])
@pytest.mark.parametrize(
    "changes",
    [
        {"root": "https://elsewhere.example.com"},
        {"root": "{root}/team"},
        {"token_endpoint": "https://elsewhere.example.com/t", "revocation_endpoint": "http://127.0.0.1:1/r"},
        {"token_endpoint": "file:///etc/passwd", "revocation_endpoint": "/revoke"},
        {"token_endpoint": None, "revocation_endpoint": None},
        {"token_endpoint": "", "revocation_endpoint": ""},
        {"refresh_token": None},
        {"refresh_token": ""},
    ],
)
def test_a_refresh_token_goes_to_its_own_proxy_only(
    fake: FakeProxy,
    proxy: Proxy,
    changes: dict[str, str | None],
    ask: Callable[[Proxy, StoredCredential], object],
) -> None:
    """Whatever the file says, nothing is sent to another address, nor for another proxy."""
    changes = {name: value and value.replace("{root}", fake.root) for name, value in changes.items()}

    with pytest.raises(AuthError) as caught:
        ask(proxy, login_at(fake, **changes))

    assert fake.requests == []
    assert "llm_srefresh_old" not in str(caught.value.as_json())


@pytest.mark.parametrize("ask", [lambda proxy, login: refresh(proxy, login, now=NOW), revoke])
def test_a_network_failure_is_passed_on(ask: Callable[[Proxy, StoredCredential], object]) -> None:
    """A proxy that is not there is a network failure, not the end of a login."""
    with FakeProxy() as gone:
        login = login_at(gone)

    with Proxy(gone.root) as proxy, pytest.raises(NetworkError):
        ask(proxy, login)


@pytest.mark.parametrize("answer", [json_answer({}), Answer(200, [b""]), Answer(204)])
def test_a_login_is_revoked(fake: FakeProxy, proxy: Proxy, answer: Answer) -> None:
    """Any success will do; the refresh token goes out with its kind and its client."""
    fake.on("POST", "/revoke", answer)

    revoke(proxy, login_at(fake))

    assert [form_of(request) for request in fake.requests] == [
        {
            "token": ["llm_srefresh_old"],
            "token_type_hint": ["refresh_token"],
            "client_id": ["llm_dcrc_1"],
        }
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, AuthError),
        (404, AuthError),
        (422, AuthError),
        (429, UpstreamError),
        (503, UpstreamError),
        (302, UpstreamError),
    ],
)
def test_a_revocation_that_failed_says_so(
    fake: FakeProxy, proxy: Proxy, status: int, expected: type[LitectlError]
) -> None:
    """Nobody is told that a login has ended which has not."""
    fake.on("POST", "/revoke", json_answer({"error": "x", "detail": SECRET_TEXT}, status))

    with pytest.raises(expected, match=str(status)) as caught:
        revoke(proxy, login_at(fake))

    assert SECRET_TEXT not in str(caught.value.as_json())


def test_a_token_answer_becomes_a_login() -> None:
    """Token, end, and what a renewal needs are kept with the root they are for."""
    assert answer_to_login(TOKENS) == StoredCredential(
        LOGIN,
        ROOT,
        "litellm_login_new",
        expires_at=NOW + 86400,
        refresh_token="llm_srefresh_new",
        client_id="llm_dcrc_1",
        token_endpoint=f"{ROOT}/token",
        revocation_endpoint=f"{ROOT}/revoke",
        resource=ROOT,
        user_id="u-123",
        team_id="team-7",
    )


def test_a_login_without_a_refresh_token_cannot_be_renewed() -> None:
    """Without a refresh token nothing is kept that looks as if there were one."""
    login = answer_to_login({**TOKENS, "refresh_token": None})

    assert login == StoredCredential(
        LOGIN, ROOT, "litellm_login_new", expires_at=NOW + 86400, user_id="u-123", team_id="team-7"
    )
    assert not login.is_renewable


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None])
def test_a_bearer_token_is_one_in_any_case(kind: str | None) -> None:
    """The type is compared without case, and a proxy may leave it out."""
    assert answer_to_login({**TOKENS, "token_type": kind}).secret == "litellm_login_new"


@pytest.mark.parametrize(
    ("expires_in", "lifetime"),
    [(60, 60.0), (1.5, 1.5), (86400, 86400.0), (None, ASSUMED_LIFETIME)],
)
def test_the_end_of_a_token_is_counted_from_now(expires_in: object, lifetime: float) -> None:
    """The lifetime is in seconds; a token that does not tell its own has an hour."""
    assert answer_to_login({**TOKENS, "expires_in": expires_in}).expires_at == NOW + lifetime


def test_a_lifetime_beyond_every_calendar_is_cut() -> None:
    """The end of a token can always be written as a date."""
    from datetime import UTC, datetime

    expires_at = answer_to_login({**TOKENS, "expires_in": 1e300}).expires_at

    assert expires_at is not None
    assert datetime.fromtimestamp(expires_at, UTC).year < 2100


@pytest.mark.parametrize(
    ("name", "value", "flaw"),
    [(name, value, flaw) for name, (flaw, values) in UNUSABLE.items() for value in values],
)
def test_an_unusable_token_answer_is_refused(name: str, value: object, flaw: str) -> None:
    """A token that could not be sent, or that nobody knows the end of, is no login."""
    with pytest.raises(AuthError, match=flaw) as caught:
        answer_to_login({**TOKENS, name: value})

    assert len(caught.value.message) < 150
    assert "litellm_login" not in str(caught.value.as_json())
    assert "llm_srefresh" not in str(caught.value.as_json())


@pytest.mark.parametrize("document", [None, [], "token", 7, True, [TOKENS]])
def test_a_token_answer_is_an_object(document: object) -> None:
    """Any other JSON, or none, is refused."""
    with pytest.raises(AuthError, match="not a JSON object"):
        answer_to_login(document)


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500])
def test_tokens_come_with_status_200_only(status: int) -> None:
    """An answer that is no success is no login, whatever is in it (RFC 6749, 5.1)."""
    with pytest.raises(AuthError, match=f"status {status}"):
        answer_to_login(TOKENS, status)


@pytest.mark.parametrize("value", [None, "", 5, ["u"], "u\nv", "u" * 1000])
def test_a_user_or_team_that_cannot_be_shown_is_not_known(value: object) -> None:
    """Junk in place of an id does not spoil the login, and is not kept."""
    login = answer_to_login({**TOKENS, "user_id": value, "team_id": value})

    assert (login.user_id, login.team_id) == (None, None)


@pytest.mark.parametrize("value", ["invalid_grant", "slow_down", "access_denied", "expired_token"])
def test_a_word_of_the_standards_is_named(value: str) -> None:
    """An error code that is defined somewhere may be shown."""
    assert error_word(value) == value


@pytest.mark.parametrize("value", ["sk-secret", "INVALID_GRANT", "", None, 5, ["invalid_grant"], {}])
def test_any_other_word_is_not_named(value: object) -> None:
    """What a proxy makes up is not repeated."""
    assert error_word(value) is None
