"""What a release has in it: the wheel, the sdist, and what they say of themselves."""

import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

import release
from artefacts import REPOSITORY, Artefacts, Workshop, build, build_of
from litectl import __version__

SOURCES = REPOSITORY / "cli" / "litectl"
METADATA = f"litectl-{__version__}.dist-info"
DATA = f"litectl-{__version__}.data/data"

# Where a shell, or `man`, looks below the prefix of an installation.
SHARED = {
    "completions/litectl.bash": "share/bash-completion/completions/litectl",
    "completions/_litectl": "share/zsh/site-functions/_litectl",
    "completions/litectl.fish": "share/fish/vendor_completions.d/litectl.fish",
    **{f"docs/man/{page.name}": f"share/man/man1/{page.name}" for page in REPOSITORY.glob("docs/man/*.1")},
}
# What `litectl completion` prints; nothing else in the package is not Python but the mark of its types.
SCRIPTS = ("litectl.bash", "_litectl", "litectl.fish", "litectl.ps1")
DESCRIBING = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Artefacts:
    """Give wheel and sdist."""
    return Workshop(tmp_path_factory).artefacts()


def modules() -> set[str]:
    """Return the modules of the package, as a wheel names them."""
    return {path.relative_to(SOURCES.parent).as_posix() for path in SOURCES.rglob("*.py")}


def test_the_wheel_has_what_is_run_and_nothing_else(artefacts: Artefacts) -> None:
    """The package, its completions, its man pages and its licence; no test, no cache, no generator."""
    scripts = {f"litectl/completion/{name}" for name in SCRIPTS if (SOURCES / "completion").is_dir()}
    shared = {f"{DATA}/{place}" for place in SHARED.values()}
    describing = {f"{METADATA}/{name}" for name in DESCRIBING}

    with ZipFile(artefacts.wheel) as wheel:
        names = wheel.namelist()

    assert sorted(names) == sorted(modules() | {"litectl/py.typed"} | scripts | shared | describing)


def test_what_is_shared_is_what_stands_in_the_repository(artefacts: Artefacts) -> None:
    """Each completion and man page of the wheel is the file of the repository, to the byte."""
    with ZipFile(artefacts.wheel) as wheel:
        content = {source: wheel.read(f"{DATA}/{place}") for source, place in SHARED.items()}

    assert content == {source: (REPOSITORY / source).read_bytes() for source in SHARED}


def test_the_sdist_has_all_of_the_repository(artefacts: Artefacts) -> None:
    """Everything from which litectl is made and tested, and nothing that is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no repository of git")
    kept = {name for name in listed.stdout.splitlines() if (REPOSITORY / name).exists()}

    with tarfile.open(artefacts.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert names == kept | {"PKG-INFO"}


def test_the_sdist_builds_the_same_wheel(artefacts: Artefacts, tmp_path: Path) -> None:
    """Built at another time and place, from the sdist alone, the wheel is the same to the byte."""
    with tarfile.open(artefacts.sdist) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()

    build(unpacked, tmp_path / "dist")

    again = build_of(tmp_path / "dist")
    assert again.wheel.name == artefacts.wheel.name
    assert again.wheel.read_bytes() == artefacts.wheel.read_bytes()


def test_the_named_pythons_begin_with_the_oldest_that_is_required() -> None:
    """What `requires-python` and the classifiers say of Python is the same, without a gap."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: 3."
    minors = [int(name.removeprefix(prefix)) for name in project["classifiers"] if name.startswith(prefix)]

    assert minors == list(range(minors[0], minors[0] + len(minors)))
    assert project["requires-python"] == f">=3.{minors[0]}"


# The changelog


def test_the_changelog_has_this_version() -> None:
    """The newest release of CHANGELOG.md is the version of the code, or there has been none."""
    assert release.complaint(__version__, (REPOSITORY / "CHANGELOG.md").read_text()) is None


class Case(NamedTuple):
    """A changelog with these headings, and a part of what is said against it."""

    headings: tuple[str, ...]
    said: str | None


@pytest.mark.parametrize(
    "case",
    [
        Case(("[Unreleased]",), None),
        Case(("[Unreleased]", "[1.2.0] - 2026-03-01", "[1.1.0] - 2026-02-01"), None),
        Case(("[1.2.0] - 2026-03-01", "[1.1.10] - 2026-02-01", "[1.1.9] - 2026-02-01"), None),
        Case(("[Unreleased]", "[1.1.0] - 2026-02-01"), "begins with 1.1.0, and the code is 1.2.0"),
        Case(("[1.3.0] - 2026-02-01",), "begins with 1.3.0, and the code is 1.2.0"),
        Case(("[1.2.0]",), "[1.2.0]"),
        Case(("[1.2.0] - 1 March 2026",), "1 March"),
        Case(("[1.2.0] - 2026-13-01",), "2026-13-01"),
        Case(("[1.2.0] - 2026-03-01", "[1.2.0] - 2026-02-01"), "1.2.0 does not come after 1.2.0"),
        Case(("[1.2.0] - 2026-03-01", "[1.10.0] - 2026-02-01"), "1.2.0 does not come after 1.10.0"),
        Case(("[1.2.0] - 2026-02-01", "[1.1.0] - 2026-03-01"), "1.2.0 does not come after 1.1.0"),
        Case(("[1.2.0] - 2026-03-01", "[Unreleased]"), "[Unreleased]"),
        Case((), "no release and no [Unreleased]"),
    ],
    ids=str,
)
def test_a_changelog_that_does_not_fit_is_told(case: Case) -> None:
    """Headings are `[Unreleased]`, then versions with their days, the newest first, which is the code's."""
    changelog = "# Changelog\n\n" + "".join(f"## {heading}\n\n### Added\n\n" for heading in case.headings)

    said = release.complaint("1.2.0", changelog)

    assert (said is None) if case.said is None else (said is not None and case.said in said)
