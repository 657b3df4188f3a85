"""The reference and the man pages: written from the code, and right for those who read them."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from litectl.app import COMMANDS
from litectl.environment import MEANINGS as VARIABLES
from litectl.environment import USUAL
from litectl.errors import MEANINGS, ExitCode
from pages.commandtree import describe
from pages.documents.everything import DOCUMENTS
from pages.helptext import Block
from pages.man import man_page
from pages.mark import table

DOCS = Path(__file__).parents[1] / "docs"
REFERENCE, MAN = DOCS / "reference", DOCS / "man"
PAGES = sorted(MAN.glob("*.1"))
WRITER = "write_reference.py"
# Pages have no date: the same source gives the same page on every day.
UNDATED = "missing date, using"


def write(place: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run the writer in *place*."""
    command = [sys.executable, str(place / WRITER), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def require(program: str) -> str:
    """Return the path of *program*; skips the test, with a word on what to install, where there is none."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: on Debian `apt-get install man-db mandoc groff`")
    return found


def printed(command: Sequence[str]) -> str:
    """Return what *command* prints, without the doubled letters of bold text; fails for any complaint."""
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    return re.sub(r".\x08", "", done.stdout.decode())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the documentation and its writer."""
    return Path(shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__")))


def test_every_page_is_as_the_code_says() -> None:
    """`make generated` has nothing to do."""
    done = write(DOCS, "--check")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_page_is_named(copy: Path) -> None:
    """A page that was changed, is missing or is of no command is named by `--check`, else mended."""
    page, missing, strange = (
        copy / name for name in ("reference/environment.md", "man/litectl-ask.1", "man/litectl-gone.1")
    )
    written = page.read_text()
    page.write_text(written + "and more\n")
    missing.unlink()
    strange.write_text(".TH X 1\n")

    done = write(copy, "--check")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"error: docs/{path.relative_to(copy)} is stale; write it anew with `make generated`"
        for path in (page, missing, strange)
    ]
    assert write(copy).returncode == 0
    assert write(copy, "--check").returncode == 0
    assert (page.read_text(), missing.exists(), strange.exists()) == (written, True, False)


def test_every_exit_code_has_a_meaning() -> None:
    """The page of exit codes has a row for each code of the program, and no other."""
    text = (REFERENCE / "exit-codes.md").read_text()
    listed = re.findall(r"^\| (\d+) ([A-Z_]+) \|", text, re.MULTILINE)

    assert [(int(code), name) for code, name in listed] == [(int(code), code.name) for code in ExitCode]
    assert list(MEANINGS) == list(ExitCode)


def test_every_variable_is_listed_with_its_meaning() -> None:
    """The page of variables has those that the program knows, and no other."""
    text = (REFERENCE / "environment.md").read_text()
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", text, re.MULTILINE))

    assert listed == VARIABLES | USUAL


def test_every_command_has_its_section_and_its_page() -> None:
    """Each command and group is told of in the reference, and has a man page."""
    commands = list(describe().walk())
    sections = re.findall(r"^## (litectl.*)$", (REFERENCE / "commands.md").read_text(), re.MULTILINE)

    assert sections == [command.line for command in commands]
    assert {page.stem for page in PAGES} == {command.page for command in commands}
    assert {command.path[0] for command in commands if command.path} == set(COMMANDS)


def test_every_document_is_of_a_command() -> None:
    """The JSON of a command that is not there any more is told of nowhere."""
    lines = {" ".join(command.path) for command in describe().walk()}
    named = {name.partition(" --")[0] for document in DOCUMENTS for name in document.commands}

    assert named <= lines


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_man_shows_every_page_without_a_word(page: Path) -> None:
    """Groff has nothing to say of a page, and every example is there letter by letter."""
    man = require("man")
    require("groff")
    command = next(each for each in describe().walk() if each.page == page.stem)

    shown = printed([man, "--warnings", "-E", "ascii", "-l", str(page)])

    examples = [line for block in command.text if block.is_verbatim for line in block.text.splitlines()]
    assert [line for line in examples if line not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_mandoc_finds_nothing_wrong(page: Path) -> None:
    """The linter of the other reader of man pages warns of nothing but the date that is left out."""
    mandoc = require("mandoc")
    done = subprocess.run(
        [mandoc, "-Tlint", "-Wwarning", str(page)], capture_output=True, text=True, check=False, timeout=60
    )

    assert [line for line in done.stdout.splitlines() if UNDATED not in line] == []


@pytest.mark.parametrize(
    "text",
    [
        ".B is no request",
        "'tis neither",
        r"C:\new\fBold\\ \(co \*(x",
        """--a-b 'c' "d" `e` ^f ~g""",
        "...",
        "ü € \N{GRINNING FACE}",
        r"\." + "x" * 200,
    ],
)
def test_text_is_shown_as_it_is(text: str, tmp_path: Path) -> None:
    """Whatever a help says is on the page, and nothing of it is taken for a command of roff."""
    mandoc = require("mandoc")
    prose = text.replace("`", "")
    root = describe()._replace(text=(Block(text, is_verbatim=True), Block(prose)), commands=())
    page = tmp_path / "page.1"
    page.write_text(man_page(root, root, ()))

    shown = printed([mandoc, "-Tutf8", "-Owidth=400", str(page)])

    assert text in shown
    assert prose in shown.replace(text, "", 1)


def test_a_bar_in_a_table_is_no_border() -> None:
    """A cell keeps its bars."""
    assert table(("a", "b"), [("x|y", "z")]).splitlines()[2] == "| x\\|y | z |"


def test_man_pages_are_part_of_an_installation() -> None:
    """The wheel puts them where `man` looks for them."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]

    assert shared["docs/man"] == "share/man/man1"
    assert all(path.suffix == ".1" for path in MAN.iterdir())
