"""Virtual environments of what is measured, each with nothing in it but what it declares."""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

BENCH = Path(__file__).resolve().parent

_PIP = (25, 1)  # older ones write a start script that imports re


def make(folder: Path, requirements: Sequence[str], state: str) -> str | None:
    """
    Install *requirements* into *folder*, unless they were there already when their *state* was the same.

    Returns why it could not be done, None when it is done.
    """
    installed = folder / "installed"
    state = f"{sys.version} pip {version('pip')}\n{state}"
    if installed.exists() and installed.read_text() == state:
        return None
    print(f"installing {' '.join(requirements)} into {folder.relative_to(BENCH)}", file=sys.stderr)
    # The pip of the development environment installs from outside: pip itself and what comes with it
    # would be one more thing in the environment that no user needs.
    if tuple(map(int, version("pip").split(".")[:2])) < _PIP:
        return "pip is older than 25.1; update it with `pip install --upgrade pip`"
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    options = ["--disable-pip-version-check", "-qq", "--no-warn-script-location"]
    done = subprocess.run([*pip, "install", *options, *requirements], check=False, stderr=subprocess.PIPE)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        return f"pip could not install it: {told[-1]}"
    installed.write_text(state)
    return None


def variables(home: Path, **more: str) -> dict[str, str]:
    """Return the whole environment of what is measured: nothing of the developer's but the machine."""
    return {"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", **more}


def packages(folder: Path) -> dict[str, str]:
    """Return the version of every package in the environment of *folder*."""
    program = "import importlib.metadata as m; [print(d.name, d.version) for d in m.distributions()]"
    python = str(folder / "bin" / "python")
    listed = subprocess.run([python, "-I", "-c", program], check=True, capture_output=True, text=True)
    # The index writes the name with dashes, and some packages themselves with underscores.
    return dict(sorted(line.lower().replace("_", "-").split() for line in listed.stdout.splitlines()))
