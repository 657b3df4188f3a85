"""Filling: what a group tells of its deployments, and what it cannot tell."""

from litectl.catalog.entries import deployment_from_group
from litectl.catalog.filling import fill, lacks_facts
from litectl.catalog.rows import Deployment

KNOWN = Deployment(
    name="m",
    mode="chat",
    provider="openai",
    max_input_tokens=1000,
    max_output_tokens=100,
    input_price=1.0,
    output_price=5.0,
    abilities={"vision": True},
)


def test_a_group_with_all_facts_lacks_nothing() -> None:
    """One deployment that knows is enough to ask no further; a fact that nobody has is missing."""
    assert not lacks_facts([KNOWN, Deployment(name="m")])
    assert lacks_facts([KNOWN, Deployment(name="other")])
    assert lacks_facts([{key: value for key, value in KNOWN.items() if key != "mode"}])  # type: ignore[list-item]
    assert not lacks_facts([])


def test_every_deployment_of_the_name_learns_it() -> None:
    """And each value remembers who told it."""
    rows = [Deployment(name="m", id="1"), Deployment(name="m", id="2"), Deployment(name="n")]

    fill(rows, [KNOWN, Deployment(name="elsewhere", mode="chat")], "model_group_info")

    told = dict.fromkeys(
        [*(key for key in KNOWN if key not in ("name", "abilities")), "vision"], "model_group_info"
    )
    assert rows[0] == {**KNOWN, "id": "1", "filled": told}
    assert rows[1] == {**KNOWN, "id": "2", "filled": told}
    assert rows[2] == {"name": "n"}


def test_a_neighbour_that_knows_is_believed_alone() -> None:
    """The group's largest limit and any ability may be those of the deployment that told them."""
    rows = [
        Deployment(name="m", max_input_tokens=5, abilities={"vision": False}),
        Deployment(name="m"),
    ]

    fill(rows, [KNOWN], "model_group_info")

    assert rows[0]["max_input_tokens"] == 5
    assert "max_input_tokens" not in rows[1]
    assert "abilities" not in rows[1]
    assert rows[1]["max_output_tokens"] == 100


def test_the_defaults_of_a_group_are_no_evidence() -> None:
    """False, zero and chat are also what is said of a model that nobody knows."""
    entry = {
        "model_group": "m",
        "providers": ["openai"],
        "mode": "chat",
        "max_input_tokens": None,
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "supports_vision": False,
        "supports_function_calling": False,
        "supports_reasoning": True,
    }

    assert deployment_from_group(entry) == {
        "name": "m",
        "provider": "openai",
        "abilities": {"reasoning": True},
    }


def test_what_a_group_knows_is_read() -> None:
    """Limits come as floats, efforts from weak to strong, several providers together."""
    entry = {
        "model_group": "m",
        "providers": ["openai", None, "azure", "openai"],
        "mode": "chat",
        "max_input_tokens": 1048576.0,
        "output_cost_per_token": 1e-05,
        "supported_reasoning_efforts": ["high", "odd", "low"],
        "supported_openai_params": ["top_p", "n", 5],
    }

    assert deployment_from_group(entry) == {
        "name": "m",
        "mode": "chat",
        "max_input_tokens": 1048576,
        "output_price": 10.0,
        "provider": "azure,openai",
        "supported_parameters": ["n", "top_p"],
        "reasoning_efforts": ["low", "high"],
    }


def test_an_entry_that_is_no_group_is_left_out() -> None:
    """Junk is passed over."""
    assert [
        deployment_from_group(entry) for entry in (None, 5, {}, {"model_group": ""}, {"model_group": 5})
    ] == [None] * 5
