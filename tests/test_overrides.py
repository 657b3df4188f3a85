"""Overrides: what a profile says of a model that the proxy does not know or has wrong."""

import json
import os
from pathlib import Path

import pytest

from fake_proxy import FakeProxy, model_info
from litectl.catalog.overrides import FIELDS, override, parse_override, usable_fields
from litectl.catalog.rows import ABILITIES, Model, ability_flags
from litectl.errors import UsageError
from litectl.profiles.profile import Profile
from litectl.run.runtime import Runtime
from program import Litectl, Screen
from senders import store_profiles

GPT = Model("gpt-5.2", "chat", 400_000, 128_000, "+-??????", 1.25, 10.0, None, None, "openai", 2)
BARE = Model("bare")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("mode", "embedding", "embedding"),
        ("max_input_tokens", "200000", 200_000),
        ("max_output_tokens", "64_000", 64_000),
        ("max_input_tokens", "1", 1),
        ("input_price", "0", 0.0),
        ("input_price", "1.25", 1.25),
        ("output_price", "1e1", 10.0),
        *((ability, text, text.lower() == "true") for ability in ABILITIES for text in ("true", "False")),
    ],
)
def test_a_value_is_what_its_field_holds(field: str, text: str, value: object) -> None:
    """Tokens are whole, prices US dollars per million tokens, abilities true or false."""
    parsed = parse_override(field, text)

    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(
            (field, text)
            for field in ("max_input_tokens", "input_price")
            for text in ("", "x", "-1", "1e12", "nan")
        ),
        ("max_output_tokens", "0"),
        ("max_output_tokens", "1.5"),
        ("max_output_tokens", "1e3"),
        ("output_price", "inf"),
        ("output_price", "-inf"),
        ("max_input_tokens", "9" * 5000),
        ("vision", "yes"),
        ("vision", "1"),
        ("vision", ""),
        ("name", "other"),
        ("providers", "openai"),
        ("deployments", "3"),
        ("supports_vision", "true"),
        ("", "x"),
    ],
)
def test_a_value_that_cannot_be_is_a_usage_error(field: str, text: str) -> None:
    """The hint says what the field takes, or which fields there are."""
    with pytest.raises(UsageError) as caught:
        parse_override(field, text)

    assert caught.value.hint


def test_an_unknown_field_is_told_all_there_are() -> None:
    """The names are those of the columns and abilities."""
    with pytest.raises(UsageError) as caught:
        parse_override("colour", "red")

    assert all(field in (caught.value.hint or "") for field in FIELDS)


def test_only_what_is_said_changes() -> None:
    """Other fields, other models and the order stay; models that nobody lists are not made up."""
    said: dict[str, dict[str, object]] = {
        "gpt-5.2": {"max_input_tokens": 5, "vision": True},
        "nobody": {"mode": "chat"},
        "bare": {},
    }

    models = override([BARE, GPT], said)

    assert models == [BARE, GPT._replace(max_input_tokens=5, abilities="++??????")]


def test_every_field_can_be_said() -> None:
    """A bare name becomes a model of which all is known."""
    fields: dict[str, object] = {
        "mode": "chat",
        "max_input_tokens": 1,
        "max_output_tokens": 2,
        "input_price": 3.5,
        "output_price": 0,
        "cache_read_price": 0.35,
        "cache_write_price": 4,
        "safe_max_tokens": 3,
        **dict.fromkeys(ABILITIES, False),
    }
    assert set(fields) == set(FIELDS)

    [model] = override([BARE], {"bare": fields})

    assert model[1:9] == ("chat", 1, 2, "-" * len(ABILITIES), 3.5, 0, 0.35, 4)
    assert (model.safe_max_tokens, model.safe_max_tokens_reason) == (3, "profile")
    assert set(ability_flags(model.abilities).values()) == {False}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", 5),
        ("mode", None),
        ("max_input_tokens", "5"),
        ("max_input_tokens", True),
        ("max_input_tokens", -1),
        ("input_price", float("nan")),
        ("vision", "true"),
        ("vision", 1),
        ("vision", None),
        ("name", "other"),
        ("abilities", "+" * 8),
        ("deployments", 7),
        ("from_the_future", {"a": 1}),
    ],
)
def test_what_somebody_broke_in_the_file_is_left_out(field: str, value: object) -> None:
    """A value of another kind, or a field that is none, changes nothing and is no crash."""
    fields = {field: value, "max_output_tokens": 9}

    assert usable_fields(fields) == {"max_output_tokens": 9}
    assert override([BARE], {"bare": fields}) == [BARE._replace(max_output_tokens=9)]


# Through the program


@pytest.fixture
def litectl(fake: FakeProxy) -> Litectl:
    """Run the real `main` with a profile of the fake proxy as the default, and no variable."""
    fake.on_models(
        model_info("gpt-5.2", max_input_tokens=400_000, supports_vision=True), model_info("org/a.b:1")
    )
    store_profiles(Profile("dev", fake.root), default="dev")
    return Litectl({})


def settings(litectl: Litectl, *pairs: str) -> None:
    """Set *pairs* of the default profile."""
    assert litectl("profiles", "set", *pairs).code == 0


def test_the_list_has_what_the_profile_says(litectl: Litectl) -> None:
    """Also in a list that was cached before, and without asking the proxy again."""
    litectl("models", "list")
    settings(litectl, "models.gpt-5.2.max_input_tokens=5", "models.org/a.b:1.mode=embedding")

    listed = litectl(
        "models", "list", "--offline", "--mode", "all", "--columns", "name,mode,max_input_tokens"
    )

    assert listed.out == "gpt-5.2\tchat\t5\norg/a.b:1\tembedding\t\n"
    assert litectl("models", "list", "--columns", "name").out == "gpt-5.2\n"


def test_show_tells_where_each_value_comes_from(litectl: Litectl) -> None:
    """`profile` for what the profile says, the step that told it for everything else."""
    settings(litectl, "models.gpt-5.2.vision=false", "models.gpt-5.2.input_price=2")

    document = litectl("models", "show", "gpt-5.2", "--json").json

    assert (document["abilities"]["vision"], document["input_price"]) == (False, 2.0)
    assert document["max_input_tokens"] == 400_000
    told = dict.fromkeys(("mode", "max_input_tokens", "providers"), "model_info")
    assert document["sources"] == {**told, "vision": "profile", "input_price": "profile"}
    assert "input_price=profile" in litectl("models", "show", "gpt-5.2").out
    assert litectl("models", "show", "org/a.b:1", "--json").json["sources"] == {
        "mode": "model_info",
        "providers": "model_info",
        "safe_max_tokens": "name",
    }


def test_an_override_that_is_taken_away_gives_the_proxy_s_word_back(litectl: Litectl) -> None:
    """Nothing of it is kept in the cached list."""
    settings(litectl, "models.gpt-5.2.max_input_tokens=5")
    assert litectl("models", "show", "gpt-5.2", "--json").json["max_input_tokens"] == 5

    settings(litectl, "models.gpt-5.2.max_input_tokens=")

    shown = litectl("models", "show", "gpt-5.2", "--json").json
    assert (shown["max_input_tokens"], shown["sources"]["max_input_tokens"]) == (400_000, "model_info")


def test_overrides_are_those_of_the_profile_in_use(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """Another profile of the same proxy has its own, and junk in the file shows the proxy's values."""
    path = isolated / ".config/litectl/profiles.json"
    document = json.loads(path.read_text())
    document["profiles"]["dev"]["models"] = {"gpt-5.2": {"max_input_tokens": "many", "vision": 1, "x": None}}
    document["profiles"]["other"] = {"root": fake.root, "models": {"gpt-5.2": {"max_input_tokens": 7}}}
    path.write_text(json.dumps(document))

    def limit(*arguments: str) -> object:
        return litectl("models", "show", "gpt-5.2", "--json", *arguments).json["max_input_tokens"]

    assert limit() == 400_000
    assert limit("--profile", "other") == 7


# The context size of the profile's own model


def test_the_context_size_is_that_of_the_profile_s_model(litectl: Litectl) -> None:
    """In the list, of one model, and for another tool; every other model has the proxy's word."""
    settings(litectl, "model=gpt-5.2", "context_size=64_000")

    listed = litectl("models", "list", "--mode", "all", "--columns", "name,max_input_tokens").out
    shown = litectl("models", "show", "gpt-5.2", "--json").json
    exported = litectl("models", "export", "--to", "json").json["models"]

    assert listed == "gpt-5.2\t64000\norg/a.b:1\t\n"
    assert (shown["max_input_tokens"], shown["sources"]["max_input_tokens"]) == (64_000, "profile")
    assert {row["name"]: row["max_input_tokens"] for row in exported} == {
        "gpt-5.2": 64_000,
        "org/a.b:1": None,
    }


def test_what_is_said_of_the_model_by_name_comes_before_the_context_size(litectl: Litectl) -> None:
    """And without a model the context size is nobody's."""

    def limit() -> object:
        return litectl("models", "show", "gpt-5.2", "--json").json["max_input_tokens"]

    settings(litectl, "context_size=64000")
    alone = limit()
    settings(litectl, "model=gpt-5.2", "models.gpt-5.2.vision=true")
    of_the_profile = limit()
    settings(litectl, "models.gpt-5.2.max_input_tokens=5")
    by_name = limit()
    settings(litectl, "model=org/a.b:1", "models.gpt-5.2.max_input_tokens=")

    assert (alone, of_the_profile, by_name, limit()) == (400_000, 64_000, 5, 400_000)


def test_the_cached_entry_of_a_model_has_the_context_size(litectl: Litectl) -> None:
    """What `ask` knows of the model before it asks; its other values are the proxy's."""
    litectl("models", "list")
    settings(litectl, "model=gpt-5.2", "context_size=64000")
    runtime = Runtime(dict(os.environ), Screen().terminal)

    entry, other = (runtime.lister.cached(name) for name in ("gpt-5.2", "org/a.b:1"))

    assert entry is not None
    assert other is not None
    assert [found.model.max_input_tokens for found in (entry, other)] == [64_000, None]
    assert entry.model.abilities != other.model.abilities


BRICKS = Model(
    "m", "chat", max_output_tokens=64000, safe_max_tokens=4096, safe_max_tokens_reason="databricks"
)
UNKNOWN = Model("m", safe_max_tokens=4096, safe_max_tokens_reason="guess", guessed="vision,safe_max_tokens")


@pytest.mark.parametrize(
    ("model", "fields", "limit", "reason"),
    [
        (BRICKS, {"max_output_tokens": 1000}, 1000, "databricks"),
        (BRICKS, {"max_output_tokens": 32000}, 4096, "databricks"),
        (BRICKS, {"safe_max_tokens": 16000}, 16000, "profile"),
        (GPT, {"safe_max_tokens": 16000}, 16000, "profile"),
        # The guess is for where nothing is known.
        (UNKNOWN, {"mode": "chat"}, 4096, "guess"),
        (UNKNOWN, {"max_input_tokens": 5}, None, None),
        (UNKNOWN, {"vision": False}, None, None),
    ],
)
def test_the_safe_limit_follows_what_is_said(
    model: Model, fields: dict[str, object], limit: int | None, reason: str | None
) -> None:
    """It is no larger than the limit, and gives way to knowledge."""
    [found] = override([model], {model.name: fields})

    assert (found.safe_max_tokens, found.safe_max_tokens_reason) == (limit, reason)
    assert ("safe_max_tokens" in found.guessed) == (reason == "guess")
