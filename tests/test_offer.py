"""What ways to log in a proxy offers: told, not told, and in time."""

import threading

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.credentials.offer import Offer, fetch_offer, require_sso
from litectl.errors import LoginUnavailableError, NetworkError
from litectl.wire.proxy import Proxy

UI_CONFIG = "/.well-known/litellm-ui-config"
READINESS = "/health/readiness"
ROOT = "https://proxy.example.com"


def offer(fake: FakeProxy, ui_config: Answer, readiness: Answer) -> Offer:
    """Return what a proxy offers that answers so."""
    fake.on("GET", UI_CONFIG, ui_config)
    fake.on("GET", READINESS, readiness)
    with Proxy(fake.root) as proxy:
        return fetch_offer(proxy)


@pytest.mark.parametrize(
    ("told", "status", "sso"),
    [
        ({"sso_configured": True}, 200, True),
        ({"sso_configured": False}, 200, False),
        ({"sso_configured": None}, 200, None),
        ({"sso_configured": "false"}, 200, None),
        ({"sso_configured": 0}, 200, None),
        ({}, 200, None),
        ([], 200, None),
        ("sso_configured", 200, None),
        ({"detail": "Not Found"}, 404, None),
        ({"error": {"message": "x"}}, 500, None),
    ],
)
def test_single_sign_on_is_what_the_proxy_says(
    fake: FakeProxy, told: object, status: int, sso: bool | None
) -> None:
    """Only true and false count; everything else tells nothing."""
    found = offer(fake, json_answer(told, status), json_answer({"db": "connected"}))

    assert found == Offer(sso, database=True)
    assert not any("authorization" in request.headers for request in fake.requests)


@pytest.mark.parametrize(
    ("told", "status", "database"),
    [
        ({"status": "healthy", "db": "connected"}, 200, True),
        ({"status": "healthy", "db": "Not connected"}, 200, False),
        ({"status": "healthy", "db": "not connected"}, 503, False),
        ({"status": "healthy", "db": "connected"}, 503, True),
        ({"status": "healthy", "db": "disconnected"}, 503, None),
        ({"status": "healthy", "db": "stalled"}, 503, None),
        ({"status": "shutting_down"}, 503, None),
        ({"db": None}, 200, None),
        ({"db": False}, 200, None),
        ({"db": ["Not connected"]}, 200, None),
        ([], 200, None),
        ({"detail": "Not Found"}, 404, None),
    ],
)
def test_a_database_is_there_when_the_proxy_says_so(
    fake: FakeProxy, told: object, status: int, database: bool | None
) -> None:
    """A database that is only away may be back before the person is; its absence is a fact."""
    found = offer(fake, json_answer({"sso_configured": True}), json_answer(told, status))

    assert found == Offer(sso=True, database=database)


@pytest.mark.parametrize(
    "junk", [Answer(pieces=[b"<html></html>"], content_type="text/html"), Answer(pieces=[b""]), Answer(302)]
)
def test_pages_and_redirects_tell_nothing(fake: FakeProxy, junk: Answer) -> None:
    """A gateway in between that answers everything is no reason to give up."""
    assert offer(fake, junk, junk) == Offer(None, None)


def test_a_broken_second_answer_tells_nothing(fake: FakeProxy) -> None:
    """Somebody is there, so the login may go on."""
    broken = Answer(pieces=[b'{"db'], cut=True)

    assert offer(fake, json_answer({"sso_configured": True}), broken) == Offer(sso=True, database=None)


def test_nobody_at_home_is_a_network_error() -> None:
    """Whoever cannot be reached now is not logged in at either."""
    with FakeProxy() as gone:
        root = gone.root

    with Proxy(root) as proxy, pytest.raises(NetworkError):
        fetch_offer(proxy)


def test_both_questions_share_one_limit(fake: FakeProxy) -> None:
    """When the first answer took all the time, the second question is not asked."""
    fake.on("GET", UI_CONFIG, json_answer({"sso_configured": True}))
    times = iter([0.0, 6.0])

    with Proxy(fake.root) as proxy:
        found = fetch_offer(proxy, seconds=5.0, clock=lambda: next(times))

    assert found == Offer(sso=True, database=None)
    assert [request.path for request in fake.requests] == [UI_CONFIG]


def test_a_silent_probe_is_given_up(fake: FakeProxy) -> None:
    """A readiness route that hangs on its database does not hold the login up."""
    never = threading.Event()

    found = None
    try:
        fake.on("GET", UI_CONFIG, json_answer({"sso_configured": True}))
        fake.on("GET", READINESS, Answer(pieces=[never, b"{}"]))
        with Proxy(fake.root) as proxy:
            found = fetch_offer(proxy, seconds=0.5)
    finally:
        never.set()

    assert found == Offer(sso=True, database=None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Offer(sso=False, database=True), f"single sign-on is not configured on {ROOT}"),
        (Offer(sso=False, database=False), f"single sign-on is not configured on {ROOT}"),
        (Offer(sso=False, database=None), f"single sign-on is not configured on {ROOT}"),
        (Offer(sso=True, database=False), f"{ROOT} has no database, which a browser login needs"),
        (Offer(sso=None, database=False), f"{ROOT} has no database, which a browser login needs"),
    ],
)
def test_a_login_that_cannot_work_is_not_begun(found: Offer, words: str) -> None:
    """The way that does work is in the hint."""
    with pytest.raises(LoginUnavailableError) as caught:
        require_sso(found, ROOT)

    assert caught.value.message == words
    assert "--api-key-file" in (caught.value.hint or "")


@pytest.mark.parametrize("sso", [True, None])
@pytest.mark.parametrize("database", [True, None])
def test_what_is_not_known_is_tried(sso: bool | None, database: bool | None) -> None:
    """Older proxies tell neither, and may well have both."""
    require_sso(Offer(sso, database), ROOT)
