"""`litectl cache`: which lists are kept, where, and how they are removed."""

from pathlib import Path
from typing import Any

import pytest

from fake_proxy import FakeProxy, json_answer, model_info
from program import Litectl


def lists(litectl: Litectl, **variables: str) -> list[dict[str, Any]]:
    """Return the cached lists as JSON."""
    found: list[dict[str, Any]] = litectl("cache", "show", "--json", variables=variables).json["lists"]
    return found


def test_an_empty_cache_is_shown_as_such(litectl: Litectl, fake: FakeProxy) -> None:
    """Nothing is no failure, and looking asks nobody."""
    assert litectl("cache", "show") == (0, "", "")
    assert lists(litectl) == []
    assert fake.requests == []


def test_every_list_is_shown_with_its_proxy(litectl: Litectl, fake: FakeProxy) -> None:
    """Two keys have two lists side by side, and the one in use is marked."""
    fake.on_models(model_info("m"))
    other = {"LITECTL_API_KEY": "sk-another-key-02"}
    litectl("models", "refresh")
    litectl("models", "refresh", variables=other)

    found = lists(litectl)

    assert sorted(entry["current"] for entry in found) == [False, True]
    assert {entry["base_url"] for entry in found} == {fake.root}
    assert all(
        (entry["source"], entry["models"], entry["stale"]) == ("model_info", 1, False) for entry in found
    )
    assert all(0 <= entry["age_seconds"] < 600 for entry in found)
    (mine,) = [entry["fingerprint"] for entry in found if entry["current"]]
    (theirs,) = [entry["fingerprint"] for entry in lists(litectl, **other) if entry["current"]]
    assert mine != theirs


def test_a_person_sees_a_table(litectl: Litectl, fake: FakeProxy) -> None:
    """With headings, an age in words and a mark."""
    fake.on_models(model_info("m"))
    litectl("models", "refresh")

    heading, line = litectl("cache", "show", terminal=True, variables={"NO_COLOR": "1"}).out.splitlines()

    assert heading.split()[:3] == ["BASE", "URL", "LIST"]
    assert line.split()[:4] == ["*", fake.root, "1", "model"]
    assert "0 min" in line


def test_a_person_sees_what_and_how_much_in_one_column(litectl: Litectl, fake: FakeProxy) -> None:
    """A model list has no tools, which is no news to anybody; a damaged list does not say how many."""
    fake.on_models(model_info("m"), model_info("n"))
    litectl("models", "refresh")
    path = Path(litectl("cache", "path").out.removesuffix("\n"))
    (path.parent / "damaged.json").write_bytes(b"{")

    shown = litectl("cache", "show", terminal=True, variables={"NO_COLOR": "1"}).out
    chosen = litectl("cache", "show", "--columns", "kind,models,tools")

    assert ("2 models" in shown, "MODELS" in shown, "TOOLS" in shown) == (True, False, False)
    assert chosen.out == "models\t2\t\nmodels\t\t\n"


def test_clearing_removes_the_list_in_use_only(litectl: Litectl, fake: FakeProxy) -> None:
    """The next command asks the proxy again; the list of another key stays until all are cleared."""
    fake.on_models(model_info("m"))
    other = {"LITECTL_API_KEY": "sk-another-key-02"}
    litectl("models", "refresh")
    litectl("models", "refresh", variables=other)

    assert litectl("cache", "clear") == (0, "", "removed 1 cached list\n")
    assert litectl("models", "list", "--offline").code == 3
    assert litectl("models", "list", "--offline", variables=other).code == 0
    assert litectl("cache", "clear") == (0, "", "removed 0 cached lists\n")
    assert litectl("cache", "clear", "--all") == (0, "", "removed 1 cached list\n")
    assert lists(litectl) == []


def test_an_empty_list_of_the_proxy_is_accepted_after_clearing(litectl: Litectl, fake: FakeProxy) -> None:
    """As the hint of the refused refresh says."""
    fake.on_models(model_info("m"))
    litectl("models", "refresh")
    fake.on("GET", "/model/info", json_answer({"data": []}))
    fake.on("GET", "/v1/models", json_answer({"data": []}))

    refused = litectl("models", "refresh")
    assert "litectl cache clear" in refused.err
    litectl("cache", "clear")

    assert litectl("models", "list") == (0, "", "")


def test_the_path_is_that_of_the_list(litectl: Litectl, fake: FakeProxy, isolated: Path) -> None:
    """One path for a script, of the file or of the directory of all."""
    fake.on_models(model_info("m"))
    litectl("models", "refresh")

    path = Path(litectl("cache", "path").out.removesuffix("\n"))
    directory = Path(litectl("cache", "path", "--all").out.removesuffix("\n"))

    assert path.is_file()
    assert path.parent == directory == isolated / ".cache/litectl/catalogs"


def test_changes_and_places_are_told_in_json(litectl: Litectl, fake: FakeProxy) -> None:
    """As of every command; stderr is left to messages."""
    fake.on_models(model_info("m"))
    litectl("models", "refresh")

    place, cleared = litectl("cache", "path", "--json"), litectl("cache", "clear", "--json")

    assert place.json == {"schema_version": 1, "path": litectl("cache", "path").out.removesuffix("\n")}
    assert cleared.json == {"schema_version": 1, "removed": 1}
    assert place.err == cleared.err == ""


def test_a_narrow_terminal_shows_which_list_it_is(
    litectl: Litectl, fake: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the columns for people, that of the kind is among the last to go."""
    monkeypatch.setenv("COLUMNS", "60")
    fake.on_models(model_info("m"))
    litectl("models", "list")

    shown = litectl("cache", "show", terminal=True, variables={"NO_COLOR": "1"}).out

    assert "LIST" in shown.splitlines()[0]
    assert " model" in shown.splitlines()[1]


def test_columns_are_chosen_and_checked(litectl: Litectl, fake: FakeProxy) -> None:
    """As for every list."""
    fake.on_models(model_info("m"))
    litectl("models", "refresh")

    assert litectl("cache", "show", "--columns", "models,source").out == "1\tmodel_info\n"
    refused = litectl("cache", "show", "--columns", "size")
    assert (refused.code, "fingerprint" in refused.err) == (2, True)
