"""
The litectl that is measured: installed as a user would, with nothing but what it declares.

The development environment would not do: an editable install, and everything
that its other packages make Python do at its start, would be measured too.
"""

import hashlib
from pathlib import Path

from environments import BENCH, make, variables
from readings import Command, output

ENVIRONMENT = BENCH / ".environment"
PYTHON = str(ENVIRONMENT / "bin" / "python")
LITECTL = str(ENVIRONMENT / "bin" / "litectl")
KEY = "sk-bench-0123456789abcdef"

PASS: Command = (PYTHON, "-c", "pass")
IMPORT_TYPER: Command = (PYTHON, "-c", "import typer")

_REPOSITORY = BENCH.parent
_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "cli/**/*", "completions/*")


def install() -> None:
    """Install litectl into an environment of its own, unless this very source is there already."""
    missing = make(ENVIRONMENT, [str(_REPOSITORY)], _state())
    if missing:
        raise SystemExit(f"error: {missing}; check the network and the package index")


def floor(name: str, *arguments: str) -> Command:
    """Return the command of a script of floors/, which runs with the packages of litectl."""
    return (PYTHON, str(BENCH / "floors" / f"{name}.py"), *arguments)


def logged_in(home: Path, root: str) -> dict[str, str]:
    """Return the environment of a user, at home in *home*, who has logged in to the proxy at *root*."""
    home.mkdir(parents=True)
    environment = variables(home)
    key_file = home / "key"
    key_file.write_text(KEY)
    # Unverified: the proxy of the first tokens answers nothing else.
    login = ["login", "--base-url", root, "--api-key-file", str(key_file), "--no-verify"]
    output([LITECTL, *login], environment)
    return environment


def _state() -> str:
    """Return a hash of all that the installation depends on."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in _REPOSITORY.glob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(_REPOSITORY)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
