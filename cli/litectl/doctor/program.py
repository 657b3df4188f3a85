"""Findings of the program itself: which version it is, where it lies, and on what it runs."""

import platform
import ssl
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import litectl
from litectl.doctor.finding import Finding, failure, ok
from litectl.errors import ExitCode

NAMES = ("litectl", "python", "packages", "system")
PACKAGES = ("typer", "httpx", "rich", "platformdirs", "filelock", "jsonschema", "truststore")
OPTIONAL = ("keyring",)


def examine_program() -> Iterator[Finding]:
    """Give the findings of `NAMES`; nothing of the user is read."""
    place = Path(litectl.__file__).parent
    yield ok("litectl", f"litectl {litectl.__version__}, in {place}")
    yield ok("python", f"Python {platform.python_version()}, {sys.executable or 'unknown where'}")
    yield _packages()
    encoding = sys.getfilesystemencoding()
    about = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield ok("system", f"{about}, {ssl.OPENSSL_VERSION}, {encoding}")


def _packages() -> Finding:
    found = {name: _version(name) for name in (*PACKAGES, *OPTIONAL)}
    missing = [name for name in PACKAGES if found[name] is None]
    detail = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
    if missing:
        return failure("packages", detail, "install litectl anew with its packages", ExitCode.CONFIG)
    return ok("packages", detail.replace("keyring missing", "no keyring"))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
