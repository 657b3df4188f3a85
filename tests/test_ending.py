"""The end of a login: nothing living is left behind, and a login that came meanwhile stays."""

import sys
import time
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from key_login import KEY
from litectl.actions.login import storage as login_storage
from login_shapes import REVOKE, SingleSignOn, credential_in, profiles_file, store_login
from program import Litectl, Program
from renewing import Held, LockQueue, let_hang

ENDINGS = [("logout",), ("profiles", "remove", "work", "--yes")]
KEY_LOGIN = ("login", "--profile", "work", "--api-key-file", "-")


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
    """Give a proxy that renews and ends logins, and takes one key."""
    found = SingleSignOn(fake)
    found.accepted.add(KEY)
    return found


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_end_waits_for_a_renewal_and_ends_what_came_of_it(
    program: Program, sso: SingleSignOn, isolated: Path, tmp_path: Path, ending: tuple[str, ...]
) -> None:
    """The refresh token that the other process gets is the one that is revoked."""
    store_login(isolated, sso, ends_in=-60)
    held, queue = Held(sso), LockQueue(tmp_path)

    with program.started("token") as renewing:
        assert held.asked.wait(20)
        with Program(queue.command, {}).started(*ending) as ended:
            queue.await_processes(1)
            held.release.set()
            _, err = ended.communicate(timeout=20)
            out, _ = renewing.communicate(timeout=20)

    new = sso.issued[-1]
    assert (ended.returncode, renewing.returncode) == (0, 0), err
    assert out.decode() == f"{new['access_token']}\n"
    assert sso.revoked == [new["refresh_token"]]
    assert new["refresh_token"] not in profiles_file(isolated).read_text()
    assert sso.renewed(new["refresh_token"]).status == 400


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_login_that_came_meanwhile_is_not_forgotten(
    litectl: Litectl, program: Program, sso: SingleSignOn, isolated: Path, ending: tuple[str, ...]
) -> None:
    """Somebody logged in while the old login was revoked: exit 3, and the new one stays."""
    tokens = store_login(isolated, sso, ends_in=3600)

    def logged_in_meanwhile(request: Request) -> Answer:
        sso.revoked.append(tokens["refresh_token"])
        assert program(*KEY_LOGIN, stdin=KEY.encode()).code == 0
        return json_answer({})

    sso.fake.on("POST", REVOKE, logged_in_meanwhile)

    result = litectl(*ending)

    assert (result.code, result.out) == (3, "")
    assert "somebody logged in as profile `work` in the meantime" in result.err
    assert "hint: log out again" in result.err
    assert credential_in(isolated)["secret"] == KEY


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_hanging_revocation_is_waited_for_as_long_as_was_said(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, ending: tuple[str, ...]
) -> None:
    """`--timeout` bounds it: exit 5, and nothing is forgotten."""
    tokens = store_login(isolated, sso, ends_in=3600)
    let_hang(sso, REVOKE)
    started = time.monotonic()

    result = litectl(*ending, "--timeout", "0.5")

    assert result.code == 5
    assert 0.5 <= time.monotonic() - started < 4
    assert "nothing was forgotten" in result.err
    assert credential_in(isolated)["refresh_token"] == tokens["refresh_token"]


def test_a_replaced_login_that_cannot_be_revoked_delays_the_new_one_little(
    litectl: Litectl, sso: SingleSignOn, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seconds at most: the new login counts, and the end of the old one is only tidy."""
    assert login_storage._REVOCATION_SECONDS <= 5
    monkeypatch.setattr(login_storage, "_REVOCATION_SECONDS", 0.2)
    store_login(isolated, sso, ends_in=3600)
    let_hang(sso, REVOKE)
    started = time.monotonic()

    result = litectl(*KEY_LOGIN, stdin=KEY.encode())

    assert result.code == 0
    assert time.monotonic() - started < 4
    assert len(sso.asked("POST", REVOKE)) == 1
    assert credential_in(isolated)["secret"] == KEY
