"""The renewal of a login: never torn, never for nothing, never waited for long, and spent once."""

import signal
import sys
import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from litectl.credentials import bearer
from litectl.output.times import timestamp
from litectl.storage.files import locked
from login_shapes import (
    KEY_INFO,
    MODELS,
    SingleSignOn,
    credential_in,
    profiles_file,
    store_login,
)
from program import Litectl, Program, Result
from renewing import Held, let_hang


@pytest.fixture
def litectl() -> Litectl:
    """Run the real `main` without any variable of litectl's."""
    return Litectl({})


@pytest.fixture
def program() -> Program:
    """Run the real program as a process of its own, without any variable of litectl's."""
    return Program([sys.executable, "-m", "litectl"], {})


@pytest.fixture
def sso(fake: FakeProxy) -> SingleSignOn:
    """Give a proxy that renews logins."""
    return SingleSignOn(fake)


# Signals


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("ends_in", [-60, 60])
def test_a_signal_does_not_lose_the_new_refresh_token(
    program: Program, sso: SingleSignOn, isolated: Path, number: signal.Signals, code: int, ends_in: float
) -> None:
    """The old one is spent when the answer comes, so the new one is stored before the signal is obeyed."""
    store_login(isolated, sso, ends_in=ends_in)
    held = Held(sso)

    with program.started("token") as process:
        assert held.asked.wait(20)
        process.send_signal(number)
        held.release.set()
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (code, b"")
    assert b"Traceback" not in err
    new = sso.issued[-1]
    assert credential_in(isolated)["refresh_token"] == new["refresh_token"]
    assert program("token") == (0, f"{new['access_token']}\n", "")
    assert sso.renewals == 1


@pytest.mark.parametrize("ends_in", [-60, 60])
def test_a_signal_counts_when_the_renewal_fails(
    program: Program, sso: SingleSignOn, isolated: Path, ends_in: float
) -> None:
    """Neither the error nor the old token, while that still works, takes the place of the end."""
    store_login(isolated, sso, ends_in=ends_in)
    held = Held(sso, json_answer({}, 503))

    with program.started("token") as process:
        assert held.asked.wait(20)
        process.send_signal(signal.SIGINT)
        held.release.set()
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (130, b"", b"error: interrupted\n")


def test_a_second_signal_is_obeyed_at_once(program: Program, sso: SingleSignOn, isolated: Path) -> None:
    """Who sends it does not want to wait for the answer, whatever is lost; the lock is given back."""
    tokens = store_login(isolated, sso, ends_in=-60)
    held = Held(sso)

    with program.started("token") as process:
        assert held.asked.wait(20)
        process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 10
        # Of two at the same instant the system may give one to a thread that does not wait.
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        out, err = process.communicate(timeout=10)

    assert not held.release.is_set()
    assert (process.returncode, out) == (143, b"")
    assert b"Traceback" not in err
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]
    held.release.set()


# Not for nothing


@pytest.mark.parametrize(
    "answer",
    [
        error_answer(403, "auth_error", "This route is not for this key"),
        error_answer(401, "auth_error", "Only proxy admin can be used to generate"),
    ],
)
def test_what_a_login_may_not_do_spends_no_refresh_token(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, answer: Answer
) -> None:
    """The proxy knows the token; a new one of the same user would be refused as well."""
    tokens = store_login(isolated, sso, ends_in=3600)
    for path in ("/model/info", KEY_INFO):
        sso.fake.on("GET", path, answer)

    codes = [litectl("models", "refresh").code, litectl("whoami").code]
    sso.fake.on("GET", MODELS, answer)
    refused = litectl("whoami", "--json")

    assert codes == [0, 0]
    assert (refused.code, refused.error["code"]) == (4, "auth")
    assert sso.renewals == 0
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]


# While the old token works


def went_on(result: Result, tokens: dict[str, str], why: str) -> None:
    """Raise unless *result* is the old token of *tokens*, with a warning that says *why*."""
    assert (result.code, result.out) == (0, f"{tokens['access_token']}\n")
    assert "warning: the login of profile `work` cannot be renewed yet" in result.err
    assert why in result.err


@pytest.mark.parametrize("name", [".work.login.lock", ".profiles.json.lock"])
def test_a_store_that_cannot_be_written_does_not_take_a_token_away(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, name: str
) -> None:
    """The token that still works is used; the refresh token is not spent, as its successor would be lost."""
    tokens = store_login(isolated, sso, ends_in=60)
    lock = profiles_file(isolated).parent / name
    lock.unlink(missing_ok=True)
    lock.mkdir()

    went_on(litectl("token"), tokens, "cannot lock")
    assert sso.fake.requests == []


def test_without_that_an_ended_login_cannot_be_renewed(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """Exit 3, and nothing is spent."""
    store_login(isolated, sso, ends_in=-60)
    (profiles_file(isolated).parent / ".work.login.lock").mkdir()

    result = litectl("token")

    assert (result.code, result.out) == (3, "")
    assert sso.fake.requests == []


def test_offline_a_due_token_is_used(litectl: Litectl, sso: SingleSignOn, isolated: Path) -> None:
    """It works where nothing can be renewed."""
    tokens = store_login(isolated, sso, ends_in=60)

    went_on(litectl("token", "--offline"), tokens, "needs the network, which is forbidden")


def test_another_process_is_not_waited_for_long(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seconds at most while the old token works."""
    assert bearer._SHORT_SECONDS <= 5
    monkeypatch.setattr(bearer, "_SHORT_SECONDS", 0.2)
    tokens = store_login(isolated, sso, ends_in=60)

    with locked(profiles_file(isolated).with_name("work.login")):
        result = litectl("token")

    went_on(result, tokens, "another litectl is using")


@pytest.mark.parametrize("arguments", [(), ("--timeout", "0.2"), ("--timeout", "60")])
def test_a_hanging_proxy_is_not_waited_for_long(
    litectl: Litectl,
    sso: SingleSignOn,
    isolated: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    """Five seconds at most while the old token works, and less where that was asked for."""
    if arguments != ("--timeout", "0.2"):
        monkeypatch.setattr(bearer, "_SHORT_SECONDS", 0.2)
    tokens = store_login(isolated, sso, ends_in=60)
    let_hang(sso)
    started = time.monotonic()

    result = litectl("token", *arguments)

    went_on(result, tokens, "0.2 s")
    assert time.monotonic() - started < 4


def test_an_ended_login_is_waited_for_as_long_as_was_said(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """`--timeout` bounds a renewal: exit 5."""
    store_login(isolated, sso, ends_in=-60)
    let_hang(sso)
    started = time.monotonic()

    result = litectl("token", "--timeout", "1")

    assert (result.code, result.out) == (5, "")
    assert 1 <= time.monotonic() - started < 4


@pytest.mark.parametrize(("ends_in", "code"), [(60, 0), (-60, 3)])
def test_the_lock_is_waited_for_as_long_as_was_said(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, ends_in: float, code: int
) -> None:
    """`--timeout` bounds the waiting for another process too; nothing is spent without the lock."""
    store_login(isolated, sso, ends_in=ends_in)
    started = time.monotonic()

    with locked(profiles_file(isolated).with_name("work.login")):
        result = litectl("token", "--timeout", "0.5")

    assert result.code == code
    assert "another litectl is using" in result.err
    assert time.monotonic() - started < 4
    assert sso.fake.requests == []


# What is shown


def test_whoami_shows_the_end_of_the_token_it_got(
    litectl: Litectl, sso: SingleSignOn, isolated: Path
) -> None:
    """A login that was renewed for the question ends later than the one that was found."""
    store_login(isolated, sso, ends_in=-60)

    shown = litectl("whoami", "--json").json

    assert sso.renewals == 1
    assert shown["expires_at"] == timestamp(credential_in(isolated)["expires_at"])
    assert credential_in(isolated)["expires_at"] > time.time() + 3600
