"""Which skills a proxy offers, asked origin by origin."""

import time
from collections.abc import Iterator
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer
from litectl.errors import (
    AuthError,
    ExitCode,
    LitectlError,
    NetworkError,
    ProxyError,
    UpstreamError,
)
from litectl.skills.api import MOST_PAGES
from litectl.skills.hub import MARKETPLACE, PLUGINS
from litectl.skills.listing import list_skills
from litectl.skills.skill import ANTHROPIC, HUB, STORED
from litectl.wire.proxy import Access, Proxy
from test_skill_rows import ANSWERS

API = "/v1/skills"
KEY = "sk-test-key-0001"


def recorded(name: str) -> Answer:
    """Return the recorded answer *name*."""
    return json_answer(ANSWERS[name]["body"], ANSWERS[name]["status"])


def query_of(request: Request) -> dict[str, str]:
    """Return the query of *request*."""
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


def on_api(fake: FakeProxy, **answers: Answer) -> None:
    """Answer `/v1/skills` by its provider."""
    fake.on("GET", API, lambda request: answers[query_of(request)["custom_llm_provider"]])


@pytest.fixture
def proxy(fake: FakeProxy) -> Iterator[Proxy]:
    """Give the fake proxy, asked with a key."""
    with Proxy(fake.root, Access(KEY)) as opened:
        yield opened


NOT_THERE = json_answer({"detail": "Not Found"}, 404)
NO_KEY = error_answer(500, "internal_server_error", "ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN is required")
REFUSED = error_answer(401, "auth_error", "Invalid proxy server token passed")


def test_all_origins_are_listed(fake: FakeProxy, proxy: Proxy) -> None:
    """What a real proxy answered: the hub first, each skill with its origin, the key in a header only."""
    fake.on("GET", PLUGINS, recorded("plugins"))
    fake.on("GET", API, lambda request: recorded("stored" if STORED in request.path else "anthropic"))

    listed = list_skills(proxy, seconds=30)

    assert [skill.origin for skill in listed.skills] == [HUB] * 4 + [STORED] * 3 + [ANTHROPIC]
    assert listed.refusals == []
    assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in fake.requests)
    assert not any(KEY in request.path for request in fake.requests)


def test_only_named_origins_are_asked(fake: FakeProxy, proxy: Proxy) -> None:
    """One origin is one request."""
    on_api(fake, anthropic=recorded("anthropic"))

    assert len(list_skills(proxy, seconds=30, origins=(ANTHROPIC,)).skills) == 1
    assert [query_of(request) for request in fake.requests] == [
        {"beta": "true", "limit": "100", "custom_llm_provider": "anthropic"}
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_the_public_list_is_asked_instead(fake: FakeProxy, proxy: Proxy, status: int) -> None:
    """Where the list for a key is refused, the enabled skills are known all the same."""
    fake.on("GET", PLUGINS, json_answer({"detail": {"error": "no"}}, status))
    fake.on("GET", MARKETPLACE, recorded("marketplace"))

    listed = list_skills(proxy, seconds=30, origins=(HUB,))

    assert len(listed.skills) == 3
    assert [(each.origin, each.is_partial) for each in listed.refusals] == [(HUB, True)]


def test_without_a_database_the_public_list_is_not_asked(fake: FakeProxy, proxy: Proxy) -> None:
    """It would need the same database; this is how many proxies are, and is said so."""
    fake.on("GET", PLUGINS, recorded("plugins-no-database"))
    on_api(fake, litellm_proxy=recorded("stored-no-database"), anthropic=recorded("anthropic"))

    listed = list_skills(proxy, seconds=30)

    assert [skill.name for skill in listed.skills] == ["skread remote"]
    assert [(each.origin, each.is_usual) for each in listed.refusals] == [(HUB, True), (STORED, True)]
    assert len(fake.requests) == 3


@pytest.mark.parametrize(
    ("hub", "stored", "anthropic", "kind", "code"),
    [
        (recorded("plugins-no-database"), recorded("stored-no-database"), NO_KEY, ProxyError, 1),
        (recorded("plugins-no-database"), recorded("stored-no-database"), REFUSED, AuthError, 4),
        (NOT_THERE, NOT_THERE, REFUSED, AuthError, 4),
        (NOT_THERE, NOT_THERE, NOT_THERE, LitectlError, 1),
        (NOT_THERE, NOT_THERE, error_answer(500, "x", "boom"), UpstreamError, 12),
        (NOT_THERE, NOT_THERE, json_answer({"data": 5}), ProxyError, 1),
    ],
)
def test_refused_by_all_is_an_error(
    fake: FakeProxy,
    proxy: Proxy,
    hub: Answer,
    stored: Answer,
    anthropic: Answer,
    kind: type[LitectlError],
    code: int,
) -> None:
    """The most telling one gives the exit code, and each says why."""
    fake.on("GET", PLUGINS, hub)
    on_api(fake, litellm_proxy=stored, anthropic=anthropic)

    with pytest.raises(kind) as raised:
        list_skills(proxy, seconds=30)

    assert raised.value.exit_code == code
    refused = raised.value.details["refused"]
    assert isinstance(refused, list)
    assert [each["origin"] for each in refused] == [HUB, STORED, ANTHROPIC]


def test_one_reason_is_said_once(fake: FakeProxy, proxy: Proxy) -> None:
    """A wrong key is refused three times and told once."""
    fake.on("GET", PLUGINS, REFUSED)
    fake.on("GET", API, REFUSED)

    with pytest.raises(AuthError) as raised:
        list_skills(proxy, seconds=30)

    assert raised.value.exit_code == ExitCode.AUTH
    assert raised.value.message.count("Invalid proxy server token") == 1


def test_a_proxy_that_is_not_there_is_asked_once() -> None:
    """Where nobody listens, the other origins need not be tried."""
    traced: list[str] = []
    with (
        Proxy("http://127.0.0.1:1", Access(KEY), trace=traced.append) as proxy,
        pytest.raises(NetworkError, match="cannot connect"),
    ):
        list_skills(proxy, seconds=30)

    assert not [line for line in traced if API in line]


def test_a_slow_origin_leaves_time_to_the_others(fake: FakeProxy, proxy: Proxy) -> None:
    """Each has its share of the seconds, and together they take no longer."""
    fake.on("GET", PLUGINS, Answer(pieces=[b"{", Event()]))
    on_api(fake, litellm_proxy=recorded("stored"), anthropic=recorded("anthropic"))
    started = time.monotonic()

    listed = list_skills(proxy, seconds=1.5)

    assert time.monotonic() - started < 1.5
    assert [each.origin for each in listed.refusals] == [HUB]
    assert {skill.origin for skill in listed.skills} == {STORED, ANTHROPIC}


# Pages


def rows(*numbers: int) -> list[dict[str, str]]:
    """Return rows with these numbers as ids."""
    return [{"id": f"s{number}"} for number in numbers]


def test_a_page_is_turned_with_its_token(fake: FakeProxy, proxy: Proxy) -> None:
    """In the body, which the real proxy passes on, and in the query."""
    pages = {
        None: {"data": rows(1, 2), "has_more": True, "next_page": "p2"},
        "p2": {"data": rows(3), "has_more": False, "next_page": None},
    }
    fake.on("GET", API, lambda request: json_answer(pages[request.json["page"] if request.body else None]))

    listed = list_skills(proxy, seconds=30, origins=(ANTHROPIC,))

    assert [skill.id for skill in listed.skills] == ["s1", "s2", "s3"]
    assert (listed.cut, len(fake.requests)) == ([], 2)
    assert query_of(fake.requests[1])["page"] == "p2"


def test_without_a_token_the_last_id_is_named(fake: FakeProxy, proxy: Proxy) -> None:
    """As LiteLLM's own route has it; what was there before is not taken twice."""
    pages = {"": rows(1, 2), "s2": rows(2, 3), "s3": rows()}

    def answer(request: Request) -> Answer:
        return json_answer({"data": pages[query_of(request).get("after_id", "")], "has_more": True})

    fake.on("GET", API, answer)

    listed = list_skills(proxy, seconds=30, origins=(STORED,))

    assert [skill.id for skill in listed.skills] == ["s1", "s2", "s3"]


def test_a_proxy_that_repeats_its_first_page_is_not_asked_for_ever(fake: FakeProxy, proxy: Proxy) -> None:
    """As the real one does with what it keeps; that there is more is told."""
    fake.on("GET", API, json_answer({"data": rows(1, 2), "has_more": True, "next_page": None}))

    listed = list_skills(proxy, seconds=30, origins=(STORED,))

    assert (len(listed.skills), listed.cut, len(fake.requests)) == (2, [STORED], 2)
    assert query_of(fake.requests[0])["limit"] == "10000"


def test_pages_are_bounded(fake: FakeProxy, proxy: Proxy) -> None:
    """A proxy that always has another page is left after some of them."""

    def answer(_: Request) -> Answer:
        return json_answer({"data": rows(len(fake.requests)), "next_page": "more"})

    fake.on("GET", API, answer)

    listed = list_skills(proxy, seconds=30, origins=(ANTHROPIC,))

    assert (len(listed.skills), listed.cut) == (MOST_PAGES, [ANTHROPIC])


def test_a_later_page_that_fails_leaves_the_list_cut(fake: FakeProxy, proxy: Proxy) -> None:
    """The skills of the first page are kept."""

    def answer(request: Request) -> Answer:
        return REFUSED if request.body else json_answer({"data": rows(1), "next_page": "p2"})

    fake.on("GET", API, answer)

    listed = list_skills(proxy, seconds=30, origins=(ANTHROPIC,))

    assert ([skill.id for skill in listed.skills], listed.cut) == (["s1"], [ANTHROPIC])


@pytest.mark.parametrize(
    "document", [{"data": rows(1), "next_page": 5, "has_more": "yes"}, rows(1), {"skills": rows(1)}]
)
def test_other_marks_are_no_next_page(fake: FakeProxy, proxy: Proxy, document: object) -> None:
    """Only a text is a page, and only `true` is more."""
    fake.on("GET", API, json_answer(document))

    listed = list_skills(proxy, seconds=30, origins=(STORED,))

    assert (len(listed.skills), listed.cut, len(fake.requests)) == (1, [], 1)
