"""The token of a stored login, by the whole program: renewed in time, stored before it is used, ended."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_proxy import CHAT, Answer, FakeProxy, Request, chat_answer, error_answer, json_answer
from litectl.credentials.stored import API_KEY, LOGIN, StoredCredential
from litectl.profiles.profile import Profile
from login_shapes import (
    GATEWAY_TOKEN,
    MODELS,
    TOKEN,
    SingleSignOn,
    credential_in,
    jwt,
    store_login,
    store_profile,
)
from program import Litectl

# What a login may look like when a run begins, by the seconds that its token lives on.
FRESH, DUE, ENDED = 3600.0, 120.0, -60.0
REFUSED = error_answer(401, "expired_key", "Authentication Error - Expired Key")


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable."""
    return Litectl({})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy with browser logins that asks a model only for whom it knows."""
    found = SingleSignOn(fake)
    fake.on_chat(lambda request: chat_answer("Hello") if found.accepts(request) else REFUSED)
    return found


def sent(sso: SingleSignOn, method: str = "GET", path: str = MODELS) -> list[str]:
    """Return the tokens that came with the requests, in order."""
    return [request.headers["authorization"].removeprefix("Bearer ") for request in sso.asked(method, path)]


def ask(litectl: Litectl, *arguments: str) -> tuple[int, str, str]:
    """Ask a model."""
    return litectl("ask", "-m", "gpt-5.2", "-p", "Hi", *arguments)


# Renewal


@pytest.mark.parametrize("ends_in", [DUE, 1.0, ENDED, -30 * 86_400.0])
def test_a_login_that_is_due_is_renewed_before_the_request(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, ends_in: float
) -> None:
    """Five minutes before its end, or long after it; without a word."""
    old = store_login(isolated, sso, ends_in=ends_in)

    result = ask(litectl)

    assert result == (0, "Hello\n", "")
    new = sso.issued[-1]
    assert new is not old
    assert sent(sso, "POST", CHAT) == [new["access_token"]]
    assert sso.renewals == 1
    stored = credential_in(isolated)
    assert (stored["secret"], stored["refresh_token"]) == (new["access_token"], new["refresh_token"])
    assert stored["expires_at"] > time.time() + 86_000


def test_a_fresh_login_is_used_as_it_is(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """No request but the one that was asked for."""
    tokens = store_login(isolated, sso, ends_in=FRESH)

    assert ask(litectl)[0] == 0
    assert sent(sso, "POST", CHAT) == [tokens["access_token"]]
    assert len(sso.fake.requests) == 1


def test_a_renewal_says_what_the_standard_wants(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """Grant, refresh token, client and resource as a form, and no credential in a header."""
    tokens = store_login(isolated, sso, ends_in=DUE)

    litectl("token")

    (request,) = sso.asked("POST", TOKEN)
    assert request.body.decode().split("&") == [
        "grant_type=refresh_token",
        f"refresh_token={tokens['refresh_token']}",
        "client_id=llm_dcrc_0001",
        f"resource=http%3A%2F%2F{sso.fake.root.removeprefix('http://').replace(':', '%3A')}",
    ]
    assert "authorization" not in request.headers


def test_a_gateway_login_is_renewed_where_it_was_made(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """It has neither client id nor resource."""
    tokens = sso.issue()
    login = StoredCredential(
        LOGIN,
        sso.fake.root,
        tokens["access_token"],
        expires_at=time.time() + ENDED,
        refresh_token=tokens["refresh_token"],
        token_endpoint=sso.fake.root + GATEWAY_TOKEN,
    )
    store_profile(isolated, Profile("work", sso.fake.root, login))

    assert litectl("token").out == f"{sso.issued[-1]['access_token']}\n"
    (request,) = sso.asked("POST", GATEWAY_TOKEN)
    assert b"client_id" not in request.body
    assert b"resource" not in request.body


def test_the_new_pair_is_on_disk_before_it_is_used(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """A crash right after the renewal must not lose the only refresh token that works."""
    store_login(isolated, sso, ends_in=ENDED)
    on_disk: list[tuple[str, str, int]] = []

    def look(request: Request) -> Answer:
        stored = credential_in(isolated)
        used = request.headers["authorization"].removeprefix("Bearer ")
        mode = (isolated / ".config/litectl/profiles.json").stat().st_mode & 0o777
        on_disk.append((stored["refresh_token"], used, mode))
        return chat_answer("Hello")

    sso.fake.on_chat(look)

    assert ask(litectl)[0] == 0
    assert on_disk == [(sso.issued[-1]["refresh_token"], sso.issued[-1]["access_token"], 0o600)]


def test_a_refresh_token_that_is_not_replaced_is_kept(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """A proxy need not give a new one (RFC 6749, 6)."""
    tokens = store_login(isolated, sso, ends_in=DUE)
    sso.fake.on("POST", TOKEN, json_answer({"access_token": "litellm_login_new", "expires_in": 3600}))

    assert litectl("token").out == "litellm_login_new\n"
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]


def test_the_store_is_tried_before_the_refresh_token_is_spent(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be written the renewal does not begin: its result would be lost."""
    store_login(isolated, sso, ends_in=ENDED)

    def full(path: Path, content: dict[str, object]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("litectl.profiles.profile.write_document", full)

    result = litectl("token")

    assert result.code == 1
    assert "No space left on device" in result.err
    assert sso.renewals == 0


# A token endpoint that fails


PASSING = [
    json_answer({"error": "temporarily_unavailable"}, 503),
    json_answer({}, 500),
    json_answer({}, 429),
    json_answer({}, 307, location="http://127.0.0.1:9/token"),
    Answer(pieces=[b"<html>hidden</html>"], content_type="text/html"),
    Answer(502, [b"<html>hidden</html>"], "text/html"),
    Answer(pieces=[b"{"], cut=True),
]


@pytest.mark.parametrize("failure", PASSING)
def test_a_passing_failure_leaves_the_old_token(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, failure: Answer
) -> None:
    """While it lives it is used, with a warning, and the login stays as it is."""
    tokens = store_login(isolated, sso, ends_in=DUE)
    sso.fake.on("POST", TOKEN, failure)

    code, out, err = ask(litectl)

    assert (code, out) == (0, "Hello\n")
    assert "warning: the login of profile `work` cannot be renewed yet" in err
    assert "hidden" not in err
    assert sent(sso, "POST", CHAT) == [tokens["access_token"]]
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]
    assert len(sso.asked("POST", TOKEN)) == 1


@pytest.mark.parametrize(
    ("failure", "code"), [*((failure, 12) for failure in PASSING[:-1]), (PASSING[-1], 5)]
)
def test_a_passing_failure_with_an_ended_token_is_an_error(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, failure: Answer, code: int
) -> None:
    """Nothing is sent that the proxy must refuse; the login is kept for the next try."""
    tokens = store_login(isolated, sso, ends_in=ENDED)
    sso.fake.on("POST", TOKEN, failure)

    result = ask(litectl)

    assert result[0] == code
    assert not sso.asked("POST", CHAT)
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]


@pytest.mark.parametrize("ends_in", [DUE, ENDED])
@pytest.mark.parametrize(
    "refusal",
    [json_answer({"error": "invalid_grant", "error_description": "hidden"}, 400), json_answer({}, 403)],
)
def test_a_login_that_has_ended_names_the_way_back(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, ends_in: float, refusal: Answer
) -> None:
    """Exit 4 with the command to run, and nothing is asked of the API."""
    store_login(isolated, sso, ends_in=ends_in)
    sso.fake.on("POST", TOKEN, refusal)

    code, out, err = ask(litectl)

    assert (code, out) == (4, "")
    assert "hint: run `litectl login --profile work`" in err
    assert "hidden" not in err
    assert not sso.asked("POST", CHAT)


def test_a_spent_refresh_token_is_the_end(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """A copy of the file that another machine has used says so."""
    tokens = store_login(isolated, sso, ends_in=ENDED)
    sso.renewed(tokens["refresh_token"])

    code, _, err = ask(litectl)

    assert code == 4
    assert "(400, invalid_grant)" in err


# A token that the proxy refuses


@pytest.mark.parametrize("refusal", [REFUSED, error_answer(400, "no_db_connection", "No connected db.")])
def test_a_refused_login_is_renewed_once_and_the_read_repeated(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, refusal: Answer
) -> None:
    """The clock says that it lives, the proxy knows better."""
    old = store_login(isolated, sso, ends_in=FRESH)
    sso.accepted.clear()
    sso.fake.on("GET", MODELS, lambda request: sso.models(request) if sso.accepts(request) else refusal)

    result = litectl("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (0, True)
    assert sent(sso) == [old["access_token"], sso.issued[-1]["access_token"]]
    assert sso.renewals == 1
    assert credential_in(isolated)["secret"] == sso.issued[-1]["access_token"]


def test_a_new_token_that_is_refused_too_is_not_replaced(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """One renewal, one repetition, exit 4."""
    store_login(isolated, sso, ends_in=FRESH)
    sso.fake.on("GET", MODELS, REFUSED)

    result = litectl("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (4, False)
    assert (len(sent(sso)), sso.renewals) == (2, 1)


def test_an_answer_is_asked_for_once_more_with_a_new_token(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """A refusal comes before the model is asked, so nothing is paid twice."""
    old = store_login(isolated, sso, ends_in=FRESH)
    sso.accepted.clear()

    assert ask(litectl) == (0, "Hello\n", "")

    assert sent(sso, "POST", CHAT) == [old["access_token"], sso.issued[-1]["access_token"]]
    first, second = (request.json for request in sso.asked("POST", CHAT))
    assert first == second


@pytest.mark.parametrize("status", [401, 500])
def test_an_answer_is_never_asked_for_a_third_time(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, status: int
) -> None:
    """The second attempt is the last; a failure that is no refusal is not repeated at all."""
    store_login(isolated, sso, ends_in=FRESH)
    sso.fake.on_chat(REFUSED if status == 401 else error_answer(500, "internal", "it broke"))

    code, out, _ = ask(litectl)

    assert (code, out) == ((4, "") if status == 401 else (12, ""))
    assert len(sso.asked("POST", CHAT)) == (2 if status == 401 else 1)
    assert sso.renewals == (1 if status == 401 else 0)


def test_a_refusal_after_a_renewal_spends_one_more_at_most(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """A login that was due is renewed before the request, and once after its refusal."""
    store_login(isolated, sso, ends_in=DUE)
    sso.fake.on_chat(REFUSED)

    assert ask(litectl)[0] == 4
    assert (sso.renewals, len(sso.asked("POST", CHAT))) == (2, 2)


def test_a_refused_login_that_has_ended_says_so(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """The way back is named, not the refusal of a token that nobody can see."""
    store_login(isolated, sso, ends_in=FRESH)
    sso.accepted.clear()
    sso.fake.on("POST", TOKEN, json_answer({"error": "invalid_grant"}, 400))

    code, _, err = ask(litectl)

    assert code == 4
    assert "litectl login --profile work" in err


# What cannot be renewed


@pytest.mark.parametrize("kind", [API_KEY, LOGIN])
def test_a_credential_that_has_ended_is_not_sent(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, kind: str
) -> None:
    """Exit 4 before any request, with its end and the time of this machine, whose clock may be wrong."""
    stored = StoredCredential(kind, sso.fake.root, "litellm_login_1", expires_at=time.time() - 86_400)
    store_profile(isolated, Profile("work", sso.fake.root, stored))
    day = [time.strftime("%Y-%m-%d", time.gmtime(time.time() - seconds)) for seconds in (86_400, 0)]

    code, _, err = ask(litectl)

    assert code == 4
    assert f"has ended: at {day[0]}" in err
    assert f"and it is {day[1]}" in err
    assert "litectl login --profile work" in err
    assert sso.fake.requests == []


def test_a_credential_that_ends_soon_is_used_with_a_warning(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """Nobody can renew it, and it still works."""
    token = jwt({"exp": int(time.time()) + 120})
    sso.accepted.add(token)
    end = time.time() + DUE
    store_profile(
        isolated,
        Profile("work", sso.fake.root, StoredCredential(API_KEY, sso.fake.root, token, expires_at=end)),
    )

    code, out, err = ask(litectl)

    assert (code, out) == (0, "Hello\n")
    assert "warning: the credential of profile `work` ends within five minutes" in err


@pytest.mark.parametrize("run", [lambda litectl: ask(litectl)[0], lambda litectl: litectl("whoami").code])
def test_a_refused_key_is_not_sent_again(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, run: Callable[[Litectl], int]
) -> None:
    """Nothing could be different the second time."""
    stored = StoredCredential(API_KEY, sso.fake.root, "sk-refused-key-0001")
    store_profile(isolated, Profile("work", sso.fake.root, stored))

    assert run(litectl) == 4
    assert len(sso.fake.requests) == 1
