"""The entries of a proxy's routes: what is read from them, whatever else they hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.catalog.entries import (
    deployment_from_health,
    deployment_from_info,
    deployment_from_list,
)
from litectl.catalog.rows import ABILITIES, Deployment

# The fields of a real entry that are read, and some of the hundred and more that are not.
ENTRY: dict[str, Any] = {
    "model_name": "claude-haiku-4-5",
    "litellm_params": {"api_base": "http://10.0.0.1/v1", "model": "anthropic/claude-haiku-4-5"},
    "model_info": {
        "id": "f6a0",
        "db_model": False,
        "mode": "chat",
        "key": "claude-haiku-4-5",
        "max_tokens": 64000,
        "max_input_tokens": 200000,
        "max_output_tokens": 64000,
        "input_cost_per_token": 1e-06,
        "output_cost_per_token": 5e-06,
        "cache_read_input_token_cost": 1e-07,
        "litellm_provider": "anthropic",
        "supports_function_calling": True,
        "supports_vision": True,
        "supports_reasoning": False,
        "supports_web_search": None,
        "supported_openai_params": ["stream", "stop"],
        "tpm": None,
    },
}
ROW: Deployment = {
    "name": "claude-haiku-4-5",
    "mode": "chat",
    "max_input_tokens": 200000,
    "max_output_tokens": 64000,
    "input_price": 1.0,
    "output_price": 5.0,
    "abilities": {"tools": True, "vision": True, "reasoning": False},
    "backend": "anthropic/claude-haiku-4-5",
    "provider": "anthropic",
    "id": "f6a0",
    "cache_read_price": 0.1,
    "host": "10.0.0.1",
    "supported_parameters": ["stop", "stream"],
}
HUGE = 10**400  # valid JSON, and no float
NO_TEXT: list[object] = [None, 5, 0.5, True, [], {}, ["chat"]]
NO_NUMBER: list[object] = [
    None,
    "",
    "many",
    "nan",
    "1e400",
    True,
    False,
    [],
    {},
    [8192],
    -1,
    float("nan"),
    float("inf"),
    -float("inf"),
    HUGE,
]
NO_FLAG: list[object] = [None, 0, 1, "true", "", [], {}]


def with_field(path: str, value: object) -> dict[str, Any]:
    """Return the entry with *value* at the dotted *path*."""
    entry: dict[str, Any] = json.loads(json.dumps(ENTRY))
    *parents, last = path.split(".")
    inner = entry
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    return entry


def without(*names: str) -> dict[str, object]:
    """Return the whole row without the fields *names*."""
    return {name: value for name, value in ROW.items() if name not in names}


def test_an_entry_of_model_info_becomes_a_row() -> None:
    """Name, backend, limits in tokens, prices per million tokens and abilities are taken over."""
    assert deployment_from_info(ENTRY) == ROW


def test_an_entry_without_knowledge_gives_a_row_with_the_name_only() -> None:
    """What nobody knows is absent, never zero and never false."""
    entry = {
        "model_name": "team-model",
        "litellm_params": {},
        "model_info": dict.fromkeys(ENTRY["model_info"]),
    }

    assert deployment_from_info(entry) == {"name": "team-model"}


JUNK: list[tuple[str, object, list[str]]] = [
    *[("litellm_params", junk, ["backend", "host"]) for junk in [*NO_TEXT[:-1], "text", ["model"]]],
    *[("litellm_params.model", junk, ["backend"]) for junk in NO_TEXT],
    *[("model_info.id", junk, ["id"]) for junk in NO_TEXT],
    *[("model_info.mode", junk, ["mode"]) for junk in [*NO_TEXT, ""]],
    *[("model_info.litellm_provider", junk, ["provider"]) for junk in [*NO_TEXT, ""]],
    *[("model_info.max_input_tokens", junk, ["max_input_tokens"]) for junk in [*NO_NUMBER, 0, 0.5]],
    *[("model_info.max_output_tokens", junk, ["max_output_tokens"]) for junk in [*NO_NUMBER, 0, 0.5]],
    *[("model_info.input_cost_per_token", junk, ["input_price"]) for junk in [*NO_NUMBER, 1e308]],
    *[("model_info.output_cost_per_token", junk, ["output_price"]) for junk in [*NO_NUMBER, 1e308]],
    ("model_info.supported_openai_params", None, ["supported_parameters"]),
    ("model_info.supported_openai_params", "stream", ["supported_parameters"]),
    ("model_info.supported_openai_params", {"stream": True}, ["supported_parameters"]),
]


@pytest.mark.parametrize(("path", "junk", "lost"), JUNK, ids=lambda value: str(value)[:40])
def test_junk_in_one_field_loses_that_field_only(path: str, junk: object, lost: list[str]) -> None:
    """A value of another type, or one that cannot be, is unknown; the rest of the entry is read."""
    assert without(*lost) == deployment_from_info(with_field(path, junk))


@pytest.mark.parametrize("junk", NO_FLAG, ids=str)
@pytest.mark.parametrize("ability", ABILITIES)
def test_only_a_boolean_says_anything_about_an_ability(ability: str, junk: object) -> None:
    """A flag that is neither true nor false leaves the ability unknown and the others alone."""
    row = deployment_from_info(with_field(f"model_info.{ABILITIES[ability]}", junk))

    assert row is not None
    assert {name: flag for name, flag in ROW["abilities"].items() if name != ability} == row["abilities"]


@pytest.mark.parametrize("ability", ABILITIES)
@pytest.mark.parametrize("flag", [True, False])
def test_every_ability_is_read_from_its_flag(ability: str, flag: bool) -> None:
    """Each public ability has the flag of `/model/info` that declares it."""
    entry = {"model_name": "m", "model_info": {ABILITIES[ability]: flag}}

    assert {"name": "m", "abilities": {ability: flag}} == deployment_from_info(entry)


@pytest.mark.parametrize("info", [None, 5, "text", [], ["mode"]], ids=str)
def test_a_broken_model_info_leaves_name_and_backend(info: object) -> None:
    """An entry whose whole `model_info` is junk is still a model."""
    expected = {"name": "claude-haiku-4-5", "backend": "anthropic/claude-haiku-4-5", "host": "10.0.0.1"}

    assert expected == deployment_from_info(ENTRY | {"model_info": info})


@pytest.mark.parametrize(
    ("per_token", "price"),
    [
        (0, 0.0),
        (1e-06, 1.0),
        (1.25e-06, 1.25),
        (2.5e-07, 0.25),
        (7.5e-08, 0.075),
        (0.1 + 0.2, 300000.0),
        (1, 1000000.0),
        # What YAML makes of an exponent without a point
        ("1e-6", 1.0),
    ],
)
def test_a_price_is_dollars_per_million_tokens(per_token: float | str, price: float) -> None:
    """The price per token is scaled without the noise of binary fractions."""
    row = deployment_from_info(with_field("model_info.input_cost_per_token", per_token))

    assert row is not None
    assert price == row["input_price"]


@pytest.mark.parametrize(
    ("limit", "tokens"), [(1, 1), (1.0, 1), (1048576.0, 1048576), (2_000_000, 2_000_000)]
)
def test_a_limit_is_a_whole_number_of_tokens(limit: float, tokens: int) -> None:
    """Some routes give limits as floats."""
    row = deployment_from_info(with_field("model_info.max_input_tokens", limit))

    assert row is not None
    assert tokens == row["max_input_tokens"]
    assert int is type(row["max_input_tokens"])


@pytest.mark.parametrize(
    ("declared", "expected"),
    [("openai", "openai"), (None, None), ("", None), (5, None)],
)
def test_the_provider_may_be_declared_with_the_deployment(declared: object, expected: str | None) -> None:
    """Where the price map knows no provider, the one in the parameters counts; an empty one is none."""
    entry = {"model_name": "m", "litellm_params": {"custom_llm_provider": declared}}

    row = deployment_from_info(entry)

    assert row is not None
    assert expected == row.get("provider")


def test_supported_parameters_are_names() -> None:
    """What is no text in that list is left out of it."""
    row = deployment_from_info(with_field("model_info.supported_openai_params", ["stream", None, 5, "stop"]))

    assert row is not None
    assert row["supported_parameters"] == ["stop", "stream"]


@pytest.mark.parametrize(
    "entry",
    [None, 5, "gpt-5.2", [], {}, {"model_name": ""}, {"model_name": None}, {"model_name": 5}],
    ids=str,
)
def test_an_entry_of_model_info_without_a_name_is_left_out(entry: object) -> None:
    """What cannot be asked for is no model."""
    assert deployment_from_info(entry) is None


@pytest.mark.parametrize(
    ("entry", "row"),
    [
        (
            {
                "id": "gpt-5.2",
                "object": "model",
                "created": 1677610602,
                "owned_by": "openai",
                "mode": "chat",
                "max_input_tokens": 272000,
                "max_output_tokens": 128000,
            },
            {"name": "gpt-5.2", "mode": "chat", "max_input_tokens": 272000, "max_output_tokens": 128000},
        ),
        ({"id": "lb", "object": "model", "owned_by": "openai"}, {"name": "lb"}),
        (
            {"id": "m", "mode": 5, "max_input_tokens": "many", "max_output_tokens": 9},
            {"name": "m", "max_output_tokens": 9},
        ),
        ({"id": ""}, None),
        ({"id": None}, None),
        ({"model_name": "m"}, None),
        ("gpt-5.2", None),
        (None, None),
    ],
)
def test_an_entry_of_the_plain_list_becomes_a_row(entry: object, row: object) -> None:
    """`/v1/models` gives names and some limits, and no provider: its `owned_by` is a constant."""
    assert row == deployment_from_list(entry)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    info=st.dictionaries(st.sampled_from(sorted(ENTRY["model_info"])), json_values),
    parameters=json_values | st.dictionaries(st.sampled_from(["model", "custom_llm_provider"]), json_values),
)
def test_any_entry_with_a_name_gives_a_row_that_is_json(info: object, parameters: object) -> None:
    """No value of any field makes reading fail, or ends in a row that could not be printed."""
    row = deployment_from_info({"model_name": "m", "model_info": info, "litellm_params": parameters})

    assert row is not None
    assert row == json.loads(json.dumps(row, allow_nan=False))


# Evidence for parameters, efforts and modes


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({}, None),
        ({"supports_none_reasoning_effort": None}, None),
        ({"supports_none_reasoning_effort": True}, ["none", "low", "medium", "high"]),
        (
            {"supports_minimal_reasoning_effort": False, "supports_xhigh_reasoning_effort": True},
            ["low", "medium", "high", "xhigh"],
        ),
        ({"supports_low_reasoning_effort": False}, ["medium", "high"]),
        ({"reasoning_effort_levels": ["high", "low", "odd", 5]}, ["low", "high"]),
        ({"reasoning_effort_levels": ["medium"], "supports_max_reasoning_effort": True}, ["medium"]),
        ({"reasoning_effort_levels": "low"}, None),
    ],
)
def test_reasoning_efforts_need_a_declaration(info: dict[str, object], expected: list[str] | None) -> None:
    """A list of levels, or a flag for each uncommon one beside the usual three."""
    row = deployment_from_info({"model_name": "m", "model_info": info})

    assert row is not None
    assert row.get("reasoning_efforts") == expected


def test_parameters_that_the_operator_lets_through_count() -> None:
    """`allowed_openai_params` adds to what the backend declares."""
    entry = with_field("litellm_params.allowed_openai_params", ["store", "stop"])

    row = deployment_from_info(entry)

    assert row is not None
    assert row["supported_parameters"] == ["stop", "store", "stream"]


UNKNOWN_TO_AN_OLD_PROXY = {
    "input_cost_per_token": 0,
    "output_cost_per_token": 0,
    "supports_vision": False,
    "supports_function_calling": False,
    "supports_reasoning": True,
}
ALL = {"tools": False, "vision": False, "reasoning": True}


@pytest.mark.parametrize(
    ("more", "abilities", "price"),
    [
        ({}, {"reasoning": True}, None),
        # With a mode or a limit the abilities are known, and the price is not.
        ({"mode": "chat"}, ALL, None),
        ({"max_input_tokens": 5}, ALL, None),
        ({"input_cost_per_token": 1e-06}, ALL, 1.0),
        # A new proxy has a field that the old ones do not know, and says null of an unknown price.
        ({"pricing_overrides": []}, ALL, 0.0),
        ({"input_cost_per_token": None, "output_cost_per_token": None}, ALL, None),
    ],
)
def test_what_an_old_proxy_says_of_an_unknown_model_is_no_knowledge(
    more: dict[str, object], abilities: dict[str, bool], price: float | None
) -> None:
    """Free and unable to do anything are its defaults."""
    row = deployment_from_info({"model_name": "m", "model_info": {**UNKNOWN_TO_AN_OLD_PROXY, **more}})

    assert row is not None
    assert (row["abilities"], row.get("input_price")) == (abilities, price)


def test_a_price_that_the_operator_set_is_believed() -> None:
    """A model of one's own may be free."""
    entry = {
        "model_name": "m",
        "litellm_params": {"model": "openai/m", "input_cost_per_token": 0, "output_cost_per_token": 0},
        "model_info": UNKNOWN_TO_AN_OLD_PROXY,
    }

    row = deployment_from_info(entry)

    assert row is not None
    assert (row["input_price"], row["output_price"]) == (0.0, 0.0)


@pytest.mark.parametrize("name", ["all-proxy-models", "all-team-models", "no-default-models"])
def test_a_rule_of_the_proxy_is_no_model(name: str) -> None:
    """Some proxies list the words that stand for access."""
    assert deployment_from_list({"id": name}) is None


@pytest.mark.parametrize(
    ("entry", "row"),
    [
        (
            {"model": "openai/gpt-5.2", "model_id": "f6a0", "api_base": "https://b.example.com/v1"},
            {"name": "openai/gpt-5.2", "backend": "openai/gpt-5.2", "id": "f6a0", "host": "b.example.com"},
        ),
        ({"model": "m", "model_id": 5, "api_base": "http://[bad"}, {"name": "m", "backend": "m"}),
        ({"model": None}, None),
        ("m", None),
    ],
)
def test_a_healthy_endpoint_becomes_a_row(entry: object, row: object) -> None:
    """The name of the backend stands in for the public one."""
    assert deployment_from_health(entry) == row


@pytest.mark.parametrize("name", ["sur\ud800", "\udfff", "a\ud83d"])
def test_a_text_that_no_file_can_hold_is_no_text(name: str) -> None:
    """A lone half of a character cannot be sent, printed or kept."""
    assert deployment_from_info({"model_name": name}) is None
    assert deployment_from_health({"model": "m", "model_id": name}) == {"name": "m", "backend": "m"}
    row = deployment_from_info({"model_name": "m", "model_info": {"supported_openai_params": ["n", name]}})
    assert row is not None
    assert row["supported_parameters"] == ["n"]
