"""
The sandbox: a real LiteLLM proxy with mock models on this machine, without keys or cost.

The proxy lives in an environment of its own under the user's data directory,
never beside litectl, whose own environment stays lean. It serves on loopback
with a random key, and dies with the process that started it.
"""

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from litectl.errors import LitectlError, UpstreamError, UsageError
from litectl.sandbox.installation import Installation
from litectl.sandbox.models import EMBEDDER, EMBEDDER_FILE, configuration
from litectl.sandbox.processes import end, tail
from litectl.storage.files import write_private
from litectl.wire.health import LIVELINESS
from litectl.wire.proxy import Proxy

if TYPE_CHECKING:
    from typing import Never

START_SECONDS = 120.0
_TOOLS = ("-I", str(Path(__file__).with_name("tools.py")))
_POLL_SECONDS = 0.1  # between two looks at a proxy that starts, which can tell nobody that it is ready
_KEY_SECONDS = 5.0

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
        self.installation = Installation(directory)
        self.log = directory / "proxy.log"

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
        self.installation.require_installed()
        port = _free_port() if port is None else _require_free(port)
        key = f"sk-{secrets.token_urlsafe(24)}"
        if config is None:
            config = self._mock_models()
            settings = {**settings, "LITELLM_ENABLE_MCP_STDIO": "true"}  # a configuration may not say this
        command = [str(self.installation.python), "-P", "-c", _PROGRAM]
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
                end(process)

    def wait(self, proxy: RunningProxy) -> "Never":
        """Wait until *proxy* ends by itself, which it should not: raises `UpstreamError` then."""
        code = proxy.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        raise UpstreamError(
            f"the sandbox ended by itself ({how})\n{tail(proxy.log)}", hint=f"see `{self.log}`"
        )

    def _mock_models(self) -> Path:
        """Return the configuration with the mock models, written anew."""
        config = self._directory / "config.yaml"
        write_private(self._directory / EMBEDDER_FILE, EMBEDDER.encode())
        # JSON is YAML, which is what the proxy reads.
        write_private(config, json.dumps(configuration((str(self.installation.python), *_TOOLS))).encode())
        return config

    def _await_ready(self, process: "subprocess.Popen[bytes]", root: str, log: BinaryIO) -> None:
        deadline = time.monotonic() + START_SECONDS
        with Proxy(root) as proxy:
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    proxy.get_json(LIVELINESS, seconds=2.0)
                except LitectlError:
                    time.sleep(_POLL_SECONDS)
                else:
                    return
        what = (
            "stopped at its start"
            if process.poll() is not None
            else f"is not ready after {START_SECONDS:g} s"
        )
        raise UpstreamError(f"the sandbox {what}\n{tail(log)}", hint=f"see `{self.log}`")

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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


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
