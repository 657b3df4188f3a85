"""Processes of the sandbox: how they are ended, and the end of what they said."""

import os
import re
import subprocess
from typing import BinaryIO

_STOP_SECONDS = 10.0
_TAIL_BYTES = 2**16
_LOG_LINES = 15
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def end(process: "subprocess.Popen[bytes]") -> None:
    """End *process* with SIGTERM, and with SIGKILL when it does not heed that."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(file: BinaryIO) -> str:
    """Return the last lines of *file*, wherever it is read or written."""
    size = os.fstat(file.fileno()).st_size
    text = os.pread(file.fileno(), _TAIL_BYTES, max(size - _TAIL_BYTES, 0)).decode("utf-8", "replace")
    return "\n".join(_COLOUR.sub("", text).splitlines()[-_LOG_LINES:])
