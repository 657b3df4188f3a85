"""The device authorization grant of the gateway (RFC 8628): where it is, its pace and its ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.credentials import gateway
from litectl.credentials.dialogue import Dialogue
from litectl.credentials.gateway import GRANT, Endpoints, fetch_endpoints, log_in
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.errors import (
    AuthError,
    LitectlError,
    LoginUnavailableError,
    NetworkError,
    RateLimitError,
    TimedOutError,
    UpstreamError,
)
from litectl.wire.answers import Reply
from litectl.wire.proxy import Proxy

METADATA = "/claude_code_gateway/.well-known/oauth-authorization-server"
BEGIN, TOKEN, REVOKE = (
    f"/claude_code_gateway/oauth/{name}" for name in ("device_authorization", "token", "revoke")
)
DEVICE_CODE = "cli-x.hidden-device-code"
ACCESS, REFRESH = "litellm_login_hidden", "llm_srefresh_hidden"
CODE = "SQGG-CY3H"
NOW = 1_800_000_000.0
PENDING = json_answer({"error": "authorization_pending"}, 400)
SLOW_DOWN = json_answer({"error": "slow_down"}, 400)
READY = {
    "access_token": ACCESS,
    "token_type": "Bearer",
    "expires_in": 86400,
    "refresh_token": REFRESH,
    "user_id": "u-123",
    "team_id": None,
}


class Person:
    """The person at the other end, and the clock that runs only while the flow sleeps."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, str | None]] = []
        self.waits: list[tuple[str, float]] = []
        self.pauses: list[float] = []

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue that the flow speaks with this person; there is no team to choose."""
        return Dialogue(lambda url, code: self.pages.append((url, code)), self._waiting, lambda _: "")

    @contextmanager
    def _waiting(self, text: str, seconds: float) -> Iterator[None]:
        self.waits.append((text, seconds))
        yield


def endpoints_of(fake: FakeProxy) -> Endpoints:
    """Return the endpoints as the real proxy names them."""
    return Endpoints(fake.root + BEGIN, fake.root + TOKEN, fake.root + REVOKE)


def metadata(fake: FakeProxy, **changes: object) -> dict[str, object]:
    """Return what the real proxy says of its gateway, with *changes*."""
    return {
        "issuer": f"{fake.root}/claude_code_gateway",
        **endpoints_of(fake)._asdict(),
        "grant_types_supported": [GRANT, "refresh_token"],
        **changes,
    }


def begun(fake: FakeProxy, **changes: object) -> dict[str, object]:
    """Return the answer to a device authorization request, with *changes*."""
    return {
        "device_code": DEVICE_CODE,
        "user_code": CODE,
        "verification_uri": f"{fake.root}/sso/key/generate?source=litellm-cli&key=cli-x",
        "expires_in": 600,
        "interval": 5,
        **changes,
    }


def in_turn(*answers: object) -> Callable[[Request], Answer]:
    """Return what answers with *answers*, documents or whole answers, in turn, and then with the last."""
    left = list(answers)

    def answer(_: Request) -> Answer:
        found = left.pop(0) if len(left) > 1 else left[0]
        return found if isinstance(found, Answer) else json_answer(found)

    return answer


def run(
    fake: FakeProxy, *polled: object, begins: object = None, person: Person | None = None
) -> StoredCredential:
    """Log in at a proxy that begins the login so and answers the polls with *polled* in turn."""
    person = person or Person()
    fake.on("POST", BEGIN, begins if isinstance(begins, Answer) else json_answer(begins or begun(fake)))
    if polled:
        fake.on("POST", TOKEN, in_turn(*polled))
    with Proxy(fake.root) as proxy:
        return log_in(
            proxy,
            endpoints_of(fake),
            person.dialogue,
            now=lambda: NOW,
            sleep=person.pauses.append,
            clock=lambda: sum(person.pauses),
        )


def refusal(fake: FakeProxy, *polled: object, **settings: object) -> LitectlError:
    """Return the error that the login ends with; nothing secret is in it."""
    with pytest.raises(LitectlError) as caught:
        run(fake, *polled, **settings)  # type: ignore[arg-type]  # passed on
    assert "hidden" not in f"{caught.value.as_json()}"
    return caught.value


def polls(fake: FakeProxy) -> list[Request]:
    """Return the polls that arrived."""
    return [request for request in fake.requests if request.path == TOKEN]


# Where it is


def test_the_endpoints_are_what_the_proxy_says(fake: FakeProxy) -> None:
    """All three, from the metadata of RFC 8414, asked for without a credential."""
    fake.on("GET", METADATA, json_answer(metadata(fake)))

    with Proxy(fake.root) as proxy:
        found = fetch_endpoints(proxy)

    assert found == endpoints_of(fake)
    assert "authorization" not in fake.requests[0].headers


@pytest.mark.parametrize("absent", [{}, {"revocation_endpoint": None}, {"grant_types_supported": "junk"}])
def test_what_may_be_absent_is_not_missed(fake: FakeProxy, absent: dict[str, object]) -> None:
    """Revocation and the list of grants are optional."""
    document = {**metadata(fake), "revocation_endpoint": None, **absent}
    fake.on("GET", METADATA, json_answer(document))

    with Proxy(fake.root) as proxy:
        found = fetch_endpoints(proxy)

    assert found == endpoints_of(fake)._replace(revocation_endpoint=None)


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"error": "not_found"}, 404),
        json_answer({}, 401),
        json_answer({}, 500),
        json_answer({}, 302, location="/elsewhere"),
        json_answer({}),
        json_answer([]),
        json_answer(None),
        Answer(pieces=[b"<html></html>"], content_type="text/html"),
        Answer(pieces=[b""]),
        json_answer({"token_endpoint": "x", "grant_types_supported": [GRANT]}),
        json_answer({"device_authorization_endpoint": "x"}),
        json_answer(
            {
                "device_authorization_endpoint": "x",
                "token_endpoint": "x",
                "grant_types_supported": ["refresh_token"],
            }
        ),
    ],
)
def test_a_proxy_without_the_flow_is_no_error(fake: FakeProxy, answer: Answer) -> None:
    """Most proxies do not have the gateway; another way is tried then."""
    fake.on("GET", METADATA, answer)

    with Proxy(fake.root) as proxy:
        assert fetch_endpoints(proxy) is None


@pytest.mark.parametrize("name", Endpoints._fields)
@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/token",
        "http://127.0.0.1:1/token",
        "//evil.example/token",
        "/token",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "{root}@evil.example/token",
        "{root}.evil.example/token",
        "{scheme}user@{authority}/token",
        "{root}/token#fragment",
        "{root}/tok en",
        "{root}/" + "x" * 2048,
        "",
        7,
        ["{root}/token"],
    ],
)
def test_an_endpoint_elsewhere_stops_the_login(fake: FakeProxy, name: str, foreign: object) -> None:
    """A device code is sent to the proxy itself and to nobody else."""
    if isinstance(foreign, str):
        scheme, authority = fake.root[:7], fake.root[7:]
        foreign = foreign.format(root=fake.root, scheme=scheme, authority=authority)
    fake.on("GET", METADATA, json_answer(metadata(fake, **{name: foreign})))

    with Proxy(fake.root) as proxy, pytest.raises(LoginUnavailableError, match="another address"):
        fetch_endpoints(proxy)


def test_nobody_at_home_is_a_network_error() -> None:
    """A proxy that is away does not count as one without the flow."""
    with FakeProxy() as gone:
        root = gone.root

    with Proxy(root) as proxy, pytest.raises(NetworkError):
        fetch_endpoints(proxy)


# The login


def test_a_login_ends_with_a_token_that_can_be_renewed(fake: FakeProxy) -> None:
    """Begin, page and code, polls at the proxy's own pace, and what a renewal needs."""
    person = Person()

    credential = run(fake, PENDING, PENDING, READY, person=person)

    assert credential == StoredCredential(
        LOGIN,
        fake.root,
        ACCESS,
        expires_at=NOW + 86400,
        refresh_token=REFRESH,
        token_endpoint=fake.root + TOKEN,
        revocation_endpoint=fake.root + REVOKE,
        user_id="u-123",
    )
    assert person.pages == [(begun(fake)["verification_uri"], CODE)]
    assert person.waits == [("waiting for the browser", 600.0)]
    assert person.pauses == [5.0, 5.0, 5.0]


def test_a_poll_says_what_the_standard_wants_and_no_more(fake: FakeProxy) -> None:
    """Grant and device code as a form (RFC 8628, 3.4); the proxy wants no client id."""
    run(fake, READY)

    start, poll = fake.requests
    assert parse_qs(poll.body.decode()) == {"grant_type": [GRANT], "device_code": [DEVICE_CODE]}
    assert (
        poll.headers["content-type"] == start.headers["content-type"] == "application/x-www-form-urlencoded"
    )
    assert start.body == b""
    assert not any("authorization" in request.headers for request in fake.requests)


def test_a_complete_address_is_opened_and_the_code_still_shown(fake: FakeProxy) -> None:
    """The person compares the code with the one on the page (RFC 8628, 3.3.1)."""
    person = Person()
    complete = f"{fake.root}/sso/key/generate?user_code={CODE}"

    run(fake, READY, begins=begun(fake, verification_uri_complete=complete), person=person)

    assert person.pages == [(complete, CODE)]


@pytest.mark.parametrize("field", ["verification_uri", "verification_uri_complete"])
@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "javascript:alert(1)", "file:///x", "/x", "", "x" * 3000]
)
def test_a_page_elsewhere_is_not_shown(fake: FakeProxy, field: str, foreign: str) -> None:
    """Nothing is opened, nothing polled."""
    person = Person()

    caught = refusal(fake, begins=begun(fake, **{field: foreign}), person=person)

    assert type(caught) is LoginUnavailableError
    assert person.pages == []
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, LoginUnavailableError),
        (405, LoginUnavailableError),
        (429, RateLimitError),
        (500, UpstreamError),
        (401, AuthError),
        (307, AuthError),
    ],
)
def test_a_login_that_does_not_begin_is_told_by_its_status(
    fake: FakeProxy, status: int, error: type[LitectlError]
) -> None:
    """Nothing of the body is repeated."""
    caught = refusal(fake, begins=json_answer({"error": "hidden"}, status, location="https://evil.example"))

    assert type(caught) is error


@pytest.mark.parametrize(
    "changes",
    [
        {"device_code": None},
        {"device_code": 7},
        {"device_code": ""},
        {"device_code": "hidden two"},
        {"device_code": "hidden\n"},
        {"user_code": None},
        {"user_code": ["X"]},
        {"user_code": "X" * 33},
        {"user_code": "\x1b[2J"},
        {"verification_uri": None},
        {"verification_uri": 7},
    ],
)
def test_a_beginning_that_is_none_opens_nothing(fake: FakeProxy, changes: dict[str, object]) -> None:
    """What cannot be a code or an address ends the login before anybody waits."""
    person = Person()

    caught = refusal(fake, begins=begun(fake, **changes), person=person)

    assert type(caught) is AuthError
    assert person.pages == []


@pytest.mark.parametrize(
    ("told", "pause"),
    [(1, 1.0), (7.5, 7.5), (0, 1.0), (60, 60.0), (10**6, 60.0)]
    + [(junk, 5.0) for junk in (None, "9", -3, True, [9])],
)
def test_the_pace_is_the_proxy_s_within_reason(fake: FakeProxy, told: object, pause: float) -> None:
    """Five seconds without a number (RFC 8628, 3.2), never a storm and never a standstill."""
    person = Person()

    run(fake, READY, begins=begun(fake, interval=told), person=person)

    assert person.pauses == [pause]


def test_slow_down_makes_every_later_pause_longer(fake: FakeProxy) -> None:
    """Five seconds more each time, for good (RFC 8628, 3.5)."""
    person = Person()

    run(fake, PENDING, SLOW_DOWN, PENDING, SLOW_DOWN, READY, person=person)

    assert person.pauses == [5.0, 5.0, 10.0, 10.0, 15.0]


def test_a_proxy_that_is_too_slow_is_asked_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause doubles with each time-out and stays so, up to a minute (RFC 8628, 3.5)."""
    person = Person()
    replies = iter([None] * 5 + [Reply(400, {"error": "authorization_pending"}), Reply(200, READY)])

    class Slow(Proxy):
        def reply(self, method: str, path: str, **_: object) -> Reply:
            assert method == "POST"
            if path == "b":
                return Reply(200, {**begun_document, "expires_in": 3600})
            found = next(replies)
            if found is None:
                raise TimedOutError("no complete answer")
            return found

    root = "http://127.0.0.1:9"
    begun_document = {"device_code": "x", "user_code": "Y", "verification_uri": f"{root}/page"}
    with Slow(root) as proxy:
        log_in(
            proxy,
            Endpoints("b", "t", None),
            person.dialogue,
            now=lambda: NOW,
            sleep=person.pauses.append,
            clock=lambda: sum(person.pauses),
        )

    assert person.pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


@pytest.mark.parametrize(
    "hiccup",
    [json_answer({"error": "hidden"}, status) for status in (429, 500, 502, 503)]
    + [json_answer({"error": "temporarily_unavailable"}, 503), Answer(pieces=[b"{"], cut=True)],
)
def test_a_hiccup_is_waited_for_at_the_same_pace(fake: FakeProxy, hiccup: Answer) -> None:
    """A rate limit, a failing proxy and a lost connection are no end of a login."""
    person = Person()

    assert run(fake, PENDING, hiccup, hiccup, READY, person=person).secret == ACCESS
    assert person.pauses == [5.0] * 4


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (json_answer({"error": "expired_token"}, 400), "has expired, or was used already"),
        (json_answer({"error": "access_denied", "error_description": "hidden"}, 400), "was denied"),
        (json_answer({"error": "access_denied"}, 403), "was denied"),
        (
            json_answer({"error": "invalid_grant", "error_description": "hidden"}, 400),
            "does not accept the login",
        ),
        (json_answer({"error": "hidden"}, 400), "HTTP 400"),
        (json_answer({"error": ["authorization_pending"]}, 400), "HTTP 400"),
        (json_answer({"error": {"hidden": 1}}, 401), "HTTP 401"),
        (json_answer({"error": "not_found"}, 404), "HTTP 404"),
        (json_answer({}, 302, location="https://evil.example"), "HTTP 302"),
        (Answer(400, [b"<html>hidden</html>"]), "HTTP 400"),
        (Answer(200, [b"<html>hidden</html>"]), "cannot be used"),
        (json_answer({}), "cannot be used"),
        (json_answer({**READY, "access_token": "hidden two"}), "cannot be used"),
    ],
)
def test_any_other_answer_is_the_end(fake: FakeProxy, answer: Answer, words: str) -> None:
    """The device code is not sent again."""
    caught = refusal(fake, PENDING, answer)

    assert type(caught) is AuthError
    assert words in caught.message
    assert len(polls(fake)) == 2


def test_nobody_is_waited_for_longer_than_the_login_lives(fake: FakeProxy) -> None:
    """The last poll is at the very end, also when it is before the next pause."""
    person = Person()

    caught = refusal(fake, SLOW_DOWN, begins=begun(fake, expires_in=180), person=person)

    assert caught.message == "nobody finished the login in the browser within 3 minutes"
    assert sum(person.pauses) == 180


def test_the_grant_is_the_one_of_the_standard() -> None:
    """RFC 8628, 3.4."""
    assert gateway.GRANT == "urn:ietf:params:oauth:grant-type:device_code"
