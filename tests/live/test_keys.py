"""Keys and spend of a real proxy with a database: made, listed, used, counted and deleted."""

import time

import pytest

from database_proxy import DatabaseProxy
from program import Litectl, Program

pytestmark = pytest.mark.db

LONGEST_WAIT = 60.0  # seconds; the proxy counts in batches


@pytest.fixture
def admin(database: DatabaseProxy) -> Litectl:
    """Run the program with the master key."""
    return of(database, database.master_key)


@pytest.fixture
def user(database: DatabaseProxy) -> str:
    """Give the id of a user who may make keys, with a budget."""
    return database.make_user(user_role="internal_user", max_budget=5.0, budget_duration="30d")


@pytest.fixture
def model(admin: Litectl) -> str:
    """Give the name of a model that answers, and costs something."""
    listed = admin("models", "list", "--columns", "name,input_price").out.splitlines()
    priced = [name for name, price in (line.split("\t") for line in listed) if price and "*" not in name]
    return next(name for name in ("gpt-5.2", *priced) if name in priced)


@pytest.fixture
def asked(database: DatabaseProxy, user: str, model: str) -> str:
    """Give a key of the user whose one question is counted."""
    key = database.make_key(user_id=user, key_alias=f"litectl-test-{user}", max_budget=1.0)
    answer = of(database, key)("ask", "-m", model, "-p", "Hi")
    assert answer.code == 0, answer.err
    deadline = time.monotonic() + LONGEST_WAIT
    while not database.get("/key/info", key=key)["info"]["spend"]:
        assert time.monotonic() < deadline, "the proxy did not count the call"
        time.sleep(1.0)  # it is asked anew; nothing tells when the batch is written
    return key


def of(database: DatabaseProxy, key: str) -> Litectl:
    """Run the program in this process with *key*."""
    return Litectl({"LITECTL_BASE_URL": database.root, "LITECTL_API_KEY": key})


def test_a_key_lives_from_its_making_to_its_end(database: DatabaseProxy, admin: Litectl, user: str) -> None:
    """It is made with limits, works, is listed and shown with them, and is refused when it is deleted."""
    alias = f"litectl-test-made-{user}"
    limits = ("--max-budget", "0.5", "--budget-duration", "1mo", "--duration", "1h", "--rpm", "60")
    made = admin("keys", "create", "--alias", alias, "--user", user, *limits, "--metadata", "job=test")
    key = made.out.strip()
    database.adopt_key(key)

    assert (made.code, made.err) == (0, "")
    own = of(database, key)("keys", "show", "--json").json
    assert {"alias": alias, "max_budget": 0.5, "rpm_limit": 60, "user_id": user}.items() <= own.items()
    assert own["expires_at"]
    assert own["budget_reset_at"]
    (listed,) = admin("keys", "list", "--user", user, "--json").json["keys"]
    # A fresh key has been used by the question about itself.
    assert {**listed, "last_active": None} == {
        **{name: value for name, value in own.items() if name != "schema_version"},
        "last_active": None,
    }
    assert admin("keys", "show", "-", "--json", stdin=key.encode()).json["token"] == own["token"]

    deleted = admin("keys", "delete", alias, "--yes")

    assert deleted.code == 0, deleted.err
    assert of(database, key)("keys", "show").code == 4
    assert admin("keys", "show", alias).code == 6
    assert admin("keys", "delete", own["token"], "--yes").code == 6


def test_who_may_do_what(database: DatabaseProxy, user: str) -> None:
    """A user has their own keys, a viewer and a key of nobody make none, and nobody those of others."""
    mine, nobodys = database.make_key(user_id=user), database.make_key()
    viewers = database.make_key(user_id=database.make_user(user_role="internal_user_viewer"))

    made = of(database, mine)("keys", "create", "--duration", "1h")
    database.adopt_key(made.out.strip())

    assert made.code == 0, made.err
    assert {line.split("\t")[7] for line in of(database, mine)("keys", "list").out.splitlines()} == {user}
    assert of(database, mine)("keys", "list", "--user", "somebody-else").code == 4
    for key in (nobodys, viewers):
        assert of(database, key)("keys", "create").code == 4
        listed = of(database, key)("keys", "list", "--json").json
        assert (len(listed["keys"]), listed["own_only"]) == (1, key == nobodys)
    others = of(database, nobodys)("keys", "show", "--json").json["token"]
    assert of(database, mine)("keys", "show", others).code == 4
    own = of(database, mine)("keys", "show", "--json").json["token"]
    assert of(database, mine)("keys", "delete", own, "--yes").code == 2


def test_an_alias_is_unique(database: DatabaseProxy, admin: Litectl, user: str) -> None:
    """The proxy says so in words that are shown; nothing is made."""
    database.make_key(key_alias=f"litectl-test-{user}")

    again = admin("keys", "create", "--alias", f"litectl-test-{user}")

    assert (again.code, again.out) == (1, "")
    assert "already exists" in again.err


def test_what_was_spent_is_left_of_the_budgets(database: DatabaseProxy, user: str, asked: str) -> None:
    """Of the key and of its user, as soon as the proxy has counted it."""
    key, owner = of(database, asked)("spend", "--json").json["budgets"]

    assert (key["scope"], key["max_budget"], owner["scope"], owner["id"]) == ("key", 1.0, "user", user)
    assert key["spend"] > 0
    assert key["budget_left"] == pytest.approx(1.0 - key["spend"], abs=1e-12)
    assert owner["budget_reset_at"]


@pytest.mark.parametrize("by", ["model", "key", "day", "provider"])
def test_what_was_spent_is_counted(
    database: DatabaseProxy, user: str, asked: str, model: str, by: str
) -> None:
    """The user sees the own call, an admin sees it among all and alone."""
    mine = of(database, asked)("spend", "--by", by, "--json").json
    admins = of(database, database.master_key)
    alone = admins("spend", "--by", by, "--user", user, "--json").json
    everything = admins("spend", "--by", by, "--json").json

    (row,) = mine["rows"]
    assert (row["requests"], row["failed_requests"]) == (1, 0)
    assert row["spend"] == mine["total"]["spend"] > 0
    assert row["output_tokens"] > 0
    if by == "model":
        assert row["model"] == model
    if by == "key":
        assert row["alias"] == f"litectl-test-{user}"
    assert alone["rows"] == mine["rows"]
    assert everything["total"]["requests"] >= 1


def test_a_key_of_nobody_has_a_budget_and_no_counts(database: DatabaseProxy) -> None:
    """The proxy tells it what it spent, and not on what."""
    nobodys = of(database, database.make_key(max_budget=2.0, spend=0.5))

    (budget,) = nobodys("spend", "--json").json["budgets"]

    assert (budget["spend"], budget["budget_left"], budget["used_percent"]) == (0.5, 1.5, 25.0)
    assert nobodys("spend", "--by", "day").code == 4


def test_the_team_of_a_key_has_its_budget(database: DatabaseProxy, user: str) -> None:
    """Beside those of the key and its user."""
    team = database.make_team(member=user)
    key = of(database, database.make_key(user_id=user, team_id=team.id))

    budgets = key("spend", "--json").json["budgets"]

    assert [(budget["scope"], budget["name"]) for budget in budgets][2:] == [("team", team.name)]
    assert key("spend", "--by", "day", "--team", team.id).code == 0
    assert key("spend", "--by", "day", "--team", "no-such-team").code == 4


def test_a_login_has_a_user_and_no_key(database: DatabaseProxy, client: Program) -> None:
    """It is in no table of keys, so its user is shown."""
    from live.logins import with_pkce

    login = with_pkce(client, database.root)
    assert login.code == 0, login.err

    shown = client("keys", "show", "--json")
    budgets = client("spend", "--json")

    assert (shown.code, budgets.code) == (0, 0)
    assert "token" not in shown.json
    assert shown.json["user_id"] == budgets.json["budgets"][0]["id"]
    assert "in no table of keys" in shown.err
