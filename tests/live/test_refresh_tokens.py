"""The refresh token of a login at a real proxy: used once, by one process, and ended by a logout."""

import time
from contextlib import ExitStack
from typing import Any

import pytest

from database_proxy import DatabaseProxy
from live.logins import with_pkce
from program import DEADLINE, Program, Result
from stored_profiles import StoredProfiles

pytestmark = pytest.mark.db


@pytest.fixture
def login(database: DatabaseProxy, client: Program, stored: StoredProfiles) -> dict[str, Any]:
    """Log in with PKCE and return the stored credential."""
    result = with_pkce(client, database.root)
    assert result.code == 0, result.err
    return stored.credential


def make_due(stored: StoredProfiles) -> None:
    """Let the stored login end now."""
    stored.change(expires_at=time.time())


def require_ended(result: Result, stored: StoredProfiles) -> None:
    """Fail unless the login could not be renewed, which is exit 4 and names the command to log in anew."""
    assert (result.code, result.out) == (4, "")
    assert "has ended" in result.err
    assert "hint: run `litectl login --profile" in result.err
    assert stored.credential["refresh_token"] not in result.err


@pytest.mark.parametrize("command", [["token"], ["whoami"], ["models", "refresh"]])
def test_a_login_that_is_due_is_renewed_and_stored(
    client: Program, stored: StoredProfiles, login: dict[str, Any], command: list[str]
) -> None:
    """Any command that asks the proxy renews a login that is due, and both of its tokens are new then."""
    make_due(stored)

    result = client(*command)

    renewed = stored.credential
    assert result.code == 0, result.err
    assert result.err.count("warning") == 0
    assert login["secret"] != renewed["secret"]
    assert login["refresh_token"] != renewed["refresh_token"]
    assert renewed["expires_at"] > time.time() + 3600
    assert client("token").out.strip() == renewed["secret"]


def test_a_new_token_is_accepted_and_can_be_renewed_again(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """The proxy accepts what a renewal brought, and the next renewal begins with it."""
    for _ in range(2):
        make_due(stored)
        whoami = client("whoami", "--json").json
        assert (whoami["accepted"], whoami["user_id"]) == (True, login["user_id"])
    assert login["secret"] != stored.credential["secret"]


def test_a_refresh_token_works_once(client: Program, stored: StoredProfiles, login: dict[str, Any]) -> None:
    """A refresh token that was used is refused by the proxy, which is exit 4 and says how to log in."""
    make_due(stored)
    assert client("token").code == 0

    stored.change(refresh_token=login["refresh_token"], expires_at=time.time())

    require_ended(client("token"), stored)


def test_processes_that_renew_at_once_share_one_renewal(
    client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """Of several processes that find the login due one renews it, and all of them use its token."""
    make_due(stored)

    with ExitStack() as stack:
        processes = [stack.enter_context(client.started("token")) for _ in range(4)]
        ended = [process.communicate(timeout=DEADLINE) for process in processes]

    assert {(stored.credential["secret"] + "\n").encode()} == {out for out, _ in ended}
    assert {b""} == {err for _, err in ended}
    assert login["secret"] != stored.credential["secret"]
    make_due(stored)
    assert client("token").code == 0


def test_a_token_that_is_refused_is_renewed_once(
    client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """A token that the proxy refuses before its time is replaced, and the command goes on with a new one."""
    stored.change(secret="litellm_login_that-the-proxy-does-not-know")

    result = client("whoami", "--json")

    assert (result.code, result.json["accepted"]) == (0, True), result.err
    assert login["refresh_token"] != stored.credential["refresh_token"]


def test_logout_ends_the_login_at_the_proxy(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """After a logout the refresh token is refused even to whoever has a copy of the file."""
    copy = stored.content

    result = client("logout", "--json")

    assert (result.code, result.json["base_url"], result.json["revoked"]) == (0, database.root, True)
    assert client("token").code == 4
    assert login["refresh_token"].encode() not in stored.content
    stored.content = copy
    make_due(stored)
    require_ended(client("token"), stored)


def test_a_logout_of_this_machine_only_ends_nothing(
    client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """With `--no-revoke` the login is forgotten here and goes on at the proxy."""
    copy = stored.content

    result = client("logout", "--no-revoke", "--json")

    assert (result.code, result.json["revoked"]) == (0, False)
    assert client("token").code == 4
    stored.content = copy
    make_due(stored)
    assert client("token").code == 0


def test_a_new_login_ends_the_one_before(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """A login of the same account replaces the profile's, and the old refresh token is refused."""
    before = stored.content

    result = with_pkce(client, database.root)

    assert result.code == 0, result.err
    assert len(client("profiles", "list").out.splitlines()) == 1
    assert login["refresh_token"] != stored.credential["refresh_token"]
    assert client("whoami").code == 0
    stored.content = before
    make_due(stored)
    require_ended(client("token"), stored)


def test_a_user_who_joined_a_team_logs_in_anew(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, login: dict[str, Any]
) -> None:
    """A login of no team is not renewed once its user is in one; that is exit 4, not a crash or a loop."""
    database.make_team(member=login["user_id"])
    make_due(stored)

    require_ended(client("token"), stored)
