"""
The start of the single file: unpacks the packages that it carries, once for each build, and runs litectl.

They cannot be run where they are: one of them is compiled, and Python would compile the others anew at
every start. What stands in capitals is filled in by `single_file.py`. Older Pythons have to be able to
read this file.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES

BUILD = "BUILD"  # a digest of the packages
SUFFIXES = ("SUFFIXES",)  # of the Pythons whose compiled modules are among them
ARCHIVE = os.path.dirname(__file__)


def start() -> None:
    """Run litectl and exit; what keeps it from starting is one line with a remedy, and exit code 1."""
    if EXTENSION_SUFFIXES[0] not in SUFFIXES:
        _refuse(
            f"{ARCHIVE} is for {', '.join(map(_name, SUFFIXES))}, and this is {_name(EXTENSION_SUFFIXES[0])}",
            "run it with one of these Pythons, or install litectl with pipx or pip",
        )
    place = os.path.join(_cache(), "litectl", f"program-{BUILD}")
    try:
        if not os.path.isdir(place):
            _unpack(place)
        if not _is_ours(place):
            _refuse(
                f"{place} may be written by others",
                "remove it, or set XDG_CACHE_HOME to a directory of yours",
            )
    except OSError as error:
        _refuse(f"cannot unpack to {place}: {error.strerror}", "set XDG_CACHE_HOME to a directory of yours")
    sys.path[0] = place
    from litectl.main import main

    main()


def _cache() -> str:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), ".cache")


def _unpack(place: str) -> None:
    """Fill *place* at once, so that a start at the same time finds all of it or nothing."""
    import zlib
    from shutil import rmtree
    from tempfile import mkdtemp
    from zipfile import BadZipFile, ZipFile

    parent = os.path.dirname(place)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    folder = mkdtemp(prefix="program-", dir=parent)
    try:
        with ZipFile(ARCHIVE) as archive, archive.open("packages.zip") as file, ZipFile(file) as packages:
            packages.extractall(folder)
        os.rename(folder, place)
    except OSError:
        if not os.path.isdir(place):  # which another start may have filled meanwhile
            raise
    except (BadZipFile, zlib.error):
        _refuse(f"{ARCHIVE} is damaged", "get it anew")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        rmtree(folder, ignore_errors=True)


def _is_ours(place: str) -> bool:
    """Tell whether nobody but this user, or root, can have put there what is run."""
    status = os.stat(place)
    return status.st_uid in (os.getuid(), 0) and not status.st_mode & 0o022


def _name(suffix: str) -> str:
    return suffix.strip(".").rpartition(".")[0]


def _refuse(message: str, hint: str) -> None:
    sys.exit(f"error: {message}\nhint: {hint}")


if __name__ == "__main__":
    start()
