"""The machine on which it is measured."""

import os
import platform
import shutil
import subprocess
from pathlib import Path


def machine() -> dict[str, object]:
    """Return what tells why another machine has other numbers."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gibibytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def version_of(program: str) -> str | None:
    """Return the version of a *program* of this machine as it tells it; None when there is none."""
    path = shutil.which(program, path=os.defpath)
    if path is None:
        return None
    told = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout
    return told.partition("\n")[0]


def _processor() -> str:
    """Return the model of the processor, of which Python knows no more than the family on Linux."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
