"""`litectl sandbox run` and `start` with the real proxy: exit codes, keys, and an end in every case."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from live.upstream import Upstream
from program import Program

pytestmark = pytest.mark.live

SAY_AND_WAIT = 'printf "%s\\n" "$LITECTL_BASE_URL"; exec sleep 60'


@contextmanager
def running(program: Program) -> Iterator[tuple[Any, int]]:
    """Give the process of a sandbox whose command waits, and the port of its proxy."""
    with program.started("sandbox", "run", "--", "sh", "-c", SAY_AND_WAIT) as process:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().decode().strip()).port
        assert port is not None
        yield process, port


def await_closed(port: int) -> None:
    """Wait until nobody listens on *port*."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    pytest.fail("the proxy is still running")


def test_run_gives_the_command_a_proxy_and_returns_its_code(with_sandbox: Program) -> None:
    """The command finds proxy and key in its environment, whatever profile the user has set."""
    command = " ".join(with_sandbox.command)
    script = f"{command} models list --columns name | tail -n 1; exit 7"

    result = with_sandbox(
        "sandbox", "run", "--", "sh", "-c", script, variables={"LITECTL_PROFILE": "of-the-user"}
    )

    assert (result.code, result.out) == (7, "mock-rate-limited\n")
    assert "starting the sandbox" in result.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_the_proxy_dies_with_its_parent(with_sandbox: Program, number: signal.Signals, code: int) -> None:
    """However `litectl` ends, also by kill -9, the proxy does not outlive it."""
    with running(with_sandbox) as (process, port):
        process.send_signal(number)
        assert code == process.wait(20)
        await_closed(port)


def test_a_command_that_is_not_there_is_a_usage_error(with_sandbox: Program) -> None:
    """A mistyped command is exit 2, and the proxy is stopped."""
    result = with_sandbox("sandbox", "run", "--", "no-such-command")

    assert result.code == 2
    assert "cannot run `no-such-command`" in result.err


def test_the_key_is_in_no_command_line(
    with_sandbox: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The random key of the sandbox cannot be read in a process list."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("this system has no /proc to look at")
    # grep must not find the key in its own command line.
    script = 'printenv LITECTL_API_KEY >key; cat /proc/*/cmdline 2>&1 | tr "\\0" "\\n" | grep -c -F -f key'

    monkeypatch.chdir(tmp_path)

    result = with_sandbox("sandbox", "run", "--", "sh", "-c", script)

    assert (result.code, result.out) == (1, "0\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_start_serves_until_it_is_stopped(
    with_sandbox: Program, client: Program, number: signal.Signals, code: int
) -> None:
    """Two export lines come when it is ready; that nobody reads on is no reason to end."""
    with with_sandbox.started("sandbox", "start") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(2)]
        process.stdout.close()
        variables = exported("".join(lines))
        answer = client("ask", "-m", "mock-hello", "-p", "Hi", "--no-stdin", variables=variables)
        port = urlsplit(variables["LITECTL_BASE_URL"]).port
        assert port is not None
        process.send_signal(number)
        assert code == process.wait(20)
        await_closed(port)

    assert list(variables) == ["LITECTL_BASE_URL", "LITECTL_API_KEY"]
    assert (answer.code, answer.out) == (0, "Hello from the sandbox.\n")


def exported(lines: str) -> dict[str, str]:
    """Return the variables that a shell has after *lines*."""
    script = f'{lines}printf "%s\\n" "$LITECTL_BASE_URL" "$LITECTL_API_KEY"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    names = [line.removeprefix("export ").partition("=")[0] for line in lines.splitlines()]
    return dict(zip(names, done.stdout.splitlines(), strict=True))


def test_a_proxy_that_ends_by_itself_is_told(with_sandbox: Program, sandbox_directory: Path) -> None:
    """`--json` is one object; when the proxy is gone the exit is 12, with the end of its log."""
    port = free_port()
    with with_sandbox.started("sandbox", "start", "--json", "--port", str(port)) as process:
        assert process.stdout is not None
        document = json.loads("".join(process.stdout.readline().decode() for _ in range(7)))
        (proxy,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(proxy), signal.SIGKILL)
        _, err = process.communicate(timeout=20)

    assert document == {
        "schema_version": 1,
        "base_url": f"http://127.0.0.1:{port}",
        "api_key": document["api_key"],
        "config": None,
        "log": str(sandbox_directory / "proxy.log"),
    }
    assert process.returncode == 12
    error = json.loads(err.decode().splitlines()[-1])
    assert error["message"].startswith("the sandbox ended by itself (signal 9)\n")
    assert "/health/liveliness" in error["message"]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


OWN = """
include: [more.yaml]
model_list:
  - model_name: own
    litellm_params:
      model: openai/echo
      api_base: {root}/openai/v1
      api_key: os.environ/OWN_PROVIDER_KEY
"""
MORE = "general_settings: {master_key: os.environ/OWN_MASTER_KEY}\n"


def test_a_configuration_of_ones_own(with_sandbox: Program, upstream: Upstream, tmp_path: Path) -> None:
    """Its models are served with the variables that it names, and the key is the one that it sets."""
    config = tmp_path / "own.yaml"
    config.write_text(OWN.format(root=upstream.root))
    (tmp_path / "more.yaml").write_text(MORE)
    own = {"OWN_PROVIDER_KEY": "sk-of-the-provider", "OWN_MASTER_KEY": "sk-of-the-master"}
    command = " ".join(with_sandbox.command)
    script = f'{command} ask -m own -p Hi --no-stdin; test "$LITECTL_API_KEY" = sk-of-the-master'

    result = with_sandbox("sandbox", "run", "--config", str(config), "--", "sh", "-c", script, variables=own)

    assert (result.code, result.out) == (0, "echo: Hi\n")
    assert upstream.requests[-1].headers["authorization"] == "Bearer sk-of-the-provider"


def test_a_broken_configuration_is_told_at_once(with_sandbox: Program, tmp_path: Path) -> None:
    """The line is named, and nothing of the file is quoted."""
    config = tmp_path / "own.yaml"
    config.write_text("model_list: []\nkey: [sk-hidden-in-it-0001\nmore: 1\n")

    result = with_sandbox("sandbox", "start", "--config", str(config))

    assert (result.code, result.out) == (3, "")
    assert (
        "is not a configuration of LiteLLM's: expected ',' or ']', but got ':' (line 3, column 5)"
        in result.err
    )
    assert "hidden" not in result.err
    assert "starting" not in result.err
