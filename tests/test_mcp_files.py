"""The files of a result: under safe names, over nothing that exists."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import ConfigError, UsageError
from litectl.mcp.files import require_directory, save_blobs
from litectl.mcp.result import Blob

IMAGE = Blob("image", "image/png", b"png")
SOUND = Blob("audio", "audio/wav", b"wav")
OTHER = Blob("resource", "x/y", b"?", "file:///../../etc/passwd.sh")


def names(paths: list[Path]) -> list[str]:
    """Return the names of *paths*."""
    return [path.name for path in paths]


def test_files_are_called_by_the_tool(tmp_path: Path) -> None:
    """Numbered, with an ending by their media type; what the server calls them is not looked at."""
    directory = tmp_path / "new" / "directory"

    saved = save_blobs(directory, "draw", [IMAGE, SOUND, OTHER])

    assert saved == [directory / name for name in ("draw-1.png", "draw-2.wav", "draw-3.bin")]
    assert [path.read_bytes() for path in saved] == [b"png", b"wav", b"?"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved} == {0o600}


def test_nothing_that_exists_is_touched(tmp_path: Path) -> None:
    """The number of a file or a link that is there is passed over, dangling or not."""
    (tmp_path / "draw-1.png").write_text("mine")
    (tmp_path / "draw-3.png").symlink_to(tmp_path / "elsewhere")

    saved = save_blobs(tmp_path, "draw", [IMAGE, IMAGE])

    assert names(saved) == ["draw-2.png", "draw-4.png"]
    assert (tmp_path / "draw-1.png").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("tool", "stem"),
    [
        ("../../etc/cron.d/x", "etc_cron.d_x"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a b\n\x1bc", "a_b_c"),
        ("größe", "gr_e"),
        ("..", "tool"),
        ("", "tool"),
        ("x" * 500, "x" * 80),
    ],
)
def test_the_name_of_a_tool_is_made_safe(tmp_path: Path, tool: str, stem: str) -> None:
    """No tool writes beside the directory, into a hidden file, or into an option of another program."""
    assert names(save_blobs(tmp_path, tool, [IMAGE])) == [f"{stem}-1.png"]


@given(st.text(), st.text())
def test_any_name_is_a_file_of_the_directory(
    tmp_path_factory: pytest.TempPathFactory, tool: str, media_type: str
) -> None:
    """Whatever a server calls its tools and types."""
    directory = tmp_path_factory.mktemp("out")

    (saved,) = save_blobs(directory, tool, [Blob("image", media_type, b"")])

    assert saved.parent == directory
    assert list(directory.iterdir()) == [saved]


def test_without_files_no_directory_is_made(tmp_path: Path) -> None:
    """A result of text leaves nothing behind."""
    assert save_blobs(tmp_path / "out", "draw", []) == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_is_no_directory(tmp_path: Path, below: str) -> None:
    """It is refused, and left as it is; the check before a call says the same."""
    path = tmp_path / "file"
    path.write_text("mine")

    for refuse in (
        lambda: save_blobs(path / below, "draw", [IMAGE]),
        lambda: require_directory(path / below),
    ):
        with pytest.raises(UsageError, match=f"`{path}` is not a directory"):
            refuse()

    assert path.read_text() == "mine"


def test_a_directory_that_can_be_made_is_accepted(tmp_path: Path) -> None:
    """It is not made before there is something to save."""
    require_directory(tmp_path / "a" / "b")
    require_directory(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_that_may_not_be_written_to_is_refused(tmp_path: Path) -> None:
    """Before the call, while nothing is lost."""
    tmp_path.chmod(0o500)

    with pytest.raises(UsageError, match="cannot be written to"):
        require_directory(tmp_path / "out")


def test_a_full_disk_is_said_and_leaves_no_torn_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how many files were saved before."""
    fdopen = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        if (tmp_path / "draw-2.png").exists():
            os.close(descriptor)
            raise OSError(28, "No space left on device")
        return fdopen(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", full)

    with pytest.raises(ConfigError) as caught:
        save_blobs(tmp_path, "draw", [IMAGE, IMAGE, IMAGE])

    assert caught.value.message == (
        f"cannot save to `{tmp_path}`: No space left on device; 1 of 3 files are saved"
    )
    assert names(list(tmp_path.iterdir())) == ["draw-1.png"]
