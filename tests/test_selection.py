"""Which models are shown, in which order, and which names come near to a mistyped one."""

import pytest

from litectl.catalog.catalog import Catalog
from litectl.catalog.rows import MIXED, Model
from litectl.catalog.selection import ANY_MODE, select, sort

MODELS = [
    Model("gpt-5.2", "chat", providers="openai,azure"),
    Model("o4-deep", "responses", providers="openai"),
    Model("davinci", "completion"),
    Model("lb-group", MIXED, providers="azure,databricks"),
    Model("Team-Model", None),
    Model("text-embedding-3", "embedding", providers="openai"),
    Model("flux", "image_generation", providers="replicate"),
]
CONVERSATIONS = ["gpt-5.2", "o4-deep", "davinci", "lb-group", "Team-Model"]


@pytest.mark.parametrize(
    ("mode", "search", "expected"),
    [
        (None, None, CONVERSATIONS),
        (None, "", CONVERSATIONS),
        (None, "   ", CONVERSATIONS),
        (ANY_MODE, None, [model.name for model in MODELS]),
        ("chat", None, ["gpt-5.2"]),
        ("embedding", None, ["text-embedding-3"]),
        (MIXED, None, ["lb-group"]),
        ("Chat", None, []),
        ("nothing", None, []),
        (None, "azure", ["gpt-5.2", "lb-group"]),
        (None, "GPT", ["gpt-5.2"]),
        (None, "team", ["Team-Model"]),
        (None, "openai 5.2", ["gpt-5.2"]),
        (None, "openai nothing", []),
        (None, "embedding", []),
        (ANY_MODE, "embedding openai", ["text-embedding-3"]),
        (None, "gpt-5.2 gpt-5.2", ["gpt-5.2"]),
        (None, ".*", []),
    ],
)
def test_mode_and_search_choose_the_models(mode: str | None, search: str | None, expected: list[str]) -> None:
    """Without a mode what can hold a conversation; every word must be in the name or a provider."""
    assert expected == [model.name for model in select(MODELS, mode=mode, search=search)]


UNSORTED = [
    Model("c", "embedding", 200, 20, "+" * 8, 2.0, 8.0, None, None, "openai", 2, incomplete=True),
    Model("a", None, None, None, "?" * 8, None, None, None, None, "", 1, incomplete=True),
    Model("d", "chat", 1000, 10, "-" * 8, 0.0, 9.0, None, None, "azure", 3, incomplete=False),
    Model("b", "chat", 200, 30, "+" * 8, 2.0, 7.0, None, None, "anthropic", 1, incomplete=False),
]


@pytest.mark.parametrize(
    ("field", "upwards", "downwards"),
    [
        ("name", "abcd", "dcba"),
        ("mode", "bdca", "cbda"),
        ("max_input_tokens", "bcda", "dbca"),
        ("max_output_tokens", "dcba", "bcda"),
        ("input_price", "dbca", "bcda"),
        ("output_price", "bcda", "dcba"),
        ("providers", "bdca", "cdba"),
        ("deployments", "abcd", "dcab"),
        ("incomplete", "bdac", "acbd"),
    ],
)
def test_models_are_sorted_with_the_unknown_last_both_ways(field: str, upwards: str, downwards: str) -> None:
    """Equal ones stand by name, also downwards, and what lacks the field is at the end."""
    assert upwards == "".join(model.name for model in sort(UNSORTED, field))
    assert downwards == "".join(model.name for model in sort(UNSORTED, field, reverse=True))


def test_every_column_of_a_model_can_be_sorted_by() -> None:
    """No field holds values that cannot be compared, and sorting loses no model."""
    for field in Model._fields:
        assert sorted(UNSORTED) == sorted(sort(UNSORTED, field))


def test_sorting_leaves_the_given_models_as_they_are() -> None:
    """The catalog in the hand of the caller keeps its order."""
    models = list(UNSORTED)

    sort(models, "name", reverse=True)

    assert models == UNSORTED


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("gpt-5.1", ["gpt-5.2"]),
        ("GPT-5.2", ["gpt-5.2"]),
        ("team-modle", ["Team-Model"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_a_mistyped_name_finds_the_ones_that_look_like_it(name: str, near: list[str]) -> None:
    """Near names are found whatever their case, and given as the proxy writes them."""
    assert near == Catalog("models", 0.0, MODELS).near(name)


def test_a_model_is_found_by_its_exact_name() -> None:
    """A name is case-sensitive, as it is for the proxy."""
    catalog = Catalog("models", 0.0, MODELS)

    assert MODELS[4] == catalog.find("Team-Model")
    assert catalog.find("team-model") is None
