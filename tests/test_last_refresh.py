"""What the last refresh of every profile came to, written and read."""

import json
from pathlib import Path

import pytest

from litectl.errors import ConfigError
from litectl.storage.lastrefresh import LastRefresh, ProfileRefresh, read_last_refresh, write_last_refresh

WORKED = ProfileRefresh("dev", ok=True, message="", models=12, changed=True)
FAILED = ProfileRefresh(
    "prod", ok=False, message="the proxy refused: ключ\n\x1b[2J", models=None, changed=False
)
LAST = LastRefresh(1_795_000_000.25, [WORKED, FAILED])
ENTRY = WORKED._asdict()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every field comes back, also text that is not plain, and the file is its owner's alone."""
    path = tmp_path / "state" / "last_refresh.json"

    write_last_refresh(path, LAST)

    assert read_last_refresh(path) == LAST
    assert LAST.failed == [FAILED]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_last_one_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """It is no log."""
    path = tmp_path / "last_refresh.json"
    write_last_refresh(path, LAST)

    write_last_refresh(path, LastRefresh(5.0, []))

    assert read_last_refresh(path) == LastRefresh(5.0, [])


def test_there_may_be_none(tmp_path: Path) -> None:
    """Before the first one nothing is there, be it for want of the directory."""
    assert read_last_refresh(tmp_path / "missing" / "last_refresh.json") is None
    assert read_last_refresh(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"version":1}',
        b'{"version":2,"finished_at":1,"profiles":[]}',
        b'{"version":1,"finished_at":1}',
        b'{"version":1,"finished_at":"1","profiles":[]}',
        b'{"version":1,"finished_at":NaN,"profiles":[]}',
        b'{"version":1,"finished_at":1e999,"profiles":[]}',
        b'{"version":1,"finished_at":-1,"profiles":[]}',
        b'{"version":1,"finished_at":' + b"9" * 4000 + b',"profiles":[]}',
        b'{"version":1,"finished_at":1,"profiles":{}}',
        b'{"version":1,"finished_at":1,"profiles":[null]}',
    ],
)
def test_a_damaged_one_is_none(tmp_path: Path, content: bytes) -> None:
    """Whoever asks is told nothing rather than something wrong, and never fails for it."""
    path = tmp_path / "last_refresh.json"
    path.write_bytes(content)

    assert read_last_refresh(path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"ok": "yes"},
        {"message": ["x"]},
        {"models": -1},
        {"models": True},
        {"models": 1.5},
        {"changed": 1},
    ],
)
def test_a_profile_of_wrong_types_damages_it(tmp_path: Path, change: dict[str, object]) -> None:
    """One bad entry is enough: the rest cannot be trusted to be all."""
    path = tmp_path / "last_refresh.json"
    document = {"version": 1, "finished_at": 1.0, "profiles": [ENTRY, ENTRY | change]}
    path.write_text(json.dumps(document))

    assert read_last_refresh(path) is None


def test_what_a_later_litectl_adds_is_passed_over(tmp_path: Path) -> None:
    """A field that nobody knows takes nothing from those that are known."""
    path = tmp_path / "last_refresh.json"
    path.write_text(json.dumps({"version": 1, "finished_at": 1, "profiles": [ENTRY | {"new": 1}], "new": 2}))

    assert read_last_refresh(path) == LastRefresh(1.0, [WORKED])


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "state").write_text("a file where the directory belongs")

    with pytest.raises(ConfigError, match="state"):
        write_last_refresh(tmp_path / "state" / "last_refresh.json", LAST)
