"""The LiteLLM of the sandbox, installed into an environment of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from litectl.errors import ConfigError, UpstreamError
from litectl.sandbox.processes import tail
from litectl.storage.files import make_private_directory, write_private
from litectl.text.jsontext import decode

# The version the wire facts were taken from; a newer minor one may speak otherwise.
REQUIREMENT = "litellm[proxy]>=1.106.2,<1.107"
SIZE = "about 740 MB"


class Installation:
    """What is installed in *directory*; *python* is its interpreter."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._environment = directory / "environment"
        self._mark = directory / "installed.json"
        self.python = self._environment / "bin" / "python"

    @property
    def is_installed(self) -> bool:
        """Whether a whole proxy of the wanted version is there."""
        try:
            mark = decode(self._mark.read_bytes())
        except (OSError, ValueError):
            return False
        return mark == {"requirement": REQUIREMENT} and self.python.exists()

    def require_installed(self) -> None:
        """Raise `ConfigError` with the line to type when the proxy is not installed."""
        if not self.is_installed:
            raise ConfigError(
                "the sandbox is not installed", hint=f"install it ({SIZE}) with `litectl sandbox install`"
            )

    def install(self, search_path: str | None) -> Iterator[str]:
        """
        Install the proxy, giving a line of progress before each step.

        Uses uv when it is on *search_path*, else venv and pip. Raises `UpstreamError` with
        the end of the installer's output when a step fails.
        """
        if self.is_installed:
            return
        make_private_directory(self._directory)
        self._mark.unlink(missing_ok=True)
        create, install = self._commands(shutil.which("uv", path=search_path))
        yield f"creating an environment in {self._environment}"
        self._step(create)
        yield f"installing {REQUIREMENT} ({SIZE})"
        self._step(install)
        write_private(self._mark, json.dumps({"requirement": REQUIREMENT}).encode())

    def _commands(self, uv: str | None) -> tuple[list[str], list[str]]:
        """Return what makes the environment, and what installs the proxy into it."""
        target, python = str(self._environment), str(self.python)
        if uv:
            create = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, target]
            return create, [uv, "pip", "install", "--python", python, REQUIREMENT]
        create = [sys.executable, "-P", "-m", "venv", "--clear", target]
        pip = [python, "-P", "-m", "pip", "install", "--disable-pip-version-check"]
        return create, [*pip, REQUIREMENT]

    def _step(self, command: Sequence[str]) -> None:
        path = self._directory / "install.log"
        with path.open("w+b") as log:
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
                )
            except OSError as error:
                raise UpstreamError(f"cannot run `{command[0]}`: {error.strerror}") from error
            output = tail(log)
        if done.returncode:
            raise UpstreamError(
                f"`{Path(command[0]).name}` failed while installing the sandbox\n{output}",
                hint=f"see `{path}`; check the network and the package index",
            )
