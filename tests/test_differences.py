"""`litectl models diff`: what changed, between the cache and the proxy or between two profiles."""

import pytest

from fake_proxy import FakeProxy, json_answer, model_info
from litectl.catalog.differences import FIELDS, Difference, differences
from litectl.catalog.rows import Model, ability_marks
from litectl.profiles.profile import Profile
from program import Litectl
from senders import store_profiles

VISION, BLIND = ability_marks({"vision": True}), ability_marks({"vision": False})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], []),
        ([Model("a")], [Model("a")], []),
        ([], [Model("b"), Model("a")], [Difference("a", "added"), Difference("b", "added")]),
        ([Model("a")], [], [Difference("a", "removed")]),
        (
            [Model("a", "chat", 100, abilities=VISION), Model("b")],
            [Model("b"), Model("a", "chat", 200, abilities=BLIND)],
            [
                Difference("a", "changed", "max_input_tokens", 100, 200),
                Difference("a", "changed", "vision", True, False),
            ],
        ),
        ([Model("a", input_price=0.0)], [Model("a")], [Difference("a", "changed", "input_price", 0.0, None)]),
    ],
)
def test_each_changed_value_is_a_difference(
    before: list[Model], after: list[Model], expected: list[Difference]
) -> None:
    """Names that came or went, then field by field; nothing known is not zero."""
    assert differences(before, after) == expected


def test_the_order_of_the_lists_does_not_matter() -> None:
    """A proxy may list its models differently each time."""
    models = [Model(name) for name in "cab"]

    assert differences(models, models[::-1]) == []


def test_only_the_named_fields_are_compared() -> None:
    """Names are always compared."""
    before = [Model("a", "chat", 100, input_price=1.0), Model("b")]
    after = [Model("a", "chat", 200, input_price=2.0)]

    assert [(found.name, found.field) for found in differences(before, after, ["input_price"])] == [
        ("a", "input_price"),
        ("b", None),
    ]


def test_every_field_of_a_model_is_compared() -> None:
    """A new field is not forgotten."""
    assert set(Model._fields) - {"name", "abilities"} <= set(FIELDS)


def test_nothing_new_is_exit_0(litectl: Litectl, fake: FakeProxy) -> None:
    """The proxy is asked, nothing is printed, and the cache stays as it is."""
    fake.on_models(model_info("a", max_input_tokens=100))
    litectl("models", "refresh")
    asked = len(fake.requests)

    assert litectl("models", "diff") == (0, "", "")
    assert len(fake.requests) > asked


def test_a_change_is_exit_1_and_is_not_kept(litectl: Litectl, fake: FakeProxy) -> None:
    """A cron job sees the same difference until somebody refreshes."""
    fake.on_models(model_info("a", max_input_tokens=100), model_info("gone"))
    litectl("models", "refresh")
    fake.on_models(model_info("a", max_input_tokens=200), model_info("new"))

    first, second = litectl("models", "diff"), litectl("models", "diff")

    assert (
        first
        == second
        == (
            1,
            "a\tchanged\tmax_input_tokens\t100\t200\ngone\tremoved\t\t\t\nnew\tadded\t\t\t\n",
            "",
        )
    )
    litectl("models", "refresh")
    assert litectl("models", "diff").code == 0


def test_differences_as_json(litectl: Litectl, fake: FakeProxy) -> None:
    """With values of their types, and where both lists are from."""
    fake.on_models(model_info("a", supports_vision=True))
    litectl("models", "refresh")
    fake.on_models(model_info("a", supports_vision=False))

    result = litectl("models", "diff", "--json")

    assert result.code == 1
    assert result.json["differences"] == [
        {"name": "a", "change": "changed", "field": "vision", "before": True, "after": False}
    ]
    assert result.json["before"]["source"] == result.json["after"]["source"] == "model_info"


@pytest.mark.parametrize(("fields", "code"), [("input_price", 0), ("max_input_tokens, vision", 1), ("", 0)])
def test_fields_are_chosen(litectl: Litectl, fake: FakeProxy, fields: str, code: int) -> None:
    """What nobody cares about is no difference; without any field only names count."""
    fake.on_models(model_info("a", max_input_tokens=100))
    litectl("models", "refresh")
    fake.on_models(model_info("a", max_input_tokens=200))

    assert litectl("models", "diff", "--fields", fields).code == code


def test_an_unknown_field_is_named(litectl: Litectl, fake: FakeProxy) -> None:
    """With the known ones, before anything is asked."""
    refused = litectl("models", "diff", "--fields", "price")

    assert (refused.code, "input_price" in refused.err) == (2, True)
    assert fake.requests == []


def test_without_a_cached_list_there_is_nothing_to_compare(litectl: Litectl, fake: FakeProxy) -> None:
    """Exit 3 is no difference."""
    result = litectl("models", "diff")

    assert (result.code, "litectl models refresh" in result.err) == (3, True)


def test_another_source_is_said(litectl: Litectl, fake: FakeProxy) -> None:
    """Values may differ because less is known."""
    fake.on_models(model_info("a"))
    litectl("models", "refresh")
    fake.on("GET", "/model/info", json_answer({"detail": "no"}, 403))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "a", "mode": "chat"}]}))

    result = litectl("models", "diff")

    assert "one list is from model_info, the other from models" in result.err


def test_a_proxy_in_trouble_is_no_difference(litectl: Litectl, fake: FakeProxy) -> None:
    """When the route fails that told the cached list, nothing can be compared: exit 12."""
    fake.on_models(model_info("a"))
    litectl("models", "refresh")
    fake.on("GET", "/model/info", json_answer({"detail": "no"}, 502))
    fake.on("GET", "/v1/models", json_answer({"data": [{"id": "a"}]}))

    assert (litectl("models", "diff").code, litectl("models", "refresh").code) == (12, 12)


def test_values_of_every_kind_are_written_as_they_are(litectl: Litectl, fake: FakeProxy) -> None:
    """True is not 1, though Python takes them for equal."""
    fake.on_models(model_info("a", supports_vision=False, input_cost_per_token=0, output_cost_per_token=1e-6))
    litectl("models", "refresh")
    fake.on_models(
        model_info("a", supports_vision=True, input_cost_per_token=1e-6, output_cost_per_token=1e-6)
    )

    lines = litectl("models", "diff", "--fields", "vision,input_price").out.splitlines()

    assert lines == ["a\tchanged\tvision\tfalse\ttrue", "a\tchanged\tinput_price\t0\t1"]


@pytest.fixture
def two_proxies(fake: FakeProxy) -> Litectl:
    """Give a program with the profiles `one` and `two` of two paths of one fake proxy."""
    for path, name in (("/one", "a"), ("/two", "b")):
        fake.on("GET", f"{path}/model/info", json_answer({"data": [model_info(name)]}))
    profiles = [Profile(name, f"{fake.root}/{name}") for name in ("one", "two")]
    store_profiles(*profiles, default="one")
    return Litectl({})


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["two"], "a\tremoved\t\t\t\nb\tadded\t\t\t\n"),
        (["one", "two"], "a\tremoved\t\t\t\nb\tadded\t\t\t\n"),
        (["two", "one"], "a\tadded\t\t\t\nb\tremoved\t\t\t\n"),
        (["--profile", "two", "one"], "a\tadded\t\t\t\nb\tremoved\t\t\t\n"),
        (["one"], ""),
        (["two", "two"], ""),
    ],
)
def test_two_profiles_are_compared(two_proxies: Litectl, arguments: list[str], out: str) -> None:
    """The list in use with one profile, or the first with the second; each from its own cache."""
    result = two_proxies("models", "diff", *arguments)

    assert (result.code, result.out) == (1 if out else 0, out)


def test_more_than_two_profiles_are_too_many(two_proxies: Litectl) -> None:
    """Exit 2, as for every wrong argument; an unknown profile is exit 3."""
    assert two_proxies("models", "diff", "one", "two", "one").code == 2
    assert two_proxies("models", "diff", "three").code == 3


@pytest.mark.parametrize("status", [404, 418])
def test_exit_1_is_a_difference_and_nothing_else(litectl: Litectl, fake: FakeProxy, status: int) -> None:
    """A proxy that answers with any other error is exit 12 here, so that no script sends a false alarm."""
    fake.on_models(model_info("a"))
    litectl("models", "refresh")
    for path in ("/model/info", "/v1/models", "/model_group/info"):
        fake.on("GET", path, json_answer({"detail": "no"}, status))

    result = litectl("models", "diff")

    assert (result.code, result.out) == (12, "")


def test_json_says_whose_lists_they_are(two_proxies: Litectl, fake: FakeProxy) -> None:
    """With the profile and the URL of both sides."""
    document = two_proxies("models", "diff", "two", "--json").json

    assert [document[side]["profile"] for side in ("before", "after")] == ["one", "two"]
    assert [document[side]["base_url"] for side in ("before", "after")] == [
        f"{fake.root}/one",
        f"{fake.root}/two",
    ]
