"""A skill in a folder: what is read of it, what is left out, and what is refused."""

import os
import socket
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litectl.errors import UsageError
from litectl.skills import folder as module
from litectl.skills.archive import File, packed, unpacked
from litectl.skills.folder import read_folder
from litectl.skills.frontmatter import FrontMatter, read_front_matter, without_front_matter

HEAD = "---\nname: my-skill\ndescription: Says hello\n---\n# Hi\n"


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    """Give a folder with a skill of two files."""
    folder = tmp_path / "folder"
    (folder / "ref").mkdir(parents=True)
    (folder / "SKILL.md").write_text(HEAD)
    (folder / "ref" / "a.txt").write_bytes(b"\x00\xff")
    return folder


def refusal(path: Path | str, **given_: str) -> str:
    """Return what is said of a folder that is refused."""
    with pytest.raises(UsageError) as caught:
        read_folder(str(path), **given_)
    return caught.value.message


def test_a_folder_is_read_whole(skill: Path) -> None:
    """The manifest comes first, the rest by path; name and description are its own."""
    (skill / "A.md").write_text("a")

    read = read_folder(str(skill))

    assert (read.name, read.description, read.size) == ("my-skill", "Says hello", len(HEAD) + 3)
    assert read.files == [
        File("SKILL.md", HEAD.encode()),
        File("A.md", b"a"),
        File("ref/a.txt", b"\x00\xff"),
    ]


def test_what_is_given_wins(skill: Path) -> None:
    """A name and a description that are given replace those of the manifest."""
    read = read_folder(str(skill), name="other", description="Other")

    assert (read.name, read.description) == ("other", "Other")


def test_a_manifest_without_a_name_is_called_as_its_folder(
    skill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the folder is named by a dot."""
    (skill / "SKILL.md").write_text("# Hi")
    monkeypatch.chdir(skill)

    assert (read_folder(".").name, read_folder(".").description) == ("folder", None)


def test_hidden_files_and_folders_are_skipped_and_counted(skill: Path) -> None:
    """What begins with a dot is not read, wherever it stands."""
    (skill / ".git").mkdir()
    (skill / ".git" / "config").write_text("secret")
    (skill / ".env").write_text("secret")
    (skill / "ref" / ".env").write_text("secret")

    read = read_folder(str(skill))

    assert [file.path for file in read.files] == ["SKILL.md", "ref/a.txt"]
    assert read.skipped == 3


def test_links_inside_are_followed_as_files(skill: Path) -> None:
    """A link to a file of the folder is that file under its own path; the folder itself may be a link."""
    (skill / "again.txt").symlink_to("ref/a.txt")
    (skill.parent / "link").symlink_to(skill)

    read = read_folder(str(skill.parent / "link"))

    assert File("again.txt", b"\x00\xff") in read.files


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("../outside.txt", "`x` is a link that leads outside the folder"),
        ("/etc/hostname", "`x` is a link that leads outside the folder"),
        ("..", "`x` is a link that leads outside the folder"),
        ("../folder-too/b.txt", "`x` is a link that leads outside the folder"),
        (".env", "`x` is a link to a hidden file"),
        (".git/config", "`x` is a link to a hidden file"),
        ("ref", "`x` is not a file"),
        (".", "`x` is not a file"),
        ("nothing", "cannot read `x`: No such file or directory"),
        ("x", "cannot read `x`: Too many levels of symbolic links"),
    ],
)
def test_other_links_are_refused(skill: Path, target: str, said: str) -> None:
    """A link outside, to what is skipped, to a folder or to nothing is an error that names it."""
    for path in ("../outside.txt", "../folder-too/b.txt", ".env", ".git/config"):
        (skill / path).parent.mkdir(exist_ok=True)
        (skill / path).write_text("secret")
    (skill / "x").symlink_to(target)

    assert refusal(skill) == said


def test_what_is_no_file_is_refused(skill: Path) -> None:
    """A pipe and a socket are errors at once, though nobody writes to them."""
    os.mkfifo(skill / "pipe")
    assert refusal(skill) == "`pipe` is not a file"
    (skill / "pipe").unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(skill / "sock"))
        assert refusal(skill).startswith(("cannot read `sock`", "`sock` is not a file"))


def test_a_device_is_refused(skill: Path) -> None:
    """A link to an endless device leads outside and is never read."""
    (skill / "zero").symlink_to("/dev/zero")

    assert refusal(skill) == "`zero` is a link that leads outside the folder"


@pytest.mark.parametrize("name", ["new\nline", 'quo"te', "back\\slash", "caf\udce9", "bell\a", "c:x"])
def test_a_name_that_no_form_carries_is_refused(skill: Path, name: str) -> None:
    """The name of a file that would arrive as another one, or be refused there, is shown harmlessly."""
    (skill / name).write_text("x")

    said = refusal(skill)

    assert said.startswith("the name of the file ")
    assert said.isprintable()


@pytest.mark.parametrize("names", [("x", "X"), ("ü", "u\u0308"), ("d/x", "D")])
def test_names_that_are_one_elsewhere_are_refused(skill: Path, names: tuple[str, str]) -> None:
    """What nobody could unpack is not sent: two names that some disks take for one."""
    for name in names:
        (skill / name).parent.mkdir(exist_ok=True)
        (skill / name).write_text("x")

    assert refusal(skill) == "two files have names that are one where upper and lower case are the same"


def test_what_is_sent_can_be_unpacked(skill: Path) -> None:
    """Files with the oddest names that are taken come out of the archive as they were."""
    for name in ("ü ' &;%41", "SKILL.md.", "deep/" + "d" * 200, "~", "-rf", "*?<>|", "\U0001f600"):
        (skill / name).parent.mkdir(exist_ok=True)
        (skill / name).write_text(name)
    files = read_folder(str(skill)).files

    assert unpacked(packed("my-skill", files)) == files


def test_every_refusal_has_a_hint(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do is said of each."""
    monkeypatch.setattr(module, "FILE_LIMIT", 1)
    for path in (str(skill), "/nonexistent", "/", "/etc/hostname"):
        with pytest.raises(UsageError) as caught:
            read_folder(path)
        assert caught.value.hint


def test_files_that_cannot_be_read_are_errors(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that vanishes or is forbidden is an error with its name, and nothing is left out."""
    for error in (
        FileNotFoundError(2, "No such file or directory"),
        PermissionError(13, "Permission denied"),
    ):
        with monkeypatch.context() as patched:

            def fail(*_: object, error: OSError = error) -> int:
                raise error

            patched.setattr(os, "open", fail)
            assert refusal(skill) == f"cannot read `SKILL.md`: {error.strerror}"


def test_a_folder_that_vanishes_is_an_error(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was a folder and is none any more is no traceback."""
    real = module._listed

    def racing(folder: Path, shown: str) -> list[Path]:
        found = real(folder, shown)
        if shown == ".":
            (skill / "ref" / "a.txt").unlink()
            (skill / "ref").rmdir()
        return found

    monkeypatch.setattr(module, "_listed", racing)

    assert refusal(skill) == "cannot read `ref`: No such file or directory"


def test_bounds_hold(skill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, files or folders are errors, and no more is read than that takes."""
    with (skill / "huge").open("wb") as huge:
        huge.truncate(1 << 40)
    assert refusal(skill) == "a skill may have 30 MiB, and it has more"
    (skill / "huge").unlink()

    monkeypatch.setattr(module, "SIZE_LIMIT", read_folder(str(skill)).size)
    assert len(read_folder(str(skill)).files) == 2
    monkeypatch.setattr(module, "FILE_LIMIT", 2)
    (skill / "empty").touch()
    assert refusal(skill) == "a skill may have 2 files, and it has more"
    (skill / "empty").unlink()
    monkeypatch.setattr(module, "_FOLDER_LIMIT", 2)
    (skill / "more").mkdir()
    assert refusal(skill) == "a skill may have 2 folders, and it has more"


def test_a_folder_deeper_than_the_stack_is_read(skill: Path) -> None:
    """Deep nesting is no problem of Python's stack."""
    deep = skill
    for _ in range(300):
        deep /= "d"
        deep.mkdir()
    (deep / "x").touch()

    assert read_folder(str(skill)).files[1].path.endswith("d/x")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.unlink(), "there is no `SKILL.md` in `{}`"),
        (lambda path: path.rename(path.with_name("skill.md")), "there is no `SKILL.md` in `{}`"),
        (lambda path: (path.unlink(), path.mkdir()), "there is no `SKILL.md` in `{}`"),
        (lambda path: path.write_bytes(b"\xff"), "`SKILL.md` is not text in UTF-8"),
        (lambda path: path.write_text("---\nname: My Skill\n---"), "a skill cannot be called `My Skill`"),
        (
            lambda path: path.write_text(f"---\nname: {'x' * 65}\n---"),
            f"a skill cannot be called `{'x' * 65}`",
        ),
    ],
)
def test_a_folder_without_a_usable_manifest_is_refused(skill: Path, make: object, said: str) -> None:
    """SKILL.md has to be there under exactly this name, as text, with a name that skills may have."""
    assert callable(make)
    make(skill / "SKILL.md")

    assert refusal(skill) == said.format(skill)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "the name of the folder is empty"),
        ("/nonexistent/x", "cannot read `/nonexistent/x`: No such file or directory"),
        ("a\0b", "cannot read 'a\\x00b': not a name of a file"),
        ("/etc/hostname", "cannot read `/etc/hostname`: Not a directory"),
        ("/", "there is no `SKILL.md` in `/`"),
        ("x" * 300, f"cannot read `{'x' * 300}`: File name too long"),
    ],
)
def test_what_is_no_folder_is_refused(path: str, said: str) -> None:
    """Nothing, a file and an impossible name are errors."""
    assert refusal(path) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, None)),
        ("# Hi", (None, None)),
        ("---\nname: x\n", (None, None)),
        ("\n---\nname: x\n---\n", (None, None)),
        ("---\n---\nname: x\n", (None, None)),
        ("\ufeff---\r\nname: x\r\ndescription: y\r\n---\r\n", ("x", "y")),
        ("---\nname: 'it''s'\ndescription: \"say \\\"hi\\\" \\u00fc\" # why\n---", ("it's", 'say "hi" ü')),
        ("---\nname:x\ndescription:\n---", (None, None)),
        ("---\nname: x # a comment\ndescription: a#b: c\n---", ("x", "a#b: c")),
        ("---\nname: null\ndescription: ~\n---", (None, None)),
        ("---\nmetadata:\n  name: inner\nname: outer\n---", ("outer", None)),
        ("---\ndescription: goes\n  on\n\n  here\nname: x\n---", ("x", "goes on here")),
        ("---\ndescription: >-\n  First\n  second\n\n  third\nname: x\n---", ("x", "First second third")),
        ("---\ndescription: |\n  # no comment\n---", (None, "# no comment")),
        ('---\ndescription: "goes\n  on"\n---', (None, "goes on")),
        ("---\nname: *alias\ndescription: [a, b]\n---", (None, None)),
        ('---\nname: "open\ndescription: "\\xe9"\n---', (None, None)),
        ("---\nname: first\nname: last\n---", ("last", None)),
    ],
)
def test_the_front_matter_is_read(text: str, expected: tuple[str | None, str | None]) -> None:
    """Plain, quoted and folded texts are read; everything else counts as not said."""
    assert read_front_matter(text) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", ""),
        ("# Hi\n", "# Hi\n"),
        ("---\nname: x\n", "---\nname: x\n"),
        ("\ufeff---\r\nname: x\r\n---\r\n# Hi\r\n", "# Hi\r\n"),
        ("---\n---\na\n---\nb", "a\n---\nb"),
    ],
)
def test_the_rest_is_what_follows_the_front_matter(text: str, rest: str) -> None:
    """Of a text without one it is all, line ends and later fences included."""
    assert without_front_matter(text) == rest


@given(st.text(alphabet="-\n: namedescription'\"|>#&\\ux\u2028\ufeff"))
def test_any_front_matter_is_read_or_not(text: str) -> None:
    """No text whatever is an error, and what is read is one line or nothing."""
    for said in (read_front_matter(text), read_front_matter(f"---\nname: {text}\n---")):
        assert isinstance(said, FrontMatter)
        assert all(value is None or (value and "\n" not in value) for value in said)


def test_the_archive_is_the_same_for_the_same_files() -> None:
    """Everything lies in one folder, in the order given, and no time or owner gets in."""
    files = [File("SKILL.md", HEAD.encode()), File("ref/ü.bin", b"\x00" * 1000)]

    archive = packed("my-skill", files)

    assert archive == packed("my-skill", files)
    with ZipFile(BytesIO(archive)) as read:
        assert read.namelist() == ["my-skill/SKILL.md", "my-skill/ref/ü.bin"]
        assert read.read("my-skill/SKILL.md") == HEAD.encode()
        assert {entry.date_time for entry in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}
