"""
Make litectl and all packages that it needs one file, which starts with nothing but Python.

Compiled modules are for the system this runs on; they are taken for the Python that runs this and for
each newer one that `pyproject.toml` names. Run as `python .ci/single_file.py WHEEL FILE`.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

HERE = Path(__file__).resolve().parent
SHEBANG = b"#!/usr/bin/env python3\n"
OWN_MINOR = sys.version_info.minor
OWN_SUFFIX = EXTENSION_SUFFIXES[0]
# Scripts for an environment that there is not, and where the wheel was on the machine that made this.
_LEFT_OUT = ("bin/*", "*.dist-info/direct_url.json", "*.dist-info/RECORD")
_PYTHON = "Programming Language :: Python :: 3."
_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]


def main() -> int:
    """Write the file and return the exit code."""
    parser = argparse.ArgumentParser(description="Make litectl one file.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    try:
        write_single_file(arguments.wheel, arguments.file)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def write_single_file(wheel: Path, file: Path) -> None:
    """Write *file* with litectl from *wheel*; its packages come from the package index."""
    with tempfile.TemporaryDirectory() as folder:
        packages = Path(folder) / "packages"
        _install(packages, str(wheel))
        for minor in newer_minors():
            _add_compiled(packages, minor)
        content = _zipped(dict(_files(packages)), ZIP_DEFLATED)
    suffixes = tuple(map(_suffix, (OWN_MINOR, *newer_minors())))
    start = (HERE / "single_file_main.py").read_text(encoding="utf-8")
    start = start.replace('"BUILD"', repr(hashlib.sha256(content).hexdigest()[:16]))
    start = start.replace('("SUFFIXES",)', repr(suffixes))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(SHEBANG + _zipped({"__main__.py": start.encode(), "packages.zip": content}, ZIP_STORED))
    file.chmod(0o755)


def newer_minors() -> list[int]:
    """Return the N of each Python 3.N that `pyproject.toml` names and that is newer than this one."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [name.removeprefix(_PYTHON) for name in project["classifiers"] if name.startswith(_PYTHON)]
    return sorted(minor for minor in map(int, named) if minor > OWN_MINOR)


def _add_compiled(packages: Path, minor: int) -> None:
    """Put beside each compiled module in *packages* the same one for Python 3.*minor*."""
    compiled = [path.relative_to(packages) for path in packages.rglob(f"*{OWN_SUFFIX}")]
    names = {path.parts[0] for path in compiled}
    wanted = [_requirement(folder) for folder in packages.glob("*.dist-info") if names & _contents(folder)]
    if not wanted:
        return
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder)
        _install(other, "--no-deps", "--only-binary", ":all:", "--python-version", f"3.{minor}", *wanted)
        for path in compiled:
            twin = path.with_name(path.name.replace(OWN_SUFFIX, _suffix(minor)))
            shutil.copyfile(other / twin, packages / twin)


def _contents(metadata: Path) -> set[str]:
    """Return the names that the package with this *metadata* has at the top."""
    record = (metadata / "RECORD").read_text(encoding="utf-8")
    return {line.split("/")[0] for line in record.splitlines()}


def _requirement(metadata: Path) -> str:
    """Return the requirement of the very package with this *metadata*, a folder `name-version.dist-info`."""
    name, _, version = metadata.name.removesuffix(".dist-info").partition("-")
    return f"{name}=={version}"


def _suffix(minor: int) -> str:
    """Return how the names of compiled modules for Python 3.*minor* end."""
    return OWN_SUFFIX.replace(f"-3{OWN_MINOR}", f"-3{minor}")


def _install(folder: Path, *arguments: str) -> None:
    subprocess.run([*_PIP, "--target", str(folder), *arguments], check=True)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not _is_left_out(name, _LEFT_OUT):
            yield name.as_posix(), path.read_bytes()


def _is_left_out(name: Path, patterns: Iterable[str]) -> bool:
    return any(name.match(pattern) for pattern in patterns)


def _zipped(files: Mapping[str, bytes], compression: int) -> bytes:
    """Return a zip of *files* that is the same whenever and wherever it is made."""
    content = BytesIO()
    with ZipFile(content, "w", compression) as archive:
        for name, data in files.items():
            entry = ZipInfo(name)  # of the year 1980
            entry.compress_type = compression
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return content.getvalue()


if __name__ == "__main__":
    sys.exit(main())
