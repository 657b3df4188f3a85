"""
The sandbox: a real LiteLLM proxy with mock models on this machine, without keys or cost.

The proxy lives in an environment of its own under the user's data directory,
never beside litectl, whose own environment stays lean. It serves on loopback
with a random key, and dies with the process that started it.
"""

import json
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from litectl import environment
from litectl.errors import ConfigError, LitectlError, UpstreamError, UsageError
from litectl.jsontext import decode
from litectl.proxy import Proxy
from litectl.storage import make_private_directory, write_private

# The version the wire facts were taken from; a newer minor one may speak otherwise.
REQUIREMENT = "litellm[proxy]>=1.106.2,<1.107"
SIZE = "about 740 MB"
START_SECONDS = 120.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.1
_LOG_LINES = 15

# JSON is YAML, which is what the proxy reads. Each failure a script should handle has a model.
_MODELS = {
    "mock-hello": "Hello from the sandbox.",
    "mock-long": "".join(f"Line {number} of a longer answer.\n" for number in range(1, 41)),
    "mock-rate-limited": "litellm.RateLimitError",
    "mock-context": "litellm.ContextWindowExceededError",
    "mock-failing": "litellm.InternalServerError",
}
# US dollars per token, for one model: scripts meet a known cost and an unknown one.
_PRICES = {"input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06}

# Run by the sandbox's own interpreter. Its stdin is a pipe that only the parent holds open: the
# read ends when the parent dies, however it dies, and the proxy goes with it.
_PROGRAM = """
import os, signal, sys, threading

def die_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(3)
    os._exit(0)

threading.Thread(target=die_with_parent, daemon=True).start()
sys.argv[0] = "litellm"
from litellm import run_server
run_server()
"""


class RunningProxy(NamedTuple):
    """A sandbox that is ready: where it listens, and the key it accepts."""

    root: str
    key: str


class Sandbox:
    """The sandbox in *directory*: its environment, its configuration and its log."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._python = directory / "environment" / "bin" / "python"
        self._mark = directory / "installed.json"
        self.log = directory / "proxy.log"

    @property
    def is_installed(self) -> bool:
        """Whether a whole proxy of the wanted version is there."""
        try:
            mark = decode(self._mark.read_bytes())
        except (OSError, ValueError):
            return False
        return mark == {"requirement": REQUIREMENT} and self._python.exists()

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
        target = self._directory / "environment"
        uv = shutil.which("uv", path=search_path)
        if uv:
            create = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(target)]
            install = [uv, "pip", "install", "--python", str(self._python), REQUIREMENT]
        else:
            create = [sys.executable, "-P", "-m", "venv", "--clear", str(target)]
            install = [
                str(self._python),
                "-P",
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                REQUIREMENT,
            ]
        yield f"creating an environment in {target}"
        self._step(create)
        yield f"installing {REQUIREMENT} ({SIZE})"
        self._step(install)
        write_private(self._mark, json.dumps({"requirement": REQUIREMENT}).encode())

    def require_installed(self) -> None:
        """Raise `ConfigError` with the line to type when the proxy is not installed."""
        if not self.is_installed:
            raise ConfigError(
                "the sandbox is not installed", hint=f"install it ({SIZE}) with `litectl sandbox install`"
            )

    @contextmanager
    def running(
        self,
        variables: Mapping[str, str],
        config: Path | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[RunningProxy]:
        """
        Start the proxy, give where it listens once it is ready, and stop it afterwards.

        *variables* is the environment of the caller, of which the proxy gets
        what it needs; *config* is a configuration of LiteLLM's to use instead of the mock
        models, *settings* are variables that the proxy gets besides. Raises `UpstreamError`
        when it does not become ready.
        """
        self.require_installed()
        port, key = _free_port(), f"sk-{secrets.token_urlsafe(24)}"
        if config is None:
            config = self._directory / "config.yaml"
            write_private(config, json.dumps(_configuration()).encode())
        command = [str(self._python), "-P", "-c", _PROGRAM]
        command += ["--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self._proxy_environment(variables, key), **settings},
                cwd=self._directory,
                start_new_session=True,
            )
        try:
            root = f"http://127.0.0.1:{port}"
            self._await_ready(process, root)
            yield RunningProxy(root, key)
        finally:
            _stop(process)

    def _await_ready(self, process: "subprocess.Popen[bytes]", root: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        with Proxy(root) as proxy:
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    proxy.get_json("/health/liveliness", seconds=2.0)
                except LitectlError:
                    time.sleep(_POLL_SECONDS)
                else:
                    return
        what = (
            "stopped at its start"
            if process.poll() is not None
            else f"is not ready after {START_SECONDS:g} s"
        )
        raise UpstreamError(f"the sandbox {what}\n{_tail(self.log)}", hint=f"see `{self.log}`")

    def _proxy_environment(self, variables: Mapping[str, str], key: str) -> dict[str, str]:
        kept = {name: variables[name] for name in ("PATH", "LANG", "TMPDIR") if name in variables}
        return {
            **kept,
            "HOME": str(self._directory),
            "LITELLM_MASTER_KEY": key,
            # Without these its start waits for downloads.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
            "LITELLM_LOCAL_BLOG_POSTS": "True",
            "NO_PROXY": "*",
        }

    def _step(self, command: Sequence[str]) -> None:
        log = self._directory / "install.log"
        with log.open("wb") as file:
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False
                )
            except OSError as error:
                raise UpstreamError(f"cannot run `{command[0]}`: {error.strerror}") from error
        if done.returncode:
            raise UpstreamError(
                f"`{Path(command[0]).name}` failed while installing the sandbox\n{_tail(log)}",
                hint=f"see `{log}`; check the network and the package index",
            )


def run_command(command: Sequence[str], variables: Mapping[str, str], proxy: RunningProxy) -> int:
    """
    Run *command* against *proxy* and return its exit code, as a shell would say it.

    The command gets *variables* with LITECTL_BASE_URL and LITECTL_API_KEY set.
    Raises `UsageError` when there is no such command.
    """
    child = {**variables, environment.BASE_URL: proxy.root, environment.API_KEY: proxy.key}
    child.pop(environment.PROFILE, None)
    try:
        process = subprocess.Popen(command, env=child)
    except OSError as error:
        raise UsageError(
            f"cannot run `{command[0]}`: {error.strerror}", hint="check the name of the command"
        ) from error
    # Ctrl-C is the command's: it may be a shell that lives on.
    on_interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        _end(process)
        signal.signal(signal.SIGINT, on_interrupt)
    return code if code >= 0 else 128 - code


def _configuration() -> dict[str, object]:
    models = [
        {
            "model_name": name,
            "litellm_params": {
                "model": f"openai/{name}",
                "api_key": "none",
                "mock_response": answer,
                **(_PRICES if name == "mock-hello" else {}),
            },
            "model_info": {"mode": "chat", "max_input_tokens": 128000, "max_output_tokens": 4096},
        }
        for name, answer in _MODELS.items()
    ]
    return {
        "model_list": models,
        "litellm_settings": {"telemetry": False},
        "router_settings": {"num_retries": 0},
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End *process* with SIGTERM, and with SIGKILL when it does not heed that."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()
    return "\n".join(lines[-_LOG_LINES:])
