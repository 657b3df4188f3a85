"""The zip of a skill: read without trust, written into a new folder."""

import io
import os
import stat
import struct
import warnings
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import ConfigError, LitectlError, ProxyError, UsageError
from litectl.skills import archive
from litectl.skills.archive import File, manifest, unpacked
from litectl.skills.unpacking import write_folder, write_new

MANIFEST = b"---\nname: s\n---\n# Do\n"


def zipped(*files: tuple[str | ZipInfo, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    """Return a zip of *files*, each a path or an entry, and its content."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", compression) as made:
        for path, content in files:
            made.writestr(path, content)
    return buffer.getvalue()


def entry(path: str, mode: int) -> ZipInfo:
    """Return an entry with the *mode* of Unix."""
    made = ZipInfo(path)
    made.external_attr = mode << 16
    return made


GOOD = zipped(("SKILL.md", MANIFEST), ("scripts/run.sh", b"echo"))


def test_the_files_are_read() -> None:
    """Paths and contents as they are in the archive."""
    assert unpacked(GOOD) == [File("SKILL.md", MANIFEST), File("scripts/run.sh", b"echo")]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["s/", "s/SKILL.md", "s/a/b"], ["SKILL.md", "a/b"]),
        (["s/SKILL.md", "t/a"], ["s/SKILL.md", "t/a"]),
        (["skills/x/SKILL.md"], ["skills/x/SKILL.md"]),
        (["SKILL.md", "a/"], ["SKILL.md"]),
    ],
)
def test_the_folder_of_the_skill_is_not_made_twice(paths: list[str], expected: list[str]) -> None:
    """The one folder that all is in is left out when it is the skill's."""
    assert [file.path for file in unpacked(zipped(*((path, b"") for path in paths)))] == expected


@pytest.mark.parametrize(
    "path",
    [
        *("../x", "a/../../x", "a/..", "/etc/x", "//x", "C:/x", "c:x", "a\\..\\b", "\\\\host\\x", "./x"),
        *("a//b", "a/./b", "..", "x\x1b[0m", "x\n", "a\x00b", "x" * 300, "a/" * 600 + "b", "x\u202e"),
        *(".git/config", "a/.GIT/hooks/post-checkout"),
    ],
)
def test_a_path_that_is_not_plain_is_refused(path: str) -> None:
    """Out of the folder, absolute, of Windows, with controls, too long, or of git: nothing is taken."""
    made = ZipInfo("placeholder")
    made.filename = path
    with pytest.raises(ProxyError, match="not safe"):
        unpacked(zipped(("SKILL.md", MANIFEST), (made, b"x")).replace(b"placeholder", path.encode()))


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a\x1b[0m"])
def test_a_second_name_is_not_believed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An entry may carry another name beside its own, which Python takes from 3.12 on: it is no way out."""

    def take_the_second(made: ZipInfo, *_: object) -> None:
        made.filename = name

    content = zipped(("SKILL.md", MANIFEST))
    monkeypatch.setattr(ZipInfo, "_decodeExtra", take_the_second)

    with pytest.raises(ProxyError, match="not safe"):
        unpacked(content)


def test_a_library_that_warns_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What Python warns of in an archive makes it one that cannot be read."""

    def doubt(*_: object) -> None:
        warnings.warn("Empty unicode path extra field", stacklevel=2)

    content = zipped(("SKILL.md", MANIFEST))
    monkeypatch.setattr(ZipInfo, "_decodeExtra", doubt)

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with pytest.raises(ProxyError, match="not a zip that can be read"):
            unpacked(content)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    """Only plain files come out of an archive."""
    with pytest.raises(ProxyError, match="link or a device"):
        unpacked(zipped((entry("x", kind | 0o777), b"/etc/passwd")))


@pytest.mark.parametrize("paths", [["a", "a"], ["a", "A"], ["a", "a/b"], ["a/b", "A"], ["é", "e\u0301"]])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(paths: list[str]) -> None:
    """Also where only a disk that knows no upper case takes them for one."""
    with pytest.raises(ProxyError, match="two files of one name"):
        unpacked(zipped(*((path, b"") for path in paths)))


def test_other_packings_are_refused() -> None:
    """Only what every zip of a skill is packed with is unpacked."""
    with pytest.raises(ProxyError, match="unusual way"):
        unpacked(zipped(("a", b"x"), compression=ZIP_BZIP2))


def test_encrypted_files_are_refused() -> None:
    """Nobody can be asked for a password."""
    content = bytearray(GOOD)
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1

    with pytest.raises(ProxyError, match="encrypted"):
        unpacked(bytes(content))


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is unpacked is counted over all files."""
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    half = b"\0" * 600_000

    assert len(unpacked(zipped(("a", half)))) == 1
    with pytest.raises(ProxyError, match="when unpacked"):
        unpacked(zipped(("a", half), ("b", half)))


def test_a_bomb_that_hides_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that the archive tells is not believed."""
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    content = zipped(("a", b"\0" * 2_000_000))
    lying = content.replace(struct.pack("<I", 2_000_000), struct.pack("<I", 10))

    with pytest.raises(ProxyError):
        unpacked(lying)


def test_too_many_files_are_refused() -> None:
    """Two thousand are enough for a skill; a hundred thousand are not even listed."""
    for count in (2001, 20_001):
        with pytest.raises(ProxyError, match="more than 2,000 files"):
            unpacked(zipped(*((str(number), b"") for number in range(count)), compression=ZIP_STORED))


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", GOOD[:-30], GOOD[10:], b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_an_error(content: bytes) -> None:
    """A page, a part of an archive, an empty one."""
    with pytest.raises(ProxyError):
        unpacked(content)


@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)))
def test_broken_archives_raise_nothing_else(change: bytes | tuple[int, int]) -> None:
    """Any bytes, and a good archive with any byte changed, are files or an error of ours."""
    content = bytearray(GOOD)
    if isinstance(change, bytes):
        content = bytearray(change)
    else:
        content[change[0]] = change[1]
    try:
        files = unpacked(bytes(content))
    except LitectlError:
        return
    assert all(".." not in file.path.split("/") and not file.path.startswith("/") for file in files)


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ([File("SKILL.md", b"\xef\xbb\xbf# Do")], "# Do"),
        ([File("SKILL.md", b"\xff\xfe")], None),
        ([File("other/SKILL.md", b"x")], None),
        ([], None),
    ],
)
def test_the_text_of_a_skill(files: list[File], text: str | None) -> None:
    """The SKILL.md at the top as text, where it is UTF-8."""
    assert manifest(files) == text


# On disk


def test_a_folder_is_written(tmp_path: Path) -> None:
    """Into directories that are made, without anything that can be run, and nothing else beside it."""
    folder = tmp_path / "a" / "b" / "s"
    write_folder(folder, unpacked(GOOD))

    assert (folder / "SKILL.md").read_bytes() == MANIFEST
    assert not (folder / "scripts" / "run.sh").stat().st_mode & 0o111
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("/nowhere")])
@pytest.mark.parametrize(
    "write", [lambda path: write_folder(path, [File("a", b"")]), lambda path: write_new(path, b"")]
)
def test_nothing_is_written_over(tmp_path: Path, make: object, write: object) -> None:
    """A folder, a file, or a link that leads nowhere stays as it is."""
    assert callable(make)
    assert callable(write)
    make(tmp_path / "s")
    before = os.lstat(tmp_path / "s")

    with pytest.raises(UsageError, match="exists already"):
        write(tmp_path / "s")

    assert os.lstat(tmp_path / "s")[:7] == before[:7]
    assert list(tmp_path.iterdir()) == [tmp_path / "s"]


def test_half_a_folder_is_taken_away(tmp_path: Path) -> None:
    """When a file cannot be written, there is no folder, and none beside it."""
    files = [File("a", b"x"), File("y" * 300, b"x")]
    with pytest.raises(ConfigError, match="cannot write"):
        write_folder(tmp_path / "s", files)

    assert list(tmp_path.iterdir()) == []


def test_a_place_below_a_file_is_an_error(tmp_path: Path) -> None:
    """A directory that cannot be made is said."""
    (tmp_path / "f").touch()

    with pytest.raises(ConfigError, match="cannot write"):
        write_folder(tmp_path / "f" / "s", [File("a", b"")])
    with pytest.raises(ConfigError, match="cannot write"):
        write_new(tmp_path / "none" / "s.zip", b"")
