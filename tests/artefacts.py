"""What is released: built and installed once for all tests of a run, however many processes they are."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parents[1]
SECONDS = 300.0  # until an installation that does not end fails
# Marks tests that wait for installations, which may wait for each other.
FROM_INDEX = [pytest.mark.index, pytest.mark.timeout(2 * SECONDS)]
_EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"]


class Artefacts(NamedTuple):
    """The two files of a release."""

    wheel: Path
    sdist: Path


class Workshop:
    """A folder that the processes of a run share, in which each thing is made once."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        # Each process of pytest-xdist has a folder of its own in the one of the run.
        self._folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        self._folder /= "artefacts"
        self._folder.mkdir(exist_ok=True)

    def artefacts(self) -> Artefacts:
        """Return wheel and sdist of the sources as they are."""
        return build_of(self._once("dist", lambda folder: build(REPOSITORY, folder)))

    def environment(self, python: str, name: str, *pip_arguments: str, extra: str = "") -> Path:
        """Return the environment *name*, of *python*, with the wheel in it; skips without an index."""
        wheel = self.artefacts().wheel

        def make(folder: Path) -> None:
            subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=SECONDS)
            # Compiling all modules would take longer than all the rest; what is run gets compiled by that.
            into = ["--python", str(folder / "bin" / "python"), "install", "--quiet", "--no-compile"]
            self._from_index(*_PIP, *into, f"{wheel}{extra}", *pip_arguments)

        return self._once(name, make)

    def single_file(self) -> Path:
        """Return litectl as a single file; skips without an index."""
        wheel = self.artefacts().wheel

        def make(folder: Path) -> None:
            script = str(REPOSITORY / ".ci" / "single_file.py")
            self._from_index(sys.executable, script, str(wheel), str(folder / "litectl.pyz"))

        return self._once("single-file", make) / "litectl.pyz"

    def _once(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the folder *name*, which *make* fills if no process has done so yet."""
        folder, done = self._folder / name, self._folder / f"{name}.done"
        with FileLock(self._folder / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    def _from_index(self, *command: str) -> None:
        """Run *command*, which needs the package index; skips where there is none."""
        unreachable = self._folder / "unreachable"
        if not unreachable.exists():
            done = subprocess.run(
                command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS
            )
            if done.returncode == 0:
                return
            assert not _is_index_reachable(self._folder), done.stdout.decode()
            unreachable.touch()
        pytest.skip("the package index cannot be reached")


def build(sources: Path, folder: Path) -> None:
    """Build wheel and sdist of *sources* into *folder*."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    variables = {**os.environ, **_EPOCH}
    done = subprocess.run(
        command, cwd=sources, env=variables, capture_output=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr.decode()


def build_of(folder: Path) -> Artefacts:
    """Return what `build` left in *folder*."""
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Artefacts(wheel, sdist)


def python_at_hand(minor: int) -> str:
    """Return a Python 3.*minor* that runs, from PATH or the versions of pyenv; skips where there is none."""
    name = f"python3.{minor}"
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which(name), *map(str, sorted(versions.glob(f"3.{minor}.*/bin/{name}")))]
    for python in filter(None, found):
        # It may be a stand-in of pyenv that runs nothing, or have no venv, as on Debian.
        probe = subprocess.run(
            [python, "-I", "-c", "import venv, ensurepip"], capture_output=True, check=False
        )
        if probe.returncode == 0:
            return python
    pytest.skip(f"there is no {name} on this machine")


def without_sources(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return *variables* for a litectl that is to find its own packages and nobody else's."""
    return {"PYTHONPATH": "", **(variables or {})}


def _is_index_reachable(folder: Path) -> bool:
    download = [
        "download",
        "--quiet",
        "--no-deps",
        "--no-cache-dir",
        "--dest",
        str(folder / "probe"),
        "typer",
    ]
    return subprocess.run([*_PIP, *download], capture_output=True, check=False).returncode == 0
