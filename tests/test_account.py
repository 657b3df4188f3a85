"""What the proxy tells about the caller, from two routes of which either may refuse."""

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer
from litectl.credentials.account import Account, fetch_account
from litectl.wire.proxy import Access, Proxy

KEY_INFO, USER_INFO = "/key/info", "/user/info"
NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z
KEY = {
    "key": "5416",
    "info": {
        "key_name": "sk-...pRfA",
        "key_alias": "alice-laptop",
        "spend": 1.25,
        "expires": "2027-01-15T08:00:00.500000+00:00",
        "models": ["gpt-5.2", "mock-hello"],
        "user_id": "u-123",
        "team_id": "t-1",
        "max_budget": 5.0,
        "budget_reset_at": "2027-02-01T00:00:00+00:00",
        "litellm_budget_table": None,
    },
}
USER = {
    "user_id": "u-123",
    "user_info": {
        "user_id": "u-123",
        "user_role": "internal_user",
        "user_email": "alice@example.com",
        "spend": 2.5,
        "max_budget": 50,
    },
    "keys": [{"key_alias": "alice-laptop", "team_alias": "None"}],
    "teams": [{"team_id": "t-0", "team_alias": "Zero"}, {"team_id": "t-1", "team_alias": "Red"}],
}
NOT_IN_TABLE = error_answer(404, "not_found_error", "Key not found in database")
NO_USER = error_answer(404, "internal_server_error", "User None not found")
NO_DATABASE = error_answer(500, "internal_server_error", "Database not connected. Connect a database")


def account(fake: FakeProxy, key: Answer, user: Answer, team_id: str | None = None) -> Account:
    """Return what a proxy tells that answers so."""
    fake.on("GET", KEY_INFO, key)
    fake.on("GET", USER_INFO, user)
    with Proxy(fake.root, Access("sk-test-key-0001")) as proxy:
        return fetch_account(proxy, team_id=team_id)


def with_key(**changes: object) -> Answer:
    """Return the answer of `/key/info` with *changes*."""
    return json_answer({"info": {**KEY["info"], **changes}})  # type: ignore[dict-item]  # an object


def test_a_virtual_key_of_a_user_is_told_in_full(fake: FakeProxy) -> None:
    """Key and user, from two requests with the credential and without a parameter."""
    found = account(fake, json_answer(KEY), json_answer(USER))

    assert found == Account(
        key_alias="alice-laptop",
        user_id="u-123",
        user_email="alice@example.com",
        user_role="internal_user",
        team_id="t-1",
        team_alias="Red",
        spend=1.25,
        max_budget=5.0,
        budget_reset_at=1_801_440_000.0,
        user_spend=2.5,
        user_max_budget=50.0,
        expires_at=NOW + 0.5,
        models=["gpt-5.2", "mock-hello"],
    )
    assert [request.path for request in fake.requests] == [KEY_INFO, USER_INFO]
    assert {request.headers["authorization"] for request in fake.requests} == {"Bearer sk-test-key-0001"}


def test_a_login_token_has_a_user_and_no_key(fake: FakeProxy) -> None:
    """It is in no table of keys; the team is known from the login, and its name from the user's teams."""
    found = account(fake, NOT_IN_TABLE, json_answer(USER), team_id="t-1")

    assert found == Account(
        user_id="u-123",
        user_email="alice@example.com",
        user_role="internal_user",
        team_id="t-1",
        team_alias="Red",
        user_spend=2.5,
        user_max_budget=50.0,
    )


def test_a_key_of_no_user_has_a_budget_and_no_user(fake: FakeProxy) -> None:
    """The proxy answers 404 for the user that is not there."""
    found = account(fake, with_key(user_id=None, team_id=None, models=[]), NO_USER)

    assert (found.key_alias, found.spend, found.max_budget) == ("alice-laptop", 1.25, 5.0)
    assert (found.user_id, found.user_email, found.user_spend) == (None, None, None)
    assert found.models == []


def test_the_master_key_is_nobody_in_particular(fake: FakeProxy) -> None:
    """The proxy names a default user without a row and lists the keys of others, which are not its own."""
    document = {"user_id": "default_user_id", "user_info": None, "keys": [{"spend": 9.0}], "teams": []}

    found = account(fake, NOT_IN_TABLE, json_answer(document))

    assert found == Account(user_id="default_user_id")


@pytest.mark.parametrize(
    "refused",
    [
        NO_DATABASE,
        NOT_IN_TABLE,
        error_answer(401, "auth_error", "Only proxy admin can be used"),
        error_answer(403, "auth_error", "no"),
        error_answer(429, "x", "slow"),
        json_answer({"detail": [{"msg": "Field required"}]}, 422),
        error_answer(400, "no_db_connection", "No connected db."),
        Answer(500, [b"Internal Server Error"], "text/plain"),
        Answer(302, headers=(("location", "https://evil.example"),)),
        Answer(pieces=[b"<html></html>"], content_type="text/html"),
        Answer(pieces=[b""]),
        json_answer([]),
        json_answer("x"),
        json_answer(None),
        json_answer({}),
        json_answer({"info": None, "user_info": 7}),
        json_answer({"info": ["x"], "user_info": "x", "teams": 5, "keys": None, "user_id": {}}),
    ],
)
def test_an_account_that_cannot_be_read_is_empty(fake: FakeProxy, refused: Answer) -> None:
    """No refusal and no junk is an error: an account is only an addition to what is known."""
    assert account(fake, refused, refused) == Account()


def test_what_one_route_refuses_the_other_may_tell(fake: FakeProxy) -> None:
    """A failure of `/user/info` does not cost the budget of the key."""
    assert account(fake, json_answer(KEY), NO_DATABASE).max_budget == 5.0


def test_nobody_at_home_is_asked_once() -> None:
    """An unreachable proxy tells nothing, and does not cost the limit twice."""
    with FakeProxy() as gone:
        root = gone.root
    traced: list[str] = []

    with Proxy(root, Access("sk-test-key-0001"), trace=traced.append) as proxy:
        found = fetch_account(proxy, team_id="t-1")

    assert found == Account(team_id="t-1")
    assert not [line for line in traced if USER_INFO in line]


def test_both_questions_share_one_limit(fake: FakeProxy) -> None:
    """When the first answer took all the time, the second question is not asked."""
    fake.on("GET", KEY_INFO, json_answer(KEY))
    times = iter([0.0, 11.0])

    with Proxy(fake.root, Access("sk-test-key-0001")) as proxy:
        found = fetch_account(proxy, clock=lambda: next(times))

    assert found.key_alias == "alice-laptop"
    assert [request.path for request in fake.requests] == [KEY_INFO]


@pytest.mark.parametrize("name", ["spend", "max_budget"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0.0), (1.5e-05, 1.5e-05), (-1, None), ("5", None), (True, None), ([5], None), (10**400, None)],
)
def test_money_is_a_number(fake: FakeProxy, name: str, value: object, expected: float | None) -> None:
    """Anything else than a number of at least 0 is not told."""
    found = account(fake, with_key(**{name: value}), NO_USER)

    assert getattr(found, name) == expected


def test_a_shared_budget_is_the_key_s_limit(fake: FakeProxy) -> None:
    """A key that is made of a budget has no limit of its own; its own one would come first."""
    shared = {"litellm_budget_table": {"max_budget": 7.5}}

    assert account(fake, with_key(max_budget=None, **shared), NO_USER).max_budget == 7.5
    assert account(fake, with_key(max_budget=0.0, **shared), NO_USER).max_budget == 0.0
    assert account(fake, with_key(max_budget=None, litellm_budget_table=[]), NO_USER).max_budget is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice", "alice"),
        ("None", None),
        ("", None),
        (" \n", None),
        (7, None),
        (["alice"], None),
        ("al\x1b[2Jice\nx", "al [2Jice x"),
        ("a" * 600, "a" * 499 + "…"),
    ],
)
def test_a_name_is_one_bounded_line(fake: FakeProxy, text: object, expected: str | None) -> None:
    """Controls are gone, and a null that the proxy writes as a word is one."""
    found = account(fake, with_key(key_alias=text), json_answer({"user_info": {"user_email": text}}))

    assert (found.key_alias, found.user_email) == (expected, expected)


@pytest.mark.parametrize(
    ("models", "expected"),
    [([], []), (["a", 7, None, "", "b\n"], ["a", "b"]), (None, None), ("a", None), ({"a": 1}, None)],
)
def test_models_are_a_list_of_names(fake: FakeProxy, models: object, expected: list[str] | None) -> None:
    """An empty list is no restriction, and something else than not told."""
    assert account(fake, with_key(models=models), NO_USER).models == expected


@pytest.mark.parametrize("moment", [None, "soon", 1_900_000_000, [], "2027-13-01T00:00:00Z"])
def test_a_time_that_is_none_is_not_told(fake: FakeProxy, moment: object) -> None:
    """Only ISO 8601 counts."""
    found = account(fake, with_key(expires=moment, budget_reset_at=moment), NO_USER)

    assert (found.expires_at, found.budget_reset_at) == (None, None)


@pytest.mark.parametrize(
    "teams", [None, 7, "t-1", ["t-1"], [None, {}, {"team_id": "t-2", "team_alias": "x"}]]
)
def test_a_team_without_a_known_name_keeps_its_id(fake: FakeProxy, teams: object) -> None:
    """The list of teams may be anything."""
    found = account(fake, json_answer(KEY), json_answer({**USER, "teams": teams}))

    assert (found.team_id, found.team_alias) == ("t-1", None)
