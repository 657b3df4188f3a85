"""`litectl spend`, with what a real proxy answered."""

import csv
import time
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from fake_proxy import Answer, FakeProxy, Request, json_answer
from program import Litectl
from recorded_keys import (
    INFO,
    TEAM_ACTIVITY,
    TEAM_INFO,
    USER_ACTIVITY,
    USER_INFO,
    body,
    day,
    key_entry,
    metrics,
    query_of,
    recorded,
)

SUMMED = f"{USER_ACTIVITY}/aggregated"
COUNTS = (
    *("spend", "requests", "failed_requests", "input_tokens", "output_tokens"),
    *("cache_read_tokens", "cache_write_tokens"),
)
BUDGET_FIELDS = [
    *("scope", "name", "id", "spend", "max_budget", "budget_left", "used_percent"),
    *("budget_reset_at", "daily_spend", "used_up_at"),
]
MODELS = [["gpt-5.2", "0.00008925", "3", "0", "3", "6"], ["mock-hello", "0", "2", "0", "20", "40"]]


@pytest.fixture
def active(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that tells a user what was spent."""
    fake.on("GET", SUMMED, recorded("activity, user, aggregated"))
    return fake


@pytest.fixture
def member(fake: FakeProxy) -> FakeProxy:
    """Give a proxy that knows the key of a member of a team."""
    fake.on("GET", INFO, recorded("info, key of a member"))
    fake.on("GET", USER_INFO, recorded("user, of a key"))
    return fake


def today() -> str:
    """Return the day in UTC."""
    return str(datetime.now(UTC).date())


def days_ago(days: int) -> str:
    """Return the day in UTC so many days ago."""
    return str(datetime.now(UTC).date() - timedelta(days=days))


def asked(fake: FakeProxy) -> list[str]:
    """Return the paths that were asked for, without their queries."""
    return [request.path.partition("?")[0] for request in fake.requests]


# What is left


def test_the_json_of_budgets_is_a_contract(litectl: Litectl, member: FakeProxy) -> None:
    """Key, user and team with all fields, null where there is no budget or nobody tells."""
    member.on("GET", SUMMED, recorded("activity, user, aggregated"))

    result = litectl("spend", "--json")

    budgets = result.json["budgets"]
    assert (result.code, result.err, list(result.json)) == (0, "", ["schema_version", "budgets"])
    assert [list(budget) for budget in budgets] == [BUDGET_FIELDS] * 3
    assert [(each["scope"], each["name"], each["max_budget"]) for each in budgets] == [
        ("key", "rec-member", None),
        ("user", "k@example.com", 5.0),
        ("team", "rec-team", 20.0),
    ]
    assert [each["budget_left"] for each in budgets][:2] == [None, 4.99991075]
    assert budgets[1]["budget_reset_at"] == "2026-12-01T00:00:00Z"
    assert (budgets[1]["daily_spend"], budgets[1]["used_up_at"]) == (None, None)


def test_the_pace_is_that_of_the_last_days(litectl: Litectl, fake: FakeProxy) -> None:
    """A user who spends a dollar a day has six days left of six dollars; the key has its own pace."""
    token = "e" * 64
    info = key_entry(token, user_id="u", spend=3.0, max_budget=4.0)
    fake.on("GET", INFO, json_answer({"key": token, "info": info}))
    fake.on("GET", USER_INFO, json_answer({"user_info": {"user_id": "u", "spend": 4.0, "max_budget": 10.0}}))
    keys = {token: metrics(0.5)}
    days = [day(days_ago(days), 4.0 if days == 4 else 0.0, api_keys=keys) for days in (4, 0)]
    fake.on("GET", SUMMED, json_answer({"results": days}))

    key, user = litectl("spend", "--json").json["budgets"]

    elapsed = 4 + (time.time() % 86_400) / 86_400
    assert key["daily_spend"] == pytest.approx(1 / elapsed, rel=1e-3)
    assert (user["daily_spend"], user["used_up_at"]) == (None, None)
    end = datetime.fromisoformat(key["used_up_at"]).timestamp()
    assert end == pytest.approx(time.time() + elapsed * 86_400, abs=60)
    query = query_of(fake.requests[-1])
    assert (query["user_id"], query["start_date"], query["end_date"]) == ("u", days_ago(6), today())


@pytest.mark.usefixtures("member")
def test_budgets_without_a_pace_are_told_all_the_same(litectl: Litectl) -> None:
    """The proxy tells of no activity here; tab-separated text has the ids."""
    result = litectl("spend")

    rows = [line.split("\t") for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert [row[0] for row in rows] == ["key", "user", "team"]
    assert rows[1][1:6] == ["rec-user", "k@example.com", "0.00008925", "5", "4.99991075"]


def test_a_key_of_nobody_has_its_own_budget(litectl: Litectl, fake: FakeProxy) -> None:
    """No user is asked for, since there is none."""
    fake.on("GET", INFO, recorded("info, key of no user"))

    result = litectl("spend", "--format", "csv", "--columns", "scope,name,budget_left")

    assert list(csv.reader(StringIO(result.out)))[1:] == [["key", "rec-plain", "0.49997025"]]
    assert asked(fake) == [INFO]


def test_a_key_of_a_team_alone_has_the_budget_of_the_team(litectl: Litectl, fake: FakeProxy) -> None:
    """It is asked for by its id."""
    info = {**body("info, key of a member")["info"], "user_id": None}
    fake.on("GET", INFO, json_answer({"key": "a" * 64, "info": info}))
    fake.on("GET", TEAM_INFO, recorded("team, of a key"))

    budgets = litectl("spend", "--json").json["budgets"]

    assert [(budget["scope"], budget["max_budget"]) for budget in budgets] == [("key", None), ("team", 20.0)]
    assert query_of(fake.requests[-1])["team_id"] == info["team_id"]


def test_a_person_is_warned_of_a_budget_that_is_used_up(litectl: Litectl, fake: FakeProxy) -> None:
    """With a bar that is full, and until when requests fail."""
    info = key_entry(spend=3.0, max_budget=2.0, key_alias="ci", budget_reset_at="2030-01-01T00:00:00Z")
    fake.on("GET", INFO, json_answer({"key": "a" * 64, "info": info}))

    result = litectl("spend", terminal=True)

    assert result.code == 0
    assert "-$1.00" in result.out
    assert "150 %" in result.out
    assert "█" * 10 in result.out or "#" * 10 in result.out
    assert "of the key ci is used up: requests fail until 2030-01-01T00:00:00Z" in result.err


def test_a_login_has_all_teams_and_a_master_key_none(litectl: Litectl, fake: FakeProxy) -> None:
    """Neither is in a table of keys; the teams of who has the master key do not limit it."""
    fake.on("GET", INFO, recorded("info, master key"))
    for user, scopes in (("u", ["user", "team", "team_member"]), ("default_user_id", ["user"])):
        share = {"user_id": user, "spend": 1.0, "litellm_budget_table": {"max_budget": 2.0}}
        team = {"team_id": "t", "team_alias": "blue", "team_memberships": [share]}
        fake.on("GET", USER_INFO, json_answer({"user_info": {"user_id": user}, "teams": [team]}))

        assert [budget["scope"] for budget in litectl("spend", "--json").json["budgets"]] == scopes


def test_a_proxy_that_tells_nothing_is_exit_4(litectl: Litectl, fake: FakeProxy) -> None:
    """Neither of a key nor of a user."""
    fake.on("GET", INFO, recorded("info, master key"))
    fake.on("GET", USER_INFO, recorded("user, none"))

    result = litectl("spend")

    assert (result.code, result.out) == (4, "")
    assert "tells this credential nothing" in result.err


@pytest.mark.parametrize("arguments", [(), ("--by", "day")])
def test_a_proxy_without_a_database_says_so(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """In plain words, whatever is asked, and by one request."""
    fake.on("GET", INFO, recorded("no database, info"))
    fake.on("GET", SUMMED, recorded("no database, activity"))

    result = litectl("spend", *arguments)

    assert (result.code, result.out, len(fake.requests)) == (1, "", 1)
    assert "has no database" in result.err


@pytest.mark.parametrize(("database", "code"), [("Not connected", 1), ("connected", 12)])
def test_a_proxy_that_breaks_without_a_word_is_asked_for_its_database(
    litectl: Litectl, fake: FakeProxy, database: str, code: int
) -> None:
    """As LiteLLM does that was installed without its database client; any other failure stays what it is."""
    fake.on("GET", INFO, Answer(500, [b"Internal Server Error"], "text/plain"))
    fake.on("GET", "/health/readiness", json_answer({"status": "healthy", "db": database}))

    result = litectl("spend")

    assert (result.code, result.out) == (code, "")
    assert ("has no database" in result.err) == (code == 1)


# What was spent


@pytest.mark.usefixtures("active")
def test_spend_is_listed_by_model(litectl: Litectl) -> None:
    """The dearest first, without a heading, a bar or a total in a pipe."""
    result = litectl("spend", "--by", "model")

    rows = [line.split("\t") for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert rows[:2] == MODELS
    assert len(rows) == 3


@pytest.mark.usefixtures("active")
@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("model", ("model",)),
        ("day", ("day",)),
        ("provider", ("provider",)),
        ("key", ("key", "alias", "token", "user_id", "team_id", "exists")),
    ],
)
def test_the_json_of_spend_is_a_contract(litectl: Litectl, by: str, names: tuple[str, ...]) -> None:
    """The period, the total, and rows that have every field."""
    document = litectl("spend", "--by", by, "--json").json

    rows = document.pop("rows")
    assert document == {
        "schema_version": 1,
        "since": days_ago(29),
        "until": today(),
        "by": by,
        "user_id": None,
        "team_id": None,
        "cut": False,
        "total": dict(zip(COUNTS, (8.925e-05, 7, 2, 31, 46, 0, 0), strict=True)),
    }
    assert rows
    assert all(tuple(row) == (*names, *COUNTS) for row in rows)


@pytest.mark.usefixtures("active")
def test_spend_is_listed_as_csv(litectl: Litectl) -> None:
    """With a heading, and without a bar."""
    result = litectl("spend", "--by", "model", "--format", "csv")

    heading, *rows = csv.reader(StringIO(result.out))
    assert heading == ["model", "spend", "requests", "failed_requests", "input_tokens", "output_tokens"]
    assert rows[:2] == MODELS


@pytest.mark.usefixtures("active")
@pytest.mark.parametrize(("variables", "mark"), [({}, "█"), ({"TERM": "dumb"}, "#")])
def test_people_see_bars_and_a_total(litectl: Litectl, variables: dict[str, str], mark: str) -> None:
    """A bar as long as the spend; the total is beside the data."""
    result = litectl("spend", "--by", "model", terminal=True, variables=variables)

    lines = {line.split()[0]: line for line in result.out.splitlines()}
    assert mark * 4 in lines["gpt-5.2"]
    assert mark not in lines["mock-hello"]
    assert "$0.000089" in lines["gpt-5.2"]
    assert "total: $0.000089, 7 requests, 2 failed, 31 input tokens, 46 output tokens" in result.err
    assert f"from {days_ago(29)} to {today()} (UTC)" in result.err


@pytest.mark.parametrize(("width", "has_tokens"), [("110", True), ("76", False)])
def test_a_bar_is_worth_more_than_tokens(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch, width: str, has_tokens: bool
) -> None:
    """Where long names leave no room for both, the tokens are left out, and that is said."""
    monkeypatch.setenv("COLUMNS", width)
    models = {"anthropic/claude-haiku-4-5-20251001": metrics(2.0), "a": metrics(1.0)}
    fake.on("GET", SUMMED, json_answer({"results": [day(today(), 3.0, model_groups=models)]}))

    result = litectl("spend", "--by", "model", terminal=True)

    longest, half = (line.count("█") for line in result.out.splitlines() if "$" in line)
    assert longest >= 8
    assert abs(longest - 2 * half) <= 1
    assert ("OUTPUT" in result.out) is has_tokens
    assert ("no room for input_tokens, output_tokens;" in result.err) is not has_tokens


def test_keys_that_used_nothing_are_counted_for_people(litectl: Litectl, fake: FakeProxy) -> None:
    """Hundreds of refused ones would hide those that cost; data formats and chosen columns have all."""
    nothing = {"spend": 0.0, "prompt_tokens": 0, "completion_tokens": 0, "api_requests": 4}
    keys = {
        "e" * 64: metrics(1.0),
        "free": {"metrics": {**nothing, "prompt_tokens": 9}},
        "untold": {"metrics": {}},
        **{f"{number:064}": {"metrics": nothing} for number in range(200)},
    }
    fake.on("GET", SUMMED, json_answer({"results": [day(today(), 1.0, api_keys=keys)]}))

    shown = litectl("spend", "--by", "key", terminal=True)

    assert [line.split()[0] for line in shown.out.splitlines()[1:]] == ["e" * 12, "free", "untold"]
    assert "left out: 200 keys without spend and tokens; `--format csv` has all" in shown.err
    assert len(litectl("spend", "--by", "key", "--format", "csv").out.splitlines()) == 204
    assert len(litectl("spend", "--by", "key", "--columns", "key", terminal=True).out.splitlines()) == 204


def test_a_part_of_a_budget_has_two_decimals(litectl: Litectl, fake: FakeProxy) -> None:
    """In text; the noise of a division tells nobody anything."""
    fake.on(
        "GET", INFO, json_answer({"key": "a" * 64, "info": key_entry("a" * 64, spend=2.38, max_budget=3)})
    )

    line = litectl("spend", "--columns", "scope,used_percent").out.splitlines()[0]

    assert line == "key\t79.33"


@pytest.mark.usefixtures("active")
def test_chosen_columns_have_no_bar(litectl: Litectl) -> None:
    """What is asked for is shown, and nothing besides."""
    out = litectl("spend", "--by", "model", "--columns", "model,spend", terminal=True).out

    assert "█" not in out
    assert "#" not in out


@pytest.mark.usefixtures("active")
def test_a_key_is_known_by_its_alias_or_the_beginning_of_its_hash(litectl: Litectl, fake: FakeProxy) -> None:
    """The master key has a word in the place of a hash, requests without a key have nothing."""
    keys = {
        "f" * 64: metrics(3.0),
        "litellm_proxy_master_key": metrics(2.0),
        "": metrics(0.0),
        "e" * 64: {**metrics(1.0), "metadata": {"key_alias": "ci", "key_exists": True}},
    }
    fake.on("GET", SUMMED, json_answer({"results": [day(today(), 6.0, api_keys=keys)]}))

    out = litectl("spend", "--by", "key", "--columns", "key,exists").out

    assert out.splitlines() == ["f" * 12 + "\t", "litellm_proxy_master_key\t", "ci\ttrue", "\t"]


def test_a_period_of_a_user_or_a_team_is_asked_for(litectl: Litectl, fake: FakeProxy) -> None:
    """Each by its own route, with days in UTC."""
    fake.on("GET", SUMMED, recorded("activity, user, aggregated"))
    fake.on("GET", f"{TEAM_ACTIVITY}/aggregated", recorded("activity, team"))

    litectl("spend", "--by", "day", "--user", "u", "--since", "7d")
    litectl("spend", "--by", "day", "--team", "t", "--since", "2026-11-01", "--until", "2026-11-30")

    user, team = map(query_of, fake.requests)
    assert (user["user_id"], user["start_date"], user["end_date"]) == ("u", days_ago(6), today())
    assert (team["team_ids"], team["start_date"], team["end_date"]) == ("t", "2026-11-01", "2026-11-30")


@pytest.mark.parametrize(
    "refusal", [json_answer({"detail": "Not Found"}, 404), recorded("generate, no admin")]
)
def test_an_older_proxy_is_asked_page_by_page(litectl: Litectl, fake: FakeProxy, refusal: Answer) -> None:
    """Where it does not sum up itself, or not for this role; a day on two pages is one row."""

    def page(request: Request) -> Answer:
        number = int(query_of(request)["page"])
        pieces = [day("2026-11-02", 0.1, model_groups={"m": metrics(0.1)})]
        return json_answer({"results": pieces, "metadata": {"page": number, "has_more": number < 3}})

    fake.on("GET", SUMMED, refusal)
    fake.on("GET", USER_ACTIVITY, page)

    result = litectl("spend", "--by", "day", "--columns", "day,spend")

    assert (result.code, result.out) == (0, "2026-11-02\t0.3\n")
    assert asked(fake) == [SUMMED, *[USER_ACTIVITY] * 3]


@pytest.mark.parametrize(("by", "is_paged"), [("model", False), ("key", True)])
def test_keys_that_a_sum_leaves_out_are_asked_for(
    litectl: Litectl, fake: FakeProxy, by: str, is_paged: bool
) -> None:
    """A proxy sums up a thousand keys at most; the models of all are in it."""
    about = {"api_key_limit": 1000, "total_api_keys": 1001}
    fake.on("GET", SUMMED, json_answer({"results": [], "metadata": about}))
    fake.on("GET", USER_ACTIVITY, recorded("activity, user"))

    assert litectl("spend", "--by", by).code == 0

    assert (USER_ACTIVITY in asked(fake)) is is_paged


def test_a_page_that_fails_is_no_smaller_sum(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing is told rather than too little."""

    def page(request: Request) -> Answer:
        if query_of(request)["page"] == "2":
            return json_answer({"detail": {"error": "Failed to fetch analytics"}}, 500)
        return json_answer({"results": [day("2026-11-02", 0.1)], "metadata": {"has_more": True}})

    fake.on("GET", USER_ACTIVITY, page)

    result = litectl("spend", "--by", "day")

    assert (result.code, result.out) == (12, "")


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("activity, key of no user", "to the keys of a user only"),
        ("activity, not a member", "somebody else"),
    ],
)
def test_who_may_not_know_is_exit_4(litectl: Litectl, fake: FakeProxy, label: str, words: str) -> None:
    """With a hint, and by one request."""
    fake.on("GET", SUMMED, recorded(label))

    result = litectl("spend", "--by", "model")

    assert (result.code, result.out, len(fake.requests)) == (4, "", 1)
    assert words in result.err
    assert "hint: " in result.err


def test_a_period_without_requests_costs_nothing(litectl: Litectl, fake: FakeProxy) -> None:
    """A person is told so; JSON has a total of 0 and no rows."""
    fake.on("GET", SUMMED, json_answer({"results": []}))

    shown = litectl("spend", "--by", "model", "--since", "2001-01-01", "--until", "2001-01-02", terminal=True)
    document = litectl("spend", "--by", "model", "--json").json

    assert (shown.code, shown.out) == (0, "")
    assert "nothing was counted from 2001-01-01 to 2001-01-02 (UTC)" in shown.err
    assert (document["rows"], document["total"]["spend"]) == ([], 0)


@pytest.mark.parametrize(
    "arguments",
    [
        *[("--by", what) for what in ("tag", "", "models")],
        *[(option, "x") for option in ("--since", "--until", "--user", "--team")],
        *[("--by", "day", *more) for more in (("--since", "x"), ("--until", "7d"), ("--since", ""))],
        ("--by", "day", "--user", "u", "--team", "t"),
        *[("--by", "day", option, "") for option in ("--user", "--team")],
        ("--by", "day", "--since", "2026-11-02", "--until", "2026-11-01"),
        ("--by", "day", "--columns", "model"),
        ("--columns", "bar"),
    ],
)
def test_bad_options_are_exit_2_and_nothing_is_sent(
    litectl: Litectl, fake: FakeProxy, arguments: tuple[str, ...]
) -> None:
    """Also those that would say nothing, such as a period of the budgets."""
    result = litectl("spend", *arguments)

    assert (result.code, result.out, fake.requests) == (2, "", [])
    assert "hint: " in result.err
