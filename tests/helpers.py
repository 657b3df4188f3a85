"""A key helper that counts its runs: a script that prints the keys it is given, one after the other."""

import shlex
import sys
from pathlib import Path

# The runs are lines of a file, because several processes append to it at once.
_HELPER = """
import time
with open({log!r}, "a") as log:
    log.write("run\\n")
with open({log!r}) as log:
    number = len(log.read().splitlines())
keys = {keys!r}
time.sleep({seconds!r})
print(keys[min(number, len(keys)) - 1])
"""


class Helper:
    """Give `command` as the helper; it prints each of *keys* once, then the last one, after *seconds*."""

    def __init__(self, directory: Path, *keys: str, seconds: float = 0.0) -> None:
        self._log = directory / "runs"
        script = directory / "helper.py"
        script.write_text(_HELPER.format(log=str(self._log), keys=keys, seconds=seconds))
        self.command = f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"

    @property
    def runs(self) -> int:
        """How often it ran."""
        return len(self._log.read_text().splitlines()) if self._log.exists() else 0
