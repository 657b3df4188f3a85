"""
Check that what is in `dist/` can be released: `python .ci/release.py`, which `make release-check` runs.

The version stands in `litectl/__init__.py` and is the newest in CHANGELOG.md, nothing is left to be
committed, and the wheel in `dist/` is what the sdist beside it builds, to the byte.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DIST = REPOSITORY / "dist"
UNRELEASED = "[Unreleased]"
_HEADING = re.compile(r"^## +(.*?) *$", re.MULTILINE)
_RELEASE = re.compile(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)")

Release = tuple[tuple[int, ...], date]


def main() -> int:
    """Print what is to be released, or what keeps it from that, and return the exit code."""
    from litectl import __version__

    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    try:
        complaints = [
            found for found in (complaint(__version__, changelog), *_of_files(__version__)) if found
        ]
    except (OSError, subprocess.CalledProcessError) as error:
        complaints = [str(error)]
    for text in complaints:
        print(f"error: {text}", file=sys.stderr)
    if complaints:
        return 1
    released = f"[{__version__}]" in changelog
    print(f"litectl {__version__}" + ("" if released else f": CHANGELOG.md has it as {UNRELEASED}"))
    for path in sorted(DIST.iterdir()):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    return 0


def complaint(version: str, changelog: str) -> str | None:
    """Return what is wrong with the headings of *changelog* when the code is *version*, or None."""
    headings = _HEADING.findall(changelog)
    if not headings:
        return f"CHANGELOG.md has no release and no {UNRELEASED}"
    numbered = headings[1:] if headings[0] == UNRELEASED else headings
    releases = []
    for heading in numbered:
        found = _release(heading)
        if found is None:
            return f"CHANGELOG.md: `{heading}` is not like `[1.2.3] - 2026-01-31`"
        releases.append(found)
    for newer, older in pairwise(releases):
        if newer[0] <= older[0] or newer[1] < older[1]:
            return f"CHANGELOG.md: {_dotted(newer)} does not come after {_dotted(older)}"
    if releases and _dotted(releases[0]) != version:
        return f"CHANGELOG.md begins with {_dotted(releases[0])}, and the code is {version}"
    return None


def _release(heading: str) -> Release | None:
    match = _RELEASE.fullmatch(heading)
    if match is None:
        return None
    *numbers, day = match.groups()
    try:
        return tuple(map(int, numbers)), date.fromisoformat(day)
    except ValueError:
        return None


def _dotted(release: Release) -> str:
    return ".".join(map(str, release[0]))


def _of_files(version: str) -> Iterator[str | None]:
    """Give what is wrong with the files that are to be released."""
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    if changed.stdout:
        yield f"not committed:\n{changed.stdout.rstrip()}"
    wheel, sdist = f"litectl-{version}-py3-none-any.whl", f"litectl-{version}.tar.gz"
    wanted, found = {wheel, sdist, "litectl.pyz"}, {path.name for path in DIST.glob("*")}
    if found != wanted:
        has = ", ".join(sorted(found)) or "nothing"
        yield f"dist/ has {has}, and should have {', '.join(sorted(wanted))}"
    elif _rebuilt(DIST / sdist, wheel) != (DIST / wheel).read_bytes():
        yield f"{sdist} builds another wheel than {wheel}"


def _rebuilt(sdist: Path, wheel: str) -> bytes:
    """Return the *wheel* that *sdist* builds."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        (sources,) = Path(folder).iterdir()
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(build, cwd=sources, check=True, capture_output=True)
        return (Path(folder) / wheel).read_bytes()


if __name__ == "__main__":
    sys.exit(main())
