"""`litectl sandbox run` with the real proxy: start, exit codes, and an end in every case."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

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
