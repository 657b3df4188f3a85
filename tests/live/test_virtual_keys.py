"""Virtual keys of a real proxy: whose they are, what they have spent, and how they end."""

import pytest

from database_proxy import DatabaseProxy
from program import Program, Result
from stored_profiles import StoredProfiles

pytestmark = pytest.mark.db


def log_in(client: Program, root: str, key: str, *options: str) -> Result:
    """Log in with *key* on stdin."""
    return client("login", "--base-url", root, "--api-key-file", "-", *options, stdin=key.encode())


def a_model(client: Program) -> str:
    """Return the name of a model that the key may use."""
    return client("models", "list", "--columns", "name").out.split()[0]


def test_whoami_shows_the_budget_of_a_key_and_of_its_user(database: DatabaseProxy, client: Program) -> None:
    """Spend and limit are those of the key, beside those of its user, with its alias and its end."""
    user = database.make_user(max_budget=5.0, user_email="litectl-test@example.com")
    limits = {"max_budget": 10.0, "spend": 1.5, "budget_duration": "30d", "duration": "1h"}
    key = database.make_key(user_id=user, key_alias=f"litectl-test-{user}", **limits)
    assert log_in(client, database.root, key).code == 0

    whoami = client("whoami", "--json").json

    assert {
        "accepted": True,
        "key_alias": f"litectl-test-{user}",
        "user_id": user,
        "user_email": "litectl-test@example.com",
        "spend": 1.5,
        "max_budget": 10.0,
        "user_spend": 0.0,
        "user_max_budget": 5.0,
        "team_id": None,
    }.items() <= whoami.items()
    expires_at = database.get("/key/info", key=key)["info"]["expires"]
    assert whoami["expires_at"][:16] == expires_at[:16]
    assert whoami["budget_reset_at"].endswith("Z")


def test_whoami_shows_the_team_of_a_key(database: DatabaseProxy, client: Program) -> None:
    """A key of a member tells its team by id and name; one of the team alone by id, and no user."""
    user = database.make_user()
    team = database.make_team(member=user)
    for profile, owner in (("member", {"user_id": user}), ("team", {})):
        key = database.make_key(team_id=team.id, **owner)
        assert log_in(client, database.root, key, "--profile", profile).code == 0

    member = client("whoami", "--json", "--profile", "member").json
    alone = client("whoami", "--json", "--profile", "team").json

    names = ("team_id", "team_alias", "user_id")
    assert [team.id, team.name, user] == [member[name] for name in names]
    assert [team.id, None, None] == [alone[name] for name in names]


@pytest.mark.parametrize("end", ["expired", "blocked", "deleted"])
def test_a_key_that_has_ended_is_refused(
    database: DatabaseProxy, client: Program, stored: StoredProfiles, end: str
) -> None:
    """An expired, blocked or deleted key is exit 4 with a hint, at login and later, and is not shown."""
    key = database.make_key(duration="1h")
    assert log_in(client, database.root, key).code == 0
    model = a_model(client)
    if end == "expired":
        database.post("/key/update", key=key, duration="0s")
    elif end == "blocked":
        database.post("/key/block", key=key)
    else:
        database.post("/key/delete", keys=[key])

    refused = [
        client("models", "refresh"),
        client("ask", "-m", model, "-p", "Hi"),
        log_in(client, database.root, key, "--profile", "again"),
    ]
    whoami = client("whoami", "--json")

    reason = {"expired": "Expired Key", "blocked": "Key is blocked", "deleted": "Unable to find token"}[end]
    assert [(result.code, result.out) for result in refused] == [(4, "")] * 3
    assert all(reason in result.err and "hint: " in result.err for result in refused)
    assert not any(key in result.err for result in (*refused, whoami))
    assert (whoami.code, whoami.json["accepted"]) == (4, False)
    assert b'"again"' not in stored.content


def test_a_key_over_its_budget_is_stored_with_a_warning(database: DatabaseProxy, client: Program) -> None:
    """
    The login of a key over its budget warns and stores it; whoami tells why, and to ask is exit 9.

    Its models may still be listed.
    """
    key = database.make_key(spend=1.0, max_budget=0.5)

    login = log_in(client, database.root, key)
    whoami = client("whoami", "--json")
    ask = client("ask", "-m", a_model(client), "-p", "Hi", "--json")

    assert login.code == 0
    assert "warning: the key is valid, but budget exceeded" in login.err
    assert whoami.code == 0
    assert [whoami.json[name] for name in ("accepted", "spend", "max_budget")] == [True, 1.0, 0.5]
    assert (ask.code, ask.out) == (9, "")
    assert [ask.error[name] for name in ("code", "exit_code", "type")] == ["budget", 9, "budget_exceeded"]


def test_a_user_over_budget_is_told_so(database: DatabaseProxy, client: Program) -> None:
    """A key whose user is over budget may still list models; to ask is exit 9."""
    key = database.make_key(user_id=database.make_user(max_budget=0.5, spend=1.0))
    login = log_in(client, database.root, key)

    ask = client("ask", "-m", a_model(client), "-p", "Hi")

    assert (login.code, ask.code, ask.out) == (0, 9, "")
    assert "error: budget exceeded: User=" in ask.err
    assert "Spend=1.0, Budget=0.5" in ask.err
    assert client("whoami", "--json").json["user_spend"] == 1.0


def test_a_restricted_key_sees_and_asks_its_models_only(database: DatabaseProxy, client: Program) -> None:
    """A key for one model lists that one, and asking another is exit 6, which names it."""
    assert log_in(client, database.root, database.master_key, "--profile", "admin").code == 0
    allowed, other, *_ = client("models", "list", "--columns", "name").out.split()
    key = database.make_key(models=[allowed])
    assert log_in(client, database.root, key, "--profile", "restricted").code == 0

    listed = client("models", "list", "--columns", "name")
    asked = client("ask", "-m", other, "-p", "Hi")

    assert listed.out.split() == [allowed]
    assert (asked.code, asked.out) == (6, "")
    assert other in asked.err
