"""Several deployments of one name: the model that every request to it can count on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.catalog.merge import merge
from litectl.catalog.rows import ABILITIES, LIMITS, MIXED, Deployment, Model, ability_flags, ability_marks

WHOLE: Deployment = {
    "name": "m",
    "mode": "chat",
    "max_input_tokens": 1000,
    "max_output_tokens": 100,
    "input_price": 1.0,
    "output_price": 5.0,
    "provider": "openai",
    "abilities": {"tools": True, "vision": False},
}


def merged(*rows: dict[str, Any]) -> Model:
    """Return the model of *rows*, which share one name."""
    (model,) = merge([{"name": "m", **row} for row in rows])  # type: ignore[typeddict-item]
    return model


def test_one_deployment_is_its_model() -> None:
    """What a single deployment says is what the model is."""
    expected = Model(
        name="m",
        mode="chat",
        max_input_tokens=1000,
        max_output_tokens=100,
        abilities=ability_marks({"tools": True, "vision": False}),
        input_price=1.0,
        output_price=5.0,
        providers="openai",
        deployments=1,
        incomplete=False,
    )

    assert [expected] == merge([WHOLE])


def test_no_deployments_are_no_models() -> None:
    """An empty list stays empty."""
    assert merge([]) == []


def test_models_come_in_the_order_of_their_first_deployment() -> None:
    """The order of the proxy is kept, and each name appears once with all its deployments."""
    rows: list[Deployment] = [{"name": name} for name in ("b", "a", "b", "c", "a", "b")]

    assert [(model.name, model.deployments) for model in merge(rows)] == [("b", 3), ("a", 2), ("c", 1)]


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("mode", ["chat", "chat"], "chat"),
        ("mode", ["chat", "embedding"], MIXED),
        ("mode", ["chat", None], "chat"),
        ("mode", [None, None], None),
        # A request may land on the smallest.
        ("max_input_tokens", [2000, 1000, 3000], 1000),
        ("max_input_tokens", [2000, None], 2000),
        ("max_input_tokens", [None], None),
        ("max_output_tokens", [200, 100], 100),
        ("max_output_tokens", [None, 100, None], 100),
        # It may cost the highest, and any price when one is unknown.
        ("input_price", [1.0, 3.0, 2.0], 3.0),
        ("input_price", [1.0, None], None),
        ("input_price", [0.0, 0.0], 0.0),
        ("output_price", [5.0, 4.0], 5.0),
        ("output_price", [None, 5.0], None),
    ],
)
def test_a_field_is_merged_to_what_holds_for_every_deployment(
    field: str, values: list[object], expected: object
) -> None:
    """Limits are the smallest, prices the highest and only known when all are, modes one or mixed."""
    model = merged(*({} if value is None else {field: value} for value in values))

    assert expected == getattr(model, field)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([True, True], True),
        ([True, False], False),
        ([True, None], None),
        ([False, None], False),
        ([None, None], None),
        ([False, False], False),
    ],
)
def test_an_ability_holds_when_every_deployment_has_it(
    flags: list[bool | None], expected: bool | None
) -> None:
    """One deployment without it is enough to lose it, one that does not say is enough to doubt it."""
    model = merged(*({} if flag is None else {"abilities": {"vision": flag}} for flag in flags))

    assert expected == ability_flags(model.abilities)["vision"]


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        (["openai"], "openai"),
        (["openai", "azure", "openai"], "azure,openai"),
        (["openai", None], "openai"),
        ([None], ""),
    ],
)
def test_providers_are_named_once_in_alphabetical_order(providers: list[str | None], expected: str) -> None:
    """Each provider behind a name is listed."""
    model = merged(*({} if provider is None else {"provider": provider} for provider in providers))

    assert expected == model.providers


@pytest.mark.parametrize(
    "missing", ["mode", "max_input_tokens", "max_output_tokens", "input_price", "output_price"]
)
def test_a_model_is_incomplete_when_any_deployment_lacks_a_fact(missing: str) -> None:
    """Whoever plans with the merged limits and prices is told that something is missing."""
    partial = {key: value for key, value in WHOLE.items() if key not in ("name", missing)}

    assert merged(dict(WHOLE), partial).incomplete
    assert not merged(dict(WHOLE), dict(WHOLE)).incomplete


names = st.sampled_from(["a", "gpt-5", "whisper"])
limits = st.integers(1, 10**7)
prices = st.floats(0, 1000, allow_nan=False)
deployments: st.SearchStrategy[Deployment] = st.fixed_dictionaries(
    {"name": names},
    optional={
        "mode": st.sampled_from(["chat", "embedding", "responses"]),
        "max_input_tokens": limits,
        "max_output_tokens": limits,
        "input_price": prices,
        "output_price": prices,
        "provider": st.sampled_from(["openai", "azure", "anthropic"]),
        "abilities": st.dictionaries(st.sampled_from(sorted(ABILITIES)), st.booleans(), min_size=1),
        # Names that guesses are made from
        "backend": st.sampled_from(["gpt-5", "claude-opus-4-6", "gpt-4-embedding", "own", "databricks/x"]),
        "endpoints": st.lists(st.sampled_from(["/v1/responses", "/v1/embeddings"]), unique=True),
    },
)  # type: ignore[assignment]


def by_name(rows: list[Deployment]) -> dict[str, Model]:
    """Return the merged models of *rows* by name."""
    return {model.name: model for model in merge(rows)}


@given(st.lists(deployments).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_deployments_never_matters(
    pair: tuple[list[Deployment], list[Deployment]],
) -> None:
    """A proxy may list its deployments differently each time; the models are the same."""
    rows, shuffled = pair

    assert by_name(rows) == by_name(shuffled)


@given(rows=st.lists(deployments), more=deployments)
def test_one_more_deployment_never_promises_more(rows: list[Deployment], more: Deployment) -> None:
    """It adds no ability, raises no limit that is known, and a price that stays known does not fall."""
    before, after = by_name(rows).get(more["name"]), by_name([*rows, more])[more["name"]]
    if before is None:
        before = by_name([more])[more["name"]]

    for ability, flag in ability_flags(after.abilities).items():
        assert flag is not True or ability_flags(before.abilities)[ability] is True
    for field in LIMITS:
        old, new = getattr(before, field), getattr(after, field)
        assert old is None or field in before.guessed or (new is not None and new <= old)
    for cheap, dear in ((before.input_price, after.input_price), (before.output_price, after.output_price)):
        assert dear is None or (cheap is not None and dear >= cheap)


@given(rows=st.lists(deployments), more=deployments)
def test_one_more_deployment_leaves_the_other_names_alone(rows: list[Deployment], more: Deployment) -> None:
    """Names do not influence each other."""
    before, after = by_name(rows), by_name([*rows, more])
    before.pop(more["name"], None)
    after.pop(more["name"])

    assert before == after


@given(st.lists(deployments))
def test_every_deployment_is_counted(rows: list[Deployment]) -> None:
    """No deployment is lost, and no name appears twice."""
    models = merge(rows)

    assert len(rows) == sum(model.deployments for model in models)
    assert len(models) == len(by_name(rows))
