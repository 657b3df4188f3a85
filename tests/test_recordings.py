"""Discovery from what real proxies of six versions answered; the recordings say how they were cut."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fake_proxy import Answer, FakeProxy, json_answer
from litectl.catalog.catalog import Catalog
from litectl.catalog.discovery import Discovery, discover
from litectl.catalog.rows import MIXED, Model, ability_flags
from litectl.catalog.selection import select
from litectl.wire.proxy import Access, Proxy

RECORDINGS = {
    path.stem: json.loads(path.read_text())["answers"]
    for path in sorted((Path(__file__).parent / "recordings").glob("*.json"))
}
ROUTES = ("/model/info", "/v1/models", "/model_group/info")
NAMES = {
    *("bricks", "bricks-openai", "claude-haiku-4-5", "claude-sonnet", "dall-e-3", "declared"),
    *("gemini-2.5-pro", "gpt-4o", "gpt-5.2", "in-house", "kimi", "lb-group", "mixed", "mock"),
    *("responses-codex", "responses-model", "text-embedding-3-small", "tts", "whisper"),
}
NO_CHAT = {"dall-e-3", "text-embedding-3-small", "tts", "whisper"}


def recorded(answer: dict[str, Any]) -> Answer:
    """Return the recorded *answer*; text stands for a body that was no JSON."""
    body = answer["body"]
    if isinstance(body, str):
        return Answer(answer["status"], [body.encode()], content_type="text/plain")
    return json_answer(body, answer["status"])


def discovered(fake: FakeProxy, answers: dict[str, Any], **others: Answer) -> Discovery:
    """Discover a proxy that gives the recorded *answers*, or *others* by the last word of their route."""
    for path in ROUTES:
        replaced = others.get(urlsplit(path).path.strip("/").split("/")[0])
        fake.on("GET", path, replaced or recorded(answers[path]))
    with Proxy(fake.root, Access("sk-test-1234")) as proxy:
        return discover(proxy, seconds=30, now=1_800_000_000.0)


@pytest.fixture(params=RECORDINGS)
def answers(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give the answers of each version."""
    found: dict[str, Any] = RECORDINGS[request.param]
    return found


@pytest.fixture
def catalog(fake: FakeProxy, answers: dict[str, Any]) -> Catalog:
    """Give the catalog of an administrator's key, without wildcards."""
    return discovered(fake, answers["plain"]).catalog


def model_of(catalog: Catalog, name: str) -> Model:
    """Return the model *name*, which has to be there."""
    model = catalog.find(name)
    assert model is not None, name
    return model


def test_there_are_recordings() -> None:
    """Old and new proxies, from the first that can still be installed."""
    assert len(RECORDINGS) == 6


def test_every_name_is_listed(catalog: Catalog) -> None:
    """No version loses a name or invents one."""
    assert catalog.source == "model_info"
    assert {model.name for model in catalog.models} == NAMES


def test_what_cannot_chat_is_left_out_of_the_default_list(catalog: Catalog) -> None:
    """By its mode where the proxy tells it, else by its name, whatever the version."""
    shown = {model.name for model in select(catalog.models, mode=None, search=None)}

    assert shown == NAMES - NO_CHAT


def test_a_group_of_two_kinds_is_mixed(catalog: Catalog) -> None:
    """A chat model and an embedding model under one name are an operator's mistake that is shown."""
    assert (model_of(catalog, "mixed").mode, model_of(catalog, "mixed").deployments) == (MIXED, 2)


def test_a_load_balanced_group_keeps_what_both_keep(catalog: Catalog) -> None:
    """The smaller limits and the higher prices of two deployments."""
    model = model_of(catalog, "lb-group")

    assert (model.deployments, model.providers) == (2, "azure,openai")
    assert (model.max_input_tokens, model.max_output_tokens) == (128_000, 16_384)
    assert (model.input_price, model.output_price) == (2.5, 10.0)


@pytest.mark.parametrize("name", ["bricks", "bricks-openai"])
def test_a_backend_on_databricks_is_recognised(catalog: Catalog, name: str) -> None:
    """By its provider, or by the host that an adapter for another API asks."""
    model = model_of(catalog, name)

    assert model.safe_max_tokens_reason == "databricks"
    assert model.safe_max_tokens == (4096 if name == "bricks" else 8192)


@pytest.mark.parametrize("name", ["in-house", "mock"])
def test_a_model_that_the_proxy_does_not_know_costs_an_unknown_price(catalog: Catalog, name: str) -> None:
    """Older proxies say that it is free and can do nothing; both are their defaults."""
    model = model_of(catalog, name)

    assert (model.input_price, model.output_price, model.max_input_tokens) == (None, None, None)
    flags = ability_flags(model.abilities)
    assert (flags["vision"], flags["tools"]) == (None, None)
    assert (model.incomplete, model.guessed, model.safe_max_tokens_reason) == (
        True,
        "safe_max_tokens",
        "guess",
    )


@pytest.mark.parametrize("name", ["whisper", "tts"])
def test_a_price_by_the_second_is_no_price_by_the_token(catalog: Catalog, name: str) -> None:
    """Older proxies say 0 of a price that they do not know."""
    assert (model_of(catalog, name).input_price, model_of(catalog, name).output_price) == (None, None)


def test_what_the_operator_declares_comes_through(catalog: Catalog) -> None:
    """A model of one's own with its own limits, prices and abilities, also those it has not."""
    model = model_of(catalog, "declared")

    assert (model.max_input_tokens, model.max_output_tokens) == (32_768, 4096)
    assert (model.input_price, model.output_price, model.incomplete) == (0.5, 1.0, False)
    flags = ability_flags(model.abilities)
    assert (flags["tools"], flags["vision"]) == (True, False)


def test_known_models_have_facts(catalog: Catalog) -> None:
    """Limits, prices and abilities of a public model are those of the price map of that version."""
    model = model_of(catalog, "gpt-4o")

    assert (model.mode, model.max_input_tokens, model.input_price) == ("chat", 128_000, 2.5)
    assert ability_flags(model.abilities)["vision"] is True


# A key that may not read `/model/info`


@pytest.fixture
def restricted(fake: FakeProxy, answers: dict[str, Any]) -> Discovery:
    """Give what a key finds that is refused `/model/info`."""
    return discovered(fake, answers["plain"], model=json_answer({"error": {"message": "no"}}, 403))


def test_a_restricted_key_finds_every_name(restricted: Discovery) -> None:
    """With names from `/v1/models`, and what cannot chat left out all the same."""
    catalog = restricted.catalog

    assert catalog.source == "models"
    assert {model.name for model in catalog.models} == NAMES
    shown = {model.name for model in select(catalog.models, mode=None, search=None)}
    assert shown <= NAMES - (NO_CHAT & {"text-embedding-3-small", "dall-e-3"})


def test_a_restricted_key_sees_the_limits_of_public_models(restricted: Discovery) -> None:
    """From the list itself or from the groups; the oldest proxy fails to list its groups when one speaks."""
    outcome = next(step for step in restricted.outcomes if step.source == "model_group_info")
    model = model_of(restricted.catalog, "gpt-4o")

    if outcome.outcome == "failed":
        assert outcome.status == 500
        assert model.max_input_tokens is None
    else:
        assert (model.max_input_tokens, model.max_output_tokens) == (128_000, 16_384)


def test_a_wrong_key_is_refused_by_every_step(fake: FakeProxy, answers: dict[str, Any]) -> None:
    """Whatever word the version has for it: 401, or 400 where there is no database to look in."""
    from litectl.errors import AuthError

    with pytest.raises(AuthError):
        discovered(fake, answers["wrong_key"])


# Wildcards


def test_wildcards_give_their_names(fake: FakeProxy, answers: dict[str, Any]) -> None:
    """Every name that the proxy lists is there once, and a pattern only where nothing is known behind it."""
    recorded_names = [entry["id"] for entry in answers["wildcards"]["/v1/models"]["body"]["data"]]

    catalog = discovered(fake, answers["wildcards"]).catalog

    names = [model.name for model in catalog.models]
    assert len(names) == len(set(names))
    assert set(names) >= {name for name in recorded_names if "*" not in name}
    assert [name for name in names if "*" in name] == (
        ["team/*"] if "team/gpt-4o" not in names and "team/*" in recorded_names else []
    )


def test_what_cannot_chat_behind_a_wildcard_is_left_out(fake: FakeProxy, answers: dict[str, Any]) -> None:
    """Images, speech, embeddings and the like are recognised by their names where no mode is told."""
    catalog = discovered(fake, answers["wildcards"]).catalog
    shown = {model.name for model in select(catalog.models, mode=None, search=None)}

    # `gpt-realtime` is not among them: one version itself calls it a chat model.
    words = ("image", "whisper", "tts", "embedding", "sora", "moderation")
    assert not {name for name in shown if any(word in name for word in words)}
    assert {model.name for model in catalog.models} >= shown
