"""Wildcard routes: which names they stand for, and what those are routed to."""

import pytest

from litectl.catalog.rows import Deployment
from litectl.catalog.wildcards import expand


def backends(routes: dict[str, str], *names: str) -> dict[str, str | None]:
    """Return the backends of *names* behind *routes*, by name."""
    rows = [Deployment(name=name, backend=backend) for name, backend in routes.items()]
    return {
        row["name"]: row.get("backend") for row in expand(rows, [Deployment(name=name) for name in names])
    }


@pytest.mark.parametrize(
    ("route", "backend", "name", "expected"),
    [
        ("openai/*", "openai/*", "openai/gpt-5.2", "openai/gpt-5.2"),
        ("team/*", "azure/*", "team/a/b", "azure/a/b"),
        ("*", "openai/*", "gpt-5.2", "openai/gpt-5.2"),
        ("*-mini", "openai/*-mini", "gpt-mini", "openai/gpt-mini"),
        ("a*b*c", "x*y*z", "a1b2c", "x1y2z"),
        ("a*b*c", "x*y*z", "abc", "xyz"),
        # The backend is known, or not
        ("team/*", "openai/gpt-5.2", "team/x", "openai/gpt-5.2"),
        ("a*b*c", "x*", "a1b2c", None),
        # Nothing in a name is a pattern of another kind.
        ("a.*", "b.*", "a.x", "b.x"),
        ("[a]*", "b*", "[a]x", "bx"),
    ],
)
def test_what_the_star_stands_for_goes_into_the_backend(
    route: str, backend: str, name: str, expected: str | None
) -> None:
    """As LiteLLM routes it."""
    assert backends({route: backend}, name) == {name: expected}


@pytest.mark.parametrize(
    ("route", "name"), [("openai/*", "azure/x"), ("*-mini", "mini"), ("ab*ba", "aba"), ("a*b*c", "acb")]
)
def test_a_name_that_does_not_match_is_not_routed(route: str, name: str) -> None:
    """It is a model of its own, and the pattern stays since nothing is behind it."""
    assert backends({route: "openai/*"}, name) == {route: "openai/*", name: None}


def test_the_most_specific_route_wins() -> None:
    """The longest text, then the fewest stars."""
    routes = {"*": "1/*", "team/*": "2/*", "team/gpt-*": "3/*", "team/*pt-*": "4/*-*"}

    assert backends(routes, "team/gpt-5", "team/o1", "x") == {
        "team/gpt-5": "3/5",
        "team/o1": "2/o1",
        "x": "1/x",
    }


def test_a_route_with_several_deployments_gives_each_name_all_of_them() -> None:
    """They share the load of every name."""
    rows = [Deployment(name="t/*", backend="a/*", id="1"), Deployment(name="t/*", backend="b/*", id="2")]

    found = expand(rows, [Deployment(name="t/x", mode="chat", max_input_tokens=5)])

    assert found == [
        {"name": "t/x", "backend": "a/x", "id": "1", "mode": "chat", "max_input_tokens": 5},
        {"name": "t/x", "backend": "b/x", "id": "2", "mode": "chat", "max_input_tokens": 5},
    ]


def test_what_a_route_declares_holds_for_its_names() -> None:
    """But for the parameters: those are of a model that is called `*`."""
    rows = [Deployment(name="t/*", backend="a/*", provider="a", mode="chat", supported_parameters=["n"])]

    (row,) = expand(rows, [Deployment(name="t/x")])

    assert row == {"name": "t/x", "backend": "a/x", "provider": "a", "mode": "chat"}


def test_each_value_remembers_who_told_it() -> None:
    """What the list tells of a name is the list's, and everything else the route's."""
    rows = [Deployment(name="t/*", source="model_info", mode="chat", max_output_tokens=5)]

    (row,) = expand(rows, [Deployment(name="t/x", source="models", max_input_tokens=9)])

    assert (row["source"], row["filled"]) == ("model_info", {"max_input_tokens": "models"})


def test_what_a_route_declares_is_not_said_of_what_cannot_chat() -> None:
    """An operator means the chat models behind the star."""
    rows = [Deployment(name="t/*", mode="chat")]

    found = expand(rows, [Deployment(name="t/whisper-1"), Deployment(name="t/x", mode="rerank")])

    assert [row.get("mode") for row in found] == [None, "rerank"]


def test_a_deployment_of_its_own_comes_before_a_wildcard() -> None:
    """A name that is configured is not routed again, and a name that is listed twice is there once."""
    rows = [Deployment(name="t/*", backend="a/*"), Deployment(name="t/x", backend="b/x")]

    found = expand(rows, [Deployment(name=name) for name in ("t/x", "t/y", "t/y", "t/*")])

    assert [(row["name"], row["backend"]) for row in found] == [("t/x", "b/x"), ("t/y", "a/y")]


def test_a_flood_of_routes_is_bounded() -> None:
    """A thousand deployments of one wildcard do not become a million."""
    rows = [Deployment(name="*", id=str(number)) for number in range(1000)]

    found = expand(rows, [Deployment(name=f"m{number}") for number in range(1000)])

    assert {row["name"] for row in found} == {f"m{number}" for number in range(1000)}
    assert len(found) < 60_000


def test_a_pattern_of_many_stars_costs_no_time() -> None:
    """Whatever a proxy calls its routes, matching is quick."""
    name = "a" * 5000

    assert backends({"*a" * 2000 + "b": "x"}, name) == {"*a" * 2000 + "b": "x", name: None}
