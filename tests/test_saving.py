"""A saved conversation: the user's file, kept as it was but for its content."""

import stat
from pathlib import Path

import pytest

from litectl.errors import UsageError
from litectl.exchange.conversation import conversation_of
from litectl.exchange.saving import require_savable, save

TALK = [{"role": "user", "content": "wörld \ud83d"}]


def test_a_new_file_is_private_and_can_be_read_again(tmp_path: Path) -> None:
    """It holds the conversation, whatever characters it has, for its owner only."""
    path = tmp_path / "talk.json"

    require_savable(path)
    assert not path.exists()
    save(path, TALK)

    assert conversation_of(path.read_text(encoding="utf-8"), "it") == TALK
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["talk.json"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664])
def test_a_file_keeps_its_permissions_and_its_link(tmp_path: Path, mode: int) -> None:
    """What a link points to is replaced, and the link stays."""
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "talk.json", tmp_path / "link.json"
    target.write_text("[]")
    target.chmod(mode)
    link.symlink_to(target)

    require_savable(link)
    save(link, TALK)

    assert link.is_symlink()
    assert conversation_of(target.read_text(encoding="utf-8"), "it") == TALK
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_link_to_nothing_becomes_a_link_to_the_file(tmp_path: Path) -> None:
    """As long as the directory it leads to is there."""
    link, lost = tmp_path / "link.json", tmp_path / "lost.json"
    link.symlink_to(tmp_path / "talk.json")
    lost.symlink_to(tmp_path / "missing" / "talk.json")

    require_savable(link)
    save(link, TALK)

    assert (tmp_path / "talk.json").is_file()
    with pytest.raises(UsageError, match="is not a directory"):
        require_savable(lost)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is not a regular file"),
        ("missing/talk.json", "missing` is not a directory"),
        ("file/talk.json", "Not a directory"),
        ("circle", "Too many levels of symbolic links"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_saved_is_found_before(tmp_path: Path, name: str, message: str) -> None:
    """No answer is asked for that would be lost."""
    (tmp_path / "file").write_text("")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")

    with pytest.raises(UsageError, match=message):
        require_savable(tmp_path / name)


def test_a_device_is_never_replaced() -> None:
    """A rename would put a file in its place."""
    for check in (require_savable, lambda path: save(path, TALK)):
        with pytest.raises(UsageError, match="not a regular file"):
            check(Path("/dev/null"))


def test_a_directory_that_cannot_be_written_to_is_found_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the system, which knows more than the permissions say."""
    monkeypatch.setattr("os.access", lambda *_: False)

    with pytest.raises(UsageError, match="cannot be written to"):
        require_savable(tmp_path / "talk.json")


def test_stdout_is_no_file_to_save_to() -> None:
    """The answer is there, so `-` is refused instead of becoming a file of that name."""
    with pytest.raises(UsageError, match="needs a file"):
        require_savable(Path("-"))
