"""`litectl login --device`: the code typed on any machine, by `/sso/cli` or by the gateway, and the teams."""

import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from login_shapes import (
    CODE,
    GATEWAY,
    GATEWAY_BEGIN,
    GATEWAY_METADATA,
    GATEWAY_TOKEN,
    PAGE,
    POLL,
    START,
    Browser,
    SingleSignOn,
    credential_in,
    name_of,
    poll_fast,
    profiles_file,
)
from program import Litectl

TEAMS = {"id-red": "Red", "id-blue": "Blue"}


@pytest.fixture
def litectl(monkeypatch: pytest.MonkeyPatch) -> Litectl:
    """Run the real `main` without any variable of litectl's, and without a person's pauses."""
    poll_fast(monkeypatch)
    return Litectl({})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy that offers the code of `/sso/cli` only, as most do."""
    return SingleSignOn(fake, CODE)


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Give the user a browser."""
    return Browser(tmp_path, monkeypatch)


def polls(sso: SingleSignOn) -> list[str]:
    """Return the paths that were polled, in order."""
    return [request.path for request in sso.fake.requests if request.path.startswith(POLL)]


def test_a_code_login_ends_with_a_stored_token(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """Page and code are shown on stderr, polls are answered with `pending` first, and 24 hours assumed."""
    before = time.time()

    result = litectl("login", "--device", "--base-url", sso.fake.root)

    assert (result.code, result.out) == (0, "")
    assert f"{sso.fake.root}{PAGE}?source=litellm-cli&key=cli-" in result.err
    assert "Verification code: CWHN-MK9B" in result.err
    stored = credential_in(isolated, name_of(sso.fake))
    assert before + 86_400 <= stored.pop("expires_at") <= time.time() + 86_400
    assert stored == {
        "kind": "login",
        "root": sso.fake.root,
        "secret": sso.issued[0]["access_token"],
        "user_id": "u-123",
    }
    assert len(polls(sso)) == 2


def test_the_secret_of_a_code_login_is_a_header_and_never_shown(litectl: Litectl, sso: SingleSignOn) -> None:
    """Whoever has it gets the token, so it is in no address and no trace."""
    result = litectl("login", "--device", "--base-url", sso.fake.root, "-v")

    assert "poll-secret" not in result.err
    assert "poll-secret" not in "".join(request.path for request in sso.fake.requests)
    assert not any("authorization" in request.headers for request in sso.fake.requests)


@pytest.mark.parametrize(("extra", "opened"), [([], 1), (["--no-browser"], 0)])
def test_a_browser_here_is_opened_unless_forbidden(
    litectl: Litectl, sso: SingleSignOn, browser: Browser, extra: list[str], opened: int
) -> None:
    """The page is shown in any case, and opened once."""
    sso.needs_page = bool(opened)

    result = litectl("login", "--device", "--base-url", sso.fake.root, *extra)

    assert result.code == 0
    assert PAGE in result.err
    assert len(browser.opened) == opened


@pytest.mark.parametrize(("hours", "expected"), [("2", 2.0), ("0.5", 0.5), ("", 24.0)])
def test_the_operator_s_lifetime_is_used_when_the_proxy_tells_none(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, hours: str, expected: float
) -> None:
    """LITELLM_CLI_JWT_EXPIRATION_HOURS, as the proxy's own variable is called."""
    before = time.time()

    litectl(
        "login",
        "--device",
        "--base-url",
        sso.fake.root,
        variables={"LITELLM_CLI_JWT_EXPIRATION_HOURS": hours},
    )

    lifetime = credential_in(isolated, name_of(sso.fake))["expires_at"] - before
    assert expected * 3600 <= lifetime < expected * 3600 + 60


# Teams


def test_a_person_in_several_teams_chooses_one(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """The teams are listed by name, and the key is asked for with the id of the one chosen."""
    sso.teams = dict(TEAMS)

    result = litectl("login", "--device", "--base-url", sso.fake.root, terminal=True, stdin=b"7\n2\n")

    assert result.code == 0
    assert "1  Red (id-red)" in result.err
    assert "type a number from 1 to 2" in result.err
    assert polls(sso)[-1].endswith("?team_id=id-blue")
    assert credential_in(isolated, name_of(sso.fake))["team_id"] == "id-blue"


@pytest.mark.parametrize("team", ["id-blue", "Blue", "blue"])
def test_team_names_the_team_by_id_or_name(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, team: str
) -> None:
    """So nobody is asked, and a script can log in."""
    sso.teams = dict(TEAMS)

    result = litectl("login", "--device", "--team", team, "--base-url", sso.fake.root)

    assert result.code == 0
    assert credential_in(isolated, name_of(sso.fake))["team_id"] == "id-blue"


def test_a_team_that_the_person_is_not_in_is_refused(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """Exit 2 with the teams there are, no key is asked for, and nothing is stored."""
    sso.teams = dict(TEAMS)

    result = litectl("login", "--device", "--team", "green", "--base-url", sso.fake.root)

    assert result.code == 2
    assert "`green`" in result.err
    assert "`Red`, `Blue`" in result.err
    assert sso.issued == []
    assert not profiles_file(isolated).exists()


def test_the_key_of_another_team_is_refused(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """To a user of one team the proxy gives that team's key unasked; it is not the one that was named."""
    sso.teams = {"id-red": "Red"}

    result = litectl("login", "--device", "--team", "Blue", "--base-url", sso.fake.root)

    assert result.code == 4
    assert "a key of team `Red`, not of `Blue`" in result.err
    assert not profiles_file(isolated).exists()


def test_in_a_pipe_several_teams_need_the_option(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """Exit 2 naming the teams and `--team`."""
    sso.teams = dict(TEAMS)

    result = litectl("login", "--device", "--base-url", sso.fake.root)

    assert result.code == 2
    assert "Red, Blue" in result.err
    assert "--team" in result.err
    assert not profiles_file(isolated).exists()


def test_a_thousand_teams_are_read_whole(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """A long list of teams, far more than 64 KiB, is no damaged answer."""
    sso.teams = {f"id-{number:04}-{'x' * 40}": f"Team {number:04}" for number in range(1000)}

    result = litectl("login", "--device", "--team", "Team 0999", "--base-url", sso.fake.root)

    assert result.code == 0
    assert credential_in(isolated, name_of(sso.fake))["team_id"].startswith("id-0999-")


# Failures


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (json_answer({"detail": "Too many CLI login attempts. Try again later."}, 429), 8, "wait a minute"),
        (json_answer({"detail": "Not Found"}, 404), 4, "does not offer a login with a code"),
        (error_answer(500, "internal", "hidden"), 12, "HTTP 500"),
        (json_answer({"login_id": "hidden/../x"}), 4, "not one of a LiteLLM proxy's logins"),
        (Answer(pieces=[b"<html>hidden</html>"], content_type="text/html"), 4, "not one of a LiteLLM"),
    ],
)
def test_a_login_that_does_not_begin_stores_nothing(
    litectl: Litectl,
    sso: SingleSignOn,
    browser: Browser,
    isolated: Path,
    answer: Answer,
    code: int,
    words: str,
) -> None:
    """Each has its exit code and opens no page."""
    sso.fake.on("POST", START, answer)

    result = litectl("login", "--device", "--base-url", sso.fake.root)

    assert result.code == code
    assert words in result.err
    assert "hidden" not in result.err
    assert browser.opened == []
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (json_answer({"detail": "CLI login session not found or expired. hidden"}, 400), "has expired"),
        (json_answer({"detail": "Invalid CLI polling secret"}, 403), "does not accept the secret"),
        (json_answer({"status": "ready"}), "not one of a LiteLLM proxy's logins"),
    ],
)
def test_a_login_that_breaks_off_stores_nothing(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, answer: Answer, words: str
) -> None:
    """What the proxy says to the first poll is final."""
    sso.fake.on("GET", f"{POLL}cli-0001", answer)
    begun = {"login_id": "cli-0001", "poll_secret": "s", "user_code": "A-B", "expires_in": 600}
    sso.fake.on("POST", START, json_answer(begun))

    result = litectl("login", "--device", "--base-url", sso.fake.root)

    assert result.code == 4
    assert words in result.err
    assert "hidden" not in result.err
    assert len(polls(sso)) == 1
    assert not profiles_file(isolated).exists()


# The gateway


def test_the_gateway_is_preferred_because_its_login_renews_itself(
    litectl: Litectl, fake: FakeProxy, isolated: Path
) -> None:
    """Where RFC 8628 is offered, its refresh token and where it is used are kept."""
    sso = SingleSignOn(fake, CODE, GATEWAY)

    result = litectl("login", "--device", "--base-url", fake.root)

    assert result.code == 0
    assert "Verification code: SQGG-CY3H" in result.err
    stored = credential_in(isolated, name_of(fake))
    assert stored["refresh_token"] == sso.issued[0]["refresh_token"]
    assert stored["token_endpoint"] == fake.root + GATEWAY_TOKEN
    assert not sso.asked("POST", START)
    assert len(sso.asked("POST", GATEWAY_TOKEN)) == 2


def test_a_named_team_passes_the_gateway_by(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """The gateway takes the first team, so the team is chosen by the other flow."""
    sso = SingleSignOn(fake, CODE, GATEWAY)
    sso.teams = dict(TEAMS)

    result = litectl("login", "--device", "--team", "Blue", "--base-url", fake.root)

    assert result.code == 0
    assert not sso.asked("POST", GATEWAY_BEGIN)
    assert credential_in(isolated, name_of(fake))["team_id"] == "id-blue"


def test_a_denied_gateway_login_is_the_end(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """No is no: the other flow is not tried."""
    sso = SingleSignOn(fake, CODE, GATEWAY)
    sso.denies = True

    result = litectl("login", "--device", "--base-url", fake.root)

    assert result.code == 4
    assert "the login was denied" in result.err
    assert not sso.asked("POST", START)
    assert not profiles_file(isolated).exists()


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", GATEWAY_METADATA, json_answer({"error": "not_found"}, 404)),
        ("POST", GATEWAY_BEGIN, json_answer({"error": "not_found"}, 404)),
        (
            "GET",
            GATEWAY_METADATA,
            json_answer(
                {
                    "device_authorization_endpoint": "http://127.0.0.1:9/begin",
                    "token_endpoint": "http://127.0.0.1:9/token",
                }
            ),
        ),
    ],
)
def test_a_gateway_that_cannot_be_used_gives_way(
    litectl: Litectl, fake: FakeProxy, method: str, path: str, answer: Answer
) -> None:
    """One that is off, or sends people elsewhere, leaves the proxy's own code."""
    sso = SingleSignOn(fake, CODE, GATEWAY)
    fake.on(method, path, answer)

    result = litectl("login", "--device", "--base-url", fake.root)

    assert result.code == 0
    assert "CWHN-MK9B" in result.err
    assert sso.asked("POST", START)
