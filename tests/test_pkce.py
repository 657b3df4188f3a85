"""The login with a browser on this machine, from the contract of the proxy to the stored token."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from litectl.credentials.contract import CONTRACT_PATH, Contract
from litectl.credentials.dialogue import Dialogue, Team
from litectl.credentials.pkce import authorize_url, challenge, log_in, new_verifier
from litectl.credentials.stored import LOGIN, StoredCredential
from litectl.errors import AuthError, LitectlError, LoginUnavailableError, UpstreamError
from litectl.wire.proxy import Proxy

NOW = 1_800_000_000.0
ROOT = "https://proxy.example.com"
CONTRACT = Contract(f"{ROOT}/authorize", f"{ROOT}/token", f"{ROOT}/register", f"{ROOT}/revoke", ROOT)
ALL_STEPS = [("GET", CONTRACT_PATH), ("POST", "/register"), ("POST", "/token")]
# A browser: it is given what the authorize URL asked for, and returns the query that it comes back with.
Browser = Callable[[dict[str, str]], dict[str, str]]


def approve(query: dict[str, str]) -> dict[str, str]:
    """Come back as from a person who agreed."""
    return {"code": "llm_gcode_1", "state": query["state"]}


class Person:
    """Logs in with a *browser*, or with none; `pages` and `said` are what was shown."""

    def __init__(self, browser: Browser | None) -> None:
        self.browser = browser
        self.pages: list[tuple[str, str | None]] = []
        self.said: list[tuple[str, float]] = []
        self.status: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """What the page was asked with."""
        return dict(parse_qsl(urlsplit(self.pages[0][0]).query, strict_parsing=True))

    @property
    def dialogue(self) -> Dialogue:
        """What the flow says and asks."""
        return Dialogue(self._show_page, self._waiting, self._choose_team)

    def _show_page(self, url: str, code: str | None) -> None:
        self.pages.append((url, code))
        if self.browser is not None:
            self.status = come_back(self.query["redirect_uri"], self.browser(self.query))

    @contextmanager
    def _waiting(self, text: str, seconds: float) -> Iterator[None]:
        self.said.append((text, seconds))
        yield

    def _choose_team(self, teams: Sequence[Team]) -> str:
        pytest.fail(f"nobody is asked for a team here: {teams}")


def come_back(redirect_uri: str, query: dict[str, str]) -> int:
    """Follow the redirect to *redirect_uri* with *query*, and return the status of its page."""
    parts = urlsplit(redirect_uri)
    connection = HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", f"{parts.path}?{urlencode(query)}")
        return connection.getresponse().status
    finally:
        connection.close()


def serve_login(fake: FakeProxy) -> None:
    """Let *fake* offer the login, and check the verifier as a proxy does (RFC 7636, 4.6)."""
    root = fake.root
    contract: dict[str, Any] = {
        "contract_version": 1,
        "issuer": root,
        "authorization_endpoint": f"{root}/authorize",
        "token_endpoint": f"{root}/token",
        "registration_endpoint": f"{root}/register",
        "revocation_endpoint": f"{root}/revoke",
        "resource": root,
        "code_challenge_methods_supported": ["S256"],
    }
    tokens = {
        "access_token": "litellm_login_1",
        "token_type": "Bearer",
        "expires_in": 86400,
        "refresh_token": "llm_srefresh_1",
        "user_id": "u-123",
        "team_id": None,
    }

    def registered(request: Request) -> Answer:
        return json_answer({"client_id": "llm_dcrc_1", "redirect_uris": request.json["redirect_uris"]}, 201)

    fake.on("GET", CONTRACT_PATH, json_answer(contract))
    fake.on("POST", "/register", registered)
    fake.on("POST", "/token", json_answer(tokens))


def run(fake: FakeProxy, person: Person, *, limit: float = 20.0) -> StoredCredential:
    """Let *person* log in."""
    with Proxy(fake.root) as proxy:
        return log_in(proxy, person.dialogue, now=lambda: NOW, limit=limit)


def steps(fake: FakeProxy) -> list[tuple[str, str]]:
    """Return what the proxy was asked, in order."""
    return [(request.method, request.path) for request in fake.requests]


def test_the_challenge_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_is_new_and_long_enough() -> None:
    """A verifier has 43 characters of the unreserved ones (RFC 7636, 4.1), and never comes twice."""
    verifiers = [new_verifier() for _ in range(100)]

    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", verifier) for verifier in verifiers)
    assert len(set(verifiers)) == 100


@pytest.mark.parametrize(
    ("endpoint", "beginning"),
    [
        (f"{ROOT}/authorize", f"{ROOT}/authorize?response_type=code&"),
        (f"{ROOT}/authorize?", f"{ROOT}/authorize?response_type=code&"),
        (f"{ROOT}/authorize?tenant=a%20b&x", f"{ROOT}/authorize?tenant=a%20b&x&response_type=code&"),
        (f"{ROOT}/team/authorize", f"{ROOT}/team/authorize?response_type=code&"),
        (ROOT, f"{ROOT}?response_type=code&"),
    ],
)
def test_the_query_of_the_endpoint_is_kept(endpoint: str, beginning: str) -> None:
    """What the proxy has in its address stays as it is, before what is added (RFC 6749, 3.1)."""
    url = authorize_url(
        CONTRACT._replace(authorization_endpoint=endpoint),
        client_id="c",
        redirect_uri="r",
        state="s",
        code_challenge="h",
    )

    assert url.startswith(beginning)


def test_the_page_is_asked_with_everything_and_escaped() -> None:
    """Every parameter is there once, whatever characters it has, and none that is secret."""
    url = authorize_url(
        CONTRACT,
        client_id="client &id=1#x",
        redirect_uri="http://127.0.0.1:5001/callback",
        state="st+ate/",
        code_challenge="ch_al-lenge",
    )

    assert parse_qs(urlsplit(url).query, strict_parsing=True) == {
        "response_type": ["code"],
        "client_id": ["client &id=1#x"],
        "redirect_uri": ["http://127.0.0.1:5001/callback"],
        "state": ["st+ate/"],
        "code_challenge": ["ch_al-lenge"],
        "code_challenge_method": ["S256"],
        "resource": [ROOT],
    }


def test_a_person_logs_in(fake: FakeProxy) -> None:
    """Contract, registration, page, callback and token make a login that can be renewed."""
    serve_login(fake)
    person = Person(approve)

    login = run(fake, person)

    assert login == StoredCredential(
        LOGIN,
        fake.root,
        "litellm_login_1",
        expires_at=NOW + 86400,
        refresh_token="llm_srefresh_1",
        client_id="llm_dcrc_1",
        token_endpoint=f"{fake.root}/token",
        revocation_endpoint=f"{fake.root}/revoke",
        resource=fake.root,
        user_id="u-123",
    )
    assert steps(fake) == ALL_STEPS
    assert person.status == 200
    assert person.said == [("waiting for the browser", 20.0)]
    assert [code for _, code in person.pages] == [None]


def test_the_parts_of_a_login_belong_together(fake: FakeProxy) -> None:
    """Registration, page and token name one redirect URI and client; the verifier fits its challenge."""
    serve_login(fake)
    person = Person(approve)

    run(fake, person)

    sent = dict(parse_qsl(fake.requests[2].body.decode(), strict_parsing=True))
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert person.query["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert person.query["redirect_uri"] == sent["redirect_uri"]
    assert fake.requests[1].json["redirect_uris"] == [sent["redirect_uri"]]
    assert person.query["client_id"] == sent["client_id"] == "llm_dcrc_1"
    assert person.query["resource"] == sent["resource"] == fake.root
    assert sent["code"] == "llm_gcode_1"
    assert sent["code_verifier"] not in person.pages[0][0]
    assert all("authorization" not in request.headers for request in fake.requests)


def test_every_login_has_secrets_of_its_own(fake: FakeProxy) -> None:
    """State and challenge never come twice."""
    serve_login(fake)
    people = [Person(approve) for _ in range(3)]

    for person in people:
        run(fake, person)

    assert len({person.query["state"] for person in people}) == 3
    assert len({person.query["code_challenge"] for person in people}) == 3
    assert all(len(person.query["state"]) == 43 for person in people)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("access_denied", "the login was denied"),
        ("server_error", "the proxy ended the login in the browser (server_error)"),
        ("sk-made-up\x1b[2J", "the proxy ended the login in the browser (unknown error)"),
    ],
)
def test_a_denied_login_ends_at_once(fake: FakeProxy, error: str, message: str) -> None:
    """An error that the browser brings is named when the standards have it, and nothing is exchanged."""
    serve_login(fake)
    person = Person(lambda query: {"error": error, "state": query["state"]})

    with pytest.raises(AuthError) as caught:
        run(fake, person)

    assert caught.value.message == message
    assert steps(fake) == ALL_STEPS[:2]


@pytest.mark.parametrize(
    "browser",
    [
        None,
        lambda _: {"code": "stolen", "state": "another"},
        lambda _: {"error": "access_denied", "state": "another"},
        lambda query: {"state": query["state"]},
    ],
)
def test_nobody_finishes_the_login(fake: FakeProxy, browser: Browser | None) -> None:
    """Without an answer to this very login, it ends when its time is over."""
    serve_login(fake)
    person = Person(browser)

    with pytest.raises(AuthError, match=r"nobody finished the login in the browser within 0\.05 s") as caught:
        run(fake, person, limit=0.05)

    assert "litectl login --device" in str(caught.value.hint)
    assert steps(fake) == ALL_STEPS[:2]


def test_ten_minutes_are_called_so(fake: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that was waited for is told as people say it."""
    monkeypatch.setattr("litectl.credentials.callback.Listener.wait", lambda _listener, _seconds: None)
    serve_login(fake)

    with pytest.raises(AuthError, match="within 10 minutes"):
        run(fake, Person(None), limit=600.0)


def test_a_proxy_without_this_login_shows_no_page(fake: FakeProxy) -> None:
    """When the proxy offers no contract, nobody is sent to a browser."""
    person = Person(approve)

    with pytest.raises(LoginUnavailableError):
        run(fake, person)

    assert person.pages == []
    assert steps(fake) == ALL_STEPS[:1]


@pytest.mark.parametrize(
    ("path", "answer", "expected", "pages"),
    [
        ("/register", json_answer({}, 403), LoginUnavailableError, 0),
        ("/register", json_answer({}, 500), UpstreamError, 0),
        ("/register", json_answer({"client_id": "c", "redirect_uris": ["http://x"]}, 201), AuthError, 0),
        ("/token", json_answer({"error": "invalid_grant"}, 400), AuthError, 1),
        ("/token", json_answer({}, 503), UpstreamError, 1),
        ("/token", json_answer({"access_token": "a b"}), AuthError, 1),
    ],
)
def test_a_step_that_fails_ends_the_login(
    fake: FakeProxy, path: str, answer: Answer, expected: type[LitectlError], pages: int
) -> None:
    """A page is shown only when litectl is registered, and no step is done twice."""
    serve_login(fake)
    fake.on("POST", path, answer)
    person = Person(approve)

    with pytest.raises(expected):
        run(fake, person)

    assert len(person.pages) == pages
    assert steps(fake) == ALL_STEPS[: 2 + pages]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_login_that_is_broken_off_leaves_no_listener(fake: FakeProxy, error: type[BaseException]) -> None:
    """After Ctrl-C, or a failure to show the page, nothing listens any more."""
    serve_login(fake)
    person = Person(None)
    person.browser = lambda _: (_ for _ in ()).throw(error)

    with pytest.raises(error):
        run(fake, person)

    with pytest.raises(ConnectionRefusedError):
        come_back(person.query["redirect_uri"], {})
