"""Discovery: which step answers, and which error is the news when none does."""

from typing import Any

import pytest

from fake_proxy import Answer, FakeProxy, error_answer, json_answer, model_info
from litectl.catalog.discovery import STEPS, discover
from litectl.errors import AuthError, IncompleteError, LitectlError, ProxyError, UpstreamError
from litectl.proxy import Access, Proxy

LISTED = json_answer({"data": [{"id": "gpt-5.2", "mode": "chat"}]})
HTML = Answer(pieces=[b"<html>Sign in</html>"], content_type="text/html")


def discovered(fake: FakeProxy, **answers: Any) -> Any:
    """Discover what a proxy offers whose steps give *answers*, named by source."""
    for step in STEPS:
        if step.source in answers:
            fake.on("GET", step.path, answers[step.source])
    with Proxy(fake.root, Access("sk-test")) as proxy:
        return discover(proxy, seconds=10, now=1_000_000.0)


def test_the_first_step_that_answers_is_the_source(fake: FakeProxy) -> None:
    """With `/model/info` nothing else is asked, and the catalog says so."""
    catalog = discovered(fake, model_info=json_answer({"data": [model_info("gpt-5.2")]}), models=LISTED)

    assert (catalog.source, catalog.fetched_at) == ("model_info", 1_000_000.0)
    assert [request.path for request in fake.requests] == ["/model/info"]


@pytest.mark.parametrize(
    "refusal",
    [
        *(error_answer(status, "", "no") for status in (401, 403, 404, 405, 422, 500, 503)),
        error_answer(400, "no_db_connection", "No connected db."),
        HTML,
        Answer(),
        json_answer({"data": "none"}),
        json_answer([]),
    ],
)
def test_a_refused_step_gives_way_to_the_next(fake: FakeProxy, refusal: Answer) -> None:
    """Whatever the first step says instead of a list, the second one is asked."""
    assert discovered(fake, model_info=refusal, models=LISTED).source == "models"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (error_answer(401, "auth_error", "no"), error_answer(401, "auth_error", "no"), AuthError),
        (error_answer(401, "auth_error", "no"), error_answer(404, "", "no"), AuthError),
        (error_answer(404, "", "no"), error_answer(401, "auth_error", "no"), AuthError),
        (error_answer(404, "", "no"), error_answer(503, "", "no"), UpstreamError),
        (HTML, HTML, ProxyError),
        (Answer(), Answer(), IncompleteError),
    ],
)
def test_the_error_of_a_failed_discovery_is_the_news(
    fake: FakeProxy, first: Answer, second: Answer, expected: type[LitectlError]
) -> None:
    """A refused key is named rather than a missing route; otherwise the last step's error counts."""
    with pytest.raises(expected):
        discovered(fake, model_info=first, models=second)


def test_an_entry_of_junk_loses_itself_only(fake: FakeProxy) -> None:
    """Entries that are no models are passed over."""
    entries = [None, 5, {}, {"model_name": ""}, model_info("gpt-5.2")]

    catalog = discovered(fake, model_info=json_answer({"data": entries}))

    assert [model.name for model in catalog.models] == ["gpt-5.2"]
