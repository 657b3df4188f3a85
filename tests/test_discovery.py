"""Discovery: which steps are taken, what each adds, and which error is the news when none gives a list."""

import time
from collections.abc import Iterable
from threading import Event
from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from litectl.catalog.discovery import STEPS, Discovery, discover
from litectl.errors import (
    AuthError,
    BudgetError,
    IncompleteError,
    LitectlError,
    NetworkError,
    ProxyError,
    RateLimitError,
    UpstreamError,
)
from litectl.wire.proxy import Access, Proxy

LISTED = json_answer({"data": [{"id": "gpt-5.2", "mode": "chat"}]})
HTML = Answer(pieces=[b"<html>Sign in</html>"], content_type="text/html")
ANSWERED = {200: LISTED}
STATUSES = (400, 401, 403, 404, 405, 408, 422, 500, 502, 503, 504)
FULL = {
    "max_input_tokens": 1000,
    "max_output_tokens": 100,
    "input_cost_per_token": 1e-06,
    "output_cost_per_token": 5e-06,
    "supports_vision": True,
}
GROUP = {"model_group": "gpt-5.2", "providers": ["openai"], "mode": "chat", **FULL}


def discovered(
    fake: FakeProxy, *, seconds: float = 10, allow_health: bool = False, **answers: Any
) -> Discovery:
    """Discover what a proxy offers whose steps give *answers*, named by source."""
    for step in STEPS:
        if step.source in answers:
            fake.on("GET", step.path, answers[step.source])
    with Proxy(fake.root, Access("sk-test")) as proxy:
        return discover(proxy, seconds=seconds, now=1_000_000.0, allow_health=allow_health)


def asked(fake: FakeProxy) -> list[str]:
    """Return the paths that were asked for."""
    return [request.path for request in fake.requests]


def outcomes(discovery: Discovery) -> list[tuple[str, str]]:
    """Return how each step ended."""
    return [(outcome.source, outcome.outcome) for outcome in discovery.outcomes]


def infos(*entries: object) -> Answer:
    """Return the answer of `/model/info` with *entries*."""
    return json_answer({"data": list(entries)})


def test_a_whole_answer_needs_no_other_step(fake: FakeProxy) -> None:
    """With all facts from `/model/info` nothing else is asked, and the catalog says where it is from."""
    discovery = discovered(fake, model_info=infos(model_info("gpt-5.2", **FULL)), models=LISTED)

    assert (discovery.catalog.source, discovery.catalog.fetched_at) == ("model_info", 1_000_000.0)
    assert asked(fake) == ["/model/info"]
    assert outcomes(discovery) == [
        ("model_info", "listed"),
        ("models", "not needed"),
        ("model_group_info", "not needed"),
        ("health", "not needed"),
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        *(error_answer(status, "", "no") for status in STATUSES),
        error_answer(400, "no_db_connection", "No connected db."),
        HTML,
        Answer(),
        Answer(pieces=[b'{"data": [{"model_name": "m"}']),
        Answer(pieces=[b'{"data": []} more']),
        json_answer({"data": "none"}),
        json_answer({"error": {"message": "no"}}),
        json_answer([]),
        infos(),
    ],
    ids=lambda answer: f"{answer.status} {answer.pieces}"[:40],
)
def test_a_step_without_a_list_gives_way_to_the_next(fake: FakeProxy, refusal: Answer) -> None:
    """Whatever the first step says instead of a list, the second one is asked."""
    discovery = discovered(fake, model_info=refusal, models=LISTED)

    assert discovery.catalog.source == "models"
    assert [model.name for model in discovery.catalog.models] == ["gpt-5.2"]


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("status", [429, *STATUSES])
def test_each_step_may_fail_with_each_status(fake: FakeProxy, failing: int, status: int) -> None:
    """The others give what they can; only a proxy that wants to be left alone ends it, without a list."""
    whole: dict[str, Any] = {
        "model_info": infos(model_info("gpt-5.2")),
        "models": LISTED,
        "model_group_info": infos(GROUP),
    }
    source = list(whole)[failing]

    if status == 429 and failing == 0:
        with pytest.raises(RateLimitError):
            discovered(fake, **{**whole, source: error_answer(status, "", "no")})
        return
    discovery = discovered(fake, **{**whole, source: error_answer(status, "", "no")})

    assert discovery.catalog.models[0].name == "gpt-5.2"
    assert discovery.catalog.source == ("models" if failing == 0 else "model_info")
    ends = dict(outcomes(discovery))
    if source in ends and ends[source] != "not needed":
        failed = status >= 500 or status == 408
        assert ends[source] == ("failed" if failed else "refused")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (error_answer(401, "auth_error", "no"), error_answer(401, "auth_error", "no"), AuthError),
        (error_answer(401, "auth_error", "no"), error_answer(404, "", "no"), AuthError),
        (error_answer(404, "", "no"), error_answer(401, "auth_error", "no"), AuthError),
        (error_answer(404, "", "no"), error_answer(503, "", "no"), UpstreamError),
        (error_answer(422, "budget_exceeded", "no"), error_answer(503, "", "no"), BudgetError),
        (HTML, HTML, ProxyError),
        (Answer(), Answer(), IncompleteError),
    ],
)
def test_the_error_of_a_failed_discovery_is_the_news(
    fake: FakeProxy, first: Answer, second: Answer, expected: type[LitectlError]
) -> None:
    """A refused key or an empty budget is named rather than a route that is missing."""
    with pytest.raises(expected):
        discovered(fake, model_info=first, models=second)


def test_an_entry_of_junk_loses_itself_only(fake: FakeProxy) -> None:
    """Entries that are no models are passed over."""
    entries = [None, 5, {}, {"model_name": ""}, model_info("gpt-5.2")]

    discovery = discovered(fake, model_info=infos(*entries))

    assert [model.name for model in discovery.catalog.models] == ["gpt-5.2"]


def test_what_is_missing_is_filled_from_the_groups(fake: FakeProxy) -> None:
    """A restricted key sees limits, prices and abilities in `/model_group/info`; each value says so."""
    refused = error_answer(403, "", "no")

    discovery = discovered(fake, model_info=refused, models=LISTED, model_group_info=infos(GROUP))

    (model,) = discovery.catalog.models
    assert (model.max_input_tokens, model.input_price, model.providers) == (1000, 1.0, "openai")
    (row,) = discovery.catalog.deployments
    assert row["source"] == "models"
    assert row["filled"]["max_input_tokens"] == row["filled"]["vision"] == "model_group_info"
    assert "mode" not in row["filled"]


def test_a_group_speaks_for_no_deployment_whose_neighbour_knows(fake: FakeProxy) -> None:
    """A group has the largest limit and any ability of its deployments, which says nothing of the others."""
    entries = [
        model_info("gpt-5.2", **FULL),
        model_info("gpt-5.2", id="second", max_output_tokens=50),
    ]

    discovery = discovered(fake, model_info=infos(*entries), model_group_info=infos(GROUP))

    (model,) = discovery.catalog.models
    assert (model.max_input_tokens, model.max_output_tokens, model.input_price) == (1000, 50, None)
    assert "filled" not in discovery.catalog.deployments[1]


def test_the_groups_are_a_list_where_nothing_else_is(fake: FakeProxy) -> None:
    """A proxy that allows only `/model_group/info` is listed from it."""
    refused = error_answer(403, "", "no")

    discovery = discovered(fake, model_info=refused, models=refused, model_group_info=infos(GROUP))

    assert (discovery.catalog.source, discovery.catalog.models[0].name) == ("model_group_info", "gpt-5.2")


# Health


def healthy(*endpoints: object) -> Answer:
    """Return the answer of `/health` with these healthy endpoints."""
    return json_answer(
        {"healthy_endpoints": list(endpoints), "unhealthy_endpoints": [{"model": "openai/broken"}]}
    )


ENDPOINT = {"model": "openai/gpt-5.2", "model_id": "a b", "api_base": "https://backend.example.com/v1"}


@pytest.mark.parametrize("allowed", [True, False])
def test_health_is_asked_only_where_it_is_allowed(fake: FakeProxy, allowed: bool) -> None:
    """It calls every model of the proxy, which costs money, so it is the last step and never automatic."""
    refused = error_answer(403, "", "no")
    answers: dict[str, Any] = {"model_info": refused, "models": refused, "health": healthy(ENDPOINT)}

    if allowed:
        discovery = discovered(fake, allow_health=True, **answers)
        (model,) = discovery.catalog.models
        assert (discovery.catalog.source, model.name) == ("health", "openai/gpt-5.2")
    else:
        with pytest.raises(AuthError):
            discovered(fake, **answers)

    assert ("/health" in asked(fake)) is allowed


def test_health_is_not_asked_when_another_step_gave_a_list(fake: FakeProxy) -> None:
    """Allowing it costs nothing where it is not needed."""
    discovered(fake, allow_health=True, model_info=infos(model_info("m")), health=healthy(ENDPOINT))

    assert "/health" not in asked(fake)


def test_health_is_not_asked_where_there_are_no_models(fake: FakeProxy) -> None:
    """A key that may use none is told so by every route, and costs nothing."""
    nothing = infos()

    discovery = discovered(
        fake,
        allow_health=True,
        model_info=nothing,
        models=nothing,
        model_group_info=nothing,
        health=healthy(ENDPOINT),
    )

    assert discovery.catalog.models == []
    assert "/health" not in asked(fake)


def test_a_healthy_endpoint_is_looked_up_by_its_id(fake: FakeProxy) -> None:
    """Where the key may read a single deployment, its public name and facts are taken from there."""
    refused = error_answer(403, "", "no")

    def info(request: Any) -> Answer:
        return infos(model_info("public", **FULL)) if "litellm_model_id=a%20b" in request.path else refused

    discovery = discovered(
        fake, allow_health=True, model_info=info, models=refused, health=healthy(ENDPOINT, {"model": "x"})
    )

    assert [model.name for model in discovery.catalog.models] == ["public", "x"]
    assert discovery.catalog.models[0].max_input_tokens == 1000


# Wildcards


def ids(*names: str) -> Answer:
    """Return the answer of `/v1/models` with these *names*."""
    return json_answer({"data": [{"id": name, "mode": "chat"} for name in names]})


def route(name: str, backend: str, **info: object) -> dict[str, object]:
    """Return an entry of `/model/info` that routes *name* to *backend*."""
    entry = model_info(name, **{"mode": None, "id": f"id-{name}", **info})
    return {**entry, "litellm_params": {"model": backend}}


def names(discovery: Discovery) -> Iterable[tuple[str, str | None]]:
    """Return the names with their backends."""
    return [(row["name"], row.get("backend")) for row in discovery.catalog.deployments]


def test_a_wildcard_is_expanded_to_the_names_that_the_proxy_lists(fake: FakeProxy) -> None:
    """Each name is a deployment of the most specific route, with the backend that the proxy asks."""
    discovery = discovered(
        fake,
        model_info=infos(route("team/*", "openai/*"), route("*", "azure/*"), route("team/o-*", "other/o-*")),
        models=ids("team/gpt-5.2", "team/o-1", "else"),
    )

    assert names(discovery) == [
        ("team/gpt-5.2", "openai/gpt-5.2"),
        ("team/o-1", "other/o-1"),
        ("else", "azure/else"),
    ]


def test_a_wildcard_that_nothing_is_known_behind_stays(fake: FakeProxy) -> None:
    """It is all the proxy says; a name of its own is no name behind it."""
    discovery = discovered(
        fake, model_info=infos(route("team/*", "openai/*"), route("gpt-5.2", "openai/gpt-5.2")), models=LISTED
    )

    assert [name for name, _ in names(discovery)] == ["team/*", "gpt-5.2"]


def test_names_that_only_the_list_has_are_models_too(fake: FakeProxy) -> None:
    """An alias of the router is not among the deployments."""
    discovery = discovered(
        fake, model_info=infos(route("a", "openai/a")), models=ids("a", "alias", "no-default-models")
    )

    assert [model.name for model in discovery.catalog.models] == ["a", "alias"]
    assert discovery.catalog.deployments[1]["source"] == "models"


# Limits


def test_the_limit_is_for_all_steps_together(fake: FakeProxy) -> None:
    """What comes first is kept when a later step takes too long."""
    never = Event()
    slow = Answer(pieces=[never])
    started = time.monotonic()

    discovery = discovered(fake, seconds=1.0, model_info=infos(model_info("m")), model_group_info=slow)
    elapsed = time.monotonic() - started
    never.set()

    assert elapsed < 5
    assert [model.name for model in discovery.catalog.models] == ["m"]
    assert discovery.outcomes[2].outcome == "failed"
    assert "within" in (discovery.outcomes[2].detail or "")


def test_a_proxy_that_never_answers_is_a_network_error(fake: FakeProxy) -> None:
    """No other step is tried on it."""
    never = Event()
    with pytest.raises(NetworkError):
        discovered(fake, seconds=0.5, model_info=Answer(pieces=[never]), models=LISTED)
    never.set()

    assert asked(fake) == ["/model/info"]


@pytest.mark.parametrize(
    "piece",
    [
        # Many entries, one that never ends, and nothing but space
        b'{"model_name": "m", "padding": "%s"},' % (b"x" * 2**20),
        b"x" * 2**20,
        b" " * 2**20,
    ],
    ids=["entries", "one text", "space"],
)
def test_an_answer_of_200_mb_is_cut_off(fake: FakeProxy, piece: bytes) -> None:
    """It is a failure of its step, whatever it holds, and the next one is asked."""
    flood = Answer(pieces=[b'{"data": [', b'"' if piece[:1] == b"x" else b" ", *[piece] * 200])

    discovery = discovered(fake, seconds=60, model_info=flood, models=LISTED)

    assert discovery.catalog.source == "models"
    assert discovery.outcomes[0].outcome == "failed"


def test_a_step_that_failed_is_told_from_one_that_was_refused(fake: FakeProxy) -> None:
    """A refusal is for good, a failure may pass."""
    failed = discovered(fake, model_info=error_answer(503, "", "no"), models=LISTED)
    refused = discovered(fake, model_info=error_answer(403, "", "no"), models=LISTED)

    assert [[step.source for step in found.failed] for found in (failed, refused)] == [["model_info"], []]
