"""Where the files are."""

import sys
from pathlib import Path

import platformdirs
import pytest

from litectl.storage.paths import Paths

KINDS = ("config", "cache", "state", "data")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
@pytest.mark.parametrize(
    "variables",
    [
        {"HOME": "/home/ann"},
        {"HOME": "/home/ann/"},
        {"HOME": "/"},
        {"HOME": "/home/ann", **{f"XDG_{kind.upper()}_HOME": f"/elsewhere/{kind}" for kind in KINDS}},
        {"HOME": "/home/ann", **{f"XDG_{kind.upper()}_HOME": f"/elsewhere/{kind}/" for kind in KINDS}},
        {"HOME": "/home/ann", **{f"XDG_{kind.upper()}_HOME": "" for kind in KINDS}},
        {**{f"XDG_{kind.upper()}_HOME": f"/elsewhere/{kind}" for kind in KINDS}},
        {},
    ],
)
def test_the_places_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """What is answered without platformdirs, whose import takes its time, is what it would say."""
    monkeypatch.delenv("HOME")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    paths = Paths()

    found = (paths.profiles.parent, paths.catalogs.parent, paths.tokens.parent, paths.sandbox.parent)

    assert found == tuple(Path(getattr(platformdirs, f"user_{kind}_dir")("litectl")) for kind in KINDS)


@pytest.mark.skipif(sys.platform == "win32", reason="HOME says nothing there")
@pytest.mark.parametrize("home", [None, "", "relative/home", "~"])
def test_a_home_that_is_none_counts_as_unset(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    """The files of other tools are where litectl's own are, and never at the root of the machine."""
    monkeypatch.delenv("HOME")
    of_user = Path.home()
    if home is not None:
        monkeypatch.setenv("HOME", home)

    assert Paths().home == of_user
