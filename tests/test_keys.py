"""Virtual keys: read from what a proxy answers, named, and what a new one is to be."""

import math
from typing import Any

import pytest

from fake_proxy import FakeProxy, Request, json_answer
from litectl.errors import (
    IncompleteError,
    LitectlError,
    NotAllowedError,
    NotFoundError,
    PartialError,
    ProxyError,
    UsageError,
)
from litectl.keys.api import delete_keys, fetch_keys, fetch_team, fetch_user, find_key
from litectl.keys.entries import described_key, key_of, made_key, page_of
from litectl.keys.key import VirtualKey, check_name, expired, hash_of, is_hash, left_of
from litectl.keys.owner import described_team, user_of
from litectl.keys.refusals import refusal
from litectl.keys.wishes import Wishes, body_of
from litectl.wire.proxy import Access, Proxy
from recorded_keys import (
    DELETE,
    INFO,
    LIST,
    USER_INFO,
    body,
    key_entry,
    key_page,
    query_of,
    recorded,
)

STRANGE: list[Any] = [None, "", 0, True, [], {}, "x", [[]], {"keys": {}}, {"info": []}]


def opened(fake: FakeProxy) -> Proxy:
    """Return the fake proxy, asked with a key."""
    return Proxy(fake.root, Access("sk-test-1234"))


# Read


def test_a_recorded_list_is_read() -> None:
    """Every key has its alias, its end, its money and its times."""
    page = page_of(body("list, user"))

    key = next(key for key in page.keys if key.alias == "rec-user")
    assert (page.left_out, page.more) == (0, False)
    assert key.name is not None
    assert key.name.startswith("sk-...")
    assert (key.spend, key.max_budget, key.budget_left) == (2.975e-05, 1.0, 0.99997025)
    assert (key.models, key.user_id, key.is_blocked) == (("gpt-5.2", "mock-hello"), "rec-user", False)
    assert key.expires_at is not None
    assert key.expires_at > (key.created_at or math.inf)


def test_a_recorded_description_is_read() -> None:
    """The answer of `/key/info` has the hash beside the rest."""
    key = described_key(body("info, key of no user"))

    assert is_hash(key.token)
    assert (key.alias, key.max_budget, key.user_id, key.team_id) == ("rec-plain", 0.5, None, None)


def test_a_recorded_new_key_is_read() -> None:
    """The key itself is told once, and is in no text of the value."""
    made = made_key(body("generate"))

    assert made is not None
    assert made.secret == "sk-recorded-key-of-a-test-00001"  # it was never one
    assert made.secret not in repr(made)
    assert (made.key.rpm_limit, made.key.tpm_limit, made.key.budget_duration) == (60, 1000, "30d")


@pytest.mark.parametrize("document", STRANGE)
def test_what_is_no_key_is_an_error(document: Any) -> None:
    """Never a traceback, and never a key that nobody described."""
    assert made_key(document) is None
    assert user_of(document) is None
    assert described_team(document, "u") is None
    for read in (page_of, described_key):
        with pytest.raises(IncompleteError):
            read(document)


def test_wrong_types_are_unknown() -> None:
    """A field that is not what it should be is None; an entry without a hash is none."""
    wrong = {
        "key_alias": 5,
        "spend": math.nan,
        "max_budget": "10",
        "models": {},
        "expires": 3,
        "rpm_limit": -1,
        "tpm_limit": 1e400,
        "user_id": "None",
        "created_at": "soon",
    }

    assert key_of({"token": "t", **wrong}) == VirtualKey("t")
    assert key_of({"token": 5}) is None


def test_a_shared_budget_is_the_limit_of_a_key_without_one() -> None:
    """Its limit, its time and its beginning anew are in the budget only."""
    shared = {"max_budget": 3.0, "budget_duration": "7d", "budget_reset_at": "1970-01-02T00:00:00Z"}

    key = key_of({"token": "t", "max_budget": None, "litellm_budget_table": shared})

    assert key is not None
    assert (key.max_budget, key.budget_duration, key.budget_reset_at) == (3.0, "7d", 86_400.0)


@pytest.mark.parametrize(
    ("max_budget", "spend", "left"),
    [
        *[(1.0, 0.9, 0.1), (0.5, 1.0, -0.5), (None, 1.0, None), (1.0, None, None), (0.0, 0.0, 0.0)],
        *[
            (0.1 + 0.2, 0.3, 0.0),
            (0.3, 0.1 + 0.2, 0.0),
            (1.1, 1.0999999, 1e-07),
            (0.0, 2.975e-05, -2.975e-05),
        ],
        *[(1e-09, 0.0, 1e-09), (123_456.78, 0.01, 123_456.77), (1e308, 1.0, 1e308)],
    ],
)
def test_what_is_left_is_exact(max_budget: float | None, spend: float | None, left: float | None) -> None:
    """Without the noise of floats, below 0 when too much was spent, unknown without a budget."""
    assert left_of(max_budget, spend) == left


def test_a_user_is_read_with_teams_and_own_share() -> None:
    """The budgets of the user and of each team come with the times at which they begin anew."""
    user = user_of(body("user, of a key"))

    assert user is not None
    assert (user.id, user.role, user.means.max_budget) == ("rec-user", "internal_user", 5.0)
    (team,) = user.teams
    assert (team.alias, team.means.max_budget, team.member.max_budget) == ("rec-team", 20.0, None)
    assert team.means.reset_at is not None


def test_a_member_may_have_a_budget_of_a_team() -> None:
    """The share is found by the user among all memberships."""
    shares = [
        {"user_id": "other", "spend": 9.0, "litellm_budget_table": {"max_budget": 9.0}},
        {"user_id": "me", "spend": 1.0, "litellm_budget_table": {"max_budget": 2.0}},
    ]

    team = described_team({"team_info": {"team_id": "t"}, "team_memberships": shares}, "me")

    assert team is not None
    assert (team.member.spend, team.member.max_budget) == (1.0, 2.0)


def test_expired_keys_are_those_that_ended() -> None:
    """A key that never ends is none of them."""
    keys = [VirtualKey("a", expires_at=1.0), VirtualKey("b"), VirtualKey("c", expires_at=3.0)]

    assert [key.token for key in expired(keys, 2.0)] == ["a"]


# Names


@pytest.mark.parametrize("name", ["sk-abc", "sk-...abcd", "", "  "])
def test_a_key_is_not_named_by_itself(name: str) -> None:
    """What seems to be a key is refused, and not repeated."""
    with pytest.raises(UsageError) as caught:
        check_name(name)

    assert "sk-abc" not in caught.value.message


def test_the_hash_of_a_key_is_its_sha256() -> None:
    """By it a proxy knows a key."""
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert is_hash(hash_of("abc"))
    assert not is_hash("sk-abc")


# What is sent


def test_wishes_become_what_the_proxy_takes() -> None:
    """Only what was wished is sent."""
    wishes = Wishes("ci", ["a,b", "c"], "1.5", "1mo", "30d", 5, 6, "u", "t", ["job=x=y"])

    assert body_of(wishes) == {
        "key_alias": "ci",
        "models": ["a", "b", "c"],
        "max_budget": 1.5,
        "budget_duration": "1mo",
        "duration": "30d",
        "rpm_limit": 5,
        "tpm_limit": 6,
        "user_id": "u",
        "team_id": "t",
        "metadata": {"job": "x=y"},
    }
    assert body_of(Wishes()) == {}


@pytest.mark.parametrize(
    "wishes",
    [
        *[Wishes(duration=text) for text in ("", "30", "abc", "0d", "-1d", "1x", "30d ", "99999999d", "1 d")],
        *[Wishes(budget_duration=text) for text in ("daily", "200mo0", "1200000000mo")],
        *[Wishes(max_budget=text) for text in ("nan", "inf", "-1", "x", "", "1e400", "1e13")],
        *[Wishes(models=texts) for texts in ([""], ["a,"], ["a,,b"])],
        *[Wishes(alias=" "), Wishes(user=""), Wishes(team=""), Wishes(metadata=["x"])],
    ],
)
def test_bad_wishes_are_refused(wishes: Wishes) -> None:
    """Before anything is sent, with an example."""
    with pytest.raises(UsageError) as caught:
        body_of(wishes)

    assert caught.value.hint


# Refusals


@pytest.mark.parametrize(
    ("label", "kind", "reason"),
    [
        *[
            (f"no database, {route}", ProxyError, "no_database")
            for route in ("info", "list", "user", "activity", "generate", "delete")
        ],
        ("generate, Enterprise", ProxyError, "enterprise"),
        ("generate, no admin", NotAllowedError, None),
        ("delete, no admin", NotAllowedError, None),
        ("list, key of no user", NotAllowedError, "no_user"),
        ("activity, key of no user", NotAllowedError, "no_user"),
        ("activity, not a member", NotAllowedError, "others"),
        ("list, another user", NotAllowedError, "others"),
        ("info, key of another", NotAllowedError, "others"),
        ("delete, not yours", NotAllowedError, "others"),
        ("info, master key", NotFoundError, None),
        ("delete, gone", NotFoundError, None),
    ],
)
def test_recorded_refusals_have_their_class(label: str, kind: type[LitectlError], reason: str | None) -> None:
    """Each with a hint, and with a word where the class alone does not tell."""
    import json

    from recorded_keys import ANSWERS

    error = refusal(ANSWERS[label]["status"], json.dumps(body(label)).encode())

    assert type(error) is kind
    assert error.details.get("reason") == reason
    assert error.hint


@pytest.mark.parametrize("label", ["user, none", "generate, same alias"])
def test_other_refusals_are_left_to_the_standard(label: str) -> None:
    """What every route says alike has no words here."""
    import json

    assert refusal(404, json.dumps(body(label)).encode()) is None


# Asked


def test_all_pages_are_fetched(fake: FakeProxy) -> None:
    """Keys on two pages are one list, and one that moved from a page to the next is there once."""

    def page(request: Request) -> Any:
        number = int(query_of(request)["page"])
        entries = [key_entry(str(number)), key_entry("both"), {"key_alias": "without a hash"}]
        return json_answer(key_page(*entries, page=number, pages=2))

    fake.on("GET", LIST, page)
    with opened(fake) as proxy:
        listed = fetch_keys(proxy)

    assert [key.token for key in listed.keys] == ["1", "both", "2"]
    assert (listed.left_out, listed.is_cut) == (2, False)
    assert {query_of(request)["size"] for request in fake.requests} == {"100"}


def test_a_list_without_end_is_cut(fake: FakeProxy) -> None:
    """So many pages are read and no more, and the list says so."""
    fake.on("GET", LIST, json_answer(key_page(key_entry(), page=1, pages=9)))

    with opened(fake) as proxy:
        listed = fetch_keys(proxy, most_pages=3)

    assert (len(fake.requests), listed.is_cut) == (3, True)


def test_keys_that_were_not_asked_for_are_left_out(fake: FakeProxy) -> None:
    """A proxy lists service accounts of an admin's teams beside those of the user."""
    fake.on("GET", LIST, json_answer(key_page(key_entry("a", user_id="me"), key_entry("b", user_id=None))))

    with opened(fake) as proxy:
        listed = fetch_keys(proxy, user_id="me")

    assert [key.token for key in listed.keys] == ["a"]
    assert query_of(fake.requests[0])["user_id"] == "me"


def test_a_key_of_nobody_sees_itself(fake: FakeProxy) -> None:
    """The proxy lists it no keys, and tells it of itself."""
    fake.on("GET", LIST, recorded("list, key of no user"))
    fake.on("GET", INFO, recorded("info, key of no user"))

    with opened(fake) as proxy:
        listed = fetch_keys(proxy)

    assert [key.alias for key in listed.keys] == ["rec-plain"]
    assert listed.is_own_only


def test_an_alias_of_two_keys_names_none(fake: FakeProxy) -> None:
    """Older proxies allow that; the hint has the hashes."""
    entries = [key_entry(token, key_alias="ci") for token in ("a" * 64, "b" * 64)]
    fake.on("GET", LIST, json_answer(key_page(*entries)))

    with opened(fake) as proxy, pytest.raises(NotFoundError) as caught:
        find_key(proxy, "ci")

    assert "b" * 64 in str(caught.value.hint)


def test_a_deletion_that_is_not_told_is_partial(fake: FakeProxy) -> None:
    """The proxy names the keys that it deleted."""
    fake.on("POST", DELETE, json_answer({"deleted_keys": ["a"]}))

    with opened(fake) as proxy, pytest.raises(PartialError, match="did not delete b"):
        delete_keys(proxy, [VirtualKey("a"), VirtualKey("b")])


def test_a_user_that_there_is_not_is_none(fake: FakeProxy) -> None:
    """A key of nobody is told so with the status of a missing route."""
    fake.on("GET", USER_INFO, recorded("user, none"))

    with opened(fake) as proxy:
        assert fetch_user(proxy) is None


def test_an_odd_id_of_a_team_breaks_nothing(fake: FakeProxy) -> None:
    """It comes from the proxy, and may hold what no address can."""
    with opened(fake) as proxy:
        assert fetch_team(proxy, "a/b?c#d \ud800\n") is None

    assert query_of(fake.requests[0]) == {"team_id": "a/b?c#d ?\n"}
