"""
The litectl that is measured: installed as a user would, with nothing but what it declares.

The development environment would not do: an editable install, and everything
that its other packages make Python do at its start, would be measured too.
"""

import hashlib
import os
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = REPOSITORY / "bench" / ".environment"
PYTHON = str(ENVIRONMENT / "bin" / "python")
LITECTL = str(ENVIRONMENT / "bin" / "litectl")

_INSTALLED = ENVIRONMENT / "installed"
_PIP = (25, 1)  # older ones write a start script that imports re
_SOURCES = ("pyproject.toml", "README.md", "cli/**/*.py", "completions/*")


def install() -> None:
    """Install litectl into an environment of its own, unless this very source is there already."""
    state = _state()
    if _INSTALLED.exists() and _INSTALLED.read_text() == state:
        return
    print("installing litectl into bench/.environment", file=sys.stderr)
    # The pip of the development environment installs from outside: pip itself and what comes with it
    # would be one more thing in the environment that no user needs.
    if tuple(map(int, version("pip").split(".")[:2])) < _PIP:
        raise SystemExit("error: pip is older than 25.1; update it with `pip install --upgrade pip`")
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(ENVIRONMENT)
    pip = [sys.executable, "-m", "pip", "--python", PYTHON, "--disable-pip-version-check"]
    install = [*pip, "install", "-qq", "--no-warn-script-location", str(REPOSITORY)]
    if subprocess.run(install, check=False).returncode:
        raise SystemExit("error: pip could not install; check the network and the package index")
    _INSTALLED.write_text(state)


def variables(home: Path) -> dict[str, str]:
    """Return the whole environment of what is measured: nothing of the developer's but the machine."""
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}


def versions() -> dict[str, str]:
    """Return the version of Python and of every package in the environment."""
    program = (
        "import platform, importlib.metadata as m; print('python', platform.python_version());"
        "[print(d.name, d.version) for d in sorted(m.distributions(), key=lambda d: d.name.lower())]"
    )
    listed = subprocess.run([PYTHON, "-I", "-c", program], check=True, capture_output=True, text=True)
    return dict(line.split() for line in listed.stdout.splitlines())


def _state() -> str:
    """Return a hash of all that the installation depends on."""
    digest = hashlib.sha256(f"{sys.version} {version('pip')}".encode())
    for path in sorted(path for pattern in _SOURCES for path in REPOSITORY.glob(pattern)):
        if path.is_file():
            digest.update(f"\0{path.relative_to(REPOSITORY)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
