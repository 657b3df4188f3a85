"""Litectl as a single file: it unpacks itself once, and whatever it starts of itself works, too."""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import single_file
from artefacts import FROM_INDEX, Workshop, python_at_hand, without_sources
from fake_proxy import FakeProxy, chat_answer, model_info
from litectl import __version__
from program import DEADLINE, Program
from shells import Shell

pytestmark = FROM_INDEX

VERSION = f"litectl {__version__}\n"
OWN_MINOR = sys.version_info.minor


@pytest.fixture
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the single file; nobody changes it."""
    return Workshop(tmp_path_factory).single_file()


@pytest.fixture
def single(file: Path, fake: FakeProxy) -> Program:
    """Run the single file, with the Python of the tests, against the fake proxy."""
    fake.on_models(model_info("gpt-5.2"))
    variables = {"LITECTL_BASE_URL": fake.root, "LITECTL_API_KEY": "sk-test-key-0001"}
    return Program([sys.executable, str(file)], without_sources(variables))


def unpacked(home: Path) -> list[Path]:
    """Return the folders that were unpacked for a user."""
    return [*(home / ".cache" / "litectl").glob("program-*")]


def rewritten(file: Path, place: Path, **members: bytes) -> Program:
    """Return the program of a copy of *file* in *place*, where *members*, named without ends, are others."""
    copy = place / "litectl.pyz"
    with ZipFile(file) as old, ZipFile(copy, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.get(Path(name).stem, old.read(name)))
    return Program([sys.executable, str(copy)], without_sources())


@pytest.mark.parametrize("minor", [OWN_MINOR, *single_file.newer_minors()])
def test_it_runs_on_each_python_that_is_named(
    single: Program, minor: int, tmp_path: Path, fake: FakeProxy
) -> None:
    """What is compiled is there for each of them: an answer is held against its schema by such a module."""
    fake.on_chat(chat_answer('{"answer": 42}'))
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"answer": {"type": "integer"}}}')
    program = Program([python_at_hand(minor), *single.command[1:]], single.variables)

    asked = program("ask", "-m", "gpt-5.2", "-p", "How many?", "--schema", str(schema))

    assert (asked.code, asked.out) == (0, '{"answer": 42}\n'), asked.err


def test_it_is_unpacked_once(single: Program, isolated: Path) -> None:
    """The first start unpacks it into the cache of the user, for nobody else; the next finds it."""
    assert single("--version").out == VERSION
    (first,) = unpacked(isolated)
    inode = first.stat().st_ino

    assert Program(single.command[1:], single.variables)("--version").out == VERSION

    assert [folder.stat().st_ino for folder in unpacked(isolated)] == [inode]
    assert first.stat().st_mode & 0o777 == 0o700


def test_first_starts_at_once_do_not_meet(single: Program, isolated: Path) -> None:
    """Each of several finds a whole program, and one is left."""
    with ExitStack() as running:
        processes = [running.enter_context(single.started("--version")) for _ in range(4)]
        answers = {process.communicate(timeout=DEADLINE)[0] for process in processes}

    assert answers == {VERSION.encode()}
    assert len(unpacked(isolated)) == 1


def test_only_the_folder_of_this_user_is_run(single: Program, isolated: Path) -> None:
    """What others may write is refused: they could have put anything there."""
    single("--version")
    (folder,) = unpacked(isolated)
    folder.chmod(0o777)

    result = single("--version")

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"error: {folder} may be written by others\nhint: ")


@pytest.mark.parametrize("cache", ["/dev/null/cache", "/proc/cache"])
def test_a_cache_that_cannot_be_written_is_told(single: Program, cache: str) -> None:
    """Where it cannot be unpacked, one line says so, and another what to do."""
    result = single("--version", variables={"XDG_CACHE_HOME": cache})

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"error: cannot unpack to {cache}/litectl/program-")
    assert result.err.splitlines()[1] == "hint: set XDG_CACHE_HOME to a directory of yours"


def test_a_python_that_it_is_not_for_is_told(file: Path, tmp_path: Path) -> None:
    """It does not begin what it cannot end: the compiled modules are for others."""
    with ZipFile(file) as archive:
        start = archive.read("__main__.py").replace(f"-3{OWN_MINOR}".encode(), b"-399")

    result = rewritten(file, tmp_path, __main__=start)("--version")

    assert (result.code, result.out) == (1, "")
    assert " is for cpython-399-" in result.err
    assert result.err.splitlines()[0].endswith(f"and this is cpython-3{OWN_MINOR}-{_machine()}")


def test_a_damaged_file_leaves_nothing(file: Path, tmp_path: Path, isolated: Path) -> None:
    """A file that was changed on its way is told, and not taken for unpacked at the next start."""
    program = rewritten(file, tmp_path, packages=b"PK")

    result = program("--version")

    assert (result.code, result.out) == (1, "")
    assert re.fullmatch(r"error: \S+ is damaged\nhint: .*\n", result.err)
    assert unpacked(isolated) == []


def test_a_cached_list_needs_no_proxy(single: Program, fake: FakeProxy) -> None:
    """A list that was fetched is shown by the next start."""
    single("models", "refresh")
    asked = len(fake.requests)

    assert single("models", "list", "--offline").out.startswith("gpt-5.2\t")
    assert len(fake.requests) == asked


def test_it_refreshes_in_the_background(single: Program, fake: FakeProxy, isolated: Path) -> None:
    """On a terminal an old list is shown, and the process that fetches the new one is this file, too."""
    single("models", "refresh")
    (catalog,) = (isolated / ".cache" / "litectl" / "catalogs").glob("*.json")
    catalog.write_text(re.sub(r'("fetched_at": *)\d+', r"\g<1>1700000000", catalog.read_text()))
    fake.on_models(model_info("gpt-6"))

    code, shown = single.on_terminal("models", "list")

    assert (code, "gpt-5.2" in shown) == (0, True), shown
    deadline = time.monotonic() + 20
    while "gpt-6" not in single("models", "list", "--offline").out:
        assert time.monotonic() < deadline, "the background refresh never finished"


def test_the_tools_of_the_sandbox_are_a_file(single: Program, isolated: Path) -> None:
    """The proxy of the sandbox starts them with a Python of its own, which knows nothing of litectl."""
    single("--version")
    (folder,) = unpacked(isolated)

    assert (folder / "litectl/sandbox/tools.py").is_file()


def test_the_doctor_finds_all_packages(single: Program) -> None:
    """The packages that came in the file are there with their versions."""
    findings = {one["name"]: one for one in single("doctor", "--json", "--offline").json["findings"]}

    assert findings["packages"]["status"] == "ok"
    assert "typer 0." in findings["packages"]["detail"]


@pytest.fixture
def bash() -> Iterator[Shell]:
    """Give a bash with the completion."""
    shell = Shell("bash")
    yield shell
    shell.end()


def test_tab_completes_its_models(
    single: Program, bash: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called `litectl` somewhere on PATH, it is what the completion asks for names."""
    single("models", "refresh")
    shutil.copy(file, tmp_path / "litectl")
    variables: dict[str, Any] = {**single.variables, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert bash.answer("offer", "litectl ask -m ", "", "litectl", "ask", "-m", "") == ["gpt-5.2"]


def _machine() -> str:
    return str(getattr(sys.implementation, "_multiarch", sys.platform))
