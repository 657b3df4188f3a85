"""
The sandbox: a real LiteLLM proxy with mock models on this machine, without keys or cost.

The proxy lives in an environment of its own under the user's data directory,
never beside litectl, whose own environment stays lean. It serves on loopback
with a random key, and dies with the process that started it.
"""

import json
import os
import re
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
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from litectl import environment
from litectl.errors import ConfigError, LitectlError, UpstreamError, UsageError
from litectl.failures.wording import readable
from litectl.sandbox.models import EMBEDDER, EMBEDDER_FILE, configuration
from litectl.storage.files import make_private_directory, write_private
from litectl.text.jsontext import decode
from litectl.wire.proxy import Proxy

if TYPE_CHECKING:
    from typing import Never

# The version the wire facts were taken from; a newer minor one may speak otherwise.
REQUIREMENT = "litellm[proxy]>=1.106.2,<1.107"
SIZE = "about 740 MB"
START_SECONDS = 120.0
_TOOLS = ("-I", str(Path(__file__).with_name("tools.py")))
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.1
_KEY_SECONDS = 5.0
_TAIL_BYTES = 2**16
_OURS = "LITECTL_"  # how the names of our own variables begin
_LOG_LINES = 15
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

# What the caller's variables may say of a server that was not meant by them: another configuration,
# a database, a certificate. They reach the proxy where the configuration names them.
_OF_SERVERS = frozenset(
    (
        *("CONFIG_FILE_PATH", "WORKER_CONFIG", "NUM_WORKERS", "DATABASE_URL", "DIRECT_URL"),
        *("SERVER_ROOT_PATH", "SSL_KEYFILE_PATH", "SSL_CERTFILE_PATH", "DEBUG", "DETAILED_DEBUG"),
    )
)

# Run by the sandbox's own interpreter. Its stdin is a line that only the parent holds open: a byte asks
# for the key that the proxy takes, which the configuration may say, and when the parent dies, however it
# dies, the line ends and the proxy goes with it.
_PROGRAM = """
import os, signal, socket, sys, threading

def heed_parent():
    line = socket.socket(fileno=0)
    try:
        while line.recv(1):
            server = sys.modules.get("litellm.proxy.proxy_server")
            line.sendall(str(getattr(server, "master_key", None) or "").encode() + b"\\n")
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(3)
        os._exit(0)

threading.Thread(target=heed_parent, daemon=True).start()
sys.argv[0] = "litellm"
from litellm import run_server
run_server()
"""

# Says what is wrong with a configuration, in one line and without its text, which may hold keys.
_PROBLEM = """
import sys, yaml
try:
    document = yaml.safe_load(sys.stdin.buffer.read().decode())
    problem = None if isinstance(document, dict) else "it is no mapping"
except Exception as error:
    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    problem = f"{getattr(error, 'problem', None) or type(error).__name__}{where}"
sys.exit(problem)
"""


class RunningProxy(NamedTuple):
    """A sandbox that is ready: where it listens, the key it accepts, its *process* and what that says."""

    root: str
    key: str
    process: "subprocess.Popen[bytes]"
    log: BinaryIO


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

    def variables_for(self, config: Path, variables: Mapping[str, str]) -> dict[str, str]:
        """
        Return those of the caller's *variables* that a proxy with the caller's own *config* gets.

        All of them but ours: it names some, and providers are found by others. Raises `UsageError` for
        a file that cannot be read, and `ConfigError` for one that is no YAML mapping.
        """
        content = _read(config)
        done = subprocess.run(
            [str(self._python), "-I", "-c", _PROBLEM], input=content, capture_output=True, check=False
        )
        if done.returncode:
            said = readable(done.stderr.decode("utf-8", "replace"))
            raise ConfigError(
                f"`{config}` is no configuration of LiteLLM's: {said}", hint="it has to be a YAML mapping"
            )
        kept = {
            name: value
            for name, value in variables.items()
            if not name.startswith(_OURS) and (name not in _OF_SERVERS or name.encode() in content)
        }
        return {"NO_PROXY": "", **kept}

    @contextmanager
    def running(
        self,
        variables: Mapping[str, str],
        config: Path | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
        port: int | None = None,
    ) -> Iterator[RunningProxy]:
        """
        Start the proxy, give where it listens once it is ready, and stop it afterwards.

        *variables* is the environment of the caller, of which the proxy gets
        what it needs; *config* is a configuration of LiteLLM's to use instead of the mock
        models, *settings* are variables that the proxy gets besides. It listens on *port*, or on
        a free one. Raises `UsageError` when that is in use, and `UpstreamError` when the proxy
        does not become ready.
        """
        self.require_installed()
        port = _free_port() if port is None else _require_free(port)
        key = f"sk-{secrets.token_urlsafe(24)}"
        if config is None:
            config = self._mock_models()
            settings = {**settings, "LITELLM_ENABLE_MCP_STDIO": "true"}  # a configuration may not say this
        command = [str(self._python), "-P", "-c", _PROGRAM]
        command += ["--config", str(config.absolute()), "--host", "127.0.0.1", "--port", str(port)]
        self.log.unlink(missing_ok=True)  # an earlier proxy that still runs goes on with its own
        ours, its = socket.socketpair()
        with ours, self.log.open("a+b") as log:
            with its:
                process = subprocess.Popen(
                    [*command, "--num_workers", "1"],
                    stdin=its.fileno(),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**self._proxy_environment(variables, key), **settings},
                    cwd=config.absolute().parent,
                    start_new_session=True,
                )
            try:
                root = f"http://127.0.0.1:{port}"
                self._await_ready(process, root, log)
                yield RunningProxy(root, _key_of(ours) or key, process, log)
            finally:
                ours.close()
                _end(process)

    def wait(self, proxy: RunningProxy) -> "Never":
        """Wait until *proxy* ends by itself, which it should not: raises `UpstreamError` then."""
        code = proxy.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        raise UpstreamError(
            f"the sandbox ended by itself ({how})\n{_tail(proxy.log)}", hint=f"see `{self.log}`"
        )

    def _mock_models(self) -> Path:
        """Return the configuration with the mock models, written anew."""
        config = self._directory / "config.yaml"
        write_private(self._directory / EMBEDDER_FILE, EMBEDDER.encode())
        # JSON is YAML, which is what the proxy reads.
        write_private(config, json.dumps(configuration((str(self._python), *_TOOLS))).encode())
        return config

    def _await_ready(self, process: "subprocess.Popen[bytes]", root: str, log: BinaryIO) -> None:
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
        raise UpstreamError(f"the sandbox {what}\n{_tail(log)}", hint=f"see `{self.log}`")

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
        path = self._directory / "install.log"
        with path.open("w+b") as log:
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
                )
            except OSError as error:
                raise UpstreamError(f"cannot run `{command[0]}`: {error.strerror}") from error
            output = _tail(log)
        if done.returncode:
            raise UpstreamError(
                f"`{Path(command[0]).name}` failed while installing the sandbox\n{output}",
                hint=f"see `{path}`; check the network and the package index",
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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _read(config: Path) -> bytes:
    """Return the file *config*, which is read again by others; raises `UsageError`."""
    try:
        if config.exists() and not config.is_file():
            raise UsageError(f"`{config}` is no plain file", hint="put the configuration into one")
        return config.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        raise UsageError(f"cannot read `{config}`: {reason}", hint="check the path") from error


def _require_free(port: int) -> int:
    """Return *port*; raises `UsageError` when nobody can listen on it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(
                f"cannot listen on port {port}: {error.strerror}",
                hint="choose another one, or leave `--port` out for a free one",
            ) from error
    return port


def _key_of(line: socket.socket) -> str:
    """Return the key that the proxy at the other end of *line* takes, empty when it takes any."""
    line.settimeout(_KEY_SECONDS)
    try:
        line.sendall(b"?")
        with line.makefile("rb") as answer:
            return answer.readline().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End *process* with SIGTERM, and with SIGKILL when it does not heed that."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(file: BinaryIO) -> str:
    """Return the last lines of *file*, wherever it is read or written."""
    size = os.fstat(file.fileno()).st_size
    text = os.pread(file.fileno(), _TAIL_BYTES, max(size - _TAIL_BYTES, 0)).decode("utf-8", "replace")
    return "\n".join(_COLOUR.sub("", text).splitlines()[-_LOG_LINES:])
