"""A command that is run against the sandbox."""

import signal
import subprocess
from collections.abc import Mapping, Sequence

from litectl import environment
from litectl.errors import UsageError
from litectl.sandbox.processes import end
from litectl.sandbox.sandbox import RunningProxy


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
        end(process)
        signal.signal(signal.SIGINT, on_interrupt)
    return code if code >= 0 else 128 - code
