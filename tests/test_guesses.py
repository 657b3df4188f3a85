"""Guesses: what a name suggests, and that everything else comes before it."""

from typing import Any

import pytest

from litectl.catalog.merge import merge
from litectl.catalog.rows import Model, ability_flags, output_limit


def model_of(name: str, *rows: dict[str, Any]) -> Model:
    """Return the model *name* of these *rows*, or of one that tells nothing."""
    (model,) = merge([{"name": name, **row} for row in rows or [{}]])  # type: ignore[typeddict-item]
    return model


def guessed(model: Model) -> set[str]:
    """Return the names of what is guessed of *model*, but for the limit that has its own reason."""
    return set(filter(None, model.guessed.split(","))) - {"safe_max_tokens"}


@pytest.mark.parametrize(
    ("name", "abilities", "context", "output"),
    [
        ("claude-opus-4-6", {"reasoning", "vision"}, 200_000, 16_000),
        ("claude-opus-4.6", {"reasoning", "vision"}, 200_000, 16_000),
        ("anthropic/Claude-OPUS-4.6", {"reasoning", "vision"}, 200_000, 16_000),
        ("bedrock/us.anthropic.claude-opus-4-6-v1:0", {"reasoning", "vision"}, 200_000, 16_000),
        ("claude-haiku-4-5", {"vision"}, None, None),
        ("sonnet", {"vision"}, None, None),
        ("gpt-5.2", {"reasoning", "vision"}, 200_000, 32_000),
        ("azure/GPT-5", {"reasoning", "vision"}, 200_000, 32_000),
        ("our-gpt-5", {"reasoning", "vision"}, 200_000, 32_000),
        ("databricks-gpt-5-2", {"reasoning", "vision"}, 200_000, 32_000),
        ("openai:o3", {"reasoning"}, None, None),
        ("openai.gpt-5", {"reasoning", "vision"}, 200_000, 32_000),
        ("chatgpt-4o-latest", {"vision"}, None, None),
        # Words inside other words, and families of the same name
        ("octopus-v2", set(), None, None),
        ("helsinki/opus-mt-en-de", set(), None, None),
        ("o365-copilot", set(), None, None),
        ("gpt-50", set(), None, None),
        ("supernova", set(), None, None),
        ("amazon.nova-micro", set(), None, None),
        ("gpt-4o", {"vision"}, None, None),
        ("openai/o3-mini", {"reasoning"}, None, None),
        ("o1", {"reasoning"}, None, None),
        ("solo1", set(), None, None),
        ("qwen-with-reasoning", {"reasoning"}, None, None),
        ("gemini-2.5-pro", {"vision"}, 1_000_000, 8_000),
        ("gemini-1.5-pro", {"vision"}, None, 8_000),
        ("amazon-nova-pro", {"vision"}, None, None),
        ("our-own-7b", set(), None, None),
    ],
)
def test_a_bare_name_suggests_what_its_family_can(
    name: str, abilities: set[str], context: int | None, output: int | None
) -> None:
    """With or without a provider, in any case, with dots or hyphens; and each guess is marked."""
    model = model_of(name)

    assert abilities == {ability for ability, flag in ability_flags(model.abilities).items() if flag}
    assert (context, output) == (model.max_input_tokens, model.max_output_tokens)
    limits = {"max_input_tokens": context, "max_output_tokens": output}
    assert guessed(model) == abilities | {field for field, limit in limits.items() if limit}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("text-embedding-3-small", "embedding"),
        ("databricks-gte-large-en", "embedding"),
        ("BAAI/bge-m3", "embedding"),
        ("cohere/rerank-v3.5", "rerank"),
        ("openai/whisper-1", "audio_transcription"),
        ("gpt-4o-transcribe", "audio_transcription"),
        ("tts-1-hd", "audio_speech"),
        ("gpt-4o-mini-tts", "audio_speech"),
        ("dall-e-3", "image_generation"),
        ("low/1024-x-1024/gpt-image-1", "image_generation"),
        ("vertex_ai/imagen-3.0", "image_generation"),
        ("omni-moderation-latest", "moderation"),
        ("openai/sora-2", "video_generation"),
        ("gpt-4o-realtime-preview", "realtime"),
        # Words inside other words say nothing.
        ("attsworth", None),
        ("embedded-systems-expert", None),
        ("influx", None),
        ("gpt-5.2", None),
    ],
)
def test_what_cannot_chat_is_recognised_by_whole_words(name: str, mode: str | None) -> None:
    """The mode is guessed for those only, and nothing else of them."""
    model = model_of(name)

    assert model.mode == mode
    if mode:
        assert (model.guessed, model.safe_max_tokens) == ("mode", None)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"mode": "chat"}, {"reasoning", "vision", "max_input_tokens", "max_output_tokens"}),
        ({"max_output_tokens": 10}, {"reasoning", "vision"}),
        ({"abilities": {"tools": True}}, {"max_input_tokens", "max_output_tokens"}),
        ({"abilities": {"vision": False}, "max_input_tokens": 5}, set()),
        ({"mode": "embedding"}, set()),
    ],
)
def test_a_kind_of_fact_that_is_known_is_not_guessed(told: dict[str, Any], kept: set[str]) -> None:
    """One declared ability makes the others unknown rather than guessed, and so does one limit."""
    assert guessed(model_of("gpt-5", told)) == kept


@pytest.mark.parametrize(
    ("rows", "mode"),
    [
        ([{"mode": "chat"}, {"backend": "text-embedding-3-small"}], "mixed"),
        ([{"backend": "gpt-4o"}, {"backend": "text-embedding-3-small"}], "mixed"),
        ([{"mode": "chat"}, {"backend": "own"}], "chat"),
        ([{"mode": "embedding"}, {"backend": "own"}], "embedding"),
        ([{"mode": "embedding"}, {"backend": "text-embedding-3-small"}], "embedding"),
        # Nothing says that the first one can chat.
        ([{"backend": "own"}, {"backend": "text-embedding-3-small"}], None),
    ],
)
def test_a_name_that_cannot_chat_makes_a_group_mixed(rows: list[dict[str, Any]], mode: str | None) -> None:
    """Beside what can, as it is declared or as its family can; and in any order."""
    models = [model_of("group", *rows), model_of("group", *reversed(rows))]

    assert [model.mode for model in models] == [mode, mode]
    if mode == "mixed":
        assert models[0].guessed == "mode"


def test_the_alias_is_no_evidence_where_the_backend_is_known() -> None:
    """A name that an operator chose says nothing; the backend's own does."""
    assert guessed(model_of("claude-opus", {"backend": "openai/our-own-7b"})) == set()
    assert guessed(model_of("in-house", {"backend": "openai/gpt-4o"})) == {"vision"}


def test_every_name_has_to_suggest_it() -> None:
    """One deployment of another family is enough for no guess, and limits are the smallest."""
    opus, gpt, own = ({"backend": name} for name in ("anthropic/claude-opus-4-6", "gpt-5", "own"))

    assert model_of("m", opus, gpt).max_output_tokens == 16_000
    assert guessed(model_of("m", opus, own)) == set()


@pytest.mark.parametrize(
    ("name", "row", "limit", "reason"),
    [
        # On Databricks, however that is known
        ("m", {"provider": "databricks", "max_output_tokens": 64_000}, 4096, "databricks"),
        ("m", {"backend": "databricks/databricks-gpt-5-2", "max_output_tokens": 64_000}, 8192, "databricks"),
        ("m", {"host": "adb-1.azuredatabricks.net", "backend": "openai/x"}, 4096, "databricks"),
        ("m", {"provider": "databricks", "backend": "databricks-claude-opus-4.6"}, 8192, "databricks"),
        ("m", {"provider": "databricks", "backend": "databricks-claude-opus-4-1"}, 4096, "databricks"),
        ("m", {"provider": "databricks", "max_output_tokens": 100}, 100, "databricks"),
        ("m", {"provider": "azure,databricks", "max_input_tokens": 5}, 4096, "databricks"),
        # As a guess where nothing at all is known
        ("gpt-5", {}, 8192, "guess"),
        ("claude-sonnet-4-6", {}, 4096, "guess"),
        ("own", {"provider": "openai", "mode": "chat"}, 4096, "guess"),
        # Not where anything is
        ("gpt-5", {"max_input_tokens": 10}, None, None),
        ("gpt-5", {"input_price": 0.5}, None, None),
        ("gpt-5", {"abilities": {"tools": True}}, None, None),
        ("m", {"provider": "databricks", "mode": "embedding"}, None, None),
    ],
)
def test_a_safe_limit_has_its_reason(
    name: str, row: dict[str, Any], limit: int | None, reason: str | None
) -> None:
    """Databricks reserves what `max_tokens` allows; elsewhere a small limit is a guess of last resort."""
    model = model_of(name, row)

    assert (model.safe_max_tokens, model.safe_max_tokens_reason) == (limit, reason)
    assert ("safe_max_tokens" in model.guessed) == (reason == "guess")


def test_only_databricks_makes_the_safe_limit_the_one_to_ask_for() -> None:
    """A guess is no reason to cut an answer short."""
    bricks = model_of("m", {"provider": "databricks", "max_output_tokens": 64_000})
    known = model_of("m", {"max_output_tokens": 64_000})

    assert [output_limit(model) for model in (bricks, known, model_of("own"))] == [4096, 64_000, None]
