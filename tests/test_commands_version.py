"""`litectl version`: the version alone, and what a bug report should say."""

import platform
from pathlib import Path

import pytest

from litectl import __version__
from litectl.storage.paths import Paths
from program import Litectl, Program


@pytest.mark.parametrize("words", [("version",), ("--version",), ("-V",)])
def test_the_verb_says_what_the_option_says(program: Program, words: tuple[str, ...]) -> None:
    """One line on stdout, whatever else is broken."""
    broken = {"LITECTL_BASE_URL": "junk", "HOME": "/dev/null"}

    assert program(*words, variables=broken) == (0, f"litectl {__version__}\n", "")


def test_json_says_what_a_bug_report_needs(litectl: Litectl, isolated: Path) -> None:
    """The versions, the system, and the directories; it makes none of them and asks nobody."""
    result = litectl("version", "--json")

    assert (result.code, result.err) == (0, "")
    assert result.json == {
        "schema_version": 1,
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "config_directory": str(isolated / ".config/litectl"),
        "cache_directory": str(isolated / ".cache/litectl"),
        "state_directory": str(isolated / ".local/state/litectl"),
        "data_directory": str(isolated / ".local/share/litectl"),
    }
    assert list(isolated.iterdir()) == []


def test_the_directories_are_those_of_the_files(litectl: Litectl) -> None:
    """Every file and directory that litectl knows lies in one of the four."""
    told = litectl("version", "--json").json
    places = [Path(told[f"{kind}_directory"]) for kind in ("config", "cache", "state", "data")]
    paths = Paths()
    known = [getattr(paths, name) for name in vars(Paths) if not name.startswith("_") and name != "home"]

    assert len(known) > 5
    assert [path for path in known if not any(path.is_relative_to(place) for place in places)] == []


def test_what_has_no_place_is_null(litectl: Litectl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a home there are only those that a variable names."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    told = litectl("version", "--json").json

    assert told["cache_directory"] == str(tmp_path / "litectl")
    assert [told[f"{kind}_directory"] for kind in ("config", "state", "data")] == [None] * 3


def test_every_other_form_has_the_same_lines(litectl: Litectl) -> None:
    """A name and a value, as of every record."""
    assert litectl("version", "--format", "tsv").out.startswith(f"version\t{__version__}\npython\t")
    assert litectl("version", "--format", "jsonl").out.count("\n") == 1
