"""Findings of what answers: a proxy, a redirect, a page, a wrong clock, and never a billed request."""

import json
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from threading import Event

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.doctor.finding import FAILURE, OK, WARNING, Finding
from litectl.doctor.service import NEWEST, OLDEST, examine_service
from litectl.wire.proxy import Proxy

READY = {"status": "healthy", "db": "connected"}
PAGE = b"<html><head><title>Sign in</title></head><body>Please sign in</body></html>"


def found(fake: FakeProxy, root: str | None = None) -> dict[str, Finding]:
    """Return the findings by name."""
    with Proxy(root or fake.root) as proxy:
        findings = examine_service(proxy, seconds=5, now=time.time)
        return {finding.name: finding for finding in findings}


def on_readiness(fake: FakeProxy, answer: Answer | Callable[[Request], Answer]) -> None:
    """Answer the readiness probe so."""
    fake.on("GET", "/health/readiness", answer)


def test_a_healthy_proxy_is_ok(fake: FakeProxy) -> None:
    """It is known by what it says of itself."""
    on_readiness(fake, json_answer(READY))
    fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": "1.106.2"}))

    findings = found(fake)

    assert {finding.status for finding in findings.values()} == {OK}
    assert "database: connected" in findings["readiness"].detail
    assert "1.106.2" in findings["version"].detail
    assert {"authorization"} & {name for request in fake.requests for name in request.headers} == set()


@pytest.mark.parametrize(
    ("answer", "status", "exit_code", "words"),
    [
        (Answer(200, [PAGE], "text/html"), FAILURE, 1, "text/html"),
        (Answer(200, [b""], "text/plain"), FAILURE, 1, "not a LiteLLM proxy's"),
        (json_answer({"hello": "world"}), FAILURE, 1, "not a LiteLLM proxy's"),
        (json_answer([1, 2]), FAILURE, 1, "not a LiteLLM proxy's"),
        (Answer(200, [b"[" * 5000]), FAILURE, 1, "not a LiteLLM proxy's"),
        (Answer(502, [b"<h1>502 Bad Gateway</h1>"], "text/html"), FAILURE, 12, "502 Bad Gateway"),
        (json_answer({"message": "no credential"}, 401), WARNING, None, "a gateway in between"),
        (Answer(403, [PAGE], "text/html"), WARNING, None, "a gateway in between"),
        (
            Answer(407, [PAGE], "text/html"),
            FAILURE,
            5,
            "the HTTP proxy on the way wants a user and a password",
        ),
        (json_answer({"detail": "Not Found"}, 404), FAILURE, 3, "another program answers there"),
    ],
)
def test_what_is_no_proxy_is_told_apart(
    fake: FakeProxy, answer: Answer, status: str, exit_code: int | None, words: str
) -> None:
    """A page, a gateway, and a wrong path are three things; each comes with what to do."""
    on_readiness(fake, answer)

    finding = found(fake)["answer"]

    assert (finding.status, finding.exit_code) == (status, exit_code)
    assert words in finding.detail
    assert finding.remedy


def test_a_wrong_path_is_mended_by_the_host(fake: FakeProxy) -> None:
    """The remedy names the URL without it."""
    finding = found(fake, f"{fake.root}/wrong")["answer"]

    assert finding.status == FAILURE
    assert str(finding.remedy).endswith(fake.root)


def test_a_proxy_whose_probe_is_hidden_is_gone_on_with(fake: FakeProxy) -> None:
    """A gateway may let the API through only."""
    fake.on("GET", "/v1/models", error_answer(401, "auth_error", "no key"))

    assert found(fake)["answer"].status == WARNING


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://new.example.com/health/readiness", "use this URL instead: https://new.example.com"),
        ("https://new.example.com/llm/health/readiness", "use this URL instead: https://new.example.com/llm"),
        ("/llm/health/readiness/", "/llm"),
        ("https://sso.example.com/oauth2/authorize?state=secret-state-1", "a login page"),
        ("https://user:hidden-word@new.example.com/health/readiness", "https://new.example.com"),
        ("/login?next=/health/readiness", "a login page"),
        ("//new.example.com/health/readiness", "http://new.example.com"),
        ("http://[", "login page"),
    ],
)
def test_a_redirect_says_where_it_leads(fake: FakeProxy, location: str, words: str) -> None:
    """It is not followed, and the URL to use instead is named where there is one."""
    on_readiness(fake, Answer(307, headers=(("location", location),)))

    finding = found(fake)["answer"]

    assert (finding.status, finding.exit_code) == (FAILURE, 3)
    assert words in str(finding.remedy)
    assert "hidden-word" not in finding.detail + str(finding.remedy)
    assert "secret-state" not in finding.detail + str(finding.remedy)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (json_answer(READY), OK, "healthy"),
        (json_answer({"status": "connected", "db": "connected"}), OK, "connected"),
        (json_answer({"status": "healthy", "db": "Not connected"}), OK, "without one"),
        (json_answer({"status": "shutting_down"}, 503), FAILURE, "503 Service Unavailable; shutting_down"),
        (json_answer({"status": "unhealthy", "db": "disconnected"}, 503), FAILURE, "disconnected"),
        (json_answer({"status": "bad\x1b[31m" + "x" * 900}), FAILURE, "bad"),
    ],
)
def test_readiness_is_what_the_proxy_says(fake: FakeProxy, answer: Answer, status: str, words: str) -> None:
    """A proxy that is not ready fails with the class of its own failures."""
    on_readiness(fake, answer)

    finding = found(fake)["readiness"]

    assert finding.status == status
    assert words in finding.detail
    assert len(finding.detail) < 200
    assert "\x1b" not in finding.detail
    assert finding.exit_code == (12 if status == FAILURE else None)


@pytest.mark.parametrize(
    ("ahead", "status", "words"),
    [
        (0, OK, "differs by"),
        (-50, OK, "differs by"),
        (90, WARNING, "1 min ahead of"),
        (-90, WARNING, "1 min behind"),
        (400, WARNING, "6 min ahead of"),
        (-3 * 24 * 3600 - 60, WARNING, "3 days behind"),
    ],
)
def test_a_clock_that_is_wrong_is_found(ahead: int, status: str, words: str) -> None:
    """That is a warning, however far it is: commands work all the same, until one of them is refused."""
    from litectl.doctor.service import _clock
    from litectl.wire.answers import Reply

    now = 1_800_000_000.0
    reply = Reply(200, READY, {"date": formatdate(now - ahead, usegmt=True)})

    finding = _clock(reply, now)

    assert finding.status == status
    assert words in finding.detail
    assert finding.exit_code is None


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sat, 99 Nov 2026 99:99:99 GMT", "0", "9" * 400])
def test_a_date_that_is_none_says_nothing(date: str | None) -> None:
    """It is no reason to warn."""
    from litectl.doctor.service import _clock
    from litectl.wire.answers import Reply

    headers = {} if date is None else {"date": date}

    assert _clock(Reply(200, READY, headers), 1_800_000_000.0).status == OK


def test_the_versions_that_are_known_are_those_that_are_recorded() -> None:
    """What litectl says it is tested with is what its tests have."""
    recorded = [path.stem for path in (Path(__file__).parent / "recordings").glob("*.json")]
    ordered = sorted(recorded, key=lambda version: [int(part) for part in version.split(".")])

    assert (ordered[0], ordered[-1]) == (OLDEST, NEWEST)


@pytest.mark.parametrize(
    ("version", "status", "words"),
    [
        ("1.106.2", OK, "LiteLLM 1.106.2"),
        ("1.40.0", WARNING, "older than"),
        ("99.0.0", OK, "newer than"),
        ("1.83.14-stable", OK, "1.83.14-stable"),
        ("nightly", OK, "nightly"),
        ("9" * 5000, OK, "999"),
        ("", OK, "LiteLLM"),
        (7, OK, "does not tell"),
    ],
)
def test_the_version_is_compared_with_those_that_are_known(
    fake: FakeProxy, version: object, status: str, words: str
) -> None:
    """An older one is a warning; a newer one is said."""
    on_readiness(fake, json_answer(READY))
    fake.on("GET", "/public/model_hub/info", json_answer({"litellm_version": version}))

    finding = found(fake)["version"]

    assert finding.status == status
    assert words in finding.detail
    assert len(finding.detail) < 200


def test_nothing_that_is_billed_is_asked(fake: FakeProxy) -> None:
    """Only reads, and none of the health of models."""
    on_readiness(fake, json_answer(READY))

    found(fake)

    assert {(request.method, json.dumps(request.body.decode())) for request in fake.requests} == {
        ("GET", '""')
    }
    assert "/health" not in [request.path for request in fake.requests]


def test_a_version_that_does_not_come_is_not_waited_for_long(
    fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing depends on it."""
    monkeypatch.setattr("litectl.doctor.service._VERSION_SECONDS", 0.2)
    on_readiness(fake, json_answer(READY))
    gone = Event()
    fake.on("GET", "/public/model_hub/info", Answer(pieces=[b" ", gone]))
    started = time.monotonic()

    finding = found(fake)["version"]
    gone.set()

    assert (finding.status, "does not tell" in finding.detail) == (OK, True)
    assert time.monotonic() - started < 4
